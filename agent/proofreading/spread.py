"""A spread of a run that has one seed: nobody measured it, so no text may speak of its error bars."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.reference import CONFIRMED
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed

_SPREAD = (
    r"(?:standard (?:deviations?|errors?)|error bars?|confidence intervals?|spreads?(?= (?:of|for) [\w ]{1,12} over))"
)
_OF_RUNS = re.compile(
    rf"\b{_SPREAD} (?:of|for|on|around) (?:(?:the )?(?:value|score|mean|point)s? (?:of|for) )?(?P<behind>runs? \d+(?:(?:,| and|, and| to) \d+)*|(?:each|every|all) (?:the )?runs?)\b"
    rf"|\b(?P<before>runs? \d+)(?:[’']s| has| have| with) (?:an? |its )?(?:\w+ )?{_SPREAD}\b|\b(?P<over>runs? \d+)\b[^.,;:]{{0,30}} over (?:its|all its|three|several) seeds\b",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"\b(?:(?:one|single) (?:seed|launch)|fresh|alone|unknown|missing)\b", re.IGNORECASE)
"""It says itself that there is one seed, or that it is of the fresh ones."""


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) of the first spread of a run that was launched on one seed."""
    text, runs = sentence.text, names.evidence.results.runs[1:]
    for match in _OF_RUNS.finditer(text):
        said = next(part for part in match.groups() if part is not None)
        named = {str(one.run) for one in named_runs(said)}
        single = [run.name for run in runs if len(run.seeds) <= 1 and (run.name in named or not named)]
        fresh = any(reference.head == CONFIRMED for reference in sentence.references)
        if single and not (
            fresh
            or sentence.cites
            or DENIES.search(text, 0, match.end())
            or _SINGLE.search(text)
            or is_supposed(text, *match.span())
        ):
            yield (
                match.group(),
                f"{single[0].replace('_', ' ')} was launched on one seed and has no spread; say so, or speak of the baseline's",
            )
            return
