"""How measurements stand to one another: noise, intervals, looks, frontiers. Knows values, and no session."""
