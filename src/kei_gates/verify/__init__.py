"""Looks at what an agent returns: the changes, the runs, a simulated merge; asks the checks."""
