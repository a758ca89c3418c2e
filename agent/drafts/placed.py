"""Values that references fill in, read where they stand: by the table's headers, as the numbers of any draft are.

A reference gives the right value, and still it may stand in another run's row or under another metric.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.drafts.judging.case import Case
from agent.drafts.judging.cells import case_of
from agent.drafts.judging.prose import cases_of
from agent.drafts.judging.rules import judge
from agent.drafts.naming.context import Names
from agent.drafts.naming.run_names import RunNames
from agent.drafts.naming.tables import entries
from agent.drafts.records.pool import Values
from agent.drafts.records.session import records_of
from agent.drafts.text.latex import document_of_latex
from agent.drafts.text.markdown import document_of_markdown
from agent.drafts.text.passages import Document, Table
from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.fill import printed
from agent.evidence.reference import REFERENCE, parse_reference

_TOLD = "as told"
"""What stands for words and numbers of the tool's own."""


def misplaced(text: str, evidence: Evidence, latex: bool) -> list[str]:
    """A sentence for each value that headers give to a run or a metric of which it is not; references stand unfilled."""
    try:
        told = _filled(printed(text, evidence), evidence)
    except BadAnswer:
        return []  # a reference or a condition that cannot be read is told where it is filled in
    document = document_of_latex(told) if latex else document_of_markdown(told)
    records = records_of(evidence)
    names, values = Names(records, RunNames(records)), Values(records)
    found = [*_of_tables(document.tables, names, values), *_of_sentences(document, names, values)]
    return list(dict.fromkeys(found))


def _of_tables(tables: tuple[Table, ...], names: Names, values: Values) -> Iterator[str]:
    for table in tables:
        for entry in entries(table, names, values):
            case = case_of(entry, names, values)
            ruling = judge(case)
            if ruling.status == "misattributed" and _is_sure(case):
                heads = " | ".join([*entry.cell.row, *entry.cell.column])
                yield f"{entry.cell.text!r} under “{heads}”: {ruling.reason}; let the reference be of the run and the metric that the headers name"


def _of_sentences(document: Document, names: Names, values: Values) -> Iterator[str]:
    for passage, case in cases_of(document, names, values, frozenset()):
        if case.number.whole or not case.context.near or not _is_sure(case):
            continue
        ruling = judge(case)
        if ruling.status == "misattributed":
            yield f"{case.number.shown!r} in “{passage.text}”: {ruling.reason}; let the reference be of the run and the metric of which the sentence speaks"


def _is_sure(case: Case) -> bool:
    """Whether the metric that is named is no guess by a part of its name: "steps run" is not `dead_steps`."""
    metrics, words = case.names.metrics, case.context.words
    if any(case.of_metric(one) for one in case.hits):
        return True
    return not metrics.only_in_part(words) and not any(metrics.related(one.key, words) for one in case.hits)


def _filled(text: str, evidence: Evidence) -> str:
    """The text with its values and names in plain words. What the tool words itself, verdicts and tables, is right where it
    stands and is left out."""

    def told(inner: str) -> str:
        reference = parse_reference(inner)
        if reference.is_word or not evidence.results.get(reference.head):
            return _TOLD
        value = (
            reference.rest[:1]
            and reference.rest[0] in evidence.results.metrics
            and reference.rest[1:] in ((), ("mean",))
        )
        named = reference.rest in ((), ("name",), ("title",))
        return evidence.resolve(reference).text if value or named else _TOLD

    return REFERENCE.sub(lambda match: told(match[1]), text)
