"""What is shown: the runs of a session, and what a tracker is told of them."""
