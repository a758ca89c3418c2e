"""`python agent/run_idea.py ideas/progressive.json`: work an idea through, from baseline to paper."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.checks.result import CheckResult, refusal
from agent.coding.registry import check_coder
from agent.commands.choices import answered, read_task, template_folder
from agent.commands.door import Output, through, work_to_its_end
from agent.commands.ended import told_of
from agent.commands.flags import FLAGS, OF_A_SESSION, OF_PAPER, add_flags, given_settings
from agent.commands.parsing import Flags
from agent.commands.settled import refuse_unheeded, settled
from agent.errors import CheckFailed, UsageError
from agent.models.exchanges import Exchanges
from agent.models.prices import check_prices, prices_by_role
from agent.models.probe import Probe, keep_probes
from agent.models.registry import models_for
from agent.results.story import story_of
from agent.session.confirm_check import check_confirmation
from agent.session.session import Session, open_session, start_session, with_settings
from agent.session.settings import Settings
from agent.session.settings.resumed import differences, resume_settings
from agent.session.settings.variables import refuse_misspelt
from agent.session.template.contract import Template


def parser() -> argparse.ArgumentParser:
    """The command's flags; docs/commands.md is made from them."""
    flags = Flags(
        prog="run_idea.py",
        description="Work one idea through: baseline, runs, notes, figures, paper.",
        epilog="Exit codes: 0 done, 1 error, 2 usage, 3 check failed, 4 budget or model gave out (resumable), "
        "5 finished with findings or without an accepted run, 130 interrupted (resumable).",
    )
    flags.add_argument("idea", nargs="?", type=Path, help="the idea's JSON file, for example ideas/progressive.json")
    add_flags(flags, "--idea", *OF_A_SESSION, "--out")
    flags.add_argument("--resume", type=Path, metavar="SESSION", help="continue an interrupted session")
    flags.add_argument("--dry-run", action="store_true", help="print plan, prompt sizes and commands; touch nothing")
    add_flags(flags, *OF_PAPER, "--json", json="one JSON object on stdout at the end")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _run)


def _run(args: argparse.Namespace) -> Output:
    if (args.idea is None) == (args.resume is None):
        raise UsageError("name an idea file (ideas/progressive.json), or --resume SESSION, and not both")
    if args.resume and args.idea_name:
        raise UsageError(f"--idea {args.idea_name}: a session has its idea already; leave it out, or --resume")
    if args.resume:
        session = _resumed(args)
        return told_of(session, work_to_its_end(session, resume=True))
    asked = settled(args)
    folder = template_folder(args.template, args.idea)
    idea, template = read_task(args.idea, folder, asked.experiment, args.idea_name)
    refuse_misspelt(os.environ, template.environment.keeps)
    settings = answered(asked, args.idea, args.recording)
    check_coder(settings.coder.name)
    if args.dry_run:
        from agent.commands.dry_run import describe

        return Output(text=describe(idea, template, settings))
    probes = _check(template, settings, args.out)
    session = start_session(args.out, idea, template, settings)
    exchanges, prices = Exchanges(session.paths.exchanges), prices_by_role(settings.models)
    keep_probes(probes, session.journal, exchanges, prices)
    return told_of(session, work_to_its_end(session))


def _resumed(args: argparse.Namespace) -> Session:
    """The session to go on with: its own settings, with those given now on top; what changed is said."""
    session = open_session(args.resume)
    if args.dry_run:
        raise UsageError("--dry-run goes with an idea, not with --resume")
    if args.out != FLAGS["--out"].options["default"]:
        raise UsageError(
            f"--out {args.out}: {session.name} goes on where it lies; leave the flag out, or move its folder"
        )
    if args.template and args.template.resolve() != session.template.root.resolve():
        raise UsageError(
            f"--template {args.template}: {session.name} was begun on {session.template.root}, which cannot change within a session; "
            "leave the flag out, or begin a new session"
        )
    refuse_misspelt(os.environ, session.template.environment.keeps)
    given = given_settings(args)
    settings = resume_settings(session.settings, session.surroundings, given, args.config)
    refuse_unheeded(given, settings)
    wanted = settings.limits.max_runs
    if wanted > session.settings.limits.max_runs and story_of(session).runs_are_over:
        raise UsageError(
            f"--max-runs {wanted}: the confirmation, the figures and the draft of {session.name} are about the runs that it has; "
            "begin a new session for more (the baseline is kept)"
        )
    check_confirmation(session.name, session.journal, session.settings, settings)
    check_prices(settings)
    _refuse_in_vain(session, settings)
    changed = with_settings(session, settings)
    for change in differences(session.settings, settings):
        print(f"Changed for this session: {change}", file=sys.stderr)
    return changed


def _refuse_in_vain(session: Session, settings: Settings) -> None:
    """Raises UsageError or CheckFailed for a model or a style that cannot be had, before it is kept for the session."""
    from agent.checks.models import lacking
    from agent.checks.style import style_check

    found: list[CheckResult] = []
    if settings.models != session.settings.models:
        models_for(settings.models, session.paths.requests, session.stop)
        found += lacking(settings.models, session.settings.models)
    if settings.paper.style != session.settings.paper.style:
        found.append(style_check(settings.paper, session.template.latex))
    _refuse(found)


def _check(template: Template, settings: Settings, out: Path) -> list[Probe]:
    """What the check paid models for an answer. Raises CheckFailed with all that is missing."""
    from agent.checks.check import check

    probes: list[Probe] = []
    results = check(template, settings, out, paid=probes.append)
    _refuse(results)
    return probes


def _refuse(results: Sequence[CheckResult]) -> None:
    """Raises CheckFailed with all that is missing."""
    if why := refusal(results):
        raise CheckFailed(why)
