"""Agents as they are declared: manifests to agent files, and what of their text is enforced."""
