"""What the loop asks of the laboratory: an accepted run's place, its results once, and what it may not lose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import TemplateError
from agent.results.story import story_of
from agent.session.events import AttemptEnded
from agent.session.steps import BASELINE, RunName
from tests.agent.experiment.conftest import Bench, Maker, replaced

pytestmark = pytest.mark.process

RATE = "LEARNING_RATE = 0.01"


def test_an_accepted_run_gets_its_place(measured: Bench) -> None:
    """Folder, code, titles and named differences of an accepted run; links in its folder are left behind."""
    source = replaced(
        measured.code,
        (RATE, "LEARNING_RATE = 0.005"),
        ('"noise": NOISE', '"noise": 0.5'),
        ("    aside.replace", "    (args.out_dir / 'passwd').symlink_to('/etc/passwd')\n    aside.replace"),
    )
    run = measured.accept(source, title="Half the rate")
    paths = measured.session.paths
    assert run.comparable == ["config.noise: 0.3 → 0.5"]
    assert run.results == {}
    accepted = story_of(measured.session).accepted[RunName.of(1)]
    assert json.loads((paths.run(RunName.of(1)) / "final_info.json").read_text()) == accepted.results.written()
    assert not (paths.run(RunName.of(1)) / "passwd").exists()
    assert (paths.run(RunName.of(1)) / "answer.json").is_file()
    assert paths.run_code(RunName.of(1)).read_text() == source
    assert json.loads(paths.titles.read_text()) == {"run_0": "Baseline", "run_1": "Half the rate"}


def test_what_figures_read_is_written_again_by_a_resumption(measured: Bench) -> None:
    """titles.json and metrics.json may be gone, or were moved away: the baseline's step, worked again, makes them as they were."""
    measured.accept(replaced(measured.code, (RATE, "LEARNING_RATE = 0.005")), title="Half the rate")
    files = (measured.session.paths.titles, measured.session.paths.metrics)
    before = [path.read_bytes() for path in files]
    for path in files:
        path.unlink()
    measured.lab.measure_baseline()
    assert [path.read_bytes() for path in files] == before


def test_results_are_stored_once(measured: Bench) -> None:
    """The journal holds a run's results with its attempt alone, the baseline's merged ones with run_0."""
    measured.accept(replaced(measured.code, (RATE, "LEARNING_RATE = 0.005")))
    journal = measured.session.paths.journal.read_text()
    ended = next(event for event in measured.session.journal.all(AttemptEnded) if event.run == "run_1")
    distance = repr(ended.results.metrics["distance"].mean)
    assert journal.count(distance) == 1
    accepted = story_of(measured.session).accepted
    assert accepted[RunName.of(1)].results == ended.results
    assert accepted[BASELINE].results.metrics["distance"].n == 2


def test_an_attempt_at_nothing_has_no_folder(measured: Bench) -> None:
    """A turn that changed nothing is an attempt without a number, and nothing is launched."""
    before = list(measured.session.paths.attempts.glob("*"))
    ended = measured.attempt(None)
    assert (ended.outcome, ended.number, ended.reason) == ("no_edit", None, "no file was changed")
    assert list(measured.session.paths.attempts.glob("*")) == before


def test_only_the_tool_writes_what_it_keeps(measured: Bench) -> None:
    """Journal, spec, blobs and every accepted run's folder and code are guarded; attempts and the page are not."""
    kept = {path.name for path in measured.session.paths.kept_by_the_tool()}
    assert {"journal.jsonl", "session.json", "blobs", "workspace", "notes.txt", "run_0", "run_0.py"} <= kept
    assert not {"attempts", "index.html", "latex"} & kept


def test_a_proof_that_cannot_be_read_is_refused_before_anything_runs(make: Maker) -> None:
    """The template's checks are parsed as the laboratory is made."""

    def alter(root: Path) -> None:
        declared = root / "template.toml"
        declared.write_text(replaced(declared.read_text(), ("training.steps > 0", "training.steps is many")))

    with pytest.raises(TemplateError, match="training.steps is many"):
        make(alter=alter)
