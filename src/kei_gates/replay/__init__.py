"""What a policy decides over calls that were recorded: read, judge, sum up, compare."""
