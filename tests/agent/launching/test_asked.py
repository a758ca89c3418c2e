"""What jobs ask for, as people and their sites write it: flags, variables, profiles, greetings."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.checks.launching import job_gpu_check, job_time_check, slurm_check
from agent.errors import CheckFailed, EnvironmentBroken
from agent.launching.slurm import job, submission
from agent.launching.slurm.asked import check_asked, further, gpus_of, settled_by
from agent.launching.slurm.job_folder import JobFolder
from agent.launching.slurm.launcher import PROGRAMS
from agent.launching.slurm.outcomes import of_refusal, of_state
from agent.launching.slurm.programs import Said, environment
from agent.launching.slurm.queue import Queue, accounted
from agent.launching.slurm.submission import Submitter, number_told
from agent.sandbox import Finished
from agent.session.settings import Settings
from agent.session.settings.slurm import SlurmSettings
from agent.session.template import load_template
from tests.agent.launching.test_outcomes import Lab, lab
from tests.world.toy import TEMPLATE

__all__ = ["lab"]


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("--gres=gpu:a100:1", "gres", "gpu:a100:1"),
        ("gres=gpu:1", "gres", "gpu:1"),
        ("--gres gpu:1", "gres", "gpu:1"),
        ("  --exclusive ", "exclusive", True),
        ('--comment="my night\'s list"', "comment", "my night's list"),
        ("--comment=a=b", "comment", "a=b"),
        ("--exclude=n[1-3],m7", "exclude", "n[1-3],m7"),
        ("--gpus-per-node=2", "gpus_per_node", "2"),
        ("--mail_user=a@b.org", "mail_user", "a@b.org"),
        ("--wait-all-nodes=1", "wait_all_nodes", "1"),
    ],
)
def test_a_flag_is_taken_in_the_forms_that_people_write(written: str, name: str, value: str | bool) -> None:
    """With an equals sign, a blank or nothing behind its long name, quoted as for a shell or not."""
    assert further([written]) == {name: value}


@pytest.mark.parametrize(
    "written",
    [
        "--wrap=true",
        "--output=/tmp/x",
        "--outp=/tmp/x",
        "--job-name=mine",
        "--job_name mine",
        "--array=0-3",
        "--export=ALL",
        "--expor=ALL",
        "--parsable",
        "--quiet",
        "--clusters=a,b",
        "--signal=USR1@30",
        "-C a100",
        "-pgpu",
        "--",
        "",
        "--gres=gpu:1\n#SBATCH --export=ALL",
        "Gres=gpu:1",
    ],
)
def test_a_flag_by_which_a_job_would_be_lost_is_refused(lab: Lab, tmp_path: Path, written: str) -> None:
    """Also by the beginning of its name, which sbatch takes; found by the check, before anything is submitted, with why."""
    for name in PROGRAMS:
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    asked = {"launcher": "slurm", "sandbox": "plain", "job_flags": [written]}
    found = slurm_check(Settings.model_validate(asked), tmp_path, submit=True)
    assert not found.ok and found.fatal and "job_flags under [slurm]" in found.detail and found.remedy


def test_what_asks_for_gpus_is_told_from_what_is_called_so(lab: Lab, tmp_path: Path) -> None:
    """Kinds and counts as Slurm writes them; a node, a feature or a partition that has gpu in its name asks for none."""
    asked = [
        "--gres=gpu:a100:2,license:3",
        "gres=gpu",
        "--gpus=4",
        "--gpus-per-task=a100:1",
        "--tres-per-node=gres/gpu:8",
    ]
    named = ["--nodelist=gpu[1-2]", "--exclude=gpu7", "--constraint=gpu_mem:80", "--partition=gpu", "--cpus-per-gpu=4"]
    assert list(gpus_of([*asked, *named]).values()) == [2, 1, 4, 1, 8]
    assert "none is asked for" in job_gpu_check(SlurmSettings(job_flags=named)).detail
    assert "none is asked for" in job_gpu_check(SlurmSettings(job_flags=["-G 1"])).detail, "its form is another check's"


def test_a_job_that_ends_before_its_launch_may_is_told(lab: Lab) -> None:
    """By the check, as no fault: the limit of the template, or of --timeout, lies below that of the job, or the flag is named."""
    template = load_template(TEMPLATE)
    asked = {"launcher": "slurm", "timeout_s": 3600.0, "job_minutes": 60}
    found = job_time_check(Settings.model_validate(asked), template)
    assert not found.ok and not found.fatal and "--job-minutes 65" in found.remedy
    for other in ({"job_minutes": 61}, {"job_minutes": None}, {"timeout_s": 3000.0}):
        assert job_time_check(Settings.model_validate({**asked, **other}), template).ok


def test_a_folder_s_name_is_no_pattern_of_slurm_s(lab: Lab, tmp_path: Path) -> None:
    """A blank, a quote and a percent sign in the path of a session: the log lies where it is looked for."""
    folder = JobFolder(tmp_path / "it's 50%job" / "job")
    folder.root.mkdir(parents=True)
    Submitter(SlurmSettings(job_minutes=5), lab.programs).write(folder, "labloop-x", lab.command)
    (line,) = [line for line in folder.script.read_text().splitlines() if "--output" in line]
    assert shlex.split(line)[-1] == f"--output={folder.log}".replace("50%job", "50%%job")


def test_a_job_s_name_is_plain(lab: Lab) -> None:
    """Whatever a person has called the session's folder: a comma in it would be two names to squeue."""
    lab.needs = replace(lab.needs, name="my night, gpt-4o (2)/attempts/003")
    lab.submit()
    assert re.fullmatch(r"labloop-my-night-gpt-4o-2-attempts-003-[0-9a-f]{10}", lab.name)


def test_a_setting_of_two_lines_is_refused() -> None:
    """A line's end in a partition's name would be a line of its own in the batch script."""
    with pytest.raises(CheckFailed, match="partition under"):
        check_asked(SlurmSettings(partition="gpu\n#SBATCH --export=ALL"))
    check_asked(SlurmSettings(partition="gpu,gpu long", constraint="a100|h100&nvlink"))


def test_variables_of_the_programs_change_neither_jobs_nor_answers(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go before the batch script, and filter what squeue shows; four count where the settings say nothing, others are named."""
    mine = {"SBATCH_PARTITION": "p", "SBATCH_ACCOUNT": "a", "SBATCH_EXPORT": "ALL", "SBATCH_QOS": "", "HOME": "/h"}
    settled = settled_by(mine, SlurmSettings(partition="gpu"))
    assert (settled.partition, settled.account, settled.qos) == ("gpu", "a", "")
    assert "SBATCH_EXPORT: not heeded" in caplog.text and "SBATCH_ACCOUNT" not in caplog.text
    others = {"SQUEUE_PARTITION": "debug", "SACCT_FORMAT": "x", "SCANCEL_INTERACTIVE": "1", "SLURM_CONF": "/etc/s"}
    assert environment({**mine, **others}).keys() == {"HOME", "LC_ALL", "SLURM_TIME_FORMAT", "SLURM_CONF"}


def test_a_flag_goes_before_the_setting_that_says_the_same(lab: Lab) -> None:
    """One line of the script for each thing that is asked for, whichever of - and _ it was written with."""
    settings = SlurmSettings(job_gpus=1, job_cpus=2, job_flags=["--gpus-per-node=4", "--cpus-per-task 8"])
    lab.submit()
    Submitter(settings, lab.programs).write(lab.folder, "labloop-x", lab.command)
    asked = [line for line in lab.folder.script.read_text().splitlines() if "-per-" in line]
    assert asked == ["#SBATCH --cpus-per-task=8", "#SBATCH --gpus-per-node=4"]


@pytest.mark.parametrize(
    ("profile", "line", "ends"),
    [("test -n ''", "echo module loaded", True), ("true", "false", False)],
    ids=["profile", "line"],
)
def test_a_site_s_profile_may_end_with_a_test_that_fails(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str, line: str, ends: bool
) -> None:
    """It is read for what it brings; a line of job_setup that fails ends the job before its command."""
    (tmp_path / "profile").write_text(profile + "\n")
    here = submission._PROFILE.replace("/etc/profile", str(tmp_path / "profile"))
    monkeypatch.setattr(submission, "_PROFILE", here)
    settings = SlurmSettings(job_setup=[line], job_container="echo ran")
    lab.submit()
    Submitter(settings, lab.programs).write(lab.folder, "labloop-x", lab.command)
    done = subprocess.run(["/bin/bash", str(lab.folder.script)], capture_output=True, text=True, check=False)
    assert ("ran" in done.stdout) is ends and (done.returncode == 0) is ends


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Submitted batch job 7\n", "7"),
        ("Welcome! You have job 3 of 50 allowed.\n--> OK\n\nSubmitted batch job 4321 on cluster a\n", "4321"),
        ("sbatch: info: Submitted batch job 12\nYour job 99 will be charged\n", "12"),
        ("4321;cluster\n", "4321"),
        ("  4321\n", "4321"),
        ("Your job 5 is on its way\n", ""),
        ("", ""),
    ],
)
def test_the_number_is_told_from_a_site_s_greetings(said: str, number: str) -> None:
    """In sbatch's own words, or alone on a line; what else mentions a job is not believed."""
    assert number_told(said) == number


def test_a_job_without_a_told_number_is_found_by_its_name(lab: Lab) -> None:
    """sbatch was content: the job that the queue shows under the name is the one, and nothing is submitted again."""
    lab.programs.sbatch = [Said(0, "request granted\n")]
    lab.programs.state("RUNNING")
    handle = lab.submit()
    lab.tell_result(finished=Finished(exit_code=0, timed_out=False, seconds=1.0))
    assert handle.wait().exit_code == 0
    assert sum(words[0] == "sbatch" for words in lab.programs.asked) == 1
    assert [each.outcome for each in lab.outcomes] == ["number_untold", "finished"]


def test_jobs_that_neither_number_nor_name_tells_pause(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice is enough: what was submitted is withdrawn by its name, so that nothing runs unheard."""
    monkeypatch.setattr(job, "_IN_FLIGHT_S", 0.0)
    lab.programs.sbatch = [Said(0, "request granted\n")]
    with pytest.raises(EnvironmentBroken, match="number untold.*in the place of sbatch"):
        lab.submit().wait()
    assert sum(words[0] == "sbatch" for words in lab.programs.asked) == 2
    assert ["scancel", f"--name={lab.name}"] in [list(words) for words in lab.programs.asked]


def test_greetings_among_answers_are_no_jobs(lab: Lab) -> None:
    """A cluster's name above squeue's lines, a notice above sacct's: neither is a job, nor hides one."""
    queue = Queue(0.0, lambda words: Said(0, f"CLUSTER: a\n\n 7|RUNNING|None|ci1|{words[-1][7:]}\n"))
    queue.watch("labloop-x")
    assert [(seen.job_id, seen.state) for seen in queue.look("labloop-x").seen] == [("7", "RUNNING")]
    told = accounted(Said(0, "Maintenance on Friday|see the wiki\n7|TIMEOUT|ci1\n8\n"))
    assert [(seen.job_id, seen.state) for seen in told.seen] == [("7", "TIMEOUT")]
    assert not accounted(Said(0, "Maintenance on Friday\n")).seen


def test_a_job_s_number_may_have_a_tail(lab: Lab) -> None:
    """A task of an array, a part of a heterogeneous job, whoever made it so: the oldest is taken, and nothing breaks."""
    lab.programs.sbatch = [Said(1, err="sbatch: error: Socket timed out on send/recv operation")]

    def two(name: str) -> Said:
        if lab.folder.record().job_id:  # type: ignore[union-attr]
            lab.tell_result(finished=Finished(exit_code=0, timed_out=False, seconds=1.0))
        return Said(0, f"12_[0-3]|PENDING|None||{name}\n7+0|RUNNING|None|ci1|{name}\n")

    lab.programs.squeue = two
    assert lab.submit().wait().exit_code == 0
    assert lab.folder.record().job_id == "7+0"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("AssocGrpGRESMinutes", "--account"),
        ("AssocGrpCPUMinutesLimit", "--account"),
        ("AssocGrpBillingMinutes", "--account"),
        ("QOSGrpCpuMinutesLimit", "qos"),
        ("QOSMaxWallDurationPerJobLimit", "--job-minutes"),
        ("AssocMaxCpuMinutesPerJobLimit", "--job-minutes"),
        ("QOSMaxMemoryPerNode", "--job-memory"),
        ("AssocMaxMemPerJob", "--job-memory"),
        ("QOSMinGRES", "--job-gpus"),
        ("QOSMaxGRESPerNode", "--job-gpus"),
        ("QOSMaxCpuPerJobLimit", "job_cpus"),
        ("QOSMinCpuNotSatisfied", "job_cpus"),
        ("AssocMaxNodePerJobLimit", "job_flags"),
        ("QOSMaxJobsPerUserLimit", ""),
        ("QOSMaxGRESPerUser", ""),
        ("AssocGrpCPURunMinutesLimit", ""),
        ("AssocGrpGRES", ""),
        ("QOSMaxSubmitJobPerUserLimit", ""),
        ("Licenses", ""),
    ],
)
def test_a_limit_of_one_job_is_not_waited_for(reason: str, remedy: str) -> None:
    """Whatever it counts: nobody's waiting ends it, in the queue or refused; what others' ends free is waited for."""
    outcome = of_state("PENDING", reason, "queue")
    policy = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"
    refused = of_refusal(f"sbatch: error: {reason}; sbatch: error: Batch job submission failed: {policy}")
    assert outcome is not None
    if remedy:
        assert (outcome.name, refused.name, refused.then) == ("stuck", "limit_refused", "pause")
        assert remedy in outcome.remedy and remedy in refused.remedy
    else:
        assert (outcome.name, refused.name, refused.then) == ("pending", "controller_away", "wait")


def test_a_queue_that_does_not_come_back_is_away(lab: Lab) -> None:
    """squeue hangs, sacct is not installed: what the node says counts, and the session hears the end."""
    handle = lab.submit()
    lab.begin()
    answers: list[Sequence[str]] = []

    def hangs(name: str) -> Said:
        answers.append((name,))
        lab.folder.alive.write_text(f"{len(answers)}\n")
        if len(answers) == 3:
            lab.tell_result(finished=Finished(exit_code=4, timed_out=False, seconds=1.0))
        return Said(-1, err="squeue did not come back within 60 s")

    lab.programs.squeue = hangs
    lab.programs.sacct = lambda name: Said(-1, err="sacct: No such file or directory")
    assert handle.wait().exit_code == 4
    assert [each.outcome for each in lab.outcomes] == ["controller_away", "finished"]
