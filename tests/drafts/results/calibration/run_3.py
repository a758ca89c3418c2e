# run_3
SMOOTHING = 0.1
