"""What `modal app list` prints, as the client 1.6.4 and older ones really print it.

`data/modal-lists` holds what they gave for the same apps in terminals of 60, 80 and 140 columns.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.gates._modal_apps import App, listed, parse
from tests.gates.test_gates import event_of

LISTS = Path(__file__).parent / "data" / "modal-lists"
NOW_AND_OLD = sorted(path.name for path in LISTS.iterdir())
TABLE = (LISTS / "table-140.txt").read_text()
NANO = App("nano-gpt-train", "ap-4bSqTGv0ZLwMAY1MkWZ3Ab", "ephemeral (detached)", 8)


def apps_of(name: str) -> list[App]:
    found = parse((LISTS / name).read_text())
    assert found is not None
    return found


@pytest.mark.parametrize("name", NOW_AND_OLD)
def test_every_form_is_read(name: str) -> None:
    apps = apps_of(name)
    assert [app.app_id for app in apps][:2] == [
        "ap-4bSqTGv0ZLwMAY1MkWZ3Ab",
        "ap-5bSqTGv0ZLwMAY1MkWZ3Ab",
    ]
    assert apps[0].may_be("nano-gpt-train")
    assert not apps[1].may_be("nano-gpt-train")
    assert not any(app.has_ended for app in apps[:2])
    assert all(app.has_ended for app in apps[2:])
    assert [app.tasks for app in apps[:2]] == [8, 0]


@pytest.mark.parametrize("name", ["table-60.txt", "table-80.txt", "table-140.txt", "list.json"])
def test_what_is_folded_is_put_together(name: str) -> None:
    apps = apps_of(name)
    assert apps[0] == NANO
    assert apps[2] == App("train.py", "ap-6bSqTGv0ZLwMAY1MkWZ3Ab", "stopped", 0)


def test_what_is_cut_may_be_what_begins_so() -> None:
    cut = apps_of("boxes-80.txt")[0]
    assert cut.name.endswith("…")
    assert cut.may_be("nano-gpt-train")
    assert not cut.may_be("nano")
    assert not App("nano", "ap-1", "deployed").may_be("nano-gpt")


def test_blanks_around_and_colors_change_nothing() -> None:
    expected = parse(TABLE)
    assert parse(TABLE.strip()) == expected
    assert parse(f"some words before\n{TABLE}\nsome words behind") == expected
    assert parse(TABLE.replace("deployed", "\x1b[32mdeployed\x1b[0m")) == expected


@pytest.mark.parametrize("output", ["[]\n", "\n".join(TABLE.split("\n")[:4])])
def test_an_empty_list_is_a_list(output: str) -> None:
    assert parse(output) == []


@pytest.mark.parametrize(
    "output",
    [
        "",
        "modal app list",
        "Error: Token missing. Could not authenticate client.",
        "ap-4bSqTGv0ZLwMAY1MkWZ3Ab   nano   deployed",
        '[{"name": "x"}]',
        '{"app_id": "ap-1"}',
        "[1, 2]",
        '[{"app_id": "ap-1", "sta',
    ],
)
def test_anything_else_is_no_list(output: str) -> None:
    assert parse(output) is None


@given(st.text(alphabet='│┃|─ ap-App IDx[]{}",:\n…'), st.integers(0, 600))
def test_any_text_is_a_list_or_none(text: str, cut: int) -> None:
    for output in (text, TABLE[:cut] + text, TABLE[cut:]):
        found = parse(output)
        assert found is None or all(isinstance(app, App) for app in found)


def past(command: str, output: str | None = TABLE, **more: object) -> dict[str, object]:
    return {"command": command, "output": output} | more


@pytest.mark.parametrize(
    "one",
    [
        past("modal app list"),
        past("uv run modal app list --json", "[]"),
        past("cd /tmp && modal app list -e main 2>&1"),
        past("modal app list | cat"),
        past("modal app list | head -50"),
        past("modal app list --limit 0"),
    ],
    ids=str,
)
def test_a_list_of_the_session_is_found(one: dict[str, object], project: Path) -> None:
    assert listed(event_of({"command": "true", "history": [one]}, project), 600) is not None


@pytest.mark.parametrize(
    "one",
    [
        past("echo modal app list"),
        past("cat list.txt  # modal app list"),
        past("modal app list", failed=True),
        past("modal app list", None),
        past("modal app list", ago=601),
        past("modal app list --help"),
        past("modal app list --limit 2"),
        past("modal app list | head -5"),
        past("modal app list | grep nano", "  ap-4bSqTGv0ZLwMAY1MkWZ3Ab   nano   deployed"),
        past("modal app logs nano"),
        past("modal app list", "Error: Token missing."),
    ],
    ids=str,
)
def test_anything_else_of_the_session_is_no_list(one: dict[str, object], project: Path) -> None:
    assert listed(event_of({"command": "true", "history": [one]}, project), 600) is None


def test_the_last_list_counts(project: Path) -> None:
    history = [past("modal app list", "[]", ago=9), past("modal app list", ago=5)]
    found = listed(event_of({"command": "true", "history": history}, project), 600)
    assert found is not None
    assert found[1][0] == NANO
