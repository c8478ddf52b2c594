"""What checks of the diff share: which changes are judged, and how one is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kei_gates.checks.work import Change, ChangeSet

BUILD_LOCKS = frozenset(
    (
        "cargo.lock", "deno.lock", "flake.lock", "module.bazel.lock", "package.resolved",
        "pixi.lock", "pubspec.lock", "uv.lock",
    )
)  # fmt: skip
"""Lock files that a build or a test run writes where there is none (the tools' documentation)."""

# Folders that tools fill and nobody keeps sources in.
_CACHES = frozenset(
    (
        ".angular", ".benchmarks", ".dart_tool", ".eggs", ".gradle", ".hypothesis",
        ".ipynb_checkpoints", ".mypy_cache", ".next", ".nox", ".nuxt", ".nyc_output",
        ".parcel-cache", ".phpunit.cache", ".pytest_cache", ".ruff_cache", ".stestr",
        ".svelte-kit", ".tox", ".turbo", ".venv", ".vite", "htmlcov", "node_modules",
    )
)  # fmt: skip
_CARGO_OUTPUT, _CACHE_TAG = "target", "CACHEDIR.TAG"
# Folders of Python's own, by their end: source in them is nobody's leaving, and can be imported.
_COMPILED, _EGG = "__pycache__", ".egg-info"
_COMPILED_ENDING = (".nbc", ".nbi", ".pyc")
_EGG_ENDING = (".txt", "pkg-info", "zip-safe")
# Files that test runs, compilers and file managers leave, none of which holds code.
_LEFT = frozenset(
    (
        ".coverage", ".ds_store", ".eslintcache", ".phpunit.result.cache", ".rspec_status",
        "cover.out", "coverage.out", "coverage.xml", "lcov.info",
    )
)  # fmt: skip
_LEFT_BEGINNING, _LEFT_ENDING = ".coverage.", (".profraw", ".tsbuildinfo")
# The folder of Istanbul's reports (jest, vitest, nyc), known by what sums them up, and of what is
# in it that which holds no code, or is the report's own.
_COVERAGE = "coverage"
_SUMS = ("clover.xml", "cobertura-coverage.xml", "coverage-final.json", "coverage-summary.json",
         "lcov.info")  # fmt: skip
_PAGE_ENDING = (".css", ".html", ".info", ".json", ".png", ".xml")
_PAGE_SCRIPTS = ("block-navigation.js", "prettify.js", "sorter.js")

_VERBS = {"added": "was added", "modified": "was changed", "deleted": "was deleted"}
_UNDO = {
    "added": "take it away again",
    "modified": "put it back as it was",
    "deleted": "bring it back",
}
_IF_FORBIDDEN = "or say so in your report if you may not"
_IF_OWN = "undo it if it is your work, else leave it and say in your report that it is not"


def judged(change_set: ChangeSet) -> Iterator[Change]:
    """Give the changes that somebody has made, and not a tool that builds or tests.

    What such a tool has left where there was nothing is none, also where the project forgot to
    have it ignored: files in its caches, and the lock file of a build. What lies in a cache and is
    staged or committed was put there to stay.
    """
    tags = {change.path for change in change_set.changes if change.path.endswith(_CACHE_TAG)}
    reports = set(filter(None, map(_report_of, change_set.changes)))
    for change in change_set.changes:
        is_left = is_left_in_cache(change, tags) or _is_in_report(change, reports)
        if not is_left and not _is_left_by_tools(change):
            yield change


def is_left_in_cache(change: Change, tags: Collection[str] = ()) -> bool:
    """Say whether a change is what a tool has left in a cache of its own, and nobody has staged.

    `tags` are the files that mark folders as Cargo's output, among all that has changed.
    """
    if change.kind != "added" or change.is_recorded:
        return False
    *folders, name = change.path.split("/")
    is_compiled = folders[-1:] == [_COMPILED] and name.endswith(_COMPILED_ENDING)
    if is_compiled or not _CACHES.isdisjoint(folders):
        return True
    if _CARGO_OUTPUT not in folders:
        return False
    output = "/".join(folders[: folders.index(_CARGO_OUTPUT) + 1])
    return f"{output}/{_CACHE_TAG}" in tags


def _report_of(change: Change) -> str | None:
    """Give the folder of a report of coverage that a change sums up; none for other changes."""
    folder, _, name = change.path.rpartition("/")
    is_one = folder.rpartition("/")[2] == _COVERAGE and name in _SUMS
    return folder if is_one and change.kind == "added" else None


def _is_in_report(change: Change, reports: Collection[str]) -> bool:
    if change.kind != "added" or change.is_recorded or change.entry != "file":
        return False
    is_page = change.path.endswith(_PAGE_ENDING) or change.path.endswith(_PAGE_SCRIPTS)
    return is_page and any(change.path.startswith(f"{report}/") for report in reports)


def _is_left_by_tools(change: Change) -> bool:
    if change.kind != "added":
        return False
    folder, _, name = change.path.rpartition("/")
    plain = name.casefold()
    if folder.endswith(_EGG) and plain.endswith(_EGG_ENDING):
        return True
    is_left = plain in BUILD_LOCKS or plain in _LEFT or plain.startswith(_LEFT_BEGINNING)
    return is_left or plain.endswith(_LEFT_ENDING)


def finding(change: Change, why: str, remedy: str) -> Finding:
    """Tell of a change that may not be: `why` says what is wrong with it."""
    return Finding(
        f"`{change.path}` {_VERBS[change.kind]}, {why}",
        f"{_IF_OWN if change.doubt else f'{_UNDO[change.kind]}, {_IF_FORBIDDEN}'}; {remedy}",
        path=change.path,
        doubt=change.doubt,
    )
