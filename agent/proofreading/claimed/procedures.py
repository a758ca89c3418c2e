"""Verbs that claim nothing of a result: how something was made, set, measured, shown and ended.

The lists are closed on purpose. What is on none of them is taken for a claim, which a reference must bear: a verb that is missing
here costs a writer one more try, one that is missing on a list of claims costs a reader the truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agent.proofreading.claimed.grammar.word_classes import IRREGULAR_PARTICIPLES, IRREGULAR_PASTS, words_of

_PROCEDURE = words_of(
    """
    proceed accept hope refuse use train retrain add apply replace differ vary test try ask repeat  omit inherit contain compare combine consist
    correspond copy swap disable enable sample shuffle permute freeze decay anneal schedule ramp warm release delay rescale penalise
    penalize normalise normalize average compute calculate recompute count track record log initialise initialize seed assign plan
    aim intend mean propose introduce extend modify adapt adjust restrict cap mask clip process call name denote refer describe list
    plot report exclude include launch execute rerun complete fail crash abort abandon skip cancel diverge isolate examine
    investigate study evaluate assess judge belong require choose select tune rely depend build implement optimise optimize minimise
    minimize maximise maximize subtract multiply divide project detach backpropagate update accumulate store save load regularise
    regularize pick split merge explore probe operate occur happen pair define estimate express formulate specify register state decompose factorise factorize
    assume expect suspect conjecture wonder guess believe think suppose thank acknowledge summarise summarize recall discuss
    interpret fit sum norm measure mark foresee foresaw print publish license cite borrow motivate exist organise organize structure
    weigh weight ignore treat convert encode decode  quote drop batch pool stack transpose index order sort rank label colour
    color shade declare constrain parametrise parameterise parameterize reset reuse retain alternate toggle depart visit attempt care hold-out ought
    lack queue terminate interrupt exhaust exceed leak caution warn refrain suggest hypothesise hypothesize predict design confine
    tie match distribute fill conclude argue claim note observe notice emphasise emphasize stress  revive bind dedicate reserve
    precede succeed-to restart resume inform derive transform ablate attach append prepend insert delete overwrite rename annotate
    highlight depict display visualise visualize illustrate render analyse analyze inspect review revise correct mention reproduce
    document explain collect gather group arrange order present supply feed return test time check verify-by read-off
    """
)
"""What may be said of anything, with whatever stands behind it."""
_LIGHT = words_of(
    """
    die kill point repair govern keep pass remove spare decrease accompany guide shape shift stand lie sit flatten recover forget learn solve divide take leave put hold set give get make bring carry run go come move turn cut meet return rest act show reach change answer
    need cost buy spend pay follow lead serve work do tell say look find found end stop start finish fix score address control allow
    raise lower increase reduce double halve shorten lengthen widen narrow strengthen weaken rise fall grow shrink fade vanish push
    pull press spread lose gain see read draw have scale limit yield obtain separate know let seek want help ensure provide produce
    flatter regard play write support consider place switch begin link concern demand relax tighten touch trade affect receive bear mix attend settle form
    speak fire wait part join enter cover hand agree compete share decide represent miss contribute
    """
)
"""What may be said only where all that stands behind it is known: "keeps the weight constant", not "keeps the crown"."""
_IRREGULAR = words_of(
    """
    begin:begun begin:began keep:kept take:took take:taken leave:left hold:held give:gave give:given get:got make:made bring:brought
    run:ran go:went go:gone come:came meet:met spend:spent pay:paid lead:led do:did do:done do:does tell:told say:said find:found
    rise:rose rise:risen fall:fell fall:fallen grow:grew grow:grown learn:learnt shrink:shrank shrink:shrunk lose:lost see:saw see:seen draw:drew
    draw:drawn have:had have:has show:shown choose:chosen choose:chose freeze:froze freeze:frozen mean:meant think:thought build:built
    stand:stood lie:lay sit:sat know:known know:knew seek:sought buy:bought write:written write:wrote bear:bore bear:borne speak:spoke
    foresee:foresaw foresee:foreseen
    """
)
_ALIKE = words_of("set put cut read spread run cost let come fit split hit shut cast hurt")
"""Verbs whose past is their plain form, or whose participle is."""
_VOWEL = "aeiou"


def is_procedure(word: str) -> bool:
    """Whether a verb, in any form, may be said of anything."""
    return word.removeprefix("re-") in _forms()[0]


def is_light(word: str) -> bool:
    """Whether it may be said with the right words behind it."""
    return word in _forms()[1]


def is_listed(word: str) -> bool:
    """Whether it is one of either."""
    return is_procedure(word) or is_light(word)


def forms_of(listed: str) -> frozenset[str]:
    """Every form of the verbs of a text."""
    verbs = words_of(listed)
    irregular = (pair.partition(":") for pair in _IRREGULAR)
    return frozenset(
        {form for verb in verbs for form in inflected(verb)} | {form for verb, _, form in irregular if verb in verbs}
    )


@lru_cache(maxsize=1)
def _forms() -> tuple[frozenset[str], frozenset[str]]:
    free = {form for verb in _PROCEDURE for form in inflected(verb)}
    light = {form for verb in _LIGHT for form in inflected(verb)}
    for pair in _IRREGULAR:
        verb, _, form = pair.partition(":")
        (free if verb in _PROCEDURE else light).add(form)
    return frozenset(free - light), frozenset(light)


def inflected(verb: str) -> Iterator[str]:
    """The regular forms of a verb."""
    yield verb
    if verb in IRREGULAR_PASTS | IRREGULAR_PARTICIPLES and verb not in _ALIKE:
        return
    consonant_y = re.search(rf"[^{_VOWEL}]y\Z", verb) is not None
    stem = verb.removesuffix("e")
    yield f"{stem}ing"
    yield f"{verb[:-1]}ied" if consonant_y else f"{stem}ed"
    yield f"{verb[:-1]}ies" if consonant_y else f"{verb}es" if re.search(r"(?:s|x|z|ch|sh|o)\Z", verb) else f"{verb}s"
    if re.search(rf"[^{_VOWEL}][{_VOWEL}][^{_VOWEL}wxy]\Z", verb):
        yield from (f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing")
