"""What `bench/throughput.py` judges: calls of each class, and calls that grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = tuple[str, dict[str, object]]
    """The name of a tool, and its fields."""

    Grown = tuple[Call, dict[str, str]]
    """A call, and the texts of the files that it needs, by their paths in the project."""

HERE_DOCUMENT = "cat > src/a.md <<'EOF'\n{}EOF\n".format(
    "a line of text with 'quotes' and $dollars\n" * 110
)
JOB = """\
import modal

app = modal.App("train")
image = modal.Image.debian_slim(python_version="3.11").pip_install("torch==2.3.0")
volume = modal.Volume.from_name("weights", create_if_missing=True)


@app.function(gpu="A10G", image=image, timeout=3600, volumes={"/out": volume}, retries=0)
def train(seed):
    with open(f"/out/{seed}.txt", "w") as file:
        file.write("done")
    volume.commit()


@app.local_entrypoint()
def main():
    train.remote(1)
"""
SCRIPT = """\
#!/bin/bash
set -euo pipefail
cd src
for file in a b c; do
    echo "building $file"
    cargo build --package "$file" 2>&1 | tail -n 5
done
"""
FILES = {"run.sh": SCRIPT, "job.py": JOB, "src/a.py": "print(1)\n"}
"""The files of the project that the calls of `CLASSES` name."""


def shell(command: str) -> Call:
    """Give a Bash call."""
    return "Bash", {"command": command}


def edit(path: str, size: int = 1) -> Call:
    """Give an Edit of a file below the project, whose two texts are `size` characters long."""
    return "Edit", {"file_path": path, "old_string": "a" * size, "new_string": "b" * size}


CLASSES: dict[str, Call] = {
    "plain words": shell("cargo test --workspace"),
    "pipeline": shell("cd src && cargo test 2>&1 | tail -n 20"),
    "quoted and expanded": shell(
        'for f in "$HOME"/a "${x:-b c}"; do echo "$(basename "$f")"; done'
    ),
    "here-document of 5 KB": shell(HERE_DOCUMENT),
    "wrapped script": shell("env A=1 timeout 60 bash run.sh"),
    "code for an interpreter": shell(
        "python -c 'import json; print(json.dumps({\"a\": [1, 2]}, indent=2))'"
    ),
    "git": shell("git log --oneline -n 20 -- src/a.py"),
    "modal run of a script": shell("modal run job.py"),
    "Edit": edit("src/a.py"),
    "Read": ("Read", {"file_path": "src/a.py"}),
    "MCP": ("mcp__github__get_issue", {"owner": "a", "repo": "b", "number": 1}),
}


def _repeated(unit: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Give what makes a text of about `size` characters of one unit, `#` in it being its number."""

    def make(size: int) -> str:
        if "#" not in unit:
            return before + unit * (size // len(unit)) + after
        parts: list[str] = []
        length = 0
        while length < size:
            parts.append(unit.replace("#", str(len(parts))))
            length += len(parts[-1])
        return before + "".join(parts) + after

    return make


_SHELL: dict[str, dict[str, Callable[[int], str]]] = {
    "words": {
        "one long word": _repeated("word", "echo "),
        "many words": _repeated(" word", "echo"),
        "quotes in one word": _repeated("'a'\"b\"", "echo "),
        "expansions": _repeated(' "$HOME/${x:-b}"', "echo"),
        "here-document": _repeated("a line, $and all\n", "cat > src/a.md <<'EOF'\n", "EOF\n"),
        "here-document, expanded": _repeated("a $HOME\n", "cat > src/a.md <<EOF\n", "EOF\n"),
        "words of a loop": _repeated(" w#", "for i in", "; do echo $i; done"),
        "words of git": _repeated(" src/f#", "git log --"),
    },
    "commands": {
        "simple commands": _repeated("echo a#\n"),
        "joined by &&": _repeated(" && echo #", "true"),
        "long pipeline": _repeated(" | cat", "echo a"),
        "nested substitutions": _repeated('echo "$(echo "a $(echo "b $(echo c)")")"\n'),
        "variables": _repeated('v#=a; echo "$v#"\n'),
        "loops": _repeated("for i in a b; do echo $i; done\n"),
        "functions": _repeated("f#() { echo a; }; f#\n"),
        "branches": _repeated("if [ -f a ]; then echo a; else echo b; fi\n"),
        "subshells": _repeated("( echo # )\n"),
    },
    "files": {
        "written by commands": _repeated("echo a > src/f#\n"),
        "written by one command": _repeated(" > src/f#", "echo a"),
        "deleted by one command": _repeated(" src/f#", "rm -f"),
        "copied": _repeated("cp src/a.py src/f#\n"),
        "linked by one command": _repeated(" w#", "ln -s", " src/"),
        "copied by one command": _repeated(" w#", "cp", " src/"),
        "folders changed": _repeated("cd src; cd ..\n"),
        "edited by sed": _repeated(" src/f#", "sed -i s/a/b/"),
    },
    "code": {
        "Python: assignments": _repeated("x# = [1, 'a']\nprint(x#)\n", 'python -c "', '"'),
        "Python: files": _repeated("open('src/f#', 'w').close()\n", 'python -c "', '"'),
        "Python: functions": _repeated("def f#(a):\n  return a\n", 'python -c "', '"'),
        "Python: processes": _repeated(
            "subprocess.run(['echo', '#'])\n", 'python -c "import subprocess\n', '"'
        ),
        "Python: on stdin": _repeated("print(#)\n", "python - <<'EOF'\n", "EOF\n"),
        "node": _repeated("console.log(#);\n", "node -e '", "'"),
        "perl": _repeated("print #;\n", "perl -e '", "'"),
        "awk": _repeated("{ print $1 }\n", "awk '", "' src/a.py"),
        "sed": _repeated("s/a/b/\n", "sed '", "' src/a.py"),
    },
}
_FILES: dict[str, tuple[str, Callable[[int], str], str]] = {
    "shell script": ("grown.sh", _repeated("echo a#\n"), "bash grown.sh"),
    "Python script": ("grown.py", _repeated("x# = 1\nprint(x#)\n"), "python grown.py"),
    "script for Modal": (
        "grown_job.py",
        _repeated("    x# = open('/out/#', 'w')\n", f"{JOB}\n\n@app.function()\ndef more():\n"),
        "modal run grown_job.py",
    ),
    "Makefile": ("Makefile", _repeated("t#:\n\techo #\n", "all:\n\techo a\n"), "make"),
}


def _of_shell(make: Callable[[int], str]) -> Callable[[int], Grown]:
    return lambda size: (shell(make(size)), {})


def _of_file(path: str, make: Callable[[int], str], command: str) -> Callable[[int], Grown]:
    return lambda size: (shell(command), {path: make(size)})


SHAPES: dict[str, dict[str, Callable[[int], Grown]]] = {
    **{
        group: {name: _of_shell(make) for name, make in shapes.items()}
        for group, shapes in _SHELL.items()
    },
    "files that are run, other tools": {
        **{name: _of_file(*parts) for name, parts in _FILES.items()},
        "Edit": lambda size: (edit("src/a.py", size // 2), {}),
        "Write": lambda size: (
            ("Write", {"file_path": "src/a.py", "content": "a line\n" * (size // 7)}),
            {},
        ),
    },
}
"""What makes a call of about so many characters, by its group and name."""
