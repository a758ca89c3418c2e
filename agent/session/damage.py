"""What is damaged in a session's folder beside its journal, found before it is worked on, and what a kill left lying about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from agent.errors import SessionError
from agent.session.events import AttemptEnded, Edited, Exchanged, RunAccepted, SessionJournal
from agent.session.files import Blobs
from agent.session.paths import SessionPaths

_LEFT = re.compile(r"\..+\.\d+\.tmp")


def refuse_damage(paths: SessionPaths, journal: SessionJournal, files: Mapping[str, str]) -> None:
    """Raises SessionError where code that the journal names, or that the session began with, is missing, altered or
    would be written elsewhere, or where its events cannot have happened in this order.
    """
    for where, named in ((paths.spec, [files]), (paths.journal, _named(journal))):
        if outside := [name for each in named for name in each if not _is_inside(name)]:
            raise SessionError(
                f"{where}: the code's file {outside[0][:200]!r} lies outside the workspace, where none is written; "
                "put it back from a copy of the session"
            )
    blobs = Blobs(paths.blobs)
    for name in sorted({*files.values(), *_code(journal)}):
        blobs.get(name)
    if wrong := tangled(journal):
        raise SessionError(f"{paths.journal}: {wrong}; put it back from a copy of the session")


def _is_inside(name: str) -> bool:
    """Whether a file's name stays below the folder that it is written into."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\x00" not in name


def tangled(journal: SessionJournal) -> str:
    """Why events, each in its place by number, cannot have come about so: an attempt or a run twice, one before its launch."""
    ended: dict[int, int] = {}
    accepted: set[str] = set()
    before: AttemptEnded | None = None
    for line, event in enumerate(journal.events, 1):
        if isinstance(event, AttemptEnded) and event.number is not None:
            beside = event.run.is_confirmation and event.number not in ended  # of those side by side any may end first
            if ended and event.number <= max(ended) and not beside and not _scored_again(event, before):
                return f"line {line} ends attempt {event.number} after attempt {max(ended)} ended (line {ended[max(ended)]})"
            ended[event.number], before = line, event
        if isinstance(event, RunAccepted):
            if event.run in accepted:
                return f"line {line} accepts {event.run} a second time"
            if event.attempt and event.attempt not in ended:
                return f"line {line} accepts {event.run} before its attempt {event.attempt} has ended"
            accepted.add(event.run)
    return ""


def _scored_again(event: AttemptEnded, before: AttemptEnded | None) -> bool:
    """Whether it ends what the machine had stopped: the experiment's result was there, and only its score was made anew."""
    return before is not None and before.number == event.number and before.outcome == "environment"


def lost(paths: SessionPaths, journal: SessionJournal) -> list[str]:
    """What is missing and was only kept to be looked at: exchanges and folders of runs, a sentence each."""
    exchanges = [event.number for event in journal.all(Exchanged) if not paths.exchange(event.number).is_file()]
    runs = [event.run for event in journal.all(RunAccepted) if not paths.run(event.run).is_dir()]
    named = [*(paths.exchange(number).name for number in exchanges[:5]), *(["…"] if len(exchanges) > 5 else [])]
    return [
        *(
            [f"{paths.exchanges}: {', '.join(named)} missing: the transcript lacks what was asked there"]
            if named
            else []
        ),
        *(f"{paths.run(run)}: missing: its numbers stand in the journal, its files are gone" for run in runs),
    ]


def sweep(paths: SessionPaths) -> list[str]:
    """Take away what a kill left of writes that were never finished (`.name.PID.tmp`); their names."""
    folders = (paths.root, paths.exchanges, paths.blobs, paths.workspace, paths.latex, paths.figures)
    left = [
        path for folder in folders for path in folder.glob(".*.tmp") if _LEFT.fullmatch(path.name) and not path.is_dir()
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return [str(path.relative_to(paths.root)) for path in left]


def _named(journal: SessionJournal) -> Iterator[Mapping[str, str]]:
    """Each version of the code that the journal names, by the names of its files."""
    yield from (edited.files for edited in journal.all(Edited))
    yield from (accepted.code for accepted in journal.all(RunAccepted))


def _code(journal: SessionJournal) -> Iterator[str]:
    for edited in journal.all(Edited):
        yield from edited.files.values()
    for accepted in journal.all(RunAccepted):
        yield from accepted.code.values()
