"""Conditions by exhaustion: whether one holds is what its states say, for every subject, word and joint of the study."""

from __future__ import annotations

import itertools
import random

from agent.evidence.condition import Condition, parse_condition, possible
from agent.evidence.holds import holds, state_of
from agent.results.registered.outcomes import NOTHING
from tests.world.study import controlled, results

_WORDS = (
    "better",
    "worse",
    "better once",
    "worse once",
    "within noise",
    "equal",
    "not comparable",
    "noise unknown",
    "not measured",
)
_TERMS = [
    f"{denied}run_{index}.{metric} {word}"
    for index, metric, word, denied in itertools.product(range(1, 5), results().metrics, _WORDS, ("", "not "))
]


def test_a_condition_holds_where_its_subject_is_in_a_state_that_it_leaves() -> None:
    """Each single term: what can be where it holds, or where its opposite does, is where the subject is."""
    study = results()
    for text in _TERMS:
        condition = parse_condition(text)
        subject = condition.terms[0].subject
        state = state_of(subject, study, NOTHING)
        assert holds(condition, study, NOTHING) == (state in possible(subject, (condition,))), text
        assert holds(condition.negated(), study, NOTHING) != holds(condition, study, NOTHING), text


def test_of_a_condition_and_its_opposite_one_holds() -> None:
    """Of a thousand drawn ones, with both joints, on a study with controls; what is possible under those that hold is so."""
    study, draw = controlled(), random.Random(7)
    for _ in range(1000):
        terms = draw.sample(_TERMS, draw.choice((1, 2, 3)))
        condition = parse_condition(f" {draw.choice(('and', 'or'))} ".join(terms))
        held = [each for each in (condition, condition.negated()) if holds(each, study, NOTHING)]
        assert len(held) == 1 and parse_condition(condition.text) == condition
        for term in condition.terms:
            assert state_of(term.subject, study, NOTHING) in possible(term.subject, tuple(held))


def test_the_opposite_reads_as_itself() -> None:
    """The text of what holds otherwise is a condition again, the same one."""
    for text in random.Random(3).sample(_TERMS, 60):
        opposite: Condition = parse_condition(f"{text} and run_1 comparable").negated()
        assert parse_condition(opposite.text) == opposite
