"""The audit of any draft against any folder of results: every number with its status, every run with its proof."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent.drafts.judging.case import FINDINGS, Case, Ruling
from agent.drafts.judging.rules import judge
from agent.drafts.judging.spreads import is_spread
from agent.drafts.naming.cells import Entry
from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.reader import Reader
from agent.drafts.naming.run_names import RunNames
from agent.drafts.naming.tables import entries, leading, learned
from agent.drafts.records.folder import read_folder
from agent.drafts.records.pool import Found, Values
from agent.drafts.records.runs import Key, Records
from agent.drafts.text.latex import document_of_latex
from agent.drafts.text.markdown import document_of_markdown
from agent.drafts.text.numerals import points_after
from agent.drafts.text.passages import Document, Passage
from agent.drafts.text.sentences import CITED
from agent.drafts.text.source import Source, read_source
from agent.proofreading.cited import of_a_cited_work

_IN_A_ROW = re.compile(r"\s*(?:for|of|in|with)\s[^.;:()\d]*?(?:,|\band\b|,\s*and)\s*")
_THEY = re.compile(r"(?:They|Their|The authors|He|She)\b")
"""Who goes on speaking after a sentence with a citation."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A number of the draft. `line` counts from 1; `text` is its sentence, or its cell with the headers."""

    file: str
    line: int
    text: str
    shown: str
    value: float
    status: str
    evidence: str
    reason: str
    runs: tuple[str, ...]

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.file}:{self.line}: {self.status} {self.shown}{why}: {self.text}"


@dataclass(frozen=True, kw_only=True)
class DraftAudit:
    """What the audit of a draft came to."""

    numbers: tuple[Checked, ...]
    records: Records
    left_out: int
    """Numbers that claim nothing."""
    unread: tuple[str, ...]

    @property
    def findings(self) -> list[Checked]:
        """Numbers that nothing bears, and those that rest on a run that is not proven."""
        return [one for one in self.numbers if one.status in FINDINGS or self._rests_on_nothing(one)]

    def _rests_on_nothing(self, one: Checked) -> bool:
        known = self.records.by_name
        return any(run in known and known[run].unproven for run in one.runs)

    def written(self) -> dict[str, Any]:
        """As JSON holds it."""
        counts = Counter(one.status for one in self.numbers)
        named = ("supported", "derived", "setting", "misattributed", "spread_without_seeds", "unsupported")
        return {
            "numbers": [
                {
                    "file": one.file,
                    "line": one.line,
                    "text": one.text,
                    "value": one.value,
                    "status": one.status,
                    "evidence": one.evidence,
                    "reason": one.reason,
                }
                for one in self.numbers
            ],
            "runs": [
                {"run": run.name, "proven": not run.unproven, "reason": run.unproven} for run in self.records.runs
            ],
            "counts": {
                **{status: counts[status] for status in named},
                "numbers": len(self.numbers),
                "findings": len(self.findings),
                "left_out": self.left_out,
                "unread": len(self.unread),
            },
        }


def audit_draft(draft: Path, results: Path) -> DraftAudit:
    """Audit a draft against a folder of results. Raises UsageError where the draft cannot be read."""
    source = read_source(draft)
    document = document_of_latex(source.text) if source.latex else document_of_markdown(source.text)
    records = read_folder(results)
    names = Names(records, RunNames(records))
    values = Values(records)
    judged = list(_tables(document, source, names, values))
    names = Names(records, RunNames(records, learned(document.tables, names, values)))
    judged += _passages(document, source, names, values, leading(document.tables, names, values))
    told = [one for one in judged if one.status]
    return DraftAudit(
        numbers=tuple(sorted(told, key=lambda one: (one.file, one.line))),
        records=records,
        left_out=document.left_out + len(judged) - len(told),
        unread=(*source.unread, *document.unread, *records.unread),
    )


def _passages(
    document: Document, source: Source, names: Names, values: Values, main: frozenset[Key]
) -> Iterator[Checked]:
    before, paragraph, under, cited = Context(), 0, frozenset[str](), False
    depth = 0
    for passage in document.passages:
        if passage.heading:
            named = _headed(passage.text, names)
            if named or passage.heading <= depth:
                under, depth = named, passage.heading
        if passage.paragraph != paragraph:  # what was spoken of goes on, who it was does not
            before, paragraph = Context(before.metrics, leading=main, headed=under), passage.paragraph
        reader = Reader(names, passage.text, before)
        yield from _sentence(passage, reader, source, values, cited)
        before, cited = reader.whole(), CITED in passage.text


def _headed(heading: str, names: Names) -> frozenset[str]:
    """The one run that a heading names."""
    runs = {run for each in names.runs.mentions(heading) if not each.ours for run in each.runs}
    return frozenset(runs) if len(runs) == 1 else frozenset()


def _sentence(passage: Passage, reader: Reader, source: Source, values: Values, after_cited: bool) -> Iterator[Checked]:
    text = passage.text
    theirs = after_cited and _THEY.match(text) is not None and not reader.mentions
    cases = [
        Case(
            number=number,
            text=text,
            context=reader.context(number),
            names=reader.names,
            values=values,
            percents=reader.percents(number) or points_after(text, number.end),
            cited=theirs or (CITED in text and of_a_cited_work(text, number.start, number.end)),
        )
        for number in reader.numbers
    ]
    cases = _spreads_in_a_row(cases)
    nearby = _nearby(cases)
    for case in cases:
        case.nearby.extend(nearby)
        place = source.place(passage.lines[min(case.number.start, len(passage.lines) - 1)])
        yield _checked(judge(case), case, place, _shown(text), reader.names)


def _spreads_in_a_row(cases: list[Case]) -> list[Case]:
    """`standard deviations of 0.1 for A, 0.2 for B and 0.3 for C`: what goes on after a spread is one."""
    done: list[Case] = []
    for case in cases:
        last = done[-1] if done else None
        goes_on = (
            last is not None and is_spread(last) and _IN_A_ROW.fullmatch(case.text[last.number.end : case.number.start])
        )
        done.append(replace(case, spread=True) if goes_on else case)
    return done


def _nearby(cases: list[Case]) -> list[Found]:
    """The measured values that a sentence prints, one for each number that is plainly one."""
    found: list[Found] = []
    for case in cases:
        if case.number.percent or case.number.factor or not case.context.metrics:
            continue
        fitting = [one for one in case.hits if case.fits(one) and one.role != "spread" and "[" not in one.shown]
        if fitting and len({one.run for one in fitting}) <= 3:
            found += [replace(one, printed=case.number.value) for one in fitting]
    return found


def _tables(document: Document, source: Source, names: Names, values: Values) -> Iterator[Checked]:
    for table in document.tables:
        for entry in entries(table, names, values):
            case = _case_of(entry, names, values)
            text = f"{' | '.join([*entry.cell.row, *entry.cell.column])}: {entry.cell.text}"
            yield _checked(judge(case), case, source.place(entry.cell.line), _shown(text), names)


def _case_of(entry: Entry, names: Names, values: Values) -> Case:
    context = entry.context
    if entry.changed:
        context = Context(
            metrics=context.metrics,
            runs=context.runs,
            settings=frozenset(),
            others=context.others,
            words=f"{context.words} change by",
        )
    return Case(
        number=entry.number,
        text=entry.cell.text,
        context=context,
        names=names,
        values=values,
        in_table=True,
        percents=entry.percents,
        spread=entry.spread,
        averaged=entry.averaged,
        scale=entry.scale,
        cited=any(CITED in header for header in entry.cell.row),
    )


def _checked(ruling: Ruling, case: Case, place: tuple[str, int], text: str, names: Names) -> Checked:
    known = names.records.by_name
    weak = [run for run in dict.fromkeys(ruling.runs) if run in known and known[run].unproven]
    rests = "; ".join(f"it rests on {run}, which is not proven: {known[run].unproven}" for run in weak)
    return Checked(
        file=place[0],
        line=place[1],
        text=text,
        shown=case.number.shown,
        value=case.number.value,
        status=ruling.status or "",
        evidence=ruling.evidence,
        reason="; ".join(part for part in (ruling.reason, rests) if part),
        runs=ruling.runs,
    )


def _shown(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[\ue000-\uf8ff]", "", text.replace(CITED, "[cited]"))).strip()
