"""Chooses a role's gates, asks them, and combines their verdicts. Pure."""
