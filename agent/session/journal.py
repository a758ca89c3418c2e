"""An append-only record of events: the only truth about what happened.

Every costly step goes through `Journal.step`: where the journal already holds the step's event, that event is
returned and nothing is done. Resume, replay and the page all rest on this one mechanism. Which events there are is
the caller's: a `Format` names their union and the class of the first line (a session's own: events/).
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.errors import SessionError
from agent.session.files import naming, sync_folder
from agent.session.steps import Step
from agent.session.stop import Stop

log = logging.getLogger(__name__)
_BOM = b"\xef\xbb\xbf"
"""What some editors put at the beginning of a file."""


class BaseEvent(BaseModel):
    """What every event has."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    """Which class this is."""
    seq: int = -1
    """Place in the journal, from 0; given when the event is appended."""
    time: str = Field(default_factory=lambda: datetime.now(timezone.utc).isoformat(timespec="milliseconds"))
    """UTC, ISO-8601."""
    step: Step = Step("")
    """The step that this event completes."""


class FirstEvent(BaseEvent):
    """What the first line of every journal has."""

    format: int
    """Version of the journal's format."""


E = TypeVar("E", bound=BaseEvent)
Event = TypeVar("Event", bound=BaseEvent)


@dataclass(frozen=True)
class Format(Generic[Event]):
    """What one kind of journal holds."""

    events: TypeAdapter[Event]
    """Reads a line into one event of the union."""
    first: type[FirstEvent]
    """The class of the first line."""
    version: int
    """The newest format that can be read."""


class Journal(Generic[Event]):
    """The events of one piece of work, in order, kept in memory and on disk. `stop` is asked before each new step."""

    def __init__(
        self, path: Path, form: Format[Event], stop: Stop | None = None, events: Sequence[Event] | None = None
    ) -> None:
        """`events`: those of the file, where somebody has just read it."""
        self.path = path
        self.form = form
        self.stop = stop or Stop()
        self.events: list[Event] = read_events(path, form) if events is None else list(events)
        self._writing = threading.RLock()
        self._listeners: list[Callable[[Event], None]] = []
        self._by_step: dict[tuple[str, str], Event] = {
            (event.kind, event.step): event for event in self.events if event.step
        }

    def append(self, event: E) -> E:
        """Number the event, write its line, fsync; only then does the event count. One thread at a time."""
        with self._writing:
            return self._appended(event)

    def _appended(self, event: E) -> E:
        numbered = event.model_copy(update={"seq": len(self.events)})
        line = numbered.model_dump_json() + "\n"
        new = not self.path.exists()
        with naming(self.path):
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
        for listener in self._listeners:
            listener(kept)
        return numbered

    def find(self, kind: type[E], step: str) -> E | None:
        """The event of this kind that completed `step`, or None."""
        event: BaseEvent | None = self._by_step.get((kind.model_fields["kind"].default, step))
        return event if isinstance(event, kind) else None

    def step(self, kind: type[E], step: str, work: Callable[[], E]) -> E:
        """The recorded event of this step; else the one that `work` returns now, recorded.

        Raises Interrupted where a stop was requested before the work began.
        """
        found = self.find(kind, step)
        if found is not None:
            return found
        self.stop.check()
        return self.append(work().model_copy(update={"step": Step(step)}))

    def all(self, kind: type[E]) -> Iterator[E]:
        """Every event of this kind, in order."""
        events: Sequence[BaseEvent] = self.events
        return (event for event in events if isinstance(event, kind))

    @contextmanager
    def heard_by(self, listener: Callable[[Event], None]) -> Iterator[None]:
        """While this lasts, the listener is told of each event that is recorded."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)


def read_events(path: Path, form: Format[Event]) -> list[Event]:
    """The events on disk; a last line cut off by a kill is left out (it never counted).

    Raises SessionError where an earlier line is damaged or the format is newer than this version.
    """
    events, damage = readable_events(path, form)
    if damage:
        raise SessionError(f"{path}: {damage}")
    return events


def readable_events(path: Path, form: Format[Event]) -> tuple[list[Event], str]:
    """Every event that can still be read, and what is wrong with the journal; empty where nothing is."""
    if not path.exists():
        return [], ""
    lines = path.read_bytes().removeprefix(_BOM).split(b"\n")
    events: list[Event] = []
    damage = ""
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        if number == len(lines):  # no newline at its end: the write was cut off
            log.warning("%s: line %d was cut off while being written; ignored", path, number)
            break
        try:
            event = form.events.validate_json(line)
            damage = damage or _misplaced(event, events, number, path)
            events.append(event)
        except ValidationError as error:
            damage = damage or f"line {number} is damaged: {error.errors()[0]['msg']}; {_remedy(path, number, lines)}"
    return events, damage or _unfit(events, form)


def _misplaced(event: BaseEvent, before: Sequence[BaseEvent], number: int, path: Path) -> str:
    """Why this line does not follow those before it: events carry their place, so none may come twice or be gone."""
    if event.seq in (-1, len(before)):  # one that was never numbered says nothing
        return ""
    if 0 <= event.seq < len(before) and before[event.seq].seq == event.seq:
        what = f"line {number} repeats event {event.seq} ({event.kind}), which stands above it"
    else:
        what = f"line {number} holds event {event.seq} ({event.kind}) where event {len(before)} belongs: lines were swapped or lost"
    return (
        f'{what}; put {path.name} back from a copy of the session, or its lines in the order of their "seq", each once'
    )


def _remedy(path: Path, number: int, lines: list[bytes]) -> str:
    """What may be done about a damaged line: the last one may be set aside, for its step only is worked again."""
    if number > 1 and not any(lines[number:]):
        return (
            f"it is the last: to set it aside, `cp {path.name} {path.name}.damaged && sed -i '{number},$d' {path.name}` "
            f"in {path.parent}, and --resume works its step again"
        )
    return "put the file back from a copy of the session; there is no going on without this line"


def _unfit(events: list[Event], form: Format[Event]) -> str:
    """Why these are not the events of such a journal; empty where they are."""
    if not events:
        return ""
    first: BaseEvent = events[0]
    if not isinstance(first, form.first):
        wanted = form.first.model_fields["kind"].default
        return f"the first line must be {wanted}; this is no {wanted.partition('_')[0]}'s journal"
    if first.format > form.version:
        return f"format {first.format} is newer than this labloop reads ({form.version}); update labloop"
    return ""


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
