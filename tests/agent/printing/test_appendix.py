"""Every number of a paper has its row in the evidence appendix."""

from __future__ import annotations

import dataclasses

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.printing.appendix import evidence_appendix
from agent.printing.assemble import assemble
from agent.results.compute import Compute
from agent.session.cost import Cost
from agent.session.steps import RunName
from agent.writing.draft import Draft
from tests.world.study import REPORTED, controlled
from tests.world.study import evidence as measured

EVIDENCE = dataclasses.replace(measured(), reported=REPORTED)
VALUE = "[[reported.topk.absorption_fraction]]"


def appendix(text: str, evidence: Evidence) -> str:
    filled = fill(text, evidence, "latex").filled
    return evidence_appendix(evidence, {one.reference.text: one.rows for one in filled})


def test_a_row_says_value_difference_and_verdict() -> None:
    """By run, metrics in the template's order, with the file that it is read from; the baseline's row says its noise."""
    text = appendix("[[run_3.mse]] [[run_3.explained_variance.verdict]] [[baseline.mse]]", measured())
    rows = [line for line in text.splitlines() if " & " in line or "multicolumn" in line]
    assert "Baseline" in rows[1] and "run\\_0/final\\_info.json" in rows[1] and "3 seeds" in rows[1]
    assert "0.1088" in rows[2] and "noise 0.0020" in rows[2]
    assert "Run 3" in rows[3] and "seed 0" in rows[3]
    assert rows[4].startswith("\\evidrow{run_3.explained_variance.verdict} & explained variance & 0.8971")
    assert rows[5].startswith("\\evidrow{run_3.mse} & mse & 0.1029") and "better than the baseline" in rows[5]


def test_a_run_says_from_which_it_began_and_dropped_ones_are_named() -> None:
    """Behind the file of each run stands its parent; below the table those that a person dropped, with the reason."""
    found = measured().results
    runs = tuple(
        dataclasses.replace(run, parent=RunName("run_1" if run.name == "run_3" else "run_0") if run.index else None)
        for run in found.runs
    )
    family = Evidence(dataclasses.replace(found, runs=runs, dropped=("run_5 (A & B): it leaked",)))
    text = appendix("[[run_1.mse]] [[run_3.mse]]", family)
    assert "seed 0, from the baseline)" in text and "seed 0, from run 1)" in text
    assert "\\paragraph{Dropped by a person.}" in text and "run\\_5 (A \\& B): it leaked." in text
    assert "Dropped" not in appendix("[[run_1.mse]]", measured())


def test_settings_and_training_have_rows_too() -> None:
    """Each says which of the two it is; a text that stands on nothing measured has its target above the table."""
    text = appendix("[[run_3.config.ema_decay]] [[run_3.training.steps]] [[run_3.title]]", measured())
    assert "\\evidrow{run_3.title}" in text.split("\\begin{longtable}")[0]
    assert "\\texttt{ema\\_decay} & 0.98 & & setting" in text and "\\texttt{steps} & 400 & & training" in text


def test_a_wide_value_goes_over_the_columns_behind_it() -> None:
    """A list of settings, a path or a sentence breaks there, where it pushed all other values off the page."""
    found = measured().results
    wide = {"widths": [64] * 30, "text": "the first hundred thousand tokens of the Pile", "lr": 0.1}
    runs = tuple(dataclasses.replace(run, config={**run.config, **wide}) for run in found.runs)
    text = appendix(
        "[[run_3.config.widths]] [[run_3.config.text]] [[run_3.config.lr]]",
        dataclasses.replace(measured(), results=dataclasses.replace(found, runs=runs)),
    )
    row = next(line for line in text.splitlines() if "\\texttt{widths}" in line)
    assert "& \\multicolumn{3}{p{0.6\\linewidth}@{}}{\\raggedright 64, 64," in row and row.endswith("(setting)} \\\\")
    assert row.count("&") == 2 and "tokens of the Pile (setting)}" in text
    assert "\\texttt{lr} & 0.1 & & setting" in text


def test_the_papers_appendix_lists_them_apart() -> None:
    """A table of its own with the source; the rows of measured values have no line of it."""
    source = f"Others reported {VALUE} ([[reported.source]]). Run 3 has [[run_3.absorption_fraction]]."
    paper = assemble("@@SECTIONS@@\n%%%\n@@EVIDENCE@@", Draft("T", {"Results": source}), EVIDENCE, "s")
    appendix = paper.tex.split("%%%")[1]
    ours, theirs = appendix.split("\\paragraph{Reported by others, not measured here")
    assert paper.problems == {}
    assert "0.1429" not in ours and "run\\_3/final\\_info.json" in ours
    assert "Table 2 of a paper" in theirs and "\\evidrow{reported.topk.absorption_fraction}" in theirs
    assert "topk & absorption fraction & 0.1429" in theirs


def test_a_control_has_rows_below_the_baseline() -> None:
    """Its value, difference and how it stands to the baseline, with its file; the baseline's own row says who is as good."""
    text = appendix(
        "[[run_3.mse]] [[untrained.absorption_fraction]] [[baseline.absorption_fraction]] [[table mse]]",
        Evidence(controlled()),
    )
    rows = [line for line in text.splitlines() if " & " in line or "multicolumn" in line]
    heads = [row for row in rows if "multicolumn" in row]
    assert ["Baseline" in heads[0], "Control}: an untrained model (" in heads[1]] == [True, True] and "Run 1" in heads[
        2
    ]
    assert "controls.json" in heads[1]
    row = next(row for row in rows if row.startswith("\\evidrow{untrained.absorption_fraction}"))
    assert "& 0.592 & \\ensuremath{-}0.112 & within noise of the baseline" in row
    assert "\\evidrow{untrained.mse.mean} & mse & 0.7876" in text, "a table's cells have their rows too"
    assert "noise 0.288 (all looks 1.337) (an untrained model scores 0.592 here)" in text


def test_the_appendix_has_both_bands_and_says_for_how_many_looks() -> None:
    """Noise of one look, in brackets that of all looks made, and how many there were."""
    text = appendix("[[baseline.mse]] [[run_3.mse.verdict]]", measured())
    assert "noise 0.0020 (all looks 0.0092)" in text and "beyond noise (one look)" in text
    assert (
        "In brackets (all looks) is that for all looks made: 4 at the primary metric (4 runs), 20 at the others" in text
    )


def test_without_controls_the_appendix_names_none() -> None:
    """A session that has none has the appendix that it had."""
    assert "ontrol" not in appendix("[[run_3.mse]] [[baseline.mse]] [[table mse]]", measured())


def test_what_all_rows_of_a_run_share_stands_once_at_its_head() -> None:
    """What a run cost and what it was handed: below its title, not behind each verdict; handed out alike, with the baseline alone."""
    found = measured().results
    drawn = {"run_0": {"rows": 400}, "run_1": {"rows": 400}, "run_3": {"rows": 200}}
    spent = {"run_0": 10.0, "run_3": 30.0}
    runs = tuple(
        dataclasses.replace(
            run,
            title=f"A title of run {run.index} " * 4 if run.index else "Baseline",
            drawn=drawn.get(str(run.name), {}),
            compute=Compute((Cost(wall_s=1.0, cpu_s=spent[str(run.name)]),)) if str(run.name) in spent else Compute(),
        )
        for run in found.runs
    )
    dear = Evidence(dataclasses.replace(found, runs=runs))
    text = appendix("[[baseline.mse]] [[run_1.mse]] [[run_3.mse]] [[run_3.explained_variance]]", dear)
    assert text.count("at 3.0 times the baseline's compute") == 1
    assert "\\emph{Every verdict}: at 3.0 times the baseline's compute" in text
    assert "\\emph{Handed out, and to each run that says nothing else}: rows 400" in text
    assert text.count("rows 400") == 1 and "\\emph{Handed out}: rows 200" in text
    assert "A title of run 3 " * 3 in text and "Baseline}: Baseline" not in text
    assert "\\emph{Handed out}: rows 400" in appendix("[[run_1.mse]]", dear), "no row of the baseline's says it"
