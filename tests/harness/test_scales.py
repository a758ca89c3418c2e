"""What is read at each scale."""

from __future__ import annotations

import argparse
import ast
import re
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path

import pytest

import experiment
from harness import prepare
from harness.activations import Request
from harness.errors import SettingsError
from harness.evaluation import __main__ as evaluation
from harness.read.text import DATA
from harness.scales import FULL, READS, SCALES, SIZES, TINY, add_data_flags, add_size_flags, data_flags, size_flags


def test_the_full_scale_is_the_published_one() -> None:
    """gemma-2-2b, layer 12, 16,384 latents, k 40, 5 million tokens in 2,441 steps of 2,048, learning rate 2e-4."""
    full = experiment.SCALES["full"]
    assert (full.model, full.layer, full.context) == ("google/gemma-2-2b", 12, 128)
    assert (full.d_sae, full.k, full.steps, full.batch_size, full.lr) == (16_384, 40, 2_441, 2_048, 2e-4)
    assert full.pool_tokens == 5_000_000
    assert 0 <= full.pool_tokens - full.training_tokens < full.batch_size
    assert full.lm_dtype == "bfloat16"


@pytest.mark.parametrize("scale", SCALES)
def test_experiment_and_harness_agree(scale: str) -> None:
    """A setting that both name has one value, and the evaluation's tokens are no setting of a run."""
    assert experiment.SCALES.keys() == SCALES.keys()
    settings = experiment.SCALES[scale]
    assert settings.scale == scale
    for name in (*READS, *SIZES):
        assert getattr(settings, name) == getattr(SCALES[scale], name), name
    assert "heldout_tokens" not in {field.name for field in fields(settings)}


def test_the_scales_between_are_those_of_saebench() -> None:
    """pythia-70m at a layer and in the precision of the installed SAEBench's list; pythia-160m at its layer 8; none gated."""
    found = find_spec("sae_bench")  # read, not imported, which takes seconds
    assert found is not None and found.origin is not None
    source = (Path(found.origin).parent / "custom_saes/run_all_evals_dictionary_learning_saes.py").read_text()
    their_models = ast.literal_eval(source.split("MODEL_CONFIGS = ")[1].split("\n}\n")[0] + "\n}")
    for name in ("laptop", "small"):
        scale = SCALES[name]
        theirs = their_models[scale.model.removeprefix("EleutherAI/")]
        assert scale.layer in theirs["layers"]
        assert scale.lm_dtype == theirs["dtype"] == "float32"
        assert scale.gpu_bytes == 0
    assert SCALES["laptop"].d_sae == 4_096  # 4,096 and 16,384 are the widths of their sweep
    assert (SCALES["small"].layer, SCALES["small"].d_sae, SCALES["small"].k) == (8, 16_384, 40)


@pytest.mark.parametrize("scale", SCALES)
def test_the_sizes_of_the_sae_are_flags_too(scale: str) -> None:
    """Each at any scale, without a file being edited; tokens become whole steps of the batch that is given, or of the scale's."""
    parser = argparse.ArgumentParser()
    add_size_flags(parser)
    own = experiment.SCALES[scale]
    assert size_flags(parser.parse_args([]), own) == {}
    words = ["--d_sae=64", "--k=3", "--steps=7", "--batch_size=100", "--lr=0.5"]
    given = size_flags(parser.parse_args(words), own)
    assert given == {"d_sae": 64, "k": 3, "steps": 7, "batch_size": 100, "lr": 0.5}
    assert replace(own, **given).training_tokens == 700
    assert size_flags(parser.parse_args(["--training_tokens=1050", "--batch_size=100"]), own)["steps"] == 10
    assert size_flags(parser.parse_args(["--training_tokens=1"]), own)["steps"] == 1
    assert size_flags(parser.parse_args([f"--training_tokens={20 * own.batch_size}"]), own)["steps"] == 20
    with pytest.raises(SystemExit):
        parser.parse_args(["--steps=3", "--training_tokens=9"])
    with pytest.raises(SettingsError, match="must be at least 1"):
        size_flags(parser.parse_args(["--training_tokens=9", "--batch_size=0"]), own)


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
    words = [
        "--model=m",
        "--layer=0",
        "--context=64",
        "--dataset=d",
        "--lm_dtype=float32",
        "--pool_tokens=10",
        "--buffer_tokens=9",
    ]
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
    named = set(
        re.findall(r"`(--\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|")))
    )
    assert named == {f"--{name}" for name in (*READS, *SIZES)} | {"--training_tokens", "--heldout_tokens", "--device"}
    assert named - {"--heldout_tokens"} <= trains
    assert "--heldout_tokens" not in trains
    assert named | {"--evals", "--data_dir"} <= prepares
    assert named - {"--device"} | {"--evals", "--data_dir", "--check"} <= evaluates
