"""SCR and TPP: does turning a few latents off take one concept away, and no other? (Karvonen et al. 2025)

SCR   A probe is trained where two attributes always go together (woody groups of plants against single herbaceous ones). The
      latents that a probe of one attribute points at are set to zero; the score is how much of the accuracy on the
      other attribute, lost to the false connection, comes back: 1 is all of it, 0 none.
TPP   Probes for WordNet classes. The latents that one class's probe points at are set to zero; the score is the fall
      of that probe's accuracy less the mean fall of the others'.

All steps are sae-bench's. The texts are read and the probes trained once for a language model (prepared/artifacts.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.upstream import ablation as upstream
from harness.evaluation.upstream.quiet import quiet

TOPS = (5, 20)  # latents that are turned off
SCR_CLASSES = ("male / female", "professor / nurse")  # sae-bench's names for number and growth (prepared/plants.py)
TPP_CLASSES = ("noun.animal", "noun.plant", "noun.person", "noun.artifact", "noun.act")
PROBE = {"use_sklearn": False, "batch_size": 16, "epochs": 20, "lr": 1e-3, "l1_penalty": 1e-3}  # as sae-bench
BATCH = 125  # texts
READ = {"llm_batch_size": 256, "sae_batch_size": BATCH}  # as the result files say


@dataclass(frozen=True)
class LinearProbes:
    """One linear probe a class on the mean activation of a text: above 0 is a yes."""

    weight: dict[str, Tensor]  # [1, d_in]
    bias: dict[str, Tensor]  # [1]

    def as_upstream(self) -> dict[str, Any]:
        """sae-bench's own objects."""
        found = {}
        for name, weight in self.weight.items():
            probe = upstream.Probe(weight.shape[1], torch.float32)
            probe.net.load_state_dict({"weight": weight, "bias": self.bias[name]})
            found[name] = probe
        return found


@dataclass(frozen=True)
class Concepts:
    """Activations [texts, tokens, d_in] by class, zero where a token is special, and the probes trained on them."""

    train: dict[str, Tensor]
    test: dict[str, Tensor]
    probes: LinearProbes


def train_probes(train: dict[str, Tensor], scr: bool, seed: int = 0) -> LinearProbes:
    """sae-bench's probes. Where it chooses among epochs by the test texts it is given the training texts (fault 9)."""
    torch.manual_seed(seed)
    means = upstream.create_meaned_model_activations(train)
    with quiet(), torch.enable_grad():
        probes, _ = upstream.train_probe_on_activations(
            means, means, perform_scr=scr, early_stopping_patience=PROBE["epochs"], **PROBE
        )
    state = {name: probe.net.state_dict() for name, probe in probes.items()}
    return LinearProbes(
        {name: each["weight"].detach().clone() for name, each in state.items()},
        {name: each["bias"].detach().clone() for name, each in state.items()},
    )


@dataclass(frozen=True)
class Ablated:
    """The scores of one repeat under sae-bench's names, and the probes' accuracies before any latent is turned off."""

    results: dict[str, float]
    clean: dict[str, float]
    by_class: dict[str, dict[str, float]]


def scr(sae: Any, concepts: Concepts, repeat: int = 0, tops: Sequence[int] = TOPS) -> Ablated:
    """`scr_dir1_threshold_N` (number turned off), `scr_dir2_…` (growth turned off), `scr_metric_…` (the weaker of the two)."""
    accuracies, clean = _ablate(sae, concepts, list(SCR_CLASSES), True, repeat, tops)
    with quiet():
        results = upstream.main.get_scr_plotting_dict(accuracies, clean)
    return Ablated(with_metric(results, tops), clean, {})


def with_metric(results: dict[str, float], tops: Sequence[int]) -> dict[str, float]:
    """sae-bench's SCR scores, with `scr_metric_threshold_N` where it gives none: for a tie (fault 16), the mean of both."""
    found = {name: float(value) for name, value in results.items()}
    for n in tops:
        both = (found[f"scr_dir1_threshold_{n}"] + found[f"scr_dir2_threshold_{n}"]) / 2
        found.setdefault(f"scr_metric_threshold_{n}", both)
    return found


def tpp(sae: Any, concepts: Concepts, repeat: int = 0, tops: Sequence[int] = TOPS) -> Ablated:
    """`tpp_threshold_N_total_metric`, and its parts `…_intended_diff_only` and `…_unintended_diff_only`."""
    accuracies, clean = _ablate(sae, concepts, list(concepts.test), False, repeat, tops)
    results, by_class = upstream.main.create_tpp_plotting_dict(accuracies, clean)
    return Ablated({name: float(value) for name, value in results.items()}, clean, by_class)


def _ablate(
    sae: Any, concepts: Concepts, classes: list[str], is_scr: bool, repeat: int, tops: Sequence[int]
) -> tuple[Any, dict[str, float]]:
    """{class turned off: {N: {class tested: accuracy}}}, and the accuracies before."""
    their, probes = upstream.main, concepts.probes.as_upstream()
    needed = {**concepts.test}
    if is_scr:  # the biased set is for training alone
        needed = {name: acts for name, acts in needed.items() if "professor_" not in name and "e_nurse" not in name}
    with quiet(), upstream.same_draws(repeat), torch.no_grad():
        means = upstream.create_meaned_model_activations(needed)
        clean = their.get_probe_test_accuracy(probes, classes, means, 500, is_scr)
        effects = their.get_all_node_effects_for_one_sae(sae, probes, classes, is_scr, concepts.train, BATCH)
        accuracies = their.perform_feature_ablations(
            probes, upstream.EncodedOnce(sae), BATCH, needed, effects, list(tops), classes, 500, is_scr
        )
    return accuracies, {name: float(value) for name, value in clean.items()}
