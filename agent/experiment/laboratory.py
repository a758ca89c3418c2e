"""All that the loop asks of the experiments' side: baseline, attempts, runs, figures. Every result is journalled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from agent.experiment import figures
from agent.experiment.baseline import settled_baseline
from agent.experiment.baseline_store import BaselineStore, baseline_files
from agent.experiment.controls import bench_of, measured_control
from agent.experiment.kept import copy_run
from agent.experiment.launch import Bench, store_for
from agent.experiment.past import done_of, earlier_results, known_code, launch_step, next_number
from agent.experiment.preflight import in_vain, partly, why_no_edit
from agent.experiment.prepare import prepare
from agent.experiment.prove import check_proofs
from agent.experiment.run_trial import run_trial
from agent.experiment.trial import Trial
from agent.experiment.warm import WarmEvaluator
from agent.results import controls
from agent.results.comparable import differences
from agent.results.story import results_of, story_of
from agent.sandbox import Sandbox
from agent.sandbox.leavings import remove
from agent.session.controls import Control
from agent.session.events import (
    AttemptBegun,
    AttemptEnded,
    ControlMeasured,
    Edited,
    FiguresDrawn,
    LaunchEnded,
    RunAccepted,
    ScoringBegun,
    ScoringEnded,
)
from agent.session.files import write_bytes, write_json
from agent.session.session import Session
from agent.session.steps import BASELINE, RunName, Step


class Teller(Protocol):
    """Who is told what happens now."""

    def now(self, what: str) -> None: ...


class Laboratory:
    """Runs a session's experiments in `sandbox`."""

    def __init__(
        self, session: Session, sandbox: Sandbox, teller: Teller | None = None, cache: Path | None = None
    ) -> None:
        check_proofs(session.template.proofs)
        self.session = session
        self.sandbox = sandbox
        self.teller = teller
        self.bench = Bench.of(session.template, sandbox, store_for(sandbox, session.paths, cache), session.settings)
        self.warm = WarmEvaluator(self.bench, session.paths.evaluator, session.paths.attempts)
        self.bench = replace(self.bench, warm=self.warm)
        self.store = BaselineStore(self.bench.cache, session.template)

    def measure_baseline(self) -> RunAccepted:
        """run_0: kept from an earlier session on this machine, else measured, seed by seed.

        Raises EnvironmentBroken, or CheckFailed where the untouched template itself does not work.
        """
        accepted = self.session.journal.step(RunAccepted, Step(BASELINE), self._baseline)
        self._write_titles({BASELINE: accepted.title})  # written again by a resumption: they may be gone
        write_json(self.session.paths.metrics, self._described())
        return accepted

    def measure_controls(self) -> None:
        """Each control of the template, beside the baseline. A session whose plan was made without them goes on without.

        Raises EnvironmentBroken, or CheckFailed where one does not work.
        """
        story = story_of(self.session)
        for control in self.session.template.controls if not story.plan else ():
            step = Step.control(control.name)
            self.session.journal.step(ControlMeasured, step, lambda control=control: self._control(control))  # type: ignore[misc]
        if described := controls.described(results_of(self.session).controls):
            write_json(self.session.paths.controls, described)

    def try_out(self, run: RunName, step: Step, edited: Edited) -> AttemptEnded:
        """Launch what a turn made, unless that would be in vain; the attempt that came of it."""
        name = launch_step(self.session, step)
        return self.session.journal.step(AttemptEnded, name, lambda: self._attempt(run, name, edited))

    def accept(self, run: RunName, title: str, ended: AttemptEnded, edited: Edited) -> RunAccepted:
        """The attempt counts: its folder and code get their place, differences from the baseline are named."""

        def work() -> RunAccepted:
            session, template = self.session, self.session.template
            paths = session.paths.attempt(ended.number or 0)
            copy_run(paths.code / run, session.paths.run(run), ended.results, paths.scores)
            first = template.experiment.editable[0]
            write_bytes(session.paths.run_code(run), session.blobs.get(edited.files[first]))
            self._write_titles({run: title})
            baseline = story_of(session).accepted[BASELINE].results
            return RunAccepted(
                run=run,
                title=title,
                attempt=ended.number,
                comparable=differences(template.comparable.keys, ended.results, baseline),
                code={name: edited.files[name] for name in template.experiment.editable},
            )

        return self.session.journal.step(RunAccepted, Step(run), work)

    def draw(self, step: Step, edited: Edited) -> FiguresDrawn:
        """Run the coder's plot.py on the results of all accepted runs; good figures replace the old ones.

        One that was edited in part only, or by edits that came to nothing, is not run: the report is the cause of the failure.
        """
        came_to_nothing = bool(edited.unread) or edited.outcome in ("unmatched", "outside")
        if edited.left or came_to_nothing:
            reason = why_no_edit(edited) if came_to_nothing else partly(edited)
            cause = f"{reason}.\n{edited.left_report}"
            signature = "no edit" if came_to_nothing else "partly applied"
            failed = FiguresDrawn(ok=False, reason=reason, cause=cause, signature=signature)
            return self.session.journal.step(FiguresDrawn, step, lambda: failed)
        names, blobs = self.session.template.editable, self.session.blobs
        return self._draw(step, lambda: {name: blobs.get(edited.files[name]) for name in names})

    def draw_template(self, step: Step) -> FiguresDrawn:
        """The same with the template's own plot.py."""
        template = self.session.template
        return self._draw(step, lambda: {name: (template.root / name).read_bytes() for name in template.editable})

    def result_structure(self) -> str:
        """What a final_info.json holds, key by key, for whoever writes plot.py."""
        runs = list(story_of(self.session).accepted.values())
        return figures.structure(runs[-1].results) if runs else ""

    def close(self) -> None:
        """End what stayed for the session."""
        self.warm.close()

    # --- within

    def _baseline(self) -> RunAccepted:
        session = self.session
        self._tell(f"{BASELINE}: the template is prepared")
        with self.store.lock(session.stop):
            prepare(self.bench, session.paths.prepared)
            return settled_baseline(session, self.store, self._launched_seed)

    def _control(self, control: Control) -> ControlMeasured:
        with self.store.lock(self.session.stop):
            prepare(self.bench, self.session.paths.prepared)
            return measured_control(self.session, self.store, control, self._launched_control)

    def _launched_control(self, control: Control) -> AttemptEnded:
        self._tell(f"{BASELINE}: the control {control.name} runs")
        run, files, seed = (
            Step.control(control.name),
            baseline_files(self.session.template),
            self.session.template.experiment.seed,
        )
        step, bench = launch_step(self.session, run), bench_of(self.bench, control)
        return self.session.journal.step(AttemptEnded, step, lambda: self._launch(run, step, files, seed, bench))

    def _launched_seed(self, seed: int) -> AttemptEnded:
        self._tell(f"{BASELINE}: the baseline runs with seed {seed}")
        run, files = Step.seed(seed), baseline_files(self.session.template)
        step = launch_step(self.session, run)
        return self.session.journal.step(AttemptEnded, step, lambda: self._launch(run, step, files, seed))

    def _attempt(self, run: RunName, step: Step, edited: Edited) -> AttemptEnded:
        template = self.session.template
        files = {name: self.session.blobs.get(edited.files[name]) for name in template.experiment.editable}
        vain = in_vain(edited, files, template.experiment.command, *known_code(self.session))
        if vain is not None:  # an attempt without a number or a folder
            return AttemptEnded(
                number=None,
                run=Step(run),
                outcome=vain.outcome,
                reason=vain.reason,
                cause=vain.cause,
                signature=vain.signature,
            )
        with self.store.lock(self.session.stop):  # resumed elsewhere, or the cache was emptied since the baseline
            prepare(self.bench, self.session.paths.prepared)
        self._tell(f"{step}: the experiment runs")
        return self._launch(Step(run), step, files, template.experiment.seed)

    def _launch(
        self, run: Step, step: Step, files: Mapping[str, bytes], seed: int, bench: Bench | None = None
    ) -> AttemptEnded:
        session = self.session
        done = done_of(session, step)
        number = done.ended.number if done.ended else next_number(session)
        paths = session.paths.attempt(number)
        if done.ended is None:
            paths.root.mkdir(parents=True)
            session.journal.append(AttemptBegun(step=step, number=number, run=run, sandbox=self.sandbox.name))
        trial = Trial(
            run=run,
            number=number,
            files=files,
            seed=seed,
            fixed_sha256=session.fixed_sha256,
            earlier=earlier_results(session),
            protected=session.paths.kept_by_the_tool(),
            watched=[session.template.root / name for name in session.template.files],
            baseline_passed=story_of(session).baseline is not None,
        )
        self.warm.start(keep=paths.scores if done.scoring else None)  # loads while the experiment runs

        def record(event: LaunchEnded | ScoringBegun | ScoringEnded) -> None:
            session.journal.append(event.model_copy(update={"step": step}))

        return run_trial(bench or self.bench, paths, trial, done, record)

    def _draw(self, step: Step, files: Callable[[], Mapping[str, bytes]]) -> FiguresDrawn:
        def work() -> FiguresDrawn:
            self._tell(f"{step}: the figures are drawn")
            session = self.session
            self.warm.close()  # the runs are over, and its memory is better used; the next run would start it again
            folder = session.paths.drawing(step)
            remove(folder)
            runs = story_of(session).accepted.values()
            data = figures.FigureData(
                {run.run: run.results for run in runs},
                {run.run: run.title for run in runs},
                self._described(),
                session.paths.run(BASELINE),
                controls.described(results_of(session).controls),
                {run.run: run.comparable for run in runs if run.comparable},
            )
            return figures.draw(self.bench, folder, files(), data, session.paths.figures)

        return self.session.journal.step(FiguresDrawn, step, work)

    def _write_titles(self, more: Mapping[str, str]) -> None:
        titles = {name: event.title for name, event in story_of(self.session).accepted.items()}
        write_json(self.session.paths.titles, {**titles, **more})

    def _described(self) -> dict[str, dict[str, Any]]:
        return figures.described(self.session.metrics, self.session.primary)

    def _tell(self, what: str) -> None:
        if self.teller is not None:
            self.teller.now(what)
