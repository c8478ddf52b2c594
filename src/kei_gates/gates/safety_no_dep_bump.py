"""Deny every change of what the project depends on.

What it does: an edit of a manifest (`Cargo.toml`, `pyproject.toml`, `package.json`, `go.mod` and
those of some forty other tools) is applied to the file's text, both texts are read, and it is
denied if they differ in what they say of dependencies. The project's own version, features,
profiles, scripts, comments and the order of entries may change. A shell command that writes a
manifest is judged the same way where what it writes is certain, and denied where it is not. Any
change of a lock file is denied, and so is deleting or moving one or a manifest. Of the package
managers, the commands that change dependencies are denied: `cargo add`, `npm install NAME`,
`uv lock`, `go get`. Tools outside the project (`cargo install`, `npm install -g`) pass.
Commands that only bring a stale lock file up to date (`cargo build`, `npm install`) pass too; with
`locked = "require-frozen"` they need the option that forbids it (`--locked`, `npm ci`).
So is `pip install NAME`, which changes what the project runs with, unless `environment = "allow"`.
`ignore` lists globs of manifests that are none, as those of test data.
`images = true` adds base images, actions, hooks and submodules that a project names.
Folders that tools fill (`node_modules`, `.venv`, `target`) are no part of the project, nor are
temporary files.
Why: a dependency is code that nobody here has read, and a lock file that moves changes what
everybody builds.
Instead: use what is there; if the task needs another dependency or version, stop and report which
one and why.
"""

from __future__ import annotations

from kei_gates.gates._dep_files import LOCK, SCRIPT, form_of, is_installed, is_made
from kei_gates.gates._wording import choice_flaw, deny_unseen, shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams
from kei_gates.policy.globs import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kei_gates.gates._dep_line import Finding, Manager
    from kei_gates.model import Event, Invocation, Target, Verdict

    Form = tuple[str, str]

_ALLOW, _DENY, _FROZEN = "allow", "deny", "require-frozen"
_EXTRAS = " .["
_CHOICES = {"locked": (_ALLOW, _FROZEN), "environment": (_DENY, _ALLOW)}


class Params(BaseParams):
    """What else is denied, and which manifests are none."""

    locked: str = _ALLOW
    environment: str = _DENY
    images: bool = False
    ignore: Globs = Globs()

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse a word that is none of a parameter's."""
        return choice_flaw(values, _CHOICES)


REMEDY = (
    "use the dependencies that are there; if the task needs another one, or another version, stop "
    "and report which one and why"
)
_USE_EDIT = "use the Edit tool, so that what changes can be seen"
_NAME_IT = "name the files plainly, one by one"

_HEADER = "# /// script"  # PEP 723
# Programs that change how a file is written, or who may read it, and not what it says.
_FORMATTING = frozenset(
    (
        "autopep8", "biome", "black", "chattr", "chgrp", "chmod", "chown", "clang-format", "eslint",
        "gofmt", "goimports", "isort", "mkdir", "prettier", "ruff", "rustfmt", "setfacl", "yapf",
    )
)  # fmt: skip


def check(event: Event, params: Params) -> Verdict:
    """Judge every invocation, and every target that the call would change."""
    for invocation in event.analysis.invocations:
        denied = _command(event, invocation, params)
        if denied is not None:
            return denied
    for target in event.targets:
        denied = _target(event, target, params) if target.changes else None
        if denied is not None:
            return denied
    return deny_unseen(event, "change dependencies") or Abstain()


# --- commands ---------------------------------------------------------------------------------


def _command(event: Event, invocation: Invocation, params: Params) -> Deny | None:
    from kei_gates.gates._dep_commands import found_in  # noqa: PLC0415 -- most calls are no shell

    found = found_in(invocation.argv, images=params.images)
    if found is None:
        return None
    manager, finding = found
    shown = f"`{shorten(str(invocation))}`"
    if finding.kind == "change" and finding.unknown:
        return Deny(
            f"{shown} has words that are not known, so it could change dependencies", REMEDY
        )
    if finding.kind == "change":
        return Deny(f"{shown} changes what the project depends on", REMEDY)
    # `.[dev]` is to a shell a pattern for files, and so not known; to pip it is the project itself.
    extras = _EXTRAS in event.source(invocation.span) and None in invocation.argv
    if finding.kind == "environment" and params.environment == _DENY and not extras:
        return Deny(f"{shown} installs what no file of the project names", REMEDY)
    if finding.kind == "side" and params.locked == _FROZEN:
        return _not_frozen(event, invocation, manager, finding)
    return None


def _not_frozen(
    event: Event, invocation: Invocation, manager: Manager | None, finding: Finding
) -> Deny | None:
    """Deny what may write a lock file, unless a variable before the command forbids that."""
    set_before: set[str] = set()
    for word in event.source(invocation.span).split():
        if "=" not in word and word != "env":
            break
        set_before.add(word)
    if manager is not None and not manager.environment.isdisjoint(set_before):
        return None
    instead = finding.verb.instead if finding.verb is not None else ""
    remedy = f"use `{instead}`" if instead else "leave it to whoever keeps the lock file"
    return Deny(f"`{shorten(str(invocation))}` may write the lock file", remedy)


# --- files ------------------------------------------------------------------------------------


def _target(event: Event, target: Target, params: Params) -> Deny | None:
    if target.is_scratch or target.effect.noted or _is_left_to_others(event, target):
        return None
    if not target.spelled:
        return Deny(f"{target} could be a manifest or a lock file", _NAME_IT)
    if target.effect.tree and target.is_folder:
        return _folder(event, target, params)
    form = _form(target, params)
    if form is None:
        return None
    if target.effect.kind == "delete":
        return _deleted(event, target, form)
    return _written(event, target, form)


def _is_left_to_others(event: Event, target: Target) -> bool:
    """Whether the change is a formatter's, that of a package manager's command, or git's own work.

    What git brings into the files was committed by somebody; its patches were not.
    """
    by = target.effect.by
    if by in _FORMATTING:
        return True
    if by == "git" and target.effect.tree:
        return target.is_folder and not any(map(_patches, event.analysis.invocations))
    if event.call.command is None:
        return False
    from kei_gates.gates._dep_commands import is_manager  # noqa: PLC0415 -- only for a shell

    return is_manager(by)


def _patches(invocation: Invocation) -> bool:
    """Whether git is given a patch, or told to delete or move files."""
    if invocation.program != "git" or "stash" in invocation.argv:
        return False
    return not {*invocation.argv}.isdisjoint(("apply", "am", "rm", "mv"))


def _form(target: Target, params: Params) -> Form | None:
    """Give the form of the manifest that a target is, as it is spelled or where it leads."""
    for path, relative in (
        (target.spelled, target.relative[0]),
        (target.real, target.relative[-1]),
    ):
        form = manifest_form(path if relative is None else relative, params)
        if form is not None:
            return form
    return None


def manifest_form(path: str, params: Params) -> Form | None:
    """Give the form of a manifest or lock file of the project's own; none for any other file."""
    form = form_of(path)
    if form is None and params.images:
        from kei_gates.gates import _dep_images  # noqa: PLC0415 -- opt-in

        form = _dep_images.form_of(path)
    if form is None or is_installed(path) or (params.ignore and params.ignore.match(path)):
        return None
    return form


def _deleted(event: Event, target: Target, form: Form) -> Deny | None:
    if form[1] == SCRIPT or is_made(target.relative[0] or ""):
        return None
    if event.look(target.real).kind == "missing" and not _left(event, target.real):
        return None
    return Deny(f"`{target}` would be deleted or moved, and says what is depended on", REMEDY)


def _written(event: Event, target: Target, form: Form) -> Deny | None:
    before = event.look(target.real)
    text = before.text if before.kind == "text" else None
    if form[0] != LOCK and before.kind not in ("text", "missing"):
        return Deny(f"`{target}` cannot be read, so what changes in it is not known", REMEDY)
    if event.call.command is None:
        after: Iterable[str | None] = _edited(event, text)
    else:
        after = _left(event, target.effect.path or "")
    for one in after:
        denied = compared(str(target), target.effect.by, form, text, one)
        if denied is not None:
            return denied
    return None


def _left(event: Event, path: str) -> tuple[str | None, ...]:
    return () if event.call.command is None else event.analysis.left(path)


def _edited(event: Event, text: str | None) -> tuple[str | None, ...]:
    """Give the text that the call's tool leaves; nothing where the client would refuse the edit."""
    from kei_gates.gates._dep_edits import applied  # noqa: PLC0415 -- only for manifests

    call = event.call
    whole = [edit.old is None for edit in call.edits or ()]
    if (
        not whole
        or (call.tool != "Write" and any(whole))
        or (call.tool == "Write" and not all(whole))
    ):
        return (None,)  # the input is not one of the tool's own
    after = applied(text or "", call.edits or ())
    return () if after is None else (after,)


def compared(name: str, by: str, form: Form, before: str | None, after: str | None) -> Deny | None:
    """Deny a change of a text that changes what it says of dependencies, or may do so."""
    if form[1] == SCRIPT and not any(_HEADER in text for text in (before, after) if text):
        return None
    if after is None:
        if form[0] == LOCK:
            return Deny(f"`{name}` is a lock file, which its tool alone writes", REMEDY)
        return Deny(f"what `{by}` would leave in `{name}` is not known", _USE_EDIT)
    from kei_gates.gates._dep_regions import difference  # noqa: PLC0415 -- only for manifests

    why = difference(form, before, after)
    return None if why is None else Deny(f"`{name}` says what is depended on, and {why}", REMEDY)


# --- folders ----------------------------------------------------------------------------------


def _folder(event: Event, target: Target, params: Params) -> Deny | None:
    """Judge a whole folder that is deleted, moved, or written into."""
    deletes = target.effect.kind == "delete"
    is_none = is_made if deletes else is_installed
    place = target.relative[-1]
    if is_none(f"{target.real if place is None else place}/x"):
        return None
    if target.below is None:
        return Deny(f"`{target}` holds too much to look for manifests in it", _NAME_IT)
    for path in target.below:
        form = None if is_none(path) else manifest_form(path, params)
        if form is None or form[1] == SCRIPT:
            continue
        if deletes:
            return Deny(f"`{target}` holds `{path}`, which says what is depended on", REMEDY)
        denied = _written_below(event, target, path, form)
        if denied is not None:
            return denied
    return None


def _written_below(event: Event, target: Target, path: str, form: Form) -> Deny | None:
    """Judge what is copied or unpacked over a manifest in a folder."""
    absolute = path if path.startswith("/") else f"{event.places.root}/{path}"
    now = event.look(absolute)
    for text in _left(event, absolute):
        denied = compared(
            path, target.effect.by, form, now.text if now.kind == "text" else None, text
        )
        if denied is not None:
            return denied
    return None
