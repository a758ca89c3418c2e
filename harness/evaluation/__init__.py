"""Scores a trained SAE from its files, in a process of its own that never imports the experiment's code.

    python -m harness.evaluation --run_dir=run_1 --out=evaluation.json [--evals=default] [--check]

command/     its flags, the plan that they make, what the plan lacks (said before anything runs), the run of it
evals/       which evals there are: each one object in its file (docs/evals.md shows how one is added)
scoring/     what is scored, with what; scores and details; SAEBench's result files; sae-bench's own evals run whole
measures/    from tensors to numbers: reconstruction, separation and the functions of sae-bench, called one by one
             prepared/ has what depends on the language model alone, made once and cached by content
upstream/    the doors to sae-bench, and each of its faults mended; the language model as a HookedTransformer
submitted/   run_dir/sae/ → a checked SAE, whatever its architecture, or a SubmissionError that says what is wrong
judging/     who judges whether a latent can be explained
data_sets.py the hub's data sets, given as folders, kept in the cache, or fetched
"""
