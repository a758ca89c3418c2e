"""A section once more, after the audit of the whole draft: all that was found in it goes to the writer at once."""

from __future__ import annotations

from collections.abc import Sequence

from agent.results.story.reviewed import review_of
from agent.session.events import SectionWritten
from agent.session.steps import Step
from agent.writing.draft import Draft
from agent.writing.draft.desk import Desk
from agent.writing.draft.drafting import Question, ask_text, lost_of, read_section
from agent.writing.draft.sections import Section
from agent.writing.draft.shown import prompt_values
from agent.writing.draft.text import draft_text, returned


def ask_mended(desk: Desk, draft: Draft, section: Section, step: Step, findings: Sequence[str]) -> SectionWritten:
    """The section as the writer mended it, recorded; the one that stood where the answer leaves more wrong than it.

    One answer is one round: what it leaves wrong is for the next one. Raises what the gateway raises.
    """
    values = prompt_values(desk, draft, section, refining=True) | {"settled": True}
    question = Question(step, "section_mend", {**values, "text": draft.whole(section), "findings": list(findings)})

    def work() -> SectionWritten:
        (title, text), lost = ask_text(
            desk,
            question,
            read=lambda answer: read_section(section, answer, draft.title, desk.figures),
            check=lambda title, text: [] if text.strip() else ["the section is missing: give the whole of it"],
            lost=lambda answer: lost_of(section, answer),
        )
        if not text.strip() or text == draft.sections[section.name]:
            return _as_it_stands(desk, draft, section)
        left = [*desk.problems(section, title, text, draft), *lost, *_put_back(desk, draft, section, text)]
        if len(left) > max(len(findings), len(draft.problems.get(section.name, ()))):
            return _as_it_stands(desk, draft, section)
        return SectionWritten(section=section.name, phase="refine", source=text, title=title, problems=left)

    return desk.session.journal.step(SectionWritten, step, work)


def _put_back(desk: Desk, draft: Draft, section: Section, text: str) -> list[str]:
    """A sentence for each objection to the section whose sentence a change had removed, and this text holds again."""
    review = review_of(desk.session.journal.events)
    written = SectionWritten(section=section.name, phase="refine", source=text, title=draft.title)
    numbers = returned(review, draft_text(draft.placed(written), desk.evidence))
    return [
        f"objection {one.number} of the review had “{one.quote}” changed, and it is back: say it as it was changed"
        for one in (each.objection for each in (review.standing if review else ()))
        if one.number in numbers and one.section == section.name
    ]


def _as_it_stands(desk: Desk, draft: Draft, section: Section) -> SectionWritten:
    """The version before the question, looked at anew: other sections may have mended what was wrong with it."""
    name, text = section.name, draft.sections[section.name]
    title = draft.title if section.carries_title else ""
    plain = name in draft.plain
    found = list(draft.problems.get(name, ())) if plain else desk.problems(section, title, text, draft)
    problems = list(dict.fromkeys([*found, *_put_back(desk, draft, section, text)]))
    return SectionWritten(section=name, phase="refine", source=text, title=title, problems=problems, plain=plain)
