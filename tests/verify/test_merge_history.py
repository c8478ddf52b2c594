"""A simulated merge comes out as git's own: with histories that meet twice, and at random."""

from __future__ import annotations

import random
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.verify.checkouts import ENVIRONMENT, commit, git, make, write
from tests.verify.merges import held, merge

NO_GIT = (".git",)
NAMES = ("a", "b", "d/a", "d/b", "d/e/c", "x/a", "x/b", "é", "w d/q")


def numbers(**changed: str) -> str:
    """Give 1 to 30, a line each; `n5="x"` is another text in line 5."""
    return "".join(f"{changed.get(f'n{number}', number)}\n" for number in range(1, 31))


def test_branches_that_have_merged_each_other_have_two_bases(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, {"f": numbers()})
    git(root, "branch", "work")
    write(root, "f", numbers(n5="main"))
    on_main = commit(root)
    git(root, "switch", "--quiet", "work")
    write(root, "f", numbers(n25="work"))
    on_work = commit(root)
    git(root, "merge", "--quiet", "-m", "main into work", on_main)
    git(root, "switch", "--quiet", "main")
    git(root, "merge", "--quiet", "-m", "work into main", on_work)
    assert len(git(root, "merge-base", "--all", "main", "work").split()) == 2
    write(root, "f", numbers(n5="main", n25="main again"))
    commit(root)
    git(root, "switch", "--quiet", "work")
    write(root, "f", numbers(n5="work again", n25="work"))
    with merge(root) as merged:
        assert merged.conflicts == ()
        found = Path(merged.root, "f").read_text()
        assert found == numbers(n5="work again", n25="main again")


def text(dice: random.Random) -> str:
    return "".join(f"{dice.randrange(9)} line {number}\n" for number in range(25))


def change(root: Path, dice: random.Random) -> None:
    """Change some files: a line, a name, a folder's name, a mode, a kind; delete and add some."""
    for _ in range(dice.randrange(1, 5)):
        files = [*held(str(root), without=NO_GIT)]
        if files:
            with suppress(OSError):  # a folder in the way of a file, or a file of a folder
                change_one(root, root / dice.choice(files), dice)


def change_one(root: Path, path: Path, dice: random.Random) -> None:
    to = root / dice.choice((*NAMES, "n1", "n2", "d", "y/z"))
    what = dice.randrange(8)
    if what < 3 and not path.is_symlink():
        lines = path.read_text().split("\n")
        lines[dice.randrange(len(lines))] = f"changed {dice.randrange(4)}"
        path.write_text("\n".join(lines))
    elif what == 3:
        path.unlink()
    elif what == 4 and not to.is_dir():
        to.parent.mkdir(parents=True, exist_ok=True)
        path.rename(to)
    elif what == 5 and not (root / "dd").exists():
        (root / "d").rename(root / "dd")
    elif what == 6:
        write(root, str(to.relative_to(root)), text(dice))
    elif what == 7 and not path.is_symlink():
        path.chmod(0o755)
        path.unlink()
        path.symlink_to("a")


# In the last ones, `git merge-recursive` of git 2.39 comes out otherwise, or fails.
@pytest.mark.parametrize("seed", [*range(30), 1224, 1639, 1696, 1703, 1731, 1919])
def test_at_random_it_comes_out_as_git_merges(tmp_path: Path, seed: int) -> None:
    root = tmp_path / "root"
    dice = random.Random(seed)  # noqa: S311 -- a case of a test
    make(root, {name: text(dice) for name in dice.sample(NAMES, 6)})
    git(root, "branch", "work")
    change(root, dice)
    commit(root, "theirs")
    git(root, "switch", "--quiet", "work")
    change(root, dice)
    with merge(root) as merged:
        found = None if merged.conflicts else held(merged.root, without=NO_GIT)
    commit(root, "ours")
    git(root, "switch", "--quiet", "main")
    words = ["git", "merge", "--quiet", "--no-ff", "-m", "merge", "work"]
    done = subprocess.run(words, cwd=root, env=ENVIRONMENT, capture_output=True, check=False)
    assert found == (None if done.returncode else held(str(root), without=NO_GIT))
