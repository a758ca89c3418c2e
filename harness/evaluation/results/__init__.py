"""SAEBench's result files, and what figures are drawn from."""
