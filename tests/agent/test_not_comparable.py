"""A run that is not comparable with the baseline is marked in every place, and counts in none."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from agent.evidence.evidence import Evidence
from agent.page.build import build_view
from agent.page.tree import tree_of
from agent.page.write import render
from agent.results.choosing.candidate import choose
from agent.results.choosing.parents import choose_parent
from agent.results.choosing.patience import runs_without_gain
from agent.results.results import Results
from agent.results.story import results_of, story_of
from agent.results.tables.grid import grid_of
from agent.results.tables.markdown import results_table, run_table
from agent.results.tables.plain import plain_table
from agent.results.to_draw import as_before, to_draw
from agent.session.reading import read_session
from agent.session.session import Session
from agent.session.steps import RunName
from agent.terminal import runs_table
from tests.world.sessions import make_session

UNLIKE = RunName("run_3")
METRIC = "explained_variance"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return make_session(tmp_path_factory.mktemp("unlike"))


@pytest.fixture(scope="module")
def results(session: Session) -> Results:
    """The session's runs, the one that is not comparable far better than all others."""
    found = results_of(session)
    runs = [
        replace(run, values={**run.values, METRIC: replace(run.values[METRIC], mean=0.99)})
        if run.name == UNLIKE
        else run
        for run in found.runs
    ]
    best = replace(found, runs=tuple(runs))
    assert best.runs[3].differences and best.runs[3].values[METRIC].mean > best.runs[1].values[METRIC].mean
    return best


def test_it_is_marked_in_every_table(results: Results) -> None:
    """A `*` at its values: brief, notes' words, plain text, paper, terminal; the legend says what it means."""
    brief = results_table(results)
    assert "0.9900*" in brief and "* not comparable with it" in brief and "(not comparable: config.k: 16 → 32)" in brief
    unlike = results.get(UNLIKE)
    assert unlike is not None
    assert "not comparable with the baseline (config.k: 16 → 32)" in run_table(results, unlike)
    grid = grid_of(results)
    assert "0.9900*" in plain_table(grid)
    page = StringIO()
    Console(file=page, width=200).print(runs_table(grid))
    assert "0.9900*" in page.getvalue() and "not comparable" in page.getvalue()
    table = Evidence(results).resolve(f"table {METRIC}").table
    assert table is not None and "\\evidunfair" in table.latex()
    assert Evidence(results).resolve(f"{UNLIKE}.{METRIC}.verdict").text.startswith("not comparable")


def test_the_page_marks_it(session: Session) -> None:
    """Hollow in every chart, its word in every cell, no tone in the tree."""
    view = build_view(read_session(session.paths.root), session.paths.page)
    row = next(row for row in view.rows if row.run == UNLIKE)
    assert {cell.word for cell in row.cells} == {"not comparable"} and not row.best
    assert all(point.hollow == (point.run == UNLIKE) for chart in view.charts for point in chart.points)
    assert next(branch for branch in tree_of(view.runs) if branch.name == UNLIKE).tone == "none"


def test_it_counts_nowhere(session: Session, results: Results) -> None:
    """However good, it is neither best nor better, neither parent nor candidate, and ends nobody's patience."""
    assert results.best.name == "run_1" and results.best_by(METRIC).name == "run_1"
    assert UNLIKE not in [run.name for run in results.group("better", METRIC)]
    assert choose_parent(story_of(session), results, RunName("run_4")).run == "run_1"
    chosen = choose(results, (METRIC,), "auto")
    assert chosen.run is None or chosen.run.name != UNLIKE
    assert runs_without_gain(results) == 2


def test_named_as_a_parent_it_is_refused_by_name(session: Session, results: Results) -> None:
    """The reason says which setting makes it so, and which rule held instead."""
    story = story_of(session)
    advice = story.advice
    assert advice is not None
    named = advice.model_copy(update={"text": "Go on.\nFrom: run_3"})
    told = type(story)([named if event is advice else event for event in story.events])
    parent = choose_parent(told, results, RunName("run_4"))
    assert parent.run == "run_1" and "best comparable run" in parent.why
    assert "names run_3, which is not comparable with the baseline (config.k: 16 → 32)" in parent.why


def test_the_figures_are_told(session: Session, tmp_path: Path) -> None:
    """What a plot reads names the run and what differs; the harness draws it hollow (tests/harness/test_figures.py)."""
    runs = story_of(session).counted.values()
    assert {run.run: run.comparable for run in runs if run.comparable} == {UNLIKE: ["config.k: 16 → 32"]}


def test_a_run_apart_is_marked_in_the_titles_that_figures_read(session: Session) -> None:
    """Where comparisons are made at a metric, a run away from it has ‡ before its title, and nobody else; an older drawing had none."""
    plain = to_draw(session)["titles.json"]
    metrics = {
        name: metric.model_copy(update={"matched_within": 0.001}) if name == METRIC else metric
        for name, metric in session.template.metrics.items()
    }
    at_it = replace(session, template=session.template.model_copy(update={"metrics": metrics}))
    apart = {run.name for run in results_of(at_it).runs if results_of(at_it).left(run)}
    titles = to_draw(at_it)["titles.json"]
    assert apart and UNLIKE not in apart and not any("‡" in title for title in plain.values())
    assert titles == {run: f"‡ {title}" if run in apart else title for run, title in plain.items()}
    assert as_before("titles.json", titles) == plain and as_before("parents.json", titles) == titles


def test_the_page_says_below_its_figures_what_the_mark_means(session: Session) -> None:
    """Only where a run has it, and there is a figure."""
    view = build_view(read_session(session.paths.root), session.paths.page)
    first, *others = view.rows
    legend = "‡ not at the baseline's value of what comparisons are made at"
    told = {apart: render(replace(view, rows=(replace(first, unmatched=apart), *others))) for apart in ("", "at l0 3")}
    assert view.images and {apart: legend in page for apart, page in told.items()} == {"": False, "at l0 3": True}
