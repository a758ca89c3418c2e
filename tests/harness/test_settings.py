"""Settings that cannot work are refused before anything is read or trained."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from experiment import SCALES, Settings
from harness.errors import SettingsError
from harness.settings import check_settings, fit_precision


@pytest.mark.parametrize("scale", SCALES)
def test_the_settings_of_every_scale_are_accepted_in_silence(scale: str, caplog: pytest.LogCaptureFixture) -> None:
    """The defaults pass, and AuxK can act: latents count as dead well before the run ends (a peer's default is longer)."""
    with caplog.at_level(logging.WARNING):
        check_settings(SCALES[scale])
    assert not caplog.records
    assert SCALES[scale].dead_after_tokens < SCALES[scale].training_tokens / 4


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"k": 2000}, "k is 2000, but the SAE has only d_sae = 1024 latents: lower k or raise d_sae"),
        ({"k": 0}, "k is 0: it must be at least 1"),
        ({"k": 16.0}, "k is 16.0: it must be a whole number"),
        ({"k": True}, "k is True"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"steps": 0}, "steps is 0"),
        ({"steps": -3}, "steps is -3"),
        ({"layer": -1}, "layer is -1"),
        ({"context": 1}, "context is 1"),
        ({"pool_tokens": 0}, "pool_tokens is 0"),
        ({"d_sae": 0}, "d_sae is 0"),
        ({"lr": 0.0}, "lr is 0.0"),
        ({"lr": float("nan")}, "lr is nan"),
        ({"aux_weight": -1.0}, "aux_weight is -1.0"),
        ({"warmup": 1.5}, "warmup is 1.5: it is a part of the run"),
        ({"decay": -0.1}, "decay is -0.1"),
    ],
)
def test_a_setting_that_cannot_work_is_named_with_its_value(changed: dict[str, Any], message: str) -> None:
    """One wrong setting at a time: the error names it, what it is and what it should be."""
    with pytest.raises(SettingsError, match=message):
        check_settings(replace(Settings(), **changed))


def test_auxk_that_could_never_act_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Where the dead-latent threshold is beyond the run, a warning; not where there is no AuxK, nor for ReLU."""
    late = replace(Settings(), dead_after_tokens=10_000_000)
    with caplog.at_level(logging.WARNING):
        check_settings(replace(late, aux_weight=0.0))
        check_settings(replace(late, sae="relu"))
        assert not caplog.records
        check_settings(late)
    assert "no latent can count as dead" in caplog.text


def test_the_command_checks_before_it_reads_activations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`python experiment.py` with k > d_sae stops at the check: nothing is read, nothing is written."""
    import sys

    import experiment

    def read(**request: Any) -> None:
        raise AssertionError("activations were read")

    monkeypatch.setattr(experiment, "load_activations", read)
    monkeypatch.setattr(experiment, "SCALES", {"tiny": replace(Settings(), k=2000)})
    monkeypatch.setattr(sys, "argv", ["experiment.py", f"--out_dir={tmp_path / 'run'}"])
    with pytest.raises(SettingsError, match="k is 2000"):
        experiment.main()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("known", [True, False])
def test_bfloat16_only_where_the_processor_has_it(
    known: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the instruction the recorded precision is the one that is computed in, which is said; with it nothing changes."""
    monkeypatch.setattr("harness.settings.has_bfloat16", lambda device: known)
    asked = replace(Settings(), precision="bfloat16")
    found = fit_precision(asked, torch.device("cpu"))
    assert found == (asked if known else replace(asked, precision="float32"))
    assert ("precision is float32" in caplog.text) == (not known)


def test_float32_is_never_changed(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Who asks for float32 gets it in silence, whatever the processor knows."""
    monkeypatch.setattr("harness.settings.has_bfloat16", lambda device: False)
    assert fit_precision(Settings(), torch.device("cpu")) == Settings()
    assert not caplog.records


def test_the_command_records_the_precision_that_it_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`python experiment.py` hands train() and final_info.json the same settings, after the processor was asked."""
    import sys

    import experiment

    used: list[Settings] = []

    class Done(Exception):
        pass

    def train(settings: Settings, pool: Any) -> None:
        used.append(settings)
        raise Done

    monkeypatch.setattr("harness.settings.has_bfloat16", lambda device: False)
    monkeypatch.setattr(experiment, "load_activations", lambda **request: None)
    monkeypatch.setattr("harness.pool.Pool.of", lambda *given: None)
    monkeypatch.setattr(experiment, "train", train)
    monkeypatch.setattr(experiment, "SCALES", {"tiny": replace(Settings(), precision="bfloat16")})
    monkeypatch.setattr(sys, "argv", ["experiment.py", f"--out_dir={tmp_path / 'run'}"])
    with pytest.raises(Done):
        experiment.main()
    assert [each.precision for each in used] == ["float32"]
