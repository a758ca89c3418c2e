"""The two scales of the synthetic template: sizes as flags, the estimate, and who holds which number."""

from __future__ import annotations

import argparse
from typing import Any

import pytest
from judge import controls, estimate
from judge.__main__ import check
from judge.data import INPUTS, L0
from judge.sizes import BENCHMARK, PUBLISHED_WORLD, SCALES, SMALL, add_sizes, chosen
from judge.world import D_IN

EXPERIMENT: Any = controls.load_experiment(controls.TEMPLATE)


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    add_sizes(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize("scale", SCALES)
def test_experiment_and_judge_hold_the_same_sizes(scale: str) -> None:
    """What the experiment trains with at a scale is what the judge takes for the scale's own."""
    settings, sizes = EXPERIMENT.sized(parsed(f"--scale={scale}")), SCALES[scale]
    trained = sizes.samples // settings.batch_size * settings.batch_size
    assert (settings.d_sae, settings.k, settings.training_inputs) == (sizes.d_sae, sizes.k, trained)
    assert settings.scale == scale


def test_the_small_scale_is_the_template_as_it_was() -> None:
    """Every setting is the class's default, and the limit on L0 the one that its sessions were held to."""
    assert EXPERIMENT.sized(parsed()) == EXPERIMENT.Settings()
    assert (SCALES[SMALL].d_in, SCALES[SMALL].k, SCALES[SMALL].most_l0, SCALES[SMALL].heldout) == (
        D_IN,
        L0,
        5.5,
        20_000,
    )
    assert INPUTS == 100_000


def test_sizes_are_flags_of_every_command() -> None:
    """Samples become whole batches; what is not given stays the scale's own."""
    given = parsed(f"--scale={BENCHMARK}", "--samples=10_500", "--k=20", "--d_sae=512", "--lr=1e-3")
    settings, sizes = EXPERIMENT.sized(given), chosen(given)
    assert (settings.steps, settings.k, settings.d_sae, settings.lr) == (10, 20, 512, 1e-3)
    assert (sizes.k, sizes.most_l0, sizes.heldout) == (20, 22.0, SCALES[BENCHMARK].heldout)


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--k=40", "--d_sae=20"], "more than --d_sae=20"), (["--world=elsewhere"], "--scale=synthsaebench_16k")],
)
def test_sizes_that_do_not_fit_are_refused_by_name(words: list[str], told: str) -> None:
    """The error names the flag, and what to give."""
    with pytest.raises(ValueError, match=told):
        chosen(parsed(*words))


@pytest.mark.parametrize("flag", ["--k=0", "--samples=-5", "--d_sae=many"])
def test_a_size_is_a_number_above_zero(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused where the command line is read, by the flag's name."""
    with pytest.raises(SystemExit):
        parsed(flag)
    assert flag.split("=")[0] in capsys.readouterr().err


def test_the_estimate_grows_with_what_it_is_of() -> None:
    """Twice the samples take twice the time, more latents more memory, and a GPU less time than a core."""
    small = chosen(parsed(f"--scale={BENCHMARK}", "--samples=1_000_000"))
    big = chosen(parsed(f"--scale={BENCHMARK}", "--samples=2_000_000", "--d_sae=8192"))
    _, train, score = estimate.estimate(small, estimate.CORE)
    _, longer, wider = estimate.estimate(big, estimate.CORE)
    assert longer.seconds == pytest.approx(2 * train.seconds, rel=0.1) and longer.memory > train.memory
    assert wider.memory > score.memory and estimate.estimate(small, estimate.GPU)[1].seconds < train.seconds / 10


def test_the_check_says_what_a_scale_asks_before_anything_is_made(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each phase with time, disk and memory; a world of one's own lacks nothing."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    assert check(SCALES[BENCHMARK]) == 0 == check(SCALES[SMALL])
    told = capsys.readouterr().out
    for phase in ("prepare", "train", "score"):
        assert any(phase in line and "disk" in line and "memory" in line for line in told.splitlines())
    assert not list(tmp_path.iterdir())


def test_the_published_world_is_missing_until_it_was_fetched(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A session is told before its first run which command fetches it, and ends there."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    assert check(chosen(parsed(f"--scale={BENCHMARK}", f"--world={PUBLISHED_WORLD}"))) == 3
    said = capsys.readouterr().err
    assert f"judge.prepare --scale={BENCHMARK} --world={PUBLISHED_WORLD}" in said
