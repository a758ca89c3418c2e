"""References to the confirmation: `[[confirmed]]`, `[[confirmed.METRIC]]` and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import CONFIRMED, Reference, nearest
from agent.results.confirmation import Confirmation
from agent.results.results import Results
from agent.results.values import with_digits
from agent.results.verdicts.outcome import Outcome
from agent.results.words import phrases
from agent.results.words.beside import beside_text
from agent.results.words.confirmed import confirmed_text, digits_of, outcome_of, outcome_text, outcome_words
from agent.session.template.contract import Metric


def confirmed(reference: Reference, results: Results) -> Filled:
    """What fresh seeds said: as a sentence, of a metric in words, or a number of it.

    Raises BadAnswer where there is no confirmation, and for a metric or a field that it has not.
    """
    known, rest = results.confirmation, reference.rest
    if known is None:
        raise BadAnswer(
            f"[[{reference.text}]]: nothing has been confirmed in this session (yet); write of what runs measured"
        )
    if not rest:
        rows = tuple((CONFIRMED, name) for name in known.metrics if name in results.metrics)
        return Filled(reference, confirmed_text(results), rows)
    if rest == ("seeds",):
        return Filled(reference, str(len(known.seeds)))
    if rest in (("run",), ("name",)):
        return Filled(reference, _run(known, results))
    metric, field = rest[0], rest[1] if len(rest) == 2 else ""
    if metric not in known.metrics or metric not in results.metrics or len(rest) > 2:
        raise BadAnswer(
            f"[[{reference.text}]]: of the confirmation there are [[{CONFIRMED}]], [[{CONFIRMED}.run]], [[{CONFIRMED}.seeds]], "
            f"[[{CONFIRMED}.METRIC]] and its {', '.join(FIELDS)}; {nearest(metric, known.metrics)}"
        )
    if field and field not in FIELDS:
        raise BadAnswer(f"[[{reference.text}]]: the confirmation has no field {field!r}; {nearest(field, FIELDS)}")
    text = FIELDS[field](results, metric) if field else outcome_text(results, metric)
    return Filled(reference, text, ((CONFIRMED, metric),))


def _run(known: Confirmation, results: Results) -> str:
    run = results.get(known.run or "")
    return phrases.run_label(run) if run else "no run"


def _number(of: Callable[[Outcome, Metric], str]) -> Callable[[Results, str], str]:
    """A number of an outcome; what was not measured is said."""

    def text(results: Results, metric: str) -> str:
        found = outcome_of(results, metric)
        return phrases.MISSING if found.difference is None else of(found, results.metrics[metric])

    return text


def _shown(found: Outcome, kind: Metric) -> Metric:
    return with_digits(kind, digits_of(found, kind))


def _delta(found: Outcome, kind: Metric) -> str:
    assert found.difference is not None
    return phrases.number(found.difference, _shown(found, kind), signed=True)


def _noise(found: Outcome, kind: Metric) -> str:
    return "unknown" if found.noise is None else phrases.number(found.noise, _shown(found, kind))


def _mean(found: Outcome, kind: Metric) -> str:
    return phrases.MISSING if found.mine is None else phrases.number(found.mine.mean, kind)


def _theirs(found: Outcome, kind: Metric) -> str:
    return phrases.MISSING if found.theirs is None else phrases.number(found.theirs.mean, kind)


def _spread(found: Outcome, kind: Metric) -> str:
    known = found.mine is not None and found.mine.spread is not None
    return phrases.number(found.mine.spread, kind) if known else phrases.MISSING  # type: ignore[union-attr, arg-type]


def _n(found: Outcome, kind: Metric) -> str:
    return phrases.MISSING if found.mine is None else str(found.mine.n)


FIELDS: Mapping[str, Callable[[Results, str], str]] = {
    "verdict": outcome_words,
    "delta": _number(_delta),
    "noise": _number(_noise),
    "mean": _number(_mean),
    "theirs": _number(_theirs),
    "spread": _number(_spread),
    "n": _number(_n),
    "beside": beside_text,
}
"""What can be said of a metric of the confirmation, by field."""
