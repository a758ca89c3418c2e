"""What `[[RUN.compute]]` and `[[RUN.compute.FIELD]]` say: what a run cost, as its supervisor measured it."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import Reference, nearest
from agent.results.compute_words import FIELDS, cost_text, field_text
from agent.results.results import Results, RunResult

COMPUTE = "compute"


def compute(reference: Reference, results: Results, run: RunResult) -> Filled:
    """The whole in words, or one field of it. Raises BadAnswer for a field that does not exist."""
    fields = reference.rest[1:]
    row = ((run.name, ".".join(reference.rest)),)
    if not fields:
        return Filled(reference, cost_text(run.compute, results.ratio(run)), row)
    if len(fields) > 1 or fields[0] not in FIELDS:
        name = ".".join(fields)
        raise BadAnswer(f"[[{reference.text}]]: a run's compute has no field {name!r}; {nearest(name, FIELDS)}")
    return Filled(reference, field_text(run.compute, results.ratio(run), fields[0]), row)


def shown(results: Results, run: RunResult, name: str) -> str:
    """The same for the row of the evidence that a reference links to: `compute` or `compute.FIELD`."""
    field = name.removeprefix(COMPUTE).removeprefix(".")
    return field_text(run.compute, results.ratio(run), field) if field else cost_text(run.compute, results.ratio(run))
