"""One launch of a session, journalled from its beginning to what came of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from agent.experiment.launch import Bench
from agent.experiment.past import done_of, earlier_results, next_number
from agent.experiment.run_trial import run_trial
from agent.experiment.trial import Trial
from agent.experiment.warm import WarmEvaluator
from agent.results.story import story_of
from agent.session.events import AttemptBegun, AttemptEnded, LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.session import Session
from agent.session.steps import Step


class Launches:
    """Launches code on a session's bench, from several threads at once too; its evaluator is loaded while the code runs."""

    def __init__(self, session: Session, bench: Bench, warm: WarmEvaluator) -> None:
        self.session = session
        self.bench = bench
        self.warm = warm
        self._beginning = threading.Lock()

    def launched(
        self, run: Step, step: Step, files: Mapping[str, bytes], seed: int, bench: Bench | None = None
    ) -> AttemptEnded:
        """What comes of these files, run for `run` under the name `step`; `bench`: another than the session's own.

        A launch of this step that had ended, of which nothing was made yet, is judged instead of made again; so is what its
        evaluator had finished.
        """
        session = self.session
        done = done_of(session, step)
        number = done.ended.number if done.ended else self._begun(run, step)
        paths = session.paths.attempt(number)
        trial = Trial(
            run=run,
            number=number,
            files=files,
            seed=seed,
            fixed_sha256=session.fixed_sha256,
            earlier=earlier_results(session),
            protected=session.paths.kept_by_the_tool(),
            watched=self._watched(),
            baseline_passed=story_of(session).baseline is not None,
        )
        self.warm.start(keep=paths.scores if done.scoring else None)  # loads while the experiment runs

        def record(event: LaunchEnded | ScoringBegun | ScoringEnded) -> None:
            session.journal.append(event.model_copy(update={"step": step}))

        return run_trial(bench or self.bench, paths, trial, done, record)

    def _begun(self, run: Step, step: Step) -> int:
        """The number of a new launch, journalled; its folder is made."""
        with self._beginning:
            number = next_number(self.session)
            self.session.paths.attempt(number).root.mkdir(parents=True)
            name = self.bench.sandbox.name
            self.session.journal.append(AttemptBegun(step=step, number=number, run=run, sandbox=name))
        return number

    def _watched(self) -> list[Path]:
        """The template's files, which no experiment may change."""
        template = self.session.template
        return [template.root / name for name in template.files]
