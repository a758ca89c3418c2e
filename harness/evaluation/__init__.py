"""Scores a trained SAE from its files, in a process of its own that never imports the experiment's code.

    python -m harness.evaluation --run_dir=run_1 --out=evaluation.json [--evals=default] [--check]

evals.py           which evals there are, and what each needs and lacks, said before anything runs
submission.py      run_dir/sae/ → a checked SAE, or a SubmissionError that says what is wrong
scored.py          the SAE itself, whatever its architecture
reconstruction.py  explained variance, mse, cosine, L0, dead latents, on held-out activations (our own formulas)
separation.py      how alike decoder directions are, and how much latents are on together
core.py            cross-entropy and KL of the language model that reads the reconstruction   ┐
absorption.py      first-letter absorption                                                    │
probing.py         sparse probing of WordNet classes                                          │ sae-bench's functions
ablation.py        SCR and TPP; plants.py has the texts of SCR                                │
autointerp.py      explanations by a judge (judge.py, judge_worker.py)                        │
unlearning.py, ravel.py   interventions on the language model (questions.py)                  ┘
letter_probe.py    the ground-truth probe of first-letter absorption
upstream.py, upstream_interventions.py   the doors to sae-bench: its environment, and each of its faults mended
artifacts.py       what depends on the language model alone, made once and cached by content
sizes.py           how much the evals look at
lens.py            the language model as a HookedTransformer
scoring.py         all of it together at tiny scale: metrics with mean, spread and n
full.py            the same at full scale, on the hub's data (data_sets.py); whole_runs.py runs sae-bench's own evals
distributions.py   what figures are drawn from
outputs.py         SAEBench's result files, checked against its schemas (schema.py)
"""
