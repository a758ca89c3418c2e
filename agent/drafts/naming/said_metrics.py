"""Of which metric a number of a sentence is: by the words beside it, of its clause, of the clauses around, of the sentence before."""

from __future__ import annotations

from agent.drafts.naming import says
from agent.drafts.naming.pieces import but_of_what, without_numbers
from agent.drafts.naming.sentence import Sentence
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral


def metrics_of(at: Sentence, number: Numeral, left: int, right: int) -> tuple[frozenset[Key], bool]:
    if parallel := _parallel(at, number):
        return parallel, True
    named = at.names.metrics.named
    others = [each for each in at.numbers if not says.IN_NAME.search(at.text[: each.start])]
    start = max((each.end for each in others if each.end <= number.start and each.end >= left), default=left)
    end = min((each.start for each in others if each.start >= number.end and each.start <= right), default=right)
    unit = says.UNIT.match(at.text, number.end)
    behind = says.IN_BRACKET.match(at.text, number.end)
    for text in (
        unit[1].lower() if unit else "",
        at.text[start : number.start],
        but_of_what(at.text, number, number.end, end),
        without_numbers(behind[1]) if behind else "",
    ):
        if found := named(text):
            return found, True
    if found := named(without_numbers(but_of_what(at.text, number, left, right))):
        return found, True
    if found := by_what_is_counted(at, number, right):
        return found, True
    pieces = at.pieces
    for a, b in [piece for piece in reversed(pieces) if piece[1] <= left] + [p for p in pieces if p[0] >= right]:
        counted = (each for each in at.numbers if a <= each.start < b)
        if found := named(without_numbers(at.text[a:b])) or next(
            (keys for each in counted if (keys := by_what_is_counted(at, each, b))), frozenset()
        ):
            return found, False
    return at.before.metrics | at.before.leading, False


def by_what_is_counted(at: Sentence, number: Numeral, right: int) -> frozenset[Key]:
    """`after 1,450 steps`, `18% of the passkeys`: by the noun behind a number, which is a part of a metric's name."""
    noun = says.NOUN.match(at.text[:right], number.end)
    if number.percent and (whole := says.OF_WHAT.match(at.text, number.end)):
        return at.names.metrics.partly(whole[0].split()[-1])
    return at.names.metrics.partly(noun[1]) if noun else frozenset()


def _parallel(at: Sentence, number: Numeral) -> frozenset[Key]:
    """`accuracy and F1 of 0.91 and 0.88`: the second of two is of the second of two."""
    place, group, text = at.listed(number)
    if len(group) < 2:
        return frozenset()
    parts = [found for part in says.AND.split(text) if (found := at.names.metrics.named(part))]
    return parts[-len(group) :][place] if len(parts) == len(group) else frozenset()
