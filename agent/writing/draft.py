"""The draft: sections asked for one at a time, each filled, then each refined once, then the title reconsidered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.models.gateway import Gateway
from agent.proofreading.latex_source import unwrap
from agent.results.results import Results
from agent.session.events import SectionWritten
from agent.session.session import Session
from agent.writing.bibliography import Entry
from agent.writing.desk import Desk, Draft, drawn_figures, prompt_values, title_problems, whole_section
from agent.writing.sections import SECTIONS, TITLE_AND_ABSTRACT, Section

_TITLE = re.compile(
    r"\\title\s*\{((?:[^{}]|\{[^{}]*\})*)\}|^\W{0,4}title\W{0,4}:\s*(.+)$", re.IGNORECASE | re.MULTILINE
)
_ABSTRACT = re.compile(r"\\begin\{abstract\}(.*?)\\end\{abstract\}", re.DOTALL)
PLAIN = "could not be typeset as LaTeX, so it stands as plain text"
"""Begins the problem of a section that is set without its own LaTeX."""


def write_draft(session: Session, gateway: Gateway, results: Results, bibliography: Sequence[Entry]) -> Draft:
    """Fill every section, refine each once, reconsider the title; recorded steps are not asked again.

    What the writer leaves wrong after its last try stays in the draft's `problems`.
    """
    desk = Desk(
        session, gateway, Evidence(results, session.template.reported), tuple(bibliography), drawn_figures(session)
    )
    draft = Draft(session.idea.Title, {})
    for section in SECTIONS:
        draft = _placed(draft, section, _written(desk, draft, section, "fill"))
    for section in SECTIONS:
        draft = _placed(draft, section, _written(desk, draft, section, "refine"))
    return replace(draft, title=_reconsidered(desk, draft).title or draft.title)


def read_draft(session: Session) -> Draft:
    """The draft as the journal has it: the last version of each section."""
    draft = Draft(session.idea.Title, {})
    by_name = {section.name: section for section in SECTIONS}
    for event in session.journal.all(SectionWritten):
        if event.phase == "title":
            draft = replace(draft, title=event.title or draft.title)
        elif event.section in by_name:
            draft = _placed(draft, by_name[event.section], event)
    return draft


def _written(desk: Desk, draft: Draft, section: Section, phase: Literal["fill", "refine"]) -> SectionWritten:
    step = f"draft/{section.name}/{phase}"
    values = prompt_values(desk, draft, section, refining=phase == "refine")
    if phase == "refine":
        values["text"] = whole_section(section, draft)
        values["findings"] = list(draft.problems.get(section.name, ()))
    return ask_section(desk, draft, section, step, phase, f"section_{phase}", values)


def ask_section(
    desk: Desk,
    draft: Draft,
    section: Section,
    step: str,
    phase: Literal["fill", "refine"],
    prompt: str,
    values: dict[str, Any],
) -> SectionWritten:
    """One section from the writer, recorded; what stays wrong after the last try is kept as its problems."""

    def work() -> SectionWritten:
        event, problems = _asked(
            desk,
            step,
            prompt,
            values,
            read=lambda text: _read(section, text, draft.title, desk.figures),
            check=lambda title, text: desk.problems(section, title, text, draft),
        )
        title, text = event
        if not text.strip() and draft.sections.get(section.name):
            text = draft.sections[section.name]  # nothing usable came: the version before it stands
        return SectionWritten(section=section.name, phase=phase, source=text, title=title, problems=problems)

    return desk.session.journal.step(SectionWritten, step, work)


def _reconsidered(desk: Desk, draft: Draft) -> SectionWritten:
    def work() -> SectionWritten:
        (title, _), problems = _asked(
            desk,
            "draft/title",
            "title",
            {"title": draft.title, "abstract": draft.sections.get(TITLE_AND_ABSTRACT, ""), "idea": desk.session.idea},
            read=lambda text: (_title_in(text) or text.strip().strip('"*`{}').split("\n")[0], ""),
            check=lambda title, _: title_problems(title, desk),
        )
        kept = draft.title if problems else title
        return SectionWritten(section=TITLE_AND_ABSTRACT, phase="title", source=title, title=kept)

    return desk.session.journal.step(SectionWritten, "draft/title", work)


def _asked(
    desk: Desk,
    step: str,
    prompt: str,
    values: dict[str, Any],
    read: Callable[[str], tuple[str, str]],
    check: Callable[[str, str], list[str]],
) -> tuple[tuple[str, str], list[str]]:
    """(title, text) and what is wrong with them: nothing, or what the writer's best try left."""
    tries: list[tuple[tuple[str, str], list[str]]] = []

    def parse(answer: str) -> tuple[str, str]:
        given = read(answer)
        problems = check(*given)
        tries.append((given, problems))
        if problems:
            raise BadAnswer("\n".join(f"- {problem}" for problem in problems[:12]))
        return given

    try:
        return desk.gateway.ask_for("writer", step, prompt, parse, **values), []
    except BadAnswer:
        return min(tries, key=lambda attempt: (not any(attempt[0]), len(attempt[1])))


def _read(section: Section, answer: str, title: str, figures: Sequence[str]) -> tuple[str, str]:
    if section.name != TITLE_AND_ABSTRACT:
        return "", unwrap(answer, figures)
    text = unwrap(answer)
    found = _title_in(text) or _title_in(answer) or title
    abstract = _ABSTRACT.search(text)
    body = abstract.group(1) if abstract else _TITLE.sub("", text)
    return found, re.sub(r"\s*\n\s*", " ", body).strip()


def _title_in(text: str) -> str:
    match = _TITLE.search(text)
    return " ".join((match.group(1) or match.group(2)).split()).strip('"*` ') if match else ""


def _placed(draft: Draft, section: Section, event: SectionWritten) -> Draft:
    plain = (
        draft.plain | {section.name}
        if any(p.startswith(PLAIN) for p in event.problems)
        else draft.plain - {section.name}
    )
    return Draft(
        event.title or draft.title,
        {**draft.sections, section.name: event.source},
        {**draft.problems, section.name: tuple(event.problems)},
        plain,
    )
