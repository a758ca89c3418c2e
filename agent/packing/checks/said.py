"""What models said, whole: nothing of a plan, an advice, a note, a section or a review was left out or put elsewhere.

calls.py looks for each line of a text in the replies; here a text is the whole of one reply, as the session itself reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import permutations

from agent.coding.reply import read_reply
from agent.errors import BadAnswer
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.results.story.plan import put_right, title_planned, unfenced
from agent.results.words.phrases import WORDS
from agent.reviewing.answers import read_answers
from agent.reviewing.form import object_of
from agent.session.events import (
    Advised,
    BaseEvent,
    Edited,
    Exchanged,
    Finding,
    Noted,
    ObjectionsAnswered,
    Planned,
    Reviewed,
    RunAbandoned,
    RunAccepted,
    SectionWritten,
)
from agent.session.steps import BASELINE, CONFIRMATION, FIGURES, PLAN, REVIEW
from agent.writing.draft.drafting import read_section
from agent.writing.draft.sections import section_of
from agent.writing.fields import read_fields
from agent.writing.figures import drawn_figures
from agent.writing.notes.asking import NO_NOTE
from agent.writing.notes.note import ANSWER, FIELDS, REVISED
from agent.writing.notes.salvaged import LEFT_OUT

_NUMBER = re.compile(r"\Aobjection (\d+):")
"""Of an objection that is left out of the list, with why."""
_SHOWN = 160


def whole_texts(opened: Opened) -> Iterator[Finding]:
    """Each text that the session took from a model is one whole reply to its step, or stands as it had stood before."""
    session = opened.session
    replies = opened.replies
    figures = drawn_figures(session)
    own = {str(run.run): run.title for run in story_of(session).runs}
    before: dict[str, set[str]] = {}
    for event in session.journal.events:
        subject, text, read = _read_from(event, figures, own)
        if not text:
            continue
        given = [reply for step, reply in replies.items() if step.startswith(f"{event.step}/")]
        known = before.setdefault(subject, set())
        as_read = {_squeezed(each) for each in read(given)}
        if _squeezed(text) not in as_read | known and (given or not known):
            yield Finding(where=f"journal.jsonl, {event.step}", what=_first_other(text, as_read), why=_WHY)
        known.add(_squeezed(text))


_LABELS = (*FIELDS, ANSWER, REVISED)
_WHY = "no reply to this step is this text, whole and in this order"
_Read = Callable[[Sequence[str]], Iterable[str]]


def _read_from(event: BaseEvent, figures: Sequence[str], own: Mapping[str, str]) -> tuple[str, str, _Read]:
    """Of whom an event's text is, the text, and how the session reads it from replies; no text where it is the tool's.

    `own` are the titles of the runs.
    """
    match event:
        case Planned():
            return "plan", event.text, _plans
        case Advised():
            return f"advice on {event.run}", event.text, _stripped
        case Noted():
            return _read_note(event, own)
        case SectionWritten() if event.phase != "title":
            return f"section {event.section}", event.source, partial(_sections, event.section, figures)
        case ObjectionsAnswered():
            return f"section {event.section}", event.source, partial(_answered, event.section, figures)
    return "", "", _stripped


def _read_note(note: Noted, titles: Mapping[str, str]) -> tuple[str, str, _Read]:
    subject = f"note on {note.subject}"
    own = note.subject == FIGURES and note.source.startswith("No figure was drawn")
    if note.subject == CONFIRMATION or note.revised_after or own:
        return subject, "", _stripped
    text = note.source if note.words == WORDS or not note.refused else ""
    return subject, text, partial(_noted, note, titles.get(note.subject, ""))


def _noted(note: Noted, title: str, given: Sequence[str]) -> list[str]:
    """The replies as they came; the note itself where it is one of them label by label, of a refused one what could stand."""
    told = read_fields(note.source, _LABELS)
    beside = {LEFT_OUT} if note.refused else set[str]()
    for reply in given:
        fields = read_fields(reply, _LABELS)
        named = told.get(FIELDS[0]) in (title, fields.get(FIELDS[0], "").strip("*\"'"))
        kept = {label: text for label, text in fields.items() if text and label != FIELDS[0]}
        mine = {label: text for label, text in told.items() if label != FIELDS[0]}
        if named and mine.keys() == kept.keys() and all(mine[label] in {kept[label], *beside} for label in mine):
            return [note.source]
    return [NO_NOTE] if note.refused else _stripped(given)


def _stripped(given: Sequence[str]) -> list[str]:
    return [reply.strip() for reply in given]


def _plans(given: Sequence[str]) -> list[str]:
    """Plans as they came, and one with hypotheses that came alone after it."""
    each = [*_stripped(given), *map(unfenced, given)]
    return [*each, *map(unfenced, (put_right(first, then) for first, then in permutations(each, 2)))]


def _sections(name: str, figures: Sequence[str], given: Sequence[str]) -> list[str]:
    section = section_of(name)
    return [read_section(section, reply, "", figures)[1] for reply in given] if section else []


def _answered(name: str, figures: Sequence[str], given: Sequence[str]) -> list[str]:
    """Sections behind the lines that answer objections."""
    return _sections(name, figures, [read_answers(reply).rest for reply in given])


def _squeezed(text: str) -> str:
    """Without white space: where lines break does not count, every sign does."""
    return re.sub(r"\s+", "", text)


def _first_other(text: str, replies: Iterable[str]) -> str:
    """The first line of a text that stands in no reply; its beginning where each line does."""
    lines = [line for line in text.splitlines() if line.strip()]
    other = next((line for line in lines if not any(_squeezed(line) in reply for reply in replies)), "")
    return " ".join((other or text).split())[:_SHOWN]


def revised_notes(opened: Opened) -> Iterator[Finding]:
    """A note that was revised holds all labels of the form before it, each as it was or as the reply gives it."""
    session = opened.session
    before: dict[str, Noted] = {}
    for note in session.journal.all(Noted):
        if note.revised_after and (last := before.get(note.subject)):
            fields = read_fields(note.source, FIELDS)
            for label, content in read_fields(last.source, FIELDS).items():
                if content.strip() and not fields.get(label, "").strip():
                    where = f"journal.jsonl, {note.step}"
                    yield Finding(
                        where=where, what=f"the note's {label}", why="the form before it says something there"
                    )
        before[note.subject] = note


def titles(opened: Opened) -> Iterator[Finding]:
    """A run has the title that its coder or the plan gave it, or its name; what the coder took from advice is its word."""
    session = opened.session
    given: dict[str, set[str]] = {}
    plan = story_of(session).plan
    for event in session.journal.events:
        if isinstance(event, Edited) and event.step.run:
            said = read_reply(event.reply)
            names = {str(event.step.run), title_planned(plan, event.step.run.number)}
            given.setdefault(event.step.run, names).add(said.title)
            if event.advice not in ("", said.advice):  # an older version took none
                why = f"the reply says {said.advice[:_SHOWN]!r}"
                yield Finding(
                    where=f"journal.jsonl, {event.step}", what=f"to the advice: {event.advice[:_SHOWN]}", why=why
                )
        elif isinstance(event, RunAccepted | RunAbandoned) and event.run != BASELINE:
            mine = given.get(event.run, set())
            if event.title and mine and event.title not in mine:
                why = f"the coder gave it the title {', '.join(sorted(each for each in mine if each)) or 'of no run'}"
                yield Finding(where=f"journal.jsonl, {event.run}", what=f"its title is {event.title[:_SHOWN]}", why=why)


def idea(opened: Opened) -> Iterator[Finding]:
    """What session.json says of the idea stood in the question for the plan, before anything was run."""
    session = opened.session
    first = session.journal.find(Exchanged, PLAN.exchange(1))
    exchange = opened.calls.get(first.number) if first else None
    if exchange is None:
        return
    asked = _squeezed("\n".join(message.content for message in exchange.messages))
    mine = session.idea
    parts = {
        name: str(getattr(mine, name)) for name in ("Title", "Experiment", "Technical_Details", "Implementation_Plan")
    }
    for name, text in {**parts, **mine.others}.items():
        if _squeezed(text) not in asked:
            what = f"the idea's {name}: {' '.join(text.split())[:_SHOWN]}"
            yield Finding(where="session.json", what=what, why="the question for the plan tells of another")


def objections(opened: Opened) -> Iterator[Finding]:
    """Every objection of the review that was taken is told, and no other."""
    replies = opened.replies
    for event in opened.session.journal.all(Reviewed):
        told = [each.text.strip() for each in event.objections if each.by == "reviewer"]
        beside = {int(number) for line in event.left_out for number in _NUMBER.findall(line)[:1]}
        given = [_objected(reply) for step, reply in replies.items() if _is_review(step)]
        taken = [[text for at, text in enumerate(each, 1) if at not in beside] for each in given if each is not None]
        if taken and not event.refused and told not in taken:
            last = taken[-1]
            other = next((text for text in last if text not in told), f"{len(told)} objections")
            why = f"the review holds {len(last)} objections, {len(told)} are told"
            yield Finding(where=f"journal.jsonl, {event.step}", what=other[:_SHOWN], why=why)


def _is_review(step: str) -> bool:
    return step.startswith(f"{REVIEW}/") and step.count("/") == 1


def _objected(reply: str) -> list[str] | None:
    """The objections of a reviewer's reply, in order; None where it is no review."""
    try:
        given = object_of(reply).get("objections")
    except BadAnswer:
        return None
    if not isinstance(given, list):
        return None
    return [str(each.get("objection") or "").strip() for each in given if isinstance(each, Mapping)]
