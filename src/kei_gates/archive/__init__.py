"""The package's modules in one file, so that the hook need not look for them (docs/adr/0023)."""
