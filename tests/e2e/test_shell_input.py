"""What the analysis takes for granted about the shell that the client starts."""

from .calls import bash
from .client import Client
from .conftest import NewProject
from .scripted_api import MAIN


def test_commands_find_nothing_to_read(client: Client, new_project: NewProject, mode: str) -> None:
    script = {MAIN: [bash("input", 'readlink /proc/self/fd/0; cat; echo "[$#]" end')]}
    session = client.run(new_project(), script, mode)
    assert session.answers["input"].text.split() == ["/dev/null", "[0]", "end"]
