"""`kei-gates stats`: counts that agree with the audit."""

from __future__ import annotations

import json

from tests.audit.samples import NO_GIT, START, decision, denied, returned
from tests.cli.looking import Looking, looking

__all__ = ["looking"]


def test_the_counts_are_shown(looking: Looking) -> None:
    asked = decision(3, decision="ask", verdicts=[{**NO_GIT, "outcome": "ask"}], by=["x"])
    looking.has([decision(0), denied(1), denied(2), asked, returned(4), decision(5, tool="Read")])
    found = looking.run("stats")
    assert (found.code, found.err) == (0, "")
    first, *lines = found.out.splitlines()
    assert first.endswith(", 1 session")
    assert lines == [
        "5 decisions: 2 passed, 1 asked, 2 denied (40.0%)",
        "1 passed by a person's word",
        "1 return: 1 sent back",
        "",
        "role            pass     ask    deny",
        "orchestrator       2       1       -",
        "edit-local         -       -       2",
        "",
        "agent      pass     ask    deny",
        "main          2       1       -",
        "builder       -       -       2",
        "",
        "tool    pass     ask    deny",
        "Bash       1       1       2",
        "Read       1       -       -",
        "",
        "objecting gate         ask    deny",
        "policy::no-git-ops       1       2",
        "",
        "ms a decision: median 12, 95 % at most 15; slowest:",
        "     15.0  00000005  Read  echo 5",
        "     13.0  00000003  Bash  echo 3",
        "     12.0  00000002  Bash  git push origin main",
        "     11.0  00000001  Bash  git push origin main",
        "     10.0  00000000  Bash  echo 0",
    ]


def test_json_has_the_same_and_more(looking: Looking) -> None:
    looking.has([decision(0), denied(1), decision(2, project="/other", session="f")])
    (looking.state / "audit-1790000000000001.jsonl").write_text("x\n")
    found = json.loads(looking.run("stats", "--json").out)
    assert found["decisions"] == {"total": 2, "abstain": 1, "ask": 0, "deny": 1}
    assert (found["denied_share"], found["sessions"], found["unread"]) == (0.5, 1, 1)
    assert (found["first"], found["last"]) == (START, START + 1)
    assert found["by"]["gate"] == {"policy::no-git-ops": {"deny": 1}}
    assert found["ms"] == {"median": 10.5, "p95": 11.0}
    assert found["slowest"][0]["id"] == "00000001"
    every = json.loads(looking.run("stats", "--json", "--all").out)
    assert every["decisions"]["total"] == 3


def test_a_long_list_is_cut_and_what_an_agent_wrote_is_shown_safely(looking: Looking) -> None:
    looking.has(decision(one, tool=f"mcp__{one}\x1b[2J") for one in range(20))
    out = looking.run("stats").out
    assert "and 8 more\n" in out
    assert "mcp__11\\x1b[2J" in out
    assert "\x1b" not in out


def test_no_records_are_no_failure(looking: Looking) -> None:
    found = looking.run("stats")
    assert (found.code, found.out) == (0, "")
    assert found.err.startswith("nothing is recorded of this; `--all` looks at all projects")
    empty = json.loads(looking.run("stats", "--json", "--all", "--since", "1h").out)
    assert empty["decisions"]["total"] == 0
    assert empty["ms"] == {"median": None, "p95": None}
