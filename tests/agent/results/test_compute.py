"""What runs cost against the baseline: told where it is far, with every claim; where it is not known, nothing is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.printing.appendix import evidence_appendix
from agent.results.compute import Compute, compute_of, ratio_of
from agent.results.results import Results
from agent.results.tables.grid import grid_of
from agent.results.tables.markdown import results_table, run_table
from agent.results.words import phrases
from agent.results.words.compute import cost_text, field_text
from agent.results.words.conclusion import best_text, conclusion_text
from agent.session.cost import Cost
from agent.session.run_info import RunInfo
from tests.world.study import results as study


def compute(*cpu_s: float | None, gpu_s: float | None = None, factor: float = 1.5) -> Compute:
    """Launches of these CPU seconds."""
    return Compute(tuple(Cost(wall_s=1.0, cpu_s=each, gpu_s=gpu_s, peak_gb=0.5) for each in cpu_s), factor)


def costing(*cpu_s: float) -> Results:
    """The study with a baseline of 10 CPU seconds, and runs of these."""
    results = study()
    base = replace(results.baseline, compute=compute(9.9, 10.0, 10.1))
    runs = [replace(run, compute=compute(spent)) for run, spent in zip(results.runs[1:], cpu_s, strict=False)]
    return replace(results, runs=(base, *runs, *results.runs[1 + len(runs) :]))


@pytest.mark.parametrize(
    ("mine", "theirs", "times", "far"),
    [
        (compute(19.0), compute(10.0, 10.0), 1.9, True),
        (compute(2.0), compute(10.0, 10.0), 0.2, True),
        (compute(12.0), compute(10.0), 1.2, False),
        (compute(16.0), compute(8.0, 12.0), 1.6, False),  # within 1.5 of a launch of the baseline's
        (compute(0.3), compute(0.1), 3.0, False),  # the start of an interpreter
        (compute(10.0, gpu_s=90.0), compute(10.0, gpu_s=30.0), 3.0, True),
        (compute(20.0, gpu_s=90.0), compute(10.0), 2.0, True),  # the baseline used no GPU that is known
    ],
)
def test_far_is_beyond_the_factor_from_every_launch_of_the_other(
    mine: Compute, theirs: Compute, times: float, far: bool
) -> None:
    """By GPU seconds where both have them, by a second at least, dearer or cheaper."""
    ratio = ratio_of(mine, theirs, 1.5)
    assert ratio is not None
    assert ratio.times == pytest.approx(times)
    assert ratio.far is far


def test_what_was_not_measured_has_no_ratio() -> None:
    """Missing is neither zero nor one; one launch of several without a value makes the mean unknown."""
    assert ratio_of(compute(None), compute(10.0), 1.5) is None
    assert ratio_of(compute(1.0), Compute(), 1.5) is None
    assert compute(1.0, None).mean("cpu_s") is None
    assert compute_of(RunInfo({"cost": {"launches": [{"cpu_s": "a lot"}], "factor": "x"}})) == Compute()
    assert compute_of(RunInfo({})) == Compute()


def test_the_experiments_own_word_on_its_cost_is_left_out() -> None:
    """Under `cost` stands what the supervisor measured, or nothing."""
    typed = RunInfo({"config": {}, "cost": {"launches": [{"wall_s": 1, "cpu_s": 1}]}})
    assert typed.costing([]).get("cost") is None
    assert typed.costing([Cost(wall_s=3.0, cpu_s=9.0)]).costs == (Cost(wall_s=3.0, cpu_s=9.0),)


def test_what_handed_out_the_data_is_told_apart() -> None:
    """It is in no ratio, and stands behind what the launch itself cost; results without such a process read as they did."""
    cost = Cost(wall_s=1.0, cpu_s=19.0).beside(Cost(wall_s=1.0, cpu_s=3.0, peak_gb=0.2))
    assert cost_text(Compute((cost,)), ratio_of(Compute((cost,)), compute(10.0), 1.5)) == (
        "19.0 CPU-seconds (1.9 times the baseline's), 1.0 s, 3.0 CPU-seconds more of what handed out its data"
    )
    assert field_text(Compute((cost,)), None, "data_cpu_s") == "3.0"
    assert field_text(compute(10.0), None, "data_cpu_s") == "not measured"
    assert RunInfo({}).costing([cost]).costs == (cost,)
    assert "data_cpu_s" not in Cost(wall_s=1.0).written() and "gpu_s" in Cost(wall_s=1.0).written()


def test_it_stands_behind_every_claim() -> None:
    """Verdict, comparison, list, conclusion and the page's line all say it of a run that is far; of another, none."""
    results = costing(19.0, 10.0)
    evidence, metric = Evidence(results), results.primary
    dear, fair = results.runs[1], results.runs[2]
    assert phrases.verdict_text(results, dear, metric).endswith(", at 1.9 times the baseline's compute")
    assert "compute" not in phrases.verdict_text(results, fair, metric)
    assert "at 1.9 times the compute of run 2" in evidence.resolve(f"compare run_1 run_2 {metric}").text
    assert "at 0.53 times the compute of run 1" in evidence.resolve(f"compare run_2 run_1 {metric}").text
    assert evidence.resolve("run_1.compute.times").text == "1.9"
    assert evidence.resolve("run_1.compute").text == "19.0 CPU-seconds (1.9 times the baseline's)"
    assert evidence.resolve("baseline.compute.cpu_s").text == "10.0"
    assert evidence.resolve("run_3.compute").text == "not measured"
    if dear in results.group("better", metric):
        assert "run 1 at 1.9 times the baseline's compute" in conclusion_text(results)
        assert "run 1 at 1.9 times" in evidence.resolve(f"list better {metric}").text


def test_a_gain_that_was_bought_is_told_in_the_conclusion() -> None:
    """The one sentence that paper, page and terminal say names the run and its compute."""
    results = study()
    better = results.group("better", results.primary)
    assert better, "the study has a run that is better"
    bought = {run.name: replace(run, compute=compute(30.0)) for run in better}
    base = replace(results.baseline, compute=compute(10.0))
    results = replace(results, runs=(base, *(bought.get(run.name, run) for run in results.runs[1:])))
    assert f"run {better[0].index} at 3.0 times the baseline's compute" in conclusion_text(results)
    assert "times the baseline's compute" not in best_text(results), "it stands behind the conclusion, which says it"


def test_every_table_shows_it() -> None:
    """The brief's, the note's, the grid's and the appendix' of the paper."""
    results = costing(19.0, 10.0)
    assert "run_0 10.0 s CPU, run_1 19.0 s CPU (1.9×!), run_2 10.0 s CPU (1.0×)" in results_table(results)
    assert "Compute: 19.0 CPU-seconds (1.9 times the baseline's)" in run_table(results, results.runs[1])
    assert [row.compute for row in grid_of(results).rows][:3] == [
        "10.0 s CPU",
        "19.0 s CPU (1.9×!)",
        "10.0 s CPU (1.0×)",
    ]
    used = {"run_1.compute": (("run_1", "compute"),), "run_1.compute.times": (("run_1", "compute.times"),)}
    appendix = evidence_appendix(Evidence(results), used)
    assert "\\emph{Cost}: 19.0 CPU-seconds (1.9 times the baseline's)" in appendix
    assert "& compute.times & 1.9 & & measured from outside" in appendix
    assert "(1.9 times the baseline's) (measured from outside)" in appendix, "too wide for the column of values"


def test_a_session_of_an_older_version_reads_as_it_did() -> None:
    """Without a measured cost no table, note or verdict has a word on it."""
    results = study()
    assert "ompute" not in results_table(results) + run_table(results, results.runs[1])
    assert "compute" not in phrases.verdict_text(results, results.runs[1], results.primary)


def test_a_field_that_does_not_exist_is_named() -> None:
    """With those that there are."""
    with pytest.raises(BadAnswer, match=r"no field 'flops'; .*cpu_s"):
        Evidence(costing(19.0)).resolve("run_1.compute.flops")
