"""What a person said and dropped, as a journal holds it."""

from __future__ import annotations

from agent.results.texts import Texts
from agent.session.events import PersonSaid, RunDropped, RunsEnded
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
    def ended_early(self) -> RunsEnded | None:
        """Why no further run was begun; None where the plan, the coder or the limit ended them, or they go on."""
        return self.last(RunsEnded)
