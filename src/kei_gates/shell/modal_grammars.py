"""Options of Modal's client before its commands, and of those that import a script.

Source: the command tree of Modal 1.6.4, and `cli/_help.py` for `--profile`, which stands anywhere.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar

MAIN = Grammar(long="profile")
"""The options before a command."""
GRAMMARS: dict[str, Grammar] = {
    "run": Grammar("nwe", "name write-result env profile"),
    "deploy": Grammar("e", "name env tag strategy profile"),
    "serve": Grammar("ne", "name timeout env profile"),
    "shell": Grammar(
        "ce",
        "cmd env image add-python volume add-local secret cpu memory gpu cloud region runtime "
        "experimental-option profile",
    ),
}
"""The options of the commands that import a script; all others take no value."""
