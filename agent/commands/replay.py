"""`python agent/replay.py runs/…`: drive a past session again from its own answers, or look back at it."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from agent.errors import LabloopError, UsageError
from agent.replaying.recorded import recording_of
from agent.session.paths import REPOSITORY
from agent.session.session import Session, open_session, start_session
from agent.session.settings import overlay


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = argparse.ArgumentParser(
        prog="replay.py",
        description="Drive a past session again from its own recorded answers into a new session, and say what differs. "
        "Edits, experiments, figures and paper are made for real; no model is asked.",
        epilog="Exit codes: 0 nothing differs beyond noise, 5 something does, else as run_idea.py.",
    )
    flags.add_argument("session", type=Path, help="the past session's folder")
    flags.add_argument(
        "--out", type=Path, default=REPOSITORY / "runs", help="folder for the new session (default: runs/)"
    )
    flags.add_argument("--rerun", metavar="RUN", help="run the recorded code of one run (run_3) again and compare it")
    flags.add_argument("--summary", action="store_true", help="only count what the past session did")
    flags.add_argument("--export", type=Path, metavar="FILE", help="only write the session's answers as a recording")
    flags.add_argument("--origin", default="", help="with --export: how the answers came to be, for the header")
    flags.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return flags


def main(argv: list[str] | None = None) -> int:
    """The command; its exit status."""
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        session = open_session(args.session)
        if args.summary:
            return _summary(session, args.json)
        if args.export:
            recording_of(session, args.origin).save(args.export)
            print(args.export)
            return 0
        return _rerun(session, args) if args.rerun else _redrive(session, args)
    except LabloopError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def _summary(session: Session, as_json: bool) -> int:
    from agent.replaying.summary import summarise

    counts = asdict(summarise(session.journal.events))
    if as_json:
        print(json.dumps(counts))
    else:
        for name, count in counts.items():
            print(f"{name.replace('_', ' '):18} {count}")
    return 0


def _rerun(session: Session, args: argparse.Namespace) -> int:
    from agent.replaying.compare import compare_run
    from agent.replaying.rerun import rerun

    differences = compare_run(session, args.rerun, rerun(session, args.rerun))
    return _report(f"{args.rerun} run again", differences, args.json, extra={})


def _redrive(session: Session, args: argparse.Namespace) -> int:
    from agent.conduct import conduct, outcome
    from agent.replaying.compare import compare_sessions
    from agent.signals import ignore_further

    if not session.journal.events:
        raise UsageError(f"{args.session}: the journal is empty; nothing can be replayed")
    recording = args.out / f"{session.name}.recording.jsonl"
    recording_of(session).save(recording)
    played = {"model": "recorded", "adviser": "", "coder_model": "", "recording": str(recording.resolve())}
    settings = overlay(session.settings, "the replay", played)
    again = start_session(args.out, session.idea, session.template, settings)
    ended = conduct(again)
    if ended.state == "interrupted":
        ignore_further()
    if ended.exit_code not in (0, 5):
        print(f"error: the replay stopped: {ended.reason}", file=sys.stderr)
        return ended.exit_code
    differences = compare_sessions(session, again)
    return _report(f"{session.name} replayed as {again.name}", differences, args.json, outcome(again, ended))


def _report(what: str, differences: list[str], as_json: bool, extra: dict[str, object]) -> int:
    if as_json:
        print(json.dumps({"replayed": what, "differences": differences, **extra}))
    else:
        print(f"{what}: " + ("nothing differs beyond noise" if not differences else f"{len(differences)} differences"))
        for difference in differences:
            print(f"- {difference}")
    return 5 if differences else 0
