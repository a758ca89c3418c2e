"""Flags that several commands have: one spelling, one help text, one setting that each stands for."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from agent.session.paths import REPOSITORY
from agent.session.settings import CoderSettings
from agent.session.settings.groups import VENUE_NAMES, SandboxName
from agent.session.settings.launching import LauncherName


@dataclass(frozen=True)
class Flag:
    """One flag. `setting` is the short name of the setting that it gives; empty where it gives none."""

    help: str
    setting: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What argparse is told besides."""


OF_SLURM = ("--partition", "--account", "--job-minutes", "--job-gpus", "--job-memory")
"""What a job asks for."""
OF_MODELS = (
    *("--model", "--adviser", "--reviewer", "--coder-model", "--coder", "--base-url"),
    *("--adviser-base-url", "--reviewer-base-url", "--coder-base-url", "--recording"),
)
"""Who answers, and where."""
OF_A_SESSION = (
    *OF_MODELS,
    *("--template", "--scale", "--value", "--max-runs", "--patience", "--seeds", "--confirm", "--confirm-seeds"),
    *("--budget-usd", "--budget-tokens", "--timeout", "--sandbox", "--launcher", "--slots", *OF_SLURM),
    *("--notify", "--config"),
)
"""How a session is worked, whoever begins it."""
OF_PAPER = ("--no-review", "--no-paper", "--style", "--paper-anyway")
FLAGS: dict[str, Flag] = {
    "--idea": Flag(
        "which idea, by its Name or its number from 1, where the file holds several",
        options={"dest": "idea_name", "metavar": "NAME", "default": ""},
    ),
    "--model": Flag("a litellm model name, `manual`, or `recorded` (default: the idea's recording)", "model"),
    "--adviser": Flag("the model that advises after each run (default: the same)", "adviser"),
    "--reviewer": Flag("the model that reviews the finished draft (default: the adviser's)", "reviewer"),
    "--coder-model": Flag("the model behind the coder (default: the same)", "coder_model"),
    "--coder": Flag(f"the coder that edits (default: {CoderSettings().name})", "coder"),
    "--base-url": Flag("an OpenAI-compatible server for --model, such as http://localhost:8000/v1", "base_url"),
    "--adviser-base-url": Flag("the same for --adviser", "adviser_base_url"),
    "--reviewer-base-url": Flag("the same for --reviewer", "reviewer_base_url"),
    "--coder-base-url": Flag("the same for --coder-model", "coder_base_url"),
    "--recording": Flag("the recording to play, where a model is `recorded`", "recording"),
    "--template": Flag(
        "the template's folder (default: the one that the idea lies in, such as templates/NAME; else the one of the checkout)",
        options={"type": Path},
    ),
    "--scale": Flag("the template's scale, such as tiny or full (default: the template's)", "scale"),
    "--value": Flag(
        "a value for the template's commands, such as a size beside the scale's own; may be given several times",
        "values",
        {"action": "append", "metavar": "NAME=VALUE", "dest": "value"},
    ),
    "--max-runs": Flag("accepted runs at most (default: 10)", "max_runs", {"type": int}),
    "--seeds": Flag(
        "on how many seeds each run is launched (default: what the idea says, else 1)", "seeds", {"type": int}
    ),
    "--confirm": Flag(
        "which run is launched again on fresh seeds after the last one: auto, none, or a run by its name or number (default: auto)",
        "confirm",
        {"metavar": "RUN"},
    ),
    "--confirm-seeds": Flag(
        "on how many fresh seeds, 2 at least; 0 for none (default: the template's)", "confirm_seeds", {"type": int}
    ),
    "--patience": Flag(
        "end the runs after so many in a row without a gain beyond noise by the primary metric",
        "patience",
        {"type": int, "metavar": "RUNS"},
    ),
    "--budget-usd": Flag(
        "stop, resumable, before a call that could spend more than this; kept for the session",
        "budget_usd",
        {"type": float},
    ),
    "--budget-tokens": Flag(
        "stop, resumable, before a call that could use more tokens; kept for the session",
        "budget_tokens",
        {"type": int},
    ),
    "--timeout": Flag(
        "time limit of one launch (default: the template's)", "timeout_s", {"type": float, "metavar": "SECONDS"}
    ),
    "--sandbox": Flag("how experiments are isolated", "sandbox", {"choices": get_args(SandboxName)}),
    "--launcher": Flag(
        "where launches run: this machine, or jobs of Slurm (default: local)",
        "launcher",
        {"choices": get_args(LauncherName)},
    ),
    "--slots": Flag(
        "launches that run at once on this machine, all sessions together (default: one a GPU, else one for four cores)",
        "slots",
        {"type": int, "metavar": "N"},
    ),
    "--partition": Flag("with --launcher slurm: the partition of its jobs (default: the cluster's)", "partition"),
    "--account": Flag("the account that they are charged to (default: yours)", "account"),
    "--job-minutes": Flag(
        "their time limit (default: that of the command, and five minutes)",
        "job_minutes",
        {"type": int, "metavar": "N"},
    ),
    "--job-gpus": Flag("GPUs of each (default: none)", "job_gpus", {"type": int, "metavar": "N"}),
    "--job-memory": Flag(
        "gigabytes of memory of each (default: the partition's)", "job_memory_gb", {"type": float, "metavar": "GB"}
    ),
    "--notify": Flag(
        "a command that is run, with a JSON object on its stdin, when a session ends, pauses, fails or asks a person",
        "notify_command",
        {"metavar": "COMMAND"},
    ),
    "--config": Flag(
        "a TOML file of settings (default: labloop.toml); with --resume, all of it counts", options={"type": Path}
    ),
    "--out": Flag("folder for sessions (default: runs/)", options={"type": Path, "default": REPOSITORY / "runs"}),
    "--no-paper": Flag("stop after the figures", "paper", {"action": "store_const", "const": False, "default": None}),
    "--no-review": Flag("no review of the draft", "review", {"action": "store_const", "const": False, "default": None}),
    "--style": Flag(
        f"the paper's style: plain, {', '.join(VENUE_NAMES)} (their files in the folder LABLOOP_STYLES), or a .sty or .cls file",
        "style",
        {"metavar": "STYLE"},
    ),
    "--paper-anyway": Flag(
        "figures and paper even where no run was accepted",
        "paper_anyway",
        {"action": "store_const", "const": True, "default": None},
    ),
    "--json": Flag("one JSON object on stdout", options={"action": "store_true"}),
}


def add_flags(parser: argparse.ArgumentParser, *names: str, **helps: str) -> None:
    """Add the flags of these names, in this order; `helps` are a command's own words on one (`no_paper="…"`)."""
    for name in names:
        flag = FLAGS[name]
        parser.add_argument(name, help=helps.get(_dest(name), flag.help), **flag.options)


def given_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given as flags, by short name."""
    named = ((flag.setting, getattr(args, _dest(name), None)) for name, flag in FLAGS.items() if flag.setting)
    return {setting: value for setting, value in named if value is not None}


def _dest(name: str) -> str:
    """The attribute under which argparse keeps a flag."""
    return name.removeprefix("--").replace("-", "_")
