"""Places that no case can reach, each with the reason."""

from __future__ import annotations

EXCEPTIONS = {
    "hook/main.py: fault(f'judging this took longer than {deadline:g} seconds', "
    "_SHORTER if event in DEADLINES else _SPLIT)": "a timer says it, and ends the process with it",
    "hook/store.py: Fault(f'the policy cannot be compiled: {error}', "
    "'run install.sh again to mend it')": "only an installation without its libraries says it",
}
"""The reason by `Site.name`."""
