"""What the evals have in common that turn latents off, one kind after another, and see what a probe still finds: SCR and TPP."""

from __future__ import annotations

from harness.evaluation.data_sets import BIOS, REVIEWS
from harness.evaluation.evals.base import Eval


class Ablating(Eval):
    """It draws nothing at random: one repeat. Sizes are those of sae-bench's one configuration for both."""

    in_default = False  # they fail as measures of SAEs (docs/metrics.md)
    reads_directions = ("tiny", "full")
    scored_by_split = ("tiny",)
    turns_off = 500  # the largest n_values of the configuration
    sae_batch = 125  # as it has it
    data_sets = (BIOS, REVIEWS)
