"""What the client of Modal does on this machine: scripts that it imports, files that it writes.

Source: `cli/run.py`, `cli/shell.py`, `cli/import_refs.py`, `cli/curl.py` and `cli/volume.py` of
Modal 1.6.4. `modal run|deploy|serve|shell REFERENCE` imports a
script here before anything runs elsewhere; a reference is `file.py`, `file.py::function`, a module
with `-m`, or `-` for the script on the input.
"""

from __future__ import annotations

from kei_gates.shell.codes import Code
from kei_gates.shell.modal_grammars import GRAMMARS, MAIN
from kei_gates.shell.modules import files_of_import
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.state import State

LANGUAGE = "modal"
"""What a script is read as that Modal imports: Python, of which a part runs elsewhere."""
_DOWNLOADS = Grammar("e", "env profile")
_DOWNLOADING = ("volume", "nfs")
_INPUT = "-"
# What `modal shell` goes into by its id is running already.
_RUNNING = ("sb-", "ta-")
# How Python code starts the client: the module, and what it calls.
_MODULES = ("modal.__main__", "modal.cli.entry_point")
_CALLED = ("main(", "entrypoint_cli(")


def own_words(words: list[Field]) -> list[Field]:
    """Give the words from the first command of `modal` on."""
    return words[read(words, MAIN, permute=False).at :]


def options_of(verb: str, words: list[Field]) -> Options:
    """Read the words of a command that imports a script, its own name first."""
    # All that stands behind the reference of `modal run` belongs to the function.
    return read(words, GRAMMARS[verb], permute=verb != "run")


def follow_client(ev: Evaluator, words: list[Field], state: State, span: Span) -> bool:
    """Follow what the client does here; say whether it runs nothing more that its words name."""
    words = own_words(words)
    verb = words[0] if words else None
    if verb in _DOWNLOADING and words[1:2] == ["get"]:
        _download(ev, words[1:], state)
    elif verb == "curl":
        ev.start_inner(LANGUAGE, ["curl", *words[1:]], state, span)
    elif verb is not None and verb in GRAMMARS:
        found = options_of(verb, words)
        for value in found.values("w", "write-result") if verb == "run" else ():
            ev.touch("write", value, LANGUAGE, state)
        if verb != "shell" or not (_reference(found) or "").startswith(_RUNNING):
            _import(ev, found, state, span)
        return verb != "shell"  # which has a command in its options
    return False


def _reference(found: Options) -> Field:
    """Give the reference, empty where there is none."""
    return found.operands[0] if found.operands else ""


def _download(ev: Evaluator, words: list[Field], state: State) -> None:
    """Follow `volume get VOLUME REMOTE [LOCAL]`: into a folder that is there, else to that path."""
    operands = read(words, _DOWNLOADS, permute=True).operands
    remote = operands[1] if len(operands) > 1 else None
    local = operands[2] if len(operands) > 2 else "."  # noqa: PLR2004 -- the volume, there, here
    if local == "." and remote is not None and "\0" not in remote:
        local = remote.rstrip("/").rpartition("/")[2] or "."
    if local != "-":
        ev.touch("write", local, LANGUAGE, state, tree=True)


def _import(ev: Evaluator, found: Options, state: State, span: Span) -> None:
    """Follow what is run here when the script of a reference is imported."""
    run = Code(ev, LANGUAGE, state, span)
    reference = _reference(found)
    name = None if reference is None else reference.partition("::")[0]
    if name == "":
        return
    if name == _INPUT and ev.stdin.text is not None:
        run.code(LANGUAGE, ev.stdin.text)
    elif name == _INPUT:
        ev.miss("`modal` runs code that it reads", span)
    elif name is None or not found.has_exactly("m"):
        run.script(LANGUAGE, name)
    else:
        for path in files_of_import(ev, name, state):
            run.script(LANGUAGE, path)


def client_of(code: str, arguments: list[Field]) -> list[Field] | None:
    """Give the client's command that Python code starts in its own process; none for other code."""
    if not any(module in code for module in _MODULES) or not any(one in code for one in _CALLED):
        return None
    # Code that brings arguments of its own is not looked into.
    own = "argv" in code or "entrypoint_cli(" in code.replace("entrypoint_cli()", "")
    return [LANGUAGE, *([None] if own else arguments)]
