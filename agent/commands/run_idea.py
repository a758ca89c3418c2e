"""`python agent/run_idea.py ideas/progressive.json`: work an idea through, from baseline to paper."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from agent.coding.registry import check_coder
from agent.errors import CheckFailed, LabloopError, UsageError
from agent.models.registry import recording_path
from agent.session.events import FiguresDrawn
from agent.session.idea import Idea, load_idea
from agent.session.paths import REPOSITORY
from agent.session.session import Session, check_metrics, open_session, start_session
from agent.session.settings import Settings, overlay, resolve
from agent.session.template import Template, load_template, template_of


def parser() -> argparse.ArgumentParser:
    """The command's flags; docs/commands.md is made from them."""
    flags = argparse.ArgumentParser(
        prog="run_idea.py",
        description="Work one idea through: baseline, runs, notes, figures, paper.",
        epilog="Exit codes: 0 done, 1 error, 2 usage, 3 check failed, 4 budget or model gave out (resumable), "
        "5 finished with findings, 130 interrupted (resumable).",
    )
    flags.add_argument("idea", nargs="?", type=Path, help="the idea's JSON file, for example ideas/progressive.json")
    flags.add_argument("--model", help="a litellm model name, `manual`, or `recorded` (default: the idea's recording)")
    flags.add_argument("--adviser", help="the model that advises after each run (default: the same)")
    flags.add_argument("--coder-model", help="the model behind the coder (default: the same)")
    flags.add_argument("--coder", help="the coder that edits (default: aider)")
    flags.add_argument("--base-url", help="an OpenAI-compatible server for --model, such as http://localhost:8000/v1")
    flags.add_argument("--recording", help="the recording to play, where a model is `recorded`")
    flags.add_argument(
        "--template",
        type=Path,
        help="the template's folder (default: the one that the idea lies in, such as templates/NAME; else the SAE template)",
    )
    flags.add_argument("--scale", help="the template's scale, such as tiny or full (default: the template's)")
    flags.add_argument("--max-runs", type=int, help="accepted runs at most (default: 10)")
    flags.add_argument("--budget-usd", type=float, help="stop, resumable, before spending more than this")
    flags.add_argument("--budget-tokens", type=int, help="stop, resumable, before using more tokens than this")
    flags.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="time limit of one launch (default: the template's)"
    )
    flags.add_argument("--sandbox", choices=("auto", "bwrap", "plain"), help="how experiments are isolated")
    flags.add_argument("--config", type=Path, help="a TOML file of settings (default: labloop.toml)")
    flags.add_argument("--out", type=Path, default=REPOSITORY / "runs", help="folder for sessions (default: runs/)")
    flags.add_argument("--resume", type=Path, metavar="SESSION", help="continue an interrupted session")
    flags.add_argument("--dry-run", action="store_true", help="print plan, prompt sizes and commands; touch nothing")
    flags.add_argument("--no-paper", action="store_true", help="stop after the figures")
    flags.add_argument("--json", action="store_true", help="one JSON object on stdout at the end")
    return flags


def main(argv: list[str] | None = None) -> int:
    """The command; its exit status."""
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        return _run(args)
    except LabloopError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def _run(args: argparse.Namespace) -> int:
    if (args.idea is None) == (args.resume is None):
        raise UsageError("name an idea file (ideas/progressive.json), or --resume SESSION, and not both")
    if args.resume:
        return _finish(args, _resumed(args))
    idea = load_idea(args.idea)
    scale = resolve(_flags(args), args.config).experiment.scale
    template = load_template(args.template or template_of(args.idea), scale)
    settings = _settings(args, args.idea)
    check_metrics(idea, template)
    check_coder(settings.coder.name)
    if args.dry_run:
        from agent.commands.dry_run import describe

        print(describe(idea, template, settings))
        return 0
    _check(idea, template, settings, args)
    return _finish(args, start_session(args.out, idea, template, settings))


def _settings(args: argparse.Namespace, idea: Path) -> Settings:
    settings = resolve(_flags(args), args.config)
    recording = Path(settings.models.recording) if settings.models.recording else recording_path(idea)
    played = "recorded" in (settings.models.writer, settings.models.adviser, settings.models.coder)
    if args.recording and settings.models.writer and not played:
        raise UsageError(
            f"--recording {args.recording}: --model {settings.models.writer} plays none; leave one of them out"
        )
    if not settings.models.writer and (recording.is_file() or settings.models.recording):
        print(
            f"No model named: playing the recording {recording} (edits, experiments, figures and paper are made for real).",
            file=sys.stderr,
        )
        return overlay(settings, "the idea", {"model": "recorded", "recording": str(recording.resolve())})
    if not settings.models.writer:
        raise UsageError(
            f"no model is named and {recording} does not exist: give --model NAME (any litellm model; the key in the "
            "provider's environment variable), --model NAME --base-url URL for a local server, or --model manual"
        )
    if played and not settings.models.recording:
        if not recording.is_file():
            raise UsageError(f"--model recorded: {recording} does not exist; name one with --recording FILE")
        return overlay(settings, "the idea", {"recording": str(recording.resolve())})
    return settings


def _flags(args: argparse.Namespace) -> dict[str, Any]:
    names = (
        "model",
        "adviser",
        "coder",
        "coder_model",
        "base_url",
        "recording",
        "max_runs",
        "budget_usd",
        "budget_tokens",
        "sandbox",
        "scale",
    )
    flags = {name: getattr(args, name) for name in names}
    return flags | {"timeout_s": args.timeout, "paper": False if args.no_paper else None}


def _resumed(args: argparse.Namespace) -> Session:
    """The session to go on with: its own settings, with the flags given now on top."""
    session = open_session(args.resume)
    settings = overlay(session.settings, "the command line", _flags(args))
    if args.dry_run:
        raise UsageError("--dry-run goes with an idea, not with --resume")
    if settings.limits.max_runs > session.settings.limits.max_runs and any(session.journal.all(FiguresDrawn)):
        raise UsageError(
            f"--max-runs {settings.limits.max_runs}: the figures and the draft of {session.name} are about the runs that it has; "
            "begin a new session for more (the baseline is kept)"
        )
    return open_session(args.resume, settings)


def _check(idea: Idea, template: Template, settings: Settings, args: argparse.Namespace) -> None:
    from agent.checks.check import check

    failed = [result for result in check(idea, template, settings, args.out) if result.fatal and not result.ok]
    if failed:
        lines = [f"{result.name}: {result.detail}; {result.remedy}" for result in failed]
        raise CheckFailed("the check found what would fail later:\n  " + "\n  ".join(lines))


def _finish(args: argparse.Namespace, session: Session) -> int:
    from agent.conduct import conduct, outcome
    from agent.signals import ignore_further

    ended = conduct(session, resume=args.resume is not None)
    if ended.state == "interrupted":
        ignore_further()
    result = outcome(session, ended)
    if args.json:
        print(json.dumps(result))
    else:
        print(f"session  {session.paths.root}\nstate    {ended.state}{f' ({ended.reason})' if ended.reason else ''}")
        print(f"runs     {result['runs_completed']} accepted in {result['attempts']} attempts")
        print(f"tokens   {result['tokens_sent']} sent, {result['tokens_received']} received")
        print(f"paper    {result['paper'] or 'none'}\npage     {session.paths.page}")
        if ended.exit_code in (4, 130):
            print(f"resume   python agent/run_idea.py --resume {os.path.relpath(session.paths.root)}")
    return ended.exit_code
