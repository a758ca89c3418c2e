"""References to published values: shown with their mark, and refused wherever something would be computed with them."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import REPORTED, Reference, nearest
from agent.results.results import Results
from agent.results.words import phrases
from agent.session.template.reported import Reported


def published(reference: Reference, reported: Reported | None, results: Results) -> Filled:
    """A published value with its mark, or where it was published; nothing is computed from either.

    Raises BadAnswer for what was not published, naming the nearest that was.
    """
    if reported is None:
        raise BadAnswer(f"[[{reference.text}]]: no published results are given at this scale")
    if reference.rest == ("source",):
        return Filled(reference, reported.source)
    value = reported.value(*reference.rest) if len(reference.rest) == 2 else None
    if value is None:
        known = [f"{name}.{metric}" for name, one in reported.baselines.items() for metric in one.metrics]
        raise BadAnswer(
            f"[[{reference.text}]]: of published results only [[{REPORTED}.NAME.METRIC]] and [[{REPORTED}.source]] exist, "
            f"with no delta, verdict or noise; {nearest('.'.join(reference.rest), known)}"
        )
    text = phrases.reported_number(value, results.metrics.get(reference.rest[1]))
    row = (REPORTED, ".".join(reference.rest))
    return Filled(reference, f"{text} ({phrases.REPORTED_MARK})", (row,), reported=text)


def refuse_published(reference: Reference, results: Results) -> None:
    """Published results stand in no comparison, count, list or table: they were measured elsewhere, otherwise."""
    words = [word.split(".")[0] for word in reference.rest]
    if REPORTED in words and REPORTED not in results.metrics:
        raise BadAnswer(
            f"[[{reference.text}]]: published results were not measured here, under the same conditions, so nothing is "
            f"compared with them; state [[{REPORTED}.NAME.METRIC]] as reported, beside the measured value, and compare neither"
        )
