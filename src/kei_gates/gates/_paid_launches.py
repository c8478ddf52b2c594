"""Commands beside Modal's that rent accelerators: what they cost, nobody can read from them.

Source: the command lines of SkyPilot 0.14, runpodctl 1.14, vastai 1.9, Hugging Face Hub 2.4, fal
1.83, Lightning 2.5, Beam 0.2 and Cerebrium 1.4, by their own `--help`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Analysis, Invocation

_LAUNCHES: dict[str, tuple[str, ...]] = {
    "beam": ("deploy", "run", "serve", "shell"),
    "cerebrium": ("deploy", "run"),
    "fal": ("deploy", "run"),
    "hf": ("endpoints deploy", "endpoints resume", "jobs run", "jobs scheduled", "jobs uv"),
    "huggingface-cli": ("jobs run", "jobs scheduled", "jobs uv"),
    "lightning": ("deploy", "run"),
    "runpodctl": ("create pod", "create pods", "pod create", "project deploy", "start pod"),
    "sky": ("exec", "jobs launch", "launch", "serve up", "start"),
    "vastai": (
        "create endpoint", "create instance", "create instances", "create workergroup",
        "launch instance", "launch instances", "start instance", "start instances",
    ),
}  # fmt: skip
_SHOWS = frozenset(("--dryrun", "--dry-run", "--help", "-h"))
# What is done with jobs that are told of, and starts none.
_TELLS = frozenset(("delete", "inspect", "ps", "list", "ls"))
_MOST_VERBS = 2


PROGRAMS = tuple(_LAUNCHES)
"""The programs that may rent something."""


def launched(analysis: Analysis) -> tuple[Invocation, ...]:
    """Give the commands that rent something."""
    return tuple(one for one in analysis.invocations if _launches(one))


def _launches(invocation: Invocation) -> bool:
    known = _LAUNCHES.get(invocation.program)
    if known is None or not _SHOWS.isdisjoint(invocation.argv):
        return False
    words = [word for word in invocation.argv[1:] if word is None or word[:1] != "-"]
    verbs = [word or "" for word in words[: _MOST_VERBS + 1]]
    if not _TELLS.isdisjoint(verbs):
        return False
    return any(" ".join(verbs[:number]) in known for number in range(1, _MOST_VERBS + 1))
