"""The appendix on what did not come to a result: failed launches, runs that were given up, and what all of it cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from agent.evidence.escape import escape_latex
from agent.results.english import counted
from agent.results.story import Story
from agent.results.story.counts import is_of_baseline
from agent.results.words.compute import seconds_text
from agent.session.events import AttemptEnded

_RAISED = re.compile(r"\b(?:\w+\.)*(\w*(?:Error|Exception|Interrupt))\b")
_PARTS = ("the baseline with its seeds and controls", "runs that were accepted", "launches that failed", "fresh seeds")


def course_appendix(story: Story) -> str:
    """Launches that led to no run, runs that were given up, and the compute of all launches; empty where none was launched."""
    ended = list(story.all(AttemptEnded))
    lines = [*_failed(ended), *_given_up(story), *_compute(ended)]
    return "\n".join(["\n\\section{Course of the session}\\label{sec:course}", *lines, ""]) if lines else ""


def _failed(ended: Sequence[AttemptEnded]) -> Iterator[str]:
    """What launches did not end well, and how often a turn of the coder left nothing to launch."""
    launched = [each for each in ended if each.number is not None]
    failed = [each for each in launched if each.outcome != "ok"]
    told = f"{len(failed)} of {len(launched)}; reasons and code stand in the session's record: " if failed else "None"
    told += "; ".join(escape_latex(_one(each)) for each in failed)
    idle = len(ended) - len(launched)
    told += (
        f". In {idle} more turn{'s' if idle > 1 else ''} nothing was changed, so nothing was launched" if idle else ""
    )
    if ended:
        yield f"\\paragraph{{Failed launches.}} {told}.\\par"


def _one(each: AttemptEnded) -> str:
    """`run 2, attempt 4: crashed (ValueError)`. Of the reason the exception's name alone: the rest may name this machine's files."""
    raised = _RAISED.search(each.reason)
    what = each.outcome.replace("_", " ") + (f" ({raised[1]})" if raised else "")
    return f"{each.run.replace('/', ', ').replace('_', ' ')}, attempt {each.number}: {what}"


def _given_up(story: Story) -> Iterator[str]:
    if story.abandoned:
        told = "; ".join(escape_latex(f"{each.run}, {each.title}: {each.reason}") for each in story.abandoned)
        yield f"\\paragraph{{Given up.}} {told}.\\par"


def _compute(ended: Sequence[AttemptEnded]) -> Iterator[str]:
    """What each kind of launch cost together, as measured from outside; nothing where that was not measured."""
    kinds: dict[str, list[AttemptEnded]] = {part: [] for part in _PARTS}
    for each in ended:
        if each.cost is not None:
            kinds[_PARTS[_kind(each)]].append(each)
    told = [f"{part} {_sum(found)}" for part, found in kinds.items() if found]
    if told:
        yield f"\\paragraph{{Compute.}} All launches, measured from outside: {escape_latex('; '.join(told))}. Scoring is not among it.\\par"


def _kind(each: AttemptEnded) -> int:
    if each.run.is_confirmation:
        return 3
    if is_of_baseline(each):
        return 0
    return 1 if each.outcome == "ok" else 2


def _sum(found: Iterable[AttemptEnded]) -> str:
    """`41 CPU-seconds, 39 s (3 launches)`; what one of them did not measure is left out."""
    costs = [each.cost for each in found if each.cost is not None]
    parts = []
    for unit, values in (
        ("GPU-seconds", [cost.gpu_s for cost in costs]),
        ("CPU-seconds", [cost.cpu_s for cost in costs]),
        ("s", [cost.wall_s for cost in costs]),
        ("CPU-seconds of what handed out data", [cost.data_cpu_s for cost in costs]),
    ):
        known = [value for value in values if value is not None]
        if len(known) == len(costs):
            parts.append(f"{seconds_text(sum(known))} {unit}")
    return f"{', '.join(parts)} ({counted(len(costs), 'launch', 'launches')})"
