"""What a tracker is told of a run: SAELens' names."""

from __future__ import annotations

import functools
import importlib.util
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import experiment
from harness.pool import Pool
from harness.saved import save_run
from harness.show import record as module
from harness.show.record import record_of
from harness.show.runs import load_runs
from tests.harness.show.sessions import OF_LANGUAGE_MODEL, session

REPOSITORY = Path(__file__).resolve().parents[3]


def test_the_curve_goes_under_the_names_of_saelens_trainer(tmp_path: Path) -> None:
    """Each quantity that SAELens logs too has its name there; the other terms of the loss are losses/NAME."""
    record = record_of(load_runs(session(tmp_path))[1], "a_session")
    assert record.name == "run_1: Static penalty"
    assert record.group == "a_session"
    assert record.config == {**OF_LANGUAGE_MODEL, "batch_size": 100, "k": 16, "title": "Static penalty"}
    assert [step for step, _ in record.history] == [0, 10]
    assert record.history[1][1] == {
        "losses/overall_loss": 0.5,
        "losses/mse_loss": 32.0,
        "losses/auxiliary_reconstruction_loss": 0.125,
        "losses/reconstruction": 0.25,
        "losses/orthogonality": 0.125,
        "metrics/explained_variance": 0.75,
        "metrics/l0": 15.5,
        "sparsity/dead_features": 3.0,
        "details/current_learning_rate": 0.01,
        "details/n_training_samples": 1100,
    }
    assert record.scores == {"reconstruction_quality/explained_variance": 0.875, "scores/probing_top_5": 0.75}


def of_the_sae_template(folder: Path) -> None:
    """A run of the SAE template: its own loop and its own files, on random inputs."""
    settings = experiment.Settings(d_sae=32, k=4, steps=3, batch_size=64)
    rows = torch.randn(200, 12)
    data = Pool(rows.numpy(), rows.mean(0), 1.0, torch.device("cpu"))
    sae, training, curve = experiment.train(settings, data)
    config = {**asdict(settings), "training_tokens": settings.training_tokens}
    save_run(folder, sae.saved(), config, training, curve)


def of_the_synthetic_template(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of the synthetic template, by its own command on random inputs."""
    template = REPOSITORY / "templates" / "synthetic"
    monkeypatch.syspath_prepend(template)
    spec = importlib.util.spec_from_file_location("synthetic_experiment", template / "experiment.py")
    assert spec is not None and spec.loader is not None
    theirs = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, theirs)  # dataclasses look there
    spec.loader.exec_module(theirs)
    rows = torch.randn(200, 64)
    inputs = SimpleNamespace(mean=rows.mean(0), draw=lambda count: rows[torch.randint(200, (count,))])
    monkeypatch.setattr(theirs, "training_inputs", lambda seed, scale, world: inputs)
    monkeypatch.setattr(theirs, "Settings", functools.partial(theirs.Settings, steps=3))
    monkeypatch.setattr(sys, "argv", ["experiment.py", f"--out_dir={folder}"])
    threads = torch.get_num_threads()
    theirs.main()
    torch.set_num_threads(threads)


def test_explained_variance_is_sent_where_the_term_is_the_unexplained_fraction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the SAE template it is 1 − reconstruction; the synthetic template's term is a squared error, and is sent as it is."""
    of_the_sae_template(tmp_path / "run_0")
    of_the_synthetic_template(tmp_path / "run_1", monkeypatch)
    ours, theirs = load_runs(tmp_path)
    sent = [values for _, values in record_of(ours, "s").history]
    assert [values["metrics/explained_variance"] for values in sent] == [
        1 - term for term in ours.curve("reconstruction")
    ]
    sent = [values for _, values in record_of(theirs, "s").history]
    assert [values["losses/reconstruction"] for values in sent] == theirs.curve("reconstruction")
    assert max(theirs.curve("reconstruction")) > 1
    assert not any("metrics/explained_variance" in values for values in sent)


def test_the_names_are_those_that_saelens_writes() -> None:
    """Every name that is said to be SAELens' occurs in its trainer, its losses or its evals: fails when they rename."""
    spec = find_spec("sae_lens")  # importing it takes 7 s
    assert spec is not None
    (found,) = spec.submodule_search_locations or []
    folder = Path(found)
    trainer = (folder / "training" / "sae_trainer.py").read_text()
    losses = "".join(path.read_text() for path in (folder / "saes").glob("*.py"))
    evals = (folder / "evals.py").read_text()
    for name in [*module.CURVE.values(), "metrics/explained_variance", "details/n_training_samples"]:
        assert f'"{name}"' in trainer or f'"{name.removeprefix("losses/")}"' in losses, name
    for name in module.SCORES.values():
        group, metric = name.split("/")
        assert f'"{group}"' in evals, name
        assert f'"{metric}"' in evals, name
