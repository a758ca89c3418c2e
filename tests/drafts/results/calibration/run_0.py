# run_0
SMOOTHING = 0.0
