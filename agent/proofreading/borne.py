"""A comparison in words that no reference of its sentence says, or only one on another metric."""

from __future__ import annotations

from collections.abc import Iterator

from agent.evidence.evidence import Evidence
from agent.evidence.reference import Reference
from agent.proofreading.claims import claims_a_result
from agent.proofreading.comparing import Claim, claims_in
from agent.proofreading.names import Names
from agent.proofreading.prose import Sentence


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the word, why it cannot stand) of the first comparison that nothing bears."""
    borne = {_borne_by(reference, names.evidence) for reference in sentence.references if reference.judges}
    for claim in claims_in(sentence, names):
        spoken_of = set(claim.metrics)
        if claim.word.lower().endswith("fold") and not spoken_of:
            continue  # a tenfold change of a setting
        if borne and (not spoken_of or spoken_of & borne or "" in borne):
            continue
        if borne or claim.moves or claims_a_result(sentence, names):
            yield claim.word, _why(claim)
            return


def _why(claim: Claim) -> str:
    of = f" of {', '.join(sorted(claim.metrics))}" if claim.metrics else ""
    return (
        f"a comparison{of} in words, with no reference that says it; write [[RUN.METRIC.verdict]], "
        "[[compare RUN RUN METRIC]] or [[conclusion METRIC]] in this sentence, or leave the comparison out"
    )


def _borne_by(reference: Reference, evidence: Evidence) -> str:
    """The metric whose comparison a reference says; a hypothesis's is its own."""
    hypothesis = evidence.registration.get(reference.head)
    return hypothesis.hypothesis.metric if hypothesis else reference.judged_metric(evidence.results.primary)
