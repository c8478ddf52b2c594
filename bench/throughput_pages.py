"""Puts what `bench/throughput.py` measures into tables and plots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.axes import Axes

    from bench.throughput_growth import Curve, Point, Rate

RESULTS = Path(__file__).resolve().parent / "results"
_MARK = "*"
_COLUMNS = 2


class Figures(TypedDict):
    """All that is measured."""

    python: str
    runs: int
    classes: dict[str, Rate]
    calls: dict[str, dict[str, Curve]]
    globs: dict[str, Curve]
    roles: dict[str, Curve]


def write(figures: Figures) -> None:
    """Write the figures, the tables and the plots."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "throughput.json").write_text(json.dumps(_plain(figures), indent=1) + "\n")
    plots = "![growth of calls](throughput-calls.svg)\n\n![growth of policies]"
    text = f"# Throughput and growth\n\n{tables(figures)}\n{plots}(throughput-policies.svg)\n"
    (RESULTS / "throughput.md").write_text(text)
    _plot(RESULTS / "throughput-calls.svg", figures["calls"], "characters")
    policies = {
        "globs in each of two lists": figures["globs"],
        "roles of a policy": figures["roles"],
    }
    _plot(RESULTS / "throughput-policies.svg", policies, "globs, roles")


def _plain(value: object) -> object:
    """Give a value as JSON has it, its floats no more exact than they are."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


# --- tables -----------------------------------------------------------------------------------


def tables(figures: Figures) -> str:
    """Give the tables, as Markdown."""
    parts = [
        f"Python {figures['python']}, medians of {figures['runs']} runs, processor time.",
        _rates(figures["classes"]),
    ]
    for group, curves in figures["calls"].items():
        parts.append(_curves(f"{group}: milliseconds by characters", curves))
    parts += [
        f"`{_MARK}`: not all of the call was followed, or it was denied unread.",
        _curves("an Edit: milliseconds by globs in each of two lists", figures["globs"]),
        _curves("a policy: milliseconds by its roles", figures["roles"]),
    ]
    return "\n\n".join(parts) + "\n"


def _rates(rates: Mapping[str, Rate]) -> str:
    rows: list[tuple[str, ...]] = [
        (name, f"{rate.per_second:,.0f}", f"{1000 / rate.per_second:.2f}", rate.answer)
        for name, rate in rates.items()
    ]
    return _table(("class of call", "a second", "ms", "answer"), rows)


def _curves(title: str, curves: Mapping[str, Curve]) -> str:
    sizes = [f"{point.size:,}" for point in next(iter(curves.values())).points]
    rows = [
        (name, *map(_told, curve.points), f"{curve.exponent:.2f}") for name, curve in curves.items()
    ]
    return _table((title, *sizes, "exponent"), rows)


def _told(point: Point) -> str:
    milliseconds = point.seconds * 1000
    digits = 2 if milliseconds < 10 else 0  # noqa: PLR2004 -- three digits are known at most
    return f"{milliseconds:,.{digits}f}{'' if point.followed else _MARK}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Give a table whose columns line up, the first to the left."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: tuple[str, ...]) -> Iterator[str]:
        yield cells[0].ljust(widths[0])
        for cell, width in zip(cells[1:], widths[1:], strict=True):
            yield cell.rjust(width)

    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [line(head), rule, *map(line, rows)]
    return "\n".join(f"| {' | '.join(one)} |" for one in lines)


# --- plots ------------------------------------------------------------------------------------


def _plot(path: Path, groups: Mapping[str, Mapping[str, Curve]], unit: str) -> None:
    """Draw a panel for each group of curves, the same for the same figures."""
    import matplotlib as mpl  # noqa: PLC0415 -- only those who write need it

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.rcParams.update({"svg.hashsalt": path.stem, "svg.fonttype": "none", "font.size": 9})
    rows = -(-len(groups) // _COLUMNS)
    figure, panels = plt.subplots(
        rows, _COLUMNS, figsize=(11, 4.2 * rows), squeeze=False, layout="constrained"
    )
    for panel, (title, curves) in zip(panels.flat, groups.items(), strict=False):
        _draw(panel, curves)
        panel.set(title=title, xlabel=unit, ylabel="milliseconds", xscale="log", yscale="log")
        panel.grid(alpha=0.3)
        panel.legend(fontsize=7, loc="upper left")
    for panel in panels.flat[len(groups) :]:
        panel.set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _draw(panel: Axes, curves: Mapping[str, Curve]) -> None:
    """Draw curves, and open circles where a call was not followed to its end."""
    for name, curve in curves.items():
        xs = [point.size for point in curve.points]
        ys = [point.seconds * 1000 for point in curve.points]
        (drawn,) = panel.plot(xs, ys, marker=".", label=f"{name} ({curve.exponent:.2f})")
        cut = [
            (x, y) for x, y, point in zip(xs, ys, curve.points, strict=True) if not point.followed
        ]
        if cut:
            panel.plot(*zip(*cut, strict=True), "o", mfc="white", color=drawn.get_color())
