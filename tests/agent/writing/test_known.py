"""A session's evidence is put together in one place, as it is now or as it was at some time."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from agent.results.story import story_of
from agent.writing.known import evidence_of, known_text
from tests.world.stage import IDEA, accepted, make_session
from tests.world.study import REPORTED


def test_the_evidence_is_that_of_its_time(tmp_path: Path) -> None:
    """All accepted runs now; those of before where a story of then is given."""
    session = make_session(tmp_path)
    assert [run.index for run in evidence_of(session).results.runs] == [0, 1, 2, 3, 4]
    then = story_of(session).until(accepted(session, "run_2").seq)
    assert [run.index for run in evidence_of(session, then).results.runs] == [0, 1]


def test_what_others_reported_comes_with_it(tmp_path: Path) -> None:
    """As the template's scale names it; nothing where it names none."""
    session = make_session(tmp_path)
    assert evidence_of(session).reported is None
    studied = dataclasses.replace(session, template=session.template.model_copy(update={"reported": REPORTED}))
    assert evidence_of(studied).reported == REPORTED


def test_what_was_known_beforehand_is_the_idea(tmp_path: Path) -> None:
    """Its own words, and what the template is called."""
    known = known_text(make_session(tmp_path))
    assert IDEA.Technical_Details in known and "A study for tests" in known
