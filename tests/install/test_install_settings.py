"""The settings file as text: what is written, and what is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.install import project as projects
from kei_gates.install.entries import is_ours, wanted
from kei_gates.install.errors import InstallError
from kei_gates.install.settings import decode, has_ours, merge

if TYPE_CHECKING:
    from pathlib import Path

    from kei_gates.install.places import Places
    from kei_gates.install.project import Project

OURS = {"type": "command", "command": "/v/bin/python", "args": ["/d/kei_gates_hook.py", "E"]}
OLD = {"type": "command", "command": "python3 /x/kei_gates_hook.py E"}
THEIRS = {"type": "http", "url": "http://127.0.0.1:1"}
GROUPS = {"E": [{"hooks": [{"k": 1}]}]}


def group(*hooks: dict[str, Any]) -> dict[str, Any]:
    return {"matcher": "*", "hooks": list(hooks)}


def test_the_entries_are_those_of_the_plugin_with_absolute_paths(places: Places) -> None:
    def entry(event: str, *more: str) -> list[dict[str, Any]]:
        hook = {
            "type": "command",
            "command": f"{places.environment}/bin/python",
            "args": ["-I", "-S", f"{places.hooks}/kei_gates_hook.py", event, *more],
            "timeout": 20,
            "onFailure": "block",
        }
        return [{"matcher": "*", "hooks": [hook]}]

    built = wanted(places)
    assert built["PreToolUse"] == entry("PreToolUse")
    assert built["ConfigChange"] == entry("ConfigChange", "project_settings")
    plugin = json.loads((places.hooks / "hooks.json").read_text())["hooks"]
    assert list(built) == list(plugin)


@pytest.mark.parametrize("name", ["${HOME}", "a\udcff"])
def test_a_clone_whose_path_the_client_would_not_find_is_refused(
    places: Places, tmp_path: Path, name: str
) -> None:
    odd = type(places)(tmp_path / name, places.hooks, places.starter)
    with pytest.raises(InstallError, match="cannot be written into settings"):
        wanted(odd)


@pytest.mark.parametrize(
    ("hook", "ours"),
    [
        (OURS, True),
        ({"type": "command", "command": "p", "args": ["kei_gates_hook.py"]}, True),
        (OLD, True),
        ({"type": "command", "command": '"/a b/kei_gates_hook.py" x'}, True),
        ({"type": "command", "command": "cd /x;python3 './kei_gates_hook.py'"}, True),
        ({"type": "command", "command": "p", "args": ["/x/my_kei_gates_hook.py"]}, False),
        ({"type": "command", "command": "p", "args": ["/kei_gates_hook.py/other.py"]}, False),
        ({"type": "command", "command": "/x/my_kei_gates_hook.py"}, False),
        ({"type": "command", "command": "/x/kei_gates_hook.py.bak"}, False),
        ({"type": "command", "command": "p", "args": "kei_gates_hook.py"}, False),
        ({"type": "command", "args": [1, None]}, False),
        ({"type": "http", "url": "/kei_gates_hook.py", "command": "kei_gates_hook.py"}, False),
        ({"type": "prompt", "prompt": "kei_gates_hook.py"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_ours_is_a_command_that_names_the_hook_script(hook: object, ours: bool) -> None:
    assert is_ours(hook) == ours


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{}",
            (
                '{\n  "hooks": {\n    "E": [\n      {\n        "hooks": [\n          {\n'
                '            "k": 1\n          }\n        ]\n      }\n    ]\n  }\n}'
            ),
        ),
        (
            '{\n\t"a": [1,2]\n}\n',
            (
                '{\n\t"a": [1,2],\n\t"hooks": {\n\t\t"E": [\n\t\t\t{\n\t\t\t\t"hooks": [\n'
                '\t\t\t\t\t{\n\t\t\t\t\t\t"k": 1\n\t\t\t\t\t}\n\t\t\t\t]\n\t\t\t}\n\t\t]\n\t}\n}\n'
            ),
        ),
        (
            '{\r\n "hooks": {\r\n  "E": []\r\n }\r\n}\r\n',
            (
                '{\r\n "hooks": {\r\n  "E": [\r\n   {\r\n    "hooks": [\r\n     {\r\n'
                '      "k": 1\r\n     }\r\n    ]\r\n   }\r\n  ]\r\n }\r\n}\r\n'
            ),
        ),
        ('{"a":1}', '{"a":1, "hooks": {"E": [{"hooks": [{"k": 1}]}]}}'),
        (
            '{"hooks":{"E":[{"hooks":[]}]} }',
            '{"hooks":{"E":[{"hooks":[]}, {"hooks": [{"k": 1}]}]} }',
        ),
        (
            '{\n"h\\u006foks": {"S": []},\n"a": "\\ud800"\n}',
            '{\n"h\\u006foks": {"S": [], "E": [{"hooks": [{"k": 1}]}]},\n"a": "\\ud800"\n}',
        ),
    ],
    ids=["empty", "tabs", "crlf", "one line", "one line, others", "escaped key, no indentation"],
)
def test_the_formatting_of_the_file_is_kept(before: str, after: str) -> None:
    assert merge(before, GROUPS) == after


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([group(THEIRS), group(OLD), group(THEIRS)], [group(THEIRS), "new", group(THEIRS)]),
        ([group(OLD), group(OURS), group(THEIRS)], ["new", group(THEIRS)]),
        ([group(OLD), group(OLD), group(THEIRS), group(OLD)], ["new", group(THEIRS)]),
        ([group(THEIRS, OLD, THEIRS)], [group(THEIRS, THEIRS), "new"]),
        ([group(OLD, THEIRS), group(OURS)], [group(THEIRS), "new"]),
        ([{**group(OLD), "if": "Bash(x)"}], ["new"]),
        ([], ["new"]),
    ],
)
def test_present_entries_become_one_group_of_their_own(
    groups: list[object], expected: list[object]
) -> None:
    new = group(OURS)
    text = json.dumps({"hooks": {"E": groups}}, indent=2)
    merged = merge(text, {"E": [new]})
    assert json.loads(merged)["hooks"]["E"] == [new if e == "new" else e for e in expected]
    assert merge(merged, {"E": [new]}) == merged


def test_an_event_that_is_hooked_no_more_goes_with_its_list() -> None:
    text = json.dumps({"hooks": {"Gone": [group(OLD)], "E": [group(OLD)], "Kept": [group(THEIRS)]}})
    merged = json.loads(merge(text, {"E": [group(OURS)]}))
    assert merged == {"hooks": {"E": [group(OURS)], "Kept": [group(THEIRS)]}}


def test_an_equal_entry_in_other_formatting_is_left_alone() -> None:
    text = json.dumps({"hooks": {"E": [dict(reversed(group(OURS).items()))]}}, indent=7)
    assert has_ours(text)
    assert merge(text, {"E": [group(OURS)]}) == text


BAD = {
    "comment": (b'{\n  // mine\n  "a": 1\n}', "line 2 column 3: a comment is not JSON"),
    "comment after a member": (b'{"a": 1 /* x */}', "line 1 column 9: a comment is not JSON"),
    "hash comment": (b'# x\n{"a": 1}', "line 1 column 1: a comment is not JSON"),
    "trailing comma": (b'{\n  "a": 1,\n}', "a comma before a closing bracket"),
    "trailing comma in a list": (b'{"a": [1,]}', "a comma before a closing bracket"),
    "NaN": (b'{"a": "NaN",\n "b": NaN}', "line 2 column 7: `NaN` is not JSON"),
    "infinity": (b'{"a": [-Infinity]}', "line 1 column 8: `-Infinity` is not JSON"),
    "byte order mark": (b"\xef\xbb\xbf{}", "line 1 column 1: a byte order mark"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "line 1 column 1: not UTF-8"),
    "invalid UTF-8": ('{\n "ä": "'.encode() + b'\xff"}', "line 2 column 8: not UTF-8"),
    "a list": (b"[]", "line 1 column 1: the settings must be an object"),
    "a string": (b' "x"', "line 1 column 2: the settings must be an object"),
    "null": (b"null", "line 1 column 1: the settings must be an object"),
    "more after the end": (b"{}\n}", "line 2 column 1: there is more text after the end"),
    "two documents": (b"{} {}", "line 1 column 4: there is more text after the end"),
    "half a file": (b'{"a": {', "line 1 column 8: not valid JSON"),
    "control character": (b'{"a": "\x01"}', "line 1 column 8: not valid JSON"),
    "single quotes": (b"{'a': 1}", "line 1 column 2: not valid JSON"),
    "leading zero": (b'{"a": 01}', "line 1 column 8: not valid JSON"),
    "other space": ('{"a":\u00a01}'.encode(), "line 1 column 6: not valid JSON"),
    "key twice": (b'{"a": 1,\n "a": 2}', 'line 2 column 2: "a" is there twice'),
    "hooks twice": (b'{"hooks": {}, "hooks": {}}', 'line 1 column 15: "hooks" is there twice'),
    "event twice": (b'{"hooks": {"E": [], "E": []}}', '"E" is there twice'),
    "twice in a hook": (b'{"hooks":{"E":[{"hooks":[{"a":1,"a":2}]}]}}', '"a" is there twice'),
    "hooks is null": (b'{"hooks": null}', "line 1 column 11: `hooks` must be an object"),
    "hooks is a list": (b'{"hooks": []}', "`hooks` must be an object"),
    "event is an object": (b'{"hooks": {"Stop": {}}}', "`hooks.Stop` must be a list"),
    "group is a string": (b'{"hooks": {"E": ["x"]}}', "a group of `hooks.E` must be an object"),
    "group without hooks": (b'{"hooks": {"E": [{}]}}', "a group of `hooks.E` has no `hooks` list"),
    "group hooks is null": (b'{"hooks":{"E":[{"hooks":null}]}}', "must be a list"),
    "hook is a string": (b'{"hooks":{"E":[{"hooks":["x"]}]}}', "must be an object"),
    "hooks switched off": (b'{"disableAllHooks": true}', "sets `disableAllHooks`"),
    "too deep": (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_edited_is_refused_and_left(
    content: bytes, said: str, where: Project, places: Places
) -> None:
    where.folder.mkdir()
    where.settings.write_bytes(content)
    with pytest.raises(InstallError) as refusal:
        projects.install(where, places)
    message = str(refusal.value)
    assert said in message
    assert str(where.settings) in message
    assert "\n" not in message
    assert re.search(r"; (take|save|write|make|mend|keep|add)\b", message)
    assert [path.name for path in where.folder.iterdir()] == ["settings.json"]
    assert where.settings.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b'{"env": {"a": 1, "a": 2}, "n": ' + b"9" * 5000 + b', "e": 1e999}',
        b'{"a": "// no comment, }", "b": "NaN"}',
        b'{"permissions": {"hooks": null, "disableAllHooks": true}, "disableAllHooks": false}',
        b'{"a": "\\ud800", "": {"": []}}',
    ],
    ids=["odd but not ours to judge", "only in strings", "only further in", "escapes"],
)
def test_what_only_looks_bad_is_taken(content: bytes, where: Project, places: Places) -> None:
    where.folder.mkdir()
    where.settings.write_bytes(content)
    projects.install(where, places)
    assert has_ours(decode(where.settings.read_bytes(), ""))
    projects.uninstall(where, places)
    assert where.settings.read_bytes() == content
