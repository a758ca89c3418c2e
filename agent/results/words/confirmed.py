"""The confirmation in words: what stands in conclusion, page, notes and paper, all from the same two samples."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.results.compute import Compute, ratio_of
from agent.results.confirmation import Confirmation
from agent.results.english import capitalised, listed
from agent.results.results import Results, RunResult
from agent.results.values import Value, with_digits
from agent.results.verdicts.matched import left_by, left_words
from agent.results.verdicts.outcome import Outcome, Word, outcome
from agent.results.verdicts.verdict import Verdict, digits_for
from agent.results.words import phrases
from agent.results.words.compute import BASELINES, far_text
from agent.session.steps import BASELINE
from agent.session.template.contract import Metric

_ONCE = "in one run, not confirmed"
SEEN = f"seen {_ONCE}"
"""All that may be said of a result that fresh seeds did not bear out, or that nobody tried on them."""
_SAID: tuple[tuple[Word, str], ...] = (
    ("confirmed better", "confirmed better than the baseline"),
    ("confirmed worse", "confirmed worse than the baseline"),
    ("not confirmed", "not confirmed"),
)


def outcome_of(results: Results, metric: str) -> Outcome:
    """What fresh seeds say of the candidate on this metric."""
    return outcome(results.confirmation, metric, results.metrics[metric])


def outcome_words(results: Results, metric: str) -> str:
    """The outcome in words that fit after `is`, without a number: `confirmed better than the baseline`."""
    found = outcome_of(results, metric)
    if found.word == "not tried":
        return "not tried on fresh seeds"
    if found.word == "not confirmed":
        return SEEN if _was_seen(results, metric) else found.word
    return dict(_SAID)[found.word]


def outcome_text(results: Results, metric: str) -> str:
    """The same with what it stands on: `confirmed better than the baseline, by 0.012 ± 0.004 over 3 fresh seeds`."""
    found, words = outcome_of(results, metric), outcome_words(results, metric)
    here = dear_text(results) + phrases.here_text(results, metric) if found.word != "not tried" else ""
    if found.difference is None:
        return words + (f" ({found.why})" if found.why else "") + here
    over = f"over {seeds_text(results)}{f'; {found.why}' if found.why else ''}"
    if found.word == "not confirmed":
        return f"{words} ({difference_text(found, results.metrics[metric])} {over}){here}"
    return f"{words}, by {size_text(found, results.metrics[metric])} {over}{here}"


def difference_text(found: Outcome, metric: Metric) -> str:
    """`+0.012 ± 0.004`: the difference of the means with the half-width of its interval, as many digits as tell them apart."""
    assert found.difference is not None
    shown = with_digits(metric, digits_of(found, metric))
    if found.noise is None:
        return phrases.number(found.difference, shown, signed=True)
    return f"{phrases.bare_number(found.difference, shown, signed=True)} ± {phrases.number(found.noise, shown)}"


def size_text(found: Outcome, metric: Metric) -> str:
    """`0.012 ± 0.004`: the same without its sign, behind a word that says which way."""
    return difference_text(replace(found, difference=abs(found.difference or 0.0)), metric).removeprefix("+")


def digits_of(found: Outcome, metric: Metric) -> int:
    """As many decimals as tell the difference from its noise."""
    beyond = "better" if found.word.startswith("confirmed") else "within noise"
    return digits_for(Verdict(beyond, found.difference, found.noise), metric)  # type: ignore[arg-type]


def confirmed_text(results: Results) -> str:
    """A sentence: what was confirmed, of which run, or why nothing was."""
    known = results.confirmation
    assert known is not None
    if known.run is None:
        return f"No result was tried on fresh seeds: {known.reason}."
    label = phrases.whose_label(results, _run(results, known))
    if not known.measured:
        return f"{capitalised(label)} is to be tried on fresh seeds, which has not been done yet."
    if known.failed:
        return f"{capitalised(label)} is not confirmed on fresh seeds: {known.failed[0]}."
    parts = [_of_word(results, word, said) for word, said in _SAID]
    return f"Over {seeds_text(results)}, on a split that the search never touched, {label} is {'; '.join(filter(None, parts))}{dear_text(results)}."


def conclusion_on(results: Results, metric: str, better: Sequence[RunResult]) -> str:
    """The conclusion on a metric of a session that has come to its confirmation; empty where that adds nothing.

    `better`: the runs that the search saw better than the baseline on it.
    """
    known, found, label = results.confirmation, outcome_of(results, metric), phrases.metric_label(metric)
    if known is None:
        return ""
    if found.is_confirmed:
        run = _run(results, known)
        others = [one for one in better if one is not run]
        rest = f"; {phrases.runs_text(others)} {_is(others)} seen better {_ONCE}" if others else ""
        return (
            f"On {label}, {phrases.whose_label(results, run)} is confirmed better than the baseline, by "
            f"{size_text(found, results.metrics[metric])} over {seeds_text(results)} on a split that the search never "
            f"touched{dear_text(results)}{rest}."
        )
    if not better:
        return ""
    seen = f"On {label}, {phrases.runs_text(better)} {_is(better)} seen better than the baseline {_ONCE}{phrases.at_ones(results, better)}"
    return f"{seen}: {_why_not(results, known, found, metric)}."


def _why_not(results: Results, known: Confirmation, found: Outcome, metric: str) -> str:
    if known.run is None:
        return f"nothing was tried on fresh seeds, since {known.reason}"
    label = phrases.whose_label(results, _run(results, known))
    if not known.measured:
        return f"{label} has not been tried on fresh seeds yet"
    if found.difference is None:
        return f"{label} was tried on fresh seeds: {found.why}" if found.why else f"{label} was not tried on it"
    size = difference_text(found, results.metrics[metric])
    worse = "confirmed worse" if found.word == "confirmed worse" else "not apart from the baseline"
    return f"over {seeds_text(results)} {label} is {worse} ({size}{f'; {found.why}' if found.why else ''})"


def seeds_text(results: Results) -> str:
    """`3 fresh seeds`."""
    assert results.confirmation is not None
    return f"{len(results.confirmation.seeds)} fresh seeds"


def _of_word(results: Results, word: Word, said: str) -> str:
    """`confirmed better than the baseline on f1 (+0.01 ± 0.004)`; empty where no metric came out so."""
    known = results.confirmation
    assert known is not None
    named = []
    for name in (name for name in known.metrics if name in results.metrics):
        found = outcome_of(results, name)
        if found.word == word:
            size = difference_text(found, results.metrics[name]) if found.difference is not None else found.why
            named.append(f"{phrases.metric_label(name)} ({size}){phrases.here_text(results, name)}")
    return f"{said} on {listed(named)}" if named else ""


def dear_text(results: Results) -> str:
    """`, at 1.9 times the baseline's compute`, where the candidate's is far from that, and what it is not matched at, by the fresh seeds
    where they tell."""
    known = results.confirmation
    run = results.get(known.run or "") if known is not None else None
    if known is None or run is None:
        return ""
    mine, theirs = (_means(known.matched.get(name, {})) for name in (run.name, BASELINE))
    told = left_words(left_by(results.metrics, mine, theirs, lambda _: None), "the baseline's")
    if not mine.keys() & theirs.keys():  # an older session's, or nothing that has to be matched is scored there
        told = phrases.left_text(results, run)
    return _cost(results, known, run) + (f", {told}" if told else "")


def _cost(results: Results, known: Confirmation, run: RunResult) -> str:
    """What the search says of the candidate's compute; where that is not far, what the fresh seeds do: a run that knows its seed may
    work otherwise there."""
    mine, theirs = (Compute(known.costs.get(name, ())) for name in (run.name, BASELINE))
    fresh = ratio_of(mine, theirs, results.baseline.compute.factor)
    return far_text(results.ratio(run)) or far_text(fresh, f"{BASELINES} on fresh seeds")


def _means(samples: Mapping[str, tuple[float, ...]]) -> dict[str, Value]:
    return {name: Value(statistics.fmean(sample)) for name, sample in samples.items()}


def _was_seen(results: Results, metric: str) -> bool:
    """Whether the search saw the candidate better on this metric."""
    known = results.confirmation
    return (
        known is not None and known.run is not None and results.verdict(_run(results, known), metric).word == "better"
    )


def _run(results: Results, known: Confirmation) -> RunResult:
    run = results.get(known.run or "")
    assert run is not None, "the candidate is an accepted run"
    return run


def _is(runs: Sequence[RunResult]) -> str:
    return "is" if len(runs) == 1 else "are each"
