"""Sessions on a real Slurm: whatever dies meanwhile, the same end, and nothing that had ended is launched twice."""

from __future__ import annotations

import os
import random
import signal
import tarfile
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
from agent.commands.pack import main as pack
from agent.commands.replay import main as replay
from agent.commands.review import main as review
from agent.commands.verify import main as verify
from agent.conduct import conduct
from agent.launching.slurm.job_folder import JobFolder
from agent.launching.slurm.worker import ALIVE_EVERY_S
from agent.results.story import story_of
from agent.session.damage import refuse_damage
from agent.session.events import AttemptBegun, LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.events.job import JobIntended, JobOutcome, JobSubmitted
from agent.session.lock import holder
from agent.session.session import Session, open_session, with_settings
from agent.session.settings.resumed import resume_settings
from tests.agent.test_loop import finished
from tests.world.campaigns import WORK, ended_launches, idea_folder, sessions_of, toy_campaign
from tests.world.sleeping import sleeping
from tests.world.slurm import NODES, Slurm, cluster, needs_slurm
from tests.world.toy import BlockCoder, toy_session

pytestmark = [pytest.mark.slow, pytest.mark.process, needs_slurm, pytest.mark.timeout(1800)]

_KILLS = int(os.environ.get("LABLOOP_SWEEP_KILLS", "3"))
"""How often the sweep kills; `make sweep-slurm` says more."""
_UNNAMED = "the recording is of a version that began each run from the last accepted one"
"""What is said of a run's parent where the recording names none; one that was made of a session does."""
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
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A session that nobody disturbs, on this machine; what it would ask of jobs stands in its settings."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
        settings = JOBS | {"launcher": "local"}
        session = _begun(tmp_path_factory.mktemp("undisturbed"), patched, "here", **settings)
        assert conduct(session).state == "done"
        return session


@pytest.fixture(scope="module")
def here(undisturbed: Session) -> dict[str, object]:
    """What a session comes to that nobody disturbs."""
    return finished(undisturbed)


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
        and not _was_asked_to_end(session, event.number)
    )
    assert [step for step, times in whole.items() if times > 1] == []
    numbers = Counter(event.job_id for event in session.journal.all(JobSubmitted))
    assert [number for number, times in numbers.items() if times > 1] == []
    return session


def _was_asked_to_end(session: Session, number: int) -> bool:
    """Whether its job came to its end while it was being withdrawn: no end of its own."""
    result = JobFolder(session.paths.attempt(number).job).result()
    return result is not None and bool(result.signalled)


def test_a_session_runs_its_launches_as_jobs(
    tmp_path: Path,
    slurm: Slurm,
    undisturbed: Session,
    here: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A session of this machine, replayed as jobs: the baseline's seeds stand in the queue together, nothing differs. Page and audit
    are clean, its package says of no machine where it was made and is verified, and one of its runs is run again as a job."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    assert replay([str(undisturbed.paths.root), "--out", str(tmp_path), "--launcher", "slurm"]) == 0
    assert "nothing differs beyond noise" in capsys.readouterr().out
    (root,) = (path.parent for path in tmp_path.glob("*/journal.jsonl"))
    named = str(here["notes"]).replace(_UNNAMED, "the recording names it")
    session = _check(open_session(root), {**here, "notes": named})
    seeds = len(session.template.baseline.seeds)
    events = [event for event in session.journal.events if isinstance(event, JobSubmitted | LaunchEnded)]
    assert [event.kind for event in events[:seeds]] == ["job_submitted"] * seeds
    intended = [event.job for event in session.journal.all(JobIntended)]
    launched = len(list(session.journal.all(AttemptBegun))) + len(list(session.journal.all(ScoringBegun)))
    assert len(intended) == len(set(intended)) == launched
    assert review([str(root)]) == 0 and audit([str(root)]) == 0
    jobs = len(slurm.jobs())
    assert replay([str(root), "--rerun", "run_2"]) == 0 and len(slurm.jobs()) > jobs
    package = tmp_path / "session.tar.gz"
    assert pack([str(root), "--out", str(package)]) == 0
    assert verify([str(package)]) == 0
    with tarfile.open(package) as members:
        text = b"".join(file.read() for member in members if (file := members.extractfile(member)))
    assert str(tmp_path).encode() not in text and slurm.munge.name.encode() not in text


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
    """SIGTERM while the baseline's seeds are jobs: they are withdrawn, or ended with grace. Taken up again, Ctrl-C lets those that run
    come to their ends, which count. Both times it is interrupted, and no job is left."""
    session = _begun(tmp_path, monkeypatch, "stopped", **JOBS)
    ended = 0
    for lives, (number, least) in enumerate(((signal.SIGTERM, 0), (signal.SIGINT, 1)), start=1):
        submitted = _count(session, "job_submitted")
        life = Life(_again(session), resume=lives > 1)
        slurm.until(lambda submitted=submitted: _count(session, "job_submitted") >= submitted + 3)  # type: ignore[misc]
        os.kill(life.child, number)
        assert life.end() == 3
        assert session.paths.journal.read_text().count('"state":"interrupted"') == lives
        slurm.until(lambda: not _under_way(slurm), 30)
        ended += least
        assert _count(session, "launch_ended") >= ended
        refuse_damage(session.paths, _again(session).journal, session.files)


def _under_way(slurm: Slurm) -> list[str]:
    return [number for number, state, _, _ in slurm.jobs() if state in ("PENDING", "RUNNING", "COMPLETING")]


def test_a_budget_holds(tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """On too few tokens it pauses below them and leaves no job; with more, and on this machine by then, it comes to the same end."""
    session = _begun(tmp_path, monkeypatch, "budget", budget_tokens=15_000, **JOBS)
    ended = conduct(session)
    assert (ended.state, ended.exit_code) == ("paused", 4) and "--budget-tokens 15000" in ended.reason
    assert 0 < story_of(session).spent.tokens <= 15_000
    assert not _under_way(slurm)
    again = _again(session)
    more = resume_settings(again.settings, again.surroundings, {"budget_tokens": 900_000, "launcher": "local"}, None)
    assert conduct(with_settings(again, more), resume=True).state == "done"
    _check(session, here)


def _moved(session: Session, launcher: str) -> Session:
    """As `--resume … --launcher NAME` makes it."""
    again = _again(session)
    launching = again.settings.launching.model_copy(update={"launcher": launcher})
    return replace(again, settings=again.settings.model_copy(update={"launching": launching}))


@pytest.mark.parametrize("seed", [1])
def test_a_sweep_of_kills_repeats_nothing(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Killed, or told to stop, at random moments, with jobs pending, running and unheard: the same end."""
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
            os.kill(life.child, chance.choice((signal.SIGKILL, signal.SIGINT, signal.SIGTERM)))
            life.end()
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
                template = sleeping(folder, 4.0)
                campaign = toy_campaign(root, [folder / "ideas"], 3, template=template, confirm="none", **JOBS)
            status = conduct_campaign(campaign, lambda text: None, resume, work_by=WORK)[0].exit_code
        finally:
            os._exit(status)
    return child


def _ended(campaign: Path) -> int:
    return sum(path.read_bytes().count(b'"kind":"launch_ended"') for path in campaign.glob("*/journal.jsonl"))


def _working(campaign: Path) -> list[int]:
    """The processes of its sessions at work."""
    held = [holder(paths.lock) for paths in sessions_of(open_campaign(campaign))]
    return [each.pid for each in held if each is not None]


def test_a_campaign_comes_to_its_end_whatever_dies(
    tmp_path: Path, slurm: Slurm, here: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three ideas, two runs each, as jobs of some seconds. Both nodes are drained for longer than any interval of scheduler, queue and
    sign of life: what runs there ends well, the next jobs wait, and begin as a node comes back. Meanwhile the campaign and all its
    sessions are killed and taken up again, and the controller restarted; later a job is cancelled. Nothing is launched twice."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    idea_folder(tmp_path / "ideas", 3)
    child, root = _campaign_life(tmp_path), tmp_path / "c"
    slurm.until(lambda: all(slurm.jobs_on(node) for node in NODES), 120)
    for node in NODES:
        slurm.set_node(node, "drain")
    drained, ran = time.monotonic(), [job for node in NODES for job in slurm.jobs_on(node)]
    assert len(ran) > 2, "the baseline's seeds run side by side"
    slurm.until(lambda: not [job for node in NODES for job in slurm.jobs_on(node)])
    slurm.until(lambda: any(state == "PENDING" for _, state, _, _ in slurm.jobs()))
    assert {slurm.state_of(job) for job in ran} == {"COMPLETED"}
    for pid in (child, *_working(root)):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(child, 0)
    slurm.stop_controller()
    slurm.start_controller()
    child = _campaign_life(tmp_path)
    slurm.until(lambda: len(_working(root)) == 3, 120)
    known = {number for number, _, _, _ in slurm.jobs()}
    time.sleep(max(0.0, drained + ALIVE_EVERY_S + 5 - time.monotonic()))
    now = {number: state for number, state, _, _ in slurm.jobs()}
    assert known <= set(now) and len(_working(root)) == 3, "all wait"
    assert {now[number] for number in set(now) - known} <= {"PENDING"}, "one may just have been on its way to the queue"
    assert not [job for node in NODES for job in slurm.jobs_on(node)]
    ended = _ended(root)
    slurm.set_node(NODES[1], "resume")
    slurm.until(lambda: _ended(root) > ended, 120)
    assert not slurm.jobs_on(NODES[0])
    slurm.set_node(NODES[0], "resume")
    slurm.until(lambda: [job for node in NODES for job in slurm.jobs_on(node)], 120)
    slurm.run("scancel", next(job for node in NODES for job in slurm.jobs_on(node)))
    lives = 2
    while os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        child, lives = _campaign_life(tmp_path), lives + 1
        assert lives < 6
    sessions = sessions_of(open_campaign(root))
    assert len(sessions) == 3
    assert [step for step, times in Counter(ended_launches(sessions)).items() if times > 1] == []
    for paths in sessions:
        assert _measured(finished(open_session(paths.root))) == _measured(here)


def _measured(found: dict[str, Any]) -> dict[str, Any]:
    """What its runs measured, whatever the template's file is: it sleeps first."""
    return {name: (title, metrics) for name, (title, _, metrics) in found["runs"].items()}
