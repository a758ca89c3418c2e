"""What is read at each scale."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields, replace

import pytest

import experiment
from harness import prepare
from harness.activations import Request
from harness.evaluation import __main__ as evaluation
from harness.read.text import DATA
from harness.scales import FULL, SCALES, TINY, add_data_flags, data_flags


def test_the_full_scale_is_the_published_one() -> None:
    """gemma-2-2b, layer 12, 16,384 latents, k 40, 5 million tokens in 2,441 steps of 2,048, learning rate 2e-4."""
    full = experiment.SCALES["full"]
    assert (full.model, full.layer, full.context) == ("google/gemma-2-2b", 12, 128)
    assert (full.d_sae, full.k, full.steps, full.batch_size, full.lr) == (16_384, 40, 2_441, 2_048, 2e-4)
    assert full.pool_tokens == 5_000_000
    assert 0 <= full.pool_tokens - full.training_tokens < full.batch_size
    assert full.lm_dtype == "bfloat16"


@pytest.mark.parametrize("scale", SCALES)
def test_experiment_and_harness_agree_on_what_is_read(scale: str) -> None:
    """A setting that both name has one value, and the evaluation's tokens are no setting of a run."""
    settings = experiment.SCALES[scale]
    assert settings.scale == scale
    assert {name: getattr(settings, name) for name in SCALES[scale].data()} == SCALES[scale].data()
    assert "heldout_tokens" not in {field.name for field in fields(settings)}


def test_a_request_without_words_is_the_tiny_scale() -> None:
    """The defaults of a Request are TINY's, so that what prepare reads is what an experiment looks for."""
    request = Request()
    assert (request.model, request.layer, request.context) == (TINY.model, TINY.layer, TINY.context)
    assert (request.tokens, request.dataset, request.dtype) == (TINY.pool_tokens, TINY.dataset, TINY.lm_dtype)


def test_flags_replace_values_of_the_scale() -> None:
    """Each value has a flag of its name; what is not given stays as the scale has it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=3)
    add_data_flags(parser)
    assert data_flags(parser.parse_args([])) == {}
    words = ["--model=m", "--layer=0", "--context=64", "--dataset=d", "--lm_dtype=float32", "--pool_tokens=10"]
    given = data_flags(parser.parse_args(words))
    assert given.keys() == FULL.data().keys()
    changed = replace(experiment.SCALES["full"], **given)
    assert (changed.model, changed.layer, changed.pool_tokens, changed.d_sae) == ("m", 0, 10, 16_384)


@pytest.mark.parametrize(
    ("words", "known", "dtype"),
    [
        (["--scale=full"], True, None),
        (["--scale=full"], False, "float32"),
        (["--scale=full", "--lm_dtype=bfloat16"], False, "bfloat16"),
        (["--scale=tiny"], False, None),
    ],
)
def test_the_language_model_computes_in_what_the_processor_knows(
    words: list[str], known: bool, dtype: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scale's bfloat16 is float32 without the instruction, for prepare, experiment and --check alike; a typed one stays."""
    monkeypatch.setattr("harness.device.has_bfloat16", lambda device: known)
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale")
    add_data_flags(parser)
    assert data_flags(parser.parse_args(words)).get("lm_dtype") == dtype


def test_the_flags_that_the_docs_name_are_those_of_each_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/scales.md: the same flags in all three; held-out tokens for two of them; whose data are fetched."""
    monkeypatch.setattr("sys.argv", ["experiment.py", "--help"])
    shown = []
    for command in (experiment.main, lambda: prepare.main(["--help"]), lambda: evaluation.main(["--help"])):
        with pytest.raises(SystemExit):
            command()
        shown.append(set(re.findall(r"--\w+", capsys.readouterr().out)))
    trains, prepares, evaluates = shown
    table = (DATA.parents[1] / "docs" / "scales.md").read_text().split("| flag |")[1].split("\n\n")[0]
    named = set(re.findall(r"^\| `(--\w+)`", table, re.MULTILINE))
    assert named == {f"--{name}" for name in TINY.data()} | {"--heldout_tokens", "--device"}
    assert named - {"--heldout_tokens"} <= trains
    assert "--heldout_tokens" not in trains
    assert named | {"--evals", "--data_dir"} <= prepares
    assert named - {"--device"} | {"--evals", "--data_dir", "--check"} <= evaluates
