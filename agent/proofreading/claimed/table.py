"""The table: each kind of claim, and what must stand in its sentence. A new kind is an entry of a list, and its planted case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.proofreading.claimed.excused import is_excused, is_legend
from agent.proofreading.claimed.kinds import of_procedure, of_reach, of_runs, of_turns, of_worth
from agent.proofreading.claimed.kinds.kind import Kind
from agent.proofreading.claimed.states import states_of
from agent.proofreading.claimed.whose import speaks_of
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.prose import Sentence

KINDS: tuple[Kind, ...] = (*of_worth.KINDS, *of_reach.KINDS, *of_runs.KINDS, *of_procedure.KINDS, *of_turns.KINDS)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the words, why they cannot stand) of the first claim that nothing in its sentence bears, in the order of the kinds."""
    if is_legend(sentence):
        return
    states = None
    for kind in KINDS:
        match = next((one for one in _said(kind, sentence, names)), None)
        if match is None:
            continue
        states = states_of(sentence, names) if states is None else states
        if not states & kind.stands_with:
            yield match.group().strip(), kind.why
            return


def _said(kind: Kind, sentence: Sentence, names: Names) -> Iterator[re.Match[str]]:
    """Where the sentence claims it, in its own voice."""
    named = [names.evidence.results.get(one.run) for one in named_runs(sentence.text)]
    if kind.name == "the first of all" and named and all(run is not None and run.differences for run in named):
        kind = replace(kind, supposable=False)  # of a run that is not comparable not even what would be so
    for scope, pattern in kind.words.items():
        for match in pattern.finditer(sentence.text):
            if speaks_of(sentence, names, scope) and not is_excused(kind, sentence, match):
                yield match
