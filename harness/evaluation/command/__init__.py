"""The command: its flags, the plan that they make, what the plan lacks, and the run of it."""
