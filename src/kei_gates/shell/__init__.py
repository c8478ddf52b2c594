"""From a shell source to what it runs and touches. Pure: nothing is looked up or run."""
