"""Whether a template's own experiment works, by running it once as a session will, before a model is asked anything."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from agent.checks.environments import remedy_of
from agent.checks.result import CheckResult, failed, passed
from agent.errors import CheckFailed, EnvironmentBroken, TemplateError
from agent.experiment.baseline import merge_seeds
from agent.experiment.baseline_store import BaselineStore, baseline_files
from agent.experiment.controls import bench_of
from agent.experiment.figures import draw
from agent.experiment.figures.drawing import alone
from agent.experiment.launch import Bench, cache_folder, fill, interpreter, with_interpreter
from agent.experiment.prepare import prepare
from agent.experiment.prove import check_proofs
from agent.experiment.trials.run_trial import run_trial
from agent.experiment.trials.trial import Trial
from agent.launching import LocalLauncher
from agent.launching.slots import Slots
from agent.sandbox import choose
from agent.session.paths import AttemptPaths
from agent.session.run_info import RunInfo
from agent.session.settings import Settings
from agent.session.steps import BASELINE, Step
from agent.session.template.contract import Template

SHORT_S = 60.0
"""An experiment that may take no longer is run by the doctor; `[experiment] check_s` says otherwise for one template."""


def check_limit_s(template: Template, settings: Settings) -> float:
    """Seconds that the untouched experiment may take in a check; 0 where it is not to be run there."""
    declared = template.experiment.check_s
    if declared is not None:
        return declared
    longest = settings.experiment.timeout_s or template.experiment.timeout_s
    parts = [part.timeout_s for part in (template.prepare, template.evaluator) if part is not None]
    return longest if max([longest, *parts]) <= SHORT_S else 0.0


def experiment_check(template: Template, settings: Settings) -> CheckResult:
    """The untouched experiment launched, proven, scored and drawn once in a folder that is gone afterwards.

    Nothing is launched where its result is kept from an earlier session; under plain none is taken, as a session takes none.
    """
    limit_s, seed = check_limit_s(template, settings), template.baseline.seeds[0]
    environment = template.environment.name
    try:
        interpreter(environment)
    except CheckFailed as error:
        return failed("experiment", f"not run: {str(error).split(';')[0]}", remedy_of(environment, template))
    try:
        check_proofs(template.proofs)
        sandbox = choose(settings.sandbox.kind)
        if sandbox.keeps_apart and BaselineStore(cache_folder(), template).get(seed) is not None:
            return passed("experiment", f"{template.name} was measured here before, untouched")
        with tempfile.TemporaryDirectory(prefix="labloop-check-") as name:
            folder = Path(name).resolve()
            alone = LocalLauncher(sandbox, 1, shared=Slots(1, folder / "slots"))  # a session's night is not waited for
            bench = Bench.of(template, sandbox, folder / "cache", settings)
            elsewhere = not bench.launcher.here
            bench = replace(bench, launcher=alone, timeout_s=limit_s)
            tried = _tried(bench, folder, seed)
            return replace(tried, detail=f"{tried.detail} (here; jobs run elsewhere)", fatal=False) if elsewhere else tried
    except (CheckFailed, EnvironmentBroken) as error:
        return failed("experiment", f"not run: {error}", "see to what is said")
    except TemplateError as error:
        return failed("experiment", str(error), f"mend {template.root / 'template.toml'}")


def _tried(bench: Bench, folder: Path, seed: int) -> CheckResult:
    """What came of it; without a sound figure a session could still begin."""
    template = bench.template
    prepare(bench, folder / "prepare")
    files = baseline_files(template)
    trial = Trial(run=Step(BASELINE), number=0, files=files, seed=seed, fixed_sha256=template.fixed_hash())
    ended = run_trial(bench, AttemptPaths(folder / "attempt"), trial)
    if ended.outcome != "ok":
        told = f"the untouched experiment does not work ({ended.outcome.replace('_', ' ')}): {ended.reason}"
        return failed("experiment", told, _by_hand(template, seed))
    drawn = {name: (template.root / name).read_bytes() for name in template.figures.editable}
    baseline = template.baseline.model_copy(update={"seeds": [seed]})
    one_seed = template.model_copy(update={"baseline": baseline})
    info: RunInfo = merge_seeds(one_seed, {seed: ended.results})
    data = alone(template, info, folder / BASELINE)
    figures = draw(bench, folder / "drawing", drawn, data, folder / "figures")
    if not figures.ok:
        told = f"the experiment works, but {', '.join(template.figures.editable)} does not: {figures.reason}"
        return failed("experiment", told, "mend it, or the coder will have to", fatal=False)
    value = ended.results.metrics[template.primary].mean
    told = f"untouched, in {ended.seconds:.1f} s: {template.primary} {value:.6g}"
    for control in (one for one in template.controls if one.command):
        beside = replace(trial, run=Step.control(control.name))
        tried = run_trial(bench_of(bench, control), AttemptPaths(folder / control.name), beside)
        if tried.outcome != "ok":
            problem = f"the control {control.name} does not work ({tried.outcome.replace('_', ' ')}): {tried.reason}"
            return failed("experiment", problem, f"mend its command, or take it out of {template.root / 'template.toml'}")
        told += f"; control {control.name} {tried.results.metrics[template.primary].mean:.6g}"
    return passed("experiment", told)


def _by_hand(template: Template, seed: int) -> str:
    """The commands that show a person the same: the experiment's, and the evaluator's on what it left."""
    python, out = interpreter(template.environment.name), f"/tmp/{BASELINE}"
    commands = [fill(template.experiment.command, {"out_dir": out, "seed": str(seed)})]
    if template.evaluator is not None:
        commands.append(fill(template.evaluator.command, {"run_dir": out, "out": f"{out}/scores.json"}))
    by_hand = " && ".join(f"PYTHONPATH=. {' '.join(with_interpreter(words, python))}" for words in commands)
    return f"mend the template (docs/templates.md); by hand: cd {template.root} && {by_hand}"
