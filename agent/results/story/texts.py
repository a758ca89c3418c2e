"""What a journal says was written: plan, notes, advice, figures, sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from agent.session.events import Advised, Event, FiguresDrawn, Noted, Planned, SectionWritten
from agent.session.journal import BaseEvent
from agent.session.steps import FIGURES, RunName, Step

E = TypeVar("E", bound=BaseEvent)


@dataclass(frozen=True)
class Told:
    """A journal's events, asked by their kind."""

    events: Sequence[Event] = field(repr=False)

    def all(self, kind: type[E]) -> Iterator[E]:
        """Every event of this kind, in order."""
        return (event for event in self.events if isinstance(event, kind))

    def last(self, kind: type[E]) -> E | None:
        """The latest event of this kind."""
        return next((event for event in reversed(self.events) if isinstance(event, kind)), None)


@dataclass(frozen=True)
class Texts(Told):
    """The texts among them."""

    @property
    def plan(self) -> str:
        """The plan; empty before there is one."""
        return next((event.text for event in self.all(Planned)), "")

    @property
    def notes(self) -> dict[Step, Noted]:
        """The latest note on each subject: runs in order, the figures last."""
        latest = {event.subject: event for event in self.all(Noted)}
        return {subject: latest[subject] for subject in sorted(latest, key=_run_order)}

    @property
    def run_notes(self) -> dict[RunName, Noted]:
        """The latest note on each run, in order."""
        return {run: note for subject, note in self.notes.items() if (run := subject.run)}

    @property
    def figures_note(self) -> Noted | None:
        return self.notes.get(Step(FIGURES))

    @property
    def last_note(self) -> Noted | None:
        """The note that was written last on a run."""
        return next((note for note in reversed(list(self.all(Noted))) if note.subject.run), None)

    @property
    def advice(self) -> Advised | None:
        """The second model's last word."""
        return self.last(Advised)

    @property
    def figures(self) -> FiguresDrawn | None:
        """The figures as they were drawn last; None before a plot went well."""
        return next((event for event in reversed(list(self.all(FiguresDrawn))) if event.ok), None)

    @property
    def sections(self) -> dict[str, SectionWritten]:
        """The last version of each section of the draft, in the order in which they were begun."""
        return {event.section: event for event in self.all(SectionWritten) if event.phase != "title"}

    @property
    def title(self) -> str:
        """The draft's title as it was settled last; empty before there is one."""
        return next((event.title for event in reversed(list(self.all(SectionWritten))) if event.title), "")


def _run_order(subject: Step) -> tuple[bool, int]:
    """Runs by their number, whatever else there is behind them."""
    return (subject.run is None, subject.run.number if subject.run else 0)
