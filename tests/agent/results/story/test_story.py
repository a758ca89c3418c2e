"""A journal asked: runs, texts, code, spending and state, in old journals as in new ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.results.story import Story
from agent.results.story.state import State
from agent.session.events import AttemptEnded, Exchanged, RunAbandoned, RunAccepted, SessionEnded, SessionResumed
from tests.world.sessions import final_info, make_session, make_template

OLD, NEW = True, False


def attempt(number: int, run: str, value: float) -> AttemptEnded:
    """A launch that went well."""
    return AttemptEnded(number=number, run=run, outcome="ok", results=final_info(value, 0.1))


def two_runs(twice: bool) -> Story:
    """A baseline and a run; `twice`: the run's event holds its results too, as older versions wrote them."""
    run = RunAccepted(run="run_1", title="a", attempt=4, results=final_info(0.9, 0.1) if twice else {}, seq=3)
    baseline = RunAccepted(run="run_0", title="Baseline", results=final_info(0.8, 0.1, seeds=3), seq=0)
    return Story([baseline, attempt(3, "run_1", 0.1), attempt(4, "run_1", 0.9), run])


@pytest.mark.parametrize("twice", [OLD, NEW])
def test_results_are_found_where_they_are_stored(twice: bool, tmp_path: Path) -> None:
    """With the run in an old journal, with its attempt in a new one: the same results."""
    story, template = two_runs(twice), make_template(tmp_path)
    assert story.accepted["run_1"].results == final_info(0.9, 0.1)  # type: ignore[index]
    results = story.results(template.metrics, template.primary)
    assert [run.values["explained_variance"].mean for run in results.runs] == [0.8, 0.9]


def test_results_of_another_runs_attempt_are_not_taken() -> None:
    """A number that names a foreign attempt fills in nothing: missing is not somebody else's value."""
    run = RunAccepted(run="run_2", title="", attempt=4)
    assert Story([attempt(4, "run_1", 0.9), run]).runs[0].results == {}


def test_a_story_is_never_stale(tmp_path: Path) -> None:
    """Made over a journal's own events, it tells what was appended since."""
    session = make_session(tmp_path)
    story = Story(session.journal.events)
    assert story.spent.calls == 20 and story.state(held=False) == State("findings", "1 finding")
    session.journal.append(SessionResumed(pid=1))
    session.journal.append(Exchanged(number=21, role="coder", model="m", tokens_sent=5, tokens_received=2, usd=1.0))
    assert story.spent.calls == 21 and story.spent.tokens == 13 * 4800 + 3 * 2400 + 4 * 6900 + 7
    assert story.state(held=True) == State("running") and story.state(held=False) == State("unfinished")


def test_runs_are_told_in_order_the_baseline_apart(tmp_path: Path) -> None:
    """run_0 first and never among the runs; its attempts are not counted as attempts at a run."""
    story = Story(make_session(tmp_path).journal.events)
    assert list(story.accepted) == ["run_0", "run_1", "run_2", "run_3"]
    assert [event.run for event in story.runs] == ["run_1", "run_2", "run_3"]
    assert {event.run for event in story.attempts} == {"run_1", "run_2", "run_3"}
    assert story.baseline is not None and story.parent_of(story.baseline.run) is None
    before = story.parent_of(story.runs[2].run)
    assert before is not None and before.run == "run_2"


def test_a_run_accepted_again_counts_once_with_its_latest_event() -> None:
    """The last event of a name stands."""
    events = [RunAccepted(run="run_1", title=title, results=final_info(0.9, 0.1)) for title in ("first", "second")]
    assert [event.title for event in Story(events).runs] == ["second"]


def test_the_latest_text_of_each_kind_is_told(tmp_path: Path) -> None:
    """Plan, notes with the figures' behind the runs', the last note on a run, advice, sections, title."""
    story = Story(make_session(tmp_path).journal.events)
    assert story.plan.startswith("# Plan")
    assert list(story.notes) == ["run_1", "run_2", "run_3", "figures"]
    assert story.last_note is not None and story.last_note.subject == "run_3"
    assert story.figures_note is not None and story.advice is not None and story.advice.run == "run_3"
    assert {name: event.phase for name, event in story.sections.items()} == {
        "Title and Abstract": "refine",
        "Results": "refine",
    }
    assert story.title and story.figures is not None and story.figures.ok


def test_the_code_as_it_stands_is_that_of_the_last_edit(tmp_path: Path) -> None:
    """Each edit counts at once; giving a run up goes back to what was accepted last."""
    session = make_session(tmp_path)
    story = Story(session.journal.events)
    last = [event for event in session.journal.events if event.kind == "edit"][-1]
    assert story.code(session.files) == last.files
    session.journal.append(RunAbandoned(run="run_4", reason="x"))
    assert story.code(session.files)["experiment.py"] == story.runs[-1].code["experiment.py"]
    assert Story([]).code({"a.py": "1"}) == {"a.py": "1"}


def test_a_closing_event_ends_a_session_only_where_nothing_followed() -> None:
    """Taken up again after its end, a session runs, or was cut off."""
    ended = SessionEnded(state="paused", reason="no key")
    assert Story([ended]).state(held=False) == State("paused", "no key")
    assert Story([ended, SessionResumed()]).state(held=True).word == "running"
    assert Story([]).state(held=False).word == "unfinished"
