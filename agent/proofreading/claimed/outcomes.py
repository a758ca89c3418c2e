"""What claims by of whom it is said, though each word is plain: of an advantage, of most of them, to a degree, of a curve that is drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.proofreading.claimed.case import Case
from agent.proofreading.claimed.grammar.parts import Token
from agent.proofreading.claimed.grammar.word_classes import (
    ADVERBS,
    AUXILIARIES,
    BE,
    COPULAS,
    DETERMINERS,
    HAVE,
    PREPOSITIONS,
    words_of,
)
from agent.proofreading.claimed.of_whom import LEARNT, SET
from agent.proofreading.claimed.procedures import forms_of, is_listed, is_procedure
from agent.proofreading.sentences.names import named_runs, names_baseline

_OUTCOMES = words_of(
    "advantage advantages gain gains improvement improvements benefit benefits success win wins edge upside payoff savings boost"
)
"""Of these every verb claims that there is one."""
_EFFECTS = words_of("effect effects influence impact difference")
_OPEN = words_of(
    "open unknown undecided untested uncertain unclear unconfirmed tentative inconclusive unproven exploratory seen known due meant part there within"
)
_MOST = words_of("nearly almost virtually most many few half practically essentially")
_MARKS = words_of("curve curves line lines bar bars")
_DRAWN = (
    BE | HAVE | forms_of("show mark denote give stand represent begin end span cover refer belong mean connect follow")
)
_CHANGES = words_of(
    "increase increases decrease decreases drop drops loss cost costs price reduction rise gap damage harm"
)
_SIZES = words_of(
    "small large tiny modest slight minor marginal acceptable tolerable mild moderate low high little great substantial huge big"
)
_BETTER = words_of(
    "better worse easier cheaper simpler cleaner clearer richer stabler safer faster healthier purer sharper tidier stronger finer"
)
_JUDGED_ELSEWHERE = words_of(
    "best highest largest smallest lowest greatest strongest weakest latest earliest nearest longest shortest newest oldest rest test"
)
"""Superlatives that are held against values, and of time or size."""
_ONLY_IF = re.compile(r"\bonly (?:if|where|when)\b")
_LEVEL = words_of("level height side heels value")


def is_told_of_an_outcome(case: Case) -> bool:
    """Whether a clause without a reference says, in plain words, how something came out."""
    clause = case.clause
    if not case.tells or clause.main is None or not clause.subject:
        return False
    return (
        _is_of_an_advantage(case)
        or _is_of_most(case)
        or _is_to_a_degree(case)
        or _is_of_a_curve(case)
        or _is_placed(case)
        or _has_an_edge(case)
        or _is_of_a_size(case)
        or _is_a_better_one(case)
        or _is_a_law(case)
    )


def _head(subject: Sequence[Token]) -> str:
    place = next((at for at, token in enumerate(subject) if at and token.low in PREPOSITIONS), len(subject))
    return subject[place - 1].low


def _is_of_an_advantage(case: Case) -> bool:
    """`Its advantage grows with the length`, `the benefit comes cheap`."""
    clause = case.clause
    main = clause.main.low if clause.main else ""
    acts = _head(clause.subject) in _EFFECTS and not clause.chain and main not in COPULAS
    if not (acts or _head(clause.subject) in _OUTCOMES) or clause.subject[0].low in ("a", "an", "any", "no", "whether"):
        return False
    return not (is_procedure(main) or main in _OPEN or main in PREPOSITIONS)


def _is_of_most(case: Case) -> bool:
    """`Nearly all parts of run 3 take part`: of how many, which nobody counted."""
    subject = case.clause.subject
    main = case.clause.main.low if case.clause.main else ""
    of_a_run = bool(named_runs(" ".join(token.text for token in subject)))
    return subject[0].low in _MOST and of_a_run and not is_procedure(main)


def _is_to_a_degree(case: Case) -> bool:
    """`Annealed dictionaries are used more evenly`: of runs and what they are made of, more or less than others."""
    rest, main = case.clause.rest, case.clause.main
    if case.whose not in ("result", "part") or main is None or not (is_listed(main.low) or main.low in BE | COPULAS):
        return False
    return any(
        token.low in ("more", "less") and rest[at + 1].low.endswith("ly") and at + 2 == len(rest)
        for at, token in enumerate(rest[:-1])
    )


def _is_of_a_curve(case: Case) -> bool:
    """`The curves of run 1 and the baseline separate early`: what is drawn is a result, how it is drawn is none."""
    subject = case.clause.subject
    text = " ".join(token.text for token in subject)
    chain = [word for word in case.clause.chain if word in AUXILIARIES - HAVE]
    of_runs = bool(named_runs(text)) or names_baseline(text)
    main = case.clause.main.low if case.clause.main else ""
    return _head(subject) in _MARKS and of_runs and not chain and main not in _DRAWN and not is_procedure(main)


def _is_placed(case: Case) -> bool:
    """`Accuracy stays at the level of the baseline`: where a metric stands, by another's."""
    clause = case.clause
    main = clause.main.low if clause.main else ""
    said = clause.rest if main in COPULAS else (clause.main, *clause.rest) if clause.main else ()
    if not (main in COPULAS or (clause.chain[-1:] and clause.chain[-1] in BE)):
        return False
    words = [token.low for token in said if token and token.low not in ADVERBS | DETERMINERS]
    text = " ".join(token.text for token in said if token)
    near = bool(words) and any(word in _LEVEL for word in words[:3])
    return case.whose == "result" and near and names_baseline(text)


def _has_an_edge(case: Case) -> bool:
    """`It has a slight but systematic edge`: an advantage that somebody has."""
    clause = case.clause
    lows = [token.low for token in case.behind]
    if clause.chain[-1:] == () or clause.chain[-1] not in HAVE or "no" in lows or _ONLY_IF.search(case.sentence.text):
        return False
    return any(low in _OUTCOMES for low in lows)


def _is_of_a_size(case: Case) -> bool:
    """`The increase is modest`: how much a change is, which noise decides."""
    clause = case.clause
    main = clause.main.low if clause.main else ""
    is_said = (bool(clause.chain) and clause.chain[-1] in BE) or main in COPULAS
    said = [token.low for token in case.behind]
    return is_said and _head(clause.subject) in _CHANGES and any(word in _SIZES for word in said[:3])


def _is_a_law(case: Case) -> bool:
    """`A penalised dictionary keeps its features`, `any schedule would do`: of all of a kind, of which some were tried at most."""
    subject, main = case.clause.subject, case.clause.main
    head, chain = _head(subject), {*case.clause.chain} & AUXILIARIES
    if main is None or case.sentence.references or is_procedure(main.low):
        return False
    if chain == {"would"} or chain == {"would", "do"} or chain == {"will"}:
        return subject[0].low == "any" and case.vocabulary.is_head(head) and head not in _EFFECTS | _OUTCOMES | _CHANGES
    named = [token.low for token in subject if token.low not in ("a", "an", "any")]
    bare = head.endswith("s") and not DETERMINERS & {*named} and not case.clause.inherited
    of_a_kind = len(named) > 1 and (len(named) < len(subject) or bare)
    return not chain and of_a_kind and head in LEARNT and main.low not in COPULAS


def _is_a_better_one(case: Case) -> bool:
    """`They are easier to interpret`, `it is a better recipe than`: a degree that is said of what was made here."""
    clause = case.clause
    main = clause.main.low if clause.main else ""
    if not (bool(clause.chain) and clause.chain[-1] in BE) or case.whose not in ("result", "part", "that"):
        return False
    if any(token.is_reference for token in clause.subject) or "than to" in case.sentence.text:
        return False
    said = [
        token.low for token in case.behind if token.low not in DETERMINERS | ADVERBS or token.low in ("more", "less")
    ]
    if main in ("not", "better", "worse"):  # these are held against what was measured
        return False
    most = main == "the" and case.whose == "result" and _head(clause.subject) not in SET
    first = said[0] if said else ""
    alone = not said[1:] or said[1] in PREPOSITIONS
    better = first in _BETTER or (most and alone and first.endswith("est") and first not in _JUDGED_ELSEWHERE)
    return better and not case.names_a_setting((*clause.subject, *case.behind))
