"""What `[[RUN.compute]]` and `[[RUN.compute.FIELD]]` say, how much compute a run took, and `[[RUN.matched]]`, whether it is where comparisons are
made."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import Reference, nearest
from agent.results.results import Results, RunResult
from agent.results.verdicts.matched import matched_names
from agent.results.words.compute import FIELDS, amount_text, field_text
from agent.results.words.phrases import matched_text

COMPUTE = "compute"


def compute(reference: Reference, results: Results, run: RunResult) -> Filled:
    """How much it was, or one field of it; all that was measured stands at the run's head in the appendix.

    Raises BadAnswer for a field that does not exist.
    """
    fields = reference.rest[1:]
    row = ((run.name, ".".join(reference.rest)),)
    if not fields:
        return Filled(reference, amount_text(run.compute, results.ratio(run)), row)
    if len(fields) > 1 or fields[0] not in FIELDS:
        name = ".".join(fields)
        raise BadAnswer(f"[[{reference.text}]]: a run's compute has no field {name!r}; {nearest(name, FIELDS)}")
    return Filled(reference, field_text(run.compute, results.ratio(run), fields[0]), row)


def matched(reference: Reference, results: Results, run: RunResult) -> Filled:
    """`at l0 26.1 against the baseline's 16.0`, or that it is at the baseline's; the values behind it."""
    return Filled(
        reference,
        matched_text(results, run),
        tuple((run.name, name) for name in matched_names(results.metrics) if name in run.values),
    )


def shown(results: Results, run: RunResult, name: str) -> str:
    """The same for the row of the evidence that a reference links to: `compute` or `compute.FIELD`."""
    field = name.removeprefix(COMPUTE).removeprefix(".")
    return field_text(run.compute, results.ratio(run), field) if field else amount_text(run.compute, results.ratio(run))
