"""The results as the page shows them: columns, rows, charts, the conclusion in one line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.errors import SessionError
from agent.page.source import Source
from agent.page.text import decimal, signed
from agent.page.view import Cell, Chart, Column, Point, ReportedView, Row, Tone
from agent.results.results import Results, RunResult, run_result
from agent.results.values import Value
from agent.results.verdict import Verdict
from agent.session.events import RunAccepted
from agent.session.template import Metric

TONES: Mapping[str, Tone] = {"better": "good", "worse": "bad", "within noise": "flat"}
_WIDE = (720, 250)
_SMALL = (340, 150)
_TOP, _BOTTOM = 14, 28


@dataclass(frozen=True)
class Judged:
    """The results, and for which metrics a direction is known: only those are judged."""

    results: Results
    judged: frozenset[str]

    def verdict(self, run: RunResult, metric: str) -> tuple[Verdict, str]:
        """The verdict, and its word: a run that cannot be compared is called that."""
        verdict = self.results.verdict(run, metric)
        if verdict.delta is None or run is self.results.baseline:
            return verdict, "" if run is self.results.baseline else verdict.word
        if run.differences:
            return verdict, "not comparable"
        return verdict, verdict.word if metric in self.judged else "direction unknown"


def judge(source: Source) -> Judged | None:
    """The accepted runs that can be read, in order; None where there is no baseline yet."""
    runs: list[RunResult] = []
    for event in source.all(RunAccepted):
        try:
            run = run_result(event)
            run = replace(run, values={name: value for name, value in run.values.items() if _is_number(value)})
            if run.index >= 0:
                runs.append(run)
        except (SessionError, ValueError):
            source.problems.append(
                f"{event.run}: its recorded results cannot be read; it is left out of tables and charts"
            )
    runs.sort(key=lambda run: run.index)
    if not runs or runs[0].index != 0:
        return None
    measured = {name for run in runs for name in run.values}
    known = {name: kind for name, kind in source.metrics.items() if name in measured or not kind.optional}
    metrics = known | {
        name: Metric(direction="higher", description="") for run in runs for name in run.values if name not in known
    }
    primary = source.idea.Primary_Metric if source.idea and source.idea.Primary_Metric else None
    if primary not in metrics:
        primary = source.primary or next(iter(metrics), "")
    return Judged(Results(metrics, primary or "", tuple(runs)), frozenset(known))


def columns(judged: Judged) -> tuple[Column, ...]:
    """The metrics, the primary one first."""
    results = judged.results
    return tuple(
        Column(
            name=name,
            better=_better(judged, name),
            unit=metric.unit,
            description=metric.description,
            primary=name == results.primary,
            noise=_noise(results, name),
        )
        for name, metric in _ordered(results)
    )


def rows(judged: Judged) -> tuple[Row, ...]:
    """The accepted runs, the baseline first."""
    results = judged.results
    best = results.best if _can_judge(judged) else None
    if best is not None and results.verdict(best, results.primary).word != "better":
        best = None  # the highest value within noise is not called the best
    made = []
    for run in results.runs:
        cells = {name: _cell(judged, run, name) for name, _ in _ordered(results)}
        made.append(
            Row(run.name, run.title, run is best, run.differences, tuple(cells.values()), cells.get(results.primary))
        )
    return tuple(made)


def conclusion(judged: Judged | None) -> str:
    """The best run and its verdict, in one sentence."""
    if judged is None:
        return "No baseline has been measured yet, so there is nothing to compare."
    results, metric = judged.results, judged.results.primary
    others = results.runs[1:]
    if not others:
        return "The baseline is measured; no run has been accepted yet."
    unfair = sum(1 for run in others if run.differences)
    aside = f" ({unfair} not comparable left aside)" if unfair else ""
    if metric not in results.baseline.values:
        return f"The baseline has no value of {metric}, so nothing can be compared with it."
    if not _can_judge(judged):
        return f"{_runs(len(others))} accepted{aside}; none can be judged, since the direction of {metric} is not known here."
    best = results.best
    if best is results.baseline:
        return f"No run beat the baseline in {metric}, out of {len(others)} accepted{aside}."
    verdict = results.verdict(best, metric)
    digits = results.metrics[metric].digits
    value = f"{metric} {decimal(best.values[metric].mean, digits)}, {signed(verdict.delta or 0.0, digits)} against the baseline"
    if verdict.word == "better":
        return f"{best.name} is best: {value}, better beyond noise (±{decimal(verdict.noise or 0.0, digits)}){aside}."
    if verdict.word == "within noise":
        return f"No run beat the baseline beyond noise{aside}. The nearest is {best.name}: {value}, within ±{decimal(verdict.noise or 0.0, digits)}."
    return f"{best.name} is highest on paper: {value}. The baseline's noise is not known, so this says little{aside}."


def reported_view(source: Source) -> ReportedView | None:
    """What others reported, as a table of its own; None where there is nothing."""
    reported = source.reported
    if reported is None:
        return None
    names = tuple(dict.fromkeys(name for one in reported.baselines.values() for name in one.metrics))
    rows = tuple(
        (name, tuple(f"{one.metrics[metric]:.10g}" if metric in one.metrics else "–" for metric in names))
        for name, one in reported.baselines.items()
    )
    return ReportedView(reported.source, names, rows)


def charts(judged: Judged) -> tuple[Chart, ...]:
    """One chart a metric; the primary one first and wide."""
    made = (
        _chart(judged, name, _WIDE if name == judged.results.primary else _SMALL)
        for name, _ in _ordered(judged.results)
    )
    return tuple(chart for chart in made if chart is not None)


def _can_judge(judged: Judged) -> bool:
    """Whether the primary metric has a direction, and a value to start from."""
    return judged.results.primary in judged.judged and judged.results.primary in judged.results.baseline.values


def _is_number(value: Value) -> bool:
    return math.isfinite(value.mean) and (value.spread is None or math.isfinite(float(value.spread)))


def _ordered(results: Results) -> list[tuple[str, Metric]]:
    return sorted(results.metrics.items(), key=lambda item: item[0] != results.primary)


def _better(judged: Judged, name: str) -> str:
    return f"{judged.results.metrics[name].direction} is better" if name in judged.judged else "direction unknown"


def _noise(results: Results, name: str) -> str:
    noise = results.noise(name)
    return "" if noise is None else f"±{decimal(noise, results.metrics[name].digits)}"


def _runs(number: int) -> str:
    return f"{number} run" if number == 1 else f"{number} runs"


def _cell(judged: Judged, run: RunResult, name: str) -> Cell:
    value, digits = run.values.get(name), judged.results.metrics[name].digits
    if value is None:
        optional = judged.results.metrics[name].optional
        return Cell("–" if optional else "missing", "", "", "not measured", "none")
    verdict, word = judged.verdict(run, name)
    spread = f"± {decimal(value.spread, digits)} (n = {value.n})" if value.spread is not None else ""
    is_base = run is judged.results.baseline
    delta = "" if verdict.delta is None or is_base else signed(verdict.delta, digits)
    return Cell(decimal(value.mean, digits), spread, delta, word, TONES.get(word, "none"))


def _chart(judged: Judged, name: str, size: tuple[int, int]) -> Chart | None:
    results, (width, height) = judged.results, size
    shown = [run for run in results.runs if name in run.values and math.isfinite(run.values[name].mean)]
    if not shown or results.baseline not in shown:
        return None
    digits, base = results.metrics[name].digits, results.baseline.values[name].mean
    noise = results.noise(name) or 0.0
    values = [run.values[name].mean for run in shown]
    low, high = min(*values, base - noise), max(*values, base + noise)
    room = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    low, high = low - room, high + room
    labels = [(value, decimal(value, digits)) for value in _ticks(low, high)]
    left, right = 18 + 7 * max(len(label) for _, label in labels), 12

    def y(value: float) -> float:
        return round(_TOP + (high - value) / (high - low) * (height - _TOP - _BOTTOM), 1)

    span = max(len(shown) - 1, 1)
    every = 1 + int(len(shown) / ((width - left - right) / 24))
    points = []
    for place, run in enumerate(shown):
        _, word = judged.verdict(run, name)
        x = round(left + 16 + place * (width - left - right - 32) / span, 1)
        text = f"{run.name}: {decimal(run.values[name].mean, digits)}" + (f", {word}" if word else ", the baseline")
        points.append(
            Point(
                run.name,
                str(run.index) if run.index else "base",
                text,
                x,
                y(run.values[name].mean),
                TONES.get(word, "none"),
                bool(run.differences),
                place % every == 0,
            )
        )
    band = (y(base + noise), round(y(base - noise) - y(base + noise), 1)) if noise else None
    summary = f"{name} by run, {_better(judged, name)}. " + "; ".join(point.title for point in points)
    return Chart(
        name,
        _better(judged, name),
        summary,
        width,
        height,
        left,
        right,
        tuple(points),
        tuple((y(value), label) for value, label in labels),
        y(base),
        band,
    )


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers between the two."""
    raw = (high - low) / 4
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= raw)
    first = math.ceil(low / step)
    return [(first + place) * step for place in range(int(high / step) - first + 1)][:8]
