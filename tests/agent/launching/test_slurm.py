"""Jobs of a real Slurm: submitted, held up, ended and lost in every way that can be provoked within seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.launching import Needs
from agent.launching.slurm.launcher import SlurmLauncher
from agent.sandbox import choose
from agent.session.events import LaunchEnded
from agent.session.job_events import JobEvent, JobOutcome, JobSubmitted
from agent.session.session import open_session
from agent.session.slurm_settings import SlurmSettings
from agent.session.stop import Stop
from tests.agent.launching.test_local import command
from tests.agent.test_loop import finished
from tests.world.slurm import Slurm, cluster, needs_slurm
from tests.world.toy import BlockCoder, toy_session

pytestmark = [pytest.mark.slow, pytest.mark.process, needs_slurm, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    with cluster(tmp_path_factory.mktemp("slurm") / "cluster") as up:
        yield up


class Lab:
    """A launcher with quick questions, and what it told."""

    def __init__(self, tmp_path: Path, stop: Stop | None = None, **settings: object) -> None:
        self.folder = tmp_path
        self.told: list[JobEvent] = []
        asked = {"queue_poll_s": 0.3, "results_late_s": 4, "job_minutes": 5, **settings}
        self.launcher = SlurmLauncher(choose("auto"), SlurmSettings.model_validate(asked), stop, self.told.append)

    def needs(self, name: str = "a") -> Needs:
        return Needs(name, folder=self.folder / f"{name}_job", fresh=(self.folder / name,))

    @property
    def outcomes(self) -> list[str]:
        return [event.outcome for event in self.told if isinstance(event, JobOutcome)]


def test_a_command_is_a_job_with_a_readable_script(tmp_path: Path, slurm: Slurm) -> None:
    """Two commands side by side on the nodes, in the sandbox, each with its exit status, its cost and its log."""
    lab = Lab(tmp_path)
    code = "import os, sys; print('threads', os.environ['OMP_NUM_THREADS'], 'SECRET' in os.environ); sys.exit({})"
    handles = [
        lab.launcher.submit(command(tmp_path, code.format(n), name), lab.needs(name)) for n, name in enumerate("ab")
    ]
    finished = [handle.wait() for handle in handles]
    assert [each.exit_code for each in finished] == [0, 1]
    assert all(each.cost is not None and each.threads for each in finished)
    assert (tmp_path / "a" / "stdout.log").read_text().split() == ["threads", str(finished[0].threads), "False"]
    script = (tmp_path / "a_job" / "job.sh").read_text()
    assert script.startswith("#!/bin/bash") and "--job-name=labloop-a-" in script and "exec" in script
    assert lab.outcomes.count("finished") == 2
    assert lab.told[0].kind == "job_intended"


def test_a_session_runs_its_launches_as_jobs(tmp_path: Path, slurm: Slurm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy session, whole: the baseline's seeds stand in the queue together, and it comes to the same results as here."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    session = toy_session(tmp_path / "slurm", paper=False, launcher="slurm", queue_poll_s=0.3, job_minutes=5)
    assert conduct(session).state == "done"
    begun = [event for event in session.journal.events if isinstance(event, JobSubmitted | LaunchEnded)]
    seeds = len(session.template.baseline.seeds)
    assert [event.kind for event in begun[:seeds]] == ["job_submitted"] * seeds
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "other"))
    here = toy_session(tmp_path / "here", paper=False)
    assert conduct(here).state == "done"
    assert finished(session) == finished(here)
    open_session(session.paths.root)  # its journal can be read again
