# run_1
SMOOTHING = 0.1
