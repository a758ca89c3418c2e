"""What a journal says happened: the one place where loop, briefs, texts, page and commands ask it.

A story holds nothing but the events, so it is never stale: made over a journal's own growing list, each answer is of
now. Each answer walks the events once (a session has some hundred), so it may be asked at every event, from any thread.

    story_of(session).accepted[BASELINE].results
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from agent.results.collect import Readable, collect, collect_readable
from agent.results.confirmation import Confirmation, confirmation_of
from agent.results.results import Results
from agent.results.story.counts import Counts, Spent, counts_of, is_of_baseline, spent_of
from agent.results.story.plan import is_prior_art, line_of, runs_planned
from agent.results.story.state import State
from agent.results.story.steering import Steered
from agent.session.events import (
    AttemptBegun,
    AttemptEnded,
    Audited,
    Compiled,
    ControlMeasured,
    Edited,
    ParentChosen,
    RunAbandoned,
    RunAccepted,
    SessionEnded,
    SessionResumed,
    SignedOff,
)
from agent.session.session import Session
from agent.session.steps import BASELINE, RunName
from agent.session.template.contract import Metric


@dataclass(frozen=True)
class Story(Steered):
    """A journal's events, asked."""

    def until(self, seq: int) -> Story:
        """The story as it stood before the event of this number."""
        return Story([event for event in self.events if event.seq < seq])

    # --- runs

    @property
    def accepted(self) -> dict[RunName, RunAccepted]:
        """Every accepted run by name, in order, run_0 first; each with its results.

        They are stored once, with the attempt that measured them; journals of older versions hold them with the run too.
        Each has its parent too, from its own event; in journals of older versions a run began from the one accepted before it.
        """
        attempts = {event.number: event for event in self.all(AttemptEnded) if event.number is not None}
        found = {event.run: event for event in self.all(RunAccepted)}
        parents = {event.run: event.parent for event in self.all(ParentChosen)}
        whole, before = dict[RunName, RunAccepted](), None
        for name in sorted(found, key=lambda name: name.number):
            parent = parents.get(name, before)
            whole[name] = _with_results(found[name], attempts).model_copy(update={"parent": parent})
            before = name
        return whole

    @property
    def counted(self) -> dict[RunName, RunAccepted]:
        """The accepted runs without those that a person dropped: what tables, figures, verdicts and parents are made of."""
        dropped = self.dropped
        return {name: event for name, event in self.accepted.items() if name not in dropped}

    @property
    def baseline(self) -> RunAccepted | None:
        """run_0, or None before it is measured."""
        return self.accepted.get(BASELINE)

    @property
    def runs(self) -> list[RunAccepted]:
        """The accepted runs after the baseline, in order."""
        return [event for name, event in self.accepted.items() if not name.is_baseline]

    def parent_of(self, run: RunName) -> RunAccepted | None:
        """The accepted run from whose code this one began or begins; None for the baseline.

        Where nothing was decided, as in journals of older versions, it is the run that was accepted last before it.
        """
        chosen = next((event.parent for event in self.all(ParentChosen) if event.run == run), None)
        earlier = [event for name, event in self.accepted.items() if name.number < run.number]
        named = next((event for event in earlier if event.run == chosen), None)
        return named or (earlier[-1] if earlier else None)

    def why_parent(self, run: RunName) -> str:
        """Why its parent is this one; empty where nothing was decided."""
        return next((event.why for event in self.all(ParentChosen) if event.run == run), "")

    def results(self, metrics: Mapping[str, Metric], primary: str, named: Iterable[str] = ()) -> Results:
        """What the accepted runs measured; `named`: the metrics of the idea, by which looks are counted.

        Raises SessionError where the results of a run cannot be read.
        """
        found = collect(metrics, primary, self.counted.values(), self.all(ControlMeasured), named)
        return replace(found, confirmation=self.confirmation, dropped=self.dropped_runs, prior_art=self.prior_art)

    def readable_results(self, metrics: Mapping[str, Metric], primary: str, named: Iterable[str] = ()) -> Readable:
        """The same for looking at: what cannot be read is told, and the rest stands."""
        found = collect_readable(metrics, primary, self.counted.values(), self.all(ControlMeasured), named)
        if found.results is None:
            return found
        results = replace(
            found.results, confirmation=self.confirmation, dropped=self.dropped_runs, prior_art=self.prior_art
        )
        return replace(found, results=results)

    @property
    def prior_art(self) -> frozenset[RunName]:
        """The accepted runs that are others' method, by the plan's line or their title.

        Once a run was given up, its name goes to the next one, and the plan's lines from there on name no run any more.
        """
        moved = min((event.run.number for event in self.abandoned), default=None)
        return frozenset(
            name
            for name, run in self.accepted.items()
            if is_prior_art(run.title)
            or ((moved is None or name.number < moved) and is_prior_art(line_of(self.plan, name.number)))
        )

    @property
    def confirmation(self) -> Confirmation | None:
        """What fresh seeds said, as far as the session has come; None where the candidate itself cannot be read."""
        found = confirmation_of(self.events)
        return found if found is None or found.run is None or found.run in self.counted else None

    @property
    def attempts(self) -> list[AttemptEnded]:
        """What came of every attempt at a run, launched or not, without the baseline's and those on fresh seeds."""
        tried = (event for event in self.all(AttemptEnded) if not event.run.is_confirmation)
        return [event for event in tried if not is_of_baseline(event)]

    @property
    def sandboxes(self) -> list[str]:
        """What kept the launches apart, each once, in order; nothing of launches that older versions recorded."""
        return list(dict.fromkeys(event.sandbox for event in self.all(AttemptBegun) if event.sandbox))

    @property
    def cut_off(self) -> list[AttemptBegun]:
        """Launches without an end: they run now, or were killed."""
        ended = {event.number for event in self.all(AttemptEnded)}
        return [event for event in self.all(AttemptBegun) if event.number not in ended]

    @property
    def abandoned(self) -> list[RunAbandoned]:
        """What was tried and given up, in order."""
        return list(self.all(RunAbandoned))

    def left_to_do(self, max_runs: int) -> int:
        """How many of the planned runs, at least one, are not accepted yet; 0 once the session has gone on to its confirmation and figures."""
        if self.runs_are_over:
            return 0
        return max(0, min(max(1, runs_planned(self.plan)), max_runs) - len(self.runs))

    @property
    def closed_without_runs(self) -> int:
        """Number of the last event that closed the session without an accepted run, -1 where none did."""
        ends = [event.seq for event in self.all(SessionEnded) if event.state == "no_runs"]
        return ends[-1] if ends else -1

    # --- code

    def code(self, first: Mapping[str, str]) -> dict[str, str]:
        """sha256 of every editable file as it stands now: `first`, then each edit.

        A run begins from its parent's code, and one that was given up is undone to it.
        """
        files, begun, accepted = dict(first), dict(first), dict[RunName, dict[str, str]]()
        for event in self.events:
            if isinstance(event, Edited):
                files = files | event.files
            elif isinstance(event, RunAccepted):
                accepted[event.run] = event.code
                begun, files = begun | event.code, files | event.code
            elif isinstance(event, ParentChosen):
                code = accepted.get(event.parent) or _first_of(accepted.values(), first)
                begun, files = begun | code, files | code
            elif isinstance(event, RunAbandoned):
                files = dict(begun)
        return files

    def edit_of(self, attempt: AttemptEnded) -> Edited | None:
        """The turn whose code an attempt was for; None for the baseline's."""
        turn = attempt.step.of_turn
        return next((event for event in self.all(Edited) if event.step == turn), None)

    # --- how it stands

    @property
    def spent(self) -> Spent:
        """What all model calls cost together."""
        return spent_of(self.events)

    @property
    def counts(self) -> Counts:
        """What the session did, in ten counts."""
        return counts_of(self.events)

    @property
    def audit(self) -> Audited | None:
        """The last audit."""
        return self.last(Audited)

    @property
    def compiled(self) -> Compiled | None:
        """The last time that the paper went through LaTeX."""
        return self.last(Compiled)

    @property
    def resumed_seq(self) -> int:
        """Number of the event that took the session up again last, -1 where none did."""
        resumed = self.last(SessionResumed)
        return -1 if resumed is None else resumed.seq

    def state(self, held: bool) -> State:
        """How the session stands: its closing event, unless something but a signature came after it; `held`: someone works in it."""
        last = next((event for event in reversed(self.events) if not isinstance(event, SignedOff)), None)
        if isinstance(last, SessionEnded):
            return State(last.state, last.reason)
        return State("running" if held else "unfinished")


def story_of(session: Session) -> Story:
    """The story of a session, which goes on as its journal does."""
    return Story(session.journal.events)


def results_of(session: Session, then: Story | None = None) -> Results:
    """The baseline and every accepted run of a session as they are now; `then`: as they were by this story of it."""
    return (then or story_of(session)).results(session.metrics, session.primary, session.idea.leading)


def _first_of(codes: Iterable[dict[str, str]], first: Mapping[str, str]) -> dict[str, str]:
    """The baseline's code where its event holds none: the template's own version of what the runs' code consists of."""
    return {name: first[name] for code in codes for name in code if name in first}


def _with_results(run: RunAccepted, attempts: Mapping[int, AttemptEnded]) -> RunAccepted:
    """The event with its results, which lie with its attempt where it holds none itself."""
    attempt = attempts.get(run.attempt) if run.attempt is not None else None
    if run.results or attempt is None or attempt.run.run != run.run:
        return run
    return run.model_copy(update={"results": attempt.results})
