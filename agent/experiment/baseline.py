"""The baseline: the untouched template, measured once per seed, its seeds merged into run_0."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from contextlib import closing

from agent.experiment.baseline_store import BaselineStore, baseline_files
from agent.experiment.ending import must_have_worked
from agent.experiment.kept import SCORES, copy_run
from agent.experiment.launches import Launches, Wanted
from agent.experiment.past import launch_step, seed_result
from agent.results.values import Value
from agent.results.verdicts.at_points import over_its_seeds
from agent.results.verdicts.verdict import half_width
from agent.session.events import AttemptEnded, RunAccepted
from agent.session.files import write_bytes, write_json
from agent.session.run_info import Measurement, RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, Step
from agent.session.template.contract import Template


def settled_baseline(session: Session, store: BaselineStore, launches: Launches) -> RunAccepted:
    """run_0 in the session's folder: each seed's result the kept one where there is one, else measured now.

    Raises EnvironmentBroken, or CheckFailed where the untouched template itself does not work.
    """
    template = session.template
    found = {seed: info for seed in template.baseline.seeds if (info := store.get(seed))}
    missing = [seed for seed in template.baseline.seeds if seed not in found]
    with closing(launches.side_by_side([_wanted(session, seed) for seed in missing])) as launched:
        for seed, ended in zip(missing, launched, strict=True):
            found[seed] = _measured(session, store, seed, ended)
    infos = {seed: found[seed] for seed in template.baseline.seeds}
    merged = merge_seeds(template, infos)
    first = store.seed_folder(template.baseline.seeds[0])
    copy_run(first, session.paths.run(BASELINE), merged, first / SCORES)
    for seed, info in infos.items():
        write_json(seed_result(session, seed), info.written())
    files = baseline_files(template)
    write_bytes(session.paths.run_code(BASELINE), files[template.experiment.editable[0]])
    code = {name: session.blobs.put(content) for name, content in files.items()}
    return RunAccepted(run=BASELINE, title="Baseline", results=merged, code=code)


def _wanted(session: Session, seed: int) -> Wanted:
    """The untouched template with one of its seeds."""
    run, files = Step.seed(seed), baseline_files(session.template)
    return Wanted(run, launch_step(session, run), files, seed, f"{BASELINE}: the baseline runs with seed {seed}")


def _measured(session: Session, store: BaselineStore, seed: int, ended: AttemptEnded) -> RunInfo:
    """The result of a seed that was measured, kept for other sessions."""
    folder = session.paths.attempt(ended.number or 0)
    untouched = f"the untouched template {session.template.name}"
    must_have_worked(ended, folder.root, "the baseline", untouched, "mend the template")
    store.put(seed, folder.code / BASELINE, ended.results, folder.scores)
    return ended.results


def merge_seeds(template: Template, infos: Mapping[int, RunInfo]) -> RunInfo:
    """run_0: the first seed's config and training; metrics over the seeds, those that every seed has.

    Each metric is {mean, spread, n, noise}: `spread` is the standard deviation (n - 1), `noise` the half-width of the
    95% prediction interval for one new run (`half_width`); both None where n = 1. Where all seeds gave the same, `noise` is
    None as well: it was not measured; 0 where the template is deterministic.
    """
    seeds, exact = template.baseline.seeds, template.baseline.deterministic
    measured = {seed: infos[seed].metrics for seed in seeds}
    merged = {}
    for name in template.metrics:
        if any(name not in metrics for metrics in measured.values()):
            continue  # an optional metric that a seed lacks: no run is judged by it
        means = [float(measured[seed][name].mean) for seed in seeds]
        spread = statistics.stdev(means) if len(means) > 1 else None
        merged[name] = _measurement(Value(statistics.fmean(means), spread, len(means)), exact)
    costs = [cost for seed in seeds for cost in infos[seed].costs]
    whole = infos[seeds[0]].merged(merged, list(seeds), exact)
    whole = over_its_seeds(whole, [infos[seed].details for seed in seeds], with_noise=True)
    return whole.costing(costs, template.comparable.compute_factor)


def _measurement(value: Value, deterministic: bool) -> Measurement:
    """The baseline's value with its noise, None where that is not known."""
    noise = None if value.all_same else half_width(value.spread, value.n)
    if deterministic and (value.n < 2 or value.all_same):
        noise = 0.0
    return Measurement(value.mean, value.spread, value.n, noise)
