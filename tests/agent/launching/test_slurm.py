"""Jobs of a real Slurm: submitted, held up, ended and lost in every way that can be provoked within seconds."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from agent.checks import launching as launching_check
from agent.checks.launching import slurm_check
from agent.errors import EnvironmentBroken, Interrupted
from agent.launching import Companion, Needs, withdraw_left
from agent.launching.slurm import handle as handle_module
from agent.launching.slurm import job
from agent.launching.slurm.launcher import SlurmLauncher
from agent.launching.slurm.programs import Ask, Said, ask
from agent.sandbox import choose
from agent.session.events.job import JobEvent, JobIntended, JobOutcome, JobSubmitted
from agent.session.settings import Settings
from agent.session.settings.slurm import SlurmSettings
from agent.session.stop import Stop
from tests.agent.launching.test_local import command
from tests.world.slurm import NODES, Slurm, cluster, needs_slurm

pytestmark = [pytest.mark.slow, pytest.mark.process, needs_slurm, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    with cluster(tmp_path_factory.mktemp("slurm") / "cluster") as up:
        yield up


class Lab:
    """A launcher with quick questions, and what it told."""

    def __init__(
        self, tmp_path: Path, stop: Stop | None = None, programs: Ask = ask, sandbox: str = "auto", **settings: object
    ) -> None:
        self.folder = tmp_path
        self.told: list[JobEvent] = []
        asked = {"queue_poll_s": 0.3, "results_late_s": 4, "job_minutes": 5, **settings}
        chosen = SlurmSettings.model_validate(asked)
        self.launcher = SlurmLauncher(choose(sandbox), chosen, stop, self.told.append, programs)

    def needs(self, name: str = "a") -> Needs:
        return Needs(name, folder=self.folder / f"{name}_job", fresh=(self.folder / name,))

    @property
    def outcomes(self) -> list[str]:
        return [event.outcome for event in self.told if isinstance(event, JobOutcome)]


def test_a_command_is_a_job_with_a_readable_script(
    tmp_path: Path, slurm: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands side by side on the nodes, in the sandbox, each with its exit status, its cost and its log; what a user has
    told Slurm's programs by variables renames no job, hides none, and gives none the session's environment."""
    for name, value in {"SBATCH_JOB_NAME": "x", "SBATCH_EXPORT": "ALL", "SQUEUE_PARTITION": "high"}.items():
        monkeypatch.setenv(name, value)
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


ONCE = """
import pathlib, signal, sys, time
stays = pathlib.Path("stays")
if stays.exists():
    print("what an earlier life left is here")
stays.touch()
with open("{log}", "a") as file:
    file.write("began\\n")
def told(number, frame):
    pathlib.Path("told").write_text(str(number))
    sys.exit(5)
signal.signal(signal.SIGINT, told)
until = time.monotonic() + {seconds}
while time.monotonic() < until and not pathlib.Path("{log}.go").exists():
    time.sleep(0.05)
"""


class Once:
    """A command that counts how often it was begun, and ends when it is let go."""

    def __init__(self, tmp_path: Path, seconds: float = 250.0) -> None:
        self.log = tmp_path / "begun.log"
        self.command = command(tmp_path, ONCE.format(log=self.log, seconds=seconds))
        self.command = replace(self.command, writable=(*self.command.writable, tmp_path))

    @property
    def times(self) -> int:
        return self.log.read_text().count("began") if self.log.exists() else 0

    def let_go(self) -> None:
        self.log.with_name("begun.log.go").touch()


def killed_while_its_job_ran(lab: Lab, once: Once, slurm: Slurm) -> None:
    """A session that submitted the job and was ended with SIGKILL once it ran."""
    child = os.fork()
    if child == 0:
        try:
            lab.launcher.submit(once.command, lab.needs()).wait()
        finally:
            os._exit(1)
    slurm.until(lambda: once.times)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _dies_while(lab: Lab, once: Once, program: str, before: bool) -> None:
    """A session that is killed with SIGKILL just before, or just after, one of Slurm's programs did its work."""
    child = os.fork()
    if child == 0:
        try:

            def asked(words: Sequence[str]) -> Said:
                if words[0] == program and before:
                    os.kill(os.getpid(), signal.SIGKILL)
                said = ask(words)
                if words[0] == program:
                    os.kill(os.getpid(), signal.SIGKILL)
                return said

            Lab(lab.folder, programs=asked).launcher.submit(once.command, lab.needs()).wait()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
def test_a_kill_while_submitting_submits_nothing_twice(
    tmp_path: Path, slurm: Slurm, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the record of the intent and that of the number: the next session finds the job by its name, or submits the first."""
    monkeypatch.setattr(job, "_IN_FLIGHT_S", 3.0)
    lab, once = Lab(tmp_path), Once(tmp_path)
    _dies_while(lab, once, "sbatch", before)
    assert lab.launcher.holds(lab.needs().folder)
    handle = lab.launcher.submit(once.command, lab.needs())
    once.let_go()
    assert handle.wait().exit_code == 0 and once.times == 1
    submitted = next(event for event in lab.told if isinstance(event, JobSubmitted))
    assert submitted.found is not before
    assert [name for _, _, name, _ in slurm.jobs()].count(submitted.job) == 1


def test_of_two_jobs_of_one_name_one_runs(tmp_path: Path, slurm: Slurm) -> None:
    """Whatever has submitted a script twice: the second job finds the name claimed, and the command begins once."""
    lab, once = Lab(tmp_path), Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.run("sbatch", str(tmp_path / "a_job" / "job.sh"))
    slurm.until(lambda: "has begun already" in (tmp_path / "a_job" / "slurm.log").read_text() if once.times else False)
    once.let_go()
    assert handle.wait().exit_code == 0 and once.times == 1


def test_a_resumed_session_waits_for_the_job_that_runs(tmp_path: Path, slurm: Slurm) -> None:
    """Killed with SIGKILL while its job ran: the job runs on, and the next session hears its end; nothing is submitted."""
    lab, once = Lab(tmp_path), Once(tmp_path)
    killed_while_its_job_ran(lab, once, slurm)
    handle = lab.launcher.submit(once.command, lab.needs())
    once.let_go()
    assert handle.wait().exit_code == 0 and once.times == 1
    assert not any(isinstance(event, JobIntended | JobSubmitted) for event in lab.told)


def test_a_drained_cluster_is_waited_for(tmp_path: Path, slurm: Slurm) -> None:
    """Both nodes drained: the job waits in the queue and the session with it; it runs as one comes back."""
    lab, once = Lab(tmp_path), Once(tmp_path, seconds=0)
    for node in NODES:
        slurm.set_node(node, "drain")
    try:
        handle = lab.launcher.submit(once.command, lab.needs())
        waiting = Thread(target=handle.wait)
        waiting.start()
        slurm.until(lambda: "pending" in lab.outcomes)
    finally:
        for node in NODES:
            slurm.set_node(node, "resume")
    waiting.join(200)
    assert lab.outcomes[-1] == "finished" and once.times == 1


def test_a_refused_job_pauses_with_its_remedy(tmp_path: Path, slurm: Slurm) -> None:
    """A partition that does not exist, more memory than any node has, a flag that sbatch does not know."""
    for settings, remedy in (
        ({"partition": "nowhere"}, "--partition"),
        ({"job_memory_gb": 9e6}, "--job-memory"),
        ({"job_flags": ["--no-such-flag=1"]}, "job_flags"),
    ):
        lab = Lab(tmp_path, **settings)
        with pytest.raises(EnvironmentBroken, match=remedy):
            lab.launcher.submit(Once(tmp_path).command, lab.needs()).wait()
        assert not lab.launcher.holds(lab.needs().folder)


def test_a_job_that_somebody_cancels_pauses(tmp_path: Path, slurm: Slurm) -> None:
    """Its command has its grace; the session pauses and says so, and a resumed one submits it anew."""
    lab, once = Lab(tmp_path), Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.until(lambda: once.times)
    slurm.run("scancel", slurm.jobs()[-1][0])
    with pytest.raises(EnvironmentBroken, match="cancelled"):
        handle.wait()
    again = Lab(tmp_path)
    handle = again.launcher.submit(once.command, again.needs())
    once.let_go()
    assert handle.wait().exit_code == 0 and once.times == 2


def test_the_time_limit_of_a_job_pauses(tmp_path: Path, slurm: Slurm) -> None:
    """Its time is up while its command runs: the session pauses with the flag that gives more, and a resumed one submits it anew."""
    lab, once = Lab(tmp_path), Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.until(lambda: once.times)
    slurm.run("scontrol", "update", f"jobid={slurm.jobs()[-1][0]}", "EndTime=now")  # looked at every half minute
    with pytest.raises(EnvironmentBroken, match=r"time limit.*--job-minutes"):
        handle.wait()
    assert lab.outcomes[-1] == "time_limit"
    assert not lab.launcher.holds(lab.needs().folder)


def _begins_again_at_once(slurm: Slurm, number: str) -> None:
    """A requeued job waits two minutes of its own, unless it is told not to; too early, that meets its dying step."""
    slurm.until(lambda: slurm.state_of(number) == "PENDING")
    time.sleep(10)
    slurm.run("scontrol", "update", f"jobid={number}", "StartTime=now")


def test_a_preempted_job_begins_again_from_a_clean_folder(tmp_path: Path, slurm: Slurm) -> None:
    """A job of higher priority takes its node: it is requeued, the session waits, and nothing of its first life is left."""
    lab, once = Lab(tmp_path, job_flags=["--nodelist=ci1", "--exclusive"]), Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.until(lambda: once.times)
    number = slurm.jobs()[-1][0]
    slurm.run("sbatch", "-p", "high", "--nodelist=ci1", "--exclusive", "-o", "/dev/null", "--wrap", "sleep 1")
    waiting = Thread(target=handle.wait)
    waiting.start()
    _begins_again_at_once(slurm, number)
    slurm.until(lambda: once.times == 2)
    once.let_go()
    waiting.join(200)
    assert "requeued" in lab.outcomes and lab.outcomes[-1] == "finished"
    assert "earlier life" not in (tmp_path / "a" / "stdout.log").read_text()


def test_a_preempted_job_that_is_not_requeued_is_submitted_again(tmp_path: Path, slurm: Slurm) -> None:
    """Where preemption cancels, the launch is submitted a second time under another name, from a clean folder."""
    lab = Lab(tmp_path, partition="lost", job_flags=["--nodelist=ci1", "--exclusive"])
    once = Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.until(lambda: once.times)
    slurm.run("sbatch", "-p", "high", "--nodelist=ci1", "--exclusive", "-o", "/dev/null", "--wrap", "sleep 1")
    waiting = Thread(target=handle.wait)
    waiting.start()
    slurm.until(lambda: once.times == 2)
    once.let_go()
    waiting.join(200)
    assert lab.outcomes[-1] == "finished" and "preempted" in lab.outcomes
    assert len({event.job for event in lab.told if isinstance(event, JobIntended)}) == 2
    assert "earlier life" not in (tmp_path / "a" / "stdout.log").read_text()


def test_a_lost_node_costs_a_second_submission(tmp_path: Path, slurm: Slurm) -> None:
    """The node loses its power, and its job is not requeued: the launch is submitted again, elsewhere."""
    lab, once = Lab(tmp_path, job_flags=["--no-requeue"]), Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.until(lambda: once.times)
    node = slurm.jobs()[-1][3]
    waiting = Thread(target=handle.wait)
    waiting.start()
    try:
        slurm.kill_node(node)
        slurm.until(lambda: once.times == 2)
    finally:
        slurm.start_node(node)
    once.let_go()
    waiting.join(200)
    assert "node_failed" in lab.outcomes and lab.outcomes[-1] == "finished"


def test_a_controller_that_is_away_holds_nobody_up(tmp_path: Path, slurm: Slurm) -> None:
    """It is stopped while a job runs: the job's own word on its end is heard, and what is submitted meanwhile waits for it."""
    lab, once = Lab(tmp_path), Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.until(lambda: once.times)
    slurm.stop_controller()
    try:
        slurm.until(lambda: lab.launcher.shared.queue.look("any", now=True).away_s)
        once.let_go()
        assert handle.wait().exit_code == 0
        late = lab.launcher.submit(command(tmp_path, "print('late')", "b"), lab.needs("b"))
        waiting = Thread(target=late.wait)
        waiting.start()
        slurm.until(lambda: "controller_away" in lab.outcomes)
    finally:
        slurm.start_controller()
    waiting.join(200)
    assert lab.outcomes[-1] == "finished" and (tmp_path / "b" / "stdout.log").read_text() == "late\n"


def test_a_request_to_end_reaches_the_command_with_its_grace(tmp_path: Path, slurm: Slurm) -> None:
    """What runs hears SIGINT and is interrupted; what waits is withdrawn, and never begins."""
    lab, once = Lab(tmp_path), Once(tmp_path)
    handle = lab.launcher.submit(once.command, lab.needs())
    slurm.until(lambda: once.times)
    assert handle.wait(lambda: True).interrupted
    assert (tmp_path / "a" / "told").read_text() == str(int(signal.SIGINT))
    for node in NODES:
        slurm.set_node(node, "drain")
    try:
        waiting = lab.launcher.submit(command(tmp_path, "print('no')", "b"), lab.needs("b"))
        assert waiting.wait(lambda: True).interrupted
    finally:
        for node in NODES:
            slurm.set_node(node, "resume")
    slurm.until(lambda: all(state not in ("PENDING", "RUNNING") for _, state, _, _ in slurm.jobs()))
    assert not (tmp_path / "b" / "stdout.log").exists()


def test_ctrl_c_withdraws_what_has_waited_long(tmp_path: Path, slurm: Slurm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request to stop ends the wait for a node, as it ends that for a slot here."""
    monkeypatch.setattr(handle_module, "_PATIENT_S", 0.5)
    stop = Stop()
    lab = Lab(tmp_path, stop)
    for node in NODES:
        slurm.set_node(node, "drain")
    try:
        handle = lab.launcher.submit(Once(tmp_path).command, lab.needs())
        stop.request("interrupted by Ctrl-C")
        with pytest.raises(Interrupted, match="Ctrl-C"):
            handle.wait()
    finally:
        for node in NODES:
            slurm.set_node(node, "resume")
    assert not lab.launcher.holds(lab.needs().folder)


def test_the_doctor_submits_a_job_of_a_second(tmp_path: Path, slurm: Slurm) -> None:
    """Where it ran, or the refusal with its remedy; nothing is left in the folder."""
    asked = {"launcher": "slurm", "job_minutes": 5}
    assert (found := slurm_check(Settings.model_validate(asked), tmp_path / "runs", submit=True)).ok, found
    assert "a job of a second ran on" in found.detail
    wrong = slurm_check(Settings.model_validate({**asked, "partition": "nowhere"}), tmp_path / "runs", submit=True)
    assert not wrong.ok and wrong.fatal and "partition refused" in wrong.detail and "--partition" in wrong.remedy
    assert not list(tmp_path.iterdir())


def test_the_doctor_tells_a_full_queue_from_a_fault(
    tmp_path: Path, slurm: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No node is free for a while: that is said, the job is withdrawn, and a session could begin all the same."""
    monkeypatch.setattr(launching_check, "_WAIT_S", 2.0)
    for node in NODES:
        slurm.set_node(node, "drain")
    try:
        found = slurm_check(Settings.model_validate({"launcher": "slurm", "job_minutes": 5}), tmp_path, submit=True)
    finally:
        for node in NODES:
            slurm.set_node(node, "resume")
    assert not found.ok and not found.fatal and "pending" in found.detail
    slurm.until(lambda: all(state not in ("PENDING", "RUNNING") for _, state, _, _ in slurm.jobs()))


def test_what_stands_beside_a_command_stands_on_its_node(tmp_path: Path, slurm: Slurm) -> None:
    """The process that a command is handed its data by: begun before it, ended after it, within the same job."""
    lab = Lab(tmp_path)
    (tmp_path / "beside").mkdir()
    hands = "import os, pathlib, time; pathlib.Path('handed').write_text(os.uname().nodename); time.sleep(280)"
    beside = Companion(command(tmp_path, hands, "beside"), (tmp_path / "beside",), tmp_path / "beside" / "ledger")
    waits = f"import pathlib, time\nwhile not (p := pathlib.Path({str(tmp_path / 'beside' / 'handed')!r})).exists(): time.sleep(0.05)\nprint(p.read_text())"
    given = replace(command(tmp_path, waits), readable=(tmp_path / "beside",))
    began = time.monotonic()
    finished = lab.launcher.submit(given, replace(lab.needs(), beside=beside)).wait()
    assert finished.exit_code == 0 and time.monotonic() - began < 200
    assert not (tmp_path / "beside" / "ended").exists(), "it was asked to end"


def test_without_namespaces_a_job_that_runs_is_not_taken_up(tmp_path: Path, slurm: Slurm) -> None:
    """What lies in its folder is nobody's word: it is withdrawn, and launched anew."""
    lab, once = Lab(tmp_path, sandbox="plain"), Once(tmp_path)
    killed_while_its_job_ran(lab, once, slurm)
    assert not lab.launcher.holds(lab.needs().folder)
    withdraw_left(lab.needs().folder)
    (tmp_path / "a" / "stays").unlink()
    handle = lab.launcher.submit(once.command, lab.needs())
    once.let_go()
    assert handle.wait().exit_code == 0 and once.times == 2
