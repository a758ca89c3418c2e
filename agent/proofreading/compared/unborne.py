"""A comparison in words that no reference of its sentence says, or only one on another metric."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.evidence import Evidence
from agent.evidence.reference import Reference
from agent.proofreading.compared.claims import claims_a_result
from agent.proofreading.compared.comparing import Claim, claims_in, is_said_otherwise
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, named_runs, names_method
from agent.proofreading.sentences.prose import Sentence

_ASKS = re.compile(r"\b(?:unknown|unclear|open|whether|why|how)\b", re.IGNORECASE)
_SETS = re.compile(
    r"\b(?:plan\w*|differs?|changes|adds|uses|varies|measur\w+|comput\w+|trained|penali[sz]es|compar\w+|same|shown?|figures?|tables?|plots?|repeats?|tests?|targets?"
    r"|tries|asks?|looks?|concerns?|is about|question|hypothesis)\b",
    re.IGNORECASE,
)
"""What was done, shown or asked, not what came out."""
_VALUE = re.compile(r"\d\.\d|\d\s?%")
"""A typed number, of which its own rules say why it cannot stand."""
_SAYS = re.compile(
    r"\b(?:is|was|are|were|has|had|have|reach\w*|attain\w*|achiev\w*|obtain\w*|offers?|sits?|edges?|com(?:es?|ing)|came|gives?|gave|yields?|delivers?|leads?|wins?|stands?|lies|lay|stays?"
    r"|remains?|shows?|ends?|lands?|scores?|performs?|los(?:es?|t)|excels?|prevails?|does|did|keeps?|makes?|sacrific\w+|trades?|lags?|trails?|tops?|tied?|ties)\b",
    re.IGNORECASE,
)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the word, why it cannot stand) of the first comparison that nothing bears."""
    borne = {_borne_by(reference, names.evidence) for reference in sentence.references if reference.judges}
    for claim in claims_in(sentence, names):
        spoken_of = set(claim.metrics)
        if claim.word.lower().endswith("fold") and not spoken_of:
            continue  # a tenfold change of a setting
        if borne and (not spoken_of or spoken_of & borne or "" in borne):
            continue
        judged = claim.way in ("good", "bad")
        of_the_method = judged and (names_method(claim.clause) or bool(named_runs(claim.clause)))
        if borne or claim.moves or of_the_method or claims_a_result(sentence, names):
            yield claim.word, _why(claim)
            return
    if (told := _of_a_run(sentence, names)) is not None:
        yield told


def _of_a_run(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """A run and a metric in one clause, and not one reference: whatever is said of them, nothing bears it."""
    text = sentence.text
    if sentence.references or DENIES.search(text) or _ASKS.search(text):
        return None
    for run in named_runs(text):
        clause = sentence.clause(run.start, run.end)
        metrics = names.metrics(clause)
        if (
            sentence.given(run.start, run.end)
            or run.run.is_baseline
            or not metrics
            or names.settings(clause)
            or is_said_otherwise(text, run.start, run.end)
        ):
            continue
        said = _SAYS.search(clause)
        if said is None or _SETS.search(clause) or _VALUE.search(clause):
            continue
        place = text.index(clause) + said.start()
        if is_said_otherwise(text, place, place + len(said.group())):
            continue
        why = f"it says something of {metrics[0]} in this run, with no reference; write [[{run.run}.{metrics[0]}.verdict]] or [[{run.run}.{metrics[0]}]]"
        return said.group(), why
    return None


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
