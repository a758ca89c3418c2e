"""What becomes of jobs, by what Slurm's programs said where it happened: recorded answers, played to the real launcher."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from agent.checks.launching import slurm_check
from agent.errors import EnvironmentBroken, Interrupted
from agent.experiment import baseline_store
from agent.experiment.baseline_store import baseline_key
from agent.launching import LocalLauncher, Needs, withdraw_left, within_reach
from agent.launching.slurm import handle as handle_module
from agent.launching.slurm import job, outcomes
from agent.launching.slurm.handle import SlurmHandle
from agent.launching.slurm.job_folder import Begun, JobFolder, Result
from agent.launching.slurm.launcher import PROGRAMS, SlurmLauncher
from agent.launching.slurm.outcomes import of_refusal, of_state
from agent.launching.slurm.programs import Said, environment
from agent.launching.slurm.queue import Queue
from agent.launching.slurm.shared import Shared
from agent.launching.slurm.submission import Submitter
from agent.launching.slurm.worker import on_node
from agent.sandbox import Command, Finished
from agent.sandbox.plain import Plain
from agent.session.events.job import JobEvent, JobOutcome
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings
from agent.session.settings.slurm import SlurmSettings
from agent.session.stop import Stop
from agent.session.template import load_template
from tests.world.toy import TEMPLATE

AWAY = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"
NO_ACCOUNTING = Said(1, err="Slurm accounting storage is disabled")


@pytest.mark.parametrize(
    ("said", "name", "then"),
    [
        (
            "sbatch: error: invalid partition specified: nope; sbatch: error: Batch job submission failed: Invalid partition name specified",
            "partition_refused",
            "pause",
        ),
        (
            "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified",
            "account_refused",
            "pause",
        ),
        ("sbatch: error: Batch job submission failed: Invalid qos specification", "qos_refused", "pause"),
        (
            "sbatch: error: Memory specification can not be satisfied; sbatch: error: Batch job submission failed: Requested node configuration is not available",
            "size_refused",
            "pause",
        ),
        (
            "sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)",
            "time_refused",
            "pause",
        ),
        (
            "sbatch: error: Batch job submission failed: User's group not permitted to use this partition",
            "partition_refused",
            "pause",
        ),
        ("sbatch: unrecognized option '--no-such-flag=1'", "flag_refused", "pause"),
        (
            "sbatch: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host; sbatch: error: fetch_config: DNS SRV lookup failed; sbatch: fatal: Could not establish a configuration source",
            "no_cluster",
            "pause",
        ),
        ("sbatch: error: something that nobody has seen", "refused", "pause"),
        (
            "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
            "controller_away",
            "wait",
        ),
        (
            "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
            "controller_away",
            "wait",
        ),
        (
            "sbatch: error: AssocMaxSubmitJobLimit; sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
            "controller_away",
            "wait",
        ),
        ("sbatch did not come back within 60 s", "controller_away", "wait"),
    ],
)
def test_what_sbatch_refuses_is_named(said: str, name: str, then: str) -> None:
    """A wrong setting pauses with its remedy, a controller that is away or full is waited for."""
    outcome = of_refusal(said)
    assert (outcome.name, outcome.then) == (name, then)
    assert then == "wait" or outcome.remedy


@pytest.mark.parametrize(
    ("state", "reason", "name", "then"),
    [
        ("PENDING", "Priority", "pending", "wait"),
        ("PENDING", "Resources", "pending", "wait"),
        ("PENDING", "ReqNodeNotAvail, UnavailableNodes:ci[1-2]", "pending", "wait"),
        (
            "PENDING",
            "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
            "pending",
            "wait",
        ),
        ("PENDING", "BeginTime", "pending", "wait"),
        ("PENDING", "InvalidAccount", "stuck", "pause"),
        ("PENDING", "PartitionTimeLimit", "stuck", "pause"),
        ("PENDING", "JobHeldUser", "stuck", "pause"),
        ("PENDING", "launch failed requeued held", "stuck", "pause"),
        ("SUSPENDED", "None", "suspended", "wait"),
        ("PREEMPTED", "None", "preempted", "retry"),
        ("NODE_FAIL", "None", "node_failed", "retry"),
        ("BOOT_FAIL", "None", "node_failed", "retry"),
        ("TIMEOUT", "TimeLimit", "time_limit", "pause"),
        ("OUT_OF_MEMORY", "OutOfMemory", "out_of_memory", "result"),
        ("CANCELLED by 1000", "", "cancelled", "pause"),
        ("CANCELLED+", "", "cancelled", "pause"),
    ],
)
def test_each_state_has_a_name_and_what_it_comes_to(state: str, reason: str, name: str, then: str) -> None:
    """As squeue and sacct write them, cut words and who cancelled among them."""
    outcome = of_state(state, reason, "queue")
    assert outcome is not None and (outcome.name, outcome.then) == (name, then)
    assert name != "stuck" or outcome.remedy
    assert of_state("RUNNING", "None", "queue") is None


class Recorded:
    """Slurm's programs as they answered; squeue by what is set now."""

    def __init__(self) -> None:
        self.squeue: Callable[[str], Said] = lambda name: Said(0)
        self.sacct: Callable[[str], Said] = lambda name: NO_ACCOUNTING
        self.sbatch = [Said(0, "Submitted batch job 7\n")]
        self.asked: list[Sequence[str]] = []

    def __call__(self, words: Sequence[str]) -> Said:
        self.asked.append(words)
        name = next((word.partition("=")[2] for word in words if word.startswith("--name=")), "")
        if words[0] == "sbatch":
            return self.sbatch.pop(0) if len(self.sbatch) > 1 else self.sbatch[0]
        if words[0] == "squeue":
            return self.squeue(name)
        return self.sacct(name) if words[0] == "sacct" else Said(0)

    def state(self, state: str, reason: str = "None") -> None:
        self.squeue = lambda name: Said(0, f"7|{state}|{reason}|ci1|{name}\n")


class Lab:
    """A launch whose Slurm answers as it was recorded."""

    def __init__(self, tmp_path: Path, **settings: object) -> None:
        self.programs, self.told = Recorded(), list[JobEvent]()
        asked = {"queue_poll_s": 0.02, "results_late_s": 0.3, "queue_away_minutes": 0.02, "job_minutes": 9, **settings}
        chosen = SlurmSettings.model_validate(asked)
        self.shared = Shared(
            sandbox=Plain(),
            settings=chosen,
            submitter=Submitter(chosen, self.programs),
            queue=Queue(chosen.queue_poll_s, self.programs),
            stop=Stop(),
            tell=self.told.append,
        )
        self.code, self.folder = tmp_path / "code", JobFolder(tmp_path / "job")
        self.code.mkdir()
        self.needs = Needs("a", folder=self.folder.root, fresh=(self.code,))
        self.command = Command(("true",), cwd=self.code, scratch=tmp_path / "s", writable=(self.code,), timeout_s=60)

    def submit(self) -> SlurmHandle:
        return SlurmHandle(self.shared, self.command, self.needs)

    @property
    def name(self) -> str:
        record = self.folder.record()
        assert record is not None
        return record.name

    def tell_result(self, **told: object) -> None:
        self.folder.tell_result(Result.model_validate({"job": self.name, "job_id": "7", **told}))

    def begin(self) -> None:
        self.folder.tell_begun(Begun(job=self.name, job_id="7", node="ci1", time=time.time()))

    @property
    def outcomes(self) -> list[JobOutcome]:
        return [event for event in self.told if isinstance(event, JobOutcome)]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """As on a machine where srun is installed, which submitit looks for."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "srun").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "srun").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setattr(handle_module, "_SETTLE_S", 0.1)
    return Lab(tmp_path)


@pytest.mark.parametrize("raised", [Interrupted("enough"), KeyboardInterrupt()], ids=["session", "command"])
def test_whatever_a_signal_raises_leaves_no_job(lab: Lab, raised: BaseException) -> None:
    """A session's handler, or Ctrl-C to a command that has none (doctor, replay --rerun): the job that nobody waits for is withdrawn."""
    handle = lab.submit()
    lab.programs.state("PENDING", "Resources")

    def signalled() -> bool:
        raise raised

    with pytest.raises(type(raised)):
        handle.wait(signalled)
    record = lab.folder.record()
    assert record is not None and record.state == "withdrawn" and ["scancel", "7"] in map(list, lab.programs.asked)


def test_the_time_limit_of_the_queue_pauses(lab: Lab) -> None:
    """The job was cut off by its own limit, not by the experiment's: nobody's code is to blame, and the remedy is a flag."""
    handle = lab.submit()
    lab.begin()
    lab.programs.state("TIMEOUT", "TimeLimit")
    with pytest.raises(EnvironmentBroken, match=r"time limit.*--job-minutes"):
        handle.wait()
    assert lab.folder.record().state == "withdrawn"  # type: ignore[union-attr]


def test_a_warning_that_the_time_is_up_is_the_time_limit(lab: Lab) -> None:
    """The signal that Slurm sends before: the worker has ended its command, and the queue says only that the job failed."""
    handle = lab.submit()
    lab.begin()
    interrupted = Finished(exit_code=5, timed_out=False, seconds=1.0, interrupted=True)
    lab.tell_result(finished=interrupted, signalled="SIGUSR2")
    lab.programs.state("FAILED", "NonZeroExitCode")
    with pytest.raises(EnvironmentBroken, match="time limit"):
        handle.wait()


def test_too_little_memory_is_the_coder_s_to_mend(lab: Lab) -> None:
    """The queue's word for it, with the whole job gone, or with the experiment alone killed: a result with the limit in words."""
    for killed in (None, Finished(exit_code=-9, timed_out=False, seconds=2.0)):
        handle = lab.submit()
        lab.begin()
        if killed is not None:
            lab.tell_result(node="ci1", finished=killed)
        lab.programs.state("OUT_OF_MEMORY", "OutOfMemory")
        finished = handle.wait()
        assert finished.out_of_memory and "job_memory_gb" in finished.limit
        assert lab.outcomes[-1].outcome == "out_of_memory"


def test_a_kill_that_was_not_for_memory_is_no_lack_of_memory(lab: Lab) -> None:
    """SIGKILL by the experiment's own hand, in a job that ended well."""
    handle = lab.submit()
    lab.tell_result(finished=Finished(exit_code=-9, timed_out=False, seconds=2.0))
    lab.programs.state("COMPLETED")
    assert not handle.wait().out_of_memory


def test_results_that_come_late_are_waited_for(lab: Lab) -> None:
    """The queue says it has ended before the shared file system shows the result; then it is there."""
    handle = lab.submit()
    lab.begin()
    asked: list[str] = []

    def ended(name: str) -> Said:
        asked.append(name)
        if len(asked) == 6:
            lab.tell_result(finished=Finished(exit_code=0, timed_out=False, seconds=1.0))
        return Said(0, f"7|COMPLETED|None|ci1|{name}\n")

    lab.programs.squeue = ended
    assert handle.wait().exit_code == 0


def test_results_that_never_come_pause_and_stay_waited_for(lab: Lab) -> None:
    """Resumed, the session waits for the same job: its result may only be hidden."""
    handle = lab.submit()
    lab.begin()
    lab.programs.state("COMPLETED")
    with pytest.raises(EnvironmentBroken, match=r"results late.*shared"):
        handle.wait()
    assert lab.folder.record().state == "open"  # type: ignore[union-attr]
    lab.tell_result(finished=Finished(exit_code=3, timed_out=False, seconds=1.0))
    lab.shared = replace(lab.shared, sandbox=_Apart())
    assert lab.submit().wait().exit_code == 3
    assert sum(words[0] == "sbatch" for words in lab.programs.asked) == 1


class _Apart(Plain):
    """Believed to keep apart, so that what lies in a folder counts."""

    keeps_apart = True


def test_a_job_that_cannot_begin_says_what_its_log_says(lab: Lab) -> None:
    """Python, or the folder, is not there on the node."""
    handle = lab.submit()
    lab.folder.log.write_text("/srv/labloop/.venv/agent/bin/python: No such file or directory\n")
    lab.programs.state("FAILED", "NonZeroExitCode")
    with pytest.raises(EnvironmentBroken, match=r"not begun.*No such file"):
        handle.wait()


def test_a_worker_that_was_killed_is_a_killed_run(lab: Lab) -> None:
    """As where a supervisor is killed here: how the command ended is not known."""
    handle = lab.submit()
    lab.begin()
    lab.programs.state("FAILED", "RaisedSignal:9(Killed)")
    assert handle.wait().exit_code is None and lab.outcomes[-1].outcome == "killed"


def test_a_job_that_nobody_knows_is_submitted_again(lab: Lab) -> None:
    """The controller has lost its state, and there is no accounting: three more tries, then a pause; each has a name of its own."""
    handle = lab.submit()
    with pytest.raises(EnvironmentBroken, match=r"lost.*submitted 4 times"):
        handle.wait()
    assert sum(words[0] == "sbatch" for words in lab.programs.asked) == 4
    assert len({event.job for event in lab.told if event.kind == "job_intended"}) == 4


def test_the_accounting_is_asked_for_what_the_queue_forgot(lab: Lab) -> None:
    """Ended more than MinJobAge ago: sacct knows how."""
    handle = lab.submit()
    lab.begin()
    lab.programs.sacct = lambda name: Said(0, "7|TIMEOUT|ci1\n")
    with pytest.raises(EnvironmentBroken, match="time limit"):
        handle.wait()
    assert lab.outcomes[-1].witness == "accounting"


def test_a_controller_that_stays_away_pauses_and_leaves_the_job(lab: Lab) -> None:
    """No answer, and no sign of life: the session pauses after a while, and a resumed one waits for the same job."""
    handle = lab.submit()
    lab.programs.squeue = lambda name: Said(1, err=AWAY)
    with pytest.raises(EnvironmentBroken, match=r"controller away.*--resume"):
        handle.wait()
    assert lab.folder.record().state == "open"  # type: ignore[union-attr]
    assert not any(words[0] == "scancel" for words in lab.programs.asked)


def test_a_job_that_shows_life_is_waited_for_without_a_controller(lab: Lab) -> None:
    """Its heartbeat is the witness: ten times as long as a silent job would have been waited for."""
    handle = lab.submit()
    lab.begin()
    asked: list[str] = []

    def away(name: str) -> Said:
        asked.append(name)
        lab.folder.alive.write_text(f"{len(asked)}\n")
        if len(asked) == 60:
            lab.tell_result(finished=Finished(exit_code=0, timed_out=False, seconds=1.0))
        return Said(1, err=AWAY)

    lab.programs.squeue = away
    assert handle.wait().exit_code == 0
    assert [(each.outcome, each.witness) for each in lab.outcomes[:1]] == [("controller_away", "heartbeat")]


def test_a_submission_without_an_answer_is_looked_for_before_the_next(lab: Lab) -> None:
    """A socket that timed out may have delivered the job: it is found by its name, and sbatch is not run again."""
    lab.programs.sbatch = [
        Said(1, err="sbatch: error: Batch job submission failed: Socket timed out on send/recv operation")
    ]
    lab.programs.state("RUNNING")
    handle = lab.submit()
    lab.tell_result(finished=Finished(exit_code=0, timed_out=False, seconds=1.0))
    lab.programs.asked.clear()
    assert handle.wait().exit_code == 0
    assert not any(words[0] == "sbatch" for words in lab.programs.asked)


def test_a_job_that_waits_too_long_is_withdrawn(tmp_path: Path, lab: Lab) -> None:
    """Where the settings say how long is too long; else it waits for ever."""
    lab.shared = replace(lab.shared, settings=lab.shared.settings.model_copy(update={"pending_hours": 0.0001}))
    lab.programs.state("PENDING", "Priority")
    handle = lab.submit()
    with pytest.raises(EnvironmentBroken, match=r"pending too long.*pending_hours"):
        handle.wait()
    assert ["scancel", "7"] in lab.programs.asked


def test_where_one_job_pauses_the_session_the_others_stay(lab: Lab) -> None:
    """Ended for another's sake, a job stays in the queue: the resumed session waits for it."""
    lab.programs.state("RUNNING")
    handle = lab.submit()
    lab.shared.pauses.set()
    assert handle.wait(lambda: True).interrupted
    assert lab.folder.record().state == "open"  # type: ignore[union-attr]


def test_a_node_without_the_sandbox_pauses(lab: Lab) -> None:
    """Never is a run launched less isolated than the session has it."""
    handle = lab.submit()
    lab.tell_result(node="ci9", problem="bubblewrap does not work here: it is not installed")
    with pytest.raises(EnvironmentBroken, match=r"node unfit.*bubblewrap.*--exclude=ci9"):
        handle.wait()


def test_a_job_asks_for_what_the_settings_say(lab: Lab) -> None:
    """The script, line by line; further flags win, and no variable of the session goes along but the harmless ones."""
    asked = {
        "partition": "gpu",
        "account": "lab",
        "qos": "long",
        "constraint": "a100",
        "job_gpus": 1,
        "job_cpus": 8,
        "job_memory_gb": 40.5,
    }
    more = {
        "job_setup": ["module load cuda"],
        "job_container": "apptainer exec x.sif",
        "job_flags": ["--exclude=n[1-3]", "--exclusive"],
    }
    settings = SlurmSettings.model_validate({**asked, **more, "job_minutes": 90})
    lab.submit()
    assert lab.folder.root.stat().st_mode & 0o077 == 0, "nobody else reads the environment of a command"
    Submitter(settings, lab.programs).write(lab.folder, "labloop-x", lab.command)
    script = lab.folder.script.read_text().splitlines()
    wanted = [
        "account=lab",
        "constraint=a100",
        "cpus-per-task=8",
        "'exclude=n[1-3]'",
        "exclusive",
        "gpus-per-node=1",
        "job-name=labloop-x",
    ]
    wanted += [
        "mem=40500M",
        "partition=gpu",
        "qos=long",
        "time=90",
        "signal=B:USR2@60",
        "export=HOME,USER,LOGNAME,SHELL,PATH,LANG",
    ]
    flags = {line.removeprefix("#SBATCH --").replace("'", "") for line in script if line.startswith("#SBATCH")}
    assert {each.replace("'", "") for each in wanted} <= flags
    assert "module load cuda" in script and any(line.startswith("exec apptainer exec x.sif ") for line in script)


def test_a_session_within_an_allocation_gives_none_of_it_to_its_jobs() -> None:
    """SLURM_… of the surrounding job would be taken for wishes; where the cluster is configured stays."""
    mine = environment({"SLURM_MEM_PER_CPU": "1", "SLURM_JOB_ID": "3", "SLURM_CONF": "/etc/s", "HOME": "/h"})
    assert {"SLURM_CONF", "HOME", "LC_ALL"} <= mine.keys() and not {"SLURM_MEM_PER_CPU", "SLURM_JOB_ID"} & mine.keys()


def test_a_node_lends_its_own_libraries_threads_and_gpus(tmp_path: Path, lab: Lab) -> None:
    """What the login node has is none of the job's; of the node's GPUs only the lent ones are reached, counted from 0."""
    for number in range(4):
        (tmp_path / f"nvidia{number}").touch()
    given = replace(lab.command, env={"LD_LIBRARY_PATH": "/login", "CUDA_HOME": "/login", "LANG": "C"})
    node = {
        "LD_LIBRARY_PATH": "/node",
        "SLURM_CPUS_PER_TASK": "6",
        "SLURM_JOB_GPUS": "1,3",
        "CUDA_VISIBLE_DEVICES": "1,3",
    }
    lent = on_node(given, node, True, tmp_path)
    assert lent.gpus == ("1", "3") and lent.env["CUDA_VISIBLE_DEVICES"] == "0,1"
    assert lent.env["LD_LIBRARY_PATH"] == "/node" and lent.env["OMP_NUM_THREADS"] == "6"
    assert "CUDA_HOME" not in lent.env and lent.env["LANG"] == "C"
    other = on_node(given, {**node, "SLURM_JOB_GPUS": "7"}, True, tmp_path)
    assert other.gpus is None and other.env["CUDA_VISIBLE_DEVICES"] == "1,3"  # as Slurm has set it
    bare = on_node(given, node, False, tmp_path)
    assert bare.gpus is None and bare.env["CUDA_VISIBLE_DEVICES"] == "1,3", (
        "without namespaces all are there, and keep their numbers"
    )


def test_every_outcome_stands_in_the_docs() -> None:
    """Each name that an outcome can have, in the tables and in the code of a job's end, is in the table of docs/launching.md."""
    text = (REPOSITORY / "docs" / "launching.md").read_text()
    table = text[text.index("| outcome | witness |") : text.index("### Kills, signals")]
    code = "".join(Path(str(module.__file__)).read_text() for module in (handle_module, outcomes))
    names = set(re.findall(r'(?:Outcome\(|name=)"([a-z_]+)"', code))
    names |= {*outcomes._WAITING.values(), *(name for name, *_ in outcomes._ENDED.values())}
    names |= {name for _, name, _ in outcomes._REFUSALS}
    assert len(names) > 20
    assert {name for name in names if not re.search(rf"\b{name}\b", table)} == set()


def test_without_slurm_the_doctor_says_where_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found before a session begins, by whatever command."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = slurm_check(Settings.model_validate({"launcher": "slurm", "sandbox": "plain"}), tmp_path, submit=False)
    assert not found.ok and "sbatch" in found.detail and "login node" in found.remedy


def test_a_baseline_of_the_nodes_is_none_of_this_machine(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was measured on other machines, or on another share of them, is kept apart; on this one the key stays what it was."""
    template = load_template(TEMPLATE)
    asked: tuple[dict[str, object], ...] = (
        {},
        {"partition": "a"},
        {"partition": "b"},
        {"partition": "b", "job_gpus": 2},
    )
    for name in PROGRAMS:
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    launchers = [SlurmLauncher(Plain(), SlurmSettings.model_validate(each)) for each in asked]
    keys = {baseline_key(template, each.machines) for each in launchers}
    assert len(keys | {baseline_key(template)}) == 5
    assert baseline_key(template, LocalLauncher(Plain()).machines) == baseline_key(template)
    assert [each.gpus for each in launchers] == [0, 0, 0, 2]
    here, there = baseline_key(template), baseline_key(template, launchers[0].machines)
    monkeypatch.setattr(baseline_store, "kinds_of_gpus", lambda: ("another model",))
    assert baseline_key(template) != here, "nor is that of another model of GPU"
    assert baseline_key(template, launchers[0].machines) == there, (
        "what the login node has is none of the jobs' concern"
    )


def test_who_only_looks_again_needs_no_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--rerun` of a session that ran on a cluster runs here, where there is none."""
    settings = Settings.model_validate({"launcher": "slurm"})
    monkeypatch.setenv("PATH", str(tmp_path))
    assert within_reach(settings).launching.launcher == "local"
    (tmp_path / "sbatch").write_text("#!/bin/sh\n")
    (tmp_path / "sbatch").chmod(0o755)
    assert within_reach(settings).launching.launcher == "slurm"


def test_a_left_job_is_withdrawn_once(lab: Lab) -> None:
    """By its number, or by its name where nobody heard the number; one that has ended is only closed."""
    lab.submit()
    withdraw_left(lab.folder.root, lab.programs)
    assert ["scancel", "7"] in lab.programs.asked
    assert lab.folder.record().state == "withdrawn"  # type: ignore[union-attr]
    count = len(lab.programs.asked)
    withdraw_left(lab.folder.root, lab.programs)
    withdraw_left(None, lab.programs)
    assert len(lab.programs.asked) == count


def test_the_result_of_an_earlier_job_is_nobody_s(lab: Lab) -> None:
    """One that was withdrawn may still write its end into the folder, which is another's by then."""
    lab.programs.state("RUNNING")
    handle = lab.submit()
    lab.folder.tell_result(
        Result(job="another", job_id="6", finished=Finished(exit_code=1, timed_out=False, seconds=1.0))
    )
    waited = Thread(target=handle.wait)
    waited.start()
    waited.join(0.5)
    assert waited.is_alive()
    lab.tell_result(finished=Finished(exit_code=0, timed_out=False, seconds=1.0))
    waited.join(10)
    assert lab.outcomes[-1].said == "exit status 0"


def test_people_hear_of_a_wait_that_is_none_of_moments(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each job waits a second or two: that stands in the journal alone. A longer wait is said, once."""
    lab.programs.state("PENDING", "Priority")
    handle = lab.submit()
    over = time.monotonic() + 0.5
    assert handle.wait(lambda: time.monotonic() > over).interrupted
    assert [each.outcome for each in lab.outcomes] == ["pending"] and not caplog.records
    monkeypatch.setattr(job, "_MOMENTS_S", 0.1)
    handle, over = lab.submit(), time.monotonic() + 0.8
    handle.wait(lambda: time.monotonic() > over)
    assert [record.getMessage() for record in caplog.records] == ["a, job 7: pending: PENDING (Priority)"]
