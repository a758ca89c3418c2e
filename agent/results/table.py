"""The compact table of all runs that every brief shows."""

from __future__ import annotations

from agent.results.results import Results, RunResult

_MARK = {"better": "+", "worse": "-", "within noise": "=", "noise unknown": "?", "not measured": ""}
LEGEND = "+ better than the baseline beyond noise, - worse beyond noise, = within noise, ? noise unknown"


def results_table(results: Results) -> str:
    """A Markdown table: a metric a row, a run a column; each value with its verdict's mark."""
    runs = results.runs[1:]
    head = ["metric", "better", "baseline", "noise", *(run.name for run in runs)]
    rows = [head, ["---"] * len(head)]
    for name, metric in results.metrics.items():
        noise = results.noise(name)
        label = f"**{name}**" if name == results.primary else name
        base = _number(results, results.baseline, name)
        rows.append(
            [
                label,
                metric.direction,
                base,
                "?" if noise is None else f"±{noise:.{metric.digits}f}",
                *(f"{_number(results, run, name)}{_MARK[results.verdict(run, name).word]}" for run in runs),
            ]
        )
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    titles = [f"- {run.name}: {run.title}{_unfair(run)}" for run in runs]
    return "\n".join([*lines, f"({LEGEND}; the primary metric is bold)", *titles])


def _number(results: Results, run: RunResult, metric: str) -> str:
    value = run.values.get(metric)
    if value is None:
        return "–" if results.metrics[metric].optional else "missing"
    return f"{value.mean:.{results.metrics[metric].digits}f}"


def _unfair(run: RunResult) -> str:
    return f" (not comparable: {'; '.join(run.differences)})" if run.differences else ""
