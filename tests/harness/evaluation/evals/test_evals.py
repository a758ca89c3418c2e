"""Which evals there are, and how they are chosen."""

from __future__ import annotations

import subprocess
import sys

import pytest

from harness.evaluation.command.plan import Plan
from harness.evaluation.evals import DEFAULT, EVALS, Eval, EvalsError, choose
from harness.scales import TINY


def test_evals_are_chosen_by_name_and_run_in_one_order() -> None:
    """A comma list, default and all; an unknown name is an error that lists those there are."""
    assert choose("default") == DEFAULT
    assert choose("all") == EVALS
    assert [each.name for each in choose("tpp, core")] == ["core", "tpp"]
    assert [each.name for each in choose("default,autointerp")] == [*(each.name for each in DEFAULT), "autointerp"]
    with pytest.raises(EvalsError, match=r"no such eval: probing\. There are: core, absorption"):
        choose("core,probing")
    with pytest.raises(EvalsError, match="no eval is named"):
        choose(" , ")


def test_what_the_audit_throws_out_is_run_on_request_alone() -> None:
    """SCR and TPP are there by name; sae-probes' k-sparse probing is in the default, as those before it are."""
    assert [each.name for each in DEFAULT] == ["core", "absorption", "sparse_probing", "sae_probes"]
    assert {"scr", "tpp"} <= {each.name for each in choose("default,scr,tpp")}


def test_an_eval_is_asked_for_at_one_scale() -> None:
    """Behind a scale's name it is run at that scale alone; a scale that there is not is an error, and an eval too."""
    named = [[each.name for each in choose("core,tiny:scr", scale)] for scale in ("tiny", "full", "")]
    assert named == [["core", "scr"], ["core"], ["core"]]
    with pytest.raises(EvalsError, match=r"no such scale: huge\. There are: tiny"):
        choose("core,huge:scr", "tiny")
    with pytest.raises(EvalsError, match="no such eval: probing"):
        choose("tiny:probing", "tiny")


def test_every_eval_has_a_name_of_its_own_and_a_place_for_its_file() -> None:
    """Two evals of a name, or of a folder, would hide each other."""
    assert len({each.name for each in EVALS}) == len(EVALS)
    results = [each.result for each in EVALS]
    assert len({result.folder for result in results}) == len(EVALS)


def test_choosing_and_asking_what_is_lacking_imports_neither_torch_nor_sae_bench() -> None:
    """The evals are known in a moment: what is slow is imported where an eval runs."""
    code = (
        "import sys; from harness.evaluation.evals import EVALS; from harness.evaluation.command.plan import Plan\n"
        "plan = Plan(EVALS); plan.texts(); plan.data_sets(); plan.own_models()\n"
        "print(*{'torch', 'sae_bench', 'transformers', 'datasets'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_an_eval_that_says_nothing_of_itself_needs_nothing() -> None:
    """The base class is the plainest eval: in the default, of no data set, no judge, no model of its own."""
    plain = Eval()
    assert plain.in_default
    assert plain.text(TINY, "heldout") is None
    assert plain.own_model("any") is None
    assert plain.missing(Plan((plain,), "full")) == []
