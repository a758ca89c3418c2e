"""The session's append-only record of events: the only truth about what happened.

Every costly step goes through `Journal.step`: where the journal already holds the step's event, that event is
returned and nothing is done. Resume, replay and the page all rest on this one mechanism.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, cast

from pydantic import ValidationError

from agent.errors import Interrupted, SessionError
from agent.session.events import EVENT, FORMAT, BaseEvent, Event, SessionStarted
from agent.session.files import sync_folder
from agent.session.steps import Step

log = logging.getLogger(__name__)
E = TypeVar("E", bound=BaseEvent)


class Journal:
    """The events of one session, in order, kept in memory and on disk.

    `stop` is asked before each new step; it answers why the session must stop, or None.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.events: list[Event] = read_events(path)
        self.listeners: list[Callable[[Event], None]] = []
        self.stop: Callable[[], str | None] = lambda: None
        self._by_step: dict[tuple[str, str], Event] = {
            (event.kind, event.step): event for event in self.events if event.step
        }

    def append(self, event: E) -> E:
        """Number the event, write its line, fsync; only then does the event count."""
        numbered = event.model_copy(update={"seq": len(self.events)})
        line = numbered.model_dump_json() + "\n"
        new = not self.path.exists()
        _drop_torn_line(self.path)
        with open(self.path, "ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        if new:
            sync_folder(self.path.parent)
        kept = cast(Event, numbered)  # E is one of them
        self.events.append(kept)
        if numbered.step:
            self._by_step[(numbered.kind, numbered.step)] = kept
        for listener in self.listeners:
            listener(kept)
        return numbered

    def find(self, kind: type[E], step: str) -> E | None:
        """The event of this kind that completed `step`, or None."""
        event = self._by_step.get((kind.model_fields["kind"].default, step))
        return event if isinstance(event, kind) else None

    def step(self, kind: type[E], step: str, work: Callable[[], E]) -> E:
        """The recorded event of this step; else the one that `work` returns now, recorded.

        Raises Interrupted where the session was asked to stop before the work began.
        """
        found = self.find(kind, step)
        if found is not None:
            return found
        if reason := self.stop():
            raise Interrupted(reason)
        return self.append(work().model_copy(update={"step": Step(step)}))

    def all(self, kind: type[E]) -> Iterator[E]:
        """Every event of this kind, in order."""
        return (event for event in self.events if isinstance(event, kind))


def read_events(path: Path) -> list[Event]:
    """The events on disk; a last line cut off by a kill is left out (it never counted).

    Raises SessionError where an earlier line is damaged or the format is newer than this version.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    events: list[Event] = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        if number == len(lines):  # no newline at its end: the write was cut off
            log.warning("%s: line %d was cut off while being written; ignored", path, number)
            break
        try:
            events.append(EVENT.validate_json(line))
        except ValidationError as error:
            raise SessionError(f"{path}: line {number} is damaged: {error.errors()[0]['msg']}") from error
    if events:
        first = events[0]
        if not isinstance(first, SessionStarted):
            raise SessionError(f"{path}: the first line must be session_started; this is no session's journal")
        if first.format > FORMAT:
            raise SessionError(
                f"{path}: format {first.format} is newer than this labloop reads ({FORMAT}); update labloop"
            )
    return events


def _drop_torn_line(path: Path) -> None:
    """Cut a half-written last line off, so that the next line starts clean."""
    if not path.exists():
        return
    with open(path, "rb+") as file:
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            return
        file.seek(size - 1)
        if file.read(1) == b"\n":
            return
        file.seek(0)
        kept = file.read().rfind(b"\n") + 1
        file.truncate(kept)
        os.fsync(file.fileno())
