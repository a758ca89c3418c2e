"""Numbers and verdicts in words. Everything a text says about how runs compare is phrased here, from measurements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.results.controls import ControlResult
from agent.results.english import listed
from agent.results.results import Results, RunResult
from agent.results.values import Value, decimal, percent_digits, target_text, with_digits
from agent.results.verdicts.matched import left_words, there_words
from agent.results.verdicts.verdict import ONE_LOOK, Verdict, Word, digits_for
from agent.results.words.compute import BASELINES, far_text
from agent.results.words.rational import rational_text
from agent.session.template.contract import Metric

WORDS = 12
"""Version of the words and digits in which the tool writes results; raised when they change, so that the audit does not
hold texts of an older version to them."""
MISSING = "not measured"
SAME = "all seeds gave the same"
"""Why a noise is not known although several seeds were measured."""
EXACT = "exact"
"""In place of a noise, where the template is deterministic."""
REPORTED_MARK = "reported, not measured here"


def run_label(run: RunResult) -> str:
    """`run 3`, or `the baseline`."""
    return "the baseline" if run.index == 0 else f"run {run.index}"


def metric_label(name: str) -> str:
    """A metric's name as prose writes it."""
    return name.replace("_", " ")


def direction_text(metric: Metric) -> str:
    """`higher is better, good at 0.9 or above`, or that nobody said which way is."""
    return f"{metric.direction} is better{target_text(metric)}" if metric.direction else "direction unknown"


def bare_number(value: float, metric: Metric, signed: bool = False) -> str:
    """`value` with the metric's digits, never a negative zero; of the units only % is shown."""
    return decimal(value, metric.digits, signed) + ("%" if metric.unit == "%" else "")


def number(value: float, metric: Metric, signed: bool = False) -> str:
    """`bare_number` with the metric's unit."""
    return bare_number(value, metric, signed) + ("" if metric.unit in ("", "%") else f" {metric.unit}")


def size_text(difference: float, metric: Metric) -> str:
    """A difference above 0; one that all digits of the metric are too few for is `less than` the last of them."""
    if float(f"{difference:.{metric.digits}f}"):
        return number(difference, metric)
    return f"less than {number(10.0**-metric.digits, metric)}"


def reported_number(value: float, metric: Metric | None) -> str:
    """A published value as it was published: its own digits, with the metric's unit where the template knows it."""
    unit = metric.unit if metric else ""
    return f"{value:.10g}" + (unit if unit == "%" else f" {unit}" if unit else "")


def value_text(run: RunResult, value: Value, metric: Metric) -> str:
    """The mean; with ± the standard deviation where the tool launched it on several seeds."""
    several = run.is_baseline or len(run.seeds) > 1
    if several and value.spread is not None and value.n >= 2:
        shown = with_digits(metric, _digits_of_a_spread(value.spread, metric))
        return f"{bare_number(value.mean, metric)} ± {number(value.spread, shown)}"
    return number(value.mean, metric)


def _digits_of_a_spread(spread: float, metric: Metric) -> int:
    """The metric's decimals; one more, or two, where the spread would else be shown as the nothing that it is not."""
    digits = range(metric.digits, metric.digits + 3)
    return next((each for each in digits if float(f"{spread:.{each}f}")), metric.digits)


def setting_text(value: Any) -> str:
    """A setting or a count as it was recorded: `yes`, `1/3`; large whole numbers with thousands separators."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return setting_text(int(value)) if abs(value) >= 10 else f"{value:.1f}"
        return rational_text(value) or f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(setting_text(item) for item in value)
    return str(value)


def percent_text(results: Results, run: RunResult, metric: str) -> str:
    """Change relative to the baseline, signed, in percent: `+7.3%`, `+0.04%`, `-120%`."""
    mine, base = run.values.get(metric), results.baseline.values.get(metric)
    if mine is None or base is None:
        return MISSING
    if base.mean == 0:
        return "undefined (the baseline is zero)"
    change = 100 * (mine.mean - base.mean) / abs(base.mean)
    return decimal(change, percent_digits(change), signed=True) + "%"


def verdict_text(results: Results, run: RunResult, metric: str) -> str:
    """The verdict in words that fit after `is`: `better than the baseline, beyond noise`; behind it a control that does as well."""
    return verdict_alone(results, run, metric) + at_text(results, run) + here_text(results, metric)


def at_text(results: Results, run: RunResult, other: RunResult | None = None) -> str:
    """`, at 1.9 times the baseline's compute`, where it is far from that (or from `other`'s), and `, at l0 26.1 against the baseline's
    16.0` where it is not matched; else empty."""
    whose = BASELINES if other is None or other.is_baseline else f"the compute of {run_label(other)}"
    unmatched = left_text(results, run, other)
    return far_text(results.ratio(run, other), whose) + (f", {unmatched}" if unmatched else "")


def left_text(results: Results, run: RunResult, other: RunResult | None = None) -> str:
    """`at l0 26.1 against the baseline's 16.0` where comparisons are made elsewhere; empty where the two are matched."""
    whose = "the baseline's" if other is None or other.is_baseline else f"run {other.index}'s"
    return left_words(results.left(run, other), whose)


def matched_text(results: Results, run: RunResult) -> str:
    """The same as a reference says it of any run: `at the baseline's l0` where it is matched."""
    return left_text(results, run) or there_words(results.metrics)


def whose_label(results: Results, run: RunResult) -> str:
    """`run 3`; `run 3 (prior art, by the plan)` where it is others' method."""
    return run_label(run) + (" (prior art, by the plan)" if run.name in results.prior_art else "")


def at_ones(results: Results, runs: Sequence[RunResult]) -> str:
    """` (run 2 at 1.9 times the baseline's compute)`: those of the runs that `at_text` speaks of; empty where there is none."""
    found = [run_label(run) + text.removeprefix(",") for run in runs if (text := at_text(results, run))]
    return f" ({'; '.join(found)})" if found else ""


def here_text(results: Results, metric: str) -> str:
    """` (an untrained model scores 0.284 here)`, where the baseline is not better than that beyond noise; else empty."""
    told = control_text(results, metric)
    return f" ({told})" if told else ""


def control_text(results: Results, metric: str) -> str:
    """`an untrained model scores 0.284 here`: the best control that the baseline does not beat; empty where it beats all."""
    rival = results.unbeaten(metric)
    if rival is None:
        return ""
    return f"{rival.title} scores {number(rival.values[metric].mean, results.metrics[metric])} here"


def control_value_text(control: ControlResult, name: str, metric: Metric) -> str:
    """A control's value; `–` where it does not have this metric."""
    value = control.values.get(name)
    return "–" if value is None else number(value.mean, metric)


def control_verdict_text(results: Results, control: ControlResult, metric: str) -> str:
    """How a control stands to the baseline, in words that fit after `is`."""
    verdict = results.control_verdict(control, metric)
    return (_EXACTLY if verdict.exact else _VERDICTS)[verdict.word]


def verdict_alone(results: Results, run: RunResult, metric: str) -> str:
    """The verdict in words, without what is said with every verdict of the run or on the metric."""
    if run.index == 0:
        return "the baseline itself"
    if run.differences:
        return f"not comparable with the baseline ({'; '.join(run.differences)})"
    verdict = results.verdict(run, metric)
    if verdict.word == "noise unknown" and results.all_same(metric):
        return f"{_VERDICTS[verdict.word]} ({SAME})"
    if verdict.word == "equal":
        return f"equal to the baseline{digits_shown(verdict)}"
    return (_EXACTLY if verdict.exact else _VERDICTS)[verdict.word] + (ONE_LOOK if verdict.one_look else "")


def delta_text(verdict: Verdict, metric: Metric) -> str:
    """The signed difference, with as many digits as tell it from its noise; what was not measured is said."""
    if verdict.delta is None:
        return MISSING
    return number(verdict.delta, with_digits(metric, digits_for(verdict, metric)), signed=True)


def noise_text(results: Results, metric: str, run: RunResult | None = None) -> str:
    """The half-width of the baseline's noise, `exact`, or that it is unknown, and why where all seeds gave the same.

    With the digits that tell it from the difference of `run`, or of every run where none is given.
    """
    kind, noise = results.metrics[metric], results.noise(metric)
    if results.is_exact(metric):
        return EXACT
    if run is not None and not run.is_baseline:
        noise = results.verdict(run, metric).noise
    if noise is None:
        return f"unknown ({SAME})" if results.all_same(metric) else "unknown"
    digits = digits_for(results.verdict(run, metric), kind) if run else results.digits(metric)
    return number(noise, with_digits(kind, digits))


def band_text(results: Results, metric: str, run: RunResult | None = None) -> str:
    """As `noise_text`, for all looks made."""
    band = results.band(metric, run)
    if results.is_exact(metric) or not band:
        return noise_text(results, metric, run)
    kind = results.metrics[metric]
    digits = digits_for(results.verdict(run, metric), kind) if run else results.digits(metric)
    return number(band, with_digits(kind, digits))


def digits_shown(verdict: Verdict) -> str:
    """What to add to `equal`: whether it is so to the last digit, and whether that can be said of a single run."""
    return " (exact)" if verdict.exact else "" if not verdict.delta else " at the digits shown"


_VERDICTS: dict[Word, str] = {
    "better": "better than the baseline, beyond noise",
    "worse": "worse than the baseline, beyond noise",
    "within noise": "within noise of the baseline",
    "equal": "equal to the baseline",
    "not comparable": "not comparable with the baseline",
    "noise unknown": "not judged against the baseline, whose noise is unknown",
    "direction unknown": "not judged against the baseline, since which direction is better is unknown",
    "not measured": MISSING,
}
_EXACTLY: dict[Word, str] = {
    **_VERDICTS,
    "better": "better than the baseline (exact)",
    "worse": "worse than the baseline (exact)",
}


def runs_text(runs: Sequence[RunResult]) -> str:
    """`runs 2, 3 and 5`, `run 2`, or `no run`."""
    if not runs:
        return "no run"
    return f"run{'' if len(runs) == 1 else 's'} {listed([str(run.index) for run in runs])}"
