"""What a sentence may speak of besides what its grammar says first: the runs and metrics that are at hand, and how sure the first reading is."""

from __future__ import annotations

from collections.abc import Sequence

from agent.drafts.naming import beside, says
from agent.drafts.naming.context import AtHand, Context
from agent.drafts.naming.pieces import without_numbers
from agent.drafts.naming.sentence import Sentence
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral


def at_hand(at: Sentence, number: Numeral, context: Context) -> AtHand:
    """What a number of the sentence may be of."""
    mentioned = [each.runs for each in at.mentions]
    like = [runs for _, _, runs in at.like]
    goes_on = says.GOES_ON.match(at.text) or says.IT.match(at.text)
    before = [runs for runs in (at.before.runs, at.before.others, at.before.headed) if runs]
    runs = _crossed([*mentioned, *like, *(before if goes_on else ())])
    if not runs:
        runs |= _crossed(at.like_any)
    if (
        not runs
        or (at.like_any and not mentioned and not like)
        or (at.mentions and all(each.target for each in at.mentions) and goes_on)
    ):
        runs |= at.before.runs | at.before.others | at.before.headed
    elif says.AFTER_TARGET.search(at.text[: at.listed(number)[1][0].start]) and not context.runs:
        runs = frozenset()  # whom it is compared with is called by no name that is known
    elif all(each.target for each in at.mentions) and not at.like:
        runs = frozenset()  # its subject is called by no name that is known
    named = at.names.told
    here = frozenset[Key]().union(
        *(named(without_numbers(at.text[a:b])) for a, b in at.pieces), named(without_numbers(at.text))
    )
    subject = any(each.start < _BEGINS for each in at.mentions) or goes_on
    any_metric = not here and (at.before.stale or not subject)  # of what was spoken before, this one need not be
    metrics = here | at.before.metrics | at.before.main | (frozenset() if here else at.before.spoken)
    metrics = at.names.metrics.narrowed(at.names.metrics.widened(metrics), at.text)
    kin = at.names.metrics.narrowed(at.names.metrics.widened(context.metrics), at.text[: at.clause(number)[1]])
    if at.set_of(number):
        metrics, kin = at.of_its_set(metrics, number), context.metrics
    return AtHand(
        runs=runs,
        metrics=frozenset() if any_metric else metrics or context.metrics,
        kin=kin,
        clause=_of_clause(at, number),
        sure_run=_is_sure(at, number, context, bool(like)),
        sure_metric=_is_sure_metric(at, number, context),
    )


_BEGINS = 6
"""Characters within which a sentence begins with a run."""


def _of_clause(at: Sentence, number: Numeral) -> frozenset[str]:
    left, right = at.clause(number)
    spans = [*((each.start, each.end, each.runs) for each in at.mentions), *at.like]
    return frozenset(run for start, end, runs in spans if left <= start and end <= right for run in runs)


def _is_sure_metric(at: Sentence, number: Numeral, context: Context) -> bool:
    """Its whole name stands in the clause, or it is the only one that the sentence names, and before the number."""
    named, in_part = at.names.metrics.named, at.names.metrics.only_in_part
    whole = named(without_numbers(at.text))
    if whole and not whole & context.metrics:
        return False  # `On small objects it has 20.5 AP`: with a word elsewhere it is another
    if context.near:
        return not in_part(context.words)
    told = [without_numbers(at.unnamed[a:b]) for a, b in at.pieces]
    places = [place for place, text in enumerate(told) if named(text)]
    if len(places) != 1 or at.pieces[places[0]][1] > number.start:
        return False
    return context.metrics <= named(told[places[0]]) and not in_part(told[places[0]])


def _crossed(mentioned: Sequence[frozenset[str]]) -> frozenset[str]:
    """All runs that are mentioned; of methods on data sets those of both: of `GIN on Tox21` no other data set's."""
    named = set(mentioned)
    return frozenset(
        run
        for run in frozenset[str]().union(*named)
        if all(run in runs or any(run in other and not other & runs for other in named) for runs in named)
    )


def _is_sure(at: Sentence, number: Numeral, context: Context, like: bool) -> bool:
    """One run is spoken of in the clause, or right beside the number, or by the whole sentence."""
    left, right = at.clause(number)
    _, group, _ = at.listed(number)
    if len(group) > 1 and at.listed_mentions(group):
        return True
    if beside.owner_behind(at.text, at.mentions, number):
        return True
    if any(
        says.FOR_ALL.fullmatch(at.text[number.end : each.start]) and context.runs <= each.runs for each in at.mentions
    ):
        return bool(context.runs)
    own = [each for each in at.mentions if not each.target]
    inside = [each.runs for each in own if left <= each.start and each.end <= right]
    next_to_it = any(
        (each.start >= number.end and says.JOINED.fullmatch(at.text[number.end : each.start]))
        or (each.end <= number.start and not at.text[each.end : number.start].strip(" (=:"))
        for each in own
    )
    narrowed = inside and context.runs < frozenset.intersection(*inside)
    across = [each.runs for each in own if not each.runs >= inside[0] and each.runs & inside[0]] if narrowed else []
    if len(across) > 1 and not all(context.runs <= runs for runs in across):
        return False  # which of the places that the sentence names is not said beside it
    if next_to_it or (inside and context.runs and all(context.runs <= runs for runs in inside)):
        return True
    if own and not context.runs:
        return False
    if own:
        return bool(context.runs) and all(context.runs <= each.runs for each in own) and not like
    return len(context.runs) == 1 and (says.GOES_ON.match(at.text) or says.IT.match(at.text)) is not None and not like
