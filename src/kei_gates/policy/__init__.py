"""From policy files to compiled roles."""
