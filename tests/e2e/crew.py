"""The same calls by a main thread and four subagents, and who may make which of them.

Each principal is one letter: `M` the main thread (orchestrator), `A` and `B` two builders with
tasks of their own (`src/a`, `src/b`), `S` a scout (explorer), `J` a judge (auditor) in a worktree.
`B` works in the background.
"""

from dataclasses import dataclass

from .calls import bash, edit, monitor, read, write
from .project import Project
from .scripted_api import MAIN, Call

POLICY = """\
version = 1

[agents]
main = "orchestrator"
builder = "edit-local"
scout = "explorer"
judge = "auditor"
owner = "git-ops"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]
"""
AGENT = "---\nname: {0}\ndescription: Does what a {0} does\n---\nYou are a {0}.\n"

TYPES = {"A": "builder", "B": "builder", "S": "scout", "J": "judge"}
TASKS = {"A": "src/a/**", "B": "src/b/**"}
EVERYBODY = "MABSJ"


@dataclass(frozen=True)
class Duty:
    """A call that everybody makes: what it is, what it leaves, and who stops whom.

    `{p}` in the texts is the letter of the principal. `path` is there after the call has run.
    """

    name: str
    tool: str
    text: str
    stopped: dict[str, str]
    path: str = ""
    content: str = "hi\n"

    def call(self, principal: str) -> Call:
        """The call as one principal makes it."""
        label = f"{principal}_{self.name}"
        text = self.text.replace("{p}", principal)
        if self.tool == "Bash":
            return bash(label, text)
        if self.tool == "Monitor":
            return monitor(label, text)
        if self.tool == "Read":
            return read(label, text)
        if self.tool == "Edit":
            return edit(label, text, "before", "after")
        if self.tool == "Write":
            return write(label, text, self.content)
        # An agent that says nothing but that it is done.
        fields = {"description": label, "prompt": "[[idle]]", "subagent_type": text}
        return Call(label, self.tool, fields | {"run_in_background": False})

    def stopped_by(self, principal: str) -> str:
        """What stops a principal; empty when nothing does."""
        return next((by for letters, by in self.stopped.items() if principal in letters), "")


GIT = r"policy::no-git-ops"
LIST = r"scope::files-whitelist"
LOOKS = r"scope::read-only|tools::allowed|tools::bash-allowlist"
NO_PUSH = {"AB": GIT, "SJ": rf"{GIT}|{LOOKS}"}
ONLY_A = {"B": LIST, "SJ": LOOKS}
ONLY_B = {"A": LIST, "SJ": LOOKS}
ONLY_MAIN = {"AB": LIST, "SJ": LOOKS}

DUTIES = [
    Duty("ls", "Bash", "ls", {}),
    Duty("cat", "Bash", "cat README.md", {}),
    Duty("grep", "Bash", "grep -rn before src | head -3", {}),
    Duty("say", "Bash", 'echo "git push"', {}),
    Duty("status", "Bash", "git status", {"AB": GIT}),
    Duty("log", "Bash", "git log --oneline -1", {"AB": GIT}),
    Duty("push", "Bash", "git push origin HEAD:push-{p}", NO_PUSH),
    Duty("inner", "Bash", "command git push origin HEAD:inner-{p}", NO_PUSH),
    Duty("branch", "Bash", "git branch -D spare-{p}",
         {"M": r"safety::no-destructive", "AB": GIT, "SJ": rf"{GIT}|{LOOKS}"}),
    Duty("touch_a", "Bash", "touch src/a/touch-{p}", ONLY_A, "src/a/touch-{p}"),
    Duty("touch_b", "Bash", "touch src/b/touch-{p}", ONLY_B, "src/b/touch-{p}"),
    Duty("touch", "Bash", "touch top-{p}", ONLY_MAIN, "top-{p}"),
    Duty("redirect", "Bash", "echo hi > src/a/out-{p}", ONLY_A, "src/a/out-{p}"),
    Duty("copy", "Bash", "cp README.md src/b/copy-{p}", ONLY_B, "src/b/copy-{p}"),
    Duty("remove", "Bash", "rm drop/{p} && touch gone-{p}", ONLY_MAIN, "gone-{p}"),
    Duty("move", "Bash", "mv src/a/move-{p} src/b/moved-{p}", ONLY_MAIN, "src/b/moved-{p}"),
    Duty("python", "Bash", "python3 -c \"open('src/a/py-{p}', 'w')\"", ONLY_A, "src/a/py-{p}"),
    Duty("count", "Bash", "python3 -c 'print(6 * 7)'", {"S": LOOKS}),
    Duty("here", "Bash", "cat > here-{p} <<'EOF'\nhi\nEOF", ONLY_MAIN, "here-{p}"),
    Duty("mkdir", "Bash", "mkdir -p src/a/new-{p}/deep", ONLY_A, "src/a/new-{p}/deep"),
    Duty("append", "Bash", "echo x >> src/a/req-{p}/requirements.txt && touch src/a/req-{p}/x",
         {"A": r"safety::no-dep-bump", **ONLY_A}, "src/a/req-{p}/x"),
    Duty("depend", "Write", "src/a/dep-{p}/requirements.txt",
         {"A": r"safety::no-dep-bump", **ONLY_A}, "src/a/dep-{p}/requirements.txt", "x==1\n"),
    Duty("cargo", "Bash", "true || cargo add serde", {"AB": r"safety::no-dep-bump",
                                                       "SJ": rf"safety::no-dep-bump|{LOOKS}"}),
    Duty("write_a", "Write", "src/a/write-{p}", ONLY_A, "src/a/write-{p}"),
    Duty("write_b", "Write", "src/b/write-{p}", ONLY_B, "src/b/write-{p}"),
    Duty("write", "Write", "write-{p}", ONLY_MAIN, "write-{p}"),
    Duty("read", "Read", "src/a/code-{p}", {}),
    Duty("edit", "Edit", "src/a/code-{p}", ONLY_A),
    Duty("monitor", "Monitor", "echo hi > src/a/watch-{p}", ONLY_A, "src/a/watch-{p}"),
    Duty("protect", "Bash", "touch .claude/agents/new-{p}.md",
         {EVERYBODY: r"safety::self-protect|scope::"}, ".claude/agents/new-{p}.md"),
    Duty("owner", "Agent", "owner", {EVERYBODY: r"the role of agent `owner`"}),
]  # fmt: skip


def lay_out(project: Project) -> None:
    """Add to a fresh project what the calls need, and commit it: a worktree has only that."""
    project.policy.write_text(POLICY)
    for name in sorted({*TYPES.values(), "owner"}):
        (project.folder / f".claude/agents/{name}.md").write_text(AGENT.format(name))
    for p in EVERYBODY:
        for name in (f"src/a/code-{p}", f"src/a/move-{p}", f"drop/{p}", f"src/a/req-{p}/a.txt"):
            path = project.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("before\n")
    (project.folder / "src/b").mkdir()
    (project.folder / "src/b/keep").write_text("before\n")
    project.commit_all()
    for p in EVERYBODY:
        project.branch(f"spare-{p}")


def script() -> dict[str, list[Call]]:
    """Routes for everybody; the main thread starts the others before it makes its own calls."""
    routes = {p: [duty.call(p) for duty in DUTIES] for p in EVERYBODY}
    starts = [_start(p) for p in "BASJ"]
    wait = bash("wait", "sleep 12")
    return {**routes, "idle": [], MAIN: [*starts, *routes.pop("M"), wait]}


def _start(principal: str) -> Call:
    task = f"\nkei-task: task-{principal}" if principal in TASKS else ""
    fields = {
        "description": principal,
        "prompt": f"[[{principal}]] go{task}",
        "subagent_type": TYPES[principal],
        "run_in_background": principal == "B",
    }
    if principal == "J":
        fields["isolation"] = "worktree"
    return Call(f"start_{principal}", "Agent", fields)
