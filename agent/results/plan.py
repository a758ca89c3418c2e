"""A plan as far as the tool reads it: one numbered line a run."""

from __future__ import annotations

import re

from agent.errors import BadAnswer

_NUMBERED = re.compile(
    r"^[\s>#*_|`-]*(?:run|experiment)?[\s_#]*(\d{1,3})(?:[*_`\s]*[(\[]from\b[^)\]\n]*[)\]])?[*_`\s]*[.):|–—-][*_`]*[^\S\n]+[^\n]*\w",
    re.MULTILINE | re.IGNORECASE,
)


def runs_planned(plan: str) -> int:
    """How many runs a plan lists; 0 where it numbers none. A number that comes twice is one run."""
    return len(set(_NUMBERED.findall(plan)))


def line_of(plan: str, number: int) -> str:
    """The plan's line of the run with this number, the first of them; empty where it has none."""
    found = next((match for match in _NUMBERED.finditer(plan) if int(match[1]) == number), None)
    return "" if found is None else plan[found.start() :].lstrip("\n").partition("\n")[0]


def checked_plan(answer: str) -> str:
    """The plan that an answer is. Raises BadAnswer for one that lists no run: a refusal, a question, an empty answer."""
    if not runs_planned(answer):
        raise BadAnswer("it lists no run: one numbered line a run is needed (`1. title: what changes, and why`)")
    return answer.strip()
