"""What `[[is CONDITION]]` says: yes or no, by the conditions of passages."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.condition import parse_condition
from agent.evidence.filled import Filled
from agent.evidence.holds import holds, rows_of
from agent.evidence.reference import Reference
from agent.results.registered.outcomes import Registration
from agent.results.results import Results


def asked(reference: Reference, results: Results, registration: Registration) -> Filled:
    """Whether the condition holds. Raises BadAnswer for one that cannot be read, and for what does not exist."""
    try:
        condition = parse_condition(" ".join(reference.rest))
        text = "yes" if holds(condition, results, registration) else "no"
        return Filled(reference, text, rows_of(condition, results, registration))
    except BadAnswer as bad:
        raise BadAnswer(str(bad).replace("[[if ", "[[is ", 1)) from bad
