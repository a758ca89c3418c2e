"""All that the loop asks of the experiments' side: baseline, attempts, runs, figures. Every result is journalled."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from agent.errors import CheckFailed, EnvironmentBroken
from agent.experiment import figures
from agent.experiment.attempt import Trial, attempt
from agent.experiment.baseline import SCORES, BaselineStore, baseline_files, copy_run, merge_seeds, prepare
from agent.experiment.launch import Bench, cache_folder
from agent.experiment.past import earlier_results, known_code, launch_step, next_number, seed_result
from agent.experiment.preflight import code_sha, preflight
from agent.experiment.prove import check_proofs
from agent.results.comparable import differences
from agent.results.story import story_of
from agent.sandbox import Sandbox
from agent.session.events import AttemptBegun, AttemptEnded, Edited, FiguresDrawn, RunAccepted
from agent.session.files import write_bytes, write_json
from agent.session.session import Session
from agent.session.steps import BASELINE

_UNEDITED = {
    "no_edit": "no file was changed",
    "unmatched": "no edit could be applied: the text to be replaced was not found",
    "outside": "only files that may not be edited were changed, which was undone",
    "applied": "the files are as they were before",
}


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
        settings = session.settings
        self.bench = Bench(
            session.template,
            sandbox,
            cache or cache_folder(),
            settings.sandbox.memory_gb,
            settings.experiment.timeout_s,
        )
        self.store = BaselineStore(self.bench.cache, session.template)

    def measure_baseline(self) -> RunAccepted:
        """run_0: kept from an earlier session on this machine, else measured, seed by seed.

        Raises EnvironmentBroken, or CheckFailed where the untouched template itself does not work.
        """
        return self.session.journal.step(RunAccepted, "run_0", self._baseline)

    def attempt(self, run: str, step: str, edit: Edited) -> AttemptEnded:
        """Launch what the edit made, unless that would be in vain; what came of it."""
        name = launch_step(self.session, step)
        return self.session.journal.step(AttemptEnded, name, lambda: self._attempt(run, name, edit))

    def accept(self, run: str, title: str, ended: AttemptEnded, edit: Edited) -> RunAccepted:
        """The attempt counts: its folder and code get their place, differences from the baseline are named."""

        def work() -> RunAccepted:
            session, template = self.session, self.session.template
            index = int(run.removeprefix("run_"))
            paths = session.paths.attempt(ended.number or 0)
            copy_run(paths.code / run, session.paths.run(index), ended.results, paths.scores)
            first = template.experiment.editable[0]
            write_bytes(session.paths.run_code(index), session.blobs.get(edit.files[first]))
            self._write_titles({run: title})
            baseline = story_of(session).accepted[BASELINE].results
            return RunAccepted(
                run=run,
                title=title,
                attempt=ended.number,
                results=ended.results,
                comparable=differences(template.comparable.keys, ended.results, baseline),
                code={name: edit.files[name] for name in template.experiment.editable},
            )

        return self.session.journal.step(RunAccepted, run, work)

    def draw(self, step: str, edit: Edited) -> FiguresDrawn:
        """Run the coder's plot.py on the results of all accepted runs; good figures replace the old ones.

        One that was edited in part only is not run: the report on the rest is the cause of the failure.
        """
        if edit.left:
            cause = f"{_partly(edit)}.\n{edit.left_report}"
            failed = FiguresDrawn(ok=False, reason=_partly(edit), cause=cause, signature="partly applied")
            return self.session.journal.step(FiguresDrawn, step, lambda: failed)
        names, blobs = self.session.template.editable, self.session.blobs
        return self._draw(step, lambda: {name: blobs.get(edit.files[name]) for name in names})

    def draw_template(self, step: str) -> FiguresDrawn:
        """The same with the template's own plot.py."""
        template = self.session.template
        return self._draw(step, lambda: {name: (template.root / name).read_bytes() for name in template.editable})

    def result_structure(self) -> str:
        """What a final_info.json holds, key by key, for whoever writes plot.py."""
        runs = list(story_of(self.session).accepted.values())
        return figures.structure(runs[-1].results) if runs else ""

    # --- within

    def _baseline(self) -> RunAccepted:
        session, template = self.session, self.session.template
        infos = {}
        with self.store.lock(self.session.stop):
            self._tell("run_0: the template is prepared")
            prepare(self.bench, session.paths.attempts / "prepare")
            for seed in template.baseline.seeds:
                infos[seed] = self.store.get(seed) or self._measure_seed(seed)
        merged = merge_seeds(template, infos)
        first = self.store.seed_folder(template.baseline.seeds[0])
        copy_run(first, session.paths.run(0), merged, first / SCORES)
        for seed, info in infos.items():
            write_json(seed_result(session, seed), info)
        files = baseline_files(template)
        write_bytes(session.paths.run_code(0), files[template.experiment.editable[0]])
        self._write_titles({"run_0": "Baseline"})
        code = {name: session.blobs.put(content) for name, content in files.items()}
        return RunAccepted(run="run_0", title="Baseline", results=merged, code=code)

    def _measure_seed(self, seed: int) -> dict[str, Any]:
        run, session = f"run_0/seed_{seed}", self.session
        self._tell(f"run_0: the baseline runs with seed {seed}")
        files = baseline_files(session.template)
        step = launch_step(session, run)
        ended = session.journal.step(AttemptEnded, step, lambda: self._launch(run, step, files, seed))
        folder = session.paths.attempt(ended.number or 0)
        if ended.outcome == "environment":
            raise EnvironmentBroken(f"the baseline cannot run: {ended.reason}; mend it, then --resume")
        if ended.outcome != "ok":
            raise CheckFailed(
                f"the untouched template {session.template.name} does not work ({ended.outcome}): {ended.reason}; "
                f"its logs lie in {folder.root}; mend the template"
            )
        self.store.put(seed, folder.code / "run_0", ended.results, folder.scores)
        return ended.results

    def _attempt(self, run: str, step: str, edit: Edited) -> AttemptEnded:
        template = self.session.template
        if not edit.changed:
            return _not_launched(run, "no_edit", _UNEDITED[edit.outcome], "", "no_edit")
        if edit.left:
            return _not_launched(run, "no_edit", _partly(edit), "", "partly applied")
        files = {name: self.session.blobs.get(edit.files[name]) for name in template.experiment.editable}
        accepted, failed = known_code(self.session)
        code = code_sha(files)
        if code in accepted:
            reason = f"the code is, byte for byte, that of {accepted[code]}, whose result is known"
            return _not_launched(run, "no_edit", reason, "", "no_edit")
        if code in failed:
            before = failed[code]
            same = f"the code is, byte for byte, that of attempt {before.number}, so it was not launched again"
            cause = f"{same}. It had ended so:\n{before.cause}"
            return _not_launched(run, "crashed", f"{same}: {before.reason}", cause, before.signature)
        if in_vain := preflight(files, template.experiment.command):
            cause = f"It was not launched: {in_vain}"
            return _not_launched(run, "crashed", in_vain, cause, f"preflight|{in_vain[:80]}")
        self._tell(f"{step}: the experiment runs")
        return self._launch(run, step, files, template.experiment.seed)

    def _launch(self, run: str, step: str, files: Mapping[str, bytes], seed: int) -> AttemptEnded:
        session = self.session
        number = next_number(session)
        paths = session.paths.attempt(number)
        paths.root.mkdir(parents=True)
        session.journal.append(AttemptBegun(step=step, number=number, run=run))
        trial = Trial(
            run=run,
            number=number,
            files=files,
            seed=seed,
            fixed_sha256=session.fixed_sha256,
            earlier=earlier_results(session),
            protected=self._protected(),
            watched=self._watched(),
            baseline_passed=story_of(session).baseline is not None,
        )
        return attempt(self.bench, paths, trial)

    def _draw(self, step: str, files: Callable[[], Mapping[str, bytes]]) -> FiguresDrawn:
        def work() -> FiguresDrawn:
            self._tell(f"{step}: the figures are drawn")
            session = self.session
            folder = session.paths.attempts / step.replace("/", "_")
            shutil.rmtree(folder, ignore_errors=True)
            runs = story_of(session).accepted.values()
            results = figures.Results(
                {run.run: run.results for run in runs}, {run.run: run.title for run in runs}, session.paths.run(0)
            )
            return figures.draw(self.bench, folder, files(), results, session.paths.figures)

        return self.session.journal.step(FiguresDrawn, step, work)

    def _protected(self) -> Sequence[Path]:
        """What the session's folder holds that only the tool writes."""
        paths = self.session.paths
        own = [paths.journal, paths.spec, paths.blobs, paths.exchanges, paths.workspace, paths.notes, paths.titles]
        return [*own, paths.figures, *sorted(paths.root.glob("run_*"))]

    def _watched(self) -> Sequence[Path]:
        """The template's files."""
        experiment = self.session.template.experiment
        names = [*self.session.template.editable, *experiment.fixed, *experiment.read_only, "template.toml"]
        return [self.session.template.root / name for name in dict.fromkeys(names)]

    def _write_titles(self, more: Mapping[str, str]) -> None:
        titles = {name: event.title for name, event in story_of(self.session).accepted.items()}
        write_json(self.session.paths.titles, {**titles, **more})

    def _tell(self, what: str) -> None:
        if self.teller is not None:
            self.teller.now(what)


def _partly(edit: Edited) -> str:
    """Why code is not launched that is not what its author meant."""
    blocks = "1 block did" if edit.left == 1 else f"{edit.left} blocks did"
    return f"only a part of the edit was applied: {blocks} not match the file, so the code is not what was meant"


def _not_launched(run: str, outcome: Any, reason: str, cause: str, signature: str) -> AttemptEnded:
    """An attempt that was given up before anything was launched; it has no number and no folder."""
    return AttemptEnded(
        number=None, run=run, outcome=outcome, reason=reason, cause=cause or reason, signature=signature
    )
