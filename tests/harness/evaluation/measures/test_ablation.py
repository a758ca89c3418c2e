"""SCR and TPP on activations whose concepts are known, and the texts of SCR."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.evaluation.measures import ablation
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.upstream import ablation as upstream
from harness.evaluation.upstream.quiet import quiet
from tests.harness.evaluation.examples import submitted

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

D_IN, TOKENS, N = 12, 4, 120
TOPS = (1, 2)


def latent_a_direction(names: torch.Tensor) -> Any:
    """An SAE whose first latents are these directions, each on where its direction is; and others that are never on."""
    unused = torch.nn.functional.normalize(torch.randn(30, D_IN), dim=1)
    rows = torch.cat([names, unused])
    bias = torch.cat([torch.full((len(names),), -0.05), torch.full((30,), -1e3)])
    return as_upstream_sae(submitted(rows.T, bias, rows, torch.zeros(D_IN), len(names)))


def acts(*directions: torch.Tensor, n: int = N, seed: int = 0) -> torch.Tensor:
    """[n, TOKENS, D_IN]: the sum of the directions at each token, with noise."""
    generator = torch.Generator().manual_seed(seed)
    return sum(directions) * 8 + 0.3 * torch.randn(n, TOKENS, D_IN, generator=generator)


def spurious(test_seed: int) -> dict[str, torch.Tensor]:
    """SCR's six sets: attribute A on the first two axes, B on the next two."""
    axes = torch.eye(D_IN)
    a, not_a, b, not_b = axes[:4]
    half = N // 2

    def both(first: Any, second: Any) -> torch.Tensor:
        return torch.cat([acts(*first, n=half, seed=test_seed), acts(*second, n=half, seed=test_seed + 1)])

    return {
        "male / female": both((a, b), (a, not_b)),
        "female_data_only": both((not_a, b), (not_a, not_b)),
        "professor / nurse": both((a, b), (not_a, b)),
        "nurse_data_only": both((a, not_b), (not_a, not_b)),
        "male_professor / female_nurse": acts(a, b, seed=test_seed + 2),
        "female_nurse_data_only": acts(not_a, not_b, seed=test_seed + 3),
    }


def by_hand(**weights: torch.Tensor) -> ablation.LinearProbes:
    """Probes with these weights [D_IN] that say yes above 4 (a concept is on with 8), or above 0 where they are a contrast."""
    return ablation.LinearProbes(
        {name: weight.unsqueeze(0) for name, weight in weights.items()},
        {name: torch.tensor([-4.0 if weight.sum() > 0 else 0.0]) for name, weight in weights.items()},
    )


def test_scr_is_one_where_latents_are_one_attribute_each_and_low_where_they_are_both() -> None:
    """Turning off latents that are one attribute alone gives the other back; latents of both at once cannot."""
    axes = torch.eye(D_IN)
    first, second = axes[0] - axes[1], axes[2] - axes[3]
    contrasts = dict(zip(spurious(0), (first, -first, second, -second, first + second, -first - second), strict=True))
    concepts = ablation.Concepts(spurious(0), spurious(10), by_hand(**contrasts))
    clean = ablation.scr(latent_a_direction(axes[:4]), concepts, tops=(2,))
    mixed = torch.nn.functional.normalize(torch.stack([axes[0] + axes[2], axes[1] + axes[3]]), dim=1)
    entangled = ablation.scr(latent_a_direction(mixed), concepts, tops=(2,))
    assert set(clean.results) == {f"scr_{which}_threshold_2" for which in ("dir1", "dir2", "metric")}
    assert all(score > 0.95 for score in clean.results.values())
    assert all(score < 0.3 for score in entangled.results.values())
    assert clean.clean["male / female"] > 0.95
    assert 0.6 < clean.clean["male_professor / female_nurse probe on male / female data"] < 0.9


def test_tpp_is_high_where_a_latent_is_one_class_and_low_where_it_is_two() -> None:
    """Turning off a class's own latent halves its probe's accuracy and no other's; a shared latent costs both."""
    axes = torch.eye(D_IN)
    directions = {"a": axes[0], "b": axes[1]}
    train, test = (
        {name: acts(axis, seed=seed + i) for i, (name, axis) in enumerate(directions.items())} for seed in (0, 10)
    )
    concepts = ablation.Concepts(train, test, by_hand(**directions))
    separate = ablation.tpp(latent_a_direction(axes[:2]), concepts, tops=(1,))
    shared = torch.nn.functional.normalize(axes[:2].sum(0, keepdim=True), dim=1)
    together = ablation.tpp(latent_a_direction(shared), concepts, tops=(1,))
    name = "tpp_threshold_1_total_metric"
    assert separate.results[name] == pytest.approx(0.5, abs=0.02)
    assert separate.by_class["a"]["tpp_threshold_1_unintended_diff_only"] == 0
    assert set(separate.by_class) == set("ab")
    assert abs(together.results[name]) < 0.1


def test_a_tie_of_the_two_directions_of_scr_still_has_a_score() -> None:
    """sae-bench has no score where the biased probe is as good at either attribute (fault 16); ours is their mean."""
    accuracies = {"male_professor / female_nurse probe on professor / nurse data": 0.75}
    accuracies["male_professor / female_nurse probe on male / female data"] = 0.75
    clean = accuracies | {"professor / nurse": 1.0, "male / female": 1.0}
    after = {
        name: {5: dict.fromkeys(accuracies, gain)}
        for name, gain in (("male / female", 1.0), ("professor / nurse", 0.75))
    }
    with quiet():
        found = upstream.main.get_scr_plotting_dict(after, clean)
    assert found == {"scr_dir1_threshold_5": 1.0, "scr_dir2_threshold_5": 0.0}
    assert ablation.with_metric(found, (5,))["scr_metric_threshold_5"] == 0.5


def test_ablating_a_latent_that_is_never_on_changes_nothing() -> None:
    """The draws of probe data are the same before and after, so that the score is exactly 0 (sae-bench's own is not)."""
    axes = torch.eye(D_IN)
    data = {name: acts(axes[i], seed=i) for i, name in enumerate("abc")}
    concepts = ablation.Concepts(data, data, ablation.train_probes(data, scr=False))
    silent = as_upstream_sae(submitted(axes, torch.full((D_IN,), -1e3), axes, torch.zeros(D_IN), 2))
    found = ablation.tpp(silent, concepts, tops=TOPS)
    assert set(found.results.values()) == {0.0}
    assert ablation.tpp(silent, concepts, tops=TOPS) == found


def test_probes_are_kept_as_tensors_and_come_back_as_they_were() -> None:
    """Weights and biases give the probe that was trained."""
    axes = torch.eye(D_IN)
    data = {name: acts(axes[i], seed=i) for i, name in enumerate("ab")}
    probes = ablation.train_probes(data, scr=False)
    again = probes.as_upstream()
    x = torch.randn(5, D_IN)
    for name, probe in again.items():
        assert torch.equal(probe(x), (x @ probes.weight[name].T + probes.bias[name]).squeeze(1))
    means = upstream.create_meaned_model_activations(data)
    assert (again["a"](means["a"]) > 0).float().mean() > 0.95
