"""Put the gate into a project's Claude Code settings, and take it out again."""
