"""Each fault of sae-bench that upstream.py works around is still there: a failure here means that a mending can go."""

import inspect
from types import SimpleNamespace

import pytest
import torch

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

from harness.evaluation import upstream  # noqa: E402
from harness.evaluation.reconstruction import reconstruct  # noqa: E402
from harness.evaluation.submission import Submission  # noqa: E402
from harness.sae import unit_norm_  # noqa: E402
from harness.saved import SAEWeights  # noqa: E402

D_IN, D_SAE, K = 16, 48, 6


def some_sae(scale: float = 1.0) -> Submission:
    torch.manual_seed(0)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    weights = SAEWeights(directions.T.clone(), torch.zeros(D_SAE), directions, torch.zeros(D_IN))
    return Submission(weights.unscaled(1 / scale), K, "labloop-gemma2-tiny", 2, 128)


def upstream_explained_variance(submission: Submission, x: torch.Tensor) -> float:
    """sae-bench's own figure for activations x [tokens, d_in], with a model that returns them."""
    from sae_bench.evals.core.main import get_sparsity_and_variance_metrics

    hook = "blocks.2.hook_resid_post"
    model = SimpleNamespace(run_with_cache=lambda *_, **__: (None, {hook: x.unsqueeze(0)}))
    store = SimpleNamespace(get_batch_tokens=lambda _: torch.zeros(1, len(x), dtype=torch.long))
    with torch.no_grad():
        metrics, _ = get_sparsity_and_variance_metrics(
            upstream.as_upstream_sae(submission), model, store, 1, True, True, True, True, 1, {}
        )
    return metrics["explained_variance"]


def test_explained_variance_upstream_still_depends_on_scale():
    """At scale 4 sae-bench's explained variance is wrong by more than 0.1 and ours is right (fault 3)."""
    x = torch.randn(400, D_IN, generator=torch.Generator().manual_seed(1)) + 1.0
    true = reconstruct(some_sae(), x).explained_variance
    at_four = some_sae(scale=4.0)
    assert reconstruct(at_four, x * 4).explained_variance == pytest.approx(true, abs=1e-4)
    assert abs(upstream_explained_variance(at_four, x * 4) - true) > 0.1


def test_jaxtyping_upstream_still_rejects_its_own_probe_data():
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
        [sys.executable, "-c", code],
        env={**env, "JAXTYPING_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_probes_upstream_are_still_kept_by_name():
    """sae-bench's probe path holds the model's name and layer and nothing of its weights (fault 4)."""
    from sae_bench.evals.absorption import common

    source = inspect.getsource(common.load_or_train_probe)
    assert "model.cfg.model_name" in source
    assert "hash" not in source
    assert "site-packages" in str(common.PROBES_DIR)


def test_the_absorption_seed_upstream_is_still_unused():
    """`random_seed` is in the configuration and nowhere in run_eval (fault 5)."""
    from sae_bench.evals.absorption import main
    from sae_bench.evals.absorption.eval_config import AbsorptionEvalConfig

    assert "random_seed" in AbsorptionEvalConfig.__dataclass_fields__
    assert "random_seed" not in inspect.getsource(main.run_eval)


def test_core_upstream_still_swallows_exceptions():
    """multiple_evals goes on after any exception (fault 6)."""
    from sae_bench.evals.core import main

    assert "except Exception as e:" in inspect.getsource(main.multiple_evals)


def test_our_batches_are_the_data_loaders_batches():
    """TensorBatches cuts the same rows into the same sizes, shuffled or not (fault 7), and upstream uses a DataLoader."""
    from torch.utils.data import DataLoader, TensorDataset

    x, y = torch.arange(23), torch.arange(23) * 2
    data = TensorDataset(x, y)
    plain = list(upstream.TensorBatches(data, 5, shuffle=False))
    for ours, theirs in zip(plain, DataLoader(data, batch_size=5), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    shuffled = list(upstream.TensorBatches(data, 5, shuffle=True))
    assert len(shuffled) == len(upstream.TensorBatches(data, 5, shuffle=True)) == 5
    assert torch.equal(torch.cat([a for a, _ in shuffled]).sort().values, x)
    assert all(torch.equal(2 * a, b) for a, b in shuffled)
    assert "DataLoader(dataset" in inspect.getsource(upstream.absorption_probing.train_multi_probe)


def test_our_sae_upstream_encodes_as_we_do():
    """sae-bench's TopKSAE, filled with the submitted tensors, gives the codes of our own encoder."""
    from harness.evaluation.reconstruction import encode

    submission = some_sae()
    x = torch.randn(30, D_IN)
    codes = encode(submission, x)
    dense = torch.zeros(30, D_SAE).scatter_(1, codes.indices, codes.values)
    assert torch.allclose(upstream.as_upstream_sae(submission).encode(x), dense, atol=1e-5)
