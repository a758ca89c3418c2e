"""One job: its record, its submission, what is said of it. What it comes to, handle.py decides."""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import replace

from agent.errors import EnvironmentBroken
from agent.launching.launcher import Needs
from agent.launching.slurm.job_folder import JobFolder, JobRecord, Result, Work
from agent.launching.slurm.outcomes import Outcome
from agent.launching.slurm.queue import Seen, View
from agent.launching.slurm.shared import Shared
from agent.sandbox import Command, Finished
from agent.session.events.job import JobIntended, JobOutcome, JobSubmitted

log = logging.getLogger(__name__)
_IN_FLIGHT_S = 15.0
"""How long a submission may be on its way to the queue after the session that made it was killed."""
_AGAIN_S = 20.0
"""Between two tries to submit where the controller takes none."""
_GRACE_S = 25.0
"""What a job has to come to its end in after it was asked to: its command's grace, and the way to the shared file system."""
_POLL_S = 0.1
_MOMENTS_S = 20.0
_ALL_IS_WELL = ("running", "finished")


class Job:
    """The job of one launch. Where one is under way from its folder it is that one, else a new one."""

    def __init__(self, shared: Shared, command: Command, needs: Needs) -> None:
        assert needs.folder is not None
        self.shared, self.command, self.needs = shared, command, needs
        self.folder = JobFolder(needs.folder)
        self.since = time.monotonic()
        """When it was submitted, or taken up."""
        self._next_try = 0.0
        self._told: tuple[str, ...] = ()
        self._warned = ""
        self._untold = 0
        """How often sbatch was content and told no number."""
        self._life = ("", time.monotonic())
        found = self.folder.record()
        self._new = found is None or not shared.holds(self.folder)
        if found is None or self._new:
            work = Work(command=command, beside=needs.beside, sandbox=shared.sandbox.name, fresh=needs.fresh)
            self.folder.lay(work)
            found = self._intended(1)
        self.record = found
        shared.queue.watch(self.record.name)

    @property
    def has_begun(self) -> bool:
        """Whether it has ever run on a node, by the word of that node."""
        return self.folder.begun() is not None

    def result(self) -> Result | None:
        """How it finished, by the word of its node; None where there is none yet, and where it is another job's."""
        result = self.folder.result()
        return result if result is not None and result.job == self.record.name else None

    def look(self, now: bool = False) -> View:
        """What the queue says of it."""
        return self.shared.queue.look(self.record.name, now)

    def mine(self, view: View) -> Seen:
        """Itself, in a view that shows something: of several with its name the one that has begun."""
        begun = self.folder.begun()
        number = begun.job_id if begun is not None and begun.job == self.record.name else self.record.job_id
        return next((seen for seen in view.seen if seen.job_id == number), view.seen[0])

    def submit(self) -> Outcome | None:
        """Submit it, unless it is in the queue already, whoever put it there; what stands against it, None where nothing does."""
        if self.record.job_id or time.monotonic() < self._next_try:
            return None
        if not self._new:
            view = self.look(now=True)
            if view.away_s:
                self._next_try = time.monotonic() + self._pause_s
                return None
            if numbers := self._numbers(view):
                self._has_number(numbers[0], found=True)
                return None
            if abs(time.time() - self.record.intended) < _IN_FLIGHT_S:
                return None
        got = self.shared.submitter.submit(self.folder)
        self._new = False  # whatever was said, it may be there
        self._next_try = time.monotonic() + self._pause_s
        if got.refused is None:
            self._has_number(got.job_id, found=False)
        elif got.refused.name == "number_untold":
            self._untold += 1
            if self._untold > 1:  # nor was the first one in the queue under its name
                return replace(got.refused, then="pause")
        return got.refused

    def again(self) -> None:
        """A second job for the same launch, as if the first had not begun. It is not submitted yet."""
        self.shared.submitter.end(self.record.job_id, with_grace=False)
        self.shared.queue.forget(self.record.name)
        self.folder.begin_again(self.needs.fresh)
        self.record, self._new, self._next_try = self._intended(self.record.submission + 1), True, 0.0
        self.shared.queue.watch(self.record.name)

    def end(self) -> Finished:
        """End it: withdrawn where it waits, asked with grace where it runs; how it finished.

        Where the session pauses for another job, and where the controller does not hear, it stays as it is.
        """
        interrupted = Finished(exit_code=None, timed_out=False, seconds=0.0, interrupted=True)
        if self.shared.pauses.is_set() or self.record.state != "open":
            return interrupted
        runs = self.has_begun
        if not runs:
            self._set("withdrawn")  # one that begins at this moment reads it, and ends
        if self.record.job_id and not self.shared.submitter.end(self.record.job_id, with_grace=runs):
            return interrupted
        until = time.monotonic() + _GRACE_S
        while runs and time.monotonic() < until:
            result = self.result()
            if result is not None:
                self._set("withdrawn")
                return result.finished or interrupted
            time.sleep(_POLL_S)
        self.withdraw()
        return interrupted

    def withdraw(self) -> None:
        """Nobody waits for it any more; a resumed session submits the launch anew."""
        self._set("withdrawn")
        if self.record.job_id:
            self.shared.submitter.end(self.record.job_id, with_grace=False)
        elif self._untold:
            self.shared.submitter.end(f"--name={self.record.name}", with_grace=False)

    def pause(self, outcome: Outcome, withdraw: bool) -> Finished:
        """Raises EnvironmentBroken. `withdraw`: a resumed session submits the launch anew; else it waits for this job."""
        self.shared.pauses.set()
        self.say(replace(outcome, then="pause"))
        if withdraw:
            self.withdraw()
        number = f"job {self.record.job_id}" if self.record.job_id else "no job"
        told = f"{self.needs.name}, {number} of Slurm: {outcome.name.replace('_', ' ')}: {outcome.said}"
        raise EnvironmentBroken(f"{told}; {outcome.remedy or 'then continue with --resume'}")

    def conclude(self, outcome: Outcome, node: str) -> None:
        """It has ended, and was heard."""
        self.say(outcome, node)
        self._set("heard")

    def say(self, outcome: Outcome, node: str = "") -> None:
        """Record it, once as long as nothing else is to be said."""
        self._warn(outcome)
        news = (outcome.name, outcome.then, outcome.said if outcome.name == "pending" else "")
        if news == self._told:
            return
        self._told = news
        begun = self.folder.begun()
        waited = round(max(0.0, begun.time - self.record.intended), 1) if begun else None
        told = {"outcome": outcome.name, "then": outcome.then, "witness": outcome.witness, "said": outcome.said}
        job = {"job": self.record.name, "job_id": self.record.job_id, "node": node, "waited_s": waited}
        self.shared.tell(JobOutcome.model_validate({**told, **job}))

    def _warn(self, outcome: Outcome) -> None:
        """Tell people, once; that it waits, only where it is not a matter of moments."""
        brief = outcome.name == "pending" and time.monotonic() - self.since < _MOMENTS_S
        if outcome.name in (*_ALL_IS_WELL, self._warned) or brief:
            return
        self._warned = outcome.name
        number = self.record.job_id or "–"
        log.warning("%s, job %s: %s: %s", self.needs.name, number, outcome.name.replace("_", " "), outcome.said)

    def lives(self, within_s: float) -> bool:
        """Whether it has shown a sign of life within so long, by this session's clock."""
        shown, now = self.folder.sign_of_life(), time.monotonic()
        if shown != self._life[0]:
            self._life = (shown, now)
        return bool(shown) and now - self._life[1] < within_s

    @property
    def _pause_s(self) -> float:
        return min(_AGAIN_S, self.shared.settings.queue_poll_s)

    def _intended(self, submission: int) -> JobRecord:
        """A job of a new name, recorded before it is submitted."""
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", self.needs.name)  # squeue takes names with commas between
        name = f"labloop-{plain[-60:]}-{uuid.uuid4().hex[:10]}"
        self.shared.tell(JobIntended(job=name, folder="/".join(self.folder.root.parts[-3:]), submission=submission))
        self.shared.submitter.write(self.folder, name, self.command)  # whoever finds the record finds the script
        return self.folder.note(JobRecord(name=name, submission=submission, intended=time.time()))

    def _numbers(self, view: View) -> list[str]:
        """Jobs of its name: the one that has begun, else those in the queue, the oldest first."""
        begun = self.folder.begun()
        return [begun.job_id] if begun else sorted((seen.job_id for seen in view.seen), key=_place)

    def _has_number(self, job_id: str, found: bool) -> None:
        self.record = self.folder.note(self.record.model_copy(update={"job_id": job_id}))
        self.shared.tell(JobSubmitted(job=self.record.name, job_id=job_id, found=found))
        self.shared.queue.watch(self.record.name)
        self.since = time.monotonic()

    def _set(self, state: str) -> None:
        self.record = self.folder.note(JobRecord.model_validate({**self.record.model_dump(), "state": state}))


def _place(job_id: str) -> int:
    """A job's place among others by its number: `7` before `12`, `12_3` and `12+0` as 12."""
    return int((re.match(r"\d+", job_id) or ["0"])[0])
