"""People's commands."""
