"""The same calls by a main thread and five subagents, and who may make which of them.

Each principal is one letter: `M` the main thread (orchestrator), `A`, `B` and `W` builders with
tasks of their own (`src/a`, `src/b`, `src/a` again), `S` a scout (explorer), `J` a judge (auditor).
`B` and `W` work in the background, `W` and `J` in worktrees.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

from .calls import bash, edit, monitor, read, start, wait, write
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

SKILL = "---\nname: greet\ndescription: Greets\n---\nSay hello.\n"
CRATE = '[package]\nname = "x"\ndescription = "before"\n\n[dependencies]\nserde = "=before"\n'
CELL = {"cell_type": "code", "id": "c1", "source": "before", "outputs": [], "metadata": {}}
BOOK = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

TYPES = {"A": "builder", "B": "builder", "W": "builder", "S": "scout", "J": "judge"}
TASKS = {"A": "src/a/**", "B": "src/b/**", "W": "src/a/**"}
EVERYBODY = "MABWSJ"
IN_BACKGROUND = "BW"
IN_WORKTREES = "WJ"


def note(label: str, path: str) -> Call:
    fields = {"notebook_path": path, "cell_id": "c1", "new_source": "after"}
    return Call(label, "NotebookEdit", fields)


MAKE: dict[str, Callable[[str, str, str], Call]] = {
    "Agent": lambda label, text, _: Call(label, "Agent", start("idle", text).input),
    "Bash": lambda label, text, _: bash(label, text),
    "Edit": lambda label, text, old: edit(label, text, old, old.replace("before", "after")),
    "Monitor": lambda label, text, _: monitor(label, text),
    "NotebookEdit": lambda label, text, _: note(label, text),
    "Read": lambda label, text, _: read(label, text),
    "Skill": lambda label, text, _: Call(label, "Skill", {"skill": text}),
    "Write": write,
}


@dataclass(frozen=True)
class Duty:
    """A call that everybody makes: what it is, what it leaves, and who stops whom.

    `{p}` in the texts is the letter of the principal. `path` is there after the call has run; what
    an edit is about says `after` then.
    """

    name: str
    tool: str
    text: str
    stopped: dict[str, str]
    path: str = ""
    content: str = "hi\n"

    def calls(self, principal: str) -> list[Call]:
        """The call as one principal makes it; the client wants files to be read before edits."""
        label = f"{principal}_{self.name}"
        text = self.text.replace("{p}", principal)
        if self.tool in ("Edit", "NotebookEdit"):
            return [read(f"{label}_first", text), self._call(label, text)]
        return [self._call(label, text)]

    def _call(self, label: str, text: str) -> Call:
        make = MAKE.get(self.tool)
        return make(label, text, self.content) if make else Call(label, self.tool, {})

    def stopped_by(self, principal: str) -> str:
        """What stops a principal; empty when nothing does."""
        return next((by for letters, by in self.stopped.items() if principal in letters), "")


GIT = r"policy::no-git-ops"
LIST = r"scope::files-whitelist"
LOOKS = r"scope::read-only|tools::allowed|tools::bash-allowlist"
DEPS = r"safety::no-dep-bump"
TOOL = r"tools::allowed"
ASK = r"safety::no-destructive"
NO_PUSH = {"ABW": GIT, "SJ": rf"{GIT}|{LOOKS}"}
ONLY_A = {"B": LIST, "SJ": LOOKS}
ONLY_B = {"AW": LIST, "SJ": LOOKS}
ONLY_MAIN = {"ABW": LIST, "SJ": LOOKS}
NO_DEPS_IN_A = {"AW": DEPS, **ONLY_A}
NO_DEPS = {"ABW": DEPS, "SJ": rf"{DEPS}|{LOOKS}"}

DUTIES = [
    Duty("ls", "Bash", "ls", {}),
    Duty("cat", "Bash", "cat README.md", {}),
    Duty("grep", "Bash", "grep -rn before src | head -3", {}),
    Duty("say", "Bash", 'echo "git push"', {}),
    Duty("status", "Bash", "git status", {"ABW": GIT}),
    Duty("log", "Bash", "git log --oneline -1", {"ABW": GIT}),
    Duty("push", "Bash", "git push origin HEAD:push-{p}", NO_PUSH),
    Duty("inner", "Bash", "command git push origin HEAD:inner-{p}", NO_PUSH),
    Duty("branch", "Bash", "git branch -D spare-{p}", {"M": ASK, **NO_PUSH}),
    Duty("force", "Bash", "git push -f origin HEAD:force-{p}", {"M": ASK, **NO_PUSH}),
    Duty("clean", "Bash", "git clean -fd drop/none-{p}", {"M": ASK, **NO_PUSH}),
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
         NO_DEPS_IN_A, "src/a/req-{p}/x"),
    Duty("depend", "Write", "src/a/dep-{p}/requirements.txt", NO_DEPS_IN_A,
         "src/a/dep-{p}/requirements.txt", "x==1\n"),
    Duty("describe", "Edit", "src/a/desc-{p}/Cargo.toml", ONLY_A, "src/a/desc-{p}/Cargo.toml",
         'description = "before"'),
    Duty("bump", "Edit", "src/a/bump-{p}/Cargo.toml", NO_DEPS_IN_A, "src/a/bump-{p}/Cargo.toml",
         'serde = "=before"'),
    Duty("cargo", "Bash", "true || cargo add serde", NO_DEPS),
    Duty("npm", "Bash", "true || npm install left-pad", NO_DEPS),
    Duty("npm_ls", "Bash", "ls || npm ls", {}),
    Duty("write_a", "Write", "src/a/write-{p}", ONLY_A, "src/a/write-{p}"),
    Duty("write_b", "Write", "src/b/write-{p}", ONLY_B, "src/b/write-{p}"),
    Duty("write", "Write", "write-{p}", ONLY_MAIN, "write-{p}"),
    Duty("read", "Read", "README.md", {}),
    Duty("edit", "Edit", "src/a/code-{p}", ONLY_A, "src/a/code-{p}", "before"),
    Duty("book", "NotebookEdit", "src/a/book-{p}.ipynb", ONLY_A, "src/a/book-{p}.ipynb"),
    Duty("monitor", "Monitor", "echo hi > src/a/watch-{p}", ONLY_A, "src/a/watch-{p}"),
    Duty("skill", "Skill", "greet", {"ABWSJ": TOOL}),
    Duty("mcp", "mcp__far__poke", "", {"ABWSJ": TOOL}),
    Duty("protect", "Bash", "touch .claude/agents/new-{p}.md",
         {EVERYBODY: r"safety::self-protect|scope::"}, ".claude/agents/new-{p}.md"),
    Duty("owner", "Agent", "owner", {EVERYBODY: r"the role of agent `owner`"}),
]  # fmt: skip

MCP = """\
import json, sys
TOOL = {"name": "poke", "description": "Pokes", "inputSchema": {"type": "object"}}
for line in sys.stdin:
    asked = json.loads(line)
    results = {
        "initialize": {
            "protocolVersion": asked.get("params", {}).get("protocolVersion"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "far", "version": "1"},
        },
        "tools/list": {"tools": [TOOL]},
        "tools/call": {"content": [{"type": "text", "text": "poked"}]},
    }
    if "id" in asked:
        result = results.get(asked["method"], {})
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
"""


def lay_out(project: Project) -> None:
    """Add to a fresh project what the calls need, and commit it: a worktree has only that."""
    project.policy.write_text(POLICY)
    texts = {f".claude/agents/{name}.md": AGENT.format(name) for name in {*TYPES.values(), "owner"}}
    texts |= {".claude/skills/greet/SKILL.md": SKILL, "src/b/keep": ""}
    for p in EVERYBODY:
        for name in (f"src/a/code-{p}", f"src/a/move-{p}", f"drop/{p}", f"src/a/req-{p}/a.txt"):
            texts[name] = "before\n"
        texts |= {f"src/a/{name}-{p}/Cargo.toml": CRATE for name in ("desc", "bump")}
        texts[f"src/a/book-{p}.ipynb"] = json.dumps(BOOK)
    for name, text in texts.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    project.commit_all()
    for p in EVERYBODY:
        project.branch(f"spare-{p}")


def options(project: Project) -> list[str]:
    """Give the client a server of its own."""
    server = project.root / "mcp.py"
    server.write_text(MCP)
    config = project.root / "mcp.json"
    servers = {"far": {"command": sys.executable, "args": [str(server)]}}
    config.write_text(json.dumps({"mcpServers": servers}))
    return ["--mcp-config", str(config)]


def script() -> dict[str, list[Call]]:
    """Routes for everybody; the main thread starts the others before it makes its own calls."""
    routes = {p: _calls(p) for p in EVERYBODY}
    starts = [_start(p) for p in "BWASJ"]
    return {**routes, "idle": [], MAIN: [*starts, *routes.pop("M"), wait(*IN_BACKGROUND)]}


def _calls(principal: str) -> list[Call]:
    """Those at work at the same time begin elsewhere in the list: git waits for nobody."""
    at = len(DUTIES) * (1 + IN_BACKGROUND.find(principal)) // 3
    turned = [*DUTIES[at:], *DUTIES[:at]]
    return [call for duty in turned for call in duty.calls(principal)]


def _start(principal: str) -> Call:
    task = f"task-{principal}" if principal in TASKS else ""
    more = {"isolation": "worktree"} if principal in IN_WORKTREES else {}
    background = principal in IN_BACKGROUND
    return start(principal, TYPES[principal], task, background=background, **more)
