"""Hold each Claude Code agent to its role."""

__version__ = "0.1.0"
