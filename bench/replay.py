"""Time a replay of a made-up archive: `python bench/replay.py [CALLS [OPTION...]]`.

Uses the `kei-gates` beside the interpreter that runs this, and hands the options on to it. Prints
how many calls a second were judged, how long processors were busy with it, which says more on a
machine that others use too, and how much memory the largest process took.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.environment import make_project
from tests.replay import archive

CALLS = 50_000


def main() -> None:
    """Make the archive, replay it once, and print the figures."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    program = Path(sys.executable).with_name("kei-gates")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        project = make_project(root / "project")
        archive.make(root / "archive", project, calls)
        size = sum(path.stat().st_size for path in (root / "archive").rglob("*.jsonl"))
        command = [str(program), "replay", str(root / "archive"), *sys.argv[2:]]
        environment = {**os.environ, "HOME": str(root)}
        started = time.perf_counter()
        subprocess.run(command, check=False, cwd=project, env=environment)
        took = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{calls:,} calls in {size / 1e6:,.0f} MB: {took:.1f} s, {calls / took:,.0f} a second")
    print(f"processors were busy for {used.ru_utime + used.ru_stime:.1f} s")
    print(f"largest process: {used.ru_maxrss / 1024:,.0f} MB")  # KiB on Linux


if __name__ == "__main__":
    main()
