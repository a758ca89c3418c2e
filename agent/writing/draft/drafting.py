"""Asks for the draft: sections one at a time, each filled, then each refined once, then the title reconsidered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from agent.errors import BadAnswer
from agent.models.gateway import Gateway
from agent.models.replies.declined import refusals
from agent.models.replies.subject import NAMES_NOTHING
from agent.proofreading.problems import title_problems
from agent.proofreading.source.beside import lost_words
from agent.proofreading.source.latex import unwrap
from agent.session.events import SectionWritten
from agent.session.session import Session
from agent.session.steps import TITLE, Step
from agent.writing.bibliography import Entry
from agent.writing.draft import Draft
from agent.writing.draft.desk import Desk, lay_desk
from agent.writing.draft.sections import SECTIONS, TITLE_AND_ABSTRACT, Section
from agent.writing.draft.shown import prompt_values
from agent.writing.known import subject_of_session

_TITLE = re.compile(
    r"\\title\s*\{((?:[^{}]|\{[^{}]*\})*)\}|^\W{0,4}title\W{0,4}:\s*(.+)$", re.IGNORECASE | re.MULTILINE
)
_ABSTRACT = re.compile(r"\\begin\{abstract\}(.*?)\\end\{abstract\}", re.DOTALL)
_LABEL = re.compile(r"\A\s*(?:[#*]+\s*)?abstract\s*(?:\*+\s*)?[:.]\s*(?:\*+\s*)?", re.IGNORECASE)
"""An abstract's own heading, which the paper has."""
_MOST_PROBLEMS = 40
_TITLE_WORDS = 25
Phase = Literal["fill", "refine"]
Given = tuple[str, str]
"""What an answer gives: the paper's title, where it has one, and the text."""


@dataclass(frozen=True)
class Question:
    """What the writer is asked: in which step, with which prompt, and the values of the prompt."""

    step: Step
    prompt: str
    values: dict[str, Any]


def write_draft(
    session: Session, gateway: Gateway, bibliography: Sequence[Entry], takes: Callable[[str], bool] | None = None
) -> Draft:
    """Fill every section, refine each once, reconsider the title; recorded steps are not asked again.

    What the writer leaves wrong after its last try stays in the draft's `problems`. `takes`: see Desk.
    """
    desk = lay_desk(session, gateway, bibliography, takes)
    draft = Draft(session.idea.Title, {})
    phases: tuple[Phase, ...] = ("fill", "refine")
    for phase in phases:
        for section in SECTIONS:
            draft = draft.placed(_written(desk, draft, section, phase))
    return replace(draft, title=_reconsidered(desk, draft).title or draft.title)


def _written(desk: Desk, draft: Draft, section: Section, phase: Phase) -> SectionWritten:
    values = prompt_values(desk, draft, section, refining=phase == "refine")
    if phase == "refine":
        found = [*draft.problems.get(section.name, ()), *desk.remarks(section, draft)]
        values |= {"text": draft.whole(section), "findings": found}
    question = Question(Step.section(section.name, phase), f"section_{phase}", values)
    return _ask(desk, draft, section, phase, question)


def ask_repair(
    desk: Desk, draft: Draft, section: Section, step: Step, errors: Sequence[str], printed: bool = False
) -> SectionWritten:
    """A section that LaTeX did not take, given back with TeX's errors; or one that was `printed`, with what is wrong there."""
    values = {"section": section, "errors": list(errors), "text": draft.whole(section), "printed": printed}
    values |= {"settled": True}
    return _ask(desk, draft, section, "refine", Question(step, "latex_repair", values))


def _ask(desk: Desk, draft: Draft, section: Section, phase: Phase, question: Question) -> SectionWritten:
    """One section from the writer, recorded; what stays wrong after the last try is kept as its problems."""

    def work() -> SectionWritten:
        (title, text), problems = ask_text(
            desk,
            question,
            read=lambda text: read_section(section, text, draft.title, desk.figures),
            check=lambda title, text: desk.problems(section, title, text, draft),
            lost=lambda answer: lost_of(section, answer),
        )
        if not text.strip() and draft.sections.get(section.name):
            text = draft.sections[section.name]  # nothing usable came: the version before it stands
        return SectionWritten(section=section.name, phase=phase, source=text, title=title, problems=problems)

    return desk.session.journal.step(SectionWritten, question.step, work)


def _reconsidered(desk: Desk, draft: Draft) -> SectionWritten:
    abstract, idea = draft.sections.get(TITLE_AND_ABSTRACT, ""), desk.session.idea
    question = Question(TITLE, "title", {"title": draft.title, "abstract": abstract, "idea": idea})

    def work() -> SectionWritten:
        (title, _), problems = ask_text(
            desk,
            question,
            read=lambda text: (_title_in(text) or text.strip().strip('"*`{}').split("\n")[0], ""),
            check=lambda title, _: title_problems(title, idea),
        )
        kept = draft.title if problems else title
        return SectionWritten(section=TITLE_AND_ABSTRACT, phase="title", source=title, title=kept)

    return desk.session.journal.step(SectionWritten, TITLE, work)


def ask_text(
    desk: Desk,
    question: Question,
    read: Callable[[str], Given],
    check: Callable[[str, str], list[str]],
    lost: Callable[[str], list[str]] = lambda answer: [],
) -> tuple[Given, list[str]]:
    """What the writer gave, and what is wrong with it: nothing, or what its best try left."""
    tries: list[tuple[Given, list[str]]] = []

    def parse(answer: str) -> Given:
        given = read(answer)
        taken = "\n\n".join(filter(None, given))
        declined = refusals(taken or answer, whole=bool(given[1])) or unspoken_of(desk, taken)
        given = ("", "") if declined else given
        problems = declined or [*check(*given), *lost(answer)]
        tries.append((given, problems))
        if problems:
            raise BadAnswer("\n".join(f"- {problem}" for problem in problems[:_MOST_PROBLEMS]))
        return given

    try:
        return desk.gateway.ask_for("writer", question.step, question.prompt, parse, **question.values), []
    except BadAnswer:
        return min(tries, key=lambda attempt: (not any(attempt[0]), len(attempt[1])))


def unspoken_of(desk: Desk, taken: str) -> list[str]:
    """The problem of a text, or of a title alone, that says nothing of the session; none where nothing was taken."""
    subject = subject_of_session(desk.session)
    if (
        not taken.strip()
        or subject.is_named_in(taken)
        or (len(taken.split()) < _TITLE_WORDS and subject.touches(taken))
    ):
        return []
    return [NAMES_NOTHING.format(what="the text of this paper")]


def read_section(section: Section, answer: str, title: str, figures: Sequence[str]) -> Given:
    """The section in an answer, and the paper's title (`title` where it gives none) where that is given with it."""
    if not section.carries_title:
        return "", unwrap(answer, figures)
    text = unwrap(answer)
    found = _title_in(text) or _title_in(answer) or title
    abstract = _ABSTRACT.search(text)
    body = abstract.group(1) if abstract else _LABEL.sub("", _TITLE.sub("", text))
    return found, re.sub(r"\s*\n\s*", " ", body).strip()


def lost_of(section: Section, answer: str) -> list[str]:
    """What of an answer did not become part of the section, a sentence each."""
    problems = lost_words(answer, section.name, section.carries_title)
    text = unwrap(answer)
    if section.carries_title and _ABSTRACT.search(text):
        beside = re.sub(
            r"\\(?:maketitle|date|author)\b(?:\{[^{}]*\})?", "", _TITLE.sub("", _ABSTRACT.sub("", text))
        ).strip()
        if re.search(r"\w", beside):
            problems.append(
                f"text beside title and abstract is no part of them ({beside[:60]!r}): put it into the abstract"
            )
    return problems


def _title_in(text: str) -> str:
    match = _TITLE.search(text)
    return " ".join((match.group(1) or match.group(2)).split()).strip('"*` ') if match else ""
