"""From a draft to paper.tex: sections filled in and placed, the evidence appendix behind them. Pure: no files."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pylatexenc.latex2text import LatexNodes2Text

from agent.evidence.escape import ascii_latex, escape_latex, number_latex
from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.evidence.reference import REFERENCE, REPORTED
from agent.results import phrases
from agent.results.results import RunResult
from agent.writing.desk import Draft
from agent.writing.sections import PLACED, SECTIONS, TITLE_AND_ABSTRACT

_MARK = "%% section: "
_PRIVATE = 0xE000


@dataclass(frozen=True)
class Paper:
    """paper.tex, and the references that could not be filled, by section."""

    tex: str
    problems: Mapping[str, tuple[str, ...]]
    references: tuple[str, ...]

    def section_at(self, line: int) -> str:
        """The section in which a line (from 1) of paper.tex stands; empty outside of sections."""
        section = ""
        for text in self.tex.splitlines()[: max(line, 0)]:
            if text.startswith(_MARK):
                section = text.removeprefix(_MARK).strip()
        return section


def assemble(template: str, draft: Draft, evidence: Evidence, session: str) -> Paper:
    """The whole of paper.tex. `template` holds @@TITLE@@, @@SESSION@@, @@ABSTRACT@@, @@SECTIONS@@ and @@EVIDENCE@@."""
    problems: dict[str, tuple[str, ...]] = {}
    used: dict[str, tuple[tuple[str, str], ...]] = {}

    def text_of(name: str) -> str:
        source = draft.sections.get(name, "")
        text = _plain(source, evidence) if name in draft.plain else fill(ascii_latex(source), evidence, "latex").text
        filled = fill(source, evidence, "latex")
        problems[name] = filled.problems
        for reference in filled.references:
            used.setdefault(reference, evidence.resolve(reference).rows)
        return text

    abstract = f"{_MARK}{TITLE_AND_ABSTRACT}\n{text_of(TITLE_AND_ABSTRACT)}\n{_MARK}"
    label = {section.name: section.label for section in SECTIONS}
    sections = "\n\n".join(
        f"{_MARK}{name}\n\\section{{{name}}}\\label{{{label[name]}}}\n{text_of(name)}\n{_MARK}"
        for name in PLACED
        if name in draft.sections
    )
    parts = {
        "TITLE": ascii_latex(draft.title),
        "SESSION": session,
        "ABSTRACT": abstract,
        "SECTIONS": sections,
        "EVIDENCE": evidence_appendix(evidence, used),
    }
    tex = re.sub(r"@@([A-Z]+)@@", lambda match: parts.get(match.group(1), match.group()), template)
    return Paper(tex, {name: found for name, found in problems.items() if found}, tuple(used))


def findings_tex(findings: Sequence[str], limit: int = 12) -> str:
    """findings.tex: the DRAFT mark with what the audit found; empty where it found nothing."""
    if not findings:
        return ""
    shown = [f"\\item {escape_latex(finding[:300])}" for finding in findings[:limit]]
    if len(findings) > limit:
        shown.append(f"\\item and {len(findings) - limit} more, in audit.json")
    count = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}"
    return f"\\labfindings{{{count}}}{{%\n" + "\n".join(shown) + "\n}\n"


def evidence_appendix(evidence: Evidence, used: Mapping[str, tuple[tuple[str, str], ...]]) -> str:
    """The table that every number links to: each metric and setting that the text stands on, run by run, with its file."""
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
        "the baseline.\n"
    )
    lines = [
        "{\\footnotesize\\setlength{\\tabcolsep}{4.5pt}",
        "\\begin{longtable}{@{}llrrl@{}}",
        "\\toprule",
        "& Metric or setting & Value & Difference & Verdict \\\\",
        "\\midrule",
        "\\endhead",
        "\\bottomrule",
        "\\endfoot",
    ]
    for run in evidence.results.runs:
        order = [*evidence.results.metrics, *(name for _, name in targets)]
        mine = sorted((row for row in targets if row[0] == run.name), key=lambda row: order.index(row[1]))
        if mine:
            lines += [_run_head(run), *(_row(evidence, run, row[1], targets[row]) for row in mine)]
    measured = any(run != REPORTED for run, _ in targets)
    return "\n".join([head, *([*lines, "\\end{longtable}}"] if measured else []), *_reported(evidence, targets)])


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


def _run_head(run: RunResult) -> str:
    title = escape_latex(run.title if len(run.title) <= 60 else run.title[:57] + "…")
    seed = phrases.setting_text(run.config["seed"]) if "seed" in run.config else ""
    seeds = max((value.n for value in run.values.values()), default=1) if run.index == 0 else 1
    note = f"{seeds} seeds" if seeds > 1 else f"seed {seed}" if seed else "one seed"
    name = "Baseline" if run.index == 0 else f"Run {run.index}"
    return (
        f"\\addlinespace\n\\multicolumn{{5}}{{@{{}}l}}{{\\textbf{{{name}}}: {title} "
        f"(\\texttt{{run\\_{run.index}/final\\_info.json}}, {escape_latex(note)})}} \\\\"
    )


def _row(evidence: Evidence, run: RunResult, name: str, references: Sequence[str]) -> str:
    anchors = "".join(map(_target, dict.fromkeys(references)))
    if name not in evidence.results.metrics:
        section, _, setting = name.partition(".")
        known = evidence.settings(run) if section == "config" else evidence.training(run)
        value = phrases.setting_text(known.get(setting))
        kind_of = "setting" if section == "config" else "training"
        return f"{anchors} & \\texttt{{{escape_latex(setting)}}} & {escape_latex(value)} & & {kind_of} \\\\"
    kind, measured = evidence.results.metrics[name], run.values.get(name)
    value = phrases.MISSING if measured is None else phrases.value_text(run, measured, kind)
    verdict = evidence.results.verdict(run, name)
    delta = "" if run.index == 0 or verdict.delta is None else phrases.number(verdict.delta, kind, signed=True)
    words = "not comparable" if run.differences else phrases.verdict_text(evidence.results, run, name)
    if run.index == 0:
        noise = evidence.results.noise(name)
        words = "noise unknown" if noise is None else f"noise {phrases.number(noise, kind)}"
    cells = [number_latex(cell) for cell in (phrases.metric_label(name), value, delta, words)]
    return f"{anchors} & {' & '.join(cells)} \\\\"


def _target(reference: str) -> str:
    return f"\\evidrow{{{reference}}}"


def _plain(source: str, evidence: Evidence) -> str:
    """A section that LaTeX would not take, as plain paragraphs; its references are still filled in and linked."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return chr(_PRIVATE + len(kept) - 1)

    text = REFERENCE.sub(keep, source)
    with contextlib.suppress(Exception):  # it fails in many ways on broken LaTeX; the source itself is then shown
        text = LatexNodes2Text(math_mode="verbatim", keep_comments=False).latex_to_text(text)
    text = text.replace("< g r a p h i c s >", "")  # what stands for a figure, which plain text has not
    pieces = re.split(rf"([{chr(_PRIVATE)}-{chr(_PRIVATE + max(len(kept) - 1, 0))}])", text)
    return "".join(
        fill(kept[ord(piece) - _PRIVATE], evidence, "latex").text
        if len(piece) == 1 and _PRIVATE <= ord(piece) < _PRIVATE + len(kept)
        else _paragraphs(piece)
        for piece in pieces
    )


def _paragraphs(text: str) -> str:
    return "\n\n".join(escape_latex(part.replace("\n", " ")) for part in re.split(r"\n\s*\n", text))
