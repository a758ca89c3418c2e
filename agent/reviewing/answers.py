"""The writer's answers to objections: `OBJECTION 2: CHANGED what` or `OBJECTION 2: REASON why`, a line each, then the section."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from agent.session.events.review import How, Objection, ObjectionAnswer
from agent.writing.draft.text import DraftText

_LINE = re.compile(
    r"^[\s>*#_-]*OBJECTION\W*(?P<number>\d+)\W*(?P<how>CHANGED|REASON)\b[\s*_:—–-]*(?P<text>.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_LEAST_REASON = 15
"""Characters: a reason is a sentence."""


@dataclass(frozen=True)
class Answers:
    """What an answer says of each objection, and what is left of it without these lines."""

    given: dict[int, ObjectionAnswer]
    rest: str


def read_answers(answer: str) -> Answers:
    """The lines that answer objections, and the rest: the section, where it was changed."""
    given = {}
    for match in _LINE.finditer(answer):
        how = cast("How", match["how"].lower())
        number = int(match["number"])
        given[number] = ObjectionAnswer(number=number, how=how, text=match["text"].strip())
    return Answers(given, _LINE.sub("", answer).strip())


def answer_problems(answers: Answers, asked: Collection[Objection], changed: DraftText, is_given: bool) -> list[str]:
    """What is wrong with the answers, a sentence each. `changed` is the draft with the section as it is given now.

    A change that is only said is none: the sentence that was objected to must be gone.
    """
    problems = []
    for objection in asked:
        answer = answers.given.get(objection.number)
        if answer is None:
            problems.append(
                f"objection {objection.number} is not answered: a line OBJECTION {objection.number}: CHANGED … or REASON …"
            )
        elif answer.how == "reason" and len(answer.text) < _LEAST_REASON:
            problems.append(f"objection {objection.number}: REASON needs a sentence that says why the text stands")
        elif answer.how == "changed" and not is_given:
            problems.append(
                f"objection {objection.number} is said to be met by a change, and no section is given: give the whole of it"
            )
        elif (
            answer.how == "changed"
            and objection.by == "reviewer"
            and changed.section_of(objection.quote) == objection.section
        ):
            problems.append(
                f"objection {objection.number} is said to be met by a change, and its sentence stands as it was: change it, or give a REASON"
            )
    return problems


def kept(answers: Answers, asked: Collection[Objection], changed: DraftText) -> list[ObjectionAnswer]:
    """The answers that hold, after the last try: a change that is only said is left out, so that its objection stays open."""
    return [
        answers.given[each.number]
        for each in asked
        if each.number in answers.given and not answer_problems(answers, [each], changed, is_given=True)
    ]
