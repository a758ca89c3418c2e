"""What a sentence without any reference says of a run by its number: what it is and was set to may be said, what came of it not.

A verb that is not on the list of what may be said says how the run came out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.claimed.predicates import claims_nothing, is_of_setting_up, predicate
from agent.proofreading.compared.comparing import is_said_otherwise
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.prose import Sentence

_BEHIND = re.compile(
    r"\b(?:of|than|to|from|with|against|in|on|by|for|beyond|like|at|between|over|unlike)\s+"
    r"(?:runs?[ _-]\d+(?:,| and|, and| to| or)? )*runs?[ _-](?:\d+(?:,| and|, and| to| or)? )*\Z",
    re.IGNORECASE,
)
"""Runs that a preposition brings in are not those of which it is said."""


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the verb, why it cannot stand) of the first run of which a sentence without references says what came of it."""
    text = sentence.text
    if claims_nothing(sentence):
        return
    for run in named_runs(text):
        said = predicate(text, run.end)
        behind = _BEHIND.search(text[: run.start])
        if said is None or behind or run.run.is_baseline or sentence.given(run.start, run.end):
            continue
        verb = said["verb"]
        if is_of_setting_up(said) or is_said_otherwise(text, *said.span("verb")):
            continue
        clause = sentence.clause(*said.span("verb"))
        if said["verb"] in ("more", "fewer") and not names.metrics(clause):
            continue  # a setting: "has more parts"
        if names.settings(clause) and not names.metrics(clause):
            continue
        yield (
            f"{said['is'] or ''} {verb}".strip(),
            f"it says what came of run {run.run.number}, with no reference; write its [[{run.run}.METRIC.verdict]] or [[{run.run}.METRIC]], "
            "or leave it out",
        )
        return
