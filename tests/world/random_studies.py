"""Studies and texts at random, from a seed: what an honest session may hold, in any order and under any circumstances."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from agent.evidence.evidence import Evidence
from agent.evidence.reference import FIELDS, GROUPS, PLAIN_GROUPS, parse_reference
from agent.results.compute import Compute
from agent.results.confirmation import Confirmation
from agent.results.controls import ControlResult
from agent.results.registered.outcomes import registration_of
from agent.results.results import Results, RunResult
from agent.results.story import Story
from agent.results.values import Value
from agent.session.cost import Cost
from agent.session.events import Registered
from agent.session.events.hypothesis import Hypothesis
from agent.session.steps import BASELINE, ControlName, RunName
from agent.session.template.contract import Metric
from tests.world.study import CONFIG, REPORTED

_UNITS = ("", "", "%", "latents", "s")
_RELATIONS = ("better than", "worse than", "not worse than", "within noise of")
_TITLES = ("Plain penalty", "Weight λ₂ & 50% warm_up", "At 2e-3, top-1 (soft)", "Cosine decay; α̂ = ½", "~{x} ^ 5 #1 $2")
_CONTROLS = ("an untrained model", "the best (raw) dimension; 50%", "a random_one")
_TELLS = re.compile(r"verdict|short|compare|list|outcome|conclusion|confirmed|best")
_JOINS = (", ", " and ", ". ", " (", "; ", ") ", "\n\n", " latents, ", "% ", "\\% ", "~s. ", ": ")


def random_evidence(seed: int) -> Evidence:
    """A study of up to eight runs: costs, matching, seeds, noise, controls, confirmation and hypotheses as chance has it."""
    rng = random.Random(seed)
    names = [f"{name}_rate" for name in ("absorption", "l0", "loss", "cosine", "f1")][: rng.randint(1, 5)]
    metrics = {name: _metric(rng, name == names[0]) for name in names}
    base = {name: rng.choice((0.0, 0.5, 16.0, 87.25)) for name in names}
    several = rng.choice((1, 3, 5))
    deterministic = rng.random() < 0.2
    runs = tuple(_run(rng, index, base, several, deterministic) for index in range(rng.randint(1, 9)))
    controls = tuple(
        ControlResult(ControlName(f"control_{place}"), title, _values(rng, base, 1))
        for place, title in enumerate(rng.sample(_CONTROLS, rng.randint(0, 3)))
    )
    results = Results(metrics, names[0], runs, controls, named=tuple(names[: rng.randint(0, 2)]))
    prior = frozenset(run.name for run in runs[1:] if rng.random() < 0.2)
    results = replace(
        results, prior_art=prior, elsewhere=rng.choice((0, 3)), confirmation=_confirmed(rng, results, base)
    )
    tried = Story([_registered(rng, results)])
    return Evidence(results, rng.choice((REPORTED, None)), registration_of(tried, results))


def _metric(rng: random.Random, primary: bool) -> Metric:
    return Metric(
        direction=rng.choice(("higher", "lower") if primary else ("higher", "lower", None)),
        description="what is measured",
        unit=rng.choice(_UNITS),
        primary=primary,
        digits=rng.randint(0, 4),
        matched_within=rng.choice((None, None, 0.1)),
    )


def _values(rng: random.Random, base: dict[str, float], several: int, same: bool = False) -> dict[str, Value]:
    found = {}
    for name, mean in base.items():
        spread = 0.0 if same or rng.random() < 0.1 else rng.choice((0.0004, 0.02, 1.0))
        shift = rng.choice((0.0, 0.00001, 0.003, -0.003, 0.4, -0.4, 30.0))
        if rng.random() < 0.9:
            found[name] = Value(mean + (0.0 if same else shift), spread if several > 1 else None, several)
    return found


def _run(rng: random.Random, index: int, base: dict[str, float], several: int, deterministic: bool) -> RunResult:
    seeds = tuple(range(several)) if index and several > 1 and rng.random() < 0.5 else ()
    costs = tuple(
        Cost(wall_s=9.0, cpu_s=rng.choice((10.0, 10.0, 17.0, 30.0, 2.0)), peak_gb=0.41)
        for _ in range(several if not index else 1)
    )
    values = {name: Value(mean, 0.01 if several > 1 else None, several) for name, mean in base.items()}
    if index or rng.random() < 0.2:
        values = _values(rng, base, several if seeds or not index else 1, deterministic and not index)
    return RunResult(
        RunName.of(index) if index else BASELINE,
        rng.choice(_TITLES) if index else "Baseline",
        values,
        {**CONFIG, "soft": rng.random() < 0.5, "part": 1 / 3},
        {"steps": 40_000, "loss": 0.1084},
        ("config.k: 16 → 32",) if index and rng.random() < 0.15 else (),
        deterministic=deterministic and not index,
        seeds=seeds,
        compute=Compute(costs if rng.random() < 0.8 else ()),
        parent=RunName.of(rng.randrange(index)) if index and rng.random() < 0.7 else None,
    )


def _confirmed(rng: random.Random, results: Results, base: dict[str, float]) -> Confirmation | None:
    if len(results.runs) == 1 or rng.random() < 0.3:
        return rng.choice((None, Confirmation(None, "none was asked for", metrics=(results.primary,))))
    run, names = rng.choice(results.runs[1:]).name, tuple(base)[: rng.randint(1, 3)]
    seeds: tuple[int, ...] = rng.choice(((), (101, 102, 103)))

    def sample() -> dict[str, tuple[float, ...]]:
        shifts = {name: rng.choice((0.0, 0.1, 3.0)) for name in names}
        return {name: tuple(base[name] + shift + rng.random() * 1e-3 for _ in seeds) for name, shift in shifts.items()}

    matched = {
        each: {name: (base[name] + shift,) * 3 for name in names} for each, shift in ((run, 4.0), (BASELINE, 0.0))
    }
    costs = {run: (Cost(wall_s=9.0, cpu_s=25.0),) * 3, BASELINE: (Cost(wall_s=9.0, cpu_s=10.0),) * 3}
    return Confirmation(
        run,
        "the best",
        results.primary,
        names,
        seeds,
        sample() if seeds else {},
        sample() if seeds else {},
        failed=("seed 102 crashed",) if rng.random() < 0.1 else (),
        matched=rng.choice(({}, matched)),
        costs=rng.choice(({}, costs)),
    )


def _registered(rng: random.Random, results: Results) -> Registered:
    runs = [RunName.of(number) for number in range(len(results.runs) + 1)]
    told = [
        Hypothesis(
            name=f"H{number}",
            metric=rng.choice([*results.metrics]),
            run=rng.choice(runs[1:]),
            relation=rng.choice(_RELATIONS),
            against=rng.choice((BASELINE, *runs[1:])),
            margin=rng.choice((None, 0.01)) if number % 2 else None,
        )
        for number in range(1, rng.randint(1, 5))
    ]
    return Registered(step="plan", hypotheses=told)


def _named(results: Results) -> Iterator[str]:
    """What a text may refer to in some study of these runs and metrics, whether there is such a value or not."""
    runs, metrics = [run.name for run in results.runs], [*results.metrics]
    for run in (*runs, "best"):
        yield from (
            f"{run}.{rest}"
            for rest in ("name", "title", "parent", "compute", "compute.times", "compute.cpu_s", "matched")
        )
        yield from (f"{run}.config.soft", f"{run}.config.part", f"{run}.training.steps", str(run))
        yield from (f"{run}.{metric}{field}" for metric in metrics for field in ("", *(f".{each}" for each in FIELDS)))
    for control in results.controls:
        yield from (
            f"{control.name}.{metric}{field}" for metric in metrics for field in ("", ".mean", ".delta", ".verdict")
        )
    for metric in metrics:
        yield from (f"compare {one} {other} {metric}" for one in runs for other in runs if one != other)
        yield from (f"{word} {group} {metric}" for word in ("count", "list", "share") for group in GROUPS)
        yield from (
            f"best {metric}",
            f"conclusion {metric}",
            f"verdicts {metric}",
            f"table {metric}",
            f"confirmed.{metric}",
        )
        yield from (
            f"confirmed.{metric}.{field}"
            for field in ("verdict", "delta", "noise", "mean", "theirs", "spread", "n", "beside")
        )
    yield from (f"{word} {group}" for word in ("count", "list", "share") for group in PLAIN_GROUPS)
    yield from (f"verdicts {' '.join(metrics)} | {run}" for run in runs[1:])
    yield from (f"verdicts {' '.join(metrics)}", "table", "conclusion", "confirmed", "confirmed.run", "confirmed.seeds")
    yield from (f"H{number}{rest}" for number in range(1, 6) for rest in ("", ".outcome"))
    yield from ("reported.topk.l0", "reported.source")


def random_text(evidence: Evidence, seed: int, count: int = 60) -> str:
    """A text with so many references in any order, most of them of kinds that tell something once, between words of any kind."""
    rng = random.Random(seed)
    named = [*_named(evidence.results)]
    telling = [each for each in named if _TELLS.search(each)]
    tried = (parse_reference(rng.choice(rng.choice((named, telling)))) for _ in range(count * 2))
    chosen = [each.text for each in tried if evidence.says(each)][:count]
    return "".join(f"It is [[{each}]]{rng.choice(_JOINS)}" for each in chosen)
