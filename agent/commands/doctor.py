"""`python agent/doctor.py`: try everything that could fail late in a session, and say what to do about it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from agent.checks.check import check
from agent.checks.result import CheckResult, failed, passed
from agent.checks.session import session_check
from agent.checks.template import idea_check
from agent.commands.choices import template_folder, with_recording
from agent.commands.door import Output, through
from agent.commands.flags import OF_SLURM, add_flags
from agent.commands.parsing import Flags
from agent.commands.settled import settled
from agent.errors import LabloopError, TemplateError, UsageError
from agent.models.names import RECORDED
from agent.session.idea import load_idea
from agent.session.settings.groups import ExperimentSettings
from agent.session.settings.variables import refuse_misspelt
from agent.session.template import load_template
from agent.session.template.contract import Template


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="doctor.py",
        description="Try everything that could fail late in a session. Writes nothing; asks each live model for one token.",
        epilog="Exit codes: 0 a session can start, 2 usage, 3 something it needs is missing.",
    )
    flags.add_argument("idea", nargs="?", type=Path, help="check this idea too, and the model that would work it")
    add_flags(flags, "--idea", "--template", "--scale", "--value")
    add_flags(flags, "--model", model="check this model: a litellm name, `manual` or `recorded`")
    add_flags(flags, "--adviser", "--reviewer", "--coder-model", "--base-url", "--adviser-base-url")
    add_flags(flags, "--reviewer-base-url", "--coder-base-url")
    add_flags(flags, "--budget-usd", budget_usd="whether the price of each model is known, so that this limit can hold")
    add_flags(flags, "--sandbox", sandbox="how experiments will be isolated")
    add_flags(flags, "--launcher", launcher="where launches will run; with slurm, a job of a second is submitted")
    add_flags(flags, *OF_SLURM)
    flags.add_argument("--session", type=Path, help="look for damage in this session too, before it is resumed")
    add_flags(flags, "--config", "--out", "--no-paper", no_paper="leave TeX out")
    add_flags(flags, "--json", json="one JSON object on stdout: ok, checks")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 0 where a session can start, 3 where it cannot."""
    return through(parser(), argv, _examine)


def _examine(args: argparse.Namespace) -> Output:
    settings = with_recording(settled(args), args.idea)
    if settings.models.writer == RECORDED and not args.idea and not settings.models.recording:
        raise UsageError("--model recorded: name the idea whose recording is meant")
    folder = template_folder(args.template, args.idea)
    template, found = _template(folder, settings.experiment)
    refuse_misspelt(os.environ, template.environment.keeps if template else ())
    results = [found]
    results += _idea(args.idea, args.idea_name, template) if args.idea else []
    results += [session_check(args.session)] if args.session else []
    results += check(template, settings, args.out, True)
    ok = all(result.ok or not result.fatal for result in results)
    last = "A session can start." if ok else "A session cannot start before what is marked ✗ is mended."
    return Output(
        text="\n".join([*_table(results), "", last]),
        value={"ok": ok, "checks": [asdict(result) for result in results]},
        exit_code=0 if ok else 3,
    )


def _template(folder: Path, asked: ExperimentSettings) -> tuple[Template | None, CheckResult]:
    """The template, and whether it can be read. Raises UsageError for a scale that it does not have."""
    try:
        template = load_template(folder, asked.scale, asked.values)
    except TemplateError as error:
        return None, failed("template", str(error), "mend the template, or name another with --template")
    at = f" at scale {template.scale}" if template.scale else ""
    return template, passed("template", f"{template.name}{at}: {template.title}")


def _idea(path: Path, name: str, template: Template | None) -> list[CheckResult]:
    """Whether the idea can be read, and fits the template where there is one."""
    try:
        idea = load_idea(path, name)
    except LabloopError as error:
        return [failed("idea", str(error), "mend the idea's file")]
    return [idea_check(idea, template)] if template else []


def _table(results: Sequence[CheckResult]) -> list[str]:
    """A line for each result and one for each remedy; coloured on a terminal."""
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    marks = {"ok": ("✓", "32"), "warning": ("!", "33"), "failed": ("✗", "31")}
    lines = []
    for result in results:
        mark, code = marks["ok" if result.ok else "failed" if result.fatal else "warning"]
        shown = f"\x1b[{code}m{mark}\x1b[0m" if color else mark
        lines.append(f"{shown} {result.name:<24} {result.seconds:5.1f} s  {result.detail}")
        if not result.ok and result.remedy:
            lines.append(f"  {'':<24}          → {result.remedy}")
    return lines
