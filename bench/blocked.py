"""Count how many ordinary commands a gate denies: `python bench/blocked.py FILE [CAPABILITY]`.

FILE has JSON lines with a `command` or a `source`. Each is judged as a call in an empty folder, by
`policy::no-git-ops` alone where no capability is named. Prints how many are denied for what they
run, how many for what could not be known (with the reasons), and how many were not understood.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from kei_gates import gates
from kei_gates.hook.judge import observe
from kei_gates.model import Call, Places, Principal


def main(path: str, capability: str = "policy::no-git-ops") -> None:
    """Judge every line and print the counts."""
    gate = gates.load(capability)
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        places = Places(project=folder, home=folder, installation=())
        for line in Path(path).read_text().splitlines():
            row = json.loads(line)
            source = row.get("command") or row["source"]
            call = Call(tool="Bash", principal=Principal(None, None), cwd=folder, command=source)
            event = observe(call, places)
            verdict = gate.check(event, gate.Params({}))
            unseen = [one for one in event.analysis.unseen if not one.noted]
            counts["commands"] += 1
            counts["not understood"] += any("not understood" in one.why for one in unseen)
            if verdict.outcome == "abstain":
                continue
            unknown = bool(unseen) and verdict.reason.startswith("in `")
            counts["denied as unknown" if unknown else "denied for what it does"] += 1
            if unknown:
                reasons[unseen[0].why] += 1
    for name, count in counts.items():
        print(f"{count:6} {100 * count / counts['commands']:6.2f} %  {name}")
    for why, count in reasons.most_common(20):
        print(f"{count:6}           {why}")


if __name__ == "__main__":
    main(*sys.argv[1:])
