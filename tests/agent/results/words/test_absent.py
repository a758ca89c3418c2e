"""Metrics that were not measured for a reason: it stands where the numbers would."""

from __future__ import annotations

from dataclasses import replace

from agent.evidence.evidence import Evidence
from agent.printing.appendix import evidence_appendix
from agent.results.collect import collect, undefined_of
from agent.results.results import Results
from agent.results.tables.markdown import results_table
from agent.results.words.absent import absent_lines
from agent.session.events import RunAccepted
from agent.session.run_info import RunInfo
from agent.session.template.contract import Metric
from tests.world.study import results as study

WHY = "absorption is of SAEs & this is a transcoder"


def absent(*of: dict[str, str]) -> Results:
    """The study, whose runs lack these for these reasons; the others none."""
    found = study()
    reasons = [*of, *[{}] * len(found.runs)]
    return replace(
        found, runs=tuple(replace(run, undefined=why) for run, why in zip(found.runs, reasons, strict=False))
    )


def test_one_reason_is_said_once_for_all_metrics_and_runs() -> None:
    """Of all runs alike, without naming them."""
    reasons = {"absorption_fraction": WHY, "full_absorption": WHY}
    assert absent_lines(absent(*[reasons] * len(study().runs))) == [f"absorption_fraction, full_absorption: {WHY}"]
    assert absent_lines(study()) == []


def test_a_reason_of_some_runs_names_them() -> None:
    """The baseline, one run, several; another reason is another line."""
    assert absent_lines(absent({"a": "x"})) == ["a (the baseline): x"]
    assert absent_lines(absent({}, {"a": "x"}, {"a": "x", "b": "y"})) == ["a (runs 1 and 2): x", "b (run 2): y"]
    assert absent_lines(absent({"a": "x"}, {"a": "x"})) == ["a (the baseline and run 1): x"]


def test_prompts_and_paper_have_it() -> None:
    """Below the table of every brief, and in the evidence appendix, where LaTeX's characters are escaped; nothing where nothing is absent."""
    found = absent({}, {"absorption_fraction": WHY})
    assert f"(not measured: absorption_fraction (run 1): {WHY})" in results_table(found)
    printed = evidence_appendix(Evidence(found), {})
    assert "\\paragraph{Not measured.}" in printed and "SAEs \\& this" in printed
    assert "not measured" not in results_table(study()).lower()
    assert "Not measured" not in evidence_appendix(Evidence(study()), {})


def test_only_what_lacks_a_value_is_absent() -> None:
    """A reason beside a value, one that is empty, and details that are damaged are none."""
    details = {"undefined": {"a": " no\n two. ", "b": "why", "c": ""}}
    assert undefined_of(details, {"b": 1.0}) == {"a": "no two"}
    assert undefined_of({"undefined": "x"}, {}) == {} == undefined_of({}, {})


def test_an_eval_that_failed_is_told_with_its_reason() -> None:
    """Of a run that counts all the same, or of the baseline, by whose lack no run is judged on its metrics: it is not passed over."""
    details = {"failed": {"sparse_probing": "out\n of memory."}, "undefined": {"loss": "measured"}}
    metrics = {"loss": {"mean": 1.0, "spread": None, "n": 1}}
    event = RunAccepted(run="run_0", title="", results=RunInfo({"metrics": metrics, "details": details}))
    found = collect({"loss": Metric(direction="lower", description="")}, "loss", [event])
    assert absent_lines(found) == ["sparse_probing: failed: out of memory"]
    assert "(not measured: sparse_probing: failed: out of memory)" in results_table(found)
