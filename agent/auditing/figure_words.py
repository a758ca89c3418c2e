"""What is written within figures: titles, legends, annotations claim like a caption, and none of them has a reference.

What the tool gives is no claim: titles of runs, labels of metrics, words of the template's own script, the numbers of an axis.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.auditing.figure_axes import axis_numbers, is_bare
from agent.printing.figure_text import FigureText, texts_of
from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from agent.results.story import story_of
from agent.results.to_draw import all_to_draw
from agent.results.traced import numbers_of
from agent.session.events import FiguresDrawn, Finding
from agent.session.session import Session
from agent.writing.known import evidence_of, known_text

_NUMBER = re.compile(r"(?<![\w.])[-+−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*\w)")
_JUDGES = re.compile(
    r"\b(?:best|wins?|winner|superior\w*|outperform\w*|beats?|improv\w*|better|worse|significan\w*|state[- ]of[- ]the[- ]art|sota)\b",
    re.IGNORECASE,
)
"""What judges, whoever is judged: in a figure no reference can bear it."""
_DIRECTION = re.compile(r"\b(?:higher|lower|more|less|fewer|larger|smaller) is better\b", re.IGNORECASE)
_TOLD = re.compile(r"\((?:better|worse) [→↑←↓]\)|\([←→] (?:better|worse)\)|\(from (?:run )?\d+\)")
_INTERVAL = re.compile(r"\b9[059]\s?%(?=\s*(?:CI\b|confidence|(?:prediction )?interval))")
_LINE = 1.8
"""A line of a text and its next one are at most so many times the size apart."""


@dataclass(frozen=True)
class Known:
    """What figures may say: words that the tool gave, and numbers that were measured."""

    words: str
    values: Collection[float]
    grounds: Grounds

    def gives(self, text: str) -> bool:
        """Whether these words are the tool's own."""
        return not _plain(_TOLD.sub(" ", text)).strip() or _plain(_TOLD.sub(" ", text)) in self.words

    def has(self, shown: str) -> bool:
        """Whether a number was measured, at the digits that are shown, as a share or in percent; a whole one counts or names."""
        decimals = len(shown.partition(".")[2])
        number = abs(float(shown.replace("−", "-")))
        near = 0.5 * 10.0**-decimals * (1 + 1e-9)
        return not decimals or any(
            abs(abs(value) * scale - number) <= near for value in self.values for scale in (1, 100)
        )


def audit_figure_words(session: Session) -> Iterator[Finding]:
    """Claims and numbers within the figures of the last drawing that nothing bears."""
    drawn = story_of(session).figures
    return figure_words(session, drawn) if drawn else iter(())


def figure_words(session: Session, drawn: FiguresDrawn) -> Iterator[Finding]:
    """The same of one drawing, whose figures lie in the session."""
    names = [name for name in drawn.files if name.endswith(".pdf")] if drawn.ok else []
    if not names:
        return
    known = known_of(session, drawn.seq)
    for name in names:
        for said, why in claimed(texts_of(session.paths.figures / name), known):
            yield Finding(where=f"figures/{name}", what=f"“{said}” is written in the figure", why=why)


def known_of(session: Session, seq: int) -> Known:
    """What the figures drawn at an event may say."""
    then = story_of(session).until(seq)
    evidence, template = evidence_of(session, then), session.template
    results = evidence.results
    script = (
        session.blobs.get(session.files[name]).decode("utf-8", "replace")
        for name in template.figures.editable
        if name in session.files
    )
    named = [
        *(f"{run.index} {run.title}" for run in results.runs),
        *(f"run {run.index} {run.title}" for run in results.runs),
        *(f"{name} {metric.unit} {metric.description}" for name, metric in results.metrics.items()),
        *(f"{control.name} {control.title} {control.label}" for control in results.controls),
        *map(str, results.baseline.training),
        template.title,
    ]
    values = {*numbers_of(all_to_draw(session, then))}
    values |= {
        verdict.delta
        for run in results.runs
        for name in results.metrics
        if (verdict := results.verdict(run, name)).delta is not None
    }
    return Known(
        " | ".join(map(_plain, [*named, *script])), values, Grounds(evidence, known_text(session), prose=False)
    )


def claimed(texts: Sequence[FigureText], known: Known) -> Iterator[tuple[str, str]]:
    """(what is said, why that cannot stand) of each text that claims what nothing bears."""
    axes = axis_numbers(texts)
    for text in _joined([text for text in texts if not known.gives(text.text) and text not in axes]):
        said = _INTERVAL.sub(" ", _TOLD.sub(" ", text))
        if typed := next((shown for shown in _NUMBER.findall(said) if not known.has(shown)), ""):
            yield text, f"{typed} was not measured, or not so: a figure's words hold numbers of the results alone"
            continue
        if judged := _JUDGES.search(_DIRECTION.sub(" ", said)):
            yield text, f"{judged[0]!r} judges; say it in the text, where a reference bears it"
            continue
        for found in typed_findings(_NUMBER.sub(" ", said), known.grounds, latex=False):
            yield text, f"{found.typed!r} {found.why}; say it in the text, where a reference bears it"
            break


def _joined(texts: Iterable[FigureText]) -> list[str]:
    """Lines of one text put together."""
    found: list[tuple[str, FigureText]] = []
    for text in texts:
        if found and _follows(found[-1][1], text):
            found[-1] = (f"{found[-1][0]} {text.text}", text)
        else:
            found.append((text.text, text))
    return [said for said, _ in found]


def _follows(before: FigureText, after: FigureText) -> bool:
    if before.size != after.size or before.turned != after.turned or is_bare(before) or is_bare(after):
        return False
    down = after.x - before.x if before.turned else before.y - after.y
    return 0 < down <= _LINE * before.size


def _plain(text: str) -> str:
    return f" {re.sub(r'[^a-z0-9.]+', ' ', text.lower()).strip()} "
