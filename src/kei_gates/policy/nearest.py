"""Say what was probably meant by a name that is not known. Only where something is refused."""

from __future__ import annotations

from difflib import get_close_matches


def nearest(name: str, known: list[str]) -> str:
    """Give the nearest of the known names as a question; all of them where none is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(known)}"
