"""Which metrics somebody asked for, so that every message shows them."""

from __future__ import annotations

import re

from agent.results.story import story_of
from agent.session.events import Registered
from agent.session.session import Session


def asked_for(session: Session, text: str = "") -> list[str]:
    """The metrics that a template holds its runs to, and those that a hypothesis, the last advice, a person or `text` names."""
    story = story_of(session)
    registered = story.last(Registered)
    words = [*story.said, story.advice.text if story.advice else "", text]
    named = set(re.findall(r"\w+", " ".join(words)))
    hypotheses = {each.metric for each in registered.hypotheses} if registered else set[str]()
    return [name for name in session.metrics if name in named | hypotheses | _held(session)]


def _held(session: Session) -> set[str]:
    """The metrics that a proof or a rule of comparison of the template names: what is given and not sought, such as a budget."""
    checks = [*(proof.check for proof in session.template.proofs), *session.template.comparable.keys]
    matched = {name for name, kind in session.template.metrics.items() if kind.matched_within is not None}
    return matched | set(re.findall(r"\bmetrics\.(\w+)", " ".join(checks)))
