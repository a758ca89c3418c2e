"""Scores a trained SAE from its files, in a process of its own that never imports the experiment's code.

    python -m harness.evaluation --run_dir=run_1 --out=evaluation.json

submission.py      run_dir/sae/ → checked tensors, or a SubmissionError that says what is wrong
reconstruction.py  explained variance, mse, cosine, L0, dead latents, on held-out activations (our own formulas)
separation.py      how alike decoder directions are, and how much latents are on together
core.py            cross-entropy and KL of the language model that reads the reconstruction   ┐
absorption.py      first-letter absorption                                                    ├ sae-bench's functions
probing.py         sparse probing of WordNet classes                                          ┘
letter_probe.py    the ground-truth probe of first-letter absorption
upstream.py        the only door to sae-bench: its environment, and each of its faults mended, with the reason
artifacts.py       what depends on the language model alone, made once and cached by content
sizes.py           how much the evals look at
lens.py            the language model as a HookedTransformer
scoring.py         all of it together: metrics with mean, spread and n
"""
