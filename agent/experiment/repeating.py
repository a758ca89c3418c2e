"""A run on several seeds: which, what came of each, and the run's values over them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from contextlib import closing

from agent.experiment.launches import Launches, Wanted
from agent.experiment.past import launch_step
from agent.results.collect import UNDEFINED, undefined_over_seeds
from agent.results.story import story_of
from agent.results.story.plan import seeds_planned
from agent.results.verdicts.at_points import over_its_seeds
from agent.results.verdicts.comparable import differences, look_up
from agent.results.verdicts.load import load_differences
from agent.session.events import AttemptEnded
from agent.session.run_info import Measurement, RunInfo
from agent.session.session import Session
from agent.session.steps import RunName, Step
from agent.session.template.contract import Template

_SEED = "config.seed"
"""Where a result says which seed it used: the one setting in which launches of one run differ."""


def seeds_asked(session: Session, run: RunName) -> int:
    """On how many seeds a run is launched: what the setting or the idea says, or the plan's line of it where that is more."""
    asked = session.idea.seeds_a_run(session.settings.experiment.seeds)
    return max(asked, seeds_planned(story_of(session).plan, run.number))


def run_seeds(template: Template, count: int, confirm: int | None = None) -> list[int]:
    """The seeds of a run: the experiment's own first, then the baseline's, so that pairs exist, then others; never a fresh
    one of the confirmation, of which `confirm` are asked for, or as many as the template has."""
    kept = template.confirmation
    fresh = kept.fresh_seeds(max(kept.seeds, confirm or 0)) if kept else []
    seeds = list(dict.fromkeys([template.experiment.seed, *template.baseline.seeds]))
    after = max(seeds) + 1
    while len(seeds) < count:
        if after not in fresh:
            seeds.append(after)
        after += 1
    return seeds[:count]


def _seeds(session: Session, run: RunName) -> list[int]:
    """The seeds of a run of this session."""
    return run_seeds(session.template, seeds_asked(session, run), session.settings.confirmation.seeds)


def repeated(
    session: Session, run: RunName, ended: AttemptEnded, files: Mapping[str, bytes], launches: Launches
) -> AttemptEnded | None:
    """Every further seed of a run whose first ended well, launched where the journal does not hold it; the first that did not
    end well, None where all did. What still runs beside one that did not is ended."""
    names = {seed: _name(session, ended, seed) for seed in _seeds(session, run)[1:]}
    wanted = [
        Wanted(Step(run).on_seed(seed), name, files, seed, f"{name}: the experiment runs with seed {seed}")
        for seed, name in names.items()
    ]
    with closing(launches.side_by_side(wanted)) as ends:
        return next((end for end in ends if end.outcome != "ok"), None)


def _name(session: Session, ended: AttemptEnded, seed: int) -> Step:
    """Of an attempt's launch with another seed: that of the attempt's turn, and the seed."""
    return launch_step(session, ended.step.first_launch.on_seed(seed))


def results_by_seed(session: Session, run: RunName, ended: AttemptEnded) -> dict[int, RunInfo]:
    """The result for each seed of an accepted attempt, the first seed first; that one alone where another did not end well."""
    seeds = _seeds(session, run)
    found = {seeds[0]: ended.results}
    for seed in seeds[1:]:
        end = session.journal.find(AttemptEnded, _name(session, ended, seed))
        if end is None or end.outcome != "ok":
            return {seeds[0]: ended.results}
        found[seed] = end.results
    return found


def over_seeds(infos: Mapping[int, RunInfo]) -> RunInfo:
    """The run's result: the first seed's, its metrics over the seeds as {mean, spread, n}, those that every seed has; so its frontier."""
    first = next(iter(infos.values()))
    measured = [info.metrics for info in infos.values()]
    merged = {}
    for name in measured[0]:
        values = [float(metrics[name].mean) for metrics in measured if name in metrics]
        if len(values) == len(measured):
            merged[name] = Measurement(statistics.fmean(values), statistics.stdev(values), len(values))
    whole = over_its_seeds(first.repeated(merged, list(infos)), [info.details for info in infos.values()])
    if absent := undefined_over_seeds(infos, merged):
        whole = whole.detailed({UNDEFINED: absent})
    return whole.costing([cost for info in infos.values() for cost in info.costs])


def unlike_baseline(template: Template, infos: Mapping[int, RunInfo], baseline: RunInfo) -> list[str]:
    """Why a run cannot be compared: the first seed's differences, then those of further seeds, whose seed is the tool's own."""
    keys = template.comparable.keys
    first, *others = infos
    found = differences(keys, infos[first], baseline)
    for seed in others:
        wrong = [
            text
            for text in differences([key for key in keys if key != _SEED], infos[seed], baseline)
            if text not in found
        ]
        used = look_up(infos[seed], _SEED)
        if _SEED in keys and used != seed:
            wrong.append(f"{_SEED}: {seed} → {used}")
        found += [f"with seed {seed}, {text}" for text in wrong]
    costs = [cost for info in infos.values() for cost in info.costs]
    return found + load_differences(template.budget, infos[first].costing(costs), baseline)
