"""What fresh seeds say, in words: no better ones than the samples bear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.results.compute import Compute
from agent.results.confirmation import confirmation_of
from agent.results.words.conclusion import best_text, conclusion_text, fresh_text
from agent.results.words.confirmed import confirmed_text, outcome_of, outcome_text, outcome_words
from agent.session.cost import Cost
from agent.session.events.confirm import CandidateChosen, Confirmed
from agent.session.steps import RunName
from tests.world.fresh_seeds import EV, HOLDS, LUCKY, WORSE, confirmation, nobody, tried


@pytest.mark.parametrize(
    ("mine", "word", "words"),
    [
        (HOLDS, "confirmed better", "confirmed better than the baseline, by 0.0059 ± 0.0009 over 3 fresh seeds"),
        (LUCKY, "not confirmed", "seen in one run, not confirmed (-0.0002 ± 0.0011 over 3 fresh seeds)"),
        (WORSE, "confirmed worse", "confirmed worse than the baseline, by 0.0212 ± 0.0010 over 3 fresh seeds"),
    ],
)
def test_each_outcome_has_its_word_and_its_numbers(mine: tuple[float, ...], word: str, words: str) -> None:
    """The difference of the means with the half-width of Welch's interval; a lucky run is called no more than that."""
    found = tried(confirmation(mine))
    assert outcome_of(found, EV).word == word
    assert outcome_text(found, EV) == words


def test_a_metric_that_the_search_did_not_see_better_is_not_confirmed_plainly() -> None:
    """run_2 was within noise of the baseline in the search: nothing was seen that could fail to hold."""
    found = tried(confirmation(LUCKY, run=RunName("run_2")))
    assert outcome_words(found, EV) == "not confirmed"
    assert conclusion_text(found).startswith(
        "On explained variance, run 3 is seen better than the baseline in one run, not confirmed"
    )


def test_each_metric_that_could_be_claimed_is_a_look() -> None:
    """With five metrics the same samples of one bear less: the band is wider."""
    one, five = (
        outcome_of(tried(confirmation()), EV),
        outcome_of(tried(confirmation(metrics=(EV, "a", "b", "c", "d"))), EV),
    )
    assert one.noise is not None and five.noise is not None and five.noise > 1.5 * one.noise


def test_a_seed_that_failed_confirms_nothing() -> None:
    """The two others may be as good as they like: seeds are not chosen by how they end."""
    known = confirmation(candidate={}, failed=("run_3 with seed 102 did not end well (crashed: KeyError)",))
    assert (
        outcome_text(tried(known), EV)
        == "seen in one run, not confirmed (run_3 with seed 102 did not end well (crashed: KeyError))"
    )
    assert "is not confirmed on fresh seeds: run_3 with seed 102" in confirmed_text(tried(known))


def test_seeds_that_all_gave_the_same_confirm_nothing() -> None:
    """A seed that reaches no code is no sample: the noise is unknown, not zero."""
    known = confirmation(candidate={EV: (0.9, 0.9, 0.9)}, baseline={EV: (0.8, 0.8, 0.8)})
    assert outcome_of(tried(known), EV).word == "not confirmed"
    assert "all seeds gave the same" in outcome_text(tried(known), EV)


def test_nobody_was_tried() -> None:
    """No candidate, or one that has not run yet: said, and called not tried."""
    none = tried(nobody())
    assert confirmed_text(none) == "No result was tried on fresh seeds: none was asked for."
    assert outcome_text(none, EV) == "not tried on fresh seeds (none was asked for)"
    waiting = tried(confirmation(seeds=(), candidate={}, baseline={}))
    assert confirmed_text(waiting) == "Run 3 is to be tried on fresh seeds, which has not been done yet."
    assert outcome_of(waiting, EV).word == "not tried"


def test_the_conclusion_takes_what_was_confirmed() -> None:
    """The sentence of paper, page and terminal."""
    assert conclusion_text(tried(confirmation())) == (
        "On explained variance, run 3 is confirmed better than the baseline, by 0.0059 ± 0.0009 over 3 fresh seeds on a split "
        "that the search never touched."
    )


def test_the_conclusion_says_no_more_of_a_lucky_run_than_that_it_was_seen() -> None:
    """Better in the search, not on fresh seeds: no `beat`, no `better` without `not confirmed` in the same breath."""
    said = conclusion_text(tried(confirmation(LUCKY)))
    assert said == (
        "On explained variance, run 3 is seen better than the baseline in one run, not confirmed: over 3 fresh seeds "
        "run 3 is not apart from the baseline (-0.0002 ± 0.0011)."
    )


def test_the_conclusion_says_so_where_nobody_was_tried() -> None:
    """--confirm none leaves what one run showed as what one run showed."""
    said = conclusion_text(tried(nobody()))
    assert said == (
        "On explained variance, run 3 is seen better than the baseline in one run, not confirmed: nothing was tried"
        " on fresh seeds, since none was asked for."
    )


def test_a_session_without_a_confirmation_concludes_as_it_did() -> None:
    """Sessions of older versions keep their words."""
    assert conclusion_text(tried(None)) == "On explained variance, run 3 beat the baseline beyond noise."
    assert "fresh" not in best_text(tried(None))


def test_the_last_choice_and_its_own_samples_count() -> None:
    """A choice made anew leaves samples of another candidate out."""
    chosen = CandidateChosen(run=RunName("run_1"), metrics=[EV])
    anew = CandidateChosen(run=RunName("run_3"), metrics=[EV])
    done = Confirmed(run=RunName("run_1"), seeds=[101, 102], candidate={EV: [1.0, 2.0]}, baseline={EV: [1.0, 2.0]})
    first, second = confirmation_of([chosen, done]), confirmation_of([chosen, done, anew])
    assert first is not None and first.measured and second is not None and not second.measured
    assert confirmation_of([]) is None


def test_what_it_cost_is_said_with_every_claim() -> None:
    """A candidate far dearer than the baseline is confirmed at that price: conclusion, sentence and clause say so."""
    found = tried(confirmation())
    cheap, dear = (Compute((Cost(cpu_s=seconds, wall_s=seconds),)) for seconds in (10.0, 19.0))
    runs = tuple(replace(run, compute=dear if run.name == "run_3" else cheap) for run in found.runs)
    priced = replace(found, runs=runs)
    for said in (conclusion_text(priced), confirmed_text(priced), outcome_text(priced, EV)):
        assert "at 1.9 times the baseline's compute" in said
    assert "compute" not in conclusion_text(found)


def test_the_page_says_it_once() -> None:
    """Where the conclusion has told it, nothing is added; where that is on another metric, the outcome is a sentence of its own."""
    assert fresh_text(tried(confirmation())) == "" and fresh_text(tried(None)) == ""
    of_another = replace(tried(confirmation()), primary="absorption_fraction")
    assert fresh_text(of_another).startswith("Over 3 fresh seeds")
    assert best_text(tried(confirmation())).count("fresh") == 0
