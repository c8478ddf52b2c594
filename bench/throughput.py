"""Measure how many calls are decided a second, and how their cost grows with what is judged.

    python bench/throughput.py [--runs N] [--write]

Calls are judged in this process, as `kei-gates test-command --batch` does it: analysed, looked up
on the disk, and decided by a role that is loaded. Prints the tables; with `--write` they also go to
`bench/results/throughput.md`, with the figures in `throughput.json` and plots beside it.

An exponent is the slope of the last decade of a curve on logarithmic scales, the median of the
runs: 1 is linear growth. Points of which the analysis does not follow all (it does only so much
work, and reads files and code only up to some length) are marked, and do not count for it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "src")]

from bench import throughput_pages  # noqa: E402 -- the path comes first
from bench.throughput_growth import Bench  # noqa: E402


def main() -> None:
    """Measure all, and print or write it."""
    options = argparse.ArgumentParser(description="measure throughput and growth")
    options.add_argument("--runs", type=int, default=5, help="how often all is measured (5)")
    options.add_argument("--write", action="store_true", help="write bench/results/throughput.*")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        os.environ["HOME"] = str(root)  # nobody's own policy and aliases
        bench = Bench(root / "project")
        figures: throughput_pages.Figures = {
            "python": sys.version.split()[0],
            "runs": chosen.runs,
            "classes": bench.rates(chosen.runs),
            "calls": bench.calls(chosen.runs),
            "globs": bench.globs(chosen.runs),
            "roles": bench.roles(chosen.runs),
        }
    print(throughput_pages.tables(figures))
    if chosen.write:
        throughput_pages.write(figures)


if __name__ == "__main__":
    main()
