"""All that the loop asks of the experiments' side: baseline, attempts, accepted runs, figures. Every result is journalled."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from agent.errors import CheckFailed, EnvironmentBroken
from agent.experiment import figures
from agent.experiment.attempt import Trial, attempt
from agent.experiment.baseline import BaselineStore, baseline_files, copy_run, merge_seeds, prepare
from agent.experiment.comparable import differences
from agent.experiment.launch import Bench, cache_folder
from agent.experiment.preflight import code_sha, preflight
from agent.experiment.prove import Earlier, Measured, check_proofs
from agent.sandbox import Sandbox
from agent.session.events import AttemptBegun, AttemptEnded, Edited, FiguresDrawn, RunAccepted, SessionResumed
from agent.session.files import write_bytes, write_json
from agent.session.session import Session

# What lies in a session's folder and changes while an experiment runs, or is the experiment's own.
_UNGUARDED = {"attempts", "requests", ".lock", "index.html", "latex", "paper.pdf"}
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
    """Runs a session's experiments in `sandbox`. `why_stop` answers why the session must stop, or None."""

    def __init__(
        self, session: Session, sandbox: Sandbox, why_stop: Callable[[], str | None] = lambda: None,
        teller: Teller | None = None, cache: Path | None = None,
    ) -> None:  # fmt: skip
        check_proofs(session.template.proofs)
        self.session = session
        self.sandbox = sandbox
        self.why_stop = why_stop
        self.teller = teller
        settings = session.settings
        self.bench = Bench(
            session.template, sandbox, cache or cache_folder(), memory_gb=settings.memory_gb, timeout_s=settings.timeout_s
        )
        self.store = BaselineStore(self.bench.cache, session.template)

    # --- the baseline

    def measure_baseline(self) -> RunAccepted:
        """run_0: taken from the cache where this template was measured on this machine, else measured seed by seed.

        Raises EnvironmentBroken, or CheckFailed where the untouched template itself does not work.
        """
        return self.session.journal.step(RunAccepted, "run_0", self._baseline)

    def _baseline(self) -> RunAccepted:
        session = self.session
        infos = {}
        with self.store.lock(self.why_stop):
            prepare(self.bench, session.paths.attempts / "prepare")
            for seed in session.template.baseline.seeds:
                infos[seed] = self.store.get(seed) or self._measure_seed(seed)
        merged = merge_seeds(session.template, infos)
        target = session.paths.run(0)
        copy_run(self.store.seed_folder(session.template.baseline.seeds[0]), target, merged)
        for seed, info in infos.items():
            write_json(target / "seeds" / str(seed) / "final_info.json", info)
        files = baseline_files(session.template)
        write_bytes(session.paths.run_code(0), next(iter(files.values())))
        self._write_titles({"run_0": "Baseline"})
        code = {name: session.blobs.put(content) for name, content in files.items()}
        return RunAccepted(run="run_0", title="Baseline", results=merged, code=code)

    def _measure_seed(self, seed: int) -> dict[str, Any]:
        self._tell(f"run_0: baseline with seed {seed}")
        files = baseline_files(self.session.template)
        step = self._step(f"run_0/seed_{seed}")
        ended = self.session.journal.step(AttemptEnded, step, lambda: self._launch(f"run_0/seed_{seed}", step, files, seed))
        if ended.outcome == "environment":
            raise EnvironmentBroken(f"the baseline cannot run: {ended.reason}; mend it, then --resume")
        if ended.outcome != "ok":
            raise CheckFailed(
                f"the untouched template {self.session.template.name} does not work ({ended.outcome}): {ended.reason}; "
                f"its logs lie in {self._folder(ended.number)}; mend the template"
            )
        self.store.put(seed, self.session.paths.attempt(ended.number or 0).code / "run_0", ended.results)
        return ended.results

    # --- attempts and runs

    def attempt(self, run: str, step: str, edit: Edited) -> AttemptEnded:
        """Launch what the edit made, unless that would be in vain; what came of it."""
        name = self._step(step)
        return self.session.journal.step(AttemptEnded, name, lambda: self._attempt(run, name, edit))

    def _attempt(self, run: str, step: str, edit: Edited) -> AttemptEnded:
        template = self.session.template
        if not edit.changed:
            reason = _UNEDITED[edit.outcome]
            return AttemptEnded(number=None, run=run, outcome="no_edit", reason=reason, cause=reason, signature="no_edit")
        files = {name: self.session.blobs.get(edit.files[name]) for name in template.experiment.editable}
        accepted, failed = self._known()
        code = code_sha(files)
        if code in accepted:
            reason = f"the code is, byte for byte, that of {accepted[code]}, whose result is known"
            return AttemptEnded(number=None, run=run, outcome="no_edit", reason=reason, cause=reason, signature="no_edit")
        if code in failed:
            before = failed[code]
            same = f"the code is, byte for byte, that of attempt {before.number}, so it was not launched again"
            return AttemptEnded(number=None, run=run, outcome="crashed", reason=f"{same}: {before.reason}",
                                cause=f"{same}. It had ended so:\n{before.cause}", signature=before.signature)  # fmt: skip
        if in_vain := preflight(files, template.experiment.command):
            return AttemptEnded(number=None, run=run, outcome="crashed", reason=in_vain, cause=f"It was not launched: {in_vain}",
                                signature=f"preflight|{in_vain[:80]}")  # fmt: skip
        self._tell(f"{step}: the experiment runs")
        return self._launch(run, step, files, template.experiment.seed)

    def accept(self, run: str, title: str, ended: AttemptEnded, edit: Edited) -> RunAccepted:
        """The attempt counts: its folder and code get their place, its differences from the baseline are named."""

        def work() -> RunAccepted:
            session, template = self.session, self.session.template
            index = int(run.removeprefix("run_"))
            copy_run(session.paths.attempt(ended.number or 0).code / run, session.paths.run(index), ended.results)
            write_bytes(session.paths.run_code(index), session.blobs.get(edit.files[template.experiment.editable[0]]))
            self._write_titles({run: title})
            found = differences(template.comparable.keys, ended.results, self._accepted()["run_0"].results)
            code = {name: edit.files[name] for name in template.experiment.editable}
            return RunAccepted(run=run, title=title, attempt=ended.number, results=ended.results, comparable=found, code=code)

        return self.session.journal.step(RunAccepted, run, work)

    # --- figures

    def draw(self, step: str, edit: Edited) -> FiguresDrawn:
        """Run the coder's plot.py on the results of all accepted runs; good figures take the place of the old ones."""
        names = self.session.template.editable
        return self._draw(step, lambda: {name: self.session.blobs.get(edit.files[name]) for name in names})

    def draw_template(self, step: str) -> FiguresDrawn:
        """The same with the template's own plot.py."""
        template = self.session.template
        return self._draw(step, lambda: {name: (template.root / name).read_bytes() for name in template.editable})

    def _draw(self, step: str, files: Callable[[], Mapping[str, bytes]]) -> FiguresDrawn:
        def work() -> FiguresDrawn:
            self._tell(f"{step}: the figures are drawn")
            session = self.session
            folder = session.paths.attempts / step.replace("/", "_")
            shutil.rmtree(folder, ignore_errors=True)
            results = {run.run: run.results for run in session.journal.all(RunAccepted)}
            titles = {run.run: run.title for run in session.journal.all(RunAccepted)}
            return figures.draw(self.bench, folder, files(), figures.Results(results, titles, session.paths.run(0)),
                                session.paths.figures)  # fmt: skip

        return self.session.journal.step(FiguresDrawn, step, work)

    def result_structure(self) -> str:
        """What a final_info.json holds, key by key, for whoever writes plot.py."""
        runs = list(self.session.journal.all(RunAccepted))
        return figures.structure(runs[-1].results) if runs else ""

    # --- within

    def _launch(self, run: str, step: str, files: Mapping[str, bytes], seed: int) -> AttemptEnded:
        session = self.session
        number = self._next_number()
        paths = session.paths.attempt(number)
        paths.root.mkdir(parents=True)
        session.journal.append(AttemptBegun(step=step, number=number, run=run))
        accepted = self._accepted()
        trial = Trial(
            run=run, number=number, files=files, seed=seed, fixed_sha256=self._fixed_sha256(),
            earlier=self._earlier(accepted), protected=self._protected(), baseline_passed="run_0" in accepted,
        )  # fmt: skip
        return attempt(self.bench, paths, trial)

    def _step(self, step: str) -> str:
        """The name under which a launch is journalled; one that the environment stopped is tried anew when resumed."""
        journal = self.session.journal
        resumed = max((event.seq for event in journal.all(SessionResumed)), default=-1)
        name, again = step, 0
        while (found := journal.find(AttemptEnded, name)) and found.outcome == "environment" and found.seq < resumed:
            again += 1
            name = f"{step}/again_{again}"
        return name

    def _next_number(self) -> int:
        """One past every attempt that was ever begun here, also of those that were cut off."""
        begun = [event.number for event in self.session.journal.all(AttemptBegun)]
        folders = self.session.paths.attempts.glob("[0-9][0-9][0-9]*")
        return 1 + max([0, *begun, *(int(path.name) for path in folders if path.name.isdigit())])

    def _accepted(self) -> dict[str, RunAccepted]:
        return {event.run: event for event in self.session.journal.all(RunAccepted)}

    def _sha(self, code: Mapping[str, str]) -> str:
        """Hash of the experiment's files, as `code_sha` of their contents."""
        names = self.session.template.experiment.editable
        return code_sha({name: self.session.blobs.get(code[name]) for name in names if name in code})

    def _known(self) -> tuple[dict[str, str], dict[str, AttemptEnded]]:
        """Hashes of code that was accepted (to its run), and of code that failed by its own fault (to the attempt)."""
        accepted = {self._sha(event.code): event.run for event in self._accepted().values()}
        edits = {event.step: event for event in self.session.journal.all(Edited)}
        failed = {}
        for event in self.session.journal.all(AttemptEnded):
            edit = edits.get(event.step.split("/again_")[0])
            if edit and event.number and event.outcome in ("crashed", "timed_out", "not_proven", "bad_results"):
                failed[self._sha(edit.files)] = event
        return accepted, failed

    def _earlier(self, accepted: Mapping[str, RunAccepted]) -> Earlier:
        if "run_0" not in accepted:
            return Earlier()
        code = self._sha(accepted["run_0"].code)
        seeds = self.session.template.baseline.seeds
        baseline = [Measured(f"the baseline with seed {seed}", self._seed_metrics(seed), code) for seed in seeds]
        previous = [
            Measured(name, event.results["metrics"], self._sha(event.code))
            for name, event in accepted.items() if name != "run_0"
        ]  # fmt: skip
        return Earlier(baseline, previous)

    def _seed_metrics(self, seed: int) -> dict[str, Any]:
        info = figures.read_seed(self.session.paths.run(0), seed) or self.store.get(seed) or {}
        return dict(info.get("metrics", {}))

    def _protected(self) -> Sequence[Path]:
        template, root = self.session.template, self.session.paths.root
        own = [root / name for name in sorted(os.listdir(root)) if name not in _UNGUARDED and not name.startswith(".")]
        names = dict.fromkeys([*template.editable, *template.experiment.fixed, *template.experiment.read_only, "template.toml"])
        return [*own, *(template.root / name for name in names)]

    def _fixed_sha256(self) -> str:
        """The hash that the session began with."""
        return str(json.loads(self.session.paths.spec.read_text(encoding="utf-8"))["fixed_sha256"])

    def _write_titles(self, more: Mapping[str, str]) -> None:
        titles = {event.run: event.title for event in self.session.journal.all(RunAccepted)}
        write_json(self.session.paths.titles, {**titles, **more})

    def _folder(self, number: int | None) -> Path:
        return self.session.paths.attempt(number or 0).root

    def _tell(self, what: str) -> None:
        if self.teller is not None:
            self.teller.now(what)
