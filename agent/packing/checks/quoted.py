"""What later questions hold of what was said before: plan, advice and a person's words stand in the brief of each run after them.

Whoever turns a text in the journal and in its reply, and makes the hash of that call anew, has left the briefs that quote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.models.shorter import GONE
from agent.packing.opened import Opened
from agent.results.story import Story, story_of
from agent.session.events import Exchanged, Finding
from agent.session.steps import Step

PLAN, ADVICE, SAID = "Plan", "Advice after the last run", "What a person says"
"""Headings of prompts/coder_run.jinja and of what it includes."""


def briefs(opened: Opened) -> Iterator[Finding]:
    """Each brief that quotes plan, advice or a person quotes what the journal tells, from beginning to end."""
    story = story_of(opened.session)
    for event in opened.session.journal.all(Exchanged):
        call = opened.calls.get(event.number)
        run = event.step.run
        if call is None or run is None or event.step != Step.turn(run, 1).exchange(1):
            continue
        asked = "\n".join(message.content for message in call.messages)
        for heading, told in _told(story.until(event.seq)):
            if not _quotes(asked, heading, told):
                why = "the brief of this run quotes another"
                yield Finding(
                    where=f"journal.jsonl, {event.step}", what=f"“{heading}” as the journal tells it", why=why
                )


def _told(before: Story) -> Iterator[tuple[str, Sequence[str]]]:
    """What stands below each heading, by the events before the brief."""
    yield PLAN, [before.plan]
    yield ADVICE, [before.advice.text] if before.advice else []
    yield SAID, [f"- {word}" for word in before.said]


def _quotes(asked: str, heading: str, told: Sequence[str]) -> bool:
    """Whether these words, and no others, stand below a heading; a brief without it quotes nothing."""
    found = re.search(rf"^# {heading}\b[^\n]*\n", asked, re.MULTILINE)
    if found is None:
        return True
    below, words = _squeezed(asked[found.end() :]), _squeezed("".join(told))
    return below.startswith(_squeezed(GONE)) or (below.startswith(words) and below[len(words) :][:1] in ("#", ""))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
