"""Whose change is it: the table of cases, what holds of all of them, and real files and times."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.checks.work import Change
from kei_gates.verify.acts import Act, Named
from kei_gates.verify.attribution import attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT, START = "/home/u/project", 1_795_842_000
CASES = tomllib.loads((Path(__file__).parent / "attribution.toml").read_text())["case"]


def ns(seconds: float) -> int:
    return round((START + seconds) * 1000) * 1_000_000


class Changed:
    """A change set whose times are written down."""

    base = "the start"

    def __init__(
        self, changes: Sequence[Change], times: Mapping[str, int | None], root: str = ROOT
    ) -> None:
        self.root = root
        self.changes = tuple(changes)
        self._times = times

    def before(self, path: str) -> bytes | None:
        return f"before {path}".encode()

    def after(self, path: str) -> bytes | None:
        return f"after {path}".encode()

    def changed_at(self, path: str) -> int | None:
        return self._times.get(path)


def named(text: str) -> Named:
    deletes, path = text.startswith("-"), text.removeprefix("-")
    tree = path.endswith("/")
    return Named(f"{ROOT}/{path.rstrip('/')}", tree=tree, glob="*" in path, deletes=deletes)


def act(call: Mapping[str, Any]) -> Act:
    return Act(
        None if call["by"] == "main" else call["by"],
        "Bash",
        started=ns(call["from"]),
        ended=ns(call["to"]) if "to" in call else None,
        names=tuple(map(named, call.get("names", ()))),
        opaque=call.get("opaque", False),
        lasting=call.get("lasting", False),
    )


def word(changes: Sequence[Change]) -> str:
    assert len(changes) <= 1
    return "not" if not changes else "doubt" if changes[0].doubt else "its"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_table(case: dict[str, Any]) -> None:
    told = case["change"]
    times: dict[str, int | None]
    times = {name: ns(at) for name, at in case.get("folders", {}).items()}
    times[told["path"]] = ns(told["at"]) if "at" in told else None
    found = attribute(
        Changed([Change(told["path"], told.get("kind", "modified"))], times),
        map(act, case["calls"]),
        own={"own", *case.get("also", ())},
        since=ns(0),
        own_tree=case.get("own_tree", False),
        folds_case=case.get("folds_case", False),
    )
    assert word(found.changes) == case["word"]
    if "says" in case:
        assert case["says"] in found.changes[0].doubt


def test_the_rest_of_the_set_is_what_it_was() -> None:
    change = Change(
        "a", "added", entry="link", mode=0o120000, old_mode=0, doubt="it was odd", is_recorded=True
    )
    everything = Changed([change, Change("b", "modified")], {"a": ns(5), "b": ns(50)})
    acts = [act({"by": by, "from": 4, "to": 6, "opaque": True}) for by in ("own", "b1")]
    found = attribute(everything, acts, own={"own"}, since=ns(0))
    assert (found.root, found.base) == (ROOT, "the start")
    assert (found.before("b"), found.after("b")) == (b"before b", b"after b")
    assert found.changed_at("a") == ns(5)
    (left,) = found.changes
    assert (left.entry, left.mode, left.old_mode) == ("link", 0o120000, 0)
    assert left.is_recorded
    assert left.doubt == "it was odd; perhaps made by agent `b1`"


# --- what holds of all ----------------------------------------------------------------------------

PATHS = ("src/a.py", "src/b.py", "src/deep/c.py", "d.txt")
NAMES = (*PATHS, *(f"-{path}" for path in PATHS), "src/", "-src/deep/", "src/*.py", "src/**/*.py")
WORDS = ("not", "doubt", "its")
TIMES = st.integers(-5, 60)


@st.composite
def calls(draw: st.DrawFn, by: st.SearchStrategy[str]) -> Act:
    start = draw(st.integers(0, 50))
    end = draw(st.none() | st.integers(start, 60))
    return act(
        {
            "by": draw(by),
            "from": start,
            "names": draw(st.lists(st.sampled_from(NAMES), max_size=2)),
            "opaque": draw(st.booleans()),
            "lasting": draw(st.booleans()),
            **({} if end is None else {"to": end}),
        }
    )


OWN = calls(st.just("own"))
OTHERS = calls(st.sampled_from(("b1", "b2", "main")))
CHANGED = st.builds(
    lambda changes, folders: Changed(
        [Change(path, kind) for path, (kind, _) in sorted(changes.items())],
        {path: at for path, (_, at) in changes.items()} | folders,
    ),
    st.dictionaries(
        st.sampled_from(PATHS),
        st.tuples(st.sampled_from(("added", "modified", "deleted")), st.none() | TIMES.map(ns)),
    ),
    st.fixed_dictionaries({"src": TIMES.map(ns), "src/deep": TIMES.map(ns)}),
)


def words(everything: Changed, acts: Sequence[Act]) -> dict[str, int]:
    """Give the word on each path, as a number: more is more the agent's."""
    found = attribute(everything, acts, own={"own"}, since=ns(0))
    kept = {change.path: change for change in found.changes}
    assert kept.keys() <= {change.path for change in everything.changes}
    assert [one.path for one in found.changes] == sorted(kept)
    return {
        change.path: WORDS.index(word([kept[change.path]] if change.path in kept else []))
        for change in everything.changes
    }


@given(CHANGED, st.lists(OWN | OTHERS, max_size=6), OTHERS)
def test_more_calls_of_others_never_make_a_change_more_the_agents(
    everything: Changed, acts: list[Act], more: Act
) -> None:
    before, after = words(everything, acts), words(everything, [*acts, more])
    assert all(after[path] <= before[path] for path in before)


@given(CHANGED, st.lists(OWN | OTHERS, max_size=6), OWN)
def test_more_calls_of_the_agent_never_make_a_change_less_its(
    everything: Changed, acts: list[Act], more: Act
) -> None:
    before, after = words(everything, acts), words(everything, [*acts, more])
    assert all(after[path] >= before[path] for path in before)


@given(CHANGED, st.lists(OWN | OTHERS, max_size=6), st.randoms())
def test_the_order_of_calls_means_nothing(
    everything: Changed, acts: list[Act], random: Any
) -> None:
    mixed = [*acts]
    random.shuffle(mixed)
    assert words(everything, acts) == words(everything, mixed)


@given(CHANGED, st.lists(OTHERS, max_size=6), OWN)
def test_what_the_agent_names_is_never_lost(everything: Changed, acts: list[Act], own: Act) -> None:
    found = words(everything, [*acts, own])
    for change in everything.changes:
        path = f"{ROOT}/{change.path}"
        when = everything.changed_at(change.path)
        if any(one.path == path for one in own.names):
            assert found[change.path] == WORDS.index("its")
        elif any(one.meets(path) for one in own.names) and (when is None or own.had_begun(when)):
            assert found[change.path] >= WORDS.index("doubt")


@given(CHANGED, st.lists(OWN, min_size=1, max_size=6))
def test_an_agent_alone_gets_all_that_changed_while_its_code_ran(
    everything: Changed, acts: list[Act]
) -> None:
    found = words(everything, acts)
    for change in everything.changes:
        when = everything.changed_at(change.path)
        if when is not None and when >= ns(0) and any(a.opaque and a.spans(when) for a in acts):
            assert found[change.path] == WORDS.index("its")


@given(CHANGED, st.lists(OTHERS, max_size=6))
def test_who_made_no_call_made_no_change(everything: Changed, acts: list[Act]) -> None:
    assert not any(words(everything, acts).values())


@given(CHANGED, st.lists(OWN | OTHERS, max_size=6))
def test_each_code_that_ran_at_a_time_is_suspected(everything: Changed, acts: list[Act]) -> None:
    """What is not the agent's while its code ran was surely changed, or deleted, by another."""
    found = words(everything, acts)
    for change in everything.changes:
        when = everything.changed_at(change.path)
        path = f"{ROOT}/{change.path}"
        ran = [a for a in acts if a.agent_id == "own" and a.opaque]
        if found[change.path] or when is None or not any(a.spans(when) for a in ran):
            continue
        assert any(
            any(n.path == path and (a.spans(when) and not a.opaque) for n in a.names)
            or any(n.deletes and n.meets(path) for n in a.names)
            for a in acts
            if a.agent_id != "own"
        )


@given(st.lists(st.sampled_from(("a", "b", "src", "*", "**", "a*", "[ab]")), max_size=6))
def test_a_pattern_meets_itself_where_it_is_plain(parts: list[str]) -> None:
    path = "/".join(["", *("b" if set("*[") & set(part) else part for part in parts)])
    whole = Named("/".join(["", *parts]), glob=True)
    assert whole.meets(path) == all(part != "a*" for part in parts)
    below = Named(whole.path, glob=True, tree=True)
    assert below.meets(f"{path}/x") or not whole.meets(path)


def test_a_pattern_of_many_folders_takes_no_time() -> None:
    path = "/".join(["", *["a"] * 400])
    began = time.monotonic()
    assert not Named("/" + "**/a/" * 60 + "b", glob=True).meets(path)
    assert time.monotonic() - began < 2


# --- real files and times -------------------------------------------------------------------------


class Tree:
    """A real folder, whose changes are dated by the kernel, and the calls that are made in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.acts: list[Act] = []
        self.since = time.time_ns()

    def call(self, by: str, do: Callable[[], object], **how: Any) -> None:
        """Do something as a call that names no files, some time after what was before."""
        time.sleep(0.3)
        started = time.time_ns()
        do()
        how.setdefault("opaque", True)
        how.setdefault("ended", time.time_ns())
        self.acts.append(Act(by, "Bash", started=started, **how))

    def word(self, path: str, kind: Any = "modified", own: str = "own") -> str:
        place, times = self.root / path, {}
        for name in (path, *(str(one) for one in Path(path).parents if str(one) != ".")):
            there = self.root / name
            while not there.exists() and not there.is_symlink():
                there = there.parent
            times[name] = there.lstat().st_ctime_ns
        assert place.exists() == (kind != "deleted")
        everything = Changed([Change(path, kind)], times, str(self.root))
        found = attribute(everything, self.acts, own={own}, since=self.since)
        return word(found.changes)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for name in ("src/a.py", "src/b.py", "outside/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    time.sleep(0.3)
    return Tree(tmp_path)


def code(tree: Tree, source: str) -> Callable[[], object]:
    """Run Python in a process of its own, in the tree."""
    return lambda: subprocess.run([sys.executable, "-c", source], cwd=tree.root, check=True)


HIDING = {
    "a plain write": "open('src/a.py', 'w').write('x')",
    "a time that is set back": (
        "import os; open('src/a.py', 'w').write('x'); os.utime('src/a.py', (0, 0))"
    ),
    "a rename over it": "import os; open('t', 'w').write('x'); os.replace('t', 'src/a.py')",
    "a link in its place": "import os; os.unlink('src/a.py'); os.symlink('b.py', 'src/a.py')",
    "another name of the same file": (
        "import os; os.link('src/a.py', 'outside/n'); open('outside/n', 'w').write('x'); "
        "os.utime('src/a.py', (0, 0)); os.unlink('outside/n')"
    ),
    "the mode": "import os; os.chmod('src/a.py', 0o600); os.utime('src/a.py', (0, 0))",
    "a mapping": (
        "import mmap; f = open('src/a.py', 'r+b'); m = mmap.mmap(f.fileno(), 0); m[0:1] = b'x'; "
        "m.flush()"
    ),
    "a folder swapped": (
        "import os, shutil; shutil.copytree('src', 'new'); open('new/a.py', 'w').write('x'); "
        "os.utime('new/a.py', (0, 0)); os.rename('src', 'old'); os.rename('new', 'src')"
    ),
}


@pytest.mark.parametrize("source", HIDING.values(), ids=HIDING)
def test_code_that_changes_a_file_is_seen(source: str, tree: Tree) -> None:
    tree.call("b1", code(tree, "open('outside/c.py', 'w').write('y')"))
    tree.call("own", code(tree, source))
    tree.call("b1", code(tree, "open('outside/c.py', 'w').write('z')"))
    assert tree.word("src/a.py") == "its"
    assert tree.word("src/a.py", own="b1") == "not"
    assert tree.word("outside/c.py") == "not"
    assert tree.word("outside/c.py", own="b1") == "its"


def test_an_older_folder_that_is_moved_in_is_seen(tree: Tree) -> None:
    tree.call("own", code(tree, "import os; os.rename('outside', 'src/new')"))
    assert tree.word("src/new/c.py", "added") == "doubt"
    tree.acts = [Act("own", "Edit", started=tree.since, ended=time.time_ns())]
    assert tree.word("src/new/c.py", "added") == "not"


def test_anothers_new_folder_that_is_moved_is_seen(tree: Tree) -> None:
    def write() -> None:
        (tree.root / "made").mkdir()
        (tree.root / "made/d.py").write_text("d")

    tree.call("b1", write, opaque=False, names=(Named(f"{tree.root}/made/d.py"),))
    assert tree.word("made/d.py", "added") == "not"
    tree.call("own", code(tree, "import os; os.rename('made', 'moved')"))
    assert tree.word("moved/d.py", "added") == "doubt"


def test_a_process_that_is_left_behind_is_suspected(tree: Tree) -> None:
    late = "import time; time.sleep(1); open('src/a.py', 'w').write('x')"

    def leave() -> None:
        processes.append(subprocess.Popen([sys.executable, "-c", late], cwd=tree.root))

    processes: list[subprocess.Popen[bytes]] = []
    tree.call("own", leave, lasting=True)
    names = (Named(f"{tree.root}/src/b.py"),)
    tree.call("b1", lambda: (tree.root / "src/b.py").write_text("y"), opaque=False, names=names)
    processes[0].wait(timeout=30)
    assert tree.word("src/a.py") == "doubt"
    assert tree.word("src/b.py") == "not"


def test_what_code_deletes_is_seen(tree: Tree) -> None:
    tree.call("own", lambda: os.unlink(tree.root / "src/b.py"))
    assert tree.word("src/b.py", "deleted") == "its"
    tree.call("b1", code(tree, "open('src/new.py', 'w')"))
    assert tree.word("src/b.py", "deleted") == "doubt"
    assert tree.word("src/b.py", "deleted", own="b1") == "doubt"
