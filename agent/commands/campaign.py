"""`python agent/campaign.py ideas/ --sessions 4`: many ideas, models and repeats, and one report in the morning."""

from __future__ import annotations

import argparse
import itertools
import os
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from agent.campaigns.campaign import Campaign, open_campaign, resumed_with, start_campaign, within
from agent.campaigns.conduct import conduct_campaign
from agent.campaigns.named import idea_files
from agent.campaigns.planning import Asked, plan_entries
from agent.campaigns.report import as_json
from agent.campaigns.shown import markdown
from agent.campaigns.spec import Entry
from agent.checks.check import check
from agent.checks.result import refusal
from agent.coding.registry import check_coder
from agent.commands.choices import answered, plays, read_task, template_folder
from agent.commands.door import Output, through
from agent.commands.flags import OF_A_SESSION, OF_PAPER, add_flags, given_settings
from agent.commands.parsing import Flags
from agent.commands.settled import refuse_unheeded, settled
from agent.errors import CheckFailed, UsageError
from agent.models.prices import check_prices
from agent.models.probe import Probe
from agent.models.shared import Budget
from agent.results.english import counted
from agent.results.story.state import OVER
from agent.session.idea import Idea
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings, overlay, resolve
from agent.session.settings.variables import refuse_misspelt
from agent.session.template import load_template
from agent.signals import heeded_at_its_edges

_OF_ALL = ("budget_usd", "budget_tokens")
"""Flags that stand for the whole campaign, not for each session."""
_NOT_AGAIN = ("idea", "template", "scale", "value", "models", "model", "repeat", "out", "recording")
"""What a campaign that is taken up again has already."""
Probes = dict[tuple[str, str], list[Probe]]


def parser() -> argparse.ArgumentParser:
    """The command's flags; docs/commands.md is made from them."""
    flags = Flags(
        prog="campaign.py",
        description="Work many ideas, over models and repeats, several sessions at once; one folder, one budget, one report.",
        epilog="Exit codes: 0 all done, 1 error, 2 usage, 3 check failed, 4 some sessions paused (resumable), 5 some ended with "
        "findings, without an accepted run or with an error, 130 interrupted (resumable).",
    )
    flags.add_argument("idea", nargs="*", type=Path, help="ideas: JSON files, lists of ideas, folders of such files")
    flags.add_argument("--sessions", type=int, metavar="N", help="sessions that are worked at once (default: 4)")
    flags.add_argument("--models", metavar="A,B", help="work each idea with each of these models")
    flags.add_argument(
        "--repeat", type=int, metavar="N", help="work each idea so many times with each model (default: 1)"
    )
    add_flags(
        flags,
        *OF_A_SESSION,
        budget_usd="stop, resumable, before a call of any session that could bring all of them together beyond this",
        budget_tokens="the same in tokens",
    )
    flags.add_argument("--out", type=Path, help="the campaign's folder, a new one (default: runs/TIME_campaign)")
    flags.add_argument("--resume", type=Path, metavar="CAMPAIGN", help="continue a campaign")
    flags.add_argument("--dry-run", action="store_true", help="print the sessions that there would be; touch nothing")
    add_flags(flags, *OF_PAPER, "--json", json="report.json on stdout at the end")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _run)


def _run(args: argparse.Namespace) -> Output:
    if bool(args.idea) == (args.resume is not None):
        raise UsageError("name ideas (files, or a folder of them), or --resume CAMPAIGN, and not both")
    for flag, value in {"--sessions": args.sessions, "--repeat": args.repeat}.items():
        if value is not None and value < 1:
            raise UsageError(f"{flag} {value}: at least 1")
    if args.resume:
        return _worked(_resumed(args), True, {})
    budget = _budget(args)
    settings, entries = _planned(args)
    if args.dry_run:
        return Output(text=_listed(entries))
    out = args.out or _new_folder(REPOSITORY / "runs")
    entries, probes = _checked(entries, settings, budget, out)
    campaign = start_campaign(out, entries, settings, args.sessions or 4, budget)
    return _worked(campaign, False, probes)


def _new_folder(runs: Path) -> Path:
    """Where a campaign lies that nobody named a folder for: unlike those that were begun in the same second."""
    name = f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}_campaign"
    names = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
    return next(runs / each for each in names if not (runs / each).exists())


def _budget(args: argparse.Namespace) -> Budget:
    """What all sessions may spend together. Raises UsageError for what no budget may be."""
    given = {name: value for name, value in given_settings(args).items() if name in _OF_ALL}
    limits = overlay(Settings(), "the command line", given).limits
    return Budget(usd=limits.budget_usd, tokens=limits.budget_tokens)


def _planned(args: argparse.Namespace) -> tuple[Settings, list[Entry]]:
    """How each session is worked, and which there are. What cannot be is told at once; raises UsageError where nothing can."""
    models = tuple(dict.fromkeys(name.strip() for name in (args.models or "").split(",") if name.strip()))
    if args.models is not None and not models:
        raise UsageError(f"--models {args.models!r}: names no model; name one or several with commas, or leave it out")
    if models and args.model is not None:
        raise UsageError("--model and --models: name them all with --models")
    settings = settled(args, without=_OF_ALL)
    check_coder(settings.coder.name)

    def read(path: Path, number: str) -> tuple[Idea, Path]:
        folder = template_folder(args.template, path)
        idea, template = read_task(path, folder, settings.experiment, number)
        refuse_misspelt(os.environ, template.environment.keeps)
        return idea, template.root

    def with_answers(settings: Settings, path: Path) -> Settings:
        return answered(settings, path, told=False)  # of a hundred ideas, it would be a hundred lines

    asked = Asked(models or (settings.models.writer,), args.repeat or 1)
    entries = plan_entries(idea_files(args.idea), asked, settings, read, with_answers)
    _tell_refused(entries)
    if all(entry.refused for entry in entries):
        raise UsageError("no session can be begun: mend what is told above")
    if args.recording and not any(plays(entry.settings(settings)) for entry in entries):
        raise UsageError(
            f"--recording {args.recording}: no model plays it (`recorded` does); leave it out, or add that"
        )
    return settings, entries


def _checked(entries: list[Entry], settings: Settings, budget: Budget, out: Path) -> tuple[list[Entry], Probes]:
    """The entries after the check, once for each template and model; and what it paid models for an answer.

    A budget that all share limits what it may ask too, and can hold only where each price is known.

    Raises CheckFailed where none of them passes.
    """
    probes: Probes = {}
    failed: dict[tuple[str, str], str] = {}
    for entry in (entry for entry in entries if not entry.refused):
        pair = entry.template, entry.model
        if pair in probes:
            continue
        mine = within(budget, entry.settings(settings))
        template = load_template(Path(entry.template), mine.experiment.scale, mine.experiment.values)
        results = check(template, mine, out.parent, paid=probes.setdefault(pair, []).append)
        if why := refusal(results):
            failed[pair] = why
    found = [
        entry if entry.refused else entry.model_copy(update={"refused": failed.get((entry.template, entry.model), "")})
        for entry in entries
    ]
    if all(entry.refused for entry in found):
        raise CheckFailed("\n".join(dict.fromkeys(failed.values())))
    _tell_refused([entry for entry, before in zip(found, entries, strict=True) if entry.refused != before.refused])
    return found, probes


def _tell_refused(entries: Sequence[Entry]) -> None:
    """What is refused, each reason once for all models and repeats."""
    for (_, why), same in itertools.groupby(entries, key=lambda entry: (entry.source, entry.refused)):
        keys = [entry.key for entry in same]
        if why:
            print(f"{keys[0]}{f' to {keys[-1]}' if len(keys) > 1 else ''}: not begun: {why}", file=sys.stderr)


def _resumed(args: argparse.Namespace) -> Campaign:
    """The campaign to go on with, with what is said now on top."""
    named = [name for name in _NOT_AGAIN if getattr(args, name, None)]
    if named or args.dry_run:
        flag = named[0] if named else "dry-run"
        raise UsageError(f"--{flag}: a campaign has that already; leave it out, or begin a new one")
    resolve(given_settings(args), args.config)  # a value that no setting may have is refused, also of the environment
    given = {name: value for name, value in given_settings(args).items() if name not in _OF_ALL}
    campaign = resumed_with(open_campaign(args.resume), args.sessions, _budget(args), given, args.config)
    refuse_unheeded(given, campaign.spec.settings)
    for entry in campaign.spec.wanted:
        check_prices(within(campaign.spec.budget, entry.settings(campaign.spec.settings)))
    return campaign


def _worked(campaign: Campaign, resume: bool, probes: Probes) -> Output:
    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with heeded_at_its_edges(campaign.stop):
        ended, report = conduct_campaign(campaign, say, resume, probes)
    lines = [markdown(report).rstrip(), "", f"page     {campaign.paths.page}"]
    if any(row.state not in OVER and row.state != "refused" for row in report.rows):
        lines.append(f"resume   python agent/campaign.py --resume {shlex.quote(os.path.relpath(campaign.paths.root))}")
    return Output(text="\n".join(lines), value=as_json(report), exit_code=ended.exit_code)


def _listed(entries: Sequence[Entry]) -> str:
    """The sessions that there would be, a line each."""
    rows = [
        f"{entry.key}: {entry.refused or f'{Path(entry.template).name}, {entry.model}, {entry.source}'}"
        for entry in entries
    ]
    return "\n".join([f"{counted(len(entries), 'session')}:", *rows])
