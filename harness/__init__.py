"""The fixed half of the SAE template: language model, text, activations, evaluation. Read it; never edit it for a run."""

import os

# OpenMP threads that wait for one another sleep instead of spinning. Where other processes want the same cores,
# spinning made reading the language model 3 to 20 times slower; alone it is no faster. OpenMP reads this when torch
# is loaded, so a program that imports torch first has to be started with it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# The evals fit thousands of regressions on a handful of numbers each with numpy and scipy: with several BLAS threads
# they take three times as long (absorption: 7.9 s of CPU time a repeat, 2.7 s with one). torch has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
