"""SynthSAEBench-16k as a scale: SAELens' world and evaluation, seeded and split, on a world of the same kind that is small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from judge import benchmark, data, published
from judge.hand_out import ROWS, Hand, Ledger
from judge.saved import SavedSAE
from judge.sizes import BENCHMARK, OWN_WORLD, PUBLISHED_WORLD, SCALES
from sae_lens.synthetic import orthogonalize_embeddings
from scipy.optimize import linear_sum_assignment

pytestmark = pytest.mark.slow

FEATURES, D_IN = 300, 24
SMALLER = benchmark.configuration(5, features=FEATURES, d_in=D_IN, trees=3)
SIZES = replace(SCALES[BENCHMARK], d_in=D_IN, d_sae=40, k=4, heldout=3000)
# The page "SynthSAEBench" of SAELens and its authors' create_synth_bench_16k_model.py say so.
PUBLISHED = {
    "num_features": 16_384,
    "hidden_dim": 768,
    "firing_probability": {"exponent": 0.5, "max_prob": 0.4, "min_prob": 5e-4, "generator_name": "zipfian"},
    "hierarchy": {
        "total_root_nodes": 128,
        "branching_factor": 4,
        "max_depth": 3,
        "mutually_exclusive_portion": 1.0,
        "mutually_exclusive_min_depth": 0,
        "mutually_exclusive_max_depth": None,
        "compensate_probabilities": True,
        "scale_children_by_parent": True,
    },
    "orthogonalization": {"num_steps": 100, "lr": 3e-4, "chunk_size": 1024},
    "correlation": {"rank": 25, "correlation_scale": 0.1, "seed": None},
    "std_firing_magnitudes": {
        "mean": 0.5,
        "std": 0.5,
        "min_value": None,
        "max_value": None,
        "generator_name": "folded_normal",
    },
    "mean_firing_magnitudes": {"start": 5.0, "end": 4.0, "generator_name": "linear"},
    "bias": 0.5,
    "dtype": "float32",
    "seed": 42,
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache that holds a small world in the benchmark's place."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("LABLOOP_CACHE", str(folder))
        benchmark.prepare(OWN_WORLD, SMALLER)
        yield folder


@pytest.fixture
def world(cache: Path) -> Any:
    return benchmark.load_world(OWN_WORLD)


def sae(seed: int = 0, k: int = 4) -> SavedSAE:
    """One that was not trained, with a threshold above 0."""
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(40, D_IN)).astype(np.float32)
    zero = np.zeros(40, dtype=np.float32)
    return SavedSAE(W, zero, W, np.zeros(D_IN, dtype=np.float32), zero + 0.3, np.array(k))


def test_the_configuration_is_the_published_one_field_by_field() -> None:
    """With the published seed it is what SAELens' own class says of the published world."""
    assert benchmark.configuration(42).to_dict() == PUBLISHED


def test_directions_are_pushed_apart_as_the_package_does_it() -> None:
    """The closed form of the gradient gives the package's directions to rounding, and less overlap than before."""
    rows = torch.randn(200, 16, generator=torch.Generator().manual_seed(0))
    theirs = orthogonalize_embeddings(rows, num_steps=30, lr=1e-2, chunk_size=64)
    ours = benchmark.apart(rows, steps=30, lr=1e-2)
    assert torch.allclose(ours, theirs, atol=2e-4)
    overlap = [(E @ E.T).pow(2).sum() for E in (torch.nn.functional.normalize(rows, dim=1), ours)]
    assert overlap[1] < 0.95 * overlap[0]


def test_the_order_is_the_seed_s_in_batches_of_any_size(world: Any) -> None:
    """By hand and in a process that draws ahead; other seeds and splits give other inputs; the global state stays."""
    before = torch.get_rng_state()
    whole = benchmark.Inputs(world, 7).take(1500)
    pieces = benchmark.Inputs(world, 7, ahead=True)
    assert np.array_equal(whole, np.concatenate([pieces.take(count) for count in (700, 1, 799)]))
    others = [
        benchmark.Inputs(world, 8).take(1500),
        *(world.stream(split).sample(1500) for split in ("heldout", "confirm")),
    ]
    assert torch.equal(torch.get_rng_state(), before)
    first = benchmark.activations(world.model, world.stream("heldout").sample(5)).numpy()
    assert not np.array_equal(whole, others[0]) and not np.allclose(whole[:5], first)
    assert not torch.equal(others[1], others[2])


def test_inputs_are_the_package_s_sums_of_features(world: Any) -> None:
    """x = Σ m_i d_i + bias, to rounding; the mean that an SAE begins with is near theirs."""
    magnitudes = world.stream("heldout").sample(2048)
    x = benchmark.activations(world.model, magnitudes)
    assert torch.allclose(x, world.model.feature_dict(magnitudes), atol=1e-4)
    assert np.abs(x.mean(0).numpy() - world.mean).max() < 0.5 * x.std()


def test_another_hidden_seed_is_another_world(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its folder is another one, so no inputs of the old are taken for the new; the error says how it is made."""
    here = benchmark.world_folder(OWN_WORLD)
    (tmp_path / "seed.txt").write_text("abc\n")
    monkeypatch.setattr(benchmark, "SEED_FILE", tmp_path / "seed.txt")
    assert benchmark.world_folder(OWN_WORLD) != here
    with pytest.raises(FileNotFoundError, match=f"judge.prepare --scale={BENCHMARK} --world=own"):
        benchmark.load_world(OWN_WORLD)
    assert benchmark.derived("abc", "train", 0) != benchmark.derived("abe", "train", 0)


def test_a_world_of_one_s_own_folder_is_taken_as_it_is(cache: Path, world: Any, tmp_path: Path) -> None:
    """A folder as SAELens saves one, such as the published world downloaded: the same directions, and its own place in the cache."""
    world.model.save(tmp_path / "theirs")
    benchmark.prepare(str(tmp_path / "theirs"))
    other = benchmark.load_world(str(tmp_path / "theirs"))
    assert torch.equal(other.model.feature_dict.feature_vectors, world.model.feature_dict.feature_vectors)
    assert benchmark.world_folder(str(tmp_path / "theirs")) != benchmark.world_folder(OWN_WORLD)


def test_scores_are_the_published_definitions(world: Any) -> None:
    """F1, MCC, uniqueness, precision, recall, L0 and explained variance agree with forms written from their definitions."""
    saved = sae()
    found = {
        name: value["mean"] for name, value in published.judged(world, saved, "heldout", SIZES, {})["metrics"].items()
    }
    magnitudes = world.stream("heldout").sample(SIZES.heldout)
    x = world.model.feature_dict(magnitudes).detach().numpy()
    z, fires = saved.encode(x), magnitudes.numpy() > 0
    D = world.model.feature_dict.feature_vectors.detach().numpy()
    unit = saved.W_dec / np.linalg.norm(saved.W_dec, axis=1, keepdims=True)
    cosines = np.abs(unit @ (D / np.linalg.norm(D, axis=1, keepdims=True)).T)
    nearest = cosines.argmax(axis=1)
    on, there = z > 0, fires[:, nearest]
    both = (on & there).sum(0)
    divided = [np.divide(both, total, out=np.zeros(40), where=total > 0) for total in (on.sum(0), there.sum(0))]
    wanted = {
        "f1": (2 * both / np.maximum(on.sum(0) + there.sum(0), 1)).mean(),
        "mcc": cosines[linear_sum_assignment(-cosines)].mean(),
        "precision": divided[0].mean(),
        "recall": divided[1].mean(),
        "uniqueness": len(set(nearest)) / 40,
        "shrinkage": (np.linalg.norm(saved.decode(z), axis=1) / np.linalg.norm(x, axis=1)).mean(),
        "dead_latents": (~on.any(0)).mean(),
        "explained_variance": 1 - ((x - saved.decode(z)) ** 2).sum() / ((x - x.mean(0)) ** 2).sum(),
        "l0": on.sum(1).mean(),
    }
    assert found == pytest.approx(wanted, abs=2e-4)


def test_the_truth_itself_scores_full_marks_in_mcc_and_uniqueness(world: Any) -> None:
    """A decoder of forty true directions is found whole, in any order and with either sign."""
    D = world.model.feature_dict.feature_vectors.detach().numpy()[[*range(40)][::-1]]
    saved = replace(sae(), W_dec=-D, W_enc=D)
    found = published.judged(world, saved, "heldout", SIZES, {})["metrics"]
    assert found["mcc"]["mean"] == pytest.approx(1, abs=1e-5) and found["uniqueness"]["mean"] == 1


def test_memory_that_gives_out_halves_the_batch_and_changes_no_score(
    world: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Begun anew on the same inputs, with a word in the log; another error is not taken for it."""
    whole = published.judged(world, sae(), "heldout", SIZES, {})
    real = published.evaluate

    def cramped(model: Any, sae: Any, stream: Any, heldout: int, batch: int) -> Any:
        if batch > 1024:
            stream.sample(100)
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(model, sae, stream, heldout, batch)

    monkeypatch.setattr(published, "evaluate", cramped)
    halved = published.judged(world, sae(), "heldout", SIZES, {})
    assert halved["details"]["scored_in_batches_of"] == 1024 and "goes on with 2048" in caplog.text
    for name, value in whole["metrics"].items():
        assert halved["metrics"][name]["mean"] == pytest.approx(value["mean"], abs=1e-5)
    monkeypatch.setattr(published, "evaluate", lambda *_: (_ for _ in ()).throw(RuntimeError("a shape")))
    with pytest.raises(RuntimeError, match="a shape"):
        published.judged(world, sae(), "heldout", SIZES, {})


def test_a_dead_sae_is_refused(world: Any) -> None:
    """Its MCC alone would say something; one latent that is on is scored."""
    dead = replace(sae(), threshold=np.full(40, 1e9, dtype=np.float32))
    with pytest.raises(SystemExit, match="the SAE is dead"):
        published.judged(world, dead, "heldout", SIZES, {})


CONFIG = {"d_sae": 4096, "k": 25, "batch_size": 1024, "lr": 3e-4, "training_inputs": 199_999_488}


def test_a_result_under_the_published_settings_says_so() -> None:
    """And whether its world is the published one: both together are the published protocol."""
    own = published.protocol(SCALES[BENCHMARK], CONFIG)
    assert own["settings_as_published"] and not own["published_protocol"] and own["differs"] == [published.OWN_NOTE]
    theirs = published.protocol(replace(SCALES[BENCHMARK], world=PUBLISHED_WORLD), CONFIG)
    assert theirs["published_protocol"] and theirs["differs"] == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"training_inputs": 20_480}, "20480 training inputs in place of 199999488"),
        ({"k": 26}, "k 26"),
        ({"d_sae": 512}, "d_sae 512 in place of 4096"),
        ({"lr": 1e-3}, "lr 0.001 in place of 0.0003"),
        ({"batch_size": None}, "batch_size None in place of 1024"),
    ],
)
def test_a_cheaper_form_is_marked_as_not_the_published_protocol(changed: dict[str, Any], told: str) -> None:
    """Each setting that differs is named with both values, in the published world too."""
    found = published.protocol(replace(SCALES[BENCHMARK], world=PUBLISHED_WORLD), {**CONFIG, **changed})
    assert not found["published_protocol"] and not found["settings_as_published"]
    assert any(told in line for line in found["differs"])
    fewer = published.protocol(replace(SCALES[BENCHMARK], heldout=100, world=PUBLISHED_WORLD), CONFIG)
    assert fewer["differs"] == ["scored on 100 inputs in place of 1000000"]


def test_what_others_report_is_named_by_the_template_s_metrics() -> None:
    """Ten rows of two sparsities, each with its four published values and a source."""
    path = Path(published.__file__).with_name("reported") / f"{BENCHMARK}.json"
    reported = json.loads(path.read_text(encoding="utf-8"))
    assert len(reported["baselines"]) == 10 and "docs/synth_sae_bench.md" in reported["source"]
    assert all(
        set(row["metrics"]) == {"f1", "mcc", "uniqueness", "explained_variance"}
        for row in reported["baselines"].values()
    )


def test_the_source_of_either_scale_is_one_call(cache: Path) -> None:
    """The data process asks for a scale's inputs by name; each of the benchmark's is drawn once."""
    source = data.source(BENCHMARK, OWN_WORLD, 0)
    assert source.distinct is None and source.take(3).shape == (3, source.d_in) == (3, D_IN)


def test_each_input_is_handed_out_once_and_counted(cache: Path, tmp_path: Path) -> None:
    """As many distinct inputs as were drawn, in one pass, in rows as wide as the benchmark's; the mean is told, which counts nothing."""
    source = data.source(BENCHMARK, OWN_WORLD, 3, ahead=True)
    hand = Hand(tmp_path, source, Ledger(tmp_path / "l.json", 3, source.distinct))
    opened = hand.answer({"open": 1})
    assert opened["d_in"] == D_IN and np.allclose(opened["mean"], source.mean)
    assert hand.answer({"draw": 600}) == {"rows": 600}
    first = np.memmap(tmp_path / ROWS, np.float32, "r").reshape(-1, D_IN)[:600].copy()
    assert np.array_equal(first, data.source(BENCHMARK, OWN_WORLD, 3).take(600))
    hand.answer({"draw": 500})
    hand._ledger.write()
    told = json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))
    assert (told["inputs"], told["distinct_inputs"], told["passes"], told["seed"]) == (1100, 1100, 1.0, 3)
