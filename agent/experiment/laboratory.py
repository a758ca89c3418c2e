"""All that the loop asks of the experiments' side: baseline, attempts, runs, figures. Every result is journalled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from agent.experiment import figures
from agent.experiment.baseline import settled_baseline
from agent.experiment.baseline_store import BaselineStore
from agent.experiment.confirming.bench import check_fresh
from agent.experiment.confirming.choice import chosen_candidate
from agent.experiment.confirming.confirmed import confirmed
from agent.experiment.controls import measured_control
from agent.experiment.doubts.preflight import in_vain
from agent.experiment.doubts.typed import typed_in_vain
from agent.experiment.figures.drawing import drawn_figures, edited_script, refused_edit, template_script
from agent.experiment.kept import copy_run
from agent.experiment.launch import Bench, store_for
from agent.experiment.launches import Launches, Wanted
from agent.experiment.past import known_code, launch_step
from agent.experiment.prepare import prepare
from agent.experiment.prove import check_proofs
from agent.experiment.repeating import over_seeds, repeated, results_by_seed, unlike_baseline
from agent.experiment.warm import WarmEvaluator
from agent.results import controls
from agent.results.story import results_of, story_of
from agent.results.to_draw import described_metrics
from agent.sandbox import Sandbox
from agent.session.events import (
    AttemptEnded,
    CandidateChosen,
    Confirmed,
    ControlMeasured,
    Edited,
    FiguresDrawn,
    RunAccepted,
)
from agent.session.files import write_bytes, write_json
from agent.session.run_info import RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, CONFIRMED, RunName, Step
from agent.session.template.controls import Control


class Teller(Protocol):
    """Who is told what happens now."""

    def now(self, what: str) -> None: ...


class Laboratory:
    """Runs a session's experiments in `sandbox`."""

    def __init__(
        self, session: Session, sandbox: Sandbox, teller: Teller | None = None, cache: Path | None = None
    ) -> None:
        check_proofs(session.template.proofs)
        accepted = story_of(session).accepted.values()
        check_fresh(session.template, session.settings, [seed for run in accepted for seed in run.seeds])
        self.session = session
        self.sandbox = sandbox
        self.teller = teller
        store = store_for(sandbox, session.paths, cache)
        self.bench = Bench.of(session.template, sandbox, store, session.settings, session.stop, session.journal.append)
        self.warm = WarmEvaluator(self.bench, session.paths.evaluator, session.paths.attempts)
        self.bench = replace(self.bench, warm=self.warm)
        self.launches = Launches(session, self.bench, self.warm, self._tell)
        self.store = BaselineStore(self.bench.cache, session.template, self.bench.launcher.machines)

    def measure_baseline(self) -> RunAccepted:
        """run_0: kept from an earlier session on this machine, else measured, seed by seed.

        Raises EnvironmentBroken, or CheckFailed where the untouched template itself does not work.
        """
        accepted = self.session.journal.step(RunAccepted, Step(BASELINE), self._baseline)
        self._write_titles({BASELINE: accepted.title})  # written again by a resumption: they may be gone
        write_json(self.session.paths.metrics, described_metrics(self.session))
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

    def repeat(self, run: RunName, ended: AttemptEnded, edited: Edited) -> AttemptEnded | None:
        """The same code on the run's further seeds, where it has any; the first launch that did not end well, None where all did."""
        names = self.session.template.experiment.editable
        files = {name: self.session.blobs.get(edited.files[name]) for name in names}
        return repeated(self.session, run, ended, files, self.launches)

    def accept(self, run: RunName, title: str, ended: AttemptEnded, edited: Edited) -> RunAccepted:
        """The attempt counts: its folder and code get their place, differences from the baseline are named."""

        def work() -> RunAccepted:
            session, template = self.session, self.session.template
            paths, infos = session.paths.attempt(ended.number or 0), results_by_seed(session, run, ended)
            merged = over_seeds(infos) if len(infos) > 1 else ended.results
            copy_run(paths.code / run, session.paths.run(run), merged, paths.scores)
            for seed, info in infos.items() if len(infos) > 1 else ():
                write_json(session.paths.seed_result(run, seed), info.written())
            first = template.experiment.editable[0]
            write_bytes(session.paths.run_code(run), session.blobs.get(edited.files[first]))
            self._write_titles({run: title})
            baseline = story_of(session).accepted[BASELINE].results
            return RunAccepted(
                run=run,
                title=title,
                attempt=ended.number,
                results=merged if len(infos) > 1 else RunInfo(),
                seeds=list(infos) if len(infos) > 1 else [],
                comparable=unlike_baseline(template, infos, baseline),
                code={name: edited.files[name] for name in template.experiment.editable},
            )

        return self.session.journal.step(RunAccepted, Step(run), work)

    def confirm(self) -> CandidateChosen | None:
        """After the last run: who is launched again on fresh seeds, and that done. None in a session that is past it.

        Raises EnvironmentBroken.
        """
        chosen = chosen_candidate(self.session)
        if chosen is not None and chosen.run is not None:
            self.warm.close()  # its memory is better used by launches side by side
            if self.session.journal.find(Confirmed, CONFIRMED) is None:
                with self.store.lock(self.session.stop):
                    self._prepare()
            confirmed(self.session, self.bench, chosen, self._tell)
        return chosen

    def draw(self, step: Step, edited: Edited) -> FiguresDrawn:
        """Run the coder's plot.py on the results of all accepted runs; good figures replace the old ones."""
        refused = refused_edit(edited)
        if refused is not None:
            return self.session.journal.step(FiguresDrawn, step, lambda: refused)
        return self._draw(step, lambda: edited_script(self.session, edited))

    def draw_template(self, step: Step) -> FiguresDrawn:
        """The same with the template's own plot.py."""
        return self._draw(step, lambda: template_script(self.session))

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
        with self.store.lock(session.stop):
            self._prepare()
            return settled_baseline(session, self.store, self.launches)

    def _control(self, control: Control) -> ControlMeasured:
        with self.store.lock(self.session.stop):
            self._prepare()
            return measured_control(self.session, self.store, control, self.launches)

    def _attempt(self, run: RunName, step: Step, edited: Edited) -> AttemptEnded:
        template = self.session.template
        files = {name: self.session.blobs.get(edited.files[name]) for name in template.experiment.editable}
        vain = in_vain(edited, files, template.experiment.command, *known_code(self.session))
        vain = vain or typed_in_vain(self.session, run, files)
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
            self._prepare()
        told = f"{step}: the experiment runs"
        return self.launches.launched(Wanted(Step(run), step, files, template.experiment.seed, told))

    def _draw(self, step: Step, files: Callable[[], Mapping[str, bytes]]) -> FiguresDrawn:
        def work() -> FiguresDrawn:
            self._tell(f"{step}: the figures are drawn")
            self.warm.close()  # the runs are over, and its memory is better used; the next run would start it again
            return drawn_figures(self.session, self.bench, step, files)

        return self.session.journal.step(FiguresDrawn, step, work)

    def _write_titles(self, more: Mapping[str, str]) -> None:
        titles = {name: event.title for name, event in story_of(self.session).accepted.items()}
        write_json(self.session.paths.titles, {**titles, **more})

    def _prepare(self) -> None:
        prepare(self.bench, self.session.paths.prepared, self._tell)

    def _tell(self, what: str) -> None:
        if self.teller is not None:
            self.teller.now(what)
