"""What a plan reads."""

from __future__ import annotations

from dataclasses import replace

from harness.evaluation.command.plan import Plan
from harness.evaluation.data_sets import BIOS, EUROPARL, GITHUB, NEWS, REVIEWS
from harness.evaluation.evals import choose
from harness.scales import FULL


def test_a_full_plan_names_what_prepare_has_to_fetch() -> None:
    """Each data set once, in the order of the evals; the texts of core and autointerp alone."""
    plan = Plan(choose("core,absorption,sparse_probing,scr,tpp"), "full")
    assert plan.data_sets() == (BIOS, REVIEWS, GITHUB, NEWS, EUROPARL)
    assert plan.texts().keys() == {"core"}
    assert plan.texts()["core"].tokens == 512 * 127
    assert Plan(choose("absorption"), "full").data_sets() == ()


def test_a_plan_reads_what_the_scale_says_unless_told() -> None:
    """A model, a layer or a number of tokens that is given stands in place of the scale's own; 0 is given too."""
    plan = Plan(choose("core"), "full")
    assert plan.reads == FULL
    told = replace(plan, model="some/other", layer=3, heldout_tokens=0)
    assert (told.language_model, told.reads.layer, told.reads.heldout_tokens) == ("some/other", 3, 0)
    assert told.reads.dataset == FULL.dataset


def test_a_plan_names_the_models_that_evals_load_themselves() -> None:
    """Unlearning asks the instruction-tuned sibling, RAVEL the model itself, sae-probes it in float32; the others read it as sae-bench runs it."""
    assert Plan(choose("core,absorption,sparse_probing,scr,tpp,autointerp"), "full").own_models() == ()
    assert Plan(choose("sae_probes"), "full").own_models() == ("google/gemma-2-2b",)
    assert Plan(choose("unlearning,ravel"), "full").own_models() == ("google/gemma-2-2b-it", "google/gemma-2-2b")
    assert Plan(choose("unlearning"), "full", "google/gemma-2-2b-it").own_models() == ("google/gemma-2-2b-it",)


def test_a_plan_that_confirms_reads_the_other_split_and_names_what_has_none() -> None:
    """Core's and autointerp's texts are of the split, apart from what was trained on; other evals are named as the same on each."""
    plan = Plan(choose("core,absorption,autointerp,unlearning"), "full", split="confirm", pool_tokens=7)
    assert {(text.split, text.pool_tokens) for text in plan.texts().values()} == {("confirm", 7)}
    assert plan.same_on_every_split() == ["absorption", "unlearning"]
    assert replace(plan, scale="tiny").same_on_every_split() == ["unlearning"]
    assert {text.split for text in replace(plan, split="heldout").texts().values()} == {"heldout"}
