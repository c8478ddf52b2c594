"""Deny sending commits to a public host.

What it does: for roles of a project whose code must stay private, denies `git push` unless it names
an address that is surely none of `hosts` or below one (a remote's name says nothing about its
address), remotes and configuration that lead to such a host, the forges' commands that push or
publish, and programs that push on the way. Fetching, reading and all local work pass.
Why: what was public for a minute has been copied; weights, data and unpublished work cannot be
called back.
Instead: leave the commits where they are and report which branch is ready; the person decides where
it goes.
"""

from __future__ import annotations

from kei_gates.gates._addresses import host_of
from kei_gates.gates._git_files import says_what_git_runs
from kei_gates.gates._git_line import program_of, read_git
from kei_gates.gates._git_pushes import as_git, git_push_objection, other_push_objection
from kei_gates.gates._wording import deny_unseen, shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kei_gates.model import Event, Verdict
    from kei_gates.shell.expand import Field


class Params(BaseParams):
    """`hosts`: the public hosts, each with all below it."""

    hosts: tuple[str, ...] = (
        "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "sr.ht", "gitea.com",
        "gitee.com", "huggingface.co", "hf.co", "sourceforge.net", "savannah.gnu.org",
        "notabug.org", "disroot.org", "framagit.org", "launchpad.net", "radicle.xyz",
    )  # fmt: skip

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse what is no host: it would never match."""
        hosts = values.get("hosts", ("x.y",))
        if isinstance(hosts, (list, tuple)):
            if not hosts:
                return "no host is listed; leave `hosts` out for the usual ones"
            for host in hosts:
                if host_of(f"https://{host}/") != host:
                    return f"`{host}` is not the plain name of a host, in lower case"
        return None


REMEDY = "leave the commits local and report which branch is ready; the person decides"


def check(event: Event, params: Params) -> Verdict:
    """Judge every invocation, and every target that says where commits go."""
    for invocation in event.analysis.invocations:
        why = _objection(invocation.argv, params)
        if why is not None:
            return Deny(f"in `{shorten(str(invocation))}` {why}", REMEDY)
    for target in event.targets:
        if target.changes and says_what_git_runs(target, event.places):
            return Deny(f"`{target}` says where commits go, or what git runs", REMEDY)
    return deny_unseen(event, "push") or Abstain()


def _objection(argv: Sequence[Field], params: Params) -> str | None:
    words = as_git(argv)
    if words is not None:
        return git_push_objection(read_git(words), params.hosts)
    return other_push_objection(program_of(argv), argv, params.hosts)
