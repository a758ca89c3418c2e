"""Runs below the run from whose code each began, and what the page says of parents and dropped runs."""

from __future__ import annotations

from pathlib import Path

from agent.page.tree import tree_of
from agent.page.view import RunView
from agent.session.events import ParentChosen, RunDropped
from tests.agent.page.planted import page_of
from tests.world.sessions import make_session


def run(name: str, parent: str = "") -> RunView:
    empty = {"row": None, "diff": (), "remark": "", "note": "", "advice": "", "images": (), "code": (), "turns": ()}
    return RunView(name=name, title=name, state="accepted", tone="good", parent=parent, **empty)  # type: ignore[arg-type]


def test_each_run_stands_below_its_parent() -> None:
    """Children in the order in which they began, a level deeper; a run whose parent is not shown stands at the left."""
    runs = [
        run("run_0"),
        run("run_1", "run_0"),
        run("run_2", "run_1"),
        run("run_3", "run_0"),
        run("run_4", "run_1"),
        run("run_9", "run_8"),
    ]
    assert [(branch.name, branch.depth) for branch in tree_of(runs)] == [
        ("run_0", 0),
        ("run_1", 1),
        ("run_2", 2),
        ("run_4", 2),
        ("run_3", 1),
        ("run_9", 0),
    ]


def test_a_long_line_of_runs_is_indented_no_further_than_the_page_has_room() -> None:
    """The seventh generation and those after it stand at the sixth level."""
    runs = [run("run_0"), *(run(f"run_{n}", f"run_{n - 1}") for n in range(1, 10))]
    assert max(branch.depth for branch in tree_of(runs)) == 6 and len(tree_of(runs)) == 10


def test_the_page_names_parent_and_drop(tmp_path: Path) -> None:
    """Each run's article says from which run it began, and why where that was decided; a dropped one says so, out of the table."""
    session = make_session(tmp_path)
    before = page_of(session).text
    assert "Begun from run_0." in before and "Begun from run_1." in before, "of an older version: the run before it"
    last = session.journal.events[-1]
    session.journal.append(ParentChosen(run="run_2", parent="run_0", why="the plan's line for run_2 names it"))
    session.journal.append(RunDropped(run="run_1", why="it leaked", before="run_2/turn_1"))
    session.journal.append(last)
    after = page_of(session).text
    assert "Begun from run_0: the plan's line for run_2 names it." in after
    assert "A person took this run out of what counts: it leaked." in after
