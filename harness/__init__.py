"""The fixed half of the SAE template: language model, text, activations, evaluation. Read it; never edit it for a run."""

import os

# OpenMP threads that wait for one another sleep instead of spinning. Where other processes want the same cores,
# spinning made reading the language model 3 to 20 times slower; alone it is no faster. OpenMP reads this when torch
# is loaded, so a program that imports torch first has to be started with it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
