"""The work of a session's steps: plan, a run, its note and advice, the figures. The loop orders them."""
