"""Writes down what was done, a line of JSON each."""
