"""The hot path's composition root, and the fail-closed boundary around it."""
