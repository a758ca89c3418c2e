"""The synthetic world is what its description says, and an SAE's file is read whole or refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from judge import data, world
from judge.__main__ import STREAMS, judged
from judge.prepare import TRAINING_STREAM
from judge.saved import SavedSAE, load_sae, save_run
from judge.world import CHILDREN, D_IN, FEATURES, GROUP_SIZE, TREES, World, load_world

WORLD_OF_VERSION_2 = "4dbe7393af0e"


@pytest.fixture(scope="module")
def truth() -> World:
    return load_world()


@pytest.fixture(scope="module")
def magnitudes(truth: World) -> np.ndarray:
    return np.concatenate(list(truth.draw(20_000, 5)))


def sae(**changed: object) -> dict[str, object]:
    rng = np.random.default_rng(0)
    tensors = {
        "W_enc": rng.normal(size=(7, D_IN)),
        "b_enc": np.zeros(7),
        "W_dec": rng.normal(size=(7, D_IN)),
        "b_dec": np.zeros(D_IN),
        "threshold": np.zeros(7),
        "k": np.array(3),
    }
    return {**tensors, **changed}


def test_directions_are_of_length_one_and_more_than_dimensions(truth: World) -> None:
    """Superposition: 128 unit directions in 64 dimensions, so some of them overlap."""
    assert truth.directions.shape == (FEATURES, D_IN) and FEATURES > D_IN
    assert np.linalg.norm(truth.directions, axis=1) == pytest.approx(np.ones(FEATURES), abs=1e-5)


def test_features_fire_as_often_as_they_should(truth: World, magnitudes: np.ndarray) -> None:
    """Measured frequencies are the declared ones, heavy-tailed, and about L0 features fire for an input."""
    measured = (magnitudes > 0).mean(axis=0)
    error = np.sqrt(truth.frequency * (1 - truth.frequency) / len(magnitudes))
    assert (np.abs(measured - truth.frequency) < 5 * error).all()
    assert truth.frequency.max() > 20 * truth.frequency.min()
    assert (magnitudes > 0).sum(axis=1).mean() == pytest.approx(data.L0, abs=0.5)


def test_a_child_fires_only_with_its_parent_and_alone_among_its_siblings(truth: World, magnitudes: np.ndarray) -> None:
    """The hierarchy holds on every input; parents also fire without any child."""
    fires = magnitudes > 0
    children = np.flatnonzero(truth.parent >= 0)
    assert len(children) == TREES * CHILDREN
    assert not (fires[:, children] & ~fires[:, truth.parent[children]]).any()
    for parent in np.unique(truth.parent[children]):
        among = fires[:, children[truth.parent[children] == parent]].sum(axis=1)
        assert among.max() == 1 and 0.3 < (among[fires[:, parent]] == 0).mean() < 0.5


def test_groups_fire_together_and_the_others_do_not(truth: World, magnitudes: np.ndarray) -> None:
    """Firing correlates within a group and not between groups."""
    first = TREES * (1 + CHILDREN)
    correlation = np.corrcoef((magnitudes[:, first : first + 3 * GROUP_SIZE] > 0).T)
    inside = [correlation[i, j] for g in range(3) for i in range(4 * g, 4 * g + 4) for j in range(4 * g, i)]
    across = [correlation[i, j] for i in range(4) for j in range(4, 12)]
    assert min(inside) > 0.08 > 0.04 > np.abs(across).max()


def test_the_streams_differ_and_each_repeats(truth: World) -> None:
    """Training, held-out and confirming inputs are different draws; the same stream gives the same inputs."""
    first, again, held_out, confirming = (
        np.concatenate(list(truth.draw(500, stream)))
        for stream in (TRAINING_STREAM, TRAINING_STREAM, STREAMS["heldout"], STREAMS["confirm"])
    )
    assert (first == again).all()
    assert not any(
        (one == other).all(axis=1).any()
        for one, other in [(first, held_out), (first, confirming), (held_out, confirming)]
    )


def test_what_is_drawn_follows_from_the_hidden_seed(truth: World) -> None:
    """A world that is the same but for its seed fires elsewhere, in training and in held-out inputs: the streams alone tell nothing."""
    assert truth.seed == int(world.SEED_FILE.read_text(), 16)
    for stream in (TRAINING_STREAM, *STREAMS.values()):
        ours, other = (next(each.draw(2000, stream)) > 0 for each in (truth, replace(truth, seed=truth.seed + 1)))
        by_chance = (ours.mean(axis=0) * other.mean(axis=0)).sum()
        assert (ours & other).sum(axis=1).mean() == pytest.approx(by_chance, rel=0.1)


def test_a_changed_world_has_a_new_version() -> None:
    """Caches know the training inputs by data.VERSION: raise it, and put the new hash here, when the world changes."""
    source = Path(world.__file__).read_bytes() + world.SEED_FILE.read_bytes()
    assert (data.VERSION, hashlib.sha256(source).hexdigest()[:12]) == (2, WORLD_OF_VERSION_2)


def test_training_inputs_that_are_missing_or_wrong_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file and the command that makes it."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"train-2.npy: missing; `python -m judge.prepare`"):
        data.training_activations()
    data.training_file().parent.mkdir()
    np.save(data.training_file(), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="make it again"):
        data.training_activations()


def test_a_saved_sae_is_read_back(tmp_path: Path) -> None:
    """What save_run writes, load_sae reads; codes are those of the formula, with and without a limit k."""
    save_run(tmp_path, sae(threshold=np.full(7, 0.5)), {}, {"steps": 1})
    read = load_sae(tmp_path / "sae.npz")
    x = np.random.default_rng(3).normal(size=(50, D_IN)).astype(np.float32)
    pre = (x - read.b_dec) @ read.W_enc.T + read.b_enc
    z = read.encode(x)
    assert ((z > 0).sum(axis=1) <= 3).all() and (z[z > 0] > 0.5).all()
    strongest = np.sort(np.where(pre > 0.5, pre, 0), axis=1)[:, -3:]
    assert np.sort(z, axis=1)[:, -3:] == pytest.approx(strongest)
    unlimited = SavedSAE(**{**vars(read), "k": np.array(0)}).encode(x)
    assert (unlimited == np.where(pre > 0.5, pre, 0)).all()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"W_enc": np.zeros((D_IN, 7))}, "W_enc has the shape"),
        ({"b_dec": np.full(D_IN, np.nan)}, "b_dec holds NaN"),
        ({"threshold": np.full(7, -1.0)}, "threshold and k"),
        ({"k": np.array(2.5)}, "k must be whole"),
        ({"bias": np.zeros(7)}, "must hold"),
    ],
)
def test_a_wrong_sae_is_refused_before_it_is_saved(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    """The error names the tensor; no result is left that could be taken for one."""
    with pytest.raises(ValueError, match=told):
        save_run(tmp_path / "run_1", sae(**changed), {}, {})
    assert not (tmp_path / "run_1").exists()


def test_a_perfect_sae_is_judged_perfect_from_its_file(tmp_path: Path) -> None:
    """In a world with room for every feature, encoder and decoder at the true directions score 1 in everything."""
    roomy = World(np.eye(8, D_IN, dtype=np.float32), np.full(8, 0.2), np.array([-1, 0, 0, -1, -1, -1, -1, -1]))
    rng = np.random.default_rng(4)
    fires = rng.random((3000, 8)) < 0.2
    fires[:, 0] |= fires[:, 1] | fires[:, 2]
    magnitudes = (fires * rng.uniform(0.5, 1.5, size=fires.shape)).astype(np.float32)
    exact = {"W_enc": roomy.directions, "W_dec": roomy.directions, "b_enc": np.zeros(8)}
    save_run(tmp_path, sae(**exact, threshold=np.zeros(8), k=np.array(0)), {}, {})
    scores = judged(roomy, magnitudes, load_sae(tmp_path / "sae.npz"))["metrics"]
    wanted = {
        "f1": 1,
        "mcc": 1,
        "cosine": 1,
        "explained_variance": 1,
        "absorption": 0,
        "split_features": 0,
        "dead_latents": 0,
    }
    assert {name: scores[name]["mean"] for name in wanted} == pytest.approx(wanted, abs=1e-5)
