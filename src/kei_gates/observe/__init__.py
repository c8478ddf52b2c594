"""Looks at the machine: files, links, folders."""
