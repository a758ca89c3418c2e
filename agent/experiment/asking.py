"""The questions of one run: what goes back once, and what counts where its coder keeps it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Protocol

from agent.errors import NoRecordedAnswer
from agent.experiment.doubts import asked
from agent.session.events import AttemptEnded, Edited, RunAccepted
from agent.session.session import Session
from agent.session.steps import RunName, Step

log = logging.getLogger(__name__)


class Tried(Protocol):
    """Who launches and accepts: the laboratory."""

    session: Session

    def try_out(self, run: RunName, step: Step, edited: Edited) -> AttemptEnded: ...

    def repeat(self, run: RunName, ended: AttemptEnded, edited: Edited) -> AttemptEnded | None: ...

    def accept(self, run: RunName, title: str, ended: AttemptEnded, edited: Edited) -> RunAccepted: ...


@dataclass(frozen=True)
class Attempted:
    """A turn that is tried."""

    step: Step
    title: str
    edited: Edited


@dataclass
class Asking:
    """Tries the turns of a run, each kind of question asked once."""

    laboratory: Tried
    run: RunName
    _of_settings: Attempted | None = None
    _ended_well: tuple[Attempted, AttemptEnded] | None = field(default=None)

    def try_out(self, turn: Attempted, may_ask: bool) -> AttemptEnded:
        """What came of launching the turn; or a question on it, while there is a try left to answer (`may_ask`)."""
        session = self.laboratory.session
        if may_ask and self._of_settings is None:
            doubt = asked.before_launch(session, self.run, turn.step, turn.edited)
            if doubt is not None:
                self._of_settings = turn
                return doubt
        attempt = self.laboratory.try_out(self.run, turn.step, turn.edited)
        if attempt.outcome == "ok" and may_ask and self._ended_well is None:
            doubt = asked.not_comparable(session, self.run, attempt)
            if doubt is not None:
                self._ended_well = (turn, attempt)
                return doubt
        return self._repeated(turn, attempt)

    def _repeated(self, turn: Attempted, attempt: AttemptEnded) -> AttemptEnded:
        """The attempt, or the launch of the same code with another seed that did not end well."""
        again = self.laboratory.repeat(self.run, attempt, turn.edited) if attempt.outcome == "ok" else None
        return attempt if again is None else again

    @property
    def has_a_result(self) -> bool:
        """Whether a launch ended well that was only asked about."""
        return self._ended_well is not None

    def accept_as_it_was(self) -> RunAccepted:
        """The turn that its coder keeps, or whose recording knows no question: launched if it was not, and accepted.

        Raises NoRecordedAnswer where it does not work.
        """
        if self._ended_well is not None:
            turn, attempt = self._ended_well
        else:
            assert self._of_settings is not None, "nothing was asked"
            turn = self._of_settings
            attempt = self.laboratory.try_out(self.run, turn.step, turn.edited)
        if attempt.outcome != "ok":
            raise NoRecordedAnswer(
                f"{self.run}: the recording has no answer to what came of {turn.step}: {attempt.reason}"
            )
        if self._repeated(turn, attempt) is not attempt:
            log.warning("%s: another seed did not end well: its result is that of one seed", self.run)
        return self.laboratory.accept(self.run, turn.title, attempt, turn.edited)
