"""The evidence appendix: the table that every number of a paper links to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.evidence.computed import COMPUTE, shown
from agent.evidence.confirmed_rows import confirmed_rows
from agent.evidence.escape import escape_latex, number_latex
from agent.evidence.evidence import Evidence
from agent.evidence.once import Once
from agent.evidence.reference import REPORTED
from agent.results.results import Results, RunResult
from agent.results.words import phrases
from agent.results.words.absent import absent_lines
from agent.results.words.compute import cost_text
from agent.results.words.drawn import drawn_text

_TO_ALL = ", and to each run that says nothing else"
_WIDEST = 20
"""Characters of a value that its column takes; a wider one would push the columns behind it off the page."""


def evidence_appendix(evidence: Evidence, used: Mapping[str, tuple[tuple[str, str], ...]], isolation: str = "") -> str:
    """The table that every number links to: each metric and setting that the text stands on, run by run, with its file.

    Above it stands which sandbox ran the experiments (`isolation`).
    """
    targets: dict[tuple[str, str], list[str]] = {}
    for reference, rows in used.items():
        is_table = reference.startswith("table")
        for place, row in enumerate(rows):  # a table's cells each have their row; other texts link to their first
            names = [f"{row[0]}.{row[1]}.mean"] if is_table else [reference] if place == 0 else []
            targets.setdefault(row, []).extend(names)
    loose = [reference for reference, rows in used.items() if not rows]
    head = (
        "\\section{Evidence}\\label{sec:evidence}\n"
        + "".join(map(_target, loose))
        + "Every number and every verdict in the text was filled in by the tool and links to its row here. Values are read "
        "from the file named beside the run; noise is the half-width of the 95\\% prediction interval for one more seed of "
        "the baseline." + _looks(evidence.results) + (f" {escape_latex(isolation)}" if isolation else "") + "\n"
    )
    lines = [
        "{\\footnotesize\\setlength{\\tabcolsep}{4.5pt}",
        "\\begin{longtable}{@{}llrr>{\\raggedright\\arraybackslash}p{0.44\\linewidth}@{}}",
        "\\toprule",
        "& Metric or setting & Value & Difference & Verdict \\\\",
        "\\midrule",
        "\\endhead",
        "\\bottomrule",
        "\\endfoot",
    ]
    once = Once(evidence.results)
    has_baseline = any(run == evidence.results.baseline.name for run, _ in targets)
    for run in evidence.results.runs:
        order = [*evidence.results.metrics, *(name for _, name in targets)]
        mine = sorted((row for row in targets if row[0] == run.name), key=lambda row: order.index(row[1]))
        if mine:
            lines += [
                _run_head(evidence.results, run, has_baseline),
                *(_row(evidence, run, row[1], targets[row], once) for row in mine),
            ]
        if run.is_baseline:
            lines += _controls(evidence.results, targets)
    lines += confirmed_rows(evidence.results, targets)
    measured = any(run != REPORTED for run, _ in targets)
    table = [*lines, "\\end{longtable}}"] if measured else []
    below = [*_absent(evidence.results), *_dropped(evidence.results), *_reported(evidence, targets)]
    return "\n".join([head, *table, *below])


def _looks(results: Results) -> str:
    """For how many looks the second band is; empty where there was one look."""
    told = results.looks.told
    return f" In brackets (all looks) is that for all looks made: {escape_latex(told)}." if told else ""


def _band(results: Results, metric: str) -> str:
    """` (all looks 0.0041)` behind the noise of one look, where there were more."""
    band = phrases.band_text(results, metric)
    return "" if band == phrases.noise_text(results, metric) else f" (all looks {band})"


def _absent(results: Results) -> list[str]:
    """The metrics that the evaluator had a reason not to measure, with it."""
    lines = absent_lines(results)
    return ["\\paragraph{Not measured.} " + "; ".join(map(escape_latex, lines)) + ".\\par"] if lines else []


def _dropped(results: Results) -> list[str]:
    """The runs that a person took out of what counts, below the measured values."""
    if not results.dropped:
        return []
    head = "\\paragraph{Dropped by a person.} These runs were accepted, and stand in no table, verdict or figure: "
    return [head + "; ".join(escape_latex(line) for line in results.dropped) + ".\\par"]


def _controls(results: Results, targets: Mapping[tuple[str, str], list[str]]) -> list[str]:
    """What the controls measured, below the baseline; in place of a verdict, how each stands to that."""
    lines: list[str] = []
    for control in results.controls:
        mine = [metric for metric in results.metrics if (control.name, metric) in targets]
        if mine:
            lines.append(
                f"\\addlinespace\n\\multicolumn{{5}}{{@{{}}p{{0.98\\linewidth}}}}{{\\raggedright \\textbf{{Control}}: {escape_latex(control.title)} "
                "(\\texttt{controls.json}, one seed)} \\\\"
            )
        for metric in mine:
            anchors = "".join(map(_target, dict.fromkeys(targets[control.name, metric])))
            verdict, kind = results.control_verdict(control, metric), results.metrics[metric]
            delta = "" if verdict.delta is None else phrases.delta_text(verdict, kind)
            words = phrases.control_verdict_text(results, control, metric)
            value = phrases.control_value_text(control, metric, kind)
            cells = [number_latex(cell) for cell in (phrases.metric_label(metric), value, delta, words)]
            lines.append(f"{anchors} & {' & '.join(cells)} \\\\")
    return lines


def _reported(evidence: Evidence, targets: Mapping[tuple[str, str], list[str]]) -> list[str]:
    """What others reported, in a table of its own below the measured values."""
    rows = [(name, references) for (run, name), references in targets.items() if run == REPORTED]
    if not rows or evidence.reported is None:
        return []
    lines = [
        f"\\paragraph{{Reported by others, not measured here ($\\dagger$).}} {escape_latex(evidence.reported.source)} Nothing is "
        "compared with these values.\\par\\nobreak",
        "{\\footnotesize\\setlength{\\tabcolsep}{4.5pt}",
        "\\begin{longtable}{@{}lllr@{}}",
        "\\toprule",
        "& Baseline & Metric & Reported \\\\",
        "\\midrule",
        "\\endhead",
        "\\bottomrule",
        "\\endfoot",
    ]
    for name, references in sorted(rows):
        baseline, _, metric = name.partition(".")
        anchors = "".join(map(_target, dict.fromkeys(references)))
        value = evidence.resolve(f"{REPORTED}.{name}").reported
        cells = [phrases.metric_label(baseline), phrases.metric_label(metric)]
        lines.append(f"{anchors} & {' & '.join(map(escape_latex, cells))} & {number_latex(value)} \\\\")
    return [*lines, "\\end{longtable}}"]


def _run_head(results: Results, run: RunResult, has_baseline: bool) -> str:
    """What the run is and where it is read from; below it, once for all its rows, what they share."""
    seed = phrases.setting_text(run.config["seed"]) if "seed" in run.config else ""
    seeds = max((run.launches(name) for name in run.values), default=1)
    note = f"{seeds} seeds" if seeds > 1 else f"seed {seed}" if seed else "one seed"
    name = "\\textbf{Baseline}" if run.index == 0 else f"\\textbf{{Run {run.index}}}: {escape_latex(run.title)}"
    note += f", from {'the baseline' if run.parent.is_baseline else f'run {run.parent.number}'}" if run.parent else ""
    return (
        f"\\addlinespace\n\\multicolumn{{5}}{{@{{}}p{{0.98\\linewidth}}}}{{\\raggedright {name} "
        f"(\\texttt{{run\\_{run.index}/final\\_info.json}}, {escape_latex(note)})}} \\\\"
        + _shared(results, run, has_baseline)
    )


def _shared(results: Results, run: RunResult, has_baseline: bool) -> str:
    """Lines below the run's head: what it cost and what it was handed, as measured from outside, and what is said with each of its
    verdicts; nothing where that is not known. What was handed out alike stands with the baseline alone, where that is above."""
    drawn, alike = drawn_text(run), has_baseline and drawn_text(run) == drawn_text(results.baseline)
    told = {
        "Cost": cost_text(run.compute, results.ratio(run)) if run.compute.launches else "",
        f"Handed out{_TO_ALL if alike else ''}": "" if alike and run.index else drawn,
        "Every verdict": "" if run.differences else phrases.at_text(results, run).removeprefix(", "),
    }
    return "".join(
        f"\n\\multicolumn{{5}}{{@{{}}p{{0.98\\linewidth}}}}{{\\raggedright \\emph{{{name}}}: {escape_latex(text)}}} \\\\"
        for name, text in told.items()
        if text
    )


def _row(evidence: Evidence, run: RunResult, name: str, references: Sequence[str], once: Once) -> str:
    """A line of the table; what a control scores on its metric is said `once`."""
    anchors = "".join(map(_target, dict.fromkeys(references)))
    if name.partition(".")[0] == COMPUTE and name not in evidence.results.metrics:
        return _plain_row(anchors, escape_latex(name), shown(evidence.results, run, name), "measured from outside")
    if name not in evidence.results.metrics:
        section, _, setting = name.partition(".")
        known = evidence.settings(run) if section == "config" else evidence.training(run)
        value = phrases.setting_text(known.get(setting))
        kind_of = "setting" if section == "config" else "training"
        return _plain_row(anchors, f"\\texttt{{{escape_latex(setting)}}}", value, kind_of)
    kind, measured = evidence.results.metrics[name], run.values.get(name)
    value = phrases.MISSING if measured is None else phrases.value_text(run, measured, kind)
    verdict = evidence.results.verdict(run, name)
    delta = "" if run.index == 0 or verdict.delta is None else phrases.delta_text(verdict, kind)
    words = "not comparable" if run.differences else phrases.verdict_alone(evidence.results, run, name)
    if run.index == 0:
        noise = phrases.noise_text(evidence.results, name)
        words = (f"noise {noise}" if noise != phrases.EXACT else noise) + _band(evidence.results, name)
    if not run.differences:
        words += phrases.here_text(evidence.results, name)
    words = once.worded(words, [name])
    cells = [number_latex(cell) for cell in (phrases.metric_label(name), value, delta, words)]
    return f"{anchors} & {' & '.join(cells)} \\\\"


def _plain_row(anchors: str, name: str, value: str, kind: str) -> str:
    """A row without a verdict: a value that the column has no room for goes over the columns behind it, and breaks."""
    if len(value) <= _WIDEST:
        return f"{anchors} & {name} & {number_latex(value)} & & {kind} \\\\"
    told = f"{number_latex(value)} ({kind})"
    return f"{anchors} & {name} & \\multicolumn{{3}}{{p{{0.6\\linewidth}}@{{}}}}{{\\raggedright {told}}} \\\\"


def _target(reference: str) -> str:
    return f"\\evidrow{{{reference}}}"
