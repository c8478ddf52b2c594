"""What the real client takes for an agent file, every such file is looked at for its role."""

from pathlib import Path

from kei_gates.model import Fault
from kei_gates.observe import agent_files

from .calls import start
from .client import Client
from .conftest import NewProject
from .scripted_api import MAIN

FRONTS = {
    "plain": "name: plain\ndescription: d",
    "quoted": "'name': \"quoted\" # really\ndescription: d",
    "comment # really": "name: comment # really\ndescription: no: yaml",
    "last": "name: first\ndescription: d\nname: last",
    "blocks": "description: |\n  name: within\n\n  more\ntools:\n- Read\nname: blocks",
    "crlf": "name: crlf\r\ndescription: d\r",
    "cr": "model: opus\rname: cr\ndescription: d",
    "flow": "{name: flow, description: d}",
    "folded": "name:\n  folded\ndescription: d",
    "indented": "  name: indented\n  description: d",
    "escaped": 'name: "esc\\u0061ped"\ndescription: d',
    "escaped-key": '"n\\u0061me": escaped-key\ndescription: d',
    "anchor": "name: &a anchor\ndescription: d",
    "alias": "model: &a alias\nname: *a\ndescription: d",
    "tag": "name: !!str tag\ndescription: d",
    "tag-key": "!!str name: tag-key\ndescription: d",
    "alias-key": "model: &k name\n*k : alias-key\ndescription: d",
    "question": "? name\n: question\ndescription: d",
    "merge": "more: &m {name: merge}\n<<: *m\ndescription: d",
    "two lines": "name: two\n  lines\ndescription: d",
    "short": "description: d\nname: short--- of it",
    "\u00a0space": "name: \u00a0space\ndescription: d",
    "byte\ufffd": "name: byte\udcff\ndescription: d",
}
"""The name that client 2.1.330 reads in a front matter, as YAML or line by line."""
BUILT_IN = {"claude", "Explore", "general-purpose", "Plan", "statusline-setup"}


def test_every_agent_of_the_client_is_known_or_its_file_is_refused(
    client: Client, new_project: NewProject, tmp_path: Path
) -> None:
    project = new_project()
    known = {"builder"}
    for number, (name, text) in enumerate(FRONTS.items()):
        for folder in (project.folder, tmp_path / str(number)):
            write(folder / f".claude/agents/{number}.md", text)
        assert name in names(tmp_path / str(number)) or refused(tmp_path / str(number)), name
        known.add(name)
    write(project.outside / "any.md", "name: linked\ndescription: d")
    for name, to in {"link": project.outside, "link.md": project.outside / "any.md"}.items():
        (project.folder / ".claude/agents" / name).symlink_to(to)
    script = {MAIN: [start("nobody", "nonesuch")], "nobody": []}
    told = client.run(project, script, "bypassPermissions").answers["start_nobody"].text
    assert set(told.partition("Available agents: ")[2].split(", ")) == BUILT_IN | known | {"linked"}


def write(path: Path, front: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"---\n{front}\n---\nYou are.\n".encode("utf-8", "surrogateescape"))


def names(root: Path) -> list[str]:
    try:
        return [file.name for file in agent_files.read_all(str(root))]
    except Fault:
        return []


def refused(root: Path) -> bool:
    try:
        agent_files.read_all(str(root))
    except Fault:
        return True
    return False
