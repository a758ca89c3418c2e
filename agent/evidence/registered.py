"""References to hypotheses: `[[H1]]`, what was registered, and `[[H1.outcome]]`, what came of it."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import Reference
from agent.results.registered.outcomes import Registration, statement_text


def registered(reference: Reference, registration: Registration) -> Filled:
    """A hypothesis or its outcome, in words that fit after `is`. Raises BadAnswer for one that was not registered."""
    found = registration.get(reference.head)
    if found is None:
        names = [each.hypothesis.name for each in registration.tested]
        have = f"registered are {', '.join(names)}" if names else "the plan registered none"
        raise BadAnswer(f"[[{reference.text}]]: there is no hypothesis {reference.head}; {have}")
    hypothesis = found.hypothesis
    rows = ((str(hypothesis.run), hypothesis.metric), (str(hypothesis.against), hypothesis.metric))
    if reference.rest == ():
        return Filled(reference, f"{hypothesis.name} ({statement_text(hypothesis)})")
    if reference.rest == ("outcome",):
        return Filled(reference, found.words, () if found.outcome == "not tested" else rows, short=found.short)
    raise BadAnswer(
        f"[[{reference.text}]]: of a hypothesis there are [[{reference.head}]] and [[{reference.head}.outcome]]"
    )
