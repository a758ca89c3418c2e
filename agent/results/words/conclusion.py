"""What a session comes to, in words: the conclusion, what stands behind it, what the baseline says of its own noise."""

from __future__ import annotations

from collections.abc import Sequence

from agent.results.english import capitalised
from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import ONE_LOOK
from agent.results.words import phrases
from agent.results.words.confirmed import conclusion_on, confirmed_text


def baseline_warnings(results: Results) -> list[str]:
    """What the baseline says of its own noise: a line for each thing that a session should not go on with unknowingly."""
    same = [name for name in results.metrics if results.all_same(name)]
    found = []
    if same and (results.primary in same or len(same) == len(results.metrics)):
        names = ", ".join(phrases.metric_label(name) for name in same)
        found.append(f"the noise of {names} is unknown, since {phrases.SAME}: no run can be said to beat the baseline")
        found.append(
            "see that the seed reaches the code, or declare `deterministic = true` in [baseline] of template.toml"
        )
    varied = [
        name
        for name, value in results.baseline.values.items()
        if results.baseline.deterministic and value.n >= 2 and not value.all_same and name in results.metrics
    ]
    if varied:
        names = ", ".join(map(phrases.metric_label, varied))
        found.append(
            f"template.toml says `deterministic = true`, and the seeds gave different {names}: judged by that noise"
        )
    return found


def control_warnings(results: Results) -> list[str]:
    """What the controls say of the metrics: first of the primary one, then in a line of all others that do not tell the baseline
    from one."""
    marked = [name for name in results.metrics if results.unbeaten(name) is not None]
    found = []
    if results.primary in marked:
        found.append(
            f"the primary metric cannot tell the baseline from a control ({phrases.control_text(results, results.primary)})"
        )
        found.append(
            "so no run is the best by it and nothing is concluded from it: name another Primary_Metric in the idea"
        )
    if others := [name for name in marked if name != results.primary]:
        labels = ", ".join(phrases.metric_label(name) for name in others)
        found.append(
            f"{len(others)} of {len(results.metrics)} metrics do not tell the baseline from its best control beyond noise, so they say "
            f"nothing of what was learnt (~ in every table): {labels}"
        )
    return found


def conclusion_text(results: Results | None, metric: str = "") -> str:
    """One sentence: did any comparable run beat the baseline beyond noise on `metric` (the primary one where empty).

    The paper, the page and the terminal all say this one. None: no baseline has been measured yet.
    """
    if results is None:
        return "No baseline has been measured yet, so there is nothing to compare."
    metric = metric or results.primary
    said, own = _concluded(results, metric), _of_own(results, metric)
    return f"{said.removesuffix('.')}{own}." if own else said


def _of_own(results: Results, metric: str) -> str:
    """What is said last of the session's own runs, where those that are said to be better are all others' method; else empty."""
    better = results.group("better", metric) if results.unbeaten(metric) is None else ()
    own = [run for run in results.runs[1:] if run.name not in results.prior_art and metric in run.values]
    if not better or not own or any(run.name not in results.prior_art for run in better):
        return ""
    beyond = "" if results.is_exact(metric) else " beyond noise"
    return f"; of the session's own runs none was seen better{beyond}"


def _concluded(results: Results, metric: str) -> str:
    label = phrases.metric_label(metric)
    if len(results.runs) == 1:
        return f"No run besides the baseline was accepted, so nothing can be said about {label}."
    if metric not in results.baseline.values:
        return f"The baseline has no value of {label}, so no run can be said to beat it."
    if results.metrics[metric].direction is None:
        return f"Which direction of {label} is better is unknown, so no run can be said to beat the baseline."
    if results.unbeaten(metric) is not None:
        return _not_told_apart(results, metric)
    if results.noise(metric) is None:
        why = f" ({phrases.SAME})" if results.all_same(metric) else ""
        return f"The baseline's noise on {label} is unknown{why}, so no run can be said to beat it."
    better, worse = results.group("better", metric), results.group("worse", metric)
    if confirmed := conclusion_on(results, metric, better):
        return confirmed
    beyond = "" if results.is_exact(metric) else " beyond noise"
    if not better:
        tail = _worse_text(results, metric, worse, beyond)
        return f"No comparable run beat the baseline{beyond} on {label}{tail}{'' if beyond else ' (exact)'}."
    best = "" if len(better) == 1 else f"; the best of them was {phrases.whose_label(results, results.best_by(metric))}"
    dear = phrases.at_ones(results, better)
    sure = [run for run in better if not results.verdict(run, metric).one_look]
    if not sure:
        return f"On {label}, {phrases.runs_text(better)} beat the baseline{beyond}{ONE_LOOK}, no run by all looks made{best}{dear}."
    tail = (
        f", {phrases.runs_text(rest)} by one look only" if (rest := [run for run in better if run not in sure]) else ""
    )
    return f"On {label}, {phrases.runs_text(sure)} beat the baseline{beyond or ' (exact)'}{tail}{best}{dear}."


def _worse_text(results: Results, metric: str, worse: Sequence[RunResult], beyond: str) -> str:
    """`, and run 1 did worse beyond noise, run 2 by one look only`; empty where none did."""
    sure = [run for run in worse if not results.verdict(run, metric).one_look]
    rest = [run for run in worse if run not in sure]
    if not sure:
        return f", and {phrases.runs_text(rest)} did worse{beyond}{ONE_LOOK}" if rest else ""
    tail = f", {phrases.runs_text(rest)} by one look only" if rest else ""
    return f", and {phrases.runs_text(sure)} did worse{beyond}{tail}"


def _not_told_apart(results: Results, metric: str) -> str:
    """The conclusion on a metric whose baseline is not better than a control: none, whatever the runs measured."""
    rival, label = results.unbeaten(metric), phrases.metric_label(metric)
    assert rival is not None
    value = phrases.number(rival.values[metric].mean, results.metrics[metric])
    better = results.group("better", metric)
    measured = f", although {phrases.runs_text(better)} measured better than the baseline" if better else ""
    return (
        f"On {label} the baseline cannot be told from {rival.title}, which scores {value}, "
        f"so nothing is concluded from it{measured}."
    )


def fresh_text(results: Results) -> str:
    """What fresh seeds said, for the page, where the conclusion does not say it already; else empty."""
    known = results.confirmation
    told = known is not None and conclusion_on(results, results.primary, results.group("better", results.primary))
    return confirmed_text(results) if known is not None and not told else ""


def best_text(results: Results) -> str:
    """What stands behind the conclusion, for the page: the best run's value and what could not be compared.

    `Run 2: 0.9500, +0.0690 against the baseline, whose noise is ±0.0099; 1 run is not comparable.` Empty where there
    is nothing to add.
    """
    metric, best, parts = results.primary, results.best, []
    if metric in best.values and not best.is_baseline:
        kind, verdict = results.metrics[metric], results.verdict(best, metric)
        known = verdict.noise is not None and not verdict.exact
        noise = f"{'±' if known else ''}{phrases.noise_text(results, metric, best)}"
        delta = (
            phrases.delta_text(verdict, kind) if verdict.delta is not None else phrases.number(0.0, kind, signed=True)
        )
        value = phrases.number(best.values[metric].mean, kind)
        whose = " (exact)" if verdict.exact else f", whose noise is {noise}"
        at = (
            "" if best in results.group("better", metric) else phrases.at_text(results, best)
        )  # the conclusion says it of those
        parts.append(f"{phrases.whose_label(results, best)}: {value}, {delta} against the baseline{whose}{at}")
    if unlike := results.group("not_comparable"):
        parts.append(f"{phrases.runs_text(unlike)} cannot be compared with it")
    return f"{capitalised('; '.join(parts))}." if parts else ""
