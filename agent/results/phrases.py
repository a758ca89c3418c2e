"""Numbers and verdicts in words. Everything a text says about how runs compare is phrased here, from measurements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from agent.results.results import Results, RunResult, Value
from agent.session.template import Metric

MISSING = "not measured"
REPORTED_MARK = "reported, not measured here"


def run_label(run: RunResult) -> str:
    """`run 3`, or `the baseline`."""
    return "the baseline" if run.index == 0 else f"run {run.index}"


def metric_label(name: str) -> str:
    """A metric's name as prose writes it."""
    return name.replace("_", " ")


def bare_number(value: float, metric: Metric, signed: bool = False) -> str:
    """`value` with the metric's digits, never a negative zero; of the units only % is shown."""
    text = f"{value:+.{metric.digits}f}" if signed else f"{value:.{metric.digits}f}"
    if not text.strip("+-0."):
        text = text.lstrip("+-")
    return text + ("%" if metric.unit == "%" else "")


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
    """The mean; with ± the standard deviation over seeds for the baseline, the only one run with several seeds."""
    if run.index == 0 and value.spread is not None and value.n >= 2:
        return f"{bare_number(value.mean, metric)} ± {number(value.spread, metric)}"
    return number(value.mean, metric)


def setting_text(value: Any) -> str:
    """A setting or a count as it was recorded; large whole numbers with thousands separators."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return setting_text(int(value)) if abs(value) >= 10 else f"{value:.1f}"
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(setting_text(item) for item in value)
    return str(value)


def percent_text(results: Results, run: RunResult, metric: str) -> str:
    """Change relative to the baseline, signed, in percent."""
    mine, base = run.values.get(metric), results.baseline.values.get(metric)
    if mine is None or base is None:
        return MISSING
    if base.mean == 0:
        return "undefined (the baseline is zero)"
    text = f"{100 * (mine.mean - base.mean) / abs(base.mean):+.1f}"
    return ("0.0" if not text.strip("+-0.") else text) + "%"


def verdict_text(results: Results, run: RunResult, metric: str) -> str:
    """The verdict in words that fit after `is`: `better than the baseline, beyond noise`."""
    if run.index == 0:
        return "the baseline itself"
    if run.differences:
        return f"not comparable with the baseline ({'; '.join(run.differences)})"
    return {
        "better": "better than the baseline, beyond noise",
        "worse": "worse than the baseline, beyond noise",
        "within noise": "within noise of the baseline",
        "noise unknown": "not judged against the baseline, whose noise is unknown",
        "not measured": MISSING,
    }[results.verdict(run, metric).word]


def pair_noise(results: Results, first: RunResult, second: RunResult, metric: str) -> float | None:
    """Half-width within which two runs of one method would differ 19 times of 20; None where it is not known.

    Against the baseline: `Results.noise`. Between two runs of one seed each: t(n-1) · s · sqrt(2), with s and n of
    the baseline.
    """
    noise = results.noise(metric)
    if noise is None or first.index == 0 or second.index == 0:
        return noise
    n = results.baseline.values[metric].n
    return noise / math.sqrt(1 + 1 / n) * math.sqrt(2)


def compare_text(results: Results, first: RunResult, second: RunResult, metric: str) -> str:
    """How `first` stands to `second`, by the metric's own direction: `better than run 5 by 0.012, beyond noise`."""
    other, mine, theirs = run_label(second), first.values.get(metric), second.values.get(metric)
    if mine is None or theirs is None:
        return MISSING
    if unlike := [*first.differences, *second.differences]:
        return f"not comparable with {other} ({'; '.join(dict.fromkeys(unlike))})"
    delta, noise = mine.mean - theirs.mean, pair_noise(results, first, second, metric)
    if not delta:
        return f"equal to {other}"
    better = (delta > 0) == (results.metrics[metric].direction == "higher")
    word, size = "better" if better else "worse", size_text(abs(delta), results.metrics[metric])
    if noise is None:
        return f"{word} than {other} by {size}, with the noise unknown"
    if abs(delta) <= max(noise, 1e-9 * max(abs(mine.mean), abs(theirs.mean))):
        return f"within noise of {other} ({word} by {size})"
    return f"{word} than {other} by {size}, beyond noise"


def group(results: Results, word: str, metric: str | None) -> list[RunResult]:
    """Runs after the baseline that belong to a group: better, worse, within (comparable ones), runs, comparable, …"""
    runs = results.runs[1:]
    if word == "runs":
        return list(runs)
    if word in ("comparable", "not_comparable"):
        return [run for run in runs if bool(run.differences) == (word == "not_comparable")]
    assert metric is not None
    verdict = "within noise" if word == "within" else word
    return [run for run in runs if not run.differences and results.verdict(run, metric).word == verdict]


def runs_text(runs: Sequence[RunResult]) -> str:
    """`runs 2, 3 and 5`, `run 2`, or `no run`."""
    if not runs:
        return "no run"
    names = [str(run.index) for run in runs]
    if len(names) == 1:
        return f"run {names[0]}"
    return f"runs {', '.join(names[:-1])} and {names[-1]}"


def best_by(results: Results, metric: str) -> RunResult:
    """The comparable run with the best `metric`; the baseline counts too, and wins a tie."""
    sign = 1 if results.metrics[metric].direction == "higher" else -1
    fair = [run for run in results.runs if not run.differences and metric in run.values]
    return max(fair or [results.baseline], key=lambda run: sign * run.values[metric].mean)


def conclusion_text(results: Results, metric: str) -> str:
    """One sentence: did any comparable run beat the baseline beyond noise on `metric`, and which."""
    label = metric_label(metric)
    if len(results.runs) == 1:
        return f"No run besides the baseline was accepted, so nothing can be said about {label}."
    if results.noise(metric) is None:
        return f"The baseline's noise on {label} is unknown, so no run can be said to beat it."
    better, worse = group(results, "better", metric), group(results, "worse", metric)
    if not better:
        tail = f", and {runs_text(worse)} did worse beyond noise" if worse else ""
        return f"No comparable run beat the baseline beyond noise on {label}{tail}."
    best = best_by(results, metric)
    tail = "" if len(better) == 1 else f"; the best of them was {run_label(best)}"
    return f"On {label}, {runs_text(better)} beat the baseline beyond noise{tail}."
