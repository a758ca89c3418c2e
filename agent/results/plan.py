"""A plan as far as the tool reads it: one numbered line a run."""

from __future__ import annotations

import re

from agent.errors import BadAnswer

_NUMBERED = re.compile(
    r"^[\s>#*_|`-]*(?:run|experiment)?[\s_#]*(\d{1,3})(?:[*_`\s]*[(\[]from\b[^)\]\n]*[)\]])?[*_`\s]*[.):|–—-][*_`]*[^\S\n]+[^\n]*\w",
    re.MULTILINE | re.IGNORECASE,
)


_SEEDS_OF_LINE = re.compile(r"\((?:with |on )?(\d{1,2}) seeds\)", re.IGNORECASE)
_SEEDS_APART = re.compile(
    r"^[\s>#*_|`-]*run[\s_#]*(\d{1,3})[*_`\s]*[:–—-][*_`\s]*(\d{1,2}) seeds?[.\s*_`]*$", re.MULTILINE | re.IGNORECASE
)
_MOST_SEEDS = 10


def runs_planned(plan: str) -> int:
    """How many runs a plan lists; 0 where it numbers none. A number that comes twice is one run."""
    return len(set(_NUMBERED.findall(plan)))


def line_of(plan: str, number: int) -> str:
    """The plan's line of the run with this number, the first of them; empty where it has none."""
    found = next((match for match in _NUMBERED.finditer(plan) if int(match[1]) == number), None)
    return "" if found is None else plan[found.start() :].lstrip("\n").partition("\n")[0]


def seeds_planned(plan: str, number: int) -> int:
    """On how many seeds the plan wants the run of this number launched: `(3 seeds)` in its line, or a line `run_2: 3 seeds`.

    1 where it says nothing; 10 at most.
    """
    own = _SEEDS_OF_LINE.search(line_of(plan, number))
    apart = next((match for match in _SEEDS_APART.finditer(plan) if int(match[1]) == number), None)
    found = int(own[1]) if own else int(apart[2]) if apart else 1
    return max(1, min(found, _MOST_SEEDS))


def checked_plan(answer: str) -> str:
    """The plan that an answer is. Raises BadAnswer for one that lists no run: a refusal, a question, an empty answer."""
    if not runs_planned(answer):
        raise BadAnswer("it lists no run: one numbered line a run is needed (`1. title: what changes, and why`)")
    return answer.strip()
