"""How bad usage is told."""

USAGE_EXIT = 64
"""As in sysexits(3), EX_USAGE."""


class UsageError(Exception):
    """The command line cannot be served. Its text says what is wrong and what to do."""
