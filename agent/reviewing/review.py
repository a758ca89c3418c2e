"""The review of a finished draft: another model objects, the writer answers each objection by a change or a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.errors import BadAnswer, NoAnswer, NoRecordedAnswer
from agent.models.replies.unused import MEND_AND_RESUME
from agent.results.english import counted
from agent.results.story import Story, story_of
from agent.results.tables.asked import asked_for
from agent.results.tables.markdown import results_table
from agent.reviewing.answers import Answers, answer_problems, kept, read_answers
from agent.reviewing.form import KINDS, MOST, Citable, PartlyBorne, read_review
from agent.session.events import Advised, SectionWritten
from agent.session.events.review import Objection, ObjectionsAnswered, Reviewed, ReviewForm
from agent.session.steps import REVIEW, Step
from agent.writing.code_shown import code_shown
from agent.writing.draft import Draft
from agent.writing.draft.desk import Desk
from agent.writing.draft.drafting import Given, Question, ask_text, lost_of, read_section
from agent.writing.draft.sections import SECTIONS, Section
from agent.writing.draft.shown import prompt_values
from agent.writing.draft.text import DraftText, draft_text

_DIFF_CHARACTERS, _CODE_CHARACTERS, _ADVICE_CHARACTERS = 5_000, 24_000, 1_500
_OF_ADVISER = re.compile(
    r"(?:^[\s>*#_-]*OBJECTION\b\W*|(?<=[.!?;])[\s*_]+(?-i:OBJECTION):[\s*_]*)(?P<text>\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_ADVISERS_SECTION = "Results"
"""Whose writer answers what the adviser objected while the runs were made."""
Say = Callable[[str], None]


def review_draft(desk: Desk, draft: Draft, say: Say = lambda text: None) -> Draft:
    """The draft after its review; recorded steps are not asked again.

    A recording that holds no review, a reviewer without a usable answer: the draft stands, and why is journalled.
    Raises ModelUnavailable, Paused, Interrupted as the gateway does.
    """
    session = desk.session
    if session.journal.find(Reviewed, REVIEW) is None:
        say("the draft is reviewed")
    reviewed = session.journal.step(Reviewed, REVIEW, lambda: _reviewed(desk, draft))
    for section in SECTIONS:
        asked = [each for each in reviewed.objections if each.section == section.name]
        if asked and section.name in draft.sections:
            draft = _answered(desk, draft, section, asked, say)
    return draft


# --- the reviewer


def _reviewed(desk: Desk, draft: Draft) -> Reviewed:
    story, text = story_of(desk.session), draft_text(draft, desk.evidence)
    advisers = _advisers_objections(story)
    shown = _shown(desk, story, draft, text)
    citable = Citable(desk.evidence, shown["citable"])
    try:
        objections, form = desk.gateway.ask_for(
            "reviewer", REVIEW, "review", lambda answer: read_review(answer, text, citable), **shown
        )
    except NoRecordedAnswer:
        return Reviewed(refused="the recording that was played holds no review")
    except PartlyBorne as partly:
        return _after(advisers, partly.objections, partly.form, partly.left_out)
    except (BadAnswer, NoAnswer) as failed:
        why = str(failed).removesuffix(MEND_AND_RESUME).splitlines()
        told = "; ".join(line.removeprefix("- ") for line in why)
        return Reviewed(objections=advisers, refused=f"the reviewer's answer could not be used: {told}")
    return _after(advisers, objections, form)


def _after(
    advisers: list[Objection], objections: Sequence[Objection], form: ReviewForm, left_out: Sequence[str] = ()
) -> Reviewed:
    """The review with the adviser's objections before the reviewer's, which keep their order and the gaps in it: a recorded answer
    to one of them speaks of it by its number."""
    moved = [each.model_copy(update={"number": each.number + len(advisers)}) for each in objections]
    return Reviewed(objections=[*advisers, *moved], form=form, left_out=list(left_out))


def _advisers_objections(story: Story) -> list[Objection]:
    """What the adviser objected to during the runs, on a line `OBJECTION: …` of its advice."""
    said = [
        (each.run, match["text"].strip()) for each in story.all(Advised) for match in _OF_ADVISER.finditer(each.text)
    ]
    return [
        Objection(
            number=number, by="adviser", quote=text, section=_ADVISERS_SECTION, evidence=[f"advice on {run}"], text=text
        )
        for number, (run, text) in enumerate(said, start=1)
    ]


@dataclass(frozen=True)
class _ShownRun:
    """What a reviewer sees of a run."""

    name: str
    title: str
    diff: str
    """Against the baseline."""
    differences: Sequence[str] = ()
    advice: str = ""


def _shown(desk: Desk, story: Story, draft: Draft, text: DraftText) -> dict[str, Any]:
    """Values of review.jinja."""
    session = desk.session
    names, baseline = session.template.experiment.editable, story.baseline
    advice = {each.run: each.text[:_ADVICE_CHARACTERS] for each in story.all(Advised)}
    shown = code_shown(session, story.runs, _DIFF_CHARACTERS, _DIFF_CHARACTERS * max(1, len(story.runs)))
    runs = [
        _ShownRun(
            event.run, event.title, shown.diffs.get(event.run, ""), tuple(event.comparable), advice.get(event.run, "")
        )
        for event in story.runs
    ]
    last = story.runs[-1] if story.runs else baseline
    code = (
        {name: session.blobs.get(last.code[name]).decode(errors="replace") for name in names if name in last.code}
        if last
        else {}
    )
    given_up = [f"{event.run}, {event.title}: {event.reason}" for event in story.abandoned]
    citable = ["code", *(["plan"] if story.plan else []), *(["given up"] if given_up else [])]
    citable += [f"diff of {run.name}" for run in runs] + [f"advice on {run.name}" for run in runs if run.advice]
    return {
        "idea": session.idea,
        "draft": text,
        "table": results_table(desk.evidence.results, asked_for(session, " ".join(draft.sections.values()))),
        "plan": story.plan,
        "runs": runs,
        "functions": shown.functions,
        "given_up": given_up,
        "code": {name: source[:_CODE_CHARACTERS] for name, source in code.items()},
        "last": last.run if last else "",
        "citable": citable,
        "kinds": KINDS,
        "most": MOST,
    }


# --- the writer's answers


@dataclass
class _Read:
    """What the writer's last answer held; each try replaces it."""

    answers: Answers = field(default_factory=lambda: Answers({}, ""))
    by_text: dict[Given, Answers] = field(default_factory=dict)


def _answered(desk: Desk, draft: Draft, section: Section, asked: Sequence[Objection], say: Say) -> Draft:
    """The draft with one section after the objections to it."""
    journal, step = desk.session.journal, Step.review_answer(section.name)
    if journal.find(ObjectionsAnswered, step) is None:
        say(f"{step}: the writer answers {counted(len(asked), 'objection')}")
    event = journal.step(ObjectionsAnswered, step, lambda: _ask_answers(desk, draft, section, asked, step))
    if not event.source:
        return draft
    written = SectionWritten(
        section=section.name, phase="refine", source=event.source, title=event.title, problems=event.problems
    )
    return draft.placed(journal.step(SectionWritten, Step.section(section.name, "reviewed"), lambda: written))


def _ask_answers(
    desk: Desk, draft: Draft, section: Section, asked: Sequence[Objection], step: Step
) -> ObjectionsAnswered:
    values: Mapping[str, Any] = prompt_values(desk, draft, section, refining=True) | {"settled": True}
    question = Question(step, "review_answer", {**values, "text": draft.whole(section), "objections": list(asked)})
    read = _Read()
    as_it_is = (draft.title if section.carries_title else "", draft.sections[section.name])

    def take(answer: str) -> Given:
        read.answers = read_answers(answer)
        given = read_section(section, read.answers.rest, draft.title, desk.figures) if read.answers.rest else as_it_is
        read.by_text[given] = read.answers
        return given

    def check(title: str, text: str) -> list[str]:
        given = (title, text)
        changed = _with(desk, draft, section, given)
        found = answer_problems(read.answers, asked, changed, is_given=given != as_it_is)
        return [*found, *(desk.problems(section, title, text, draft) if given != as_it_is else [])]

    try:
        given, problems = ask_text(
            desk, question, take, check, lambda answer: lost_of(section, read_answers(answer).rest)
        )
    except (NoRecordedAnswer, NoAnswer):
        return ObjectionsAnswered(section=section.name)
    answers = read.by_text.get(given, Answers({}, ""))
    changed = _with(desk, draft, section, given if given[1].strip() else as_it_is)
    is_new = given != as_it_is and bool(given[1].strip())
    return ObjectionsAnswered(
        section=section.name,
        answers=kept(answers, asked, changed),
        title=given[0] if is_new else "",
        source=given[1] if is_new else "",
        problems=problems if is_new else [],
    )


def _with(desk: Desk, draft: Draft, section: Section, given: Given) -> DraftText:
    """The draft with its numbers, a section as it is given."""
    written = SectionWritten(section=section.name, phase="refine", source=given[1], title=given[0])
    return draft_text(draft.placed(written), desk.evidence)
