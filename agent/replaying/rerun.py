"""`replay.py --rerun run_3`: the recorded code of one run, run and scored again, away from the session's record."""

from __future__ import annotations

from pathlib import Path

from agent.errors import LabloopError, UsageError
from agent.experiment.launch import Bench, store_for
from agent.experiment.prepare import prepare
from agent.experiment.trials.run_trial import run_trial
from agent.experiment.trials.trial import Trial
from agent.launching import within_reach
from agent.models.registry import edits_live
from agent.results.collect import run_result
from agent.results.results import RunResult
from agent.results.story import story_of
from agent.sandbox import choose
from agent.session.paths import AttemptPaths
from agent.session.session import Session
from agent.session.steps import RunName, Step


def rerun(session: Session, name: str) -> RunResult:
    """Run the accepted code of `name` again in the session's `reruns/`; its new result.

    Raises UsageError for a run that was not accepted or is the baseline, LabloopError where it fails now.
    """
    accepted = {event.run: event for event in story_of(session).runs}
    run = RunName.parse(name)
    if run not in accepted:
        raise UsageError(f"--rerun {name}: no such accepted run; there are {', '.join(accepted) or 'none'}")
    event, template = accepted[run], session.template
    bench = bench_here(session)
    folder, number = _next(session.paths.root / "reruns", name)
    prepare(bench, folder / "prepare")
    files = {file: session.blobs.get(digest) for file, digest in event.code.items()}
    trial = Trial(
        run=Step(name),
        number=number,
        files=files,
        seed=template.experiment.seed,
        fixed_sha256=template.fixed_hash(),
        baseline_passed=True,
    )
    ended = run_trial(bench, AttemptPaths(folder), trial)
    if ended.outcome != "ok":
        raise LabloopError(f"{name} does not run now ({ended.outcome}): {ended.reason}; its logs lie in {folder}")
    return run_result(event.model_copy(update={"results": ended.results}))


def bench_here(session: Session) -> Bench:
    """Where a session's code is run again on this machine, by its own settings."""
    sandbox = choose(session.settings.sandbox.kind, live=edits_live(session.settings.models))
    return Bench.of(session.template, sandbox, store_for(sandbox, session.paths), within_reach(session.settings))


def _next(parent: Path, name: str) -> tuple[Path, int]:
    number = 1 + sum(1 for _ in parent.glob(f"{name}_*"))
    folder = parent / f"{name}_{number}"
    folder.mkdir(parents=True)
    return folder, number
