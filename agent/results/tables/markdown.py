"""The grid as Markdown: for briefs, prompts and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from agent.results.controls import MARK
from agent.results.results import Results, RunResult
from agent.results.tables.cells import Row
from agent.results.tables.grid import CONTROLS_LEGEND, LEGEND, ONE_LOOK_LEGEND, Grid, grid_of
from agent.results.tables.mattering import mattering
from agent.results.values import target_text
from agent.results.verdicts import matched
from agent.results.words import phrases
from agent.results.words.absent import absent_lines
from agent.results.words.compute import cost_text, short_text
from agent.results.words.drawn import drawn_text

_UNLIKE = "* not comparable with it"


def results_table(results: Results, asked: Iterable[str] = ()) -> str:
    """The compact table of every brief: a metric a row, a run a column; each value with its verdict's mark.

    It holds the metrics that matter, those `asked` for among them; a line below it names the others (mattering.py).
    """
    matters = mattering(results, asked)
    grid = grid_of(results, matters.shown)
    base, *runs = grid.rows
    beside = [control.name for control in grid.controls]
    looks = ["all looks"] if grid.looks else []
    rows = [["metric", "better", "baseline", "noise", *looks, *beside, *(run.name for run in runs)]]
    for place, column in enumerate(grid.columns):
        label = f"**{column.name}**" if column.primary else column.name
        cells = (row.cells[place] for row in runs)
        direction = (column.metric.direction or "unknown") + target_text(column.metric)
        values = [base.cells[place].shown + base.cells[place].mark, column.noise_shown]
        values += [column.band_shown] if grid.looks else []
        values += [control.cells[place].shown for control in grid.controls]
        rows.append([label, direction, *values, *(cell.shown + cell.mark for cell in cells)])
    legend = LEGEND + ("" if all(run.comparable for run in runs) else f", {_UNLIKE}")
    legend += f", {matched.MARK} {matched.LEGEND}" if grid.unmatched else ""
    legend += f"; {ONE_LOOK_LEGEND}" if grid.one_look else ""
    titles = [*_controls(grid), *(f"- {row.name}: {row.run.title}{_from(row.run)}{_unlike(row)}" for row in runs)]
    same = ", ".join(name for name in results.metrics if results.all_same(name))
    notes = [f"(noise unknown, since {phrases.SAME}: {same})"] if same else []
    notes += [f"(noise: of one look; all looks: {grid.looks})"] if grid.looks else []
    notes += [matters.told] if matters.told else []
    notes += [f"(not measured: {line})" for line in absent_lines(results)]
    return "\n".join(
        [*_markdown(rows, " --- "), f"({legend}; the primary metric is bold)", *notes, *titles, *_costs(results)]
    )


def _costs(results: Results) -> Iterator[str]:
    """What each run cost beside the baseline; nothing where that was not measured."""
    if results.baseline.compute.launches:
        told = (f"{run.name} {short_text(run.compute, results.ratio(run))}" for run in results.runs)
        yield f"Compute, measured from outside (! far from the baseline's): {', '.join(told)}"


def _controls(grid: Grid) -> Iterator[str]:
    """What the controls are, and which metrics do not tell the baseline from them."""
    for control in grid.controls:
        yield f"- {control.name}: a control, {control.title}; no run, and nothing was learnt in it for what it controls"
    marked = [f"{column.name}: {column.here}" for column in grid.columns if column.here]
    if marked:
        yield f"- {MARK} {CONTROLS_LEGEND}: {'; '.join(marked)}"


def run_table(results: Results, run: RunResult) -> str:
    """The table of a note: one run's metrics against the baseline, a metric a row, the verdict in words."""
    beside, looks = results.controls, ["all looks"] if grid_of(results).looks else []
    rows = [["metric", "value", "baseline", *(one.name for one in beside), "delta", "noise", *looks, "verdict"]]
    for name, kind in results.metrics.items():
        value, base = run.values.get(name), results.baseline.values.get(name)
        if value is None and kind.optional:
            continue
        verdict = results.verdict(run, name)
        rows.append(
            [
                f"{name} ({phrases.direction_text(kind)})",
                phrases.MISSING if value is None else phrases.value_text(run, value, kind),
                phrases.MISSING if base is None else phrases.value_text(results.baseline, base, kind),
                *(phrases.control_value_text(one, name, kind) for one in beside),
                "" if verdict.delta is None else phrases.delta_text(verdict, kind),
                phrases.noise_text(results, name, run),
                *(phrases.band_text(results, name, run) for _ in looks),
                phrases.verdict_alone(results, run, name) + phrases.here_text(results, name),
            ]
        )
    cost = [f"\nCompute: {cost_text(run.compute, results.ratio(run))}."] if run.compute.launches else []
    drawn = [f"\nHanded out to it: {told}."] if (told := drawn_text(run)) else []
    at = [f"\nEvery verdict: {told}."] if (told := phrases.at_text(results, run).removeprefix(", ")) else []
    return "\n".join([*_markdown(rows, "---"), *cost, *at, *drawn])


def _markdown(rows: Sequence[Sequence[str]], rule: str) -> list[str]:
    """Lines of a Markdown table; the first row is the head, `rule` stands in each cell below it."""
    head, *rest = ["| " + " | ".join(row) + " |" for row in rows]
    return [head, "|" + f"{rule}|" * len(rows[0]), *rest]


def _from(run: RunResult) -> str:
    return "" if run.parent is None else f" (from {'the baseline' if run.parent.is_baseline else run.parent})"


def _unlike(row: Row) -> str:
    told = f"not comparable: {'; '.join(row.run.differences)}" if row.run.differences else row.unmatched
    return f" ({told})" if told else ""
