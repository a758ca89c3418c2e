"""The judge of the synthetic template on SAEs whose scores are known beforehand: perfect, shuffled, random, absorbing, split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from judge.__main__ import judged
from judge.recovery import Recovery, recovery
from judge.saved import SavedSAE
from judge.world import World

INPUTS = 4000


@pytest.fixture(scope="module")
def world() -> World:
    """Six features in eight dimensions with right angles between them: 0 is the parent of 1 and 2."""
    parent = np.array([-1, 0, 0, -1, -1, -1])
    return World(np.eye(6, 8, dtype=np.float32), np.full(6, 0.2, dtype=np.float32), parent)


@pytest.fixture(scope="module")
def magnitudes(world: World) -> np.ndarray:
    """A fifth of the inputs for each feature; a child fires on some of its parent's, never two at once."""
    rng = np.random.default_rng(0)
    fires = rng.random((INPUTS, 6)) < 0.2
    fires[:, 0] |= fires[:, 1] | fires[:, 2]
    fires[:, 2] &= ~fires[:, 1]
    return (fires * rng.uniform(0.8, 1.2, size=fires.shape)).astype(np.float32)


def perfect(world: World, magnitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes and decoder of an SAE that is the truth."""
    return magnitudes.copy(), world.directions.copy()


def absorbing(world: World, magnitudes: np.ndarray, child: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The latent of `child` writes its parent too, and the parent's latent is off there."""
    z, W_dec = perfect(world, magnitudes)
    where = magnitudes[:, child] > 0
    z[where, 0] = 0
    z[where, child] *= np.sqrt(2)
    W_dec[child] = (world.directions[0] + world.directions[child]) / np.sqrt(2)
    return z, W_dec


def scores(found: Recovery) -> tuple[float, ...]:
    return (
        float(found.f1.mean()),
        float(found.correlation.mean()),
        float(found.cosine.mean()),
        float(found.absorbed.mean()),
        float((found.latents_for > 1).sum()),
        found.dead,
    )


def test_the_truth_itself_scores_full_marks(world: World, magnitudes: np.ndarray) -> None:
    """F1, correlation and cosine are 1; nothing is absorbed, split or dead."""
    found = recovery(world, magnitudes, *perfect(world, magnitudes))
    assert scores(found) == pytest.approx((1, 1, 1, 0, 0, 0), abs=1e-5)
    assert found.latent.tolist() == list(range(6))


def test_the_order_of_latents_does_not_matter(world: World, magnitudes: np.ndarray) -> None:
    """A shuffled dictionary scores the same, absorption included."""
    z, W_dec = absorbing(world, magnitudes)
    order = np.random.default_rng(1).permutation(6)
    shuffled = recovery(world, magnitudes, z[:, order], W_dec[order])
    assert scores(shuffled) == pytest.approx(scores(recovery(world, magnitudes, z, W_dec)), abs=1e-6)


def test_latents_that_know_nothing_score_about_nothing(world: World, magnitudes: np.ndarray) -> None:
    """Codes that are independent of the inputs correlate with no feature, and their F1 is that of chance."""
    rng = np.random.default_rng(2)
    z = (rng.random(magnitudes.shape) < 0.2).astype(np.float32)
    found = recovery(world, magnitudes, z, rng.normal(size=(6, 8)).astype(np.float32))
    assert found.correlation.mean() < 0.05 and found.f1.mean() < 0.35


def test_planted_absorption_is_found_and_no_other(world: World, magnitudes: np.ndarray) -> None:
    """Feature 1's latent has taken its parent's direction: absorbed on all of 1's inputs, and on none of 2's."""
    found = recovery(world, magnitudes, *absorbing(world, magnitudes))
    assert found.absorbed.tolist() == [1, 0]


def test_absorption_needs_both_the_silence_and_the_direction(world: World, magnitudes: np.ndarray) -> None:
    """A parent's latent that is off while nobody writes it is missed, not absorbed; one that is on is not absorbed."""
    z, W_dec = absorbing(world, magnitudes)
    silent = recovery(world, magnitudes, z, world.directions)
    assert silent.absorbed.tolist() == [0, 0]
    on_as_well = recovery(world, magnitudes, magnitudes, W_dec)
    assert on_as_well.absorbed.tolist() == [0, 0]


def test_absorption_on_part_of_the_inputs_is_that_part(world: World, magnitudes: np.ndarray) -> None:
    """Where the parent's latent is off on half of the child's inputs, half is absorbed."""
    z, W_dec = absorbing(world, magnitudes)
    where = np.flatnonzero(magnitudes[:, 1] > 0)
    z[where[: len(where) // 2], 0] = magnitudes[where[: len(where) // 2], 0]
    found = recovery(world, magnitudes, z, W_dec)
    assert found.absorbed[0] == pytest.approx(0.5, abs=0.01)


def test_less_than_half_of_the_parent_is_no_absorption(world: World, magnitudes: np.ndarray) -> None:
    """What the child's latent writes of its parent is measured against the parent's own magnitude."""
    z, W_dec = absorbing(world, magnitudes)
    for part, absorbed in ((0.3, 0.0), (0.9, 1.0)):
        W_dec[1] = world.directions[1] + part * world.directions[0]
        z[:, 1] = magnitudes[:, 1]
        assert recovery(world, magnitudes, z, W_dec).absorbed[0] == pytest.approx(absorbed, abs=0.03)


def test_directions_that_overlap_are_no_absorption(world: World, magnitudes: np.ndarray) -> None:
    """A child whose true direction leans to its parent's is not taken for an absorber: only what goes beyond its own counts."""
    leaning = world.directions.copy()
    leaning[1] = 0.8 * leaning[0] + 0.6 * leaning[1]
    oblique = replace(world, directions=leaning)
    z, _ = perfect(oblique, magnitudes)
    z[magnitudes[:, 1] > 0, 0] = 0
    assert recovery(oblique, magnitudes, z, leaning).absorbed[0] == 0


def test_a_split_feature_is_counted_once(world: World, magnitudes: np.ndarray) -> None:
    """Two latents that share feature 3's inputs are one split feature; a dead copy of its direction is none."""
    z, W_dec = perfect(world, magnitudes)
    first_half = (np.arange(INPUTS) < INPUTS // 2)[:, None]
    halves = np.where(first_half == [[True, False]], z[:, 3:4], 0)
    split = recovery(world, magnitudes, np.hstack([z[:, :3], z[:, 4:], halves]), W_dec[[0, 1, 2, 4, 5, 3, 3]])
    assert (split.latents_for > 1).sum() == 1 and split.latents_for[3] == 2
    idle = recovery(world, magnitudes, np.hstack([z, 0 * z[:, 3:4]]), W_dec[[0, 1, 2, 3, 4, 5, 3]])
    assert (idle.latents_for > 1).sum() == 0 and idle.dead == pytest.approx(1 / 7)


def test_features_without_a_latent_count_as_not_found(world: World, magnitudes: np.ndarray) -> None:
    """With three latents for six features the others score 0, and children without a latent absorb nothing."""
    z, W_dec = perfect(world, magnitudes)
    found = recovery(world, magnitudes, z[:, [0, 3, 4]], W_dec[[0, 3, 4]])
    assert found.f1.mean() == pytest.approx(0.5, abs=1e-5) and found.correlation.mean() == pytest.approx(0.5)
    assert found.absorbed.tolist() == [0, 0]


def test_a_dead_dictionary_scores_nothing(world: World, magnitudes: np.ndarray) -> None:
    """All latents off: no score is NaN, and all are 0."""
    z, W_dec = perfect(world, magnitudes)
    assert scores(recovery(world, magnitudes, 0 * z, W_dec)) == pytest.approx((0, 0, 0, 0, 0, 1))


def test_a_dead_sae_is_refused_by_the_judge(world: World, magnitudes: np.ndarray) -> None:
    """Without it nothing would be absorbed, split or wrong: the best scores there are. One latent that is on is scored."""
    W, zero = world.directions, np.zeros(6, dtype=np.float32)
    alive = SavedSAE(W, zero, W, np.zeros(8, dtype=np.float32), zero, np.array(0))
    assert judged(world, magnitudes, alive)["metrics"]["f1"]["mean"] == pytest.approx(1, abs=1e-5)
    single = replace(alive, b_enc=np.array([0, *[-1e6] * 5], dtype=np.float32))
    assert judged(world, magnitudes, single)["metrics"]["l0"]["mean"] > 0
    for dead in (replace(alive, b_enc=zero - 1e6), replace(alive, threshold=zero + 1e6)):
        with pytest.raises(SystemExit, match="the SAE is dead: no latent is on for any of 4,000 held-out inputs"):
            judged(world, magnitudes, dead)


def test_a_child_that_never_fires_is_no_absence_of_absorption(world: World, magnitudes: np.ndarray) -> None:
    """It is left out of the mean, and null among the details; the others are as they were."""
    silent = magnitudes.copy()
    silent[:, 2] = 0
    assert np.isnan(recovery(world, silent, *absorbing(world, silent)).absorbed).tolist() == [False, True]
    W, zero = world.directions, np.zeros(6, dtype=np.float32)
    found = judged(world, silent, SavedSAE(W, zero, W, np.zeros(8, dtype=np.float32), zero, np.array(0)))
    assert found["metrics"]["absorption"]["mean"] == 0
    assert found["details"]["features"]["absorbed"].count(None) == 5
