"""What is measured is what is said to be measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench import installed, payloads, peers
from tests.hook.payloads import ROWS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_the_policy_has_the_size_it_is_said_to_have() -> None:
    policy = tomllib.loads(installed.policy())
    assert len(policy["roles"]) == installed.ROLES == 10
    scope = policy["roles"][policy["agents"]["builder"]]["scope"]
    globs = scope["files-whitelist"] + scope["files-denylist"]
    assert len(set(globs)) == len(globs) == installed.GLOBS == 200


@pytest.mark.parametrize("call", payloads.PAYLOADS, ids=lambda call: call.name)
def test_a_call_is_sent_as_it_was_recorded(call: payloads.Payload) -> None:
    sent = json.loads(
        payloads.encoded(call.by, call.tool, call.given, Path("/p"), Path("/h/s.jsonl"))
    )
    recorded = next(row["payload"] for row in ROWS if row["id"] == call.by)
    assert sent.keys() == recorded.keys()
    assert sent["tool_name"] == call.tool
    assert (sent["cwd"], sent["transcript_path"]) == ("/p", "/h/s.jsonl")
    assert ("agent_type" in sent) is (call.by == payloads.BUILDER)
    if "file_path" in call.given:
        assert sent["tool_input"]["file_path"] == f"/p/{payloads.EDITED}"


def test_long_calls_are_as_long_as_they_are_said_to_be(tmp_path: Path) -> None:
    given = {call.name: call.given for call in payloads.PAYLOADS}
    payloads.write_files(tmp_path)
    assert 5000 < len(str(given["5 KB here-document"]["command"])) < 5500
    assert 5000 < (tmp_path / payloads.SCRIPT).stat().st_size < 5500
    assert (tmp_path / payloads.EDITED).read_text().count("\n") == 5000
    assert str(given["Edit"]["old_string"]) in (tmp_path / payloads.EDITED).read_text()
    assert 180 < len(payloads.SEVERAL) < 220


def test_names_tell_all_calls_apart() -> None:
    names = [call.name for call in (*payloads.PAYLOADS, *payloads.day())]
    assert len(set(names)) == len(names) == len(payloads.PAYLOADS) + 60


def test_peers_are_named_with_the_versions_that_are_installed(tmp_path: Path) -> None:
    found = peers.known(tmp_path)
    pinned = {name.replace("==", " ") for name in peers.PINNED}
    assert found
    assert {peer.name for peer in found} <= pinned
