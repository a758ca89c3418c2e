"""Conditions of passages: read kindly in form, strictly in meaning, and turned into what must be so where they hold or do not."""

from __future__ import annotations

import re

import pytest

from agent.errors import BadAnswer
from agent.evidence.condition import Subject, parse_condition, possible

MSE = Subject("verdict", ("run_5", "mse"))


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("run_5.mse better", "run_5.mse better"),
        ("run 5 . mse is better than the baseline, beyond noise", "run_5.mse better"),
        ("run\\_5.top\\_k.verdict within noise of the baseline", "run_5.top_k within noise"),
        ("run_5.mse is not better", "not run_5.mse better"),
        ("not run_5.mse not better", "run_5.mse better"),
        ("run 5 is better than the baseline on mse", "run_5.mse better"),
        ("run_5 not worse on mse and confirmed held on mse", "not run_5.mse worse and confirmed.mse held"),
        ("run_5.mse not comparable", "run_5.mse not comparable"),
        ("run_5.mse.parent worse", "run_5.mse.parent_verdict worse"),
        ("compare run 2, run 5 mse worse once", "compare run_2 run_5 mse worse once"),
        ("compare run_2 baseline mse better", "compare run_2 run_0 mse better"),
        ("any better mse", "any better mse"),
        ("not any within noise mse", "not any within mse"),
        ("best comparable", "best comparable"),
        ("confirmed mse held", "confirmed.mse held"),
        ("confirmed.mse is not confirmed", "confirmed.mse not confirmed"),
        ("h1.outcome held AND NOT h2 undecided", "H1 held and not H2 undecided"),
        (
            "run_1.mse better or run_2.mse better or run_3.mse better",
            "run_1.mse better or run_2.mse better or run_3.mse better",
        ),
    ],
)
def test_a_condition_has_one_form(typed: str, canonical: str) -> None:
    """Blanks, `is`, what verdicts say behind their word and where `not` stands do not matter; its one form reads as itself."""
    read = parse_condition(typed)
    assert read.text == canonical and parse_condition(read.text) == read


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "the condition is missing"),
        ("run_1.mse better and H1 held or H2 held", "'and' and 'or' in one condition"),
        ("run_1.mse bettr", "nearest: better"),
        ("run_1.mse", "behind run_1.mse stands 'nothing'"),
        ("run_1 better", "it can be comparable, not comparable; a verdict names its metric, run_1.METRIC better"),
        ("H1 better", "it can be held, not held, undecided"),
        ("confirmed.mse equal", "it can be held"),
        ("run_1.mse.spread better", "is no condition; write RUN.METRIC"),
        ("any", "is no condition"),
        ("compare run_1 mse better", "behind compare run_1 mse better stands 'nothing'"),
        ("and", "is no condition"),
    ],
)
def test_what_is_no_condition_is_refused_with_what_is(typed: str, why: str) -> None:
    """A missing or unknown word, two joints, a subject of another kind: each answer says what can be written."""
    with pytest.raises(BadAnswer, match=re.escape(why)):
        parse_condition(typed)


def test_what_holds_where_it_does_not() -> None:
    """The opposite of "both" is "one of them not"; denied twice it is itself."""
    both = parse_condition("run_5.mse better and H1 held")
    assert both.negated().text == "not run_5.mse better or not H1 held" and both.negated().negated() == both


@pytest.mark.parametrize(
    ("given", "states"),
    [
        (["run_5.mse better"], {"better"}),
        (["run_5.mse within noise"], {"within noise", "equal"}),
        (
            ["not run_5.mse within noise", "not run_5.mse equal", "not run_5.mse worse"],
            MSE.states - {"within noise", "equal", "worse"},
        ),
        (["run_5.mse better or run_5.mse worse"], {"better", "worse"}),
        (["run_5.mse better or run_6.mse better"], MSE.states),
        (["run_6.mse better and H1 held"], MSE.states),
        (["run_5.mse better or run_5.mse equal", "not run_5.mse better"], {"equal"}),
    ],
)
def test_conditions_leave_states_possible(given: list[str], states: set[str]) -> None:
    """Those that hold together narrow what the subject can be; an `or` that may rest on another subject does not."""
    assert possible(MSE, tuple(map(parse_condition, given))) == states
