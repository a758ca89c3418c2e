"""Values that references fill in, read where they stand: by the table's headers, as the numbers of any draft are.

A reference gives the right value, and still it may stand in another run's row or under another metric.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agent.drafts.judging.case import Case
from agent.drafts.judging.cells import cases_of_table
from agent.drafts.judging.prose import cases_of
from agent.drafts.judging.rules import judge
from agent.drafts.naming.context import Names as DraftNames
from agent.drafts.naming.run_names import RunNames
from agent.drafts.records.pool import Values
from agent.drafts.records.session import records_of
from agent.drafts.text.latex import document_of_latex
from agent.drafts.text.markdown import document_of_markdown
from agent.drafts.text.passages import Document, Table
from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.fill import printed
from agent.evidence.reference import REFERENCE, parse_reference
from agent.proofreading import attribution
from agent.proofreading.sentences.argued import argued_sentences
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.typed_numbers import TypedFinding
from agent.results.results import RunResult
from agent.results.words.phrases import run_label, value_text

_TOLD = "as told"
"""What stands for words and numbers of the tool's own."""


@dataclass(frozen=True)
class Placed:
    """A value as it is printed, and why it cannot stand where it does."""

    shown: str
    why: str


def misplaced(text: str, evidence: Evidence, latex: bool) -> list[str]:
    """A sentence for each value that stands with a run or a metric of which it is not; references stand unfilled.

    Where a metric is named, headers and words say whose a value is; where none is, the run that the sentence speaks of does.
    """
    found = _read_in_place(text, evidence, latex)
    others = attributed(text, evidence, latex, {placed.shown for placed in found})
    return list(dict.fromkeys([*(placed.why for placed in found), *others]))


def attributed(text: str, evidence: Evidence, latex: bool, told: Collection[str] = ()) -> list[str]:
    """The same of the runs that sentences speak of alone, whatever metric they name; sentences with a value of `told` are left out."""
    names, known = Names(evidence), list[str]()
    for sentence in argued_sentences(text, latex, evidence):
        found = [str(TypedFinding(typed, sentence, why)) for typed, why in attribution.check(sentence, names)]
        if found and not (told and any(value.startswith(tuple(told)) for value in _values(sentence, evidence))):
            known += found
    return known


def _values(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """What the references of a sentence print."""
    for reference in sentence.references:
        with contextlib.suppress(BadAnswer):  # told where it is filled in
            yield _filled(f"[[{reference.text}]]", evidence)


def _read_in_place(text: str, evidence: Evidence, latex: bool) -> list[Placed]:
    """The values that the rules of any draft give to another run or metric."""
    try:
        told = _filled(printed(text, evidence), evidence)
    except BadAnswer:
        return []  # a reference or a condition that cannot be read is told where it is filled in
    document = document_of_latex(told) if latex else document_of_markdown(told)
    records = records_of(evidence)
    names, values = DraftNames(records, RunNames(records)), Values(records)
    own = _Own.of(evidence)
    return [*_of_tables(document.tables, names, values, own), *_of_sentences(document, names, values, own)]


@dataclass(frozen=True)
class _Own:
    """What each run has of each metric as texts print it: that stands right with this run and this metric, whoever else has as much."""

    printed: tuple[tuple[RunResult, str, frozenset[str]], ...]
    """Run, metric, and the numbers that stand for it."""

    @classmethod
    def of(cls, evidence: Evidence) -> _Own:
        runs, kinds = evidence.results.runs, evidence.results.metrics
        return cls(
            tuple(
                (run, metric, frozenset(map(_unsigned, value_text(run, value, kinds[metric]).split())))
                for run in runs
                for metric, value in run.values.items()
                if metric in kinds
            )
        )

    def has(self, case: Case, heads: str = "") -> bool:
        """Whether a number is what its run has of its metric: those of which it is by what is read, or whose whole names head it."""
        runs, metrics = case.context.runs, {key.path for key in case.context.metrics}
        named = f" {_words(heads)} "
        return any(
            (run.name in runs and (metric,) in metrics)
            or (f" {_words(metric)} " in named and any(f" {_words(name)} " in named for name in _names_of(run)))
            for run, metric, shown in self.printed
            if _unsigned(case.number.shown) in shown
        )


def _names_of(run: RunResult) -> tuple[str, ...]:
    return (run_label(run).removeprefix("the "), run.name, *([run.title] if _words(run.title) else []))


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def _unsigned(number: str) -> str:
    return number.lstrip("+-−")


def _of_tables(tables: tuple[Table, ...], names: DraftNames, values: Values, own: _Own) -> Iterator[Placed]:
    for table in tables:
        for entry, case in cases_of_table(table, names, values):
            ruling, heads = judge(case), " | ".join([*entry.cell.row, *entry.cell.column])
            if ruling.status == "misattributed" and _is_sure(case) and not own.has(case, heads):
                why = f"{entry.cell.text!r} under “{heads}”: {ruling.reason}; let the reference be of the run and the metric that the headers name"
                yield Placed(case.number.shown, why)


def _of_sentences(document: Document, names: DraftNames, values: Values, own: _Own) -> Iterator[Placed]:
    for passage, case in cases_of(document, names, values, frozenset()):
        if case.number.whole or not case.context.near or not _is_sure(case):
            continue
        ruling = judge(case)
        if ruling.status == "misattributed" and not own.has(case):
            why = f"{case.number.shown!r} in “{passage.text}”: {ruling.reason}; let the reference be of the run and the metric of which the sentence speaks"
            yield Placed(case.number.shown, why)


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
