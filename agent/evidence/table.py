"""A table of runs and metrics, placed by the tool: plain text for notes, booktabs for the paper."""

from __future__ import annotations

from dataclasses import dataclass

from agent.evidence.escape import escape_latex, number_latex
from agent.evidence.reference import Reference
from agent.results import phrases
from agent.results.results import Results, RunResult

_PLAIN_MARK = {"better": "+", "worse": "-", "within noise": "", "noise unknown": "?", "not measured": ""}
_LATEX_MARK = {**_PLAIN_MARK, "better": "\\evidbetter", "worse": "\\evidworse", "noise unknown": "\\eviduncertain"}
_UNFAIR = {"plain": "*", "latex": "\\evidunfair"}
_ROWS_ARE_RUNS = 6
"""With at most this many metrics a row is a run, else a row is a metric."""


@dataclass(frozen=True)
class Table:
    """Metrics of runs with the verdict's mark on each value."""

    results: Results
    metrics: tuple[str, ...]
    runs: tuple[str, ...]
    reference: Reference

    def plain(self) -> str:
        """Aligned columns, one run a row."""
        head = ["run", *(phrases.metric_label(name) for name in self.metrics)]
        rows = [[run.name, *(self._plain_cell(run, name) for name in self.metrics)] for run in self._runs]
        noise = ["noise", *(self._noise(name) for name in self.metrics)]
        lines = [head, *rows, noise]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        body = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        return "\n".join([body[0], "-" * len(body[0]), *body[1:], "(+ better, - worse than the baseline beyond noise)"])

    def latex(self) -> str:
        """A booktabs tabular in which each value links to its evidence; it shrinks to the line where it must."""
        grid = self._grid()
        body = [f"{' & '.join(grid[0])} \\\\", "\\midrule", *(f"{' & '.join(row)} \\\\" for row in grid[1:])]
        columns = "l" + "r" * (len(grid[0]) - 1)
        return "\n".join(
            [
                f"%<{self.reference.text}>",
                "\\begin{evidencetable}",
                f"\\begin{{tabular}}{{{columns}}}",
                "\\toprule",
                *body,
                "\\bottomrule",
                "\\end{tabular}",
                "\\end{evidencetable}",
                "\\evidlegend",
                "%<end>",
            ]
        )

    def _grid(self) -> list[list[str]]:
        """Cells in LaTeX; the first row is the head."""
        if len(self.metrics) <= _ROWS_ARE_RUNS:
            head = ["Run", *(self._heading(name) for name in self.metrics)]
            rows = [[_run_heading(run), *(self._latex_cell(run, name) for name in self.metrics)] for run in self._runs]
            noise = ["\\emph{noise}", *(escape_latex(self._noise(name)) for name in self.metrics)]
            return [head, *rows, noise]
        head = ["Metric", *(_run_heading(run) for run in self._runs), "\\emph{noise}"]
        return [
            head,
            *(
                [
                    self._heading(name),
                    *(self._latex_cell(run, name) for run in self._runs),
                    escape_latex(self._noise(name)),
                ]
                for name in self.metrics
            ),
        ]

    @property
    def _runs(self) -> list[RunResult]:
        return [run for name in self.runs if (run := self.results.get(name)) is not None]

    def _heading(self, name: str) -> str:
        arrow = "\\evidup" if self.results.metrics[name].direction == "higher" else "\\eviddown"
        return f"{escape_latex(phrases.metric_label(name))}\\,{arrow}"

    def _noise(self, name: str) -> str:
        noise = self.results.noise(name)
        return "?" if noise is None else phrases.bare_number(noise, self.results.metrics[name])

    def _mark(self, run: RunResult, name: str, style: str) -> str:
        if run.index == 0:
            return ""
        marks = _PLAIN_MARK if style == "plain" else _LATEX_MARK
        return _UNFAIR[style] if run.differences else marks[self.results.verdict(run, name).word]

    def _plain_cell(self, run: RunResult, name: str) -> str:
        value = run.values.get(name)
        if value is None:
            return "–" if self.results.metrics[name].optional else "missing"
        return phrases.bare_number(value.mean, self.results.metrics[name]) + self._mark(run, name, "plain")

    def _latex_cell(self, run: RunResult, name: str) -> str:
        value = run.values.get(name)
        if value is None:
            return "--"
        text = number_latex(phrases.bare_number(value.mean, self.results.metrics[name]))
        return f"\\evid{{{run.name}.{name}.mean}}{{{text}}}{self._mark(run, name, 'latex')}"


def _run_heading(run: RunResult) -> str:
    return "Baseline" if run.index == 0 else f"Run {run.index}"
