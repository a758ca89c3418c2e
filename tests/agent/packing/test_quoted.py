"""What the brief of a run quotes of before, against what the journal tells of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.models.exchanges import Exchange, Exchanges
from agent.models.protocol import Message
from agent.models.shorter import GONE
from agent.packing.checks.quoted import ADVICE, PLAN, SAID, briefs
from agent.packing.manifest import Manifest
from agent.packing.opened import Opened
from agent.session.events import Advised, BaseEvent, Exchanged, PersonSaid, Planned, SessionJournal
from agent.session.paths import REPOSITORY
from agent.session.session import Session
from agent.session.steps import RunName, Step
from tests.world.stage import make_session

_BRIEF = """# Plan
1. One thing.

# Results so far
none

# Advice after the last run
Average the last half.
From: run_1

# What a person says (follow it; what stands last counts most)
- Mind
  the noise.

# Your task: run_2 (of at most 10)
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return make_session(tmp_path_factory.mktemp("quoted"))


def told(session: Session, brief: str = _BRIEF, **instead: str) -> list[str]:
    """What differs where the journal tells `instead`, of a run that was begun with this brief."""
    words = {
        "plan": "1. One thing.",
        "advice": "Average the last half.\nFrom: run_1",
        "said": "Mind\nthe noise.",
    } | instead
    call: dict[str, Any] = {"role": "coder", "model": "m", "tokens_sent": 1, "tokens_received": 1}
    events: list[BaseEvent] = [
        Planned(text=words["plan"]),
        Advised(run=RunName.of(1), text=words["advice"]),
        *([PersonSaid(text=words["said"], before=Step("run_2/parent"))] if words["said"] else []),
        Exchanged(number=1, step=Step("run_2/turn_1/1"), **call),
    ]
    numbered: Any = [event.model_copy(update={"seq": seq}) for seq, event in enumerate(events)]
    journal = SessionJournal(session.paths.journal, session.journal.form, events=numbered)
    here = replace(session, journal=journal)
    Exchanges(here.paths.exchanges).keep(1, Exchange(messages=(Message("user", brief),), reply="TITLE: x"))
    manifest = Manifest(labloop="0", zlib="0", session="a", template="toy", fixed_sha256="0", members={})
    return [each.what for each in briefs(Opened(here, manifest, {}))]


def test_a_brief_quotes_what_was_said(session: Session) -> None:
    """As it was, cut for a short context, or of a version that quotes nothing: honest."""
    assert told(session) == []
    assert told(session, _BRIEF.replace("Average the last half.\nFrom: run_1", GONE)) == []
    assert told(session, "Go on.") == []


@pytest.mark.parametrize(
    ("instead", "heading"),
    [
        ({"plan": "1. Another thing."}, PLAN),
        ({"plan": "1. One thing.\n2. And another."}, PLAN),
        ({"plan": "1. One"}, PLAN),
        ({"advice": "Average all of it.\nFrom: run_1"}, ADVICE),
        ({"said": "Mind\nthe budget."}, SAID),
        ({"said": ""}, SAID),
    ],
)
def test_a_text_that_was_turned_is_told(session: Session, instead: dict[str, str], heading: str) -> None:
    """Another plan, a longer or a shorter one, another advice, a person's word that was turned or taken out."""
    assert told(session, **instead) == [f"“{heading}” as the journal tells it"]


def test_the_headings_are_those_of_the_prompts() -> None:
    """A heading that is changed in prompts/ is changed here."""
    text = "".join((REPOSITORY / "prompts" / name).read_text() for name in ("coder_run.jinja", "said.jinja"))
    assert [heading for heading in (PLAN, ADVICE, SAID) if f"# {heading}" not in text] == []
