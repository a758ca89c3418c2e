"""References to the confirmation: each says what the samples say, and what does not exist is refused with what does."""

from __future__ import annotations

import pytest

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.reference import parse_reference
from tests.world.fresh_seeds import EV, HOLDS, LUCKY, confirmation, nobody, tried

HELD, LOST = Evidence(tried(confirmation(HOLDS))), Evidence(tried(confirmation(LUCKY)))


@pytest.mark.parametrize(
    ("reference", "held", "lost"),
    [
        (f"confirmed.{EV}.verdict", "confirmed better than the baseline", "seen in one run, not confirmed"),
        (f"confirmed.{EV}.delta", "+0.0059", "-0.0002"),
        (f"confirmed.{EV}.noise", "0.0009", "0.0011"),
        (f"confirmed.{EV}.mean", "0.8971", "0.8910"),
        (f"confirmed.{EV}.theirs", "0.8912", "0.8912"),
        (f"confirmed.{EV}.spread", "0.0004", "0.0005"),
        (f"confirmed.{EV}.n", "3", "3"),
        ("confirmed.run", "run 3", "run 3"),
        ("confirmed.seeds", "3", "3"),
    ],
)
def test_each_part_can_be_referred_to(reference: str, held: str, lost: str) -> None:
    """The same text for two studies: what is filled in is what each measured."""
    assert (HELD.resolve(reference).text, LOST.resolve(reference).text) == (held, lost)


def test_the_whole_outcome_is_a_sentence_and_a_metric_s_is_a_clause() -> None:
    """Both stand on the rows of the confirmation in the evidence table."""
    whole, clause = HELD.resolve("confirmed"), HELD.resolve(f"confirmed.{EV}")
    assert whole.text.startswith(
        "Over 3 fresh seeds, on a split that the search never touched, run 3 is confirmed better"
    )
    assert clause.text == "confirmed better than the baseline, by 0.0059 ± 0.0009 over 3 fresh seeds"
    assert whole.rows == clause.rows == (("confirmed", EV),)
    assert ("confirmed", EV) in HELD.resolve("conclusion").rows


def test_its_form_is_forgiven() -> None:
    """A space for the dot, and LaTeX's underscores."""
    assert parse_reference(f"confirmed {EV}") == parse_reference(f"confirmed.{EV}".replace("_", "\\_"))


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("confirmed.mse", r"nearest|valid"),
        ("confirmed.explained_varaince", f"nearest: {EV}"),
        (f"confirmed.{EV}.nois", "nearest: noise"),
        (f"confirmed.{EV}.delta.more", "of the confirmation there are"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(reference: str, said: str) -> None:
    """A metric that was not tried, a misspelt one, a field that does not exist."""
    with pytest.raises(BadAnswer, match=said):
        HELD.resolve(reference)


def test_before_there_is_a_confirmation_nothing_refers_to_it() -> None:
    """A note on a run is written before it: the reference is refused, and what to do instead is said."""
    with pytest.raises(BadAnswer, match=r"nothing has been confirmed in this session"):
        Evidence(tried(None)).resolve("confirmed")


def test_nobody_to_confirm_is_said_by_every_reference() -> None:
    """No number stands for what was not measured."""
    evidence = Evidence(tried(nobody()))
    assert evidence.resolve("confirmed").text == "No result was tried on fresh seeds: none was asked for."
    assert evidence.resolve(f"confirmed.{EV}.delta").text == "not measured"
    assert evidence.resolve("confirmed.run").text == "no run"


@pytest.mark.parametrize(
    ("reference", "judges", "metric"),
    [
        ("confirmed", True, ""),
        (f"confirmed.{EV}", True, EV),
        (f"confirmed.{EV}.verdict", True, EV),
        ("confirmed.run", False, ""),
    ],
)
def test_what_says_the_outcome_bears_a_comparison(reference: str, judges: bool, metric: str) -> None:
    """A sentence that compares may rest on the outcome, not on the name of the run."""
    parsed = parse_reference(reference)
    assert parsed.judges == judges and parsed.judged_metric("mse") == metric
