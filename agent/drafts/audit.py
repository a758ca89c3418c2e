"""The audit of any draft against any folder of results: every number with its status, every run with its proof."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.drafts.judging.case import FINDINGS, Case, Ruling
from agent.drafts.judging.cells import cases_of_table
from agent.drafts.judging.prose import cases_of
from agent.drafts.judging.rules import judge
from agent.drafts.judging.spread_kinds import said_of_all
from agent.drafts.learned import leading, learned
from agent.drafts.naming.context import Names
from agent.drafts.naming.glossary import glossary
from agent.drafts.naming.run_names import RunNames
from agent.drafts.naming.titled import named_in_rows, named_in_title
from agent.drafts.records.folder import read_folder
from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Key, Records
from agent.drafts.text.latex import document_of_latex
from agent.drafts.text.markdown import document_of_markdown
from agent.drafts.text.passages import Document
from agent.drafts.text.sentences import CITED
from agent.drafts.text.source import Source, read_source

_LEGEND = re.compile(r"\(?[A-Z][\w@+-]*\.?\s*(?::|=)\s*[a-z][^;:]{3,60};\s*[A-Z][\w@+-]*\.?\s*(?::|=)")
"""A sentence that is a legend: `PER: prioritised replay; HER: …`."""


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
    records = read_folder(results, draft)
    texts = [each.text for each in document.passages]
    known = glossary(texts, [*(table.caption for table in document.tables), *filter(_LEGEND.match, texts)])
    said = [*texts, *_written(document)]
    names = Names(records, RunNames(records, texts=said), known)
    spreads = said_of_all(said)
    rows = named_in_rows(document.tables, names)
    short = {**names.runs.called_short(known), **rows}
    names = Names(records, RunNames(records, short, said), known, spreads=spreads)
    values = Values(records)
    judged = list(_tables(document, source, names, values))
    titled = dict.fromkeys(named_in_title(document, names), names.runs.ours)
    called = learned(document.tables, names, values)
    told = {**rows, **names.runs.called_short(known), **titled, **called}
    names = Names(records, RunNames(records, told, said), known, called, spreads)
    judged += _passages(document, source, names, values, leading(document, names, values))
    claims = [one for one in judged if one.status]
    return DraftAudit(
        numbers=tuple(sorted(claims, key=lambda one: (one.file, one.line))),
        records=records,
        left_out=document.left_out + len(judged) - len(claims),
        unread=(*source.unread, *document.unread, *records.unread),
    )


def _written(document: Document) -> Iterator[str]:
    """Headers and captions of all tables."""
    for table in document.tables:
        yield table.caption
        yield from {head for cell in table.cells for head in (*cell.row, *cell.column)}


def _passages(
    document: Document, source: Source, names: Names, values: Values, main: frozenset[Key]
) -> Iterator[Checked]:
    for passage, case in cases_of(document, names, values, main):
        place = source.place(passage.lines[min(case.number.start, len(passage.lines) - 1)])
        yield _checked(judge(case), case, place, _shown(passage.text), names)


def _tables(document: Document, source: Source, names: Names, values: Values) -> Iterator[Checked]:
    for table in document.tables:
        for entry, case in cases_of_table(table, names, values):
            text = f"{' | '.join([*entry.cell.row, *entry.cell.column])}: {entry.cell.text}"
            yield _checked(judge(case), case, source.place(entry.cell.line), _shown(text), names)


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
