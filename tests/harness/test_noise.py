"""The noise of metrics, and the differences they can show."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.results.verdicts import student
from harness.build import noise
from harness.build.noise import Noise, NoiseError, collect, detectable, insert, power, verdict_half_width

pytestmark = pytest.mark.slow

MARKERS = "".join(f"# {name}\n<!-- {name}: begin -->\nold\n<!-- {name}: end -->\n" for name in ("noise", "power"))


def test_the_half_width_is_that_of_verdicts() -> None:
    """t(n−1)·√(1 + 1/n) with the t that tables print."""
    for n, t in ((2, 12.706), (3, 4.303), (5, 2.776), (10, 2.262)):
        assert verdict_half_width(n) == pytest.approx(t * math.sqrt(1 + 1 / n), rel=5e-4)


def test_the_half_width_is_read_off_the_other_half_of_the_tool() -> None:
    """The agent's own source has the same formula; the two halves share no code."""
    source = (noise.REPOSITORY / "agent" / "results" / "verdicts" / "verdict.py").read_text()
    assert "two_sided(confidence, n - 1) * spread * math.sqrt(1 / first + 1 / second)" in source
    assert "noise_between(spread, n, 1, max(n, 1), confidence)" in source  # one more seed beside the n of the baseline


@pytest.mark.parametrize("degrees", [1, 1.3, 2, 2.71, 4.5, 10, 57.3, 1e4])
def test_the_agents_t_is_scipys(degrees: float) -> None:
    """Its environment has no scipy: points to 1e-8 at every level, fractional degrees of freedom included."""
    from scipy import stats

    for probability in (0.001, 0.3, 0.5001, 0.9, 0.975, 0.99875, 0.99999):
        wanted = float(stats.t.ppf(probability, degrees))
        assert student.quantile(probability, degrees) == pytest.approx(wanted, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize(("first", "second"), [(1, 2), (1, 3), (1, 10), (3, 3), (3, 5), (10, 10)])
def test_the_agents_power_is_scipys(first: int, second: int) -> None:
    """Its noncentral t is summed by hand: to 1e-6 the same chance to find a difference, and the same smallest one."""
    for difference in (0.0, 0.5, 2.0, 7.0):
        assert student.power(difference, first, second) == pytest.approx(power(difference, first, second), abs=1e-6)
    assert student.detectable(first, second) == pytest.approx(detectable(first, second), rel=1e-5)


@pytest.mark.parametrize(("n_run", "n_baseline"), [(1, 3), (3, 3), (5, 5)])
def test_the_detectable_difference_is_found_four_times_in_five(n_run: int, n_baseline: int) -> None:
    """Drawn at random, a difference of that size trips the verdict, or the t-test, in 80% of 40,000 studies."""
    from scipy import stats

    draw = np.random.default_rng(0)
    difference = detectable(n_run, n_baseline)
    runs = draw.normal(difference, 1, (40_000, n_run))
    seeds = draw.normal(0, 1, (40_000, n_baseline))
    if n_run == 1:
        found = abs(runs[:, 0] - seeds.mean(1)) > verdict_half_width(n_baseline) * seeds.std(1, ddof=1)
    else:
        found = stats.ttest_ind(runs, seeds, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(noise.POWER, abs=0.01)


def test_no_difference_is_found_one_time_in_twenty() -> None:
    """Without a difference the power is the rate of false alarms."""
    for sides in ((1, 3), (1, 5), (5, 5)):
        assert power(0.0, *sides) == pytest.approx(0.05, abs=1e-6)


def test_more_seeds_show_smaller_differences() -> None:
    """From one run against three seeds down to ten a side; one baseline seed shows nothing."""
    shown = [detectable(*sides) for sides in ((1, 3), (3, 3), (5, 5), (10, 10))]
    assert shown == sorted(shown, reverse=True)
    with pytest.raises(ValueError, match="at least 2"):
        power(1.0, 1, 1)


def scores(value: float, spread: float | None = None, n: int = 1, **others: float) -> dict[str, Any]:
    metrics = {"explained_variance": {"mean": value, "spread": spread, "n": n}}
    return {"metrics": metrics | {name: {"mean": each, "spread": None, "n": 1} for name, each in others.items()}}


def test_variance_is_split_into_training_and_the_evals_own() -> None:
    """sd² over seeds = training² + own² / repeats, by hand."""
    found = collect([scores(value, 0.3, 3) for value in (1.0, 1.4, 1.8)])["explained_variance"]
    assert found.sd == pytest.approx(0.4)
    assert found.own == pytest.approx(0.3)
    assert found.own_part == pytest.approx(0.09 / 3 / 0.16)
    assert found.training is not None and found.own is not None
    assert found.training**2 + found.own**2 / 3 == pytest.approx(found.sd**2)


def test_an_eval_without_randomness_has_no_part_and_never_more_than_all() -> None:
    """Without repeats all noise is training's; where the eval's own exceeds what is seen, training's is 0 and not imaginary."""
    assert Noise((1.0, 2.0), None, 1).own_part is None
    assert Noise((1.0, 2.0), None, 1).training == Noise((1.0, 2.0), None, 1).sd
    assert Noise((1.0, 1.01), 5.0, 3).training == 0.0


def test_a_metric_that_a_seed_lacks_is_left_out() -> None:
    """Only what every seed was scored on has a spread over seeds."""
    assert list(collect([scores(1.0, extra=2.0), scores(1.1)])) == ["explained_variance"]


def test_tables_keep_the_templates_order() -> None:
    """What the template names comes in its order, anything else after it."""
    found = dict.fromkeys(("l0", "new", "mse"), Noise((1.0, 2.0), None, 1))
    assert list(noise.in_order(found, ["mse", "absent", "l0"])) == ["mse", "l0", "new"]


def test_tables_go_between_markers_and_nowhere_else() -> None:
    """The text around stays; a page without the markers, or with them twice, is refused by name."""
    page = insert(MARKERS, "noise", "| new |")
    assert "| new |" in page and page.count("old") == 1 and page.startswith("# noise")
    with pytest.raises(NoiseError, match="<!-- power: begin -->"):
        insert("nothing", "power", "")
    with pytest.raises(NoiseError):
        insert(MARKERS * 2, "noise", "")


def test_the_command_writes_both_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seeds already scored are used, the others are run; the page holds means in the template's digits."""
    ran: list[str] = []

    def run(command: list[str]) -> None:
        ran.append(command[0])
        if command[0] == "-m":
            out = Path(next(each for each in command if each.startswith("--out=")).removeprefix("--out="))
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps(scores(0.87)))

    monkeypatch.setattr(noise, "_call", run)
    (tmp_path / "runs" / "seed_0").mkdir(parents=True)
    (tmp_path / "runs" / "seed_0" / "scores.json").write_text(json.dumps(scores(0.86)))
    page = tmp_path / "metrics.md"
    page.write_text(MARKERS)
    assert noise.main(["--seeds=2", f"--out={page}", f"--runs={tmp_path / 'runs'}"]) == 0
    assert ran == ["experiment.py", "-m"]
    assert "| `explained_variance` | 0.8650 | 0.0071 | 0.8600 … 0.8700 | – |" in page.read_text()
    assert f"{verdict_half_width(3) * 0.0070711:.4f}" in page.read_text()
    assert "2 seeds, 1 metrics" in capsys.readouterr().out


def test_a_run_that_fails_is_named_and_the_page_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with 1 and the last words of the process."""
    page = tmp_path / "metrics.md"
    page.write_text(MARKERS)
    failing = tmp_path / "experiment.py"
    failing.write_text("raise SystemExit('no such thing')")
    monkeypatch.setattr(noise, "REPOSITORY", tmp_path)
    assert noise.main(["--seeds=2", f"--out={page}"]) == 1
    assert "no such thing" in capsys.readouterr().err
    assert page.read_text() == MARKERS


def test_the_shipped_page_has_its_markers() -> None:
    """docs/metrics.md has the place for both tables."""
    text = noise.PAGE.read_text()
    for name in ("noise", "power"):
        assert insert(text, name, "x") != text
