"""Settings that nothing heeds: refused where a flag says them, told where a file or the environment does."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import pytest

from agent.commands import campaign, doctor, run_idea
from agent.commands.flags import FLAGS, OF_SLURM
from agent.commands.settled import refuse_unheeded, settled
from agent.errors import UsageError
from agent.session.settings import VARIABLES, overlay, resolve
from tests.world.campaigns import idea_folder, toy_campaign
from tests.world.toy import IDEA

_VALUES = {"--partition": "gpu", "--account": "me", "--job-minutes": "9", "--job-gpus": "1", "--job-memory": "8"}


@pytest.fixture(autouse=True)
def _nothing_said_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the checkout's labloop.toml nor the environment of whoever runs the tests says anything."""
    monkeypatch.setattr("agent.session.settings.default_file", lambda: tmp_path / "labloop.toml")
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)


def _args(*given: str, door: argparse.ArgumentParser | None = None) -> argparse.Namespace:
    return (door or run_idea.parser()).parse_args(given)


@pytest.mark.parametrize("flag", OF_SLURM)
@pytest.mark.parametrize("door", [run_idea, campaign, doctor], ids=["run_idea", "campaign", "doctor"])
def test_a_flag_of_slurm_without_slurm_is_refused_with_its_remedy(
    flag: str, door: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """By each command that takes it, before anything is begun: whoever forgets --launcher slurm does not train on a login node."""
    assert door.main([str(IDEA), flag, _VALUES[flag]]) == 2  # type: ignore[attr-defined]
    said = capsys.readouterr().err
    assert f"{flag} " in said and "launches run on this machine; add --launcher slurm, or leave it out" in said


def test_a_flag_of_this_machine_is_refused_under_slurm() -> None:
    """--slots shares out a machine that runs nothing; said with the setting that is meant."""
    with pytest.raises(UsageError, match=r"--slots 2: nothing heeds it, since launches are jobs of Slurm; .*`jobs`"):
        settled(_args("i.json", "--slots", "2", "--launcher", "slurm"))


def test_every_flag_that_one_launcher_heeds_is_known_for_it() -> None:
    """What the commands list as a flag of Slurm's jobs is refused without it, one added later too."""
    for name in OF_SLURM:
        with pytest.raises(UsageError, match=name):
            refuse_unheeded({FLAGS[name].setting: "1"}, resolve({}, None))


def test_with_its_launcher_each_counts() -> None:
    """However the launcher was named: by flag, variable or file."""
    given = _args("i.json", "--launcher", "slurm", "--partition", "gpu")
    assert settled(given).slurm.partition == "gpu"
    assert settled(_args("i.json", "--slots", "2")).launching.slots == 2


@pytest.mark.parametrize("where", ["file", "environment"])
def test_what_a_file_or_the_environment_says_is_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    """It may stand there for other sessions: the session begins, and what it does not heed is named; with Slurm nothing is said."""
    if where == "file":
        (tmp_path / "labloop.toml").write_text('[slurm]\npartition = "gpu"\njob_gpus = 1\n')
    else:
        monkeypatch.setenv("LABLOOP_PARTITION", "gpu")
        monkeypatch.setenv("LABLOOP_JOB_GPUS", "1")
    with caplog.at_level(logging.WARNING):
        assert settled(_args("i.json")).slurm.partition == "gpu"
        assert (
            "partition, job_gpus (of" in caplog.text and "are not heeded: launches run on this machine" in caplog.text
        )
        caplog.clear()
        settled(_args("i.json", "--launcher", "slurm"))
        assert caplog.text == ""


def test_a_campaign_is_taken_up_under_the_launcher_that_it_has(tmp_path: Path) -> None:
    """Its own settings say whether a flag is heeded, and what is said now counts for the sessions that it has not begun yet."""
    made = toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 1)], launcher="slurm")
    resumed = campaign._resumed(_args("--resume", str(made.paths.root), "--partition", "gpu", door=campaign.parser()))
    assert resumed.spec.settings == overlay(made.spec.settings, "here", {"partition": "gpu"})
    moved = ["--resume", str(made.paths.root), "--launcher", "local", "--partition", "gpu"]
    with pytest.raises(UsageError, match="--partition gpu: nothing heeds it"):
        campaign._resumed(_args(*moved, door=campaign.parser()))
