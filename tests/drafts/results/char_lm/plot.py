labels = {
    "run_0": "Baseline",
    "run_1": "Tied Heads",
    "run_2": "Random Heads",
    "run_3": "Tied Heads + Warmup",
}
