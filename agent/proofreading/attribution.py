"""Whose a value is: a reference to one run in a sentence that speaks of another.

`drafts/placed.py` asks it where reading the printed text does not tell: where no metric is named, for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from agent.evidence.reference import Reference
from agent.proofreading.sentences.names import Names, named_runs, names_baseline, names_method
from agent.proofreading.sentences.prose import Sentence
from agent.session.steps import BASELINE


@dataclass(frozen=True)
class Values:
    """The measured values in a sentence that compares nothing."""

    sentence: Sentence
    references: tuple[Reference, ...]

    @property
    def owners(self) -> set[str]:
        """The runs whose values they are."""
        return {reference.head for reference in self.references}

    @cached_property
    def named(self) -> set[str]:
        """The runs that the sentence names, in words or by a reference to name or title."""
        named: set[str] = {named.run for named in named_runs(self.sentence.text)}
        by_reference = (ref for ref in self.sentence.references if ref.rest in ((), ("title",), ("name",)))
        return named | {ref.head for ref in by_reference}


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the reference, why it cannot stand) where the sentence gives a value to whom it does not belong."""
    metrics = names.evidence.results.metrics
    values = tuple(ref for ref in sentence.references if len(ref.rest) == 1 and ref.rest[0] in metrics)
    if any(ref.judges for ref in sentence.references) or any(ref.head == "best" for ref in values):
        return
    if values:
        found = (rule(Values(sentence, values)) for rule in RULES)
        yield from ((f"[[{values[0].text}]]", why) for why in found if why is not None)


def _belongs_to_another_run(values: Values) -> str | None:
    """Run 3 reaches [[run_1.mse]]."""
    if not values.named or values.owners & values.named or names_baseline(values.sentence.text):
        return None
    speaks, owners = ", ".join(sorted(values.named)), ", ".join(sorted(values.owners))
    return f"the sentence speaks of {speaks}, the value is that of {owners}"


def _belongs_to_the_baseline(values: Values) -> str | None:
    """Our method reaches [[baseline.mse]]."""
    text = values.sentence.text
    if values.named or values.owners != {BASELINE} or names_baseline(text) or not names_method(text):
        return None
    return "the value of the baseline, in a sentence on the method; say whose it is"


RULES: tuple[Callable[[Values], str | None], ...] = (_belongs_to_another_run, _belongs_to_the_baseline)
"""Why a value does not belong where it stands; None where a rule has no say. At most one of them has."""
