"""Code that stops processes which it has not started, or work in a cloud.

Python is read by its syntax tree, other languages by their calls. A process that the code itself
starts it may end; signal 0 only asks. Sources: the library references of Python 3.13, psutil 6,
Node.js 22, Ruby 3.3, PHP 8.3, R 4.4, Julia 1.10, Deno 2; perlfunc(1); the references of boto3,
docker 7, kubernetes 31, libtmux 0.37, SkyPilot 0.14, runpod 1.7, huggingface_hub 0.26, vastai.
"""

from __future__ import annotations

from kei_gates.gates._killing import Killing
from kei_gates.gates._wording import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event

_INSTEAD = (
    "end only what the code itself starts (`proc = Popen(...)`, `proc.terminate()`), and report "
    "what else should be stopped and why"
)
_MODAL = "modal"
# Without one of these words, code stops nothing that is looked for here.
_MARKS = (
    "kill", "terminate", "suspend", "signal", "stop", "cancel", "delete", "shutdown", "destroy",
    "getattr", "pause", "down(", "scale", "remove(", "/proc/", "cgroup", "reboot",
    "InvokeMethod",
)  # fmt: skip


def objection(event: Event) -> Killing | None:
    """Give what code of the call would stop."""
    for program, language, code in event.analysis.codes:
        found = None
        if any(mark in code for mark in _MARKS):
            found = (
                _in_python(_local(program, code))
                if language in _PYTHON
                else _in_text(language or program, code)
            )
        if found is None:
            found = _in_requests(_local(program, code) if language in _PYTHON else code)
        if found is not None:
            shown = shorten(found)
            reason = f"`{shown}` stops what this code did not start"
            return Killing(f"what `{shown}` names", reason, _INSTEAD)
        if language in _PYTHON and "modal" in code:
            from kei_gates.gates._modal_code import objection as of_modal  # noqa: PLC0415 -- rare

            killing: Killing | None = of_modal(code, event)
            if killing is not None:
                return killing
    return None


def _local(program: str, code: str) -> str:
    """Give what of a script runs here: what runs in a container can end no process of here."""
    if program != _MODAL:
        return code
    from kei_gates.shell.modal_local import local_part  # noqa: PLC0415 -- few scripts are Modal's

    return local_part(code)


def _in_python(code: str) -> str | None:
    from kei_gates.gates._kill_python import stopped  # noqa: PLC0415 -- it loads `ast`

    return stopped(code)


def _in_requests(code: str) -> str | None:
    from kei_gates.gates._kill_requests import ended  # noqa: PLC0415 -- it needs patterns

    return ended(code)


_PYTHON = frozenset(("python", "ipython", "pdb"))

# --- languages that are not read --------------------------------------------------------------

# By language: calls that stop processes, the names of what is its own, and what gives it such.
_CALLS: dict[str, str] = {
    "node": r"\b(?:process|Deno)\s*\.\s*kill\s*\(",
    "perl": r"(?<![\w>$%@&:.{-])kill\b\s*\(?(?=\s*[-\w'\"$@])",
    "ruby": r"\bProcess\s*\.\s*(?:(?:public_|__)?send(?:__)?\s*\(?\s*:)?kill\b\s*[(,]?",
    "php": r"\bposix_kill\s*\(",
    "r": r"\bpskill\s*\(|\bps_kill\w*\s*\(",
    "lua": r"\b(?:posix|signal)\s*\.\s*kill\s*\(",
}
_FIRST = frozenset(("node", "php", "r"))  # the process stands before the signal
_ASKS = frozenset(("0", '"0"', "'0'", ":EXIT", "'EXIT'", '"EXIT"', "'ZERO'", "ZERO"))
_OWN = {
    "node": r"^-?[\w$.]+\.pid$",
    "perl": r"^\$\$$",
    "ruby": r"^(?:Process\.pid|\$\$)$",
    "php": r"^(?:getmypid|posix_getpid)\s*\(",
    "r": r"^Sys\.getpid\s*\(",
}
# Code that starts something of its own, of which a variable may hold the id.
_STARTING = {
    "perl": r"\bfork\b|\bopen3?\b|\bsystem\s*\(\s*1\b",
    "ruby": r"\bfork\b|\bspawn\b|\bpopen|\bOpen3\b",
    "php": r"\bpcntl_fork\b|\bproc_open\b",
    "node": r"\bspawn\s*\(|\bfork\s*\(|\bexec(?:File)?\s*\(",
    "r": r"\bmcparallel\b|\bprocess\$new\b",
}


# Patterns to look for, where they surely are such.
_PATTERNS = (
    r"\b(?:s|tr|y)/[^/\n]*/[^/\n]*/|\b(?:m|qr)/[^/\n]*/"
    r"|(?<=[(=~!,])\s*/[^/\n]*/|\b(?:if|unless|and|or|not)\s+/[^/\n]*/"
)
# Other names for `process`.
_RENAMED = r"=\s*(?:global(?:This)?\.)?process\s*(?:[;,)\n]|$)"


def _in_text(language: str, code: str) -> str | None:
    """Give the first call that stops something else; none where there is none."""
    import re  # noqa: PLC0415 -- only for code with a telling word

    pattern = _CALLS.get(language)
    if language == "node" and re.search(_RENAMED, code):
        pattern = r"\bkill\s*\("
    starts = pattern is not None and re.search(_STARTING.get(language, "^$"), code) is not None
    for match in re.finditer(pattern or "(?!)", _without_texts(language, code)):
        words = [*_arguments(code[match.end() :]), ""]
        process, signal = words[:2] if language in _FIRST else words[1::-1]
        variable = process[:1] in ("$", "@") or process.replace(".", "").isidentifier()
        if signal in _ASKS or not words[0] or (variable and starts):
            continue
        if not re.match(_OWN.get(language, "(?!)"), process):
            call = match.group().strip()
            return f"{call}{'' if call.endswith('(') else ' '}{', '.join(words[:-1])}" + (
                ")" if call.endswith("(") else ""
            )
    return None


def _without_texts(language: str, code: str) -> str:
    """Give code of the same length, with nothing in its comments and texts."""
    import re  # noqa: PLC0415 -- only for code with a telling word

    comment = r"//[^\n]*" if language in ("node", "php") else r"(?<![$\w])#[^\n]*"

    def blank(match: re.Match[str]) -> str:
        text = match.group()
        inner = " " * (len(text) - 2)
        return f"{text[0]}{inner}{text[-1]}" if text[0] in "'\"" else " " * len(text)

    patterns = f"|{_PATTERNS}" if language in ("perl", "ruby") else ""
    return re.sub(f"'[^'\n]*'|\"[^\"\n]*\"|{comment}{patterns}", blank, code)


def _arguments(rest: str) -> list[str]:
    """Give the arguments of a call: what stands between its commas."""
    depth, word, words = 0, "", []
    for char in rest.replace("=>", ","):
        if depth == 0 and char in ");\n}":
            break
        if depth == 0 and char == ",":
            words.append(word.strip())
            word = ""
            continue
        depth += (char in "([{") - (char in ")]}")
        word += char
    return [*words, word.strip()]
