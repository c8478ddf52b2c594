"""Between the client's hook JSON and the project's own words."""
