# run_2
SMOOTHING = 0.1
