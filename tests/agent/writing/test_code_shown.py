"""Method, Setup and the reviewer are shown what the code does: the method's functions, and each run against the baseline."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from agent.session.code_parts import parts_of
from agent.session.events import RunAccepted
from agent.session.paths import REPOSITORY
from agent.session.session import Session
from agent.session.template import load_template
from agent.writing.code_shown import code_shown
from tests.world.stage import make_session

BASE = "RATE = 1\n\n\nclass Model:\n    def loss(self, x):\n        return x\n\n\ndef train():\n    return 3\n"
FIRST = BASE.replace("return x\n", "return x + 1\n")
GAP = "".join(f"B{n} = {n}\n" for n in range(9))
SECOND = FIRST.replace("return 3", "return 4").replace("RATE = 1", "RATE = 2")


def coded(session: Session, *sources: str) -> list[RunAccepted]:
    """The session's first runs, the baseline among them, as if they had these sources; the runs."""
    for number, source in enumerate(sources):
        event = RunAccepted(
            run=f"run_{number}", title=f"t{number}", code={"experiment.py": session.blobs.put(source.encode())}
        )
        session.journal.append(event)
    return list(session.journal.all(RunAccepted))[1:]


def naming(session: Session, *method: str) -> Session:
    experiment = session.template.experiment.model_copy(update={"method": list(method)})
    return dataclasses.replace(session, template=session.template.model_copy(update={"experiment": experiment}))


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return make_session(tmp_path, runs=())


def test_the_declared_functions_stand_beside_every_runs_diff(session: Session) -> None:
    """The template says which functions the method is; the baseline's text is shown, each run's change against the baseline."""
    runs = coded(session, BASE, FIRST, SECOND)
    shown = code_shown(naming(session, "loss"), runs, 3000, 9000)
    assert dict(shown.functions) == {"Model.loss": "    def loss(self, x):\n        return x\n"}
    assert "+        return x + 1" in shown.diffs["run_1"] and "+    return 4" in shown.diffs["run_2"]
    assert "+        return x + 1" in shown.diffs["run_2"], "against the baseline, not against the parent"


def test_without_a_declaration_what_a_run_changed_is_the_method(session: Session) -> None:
    """A template of before: the functions that differ in any run."""
    runs = coded(session, BASE, FIRST)
    assert list(code_shown(session, runs, 3000, 9000).functions) == ["Model.loss"]
    assert list(code_shown(session, coded(session, BASE, FIRST, SECOND)[-1:], 3000, 9000).functions) == [
        "Model.loss",
        "train",
    ]


def test_what_is_too_long_is_cut_with_a_word(session: Session) -> None:
    """A function of a thousand lines is named and counted; a diff beyond its share says which functions it left out."""
    long = "def other():\n" + "".join(f"    a{n} = 'some text'\n" for n in range(400))
    runs = coded(session, BASE + GAP + long, FIRST + GAP + long.replace("some", "another"))
    shown = code_shown(naming(session, "other", "loss"), runs, 600, 600)
    assert shown.functions["other"] == "[… 401 lines, not shown]\n" and "return x" in shown.functions["Model.loss"]
    assert "return x + 1" in shown.diffs["run_1"] and "changed lines not shown, in other]" in shown.diffs["run_1"]


def test_nothing_is_shown_without_a_baseline_or_its_code(session: Session) -> None:
    """Neither is a fault: a session of an older version may hold no code of it."""
    assert not code_shown(session, [], 100, 100)
    session.journal.append(RunAccepted(run="run_0", title=""))
    assert not code_shown(session, [], 100, 100)


@pytest.mark.parametrize("folder", ["", "templates/toy", "templates/synthetic", "templates/ode"])
def test_each_shipped_template_names_functions_that_it_has(folder: str) -> None:
    """A name that no file holds would show nothing."""
    template = load_template(REPOSITORY / folder)
    parts = [part for name in template.experiment.editable for part in parts_of((template.root / name).read_text())]
    assert template.experiment.method
    assert all(any(part.is_called(name) for part in parts) for name in template.experiment.method)
