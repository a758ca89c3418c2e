"""What a scale asks of disk, memory and time is said beforehand, about as it turns out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import experiment
from harness.activations import load_activations, read_range
from harness.estimate import CORE, GPU, cache_gb, estimate, rates, reading, scoring, told, training
from harness.evaluation.__main__ import main
from harness.pool import Pool
from harness.read.lm import LOCAL_MODEL, load_lm
from harness.read.shape import KNOWN, shape_of
from harness.read.text import token_rows
from harness.scales import FULL, LAPTOP, SCALES, SMALL, TINY


@pytest.fixture
def one_thread() -> object:
    """Torch on one core: the processor's time is compared with an estimate for one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def cpu_seconds(work: Callable[[], object]) -> float:
    """The processor's seconds at their least, of three times: what else runs here shares its caches, and adds to them."""

    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(3))


@pytest.mark.usefixtures("one_thread")
def test_reading_takes_what_is_said_within_a_factor_of_two() -> None:
    """The shipped model reads 8,000 tokens: the processor's seconds beside those of the estimate for one core."""
    lm, shape = load_lm(), shape_of(LOCAL_MODEL)
    assert shape is not None
    rows = token_rows(lm.tokenizer, "train", 8000, TINY.context, 0)
    read_range(lm, TINY.layer, rows, 0, 500)  # what is imported and compiled the first time is not reading
    took = cpu_seconds(lambda: read_range(lm, TINY.layer, rows, 0, 8000))
    said = reading(replace(TINY, pool_tokens=8000, heldout_tokens=0), shape, rates(False, 1)).seconds
    assert said / 2 < took < 2 * said, (took, said)


@pytest.mark.usefixtures("one_thread")
def test_training_takes_what_is_said_within_a_factor_of_two() -> None:
    """60 steps at tiny scale on one core."""
    shape = shape_of(LOCAL_MODEL)
    assert shape is not None
    pool = Pool.of(load_activations(tokens=20_000), torch.device("cpu"))
    settings = experiment.Settings(steps=60)
    experiment.train(replace(settings, steps=5), pool)
    took = cpu_seconds(lambda: experiment.train(settings, pool))
    said = training(replace(TINY, steps=60), shape, rates(False, 1)).seconds
    assert said / 2 < took < 2 * said, (took, said)


def test_disk_is_what_the_cache_then_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The activations' bytes to a hundredth, and of the SAE its two matrices."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    small = replace(TINY, pool_tokens=3000, heldout_tokens=1000)
    for split, tokens in (("train", 3000), ("heldout", 1000)):
        load_activations(tokens=tokens, split=split)  # type: ignore[arg-type]
    held = sum(path.stat().st_size for path in tmp_path.rglob("data.f16"))
    shape = shape_of(LOCAL_MODEL)
    assert shape is not None
    assert reading(small, shape, CORE).disk == pytest.approx(held, rel=0.01)
    assert cache_gb(small, shape, ["core"])["activations"] == pytest.approx(held / 1e9, rel=0.01)


def test_a_model_s_sizes_are_its_own() -> None:
    """The shipped Gemma-2's parameters are counted to a hundredth; those of the hub's models as they are published."""
    shape = shape_of(LOCAL_MODEL)
    assert shape is not None
    counted = sum(weight.numel() for weight in load_lm().model.parameters())
    assert shape.parameters == pytest.approx(counted, rel=0.01)
    assert KNOWN[FULL.model].parameters == pytest.approx(2.61e9, rel=0.02)
    for scale, published in ((LAPTOP, 70.4e6), (SMALL, 162.3e6)):  # input and output embeddings apart
        known = KNOWN[scale.model]
        assert known.parameters + known.vocabulary * known.d_model == pytest.approx(published, rel=0.02)
        assert scale.layer < known.layers


@pytest.mark.parametrize("name", SCALES)
def test_every_scale_says_what_it_asks(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check prints disk, memory and time per phase before it says what is lacking, and fetches nothing."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    main(["--check", f"--scale={name}", "--device=cpu"])
    said = capsys.readouterr().out
    assert said.startswith(f"estimate for scale {name} on ")
    phases = ["fetch", "read", "train", *(f"score {each}" for each in SCALES[name].evals)]
    for phase in phases:
        assert re.search(rf"^  {phase} +[\d.]+ (s|min|h)  disk +\S+( .B)?  memory +\S+( .B)?$", said, re.MULTILINE), (
            phase
        )


def test_flags_change_the_estimate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Twice the width takes longer, a buffer little disk; a model of which nothing is known is said to be so."""
    shape, evals, speed = KNOWN[SMALL.model], SMALL.evals, rates(False, 2)
    plain = {each.name: each for each in estimate(SMALL, shape, evals, speed, 1)}
    wide = {each.name: each for each in estimate(replace(SMALL, d_sae=65_536), shape, evals, speed, 1)}
    assert wide["train"].seconds > 3 * plain["train"].seconds and wide["train"].memory > plain["train"].memory
    assert wide["read"] == plain["read"]
    mixed = replace(SMALL, pool_tokens=500_000_000, buffer_tokens=1_000_000)
    fly = {each.name: each for each in estimate(mixed, shape, evals, speed, 1)}
    assert fly["read"].disk < 1e9 and fly["fetch"].disk > 4 * 500e6
    on_the_disk = estimate(replace(mixed, buffer_tokens=0), shape, evals, speed, 1)[1]
    assert on_the_disk.disk == pytest.approx(768e9, rel=0.01)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    main(["--check", "--scale=laptop", "--model=some/other", "--device=cpu"])
    assert "estimate: nothing is known of some/other before it is here" in capsys.readouterr().out


def test_a_cache_that_is_too_small_is_named() -> None:
    """LABLOOP_CACHE_GB that activations need, and with which an eval's are read once: 20 % of it at most is an eval's."""
    shape = KNOWN[FULL.model]
    assert cache_gb(FULL, shape, ["scr"])["scr"] == pytest.approx(354, rel=0.01)
    said = told(replace(FULL, pool_tokens=20_000_000), "full", ["core", "scr", "ravel"], 1, True, 50)
    assert any(
        re.search(r"activations: are kept where LABLOOP_CACHE_GB is at least 93 \(it is 50\)", line) for line in said
    )
    assert any(re.search(r"scr: are read once .* is at least 354 \(it is 50\)", line) for line in said)
    assert any("not reckoned: ravel" in line for line in said)
    assert not any("LABLOOP_CACHE_GB" in line for line in told(FULL, "full", ["core"], 1, True, 50))


def test_a_gpu_is_reckoned_as_one() -> None:
    """Its rates stand in place of the cores', and the last phases are hours no more."""
    assert rates(True, 64) is GPU
    shape = KNOWN[FULL.model]
    on_gpu = sum(each.seconds for each in estimate(FULL, shape, ["core", "absorption"], GPU, 1))
    assert on_gpu < 2 * 3600 < sum(each.seconds for each in estimate(FULL, shape, ["core"], rates(False, 2), 1))


@pytest.mark.slow  # imports sae-bench
def test_what_an_eval_keeps_is_what_sae_bench_keeps() -> None:
    """The tokens of the estimate are those of its own configurations."""
    from types import SimpleNamespace
    from typing import Any

    from harness.estimate import READ_BY
    from harness.evaluation.evals import choose
    from harness.evaluation.scoring.whole_runs import activation_bytes

    cfg = SimpleNamespace(model_name="m", d_model=1, dtype=SimpleNamespace(itemsize=1))
    model: Any = SimpleNamespace(cfg=cfg)
    subject: Any = SimpleNamespace(model=lambda: model, settings={}, submission=SimpleNamespace(lm_dtype="float32"))
    for each in choose("sparse_probing,scr,tpp"):
        run = each.whole_run(subject)  # type: ignore[attr-defined]
        assert READ_BY[each.name] == pytest.approx(activation_bytes(run, model), rel=0.02)


def test_pairs_and_sweeps_are_reckoned() -> None:
    """A transcoder's rows are twice as wide on the disk; a sweep trains, and core scores, as often as it has points."""
    shape = shape_of(LOCAL_MODEL)
    assert shape is not None
    speed, pairs, swept = rates(False, 1), replace(TINY, site="mlp"), replace(TINY, l0_sweep=(8, 16, 32))
    assert reading(pairs, shape, speed).disk == 2 * reading(TINY, shape, speed).disk
    assert training(swept, shape, speed).seconds == pytest.approx(3 * training(TINY, shape, speed).seconds)
    once, thrice = (scoring("core", scale, shape, speed, 1) for scale in (TINY, swept))
    assert once is not None and thrice is not None and thrice.seconds == pytest.approx(3 * once.seconds)
