"""Each fault of sae-bench that upstream/ works around is still there: a failure here means that a mending can go."""

from __future__ import annotations

import inspect
import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformer_lens import HookedTransformer

from harness.evaluation.measures.reconstruction import reconstruct
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream import ablation, absorption, autointerp, whole
from harness.evaluation.upstream.quiet import quiet
from tests.harness.evaluation.examples import random_submission

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

D_IN, D_SAE, K = 16, 48, 6


def some_sae(scale: float = 1.0) -> Submission:
    return random_submission(D_IN, D_SAE, K, scale=scale, model="labloop-gemma2-tiny")


def upstream_explained_variance(submission: Submission, x: torch.Tensor) -> float:
    """sae-bench's own figure for activations x [tokens, d_in], with a model that returns them."""
    from sae_bench.evals.core.main import get_sparsity_and_variance_metrics

    hook = "blocks.2.hook_resid_post"
    model = SimpleNamespace(run_with_cache=lambda *_, **__: (None, {hook: x.unsqueeze(0)}))
    store = SimpleNamespace(get_batch_tokens=lambda _: torch.zeros(1, len(x), dtype=torch.long))
    with torch.no_grad():
        metrics, _ = get_sparsity_and_variance_metrics(
            as_upstream_sae(submission), model, store, 1, True, True, True, True, 1, {}
        )
    return metrics["explained_variance"]


def test_explained_variance_upstream_still_depends_on_scale() -> None:
    """At scale 4 sae-bench's explained variance is wrong by more than 0.1 and ours is right (fault 3)."""
    x = torch.randn(400, D_IN, generator=torch.Generator().manual_seed(1)) + 1.0
    true = reconstruct(some_sae(), x).explained_variance
    at_four = some_sae(scale=4.0)
    assert reconstruct(at_four, x * 4).explained_variance == pytest.approx(true, abs=1e-4)
    assert abs(upstream_explained_variance(at_four, x * 4) - true) > 0.1


def test_jaxtyping_upstream_still_rejects_its_own_probe_data() -> None:
    """With run-time type checks on, sae-bench's probe function refuses what sae-bench feeds it (fault 1)."""
    import subprocess
    import sys

    code = (
        "import torch; from sae_bench.evals.sparse_probing.probe_training import train_probe_on_activations as t\n"
        "a = {c: torch.randn(20, 5) for c in 'ab'}; t(a, a, select_top_k=2)"
    )
    env = {"HF_HUB_OFFLINE": "1", "PATH": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "HintParamViolation" in done.stderr
    done = subprocess.run(
        [sys.executable, "-c", code], env={**env, "JAXTYPING_DISABLE": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_probes_upstream_are_still_kept_by_name() -> None:
    """sae-bench's probe path holds the model's name and layer and nothing of its weights (fault 4)."""
    from sae_bench.evals.absorption import common

    source = inspect.getsource(common.load_or_train_probe)
    assert "model.cfg.model_name" in source
    assert "hash" not in source
    assert "site-packages" in str(common.PROBES_DIR)


def test_the_absorption_seed_upstream_is_still_unused() -> None:
    """`random_seed` is in the configuration and nowhere in run_eval (fault 5)."""
    from sae_bench.evals.absorption import main
    from sae_bench.evals.absorption.eval_config import AbsorptionEvalConfig

    assert "random_seed" in AbsorptionEvalConfig.__dataclass_fields__
    assert "random_seed" not in inspect.getsource(main.run_eval)


def test_core_upstream_still_swallows_exceptions() -> None:
    """multiple_evals goes on after any exception (fault 6)."""
    from sae_bench.evals.core import main

    assert "except Exception as e:" in inspect.getsource(main.multiple_evals)


def test_our_batches_are_the_data_loaders_batches() -> None:
    """TensorBatches cuts the same rows into the same sizes, shuffled or not (fault 7), and upstream uses a DataLoader."""
    from torch.utils.data import DataLoader, TensorDataset

    x, y = torch.arange(23), torch.arange(23) * 2
    data = TensorDataset(x, y)
    plain = list(absorption.TensorBatches(data, 5, shuffle=False))
    for ours, theirs in zip(plain, DataLoader(data, batch_size=5), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    shuffled = list(absorption.TensorBatches(data, 5, shuffle=True))
    assert len(shuffled) == len(absorption.TensorBatches(data, 5, shuffle=True)) == 5
    assert torch.equal(torch.cat([a for a, _ in shuffled]).sort().values, x)
    assert all(torch.equal(2 * a, b) for a, b in shuffled)
    assert "DataLoader(dataset" in inspect.getsource(absorption.probing.train_multi_probe)


def test_ablation_probes_upstream_are_still_chosen_by_their_test_texts() -> None:
    """Given other test texts, sae-bench returns another probe from the same training (fault 9)."""
    from sae_bench.evals.sparse_probing.probe_training import train_probe_gpu

    def probe(test_seed: int) -> torch.Tensor:
        torch.manual_seed(0)
        x, y = torch.randn(64, D_IN), torch.randint(2, (64,)).int()
        test = torch.randn(40, D_IN, generator=torch.Generator().manual_seed(test_seed))
        labels = torch.randint(2, (40,), generator=torch.Generator().manual_seed(test_seed)).int()
        with quiet():
            found, _ = train_probe_gpu(x, y, test, labels, D_IN, 16, 20, 1e-2, early_stopping_patience=20)
        return found.net.weight

    assert not all(torch.equal(probe(0), probe(seed)) for seed in range(1, 5))


def test_tpp_upstream_still_draws_other_negatives_each_time() -> None:
    """Two draws of the same class differ, so that ablating nothing changes an accuracy; ours are the same (fault 10)."""
    acts = {name: torch.randn(30, D_IN) for name in "abc"}
    draw = ablation.main.probe_training.prepare_probe_data
    assert not torch.equal(draw(acts, "a")[0], draw(acts, "a")[0])
    before = torch.get_rng_state()
    with ablation.same_draws(0):
        ours = ablation.main.probe_training.prepare_probe_data
        assert torch.equal(ours(acts, "a")[0], ours(acts, "a")[0])
        other = ours(acts, "b")[0]
    with ablation.same_draws(1):
        assert not torch.equal(ablation.main.probe_training.prepare_probe_data(acts, "b")[0], other)
    assert torch.equal(torch.get_rng_state(), before)
    assert ablation.main.probe_training.prepare_probe_data is draw


def test_an_ablation_upstream_still_encodes_again_each_time() -> None:
    """sae-bench encodes an input once for each number of latents; EncodedOnce does once, with the same result (fault 11)."""
    sae = as_upstream_sae(some_sae())
    acts = {"a": torch.randn(6, 5, D_IN)}
    effects = {"a": torch.randn(D_SAE)}
    calls = []

    def ablated(with_sae: Any) -> Any:
        theirs = ablation.main
        masks = [theirs.select_top_n_features(effects["a"], n, "a") for n in (1, 3)]
        return [theirs.ablated_precomputed_activations(acts["a"], with_sae, mask, 4) for mask in masks]

    class Counted(ablation.EncodedOnce):
        def __init__(self) -> None:
            super().__init__(SimpleNamespace(W_dec=sae.W_dec, encode=self.count, decode=sae.decode))

        def count(self, x: torch.Tensor) -> Any:
            calls.append(x)
            return sae.encode(x)

    plain = SimpleNamespace(W_dec=sae.W_dec, encode=Counted().count, decode=sae.decode)
    with torch.no_grad():
        expected = ablated(plain)
        assert len(calls) == 4  # two batches for each of two numbers
        calls.clear()
        found = ablated(Counted())
    assert len(calls) == 2
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(found, expected, strict=True))


def test_the_judge_upstream_is_still_hard_coded() -> None:
    """sae-bench asks gpt-4o-mini whatever the configuration says (fault 12)."""
    from sae_bench.evals.autointerp.eval_config import AutoInterpEvalConfig

    assert 'model="gpt-4o-mini"' in inspect.getsource(autointerp.AutoInterp.get_api_response)
    assert not [name for name in AutoInterpEvalConfig.__dataclass_fields__ if "judge" in name]


def test_scoring_prompts_upstream_still_depend_on_what_was_drawn_before() -> None:
    """The same explanation and texts give two prompts upstream and one from us; unreadable answers are counted (fault 13)."""
    config = autointerp.AutoInterpEvalConfig(n_latents=1)
    texts = [SimpleNamespace(to_str=lambda mark_toks: "text")] * 14

    def prompts(kind: Any) -> Any:
        asked = kind.__new__(kind)
        asked.cfg = config
        return {str(asked.get_scoring_prompts("cats", texts)) for _ in range(5)}

    assert len(prompts(autointerp.AutoInterp)) > 1
    assert len(prompts(autointerp.Interpretation)) == 1
    ours = autointerp.Interpretation.__new__(autointerp.Interpretation)
    ours.unreadable = 0
    assert ours.parse_predictions("1, 3 and 5") == [1, 3, 5]
    assert ours.parse_predictions("all of them") is None
    assert ours.unreadable == 1


def test_the_version_upstream_still_is_the_commit_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another project's folder sae-bench gives that project's commit as its own (fault 14)."""
    import subprocess

    from sae_bench.sae_bench_utils import get_sae_bench_version

    who = ["-c", "user.name=x", "-c", "user.email=x@x"]
    for command in (["init", "-q"], [*who, "commit", "-q", "--allow-empty", "-m", "not sae-bench"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True)
    monkeypatch.chdir(tmp_path)
    assert get_sae_bench_version() == commit.stdout.strip()


def test_the_mean_squared_error_upstream_still_shrinks_with_the_batch() -> None:
    """Twice as many tokens of the same error halve sae-bench's mse (fault 15)."""
    from sae_bench.evals.core.main import get_sparsity_and_variance_metrics

    submission, hook = some_sae(), "blocks.2.hook_resid_post"
    x = torch.randn(50, D_IN, generator=torch.Generator().manual_seed(1))

    def mse(acts: torch.Tensor) -> float:
        model = SimpleNamespace(run_with_cache=lambda *_, **__: (None, {hook: acts.unsqueeze(0)}))
        store = SimpleNamespace(get_batch_tokens=lambda _: torch.zeros(1, len(acts), dtype=torch.long))
        with torch.no_grad():
            sae = as_upstream_sae(submission)
            return get_sparsity_and_variance_metrics(sae, model, store, 1, True, True, True, True, 1, {})[0]["mse"]

    assert mse(torch.cat([x, x])) == pytest.approx(mse(x) / 2, rel=1e-4)


def test_our_sae_encodes_as_sae_bench_s_and_sae_lens(tmp_path: Path) -> None:
    """Every architecture's codes and reconstruction are SAELens', loaded from the same files; TopK's also sae-bench's."""
    from sae_bench.custom_saes.topk_sae import TopKSAE
    from sae_lens import SAE

    from harness.evaluation.submitted.submission import OWN_TENSORS, load_submission
    from harness.saved import SavedSAE, save_run

    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 10, D_IN, generator=generator)
    for architecture in ("topk", "standard", "jumprelu", "gated"):
        tensors = {name: 0.3 * torch.rand(D_SAE, generator=generator) for name in OWN_TENSORS[architecture]}
        tensors["W_enc"] = torch.randn(D_IN, D_SAE, generator=generator)
        tensors["W_dec"] = torch.nn.functional.normalize(torch.randn(D_SAE, D_IN, generator=generator), dim=1)
        tensors["b_dec"] = torch.randn(D_IN, generator=generator)
        config = {"k": K, "d_sae": D_SAE, "sae": architecture, "model": "m", "layer": 2, "context": 128}
        saved = SavedSAE(architecture, tensors, {"k": K} if architecture == "topk" else {})
        folder = tmp_path / architecture
        save_run(folder, saved, config, {"steps": 1}, {"step": [0], "loss": [1.0]})
        submission = load_submission(folder)
        ours, theirs = as_upstream_sae(submission), SAE.load_from_disk(folder / "sae")
        assert (submission.sae.architecture, submission.kind) == (architecture, architecture)
        assert torch.allclose(ours.encode(x), theirs.encode(x), atol=1e-5)
        assert torch.allclose(ours(x), theirs(x), atol=1e-5)
        assert 0 < (ours.encode(x) > 0).float().mean() < 1
        if architecture == "topk":
            bench = TopKSAE(D_IN, D_SAE, K, "m", 2, torch.device("cpu"), torch.float32)
            with torch.no_grad():
                for name in ("W_enc", "b_enc", "W_dec", "b_dec"):
                    getattr(bench, name).copy_(tensors[name])
            assert torch.allclose(ours.encode(x), bench.encode(x), atol=1e-5)


@pytest.mark.parametrize(("bars", "terminal", "seen"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_terminal_shows_the_bars_of_long_work(
    bars: bool, terminal: bool, seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prints are caught in any case; bars, which go to stderr, are shown on a terminal where they are asked for."""
    stderr = io.StringIO()
    monkeypatch.setattr(stderr, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", stderr)
    with quiet(bars) as printed:
        print("said")
        print("bar", file=sys.stderr)
    assert printed.getvalue() == "said\n"
    assert ("bar" in stderr.getvalue()) == seen


def test_sae_bench_still_loads_its_model_by_name_and_ours_is_taken_back(tmp_path: Path) -> None:
    """A folder is no name for it (fault 18); within `model_is` it gets ours, afterwards its own way again."""
    theirs = HookedTransformer.from_pretrained_no_processing
    with pytest.raises(ValueError):
        theirs("no-such-model-anywhere")
    with whole.model_is(lambda: "ours"):
        assert HookedTransformer.from_pretrained_no_processing("anything") == "ours"
    assert HookedTransformer.from_pretrained_no_processing == theirs


def test_a_half_written_file_of_activations_upstream_is_still_taken_for_whole(tmp_path: Path) -> None:
    """sae-bench asks only whether the file is there, and names it by data set, model and layer (fault 17)."""
    import inspect

    source = inspect.getsource(ablation.main.run_eval_single_dataset)
    assert "if not os.path.exists(activations_path):" in source
    assert "config.model_name" in inspect.getsource(ablation.main.run_eval)
    assert "replace(activations_path" not in source


def test_absorption_upstream_still_ends_without_a_result_and_in_these_words() -> None:
    """Too few letters are printed, and no file is written (fault 21)."""
    source = inspect.getsource(absorption.main.run_eval)
    (said,) = [line for line in source.splitlines() if "Cannot evaluate absorption" in line]
    assert absorption.has_too_few_letters(said)
    assert not absorption.has_too_few_letters("absorption is done")
