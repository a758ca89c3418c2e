"""What a session measured, as the records of a folder: so that its texts are read and judged as any draft is."""

from __future__ import annotations

from collections.abc import Iterator

from agent.drafts.records.runs import Key, Quantity, Records, Role, Run
from agent.evidence.evidence import Evidence
from agent.results.results import RunResult


def records_of(evidence: Evidence) -> Records:
    """The accepted runs with their means, spreads and settings; a title is another name of its run."""
    return Records(runs=tuple(_run(run, evidence) for run in evidence.results.runs))


def _run(run: RunResult, evidence: Evidence) -> Run:
    settings = evidence.settings(run)
    numbers = {name: float(value) for name, value in settings.items() if _is_number(value)}
    return Run(
        name=run.name,
        quantities=(
            *_measured(run),
            *(_quantity(run, tuple(name.split(".")), value, "setting") for name, value in numbers.items()),
        ),
        labels=(run.title,),
        words={name: value for name, value in settings.items() if isinstance(value, str)},
    )


def _measured(run: RunResult) -> Iterator[Quantity]:
    for metric, value in run.values.items():
        yield _quantity(run, (metric,), value.mean, "value")
        if value.spread:
            yield _quantity(run, (metric,), value.spread, "spread")


def _quantity(run: RunResult, path: tuple[str, ...], value: float, role: Role) -> Quantity:
    return Quantity(run=run.name, file=f"{run.name}/final_info.json", key=Key(path), value=value, role=role)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
