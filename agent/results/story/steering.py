"""What a person said and dropped, as a journal holds it."""

from __future__ import annotations

from agent.results.story.texts import Texts
from agent.session.events import CandidateChosen, FiguresDrawn, PersonSaid, RunAccepted, RunDropped, RunsEnded
from agent.session.steps import RunName


class Steered(Texts):
    """A journal's events, asked for what steered it."""

    @property
    def said(self) -> list[str]:
        """Every word of a person, in order; what was said later counts more."""
        return [event.text for event in self.all(PersonSaid)]

    @property
    def dropped(self) -> dict[RunName, RunDropped]:
        """The runs that a person took out of what counts."""
        return {event.run: event for event in self.all(RunDropped)}

    @property
    def dropped_runs(self) -> tuple[str, ...]:
        """Each run that a person dropped, with its title and the reason: `run_2 (its title): it leaked`."""
        titles = {event.run: event.title for event in self.all(RunAccepted)}
        return tuple(
            f"{run} ({titles.get(run, '')}): {event.why}".removesuffix(": ") for run, event in self.dropped.items()
        )

    @property
    def runs_are_over(self) -> bool:
        """Whether the session has gone on to its confirmation or its figures: what comes from here on is about the runs it has."""
        return any(isinstance(event, CandidateChosen | FiguresDrawn) for event in self.events)

    def why_not_dropped(self, run: RunName) -> str:
        """Why a person cannot drop this run; empty where that is possible."""
        if run.is_baseline:
            return "everything is compared with the baseline"
        if run in self.dropped:
            return "it was dropped before"
        if self.runs_are_over:
            return "the runs are over, and what is to be confirmed was chosen among them"
        return "" if any(event.run == run for event in self.all(RunAccepted)) else "there is no such accepted run"

    @property
    def ended_early(self) -> RunsEnded | None:
        """Why no further run was begun; None where the plan, the coder or the limit ended them, or they go on."""
        return self.last(RunsEnded)
