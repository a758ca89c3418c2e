"""What models said: each call's file is the journal's, and each text that the session took stands in a reply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.models.exchanges import Exchange, messages_sha256
from agent.models.protocol import Message
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.session.events import (
    Advised,
    Edited,
    Finding,
    Noted,
    ObjectionsAnswered,
    Planned,
    Reviewed,
    SectionWritten,
    Unused,
)
from agent.session.events.call import Called
from agent.session.steps import CONFIRMATION, NOTES_REVISED, TITLE, Step
from agent.writing.known import evidence_of
from agent.writing.notes.confirmed import confirmation_note

_SHORTEST = 8
"""Letters and digits of a line that must stand in a reply; a shorter one may come of laying out."""
_TITLE = re.compile(r"\ATitle: [^\n]*\n")
_COMPARED = ("role", "model", "tokens_sent", "tokens_received", "usd", "finish")


def calls(opened: Opened) -> Iterator[Finding]:
    """Each call of a model by its file: same step, role, model, tokens, price; none missing, none beside."""
    session = opened.session
    numbers = set[str]()
    for event in session.journal.events:
        if not isinstance(event, Called) or event.kind == "probe":
            continue
        where = f"exchanges/{session.paths.exchange(event.number).name}"
        if where in numbers:
            yield Finding(where=where, what=f"call {event.number} stands twice in the journal", why="each is made once")
        numbers.add(where)
        if (exchange := opened.calls.get(event.number)) is None:
            yield Finding(where=where, what="the call is missing or cannot be read", why="the journal tells it")
            continue
        yield from _other_call(where, event, exchange)
        said = messages_sha256([*exchange.messages, Message("assistant", exchange.reply)])
        if event.messages_sha256 not in ("", said):
            yield Finding(
                where=where, what="what was asked or answered", why="the journal holds the hash of other words"
            )
    folder = session.paths.exchanges
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if f"exchanges/{path.name}" not in numbers:
            yield Finding(where=f"exchanges/{path.name}", what="a call", why="the journal does not tell it")


def _other_call(where: str, event: Called, exchange: Exchange) -> Iterator[Finding]:
    step = event.asked if isinstance(event, Unused) else event.step
    told = {name: getattr(event, name) for name in _COMPARED} | {"step": str(step)}
    for name, value in told.items():
        if (found := getattr(exchange, name)) != value and found not in ("", None):
            yield Finding(where=where, what=f"{name} is {found!r}", why=f"the journal says {value!r}")


@dataclass(frozen=True)
class _Replies:
    """All replies that answered, by the step of their exchange."""

    by_step: Mapping[str, str]

    def below(self, *steps: str) -> str:
        """The replies of the exchanges of these steps, one after the other, letters and digits alone."""
        mine = [text for step, text in self.by_step.items() if step.startswith(tuple(steps))]
        return "\n".join(_bare(form) for text in mine for form in (text, _unescaped(text)))


def texts(opened: Opened) -> Iterator[Finding]:
    """Plan, edits, notes, advice and sections are what the models replied: no line of them was put in by hand."""
    session = opened.session
    replies = _Replies(opened.replies)
    if not opened.replies:
        return
    for taken in session.journal.events:
        for text, steps in _taken(taken):
            yield from _not_said(f"journal.jsonl, {taken.step}", text.splitlines(), replies.below(*steps))
        if isinstance(taken, Edited):
            yield from _other_reply(taken, opened.replies)


def _taken(event: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text that an event took from a model, and the steps in whose replies it must stand."""
    if isinstance(event, Planned | Advised):
        yield event.text, (f"{event.step}/",)
    elif isinstance(event, ObjectionsAnswered):
        for text in (event.source, *(answer.text for answer in event.answers)):
            yield text, (f"{event.step}/",)
    elif isinstance(event, Reviewed):
        for text in (each.text for each in event.objections if each.by == "reviewer"):
            yield text, (f"{event.step}/",)
    elif isinstance(event, Noted) and not event.refused and event.subject != CONFIRMATION:
        body = event.source if event.revised_after else _TITLE.sub("", event.source)  # said.py holds the title
        yield body, (f"{event.step}/", *(_of_revised(event) if event.revised_after else ()))
    elif isinstance(event, SectionWritten) and not event.plain:
        title = event.phase == "title"
        yield event.source, (f"{TITLE.parts[0]}/",) if title else _of_section(event.section)


def _of_section(section: str) -> tuple[str, ...]:
    """The steps whose replies a section is made of: its drafts and repairs, and the answers to what was objected to it."""
    return (Step.section(section, ""), f"{Step.review_answer(section)}/")


def _of_revised(note: Noted) -> tuple[str, ...]:
    """The steps whose replies a revised note is made of: the revision's, and those of the forms before it."""
    run = note.subject.run
    return (f"{NOTES_REVISED}/", *((f"{Step.note(run)}/", f"{Step.note_final(run)}/") if run else ()))


def _not_said(where: str, lines: Iterable[str], said: str) -> Iterator[Finding]:
    for line in lines:
        bare = _bare(line)
        if len(bare) >= _SHORTEST and bare not in said:
            why = "no reply to this step holds it"
            yield Finding(where=where, what=" ".join(line.split())[:160], why=why)


def _other_reply(edited: Edited, replies: Mapping[str, str]) -> Iterator[Finding]:
    """The coder's words in a turn are the replies of its exchanges, in order."""
    answers: list[str] = []
    while (step := str(Step(edited.step).exchange(len(answers) + 1))) in replies:
        answers.append(replies[step])
    if answers and edited.reply not in ("\n\n".join(answers[: count + 1]) for count in range(len(answers))):
        why = "the replies of its calls are others"
        yield Finding(where=f"journal.jsonl, {edited.step}", what="what the coder said in this turn", why=why)


def own_words(opened: Opened) -> Iterator[Finding]:
    """The note on the confirmation, which no model wrote, is the tool's."""
    session = opened.session
    for note in session.journal.all(Noted):
        if note.subject == CONFIRMATION:
            wanted = confirmation_note(evidence_of(session, story_of(session).until(note.seq))).source
            if note.source != wanted:
                yield Finding(
                    where=f"journal.jsonl, {note.step}", what="the note", why="the tool would have written another"
                )


def _unescaped(text: str) -> str:
    """A reply in JSON with the line ends and letters that its strings escape."""
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\\[nt]", " ", plain)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
