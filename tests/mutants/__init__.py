"""Guards taken out one by one: a test must die for each. `python -m tests.mutants`, or `... deciding`."""
