"""Each rule on typed numbers trips on a number planted for it, and none of those before it has a say."""

from __future__ import annotations

import dataclasses

import pytest

from agent.proofreading.occurrence import Grounds, Occurrence
from agent.proofreading.rules import RULES, STANDS, why_not
from agent.proofreading.sentences.numbers import find_numbers
from agent.proofreading.sentences.prose import sentences
from tests.world.study import METRICS, REPORTED, controlled, evidence

KINDS = {**METRICS, "mse": METRICS["mse"].model_copy(update={"description": "0.25 is chance"})}
GROUNDS = Grounds(
    dataclasses.replace(evidence(), results=dataclasses.replace(controlled(), metrics=KINDS), reported=REPORTED),
    "The threshold starts at 0.33.",
)
PLANTED = [
    ("_counts_the_metrics", "All {5} metrics are shown.", STANDS),
    ("_is_structure", "As Section {4} says.", STANDS),
    ("_is_anothers", "Dictionaries of {4096} latents were trained \\citep{a}.", STANDS),
    ("_is_a_named_setting", "With lambda_max = {0.02} the penalty is weak.", STANDS),
    ("_is_a_named_setting", "Run 3 sets lambda_max to {0.02}.", STANDS),
    ("_is_on_the_metrics_scale", "The mse of chance is {0.25}.", STANDS),
    ("_is_a_bound", "A perfect explained variance is {1.0}.", STANDS),
    ("_is_a_result", "Run 3 has an mse of {0.1029}.", "a typed result; write [[run_3.mse]]"),
    ("_is_a_named_controls", "An untrained model has an mse of {0.7876}.", "write [[untrained.mse]]"),
    ("_is_a_controls", "Run 3 has an mse of {0.7876}.", "write [[untrained.mse]], and say whose it is"),
    ("_is_reported", "An absorption of {0.1429} is usual.", "write [[reported.topk.absorption_fraction]]"),
    ("_is_no_result", "Run 3 has an mse of {0.4321}.", "not the value of run_3; write [[run_3.mse]]"),
    ("_is_no_result", "Run 3 has an mse of {0.1088}.", "it is [[run_0.mse]]"),
    ("_is_no_result", "Run 9 has an mse of {0.4321}.", "write [[run_1.mse]]"),
    ("_is_no_result", "Run 3 has an mse of {0.8971}.", "it is the value of [[run_3.explained_variance]]"),
    ("_is_known_beforehand", "It starts at {0.33}.", STANDS),
    ("_is_known_beforehand", "The loss is {0.5} of it.", STANDS),
    (
        "_is_a_nameless_setting",
        "We hold {2048} directions.",
        "write [[run_0.config.d_sae]] or [[run_0.config.batch_size]]",
    ),
    ("", "About {82}% of them are stable.", "refer to it or leave it out"),
    ("", "It takes {0.5}x as long.", "refer to it or leave it out"),
    ("_is_no_result", "Run 3 has lambda_max and an mse, {0.2}.", "typed number where mse is spoken of"),
]


def occurrence(text: str, grounds: Grounds = GROUNDS) -> Occurrence:
    """The number in braces, in its sentence."""
    shown = text[text.index("{") + 1 : text.index("}")]
    (sentence,) = sentences(text.replace("{" + shown + "}", shown), latex=True)
    return Occurrence(next(n for n in find_numbers(sentence.text) if n.shown.startswith(shown)), sentence, grounds)


@pytest.mark.parametrize(("name", "text", "said"), PLANTED)
def test_the_first_rule_with_a_say_decides(name: str, text: str, said: str) -> None:
    """The planted number meets the rule that is meant for it, which lets it stand or says why it cannot."""
    on = occurrence(text)
    first = next((rule.__name__ for rule in RULES if rule(on) is not None), "")
    why = why_not(on)
    assert first == name and (why == STANDS if said == STANDS else said in why), (first, why)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("On its own, {0.1029} is what came out.", "it is [[run_3.mse]]: write that"),
        ("On its own, {10.29%} is what came out.", "it is [[run_3.mse]]: write that"),
        ("Run 3 has an mse of {0.1025}.", "write [[run_3.mse]] (0.1029)"),
        ("Run 3 has an mse of {10.3%}.", "write [[run_3.mse]]"),
        ("In run 3 mse falls by {5.4%}.", "it is [[run_3.mse.percent]]"),
        ("In run 3 mse falls by {0.0059}.", "it is [[run_3.mse.delta]]"),
        ("In run 3 mse is {3x} lower.", "write [[run_3.mse.percent]]"),
        ("Something is {0.4321} of it.", "refer to it or leave it out"),
    ],
)
def test_the_reason_names_the_true_value(text: str, said: str) -> None:
    """Whatever the sentence calls it: a value, a percentage, a difference, a change; and what the value is where it was mistyped."""
    assert said in why_not(occurrence(text)), why_not(occurrence(text))


def test_every_rule_has_its_planted_case() -> None:
    """A rule that is added needs a number on which it trips."""
    assert {rule.__name__ for rule in RULES} == {name for name, *_ in PLANTED} - {""}


def test_a_setting_of_another_run_does_not_stand() -> None:
    """Where one run is named, only its own settings count, unless the sentence compares it with others."""
    assert why_not(occurrence("Run 3 sets lambda_max to {0.2}.")) != STANDS
    assert why_not(occurrence("Run 3 lowers lambda_max from {0.2} to less.")) == STANDS


def test_a_right_result_stands_where_the_text_is_for_this_machine_only() -> None:
    """Without `strict`, a typed result that is right is no fault; a wrong one still is."""
    lenient = dataclasses.replace(GROUNDS, strict=False)
    assert why_not(occurrence("Run 3 has an mse of {0.1029}.", lenient)) == STANDS
    assert why_not(occurrence("Run 3 has an mse of {0.1030}.", lenient)) != STANDS
