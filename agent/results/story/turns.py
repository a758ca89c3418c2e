"""What was tried for each run, turn by turn: the events of one run, sorted out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.results.story import Story
from agent.session.events import (
    Advised,
    AttemptBegun,
    AttemptEnded,
    Edited,
    Event,
    FiguresDrawn,
    Noted,
    RunAbandoned,
    RunAccepted,
    RunDropped,
)
from agent.session.steps import RunName, Step


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn of the coder and what came of it; any part may be missing: a baseline has no edits."""

    step: Step
    edit: Edited | None = None
    ended: AttemptEnded | FiguresDrawn | None = None
    """The launch that followed."""
    cut_off: AttemptBegun | None = None
    """A launch that has no end: it runs now, or was killed."""
    repeated: bool = False
    """The launch failed as an earlier one of the same run did."""
    given_up: RunAbandoned | None = None
    """Here the run was given up."""

    @property
    def is_open(self) -> bool:
        """Whether a launch can still stand beside its edit."""
        return self.ended is None and self.cut_off is None and self.given_up is None


@dataclass(frozen=True, kw_only=True)
class RunStory:
    """One run, as far as anything is known of it."""

    name: RunName
    title: str
    """As it was accepted, else as it was given up last; empty before either."""
    turns: tuple[Turn, ...]
    accepted: RunAccepted | None
    note: str
    """The last note on it, with its numbers; empty where there is none."""
    advice: str
    """The second model's word on it; empty where there is none."""
    forms: tuple[Noted, ...] = ()
    """Every form of its note, in order."""
    parent: RunName | None = None
    """The run from whose code it began or begins; None for the baseline."""
    why_parent: str = ""
    """Why that one; empty where nothing was decided."""
    dropped: RunDropped | None = None
    """A person took it out of what counts."""

    @property
    def given_up(self) -> bool:
        return self.accepted is None and bool(self.turns) and self.turns[-1].given_up is not None

    @property
    def coder_was_done(self) -> bool:
        """Whether its last edit was none, since the coder said that all is completed."""
        edits = [turn.edit for turn in self.turns if turn.edit]
        return self.accepted is None and bool(edits) and edits[-1].completed


def runs_told(story: Story) -> list[RunStory]:
    """Every run that anything is known of, in the order in which it began."""
    by_run: dict[RunName, list[Event]] = {}
    for event in story.events:
        if (name := _run_of(event)) is not None:
            by_run.setdefault(name, []).append(event)
    return [_placed(_run_told(name, events, story.cut_off), story) for name, events in by_run.items()]


def _placed(run: RunStory, story: Story) -> RunStory:
    """The run with what the others say of it: from which it began, and whether it counts."""
    parent = story.parent_of(run.name)
    return replace(
        run,
        parent=parent.run if parent else None,
        why_parent=story.why_parent(run.name),
        dropped=story.dropped.get(run.name),
    )


def figure_turns(story: Story) -> tuple[Turn, ...]:
    """The turns in which the figures were drawn."""
    return _turns(
        [
            event
            for event in story.events
            if isinstance(event, FiguresDrawn) or (isinstance(event, Edited) and event.step.is_of_figures)
        ]
    )


def confirm_turns(story: Story) -> tuple[Turn, ...]:
    """The launches on fresh seeds, those without an end last."""
    ended = [event for event in story.all(AttemptEnded) if event.run.is_confirmation]
    open_ones = (begun for begun in story.cut_off if begun.run.is_confirmation)
    return (*_turns(ended), *(Turn(step=begun.step, cut_off=begun) for begun in open_ones))


def _run_of(event: Event) -> RunName | None:
    match event:
        case Edited():
            return event.step.run
        case AttemptBegun(run=run) | AttemptEnded(run=run) if run.is_confirmation:
            return None  # no try at the run
        case AttemptBegun() | AttemptEnded() | RunAccepted() | RunAbandoned() | Advised():
            return Step(event.run).run
        case Noted():
            return RunName.parse(event.subject)
        case _:
            return None


def _run_told(name: RunName, events: Sequence[Event], cut_off: Sequence[AttemptBegun]) -> RunStory:
    titles = [event.title for event in events if isinstance(event, RunAccepted | RunAbandoned) and event.title]
    accepted = [event for event in events if isinstance(event, RunAccepted)]
    notes = [event for event in events if isinstance(event, Noted)]
    advice = [event.told for event in events if isinstance(event, Advised)]
    turns = list(_turns(events))
    for begun in cut_off:
        if _run_of(begun) == name:
            _put(turns, Turn(step=begun.step, cut_off=begun))
    return RunStory(
        name=name,
        title=accepted[-1].title if accepted else titles[-1] if titles else "",
        turns=tuple(turns),
        accepted=accepted[-1] if accepted else None,
        note=notes[-1].text if notes else "",
        forms=tuple(notes),
        advice=advice[-1] if advice else "",
    )


def _turns(events: Sequence[Event]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    failures = set[str]()
    for event in events:
        if isinstance(event, Edited):
            turns.append(Turn(step=event.step, edit=event))
        elif isinstance(event, RunAbandoned):
            turns.append(Turn(step=event.step, given_up=event))
        elif isinstance(event, AttemptEnded | FiguresDrawn):
            repeated = bool(event.signature) and event.signature in failures
            failures.add(event.signature)
            _put(turns, Turn(step=event.step, ended=event, repeated=repeated))
    return tuple(turns)


def _put(turns: list[Turn], launch: Turn) -> None:
    """Put a launch beside the edit of its step, else in a place of its own."""
    for place, turn in enumerate(turns):
        if turn.step == launch.step.first_launch and turn.is_open:
            turns[place] = replace(turn, ended=launch.ended, cut_off=launch.cut_off, repeated=launch.repeated)
            return
    turns.append(launch)
