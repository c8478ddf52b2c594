"""What measures kei-gates: time and memory of the hook, false denials, replays."""
