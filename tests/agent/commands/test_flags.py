"""A flag is spelt once: its help, and the setting that it gives."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from agent.commands import doctor, run_idea
from agent.commands.flags import FLAGS, add_flags, given_settings
from agent.session.settings import Settings, overlay


def test_flags_become_settings_by_their_short_names() -> None:
    """What was given, and nothing else; --no-paper is the setting `paper` set to false."""
    args = run_idea.parser().parse_args(
        ["i.json", "--max-runs", "2", "--timeout", "9", "--no-paper", "--coder-model=m"]
    )
    assert given_settings(args) == {"max_runs": 2, "timeout_s": 9.0, "paper": False, "coder_model": "m"}
    assert given_settings(run_idea.parser().parse_args(["i.json"])) == {}


def test_a_command_without_a_flag_gives_no_setting_for_it() -> None:
    """The doctor has fewer flags; what it lacks is left to file and environment."""
    args = doctor.parser().parse_args(["--model", "manual", "--sandbox", "plain"])
    assert given_settings(args) == {"model": "manual", "sandbox": "plain"}


@pytest.mark.parametrize("name", [name for name, flag in FLAGS.items() if flag.setting])
def test_every_flag_gives_a_setting_that_there_is(name: str) -> None:
    """A name that no group holds would only be noticed when somebody types the flag."""
    parser = argparse.ArgumentParser()
    add_flags(parser, name)
    values = {
        "--sandbox": ["plain"],
        "--launcher": ["local"],
        "--no-paper": [],
        "--no-review": [],
        "--paper-anyway": [],
        "--value": ["width=7"],
    }.get(name, ["7"])
    given = given_settings(parser.parse_args([name, *values]))
    only = name == "--launcher"  # there is one so far, and it is the default
    assert len(given) == 1 and (overlay(Settings(), "a test", given) == Settings()) is only


def test_a_command_may_say_a_flag_in_its_own_words() -> None:
    """The spelling and the type stay; only the help differs."""
    parser = argparse.ArgumentParser()
    add_flags(parser, "--out", "--scale", out="where the copy goes")
    text = " ".join(parser.format_help().split())
    assert "where the copy goes" in text and FLAGS["--scale"].help in text
    assert parser.parse_args(["--out", "x"]).out == Path("x")
