"""One launch as a job, from its submission to its end, whatever happens to it meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from agent.errors import EnvironmentBroken, Interrupted
from agent.launching.launcher import Needs, never
from agent.launching.slurm.job import Job
from agent.launching.slurm.job_folder import Result
from agent.launching.slurm.outcomes import MORE_TIME, Outcome, has_ended, of_state
from agent.launching.slurm.queue import Seen, View
from agent.launching.slurm.shared import Shared
from agent.launching.slurm.worker import ALIVE_EVERY_S
from agent.sandbox import Command, Finished

_POLL_S = (0.1, 2.0)
"""Between two looks into the job's folder: at first, and later on."""
_PATIENT_S = 30.0
"""How long what was submitted after a request to stop may wait for its turn: a free node is taken, only waiting ends."""
_SETTLE_S = 3.0
"""Between the queue's word that a job has ended and this session's belief in it: the result may be on its way."""


class SlurmHandle:
    """A command that is, was or will be a job. One that is under way from its folder is waited for, not submitted again."""

    def __init__(self, shared: Shared, command: Command, needs: Needs) -> None:
        self._shared, self._settings = shared, shared.settings
        self._job = Job(shared, command, needs)
        self._over_since: float | None = None
        self._problem: EnvironmentBroken | None = None
        try:
            self._submit()
        except EnvironmentBroken as problem:  # raised where it is waited for
            self._problem = problem

    def wait(self, stop: Callable[[], bool] = never) -> Finished:
        """See `Handle.wait`. Raises EnvironmentBroken where nobody but a person can help; the job then stays as its record says."""
        if self._problem is not None:
            raise self._problem
        try:
            return self._waited(stop)
        except (Interrupted, KeyboardInterrupt, SystemExit):  # a signal's handler raised it, in the middle of anything
            self._job.end()
            raise
        finally:
            self._shared.queue.forget(self._job.record.name)

    def _waited(self, stop: Callable[[], bool]) -> Finished:
        pause = _POLL_S[0]
        while True:
            finished = self._looked()
            if finished is not None:
                return finished
            if stop():
                return self._job.end()
            if self._shared.stop.why() is not None and self._waits_long():
                self._job.end()
                self._shared.stop.check()
            time.sleep(pause)
            pause = min(pause * 1.2, _POLL_S[1], self._settings.queue_poll_s)

    def _waits_long(self) -> bool:
        return not self._job.has_begun and time.monotonic() - self._job.since > _PATIENT_S

    def _submit(self) -> None:
        refused = self._job.submit()
        if refused is not None and refused.then == "pause":
            self._job.pause(refused, withdraw=True)
        if refused is not None:
            self._job.say(refused)

    def _looked(self) -> Finished | None:
        """How it finished, where that is known now."""
        job = self._job
        result = job.result()
        if result is not None and not result.signalled:
            return self._heard(result)
        if not job.record.job_id:
            self._submit()
        view = job.look()
        if view.away_s:
            self._without_queue(view)
            return None
        if not job.record.job_id:
            return None
        if not view.seen:
            self._forgotten(view, result)
            return None
        seen = job.mine(view)
        outcome = of_state(seen.state, seen.reason, seen.witness)
        if outcome is not None and has_ended(seen.state):
            return self._over(outcome, seen, result)
        self._over_since = None
        self._goes_on(outcome, seen)
        return None

    def _goes_on(self, outcome: Outcome | None, seen: Seen) -> None:
        """The job waits or runs: said once, and withdrawn where it waits for nothing, or too long."""
        job = self._job
        if outcome is None:
            job.say(Outcome("running", "wait", seen.witness, f"runs on {seen.node}"), seen.node)
            return
        if outcome.then == "pause":
            job.pause(outcome, withdraw=True)
        if outcome.name == "pending" and job.has_begun:
            outcome = replace(outcome, name="requeued")
        job.say(outcome)
        hours = self._settings.pending_hours
        if hours is not None and time.monotonic() - job.since > hours * 3600:
            remedy = "ask for less, or wait longer (pending_hours under [slurm])"
            job.pause(Outcome("pending_too_long", "pause", "queue", outcome.said, remedy), withdraw=True)

    def _over(self, outcome: Outcome, seen: Seen, result: Result | None) -> Finished | None:
        """The queue says that it has ended, and there is no result, or one that a signal cut off."""
        since = self._over_for()
        if since < min(_SETTLE_S, self._settings.results_late_s):
            return None
        if outcome.then == "retry":
            self._again(outcome)
            return None
        if outcome.then == "pause":
            return self._job.pause(outcome, withdraw=True)
        if outcome.then == "result":
            return self._out_of_memory(seen)
        if result is not None:
            return self._job.pause(_signalled(result), withdraw=True)
        if since < self._settings.results_late_s:
            said = f"{seen.state}, and its result is not there yet"
            self._job.say(replace(outcome, name="results_late", said=said))
            return None
        return self._without_result(seen)

    def _without_result(self, seen: Seen) -> Finished:
        """It has ended, and left no result however long it was waited for."""
        job = self._job
        words = job.folder.last_words() or seen.state
        if not job.has_begun:
            remedy = f"see {job.folder.log}; the folder must be there on the nodes, and Python with it"
            return job.pause(Outcome("not_begun", "pause", seen.witness, words, remedy), withdraw=True)
        if seen.state.startswith("FAILED"):  # what ran it was killed: locally, its supervisor's end says as little
            job.conclude(Outcome("killed", "result", seen.witness, words), seen.node)
            return Finished(exit_code=None, timed_out=False, seconds=0.0)
        remedy = f"look whether {job.folder.root} is shared with {seen.node or 'the nodes'}"
        return job.pause(Outcome("results_late", "pause", seen.witness, words, remedy), withdraw=False)

    def _forgotten(self, view: View, result: Result | None) -> None:
        """The queue does not know it, nor does the accounting: ended long ago, or lost with the controller's state."""
        if self._job.lives(3 * ALIVE_EVERY_S):
            self._over_since = None
            return
        if self._over_for() < self._settings.results_late_s:
            return
        if result is not None:
            self._job.pause(_signalled(result), withdraw=True)
        said = "the queue does not know it" + ("" if view.accounting else f", and there is no accounting ({view.said})")
        self._again(Outcome("lost", "retry", "queue", said))

    def _without_queue(self, view: View) -> None:
        """The controller does not answer: what is heard of the job itself counts, for a while."""
        longest = self._settings.queue_away_minutes * 60
        alive = self._job.lives(longest)
        outcome = Outcome("controller_away", "wait", "heartbeat" if alive else "queue", view.said)
        self._job.say(outcome)
        if view.away_s > longest and not alive:
            remedy = "ask who runs the cluster; the job stays where it is, and --resume waits for it"
            self._job.pause(replace(outcome, remedy=remedy), withdraw=False)

    def _again(self, outcome: Outcome) -> None:
        """Submit the launch a second time, as if it had not begun; pause where that was tried often enough."""
        submission = self._job.record.submission
        if submission > self._settings.job_retries:
            remedy = f"submitted {submission} times (job_retries under [slurm]): ask what is wrong with the nodes"
            self._job.pause(replace(outcome, remedy=remedy), withdraw=True)
        self._job.say(outcome)
        self._job.again()
        self._over_since = None
        self._submit()

    def _heard(self, result: Result) -> Finished:
        """The node's word on how the command finished."""
        finished = result.finished
        if finished is None:
            remedy = f"leave the node out (job_flags, --exclude={result.node}), or mend it"
            return self._job.pause(Outcome("node_unfit", "pause", "result", result.problem, remedy), withdraw=True)
        if finished.exit_code == -9 and not finished.ended_by_limit and self._was_out_of_memory():
            return self._out_of_memory(Seen(result.job_id, "OUT_OF_MEMORY", node=result.node), finished)
        self._job.conclude(Outcome("finished", "result", "result", f"exit status {finished.exit_code}"), result.node)
        return finished

    def _was_out_of_memory(self) -> bool:
        """Whether the queue says so of a job whose command was killed; it may take a moment to."""
        until = time.monotonic() + 2 * _SETTLE_S
        while time.monotonic() < until:
            view = self._job.look(now=True)
            if not view.seen or has_ended(self._job.mine(view).state):
                return bool(view.seen) and self._job.mine(view).state.startswith("OUT_OF_MEMORY")
            time.sleep(0.5)
        return False

    def _out_of_memory(self, seen: Seen, finished: Finished | None = None) -> Finished:
        limit = "needed more memory than its job had: job_memory_gb under [slurm]"
        self._job.conclude(Outcome("out_of_memory", "result", seen.witness, limit), seen.node)
        known = finished or Finished(exit_code=None, timed_out=False, seconds=0.0, started=True)
        return replace(known, out_of_memory=True, limit=limit)

    def _over_for(self) -> float:
        now = time.monotonic()
        self._over_since = now if self._over_since is None else self._over_since
        return now - self._over_since


def _signalled(result: Result) -> Outcome:
    """A signal that came from nobody here, and of which the queue says no more."""
    if result.signalled == "SIGUSR2":
        return Outcome("time_limit", "pause", "result", "warned by SIGUSR2 that its time was up", MORE_TIME)
    return Outcome("cancelled", "pause", "result", f"ended by {result.signalled}", "somebody, or Slurm, ended it")
