"""What came of computing a number from values of the folder, and its simplest kind: a mean over runs or over data sets."""

from __future__ import annotations

from dataclasses import dataclass

from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Values
from agent.drafts.text.numerals import Numeral


@dataclass(frozen=True)
class Derived:
    """What came of looking for a change: `formula` where one fits, else `against` where one fits only the wrong way."""

    formula: str = ""
    against: str = ""
    runs: tuple[str, ...] = ()


def mean_over_sets(number: Numeral, context: Context, values: Values) -> Derived | None:
    """The mean of a run's metric over all data sets."""
    kinds = {key.kind for key in context.metrics}
    for kind in sorted(kinds):
        keys = [key for key in values.central if key.kind == kind]
        for run in sorted(context.runs or {run for key in keys for run in values.central[key]}):
            known = [each[run].value for key in keys if run in (each := values.central[key])]
            for scale in (1.0, 100.0) if number.percent else (1.0,):
                if len(known) > 1 and abs(scale * sum(known) / len(known) - number.value) <= number.half * (1 + 1e-6):
                    return Derived(
                        formula=f"mean of {'.'.join(kind)} of {run} over {len(known)} data sets", runs=(run,)
                    )
    return None


def mean(number: Numeral, context: Context, values: Values) -> Derived | None:
    """The mean of a metric over all runs, or over those that are named."""
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        chosen = [known[run].value for run in sorted(known) if not context.runs or run in context.runs]
        for scale in (1.0, 100.0) if number.percent else (1.0,):
            if len(chosen) > 1 and abs(scale * sum(chosen) / len(chosen) - number.value) <= number.half * (1 + 1e-6):
                return Derived(formula=f"mean of {key.name} over {len(chosen)} runs", runs=tuple(sorted(known)))
    return None
