"""Sessions on a real Slurm: whatever dies meanwhile, the same end, and nothing that had ended is launched twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent import conduct as conduct_module
from agent.campaigns.campaign import open_campaign
from agent.campaigns.conduct import conduct_campaign
from agent.commands.audit import main as audit
from agent.commands.review import main as review
from agent.conduct import conduct
from agent.results.story import story_of
from agent.session.damage import refuse_damage
from agent.session.events import AttemptBegun, LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.job_events import JobIntended, JobOutcome, JobSubmitted
from agent.session.lock import holder
from agent.session.resumed import resume_settings
from agent.session.session import Session, open_session, with_settings
from tests.agent.test_loop import finished
from tests.world.campaigns import WORK, ended_launches, idea_folder, sessions_of, toy_campaign
from tests.world.slurm import NODES, Slurm, cluster, needs_slurm
from tests.world.toy import BlockCoder, toy_session

pytestmark = [pytest.mark.slow, pytest.mark.process, needs_slurm, pytest.mark.timeout(1800)]

_KILLS = int(os.environ.get("LABLOOP_SWEEP_KILLS", "3"))
"""How often the sweep kills; `make sweep-slurm` says more."""
JOBS: dict[str, Any] = {"launcher": "slurm", "queue_poll_s": 0.3, "results_late_s": 5, "job_minutes": 5}


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    with cluster(tmp_path_factory.mktemp("slurm") / "cluster") as up:
        yield up


@pytest.fixture(autouse=True)
def _blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())


def _begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, **settings: object) -> Session:
    """A session with a cache of its own: its baseline is measured."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / f"{name}-cache"))
    return toy_session(tmp_path / name, paper=False, confirm="none", **settings)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a session comes to that nobody disturbs, on this machine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
        session = _begun(tmp_path_factory.mktemp("undisturbed"), patched, "here")
        assert conduct(session).state == "done"
        return finished(session)


class Life:
    """A process that works the session; its state is told by its exit status."""

    def __init__(self, session: Session, resume: bool, **settings: object) -> None:
        self.session = session
        self.child = os.fork()
        if self.child == 0:
            status = 9
            try:
                status = {"done": 0, "paused": 4}.get(conduct(session, resume=resume).state, 3)
            finally:
                os._exit(status)

    def kill(self) -> None:
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)

    def end(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])

    def over(self) -> bool:
        """Whether it has ended by itself; it can still be waited for."""
        return os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _count(session: Session, kind: str) -> int:
    path = session.paths.journal
    return path.read_text().count(f'"kind":"{kind}"') if path.exists() else 0


def _again(session: Session) -> Session:
    return open_session(session.paths.root)


def _check(session: Session, here: dict[str, object]) -> Session:
    """The same end; each launch and each scoring ended once, each job of it has a name and a number of its own."""
    session = _again(session)
    assert finished(session) == here
    refuse_damage(session.paths, session.journal, session.files)
    for kind in (LaunchEnded, ScoringEnded):
        steps = Counter(str(event.step) for event in session.journal.all(kind))
        assert [step for step, times in steps.items() if times > 1] == [], kind
    whole = Counter(
        str(event.step)
        for event in session.journal.all(AttemptBegun)
        if (session.paths.attempt(event.number).code / event.run.parts[0] / "final_info.json").is_file()
    )
    assert [step for step, times in whole.items() if times > 1] == []
    numbers = Counter(event.job_id for event in session.journal.all(JobSubmitted))
    assert [number for number, times in numbers.items() if times > 1] == []
    return session


def test_a_session_runs_its_launches_as_jobs(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The toy session, whole: the baseline's seeds stand in the queue together, and it comes to the same results as here."""
    session = _begun(tmp_path, monkeypatch, "jobs", **JOBS)
    assert conduct(session).state == "done"
    session = _check(session, here)
    seeds = len(session.template.baseline.seeds)
    events = [event for event in session.journal.events if isinstance(event, JobSubmitted | LaunchEnded)]
    assert [event.kind for event in events[:seeds]] == ["job_submitted"] * seeds
    intended = [event.job for event in session.journal.all(JobIntended)]
    launched = len(list(session.journal.all(AttemptBegun))) + len(list(session.journal.all(ScoringBegun)))
    assert len(intended) == len(set(intended)) == launched


def test_whatever_dies_it_comes_to_the_same_end(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node is drained, the session killed with SIGKILL, the controller restarted, a job cancelled: resumed, and resumed."""
    session = _begun(tmp_path, monkeypatch, "dies", **JOBS)
    life = Life(session, resume=False)
    slurm.until(lambda: _count(session, "job_submitted") >= 3)
    slurm.set_node(NODES[0], "drain")
    life.kill()
    time.sleep(6)  # the controller writes its state down every 5 s
    slurm.stop_controller()
    slurm.start_controller()
    life = Life(_again(session), resume=True)
    scored = _count(session, "scoring_ended")
    slurm.until(lambda: _count(session, "scoring_ended") > scored)
    slurm.until(lambda: life.over() or [number for number, state, _, _ in slurm.jobs() if state == "RUNNING"])
    for number, state, _, _ in slurm.jobs():
        if state == "RUNNING":
            slurm.run("scancel", number)
            break
    slurm.set_node(NODES[0], "resume")
    assert life.end() in (0, 4)  # paused, where the job had not ended as it was cancelled
    while (life := Life(_again(session), resume=True)).end() != 0:
        assert _count(session, "session_resumed") < 9
    session = _check(session, here)
    assert {event.outcome for event in session.journal.all(JobOutcome)} >= {"finished", "running"}


def test_a_session_goes_on_wherever_it_is_resumed(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun as jobs and killed, gone on here and killed, ended as jobs: what had ended counts, what ran on is withdrawn."""
    session = _begun(tmp_path, monkeypatch, "moves", **JOBS)
    life = Life(session, resume=False)
    slurm.until(lambda: _count(session, "launch_ended") >= 2)
    life.kill()
    local = _moved(session, "local")
    life = Life(local, resume=True)
    ended = _count(session, "launch_ended")
    slurm.until(lambda: _count(session, "launch_ended") > ended)
    life.kill()
    slurm.until(lambda: all(state not in ("PENDING", "RUNNING", "COMPLETING") for _, state, _, _ in slurm.jobs()))
    assert Life(_moved(session, "slurm"), resume=True).end() == 0
    _check(session, here)


def test_a_session_that_is_told_to_stop_leaves_no_job(
    tmp_path: Path, slurm: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM while the baseline's seeds are jobs: they are withdrawn, or ended with grace, and it can be resumed."""
    session = _begun(tmp_path, monkeypatch, "stopped", **JOBS)
    life = Life(session, resume=False)
    slurm.until(lambda: _count(session, "job_submitted") >= 3)
    os.kill(life.child, signal.SIGTERM)
    assert life.end() == 3
    assert '"state":"interrupted"' in session.paths.journal.read_text()
    slurm.until(lambda: all(state not in ("PENDING", "RUNNING", "COMPLETING") for _, state, _, _ in slurm.jobs()), 30)
    refuse_damage(session.paths, _again(session).journal, session.files)


def test_a_budget_holds_and_who_looks_finds_all(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On too few tokens it pauses below them and leaves no job; with more it comes to the same end, and page and audit are clean."""
    session = _begun(tmp_path, monkeypatch, "budget", budget_tokens=15_000, **JOBS)
    ended = conduct(session)
    assert (ended.state, ended.exit_code) == ("paused", 4) and "--budget-tokens 15000" in ended.reason
    assert 0 < story_of(session).spent.tokens <= 15_000
    assert all(state not in ("PENDING", "RUNNING", "COMPLETING") for _, state, _, _ in slurm.jobs())
    again = _again(session)
    more = resume_settings(again.settings, again.surroundings, {"budget_tokens": 900_000}, None)
    assert conduct(with_settings(again, more), resume=True).state == "done"
    session = _check(session, here)
    assert review([str(session.paths.root)]) == 0
    assert audit([str(session.paths.root)]) == 0


def _moved(session: Session, launcher: str) -> Session:
    """As `--resume … --launcher NAME` makes it."""
    again = _again(session)
    launching = again.settings.launching.model_copy(update={"launcher": launcher})
    return replace(again, settings=again.settings.model_copy(update={"launching": launching}))


@pytest.mark.parametrize("seed", [1])
def test_a_sweep_of_kills_repeats_nothing(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Killed at random moments, with jobs pending, running and unheard: the same end."""
    chance = random.Random(seed)
    session = _begun(tmp_path, monkeypatch, "swept", **JOBS)
    life, kills = Life(session, resume=False), 0
    while kills < _KILLS and not life.over():
        lines = session.paths.journal.read_bytes().count(b"\n") if session.paths.journal.exists() else 0
        wanted = lines + chance.randint(2, 12)
        while not life.over() and (not lines or session.paths.journal.read_bytes().count(b"\n") < wanted):
            time.sleep(0.02)
            lines = lines or session.paths.journal.exists()
        time.sleep(chance.uniform(0, 0.5))
        if not life.over():
            life.kill()
            kills += 1
            life = Life(_again(session), resume=True)
    assert life.end() == 0
    _check(session, here)
    print(f"{kills} kills: nothing repeated")


def _campaign_life(folder: Path) -> int:
    """A process that works the campaign in `folder`/c on Slurm, a new one or as it was left; its number."""
    child = os.fork()
    if child == 0:
        status = 9
        try:
            root, resume = folder / "c", (folder / "c" / "campaign.json").is_file()
            if resume:
                campaign = open_campaign(root)
            else:
                campaign = toy_campaign(root, [folder / "ideas"], 3, confirm="none", **JOBS)
            status = conduct_campaign(campaign, lambda text: None, resume, work_by=WORK)[0].exit_code
        finally:
            os._exit(status)
    return child


def _ended(campaign: Path) -> int:
    return sum(path.read_bytes().count(b'"kind":"launch_ended"') for path in campaign.glob("*/journal.jsonl"))


def test_a_campaign_comes_to_its_end_whatever_dies(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three ideas, two runs each, as jobs: the campaign and its sessions killed, a node drained, the controller restarted, a job cancelled."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    idea_folder(tmp_path / "ideas", 3)
    child = _campaign_life(tmp_path)
    slurm.until(lambda: _ended(tmp_path / "c") >= 2, 120)
    slurm.set_node(NODES[0], "drain")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for paths in sessions_of(open_campaign(tmp_path / "c")):
        if held := holder(paths.lock):
            os.kill(held.pid, signal.SIGKILL)
    slurm.stop_controller()
    slurm.start_controller()
    slurm.set_node(NODES[0], "resume")
    child, ended = _campaign_life(tmp_path), _ended(tmp_path / "c")
    slurm.until(lambda: _ended(tmp_path / "c") > ended, 120)
    for number, state, _, _ in slurm.jobs():
        if state == "RUNNING":
            slurm.run("scancel", number)
            break
    lives = 1
    while os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        child, lives = _campaign_life(tmp_path), lives + 1
        assert lives < 6
    sessions = sessions_of(open_campaign(tmp_path / "c"))
    assert len(sessions) == 3
    assert [step for step, times in Counter(ended_launches(sessions)).items() if times > 1] == []
    for paths in sessions:
        runs = finished(open_session(paths.root))["runs"]
        assert runs == here["runs"]
