"""`python agent/replay.py runs/…`: drive a past session again from its own answers, or look back at it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from agent.commands.door import Output, through, work_to_its_end
from agent.commands.flags import OF_SLURM, add_flags, given_settings
from agent.commands.parsing import Flags
from agent.commands.settled import refuse_unheeded
from agent.errors import UsageError
from agent.models.names import RECORDED
from agent.replaying.launched import launched_again
from agent.replaying.recorded import recording_of
from agent.results.story import story_of
from agent.session.session import Session, open_session, start_session
from agent.session.settings import overlay


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="replay.py",
        description="Drive a past session again from its own recorded answers into a new session, and say what differs. "
        "Edits, experiments, figures and paper are made for real; no model is asked.",
        epilog="Exit codes: 0 nothing differs beyond noise, 5 something does, else as run_idea.py.",
    )
    flags.add_argument("session", type=Path, help="the past session's folder")
    add_flags(flags, "--out", out="folder for the new session (default: runs/)")
    flags.add_argument("--rerun", metavar="RUN", help="run the recorded code of one run (run_3) again and compare it")
    flags.add_argument("--summary", action="store_true", help="only count what the past session did")
    flags.add_argument("--export", type=Path, metavar="FILE", help="only write the session's answers as a recording")
    flags.add_argument("--origin", default="", help="with --export: how the answers came to be, for the header")
    add_flags(
        flags,
        "--launcher",
        "--slots",
        *OF_SLURM,
        launcher="where launches run (default: as the past session's, on this machine where there is no Slurm)",
        slots="launches that run at once on this machine (default: as the past session's)",
    )
    add_flags(flags, "--json")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _replay)


def _replay(args: argparse.Namespace) -> Output:
    session = open_session(args.session)
    if args.summary:
        counts = asdict(story_of(session).counts)
        return Output(
            text="\n".join(f"{name.replace('_', ' '):18} {count}" for name, count in counts.items()), value=counts
        )
    if args.export:
        recording_of(session, args.origin).save(args.export)
        return Output(text=str(args.export))
    given = given_settings(args)
    session = replace(session, settings=launched_again(session.settings, given))
    refuse_unheeded(given, session.settings)
    return _rerun(session, args.rerun) if args.rerun else _redrive(session, args.out)


def _rerun(session: Session, run: str) -> Output:
    from agent.replaying.compare import compare_run, values_of
    from agent.replaying.rerun import rerun

    again = rerun(session, run)
    compared = _compared(f"{run} run again", compare_run(session, run, again), extra={})
    return replace(compared, text="\n".join([str(compared.text), *values_of(session, run, again)]))


def _redrive(session: Session, out: Path) -> Output:
    from agent.conduct import outcome
    from agent.replaying.compare import compare_sessions

    if not session.journal.events:
        raise UsageError(f"{session.paths.root}: the journal is empty; nothing can be replayed")
    recording = out / f"{session.name}.recording.jsonl"
    recording_of(session).save(recording)
    played = {
        "model": RECORDED,
        "adviser": "",
        "reviewer": "",
        "coder_model": "",
        "recording": str(recording.resolve()),
    }
    settings = overlay(session.settings, "the replay", played)
    unlimited = settings.limits.model_copy(update={"budget_usd": None, "budget_tokens": None})  # nothing is paid for
    settings = settings.model_copy(update={"limits": unlimited})
    again = start_session(out, session.idea, session.template, settings)
    ended = work_to_its_end(again)
    if ended.exit_code not in (0, 5):
        return Output(problem=f"{again.paths.root}: the replay stopped: {ended.reason}", exit_code=ended.exit_code)
    differences = compare_sessions(session, again)
    return _compared(f"{session.name} replayed as {again.name}", differences, outcome(again, ended))


def _compared(what: str, differences: list[str], extra: Mapping[str, Any]) -> Output:
    head = f"{what}: " + (f"{len(differences)} differences" if differences else "nothing differs beyond noise")
    return Output(
        text="\n".join([head, *(f"- {difference}" for difference in differences)]),
        value={"replayed": what, "differences": differences, **extra},
        exit_code=5 if differences else 0,
    )
