"""Draw what a run of the bench has found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.results import FLOOR

if TYPE_CHECKING:
    from pathlib import Path

    from bench.results import Results

COLOURS = {
    "floor": "#9a9a9a",
    "hook": "#2a6fbb",
    "structural": "#c65d2e",
    "simple": "#e0a458",
}
LABELS = {"structural": "peer that reads the grammar", "simple": "peer that looks for words"}


def draw(results: Results, path: Path) -> None:
    """Write an SVG of the medians as bars, with their quartiles; the same for the same results.

    Dotted and dashed: 1.25 and 1.5 times the floor, the targets.
    """
    # Only who draws has to have it.
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "kei-gates"
    mpl.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot as plt  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    rows = results.rows
    figure, axes = plt.subplots(figsize=(9, 0.3 * len(rows) + 1.2))
    medians = [row.summary.median for row in rows]
    spread = [
        [row.summary.median - row.summary.lower for row in rows],
        [row.summary.upper - row.summary.median for row in rows],
    ]
    colours = [COLOURS[row.group] for row in rows]
    axes.barh(range(len(rows)), medians, xerr=spread, color=colours, ecolor="#333333")
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(f"ms a call: median and quartiles of {results.rounds} rounds")
    for at, row in enumerate(rows):
        axes.annotate(
            f"{row.ratio:.2f}×", (row.summary.upper, at), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=7,
        )  # fmt: skip
    groups = dict.fromkeys(row.group for row in rows)
    axes.legend(
        handles=[Patch(color=COLOURS[group], label=LABELS.get(group, group)) for group in groups]
    )
    floor = next(row.summary.median for row in rows if row.name == FLOOR)
    for times, style in ((1.25, ":"), (1.5, "--")):
        axes.axvline(times * floor, color="#555555", linewidth=0.8, linestyle=style)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
