"""What fresh seeds said, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping

from agent.page.view_table import ConfirmedRow, ConfirmedView
from agent.results.results import Results
from agent.results.values import Value, decimal, true_minus
from agent.results.verdicts.outcome import Word
from agent.results.verdicts.verdict import Tone
from agent.results.words import phrases
from agent.results.words.beside import beside_failed_text, beside_lines
from agent.results.words.confirmed import confirmed_text, difference_text, outcome_of, outcome_words
from agent.session.template.contract import Metric

_TONES: Mapping[Word, Tone] = {
    "confirmed better": "good",
    "confirmed worse": "bad",
    "not confirmed": "flat",
    "not tried": "none",
}


def confirmed_view(results: Results) -> ConfirmedView | None:
    """The outcome as a sentence, and metric by metric where something was measured; None before there is one."""
    known = results.confirmation
    if known is None:
        return None
    names = [name for name in known.metrics if name in results.metrics] if known.measured else []
    run = results.get(known.run or "")
    return ConfirmedView(
        sentence=confirmed_text(results),
        run=phrases.run_label(run) if run is not None else "",
        seeds=", ".join(map(str, known.seeds)),
        rows=tuple(_row(results, name) for name in names),
        beside_failed=beside_failed_text(results),
    )


def _row(results: Results, name: str) -> ConfirmedRow:
    found, kind = outcome_of(results, name), results.metrics[name]
    return ConfirmedRow(
        metric=name,
        better=phrases.direction_text(kind),
        mine=_shown(found.mine, kind),
        theirs=_shown(found.theirs, kind),
        difference=true_minus(difference_text(found, kind)) if found.difference is not None else "",
        word=outcome_words(results, name) + (f" ({found.why})" if found.why else ""),
        tone=_TONES[found.word],
        beside=tuple(true_minus(line) for line in beside_lines(results, name)),
    )


def _shown(value: Value | None, kind: Metric) -> str:
    """The mean ± the standard deviation over the seeds."""
    if value is None:
        return "–"
    spread = f" ± {decimal(value.spread, kind.digits)}" if value.spread is not None else ""
    return true_minus(phrases.bare_number(value.mean, kind)) + spread
