"""What was done, written down a line of JSON each, and read again."""
