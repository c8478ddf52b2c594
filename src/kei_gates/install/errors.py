"""The one error of this layer."""

from __future__ import annotations


class InstallError(Exception):
    """A refusal for people: one line that says what, where, and what to do."""
