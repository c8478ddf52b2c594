"""However a path is spelled, and whatever writes it, the scope gates say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kei_gates import gates
from kei_gates.hook.judge import observe
from kei_gates.model import Call, Effect, Places, Principal
from tests.gates.test_gates import compiled

if TYPE_CHECKING:
    from pathlib import Path

SCOPES = {
    "scope::files-whitelist": ["src/**", "!src/generated/**", "docs/*.md"],
    "scope::files-denylist": ["**/Cargo.toml", "src/secret/**"],
    "scope::read-only": None,
}
FILES = st.sampled_from(
    [
        "src/a.py", "src/new/x", "src/generated/x", "src/secret/key", "src/Cargo.toml",
        "Cargo.toml", "docs/a.md", "docs/a/b.md", "README.md", ".claude/worktrees/other/Cargo.toml",
        "../outside", "../scratch/x", "../scratch/clone/x",
    ]
)  # fmt: skip
DETOURS = st.lists(
    st.sampled_from(["./", ".//", "src/../", "docs/.././", "new/../"]), max_size=3
).map("".join)
WRITERS = st.sampled_from(
    [
        "echo > {}", "echo >> {}", "touch {}", "tee {} < /dev/null", "cp README.md {}",
        "bash -c 'echo > {}'", "dd of={}", "for f in {}; do echo > $f; done", 'F={}; echo > "$F"',
        "echo {} | xargs touch",
    ]
)  # fmt: skip


def outcome(capability: str, project: Path, agent: str | None = None, **call: object) -> str:
    """Judge a call made in the project by one scope gate alone."""
    where = Places(
        project=str(project),
        home=str(project.parent / "home"),
        installation=(),
        scratch=(str(project.parent / "scratch"),),
    )
    role = compiled(capability, SCOPES[capability]).role("project:tested")
    gate = gates.load(capability)
    fields = {"tool": "Bash", "principal": Principal(agent, None), "cwd": str(project)} | call
    event = observe(Call(**fields), where)  # type: ignore[arg-type]  # a call's own fields
    grant = next(one for one in role.grants if one.capability == capability)
    return gate.check(event, gate.Params(grant.params)).outcome


@pytest.mark.parametrize("capability", SCOPES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=FILES, detour=DETOURS, writer=WRITERS, absolute=st.booleans())
def test_no_spelling_and_no_writer_changes_the_verdict(  # noqa: PLR0913
    capability: str, project: Path, path: str, detour: str, writer: str, absolute: bool
) -> None:
    spelled = f"{project}/{detour}{path}" if absolute else f"{detour}{path}"
    plain = outcome(capability, project, command=f"echo > {path}")
    assert outcome(capability, project, command=writer.format(spelled)) == plain


@pytest.mark.parametrize("capability", ["scope::files-whitelist", "scope::files-denylist"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=FILES.filter(lambda path: "scratch" not in path), detour=DETOURS)
def test_a_tool_is_judged_as_the_shell_is(
    capability: str, project: Path, path: str, detour: str
) -> None:
    effect = Effect("write", f"{project}/{detour}{path}", "Write")
    tool = outcome(capability, project, tool="Write", effects=(effect,))
    assert tool == outcome(capability, project, command=f"echo > {path}")


@pytest.mark.parametrize("capability", SCOPES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=FILES.filter(lambda path: not path.startswith((".", "src/a"))))
def test_an_agent_in_its_worktree_is_judged_as_one_in_the_project(
    capability: str, project: Path, path: str
) -> None:
    tree = project / ".claude/worktrees/agent-a1"
    inside = outcome(capability, project, agent="a1", cwd=str(tree), command=f"echo > {path}")
    assert inside == outcome(capability, project, command=f"echo > {path}")
