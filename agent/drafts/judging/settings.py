"""Whether a number is the value of a setting: of the one that its clause names, or plainly of one that it does not."""

from __future__ import annotations

import re

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.movement import is_only_a_change
from agent.drafts.naming.words import stem, tokens
from agent.drafts.records.pool import Found, is_row
from agent.drafts.records.runs import Key, Quantity

_LAST_WORDS = re.compile(r"(?:[^\W\d][\w-]*[\s$=]*){0,3}\Z")
_COUNTED = re.compile(r"(?<=\d)\s+[A-Za-z]+\s+of\s+\Z")
"""`128 samples of 2048 tokens`: the samples are the 128."""
_BEHIND = re.compile(r"\s[a-z]+[\s-][a-z]+\b")
_LENGTHS = frozenset({"length", "size", "window", "context", "limit", "maximum", "block"})
"""What is told in units of something else: a window in tokens."""
_NOUN = re.compile(r"(?:(-)|\s)([a-z]{3,})\b(?!\s+of\b)")
_HAS = re.compile(r"\b(?:with|has|have|had|uses?|used|using|and|comprises?|comprising|of)\s+\Z", re.IGNORECASE)
_OUR = re.compile(r"\b(?:an?|our|the|same)\s+\Z", re.IGNORECASE)
_COUNT_OF = re.compile(r"(?:n|num|nb|number_of)_?([A-Za-z]+)", re.IGNORECASE)
_LEADS = re.compile(r"(?:^|[,;(]\s*)(?:with|at|under|using|for)\s+(?:only\s+|just\s+)?\Z", re.IGNORECASE)
"""What begins a clause with a condition: `With 30% of the weights removed, …`."""
_GIVEN = re.compile(r"([A-Za-zα-ω_]+)\$?\s*=\s*\Z")
"""What gives a value to a setting, whatever it is called: `p=0.1`."""
_OF_AN_EVALUATION = re.compile(r"eval(?:uat\w+)?(?:_|$)", re.IGNORECASE)
_LASTED = re.compile(
    r"\b(?:train|run|ran|fine-?tun|pre-?train|optimi[sz]|last)\w*\b(?:[^.;,\d]|\.\d){0,40}?\bfor\s+(?:a total of\s+|only\s+)?\Z",
    re.IGNORECASE,
)
"""What says how long something was trained."""
_DIGITS_OF_A_CHOICE = 4
_LARGE = 100
_ALL = re.compile(r"\b(?:all|every|each|both)\b", re.IGNORECASE)


def named_setting(case: Case) -> Ruling | None:
    """The value of a setting that the clause names."""
    named = case.context.settings
    if is_only_a_change(case.number, case.text):
        return None
    if case.number.percent:  # settings seldom are
        named = case.names.settings.named(case.context.words) & named
    if not named:
        return None
    found = [one for one in _settings(case) if one.key in named]
    if (
        not found and not case.in_table and case.number.whole
    ):  # `trees of depth 7` where one is called `depth`, one `max_depth`
        words = _LAST_WORDS.search(case.text[: case.number.start])
        related = case.names.settings.related
        found = [
            one
            for one in _settings(case)
            if words and related(one.key, words[0].split()[-1] if words[0].split() else "")
        ]
    if not found:
        return _another_value(case)
    if odd := _of_other_runs(case, found, named):
        return odd
    names = {one.path[-1] for one in named}
    measured = any(one.role != "spread" and case.fits(one) and one.key.path[-1] not in names for one in case.hits)
    if case.context.metrics and case.context.near and not case.number.whole and measured:
        return None
    if _ALL.search(case.context.words) and (odd := _not_of_all(case, found)):
        return odd
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}")


def _is_length(key: Key) -> bool:
    words = set(tokens(key.path[-1]))
    return bool(_LENGTHS & words) and "batch" not in words


def _of_other_runs(case: Case, found: list[Found], named: frozenset[Key]) -> Ruling | None:
    """A value that the setting has in other runs, where that of whom the clause speaks has another."""
    runs, hand = case.context.runs, case.context.hand
    if not runs or case.number.percent or _calls_runs(case) or any(one.run in runs or not one.run for one in found):
        return None
    if not (hand is None or hand.clause & runs) or case.is_measured:
        return None
    own = [one for one in case.names.records.configured if one.key in named and one.run in runs]
    if not own:
        return None
    held = ", ".join(sorted({one.run for one in found}))
    reason = f"{own[0].key.name} of {own[0].run} is {own[0].value:g}; {case.number.shown} is that of {held}"
    return Ruling("misattributed", found[0].shown, reason)


def _another_value(case: Case) -> Ruling | None:
    """`10 update epochs`, `8 heads`, `an 8-layer network`, where a setting has that whole name and another value."""
    number, words = case.number, _BEHIND.match(case.text[case.number.end :])
    if not number.whole or number.percent or case.in_table or case.is_measured:
        return None
    keys = case.names.settings.named(words[0]) & case.names.settings.called(words[0]) if words else frozenset()
    known = [one for one in case.names.records.configured if one.key in keys] or _counts(case)
    if not known or any(abs(one.value - number.value) <= number.half for one in known):
        return None
    if all(any(_OF_AN_EVALUATION.match(part) for part in one.key.path[:-1]) for one in known) and _settings(case):
        return None  # how many of them an evaluation takes is not how many there are
    told = sorted({one.value for one in known})
    return Ruling("unsupported", reason=f"{known[0].key.name} is {', '.join(f'{value:g}' for value in told[:4])}")


def _counts(case: Case) -> list[Quantity]:
    """The settings that count what stands behind the number: `n_head` of `with 8 heads`, `num_layers` of `an 8-layer network`."""
    noun = _NOUN.match(case.text, case.number.end)
    before = case.text[: case.number.start]
    if noun is None or not (_OUR.search(before) if noun[1] else _HAS.search(before)):
        return []
    found = ((one, _COUNT_OF.fullmatch(one.key.path[-1])) for one in case.names.records.configured)
    return [one for one, match in found if match and stem(match[1]) == stem(noun[2])]


def _calls_runs(case: Case) -> bool:
    """`38.7% at rank 16`, where runs are called by their ranks alone."""
    mentions = case.names.runs.mentions(case.text)
    within = any(each.start <= case.number.start < each.end for each in mentions)
    return within and all(re.search(r"\d", case.text[each.start : each.end]) for each in mentions if not each.target)


def _not_of_all(case: Case, found: list[Found]) -> Ruling | None:
    """`all runs train for 1000 steps`, where one trains for more."""
    keys = {one.key for one in found if one.run}
    others = [
        one
        for one in case.names.records.configured
        if one.run and one.key in keys and (not case.context.runs or one.run in case.context.runs)
        if abs(one.value - case.number.value) > case.number.half
    ]
    agree = {one.run for one in found}
    others = [one for one in others if one.run not in agree]
    if not others:
        return None
    return Ruling(
        "misattributed", found[0].shown, f"not of all: {others[0].run} has {others[0].key.name} = {others[0].value:g}"
    )


def _settings(case: Case) -> list[Found]:
    number = case.number
    if number.factor:
        return []
    half = (
        number.half
        if number.approximate or number.suffix or number.digits >= 4
        else min(number.half, 1e-9 * max(1, abs(number.value)))
    )
    found = list(case.values.settings.between(number.value - half - 1e-12, number.value + half + 1e-12))
    if not found and number.digits > 1:
        around = case.values.settings.between(number.value - number.half, number.value + number.half)
        found = [one for one in around if _is_drawn(one.value)]
    if _LASTED.search(case.text[: number.start]):
        found = [one for one in found if not is_row(one.place) or _is_last(case, one)]  # a row of a log is no length
    if number.percent:
        found += case.values.settings.between(number.value / 100 - 1e-9, number.value / 100 + 1e-9)
    return found


def _is_last(case: Case, one: Found) -> bool:
    return all(each.value <= one.value for each in case.names.records.configured if each.key == one.key)


def _is_drawn(value: float) -> bool:
    """Whether a setting is no round number, as a search draws them: it is told in fewer digits than it has."""
    return len(f"{value:.8e}".split("e")[0].replace(".", "").rstrip("0")) > _DIGITS_OF_A_CHOICE


def told(one: Found) -> str:
    return (
        f"{one.run}/{one.shown}"
        if one.run and not one.shown.startswith(one.run) and one.run not in one.shown
        else one.shown
    )


def _of_all(case: Case) -> Found | None:
    """`The test set has 1,246 images`: a large whole number that one metric has in every run."""
    number = case.number
    if not number.whole or number.percent or number.factor or number.value < _LARGE:
        return None
    known = case.values.central
    shared = (
        one for one in case.hits if one.role != "spread" and len(known.get(one.key, {})) == len(case.names.records.runs)
    )
    return next((one for one in shared if all(each.value == one.value for each in known[one.key].values())), None)


def _differs(case: Case, one: Found) -> bool:
    """Whether runs differ in a setting."""
    return bool(one.run) and one.key.path[-1] in case.names.runs.varied


def _given(case: Case) -> Ruling | None:
    """`p=0.1`: a value that a setting has in the folder, whatever the draft calls it."""
    word = _GIVEN.search(case.text[: case.number.start])
    if case.in_table or word is None or case.names.metrics.named(word[1]) or case.names.settings.named(word[1]):
        return None
    found = [one for one in _settings(case) if not one.run]
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}") if found else None


_CHOSEN = re.compile(
    r"\b(?:an?|the|its|our|with|constant|fixed)\s+(?:[A-Za-z-]+\s+){0,3}(?:[A-Za-z-]+\s+of|probability|weight|strength|coefficient|rate)\s+\Z"
)
"""What says that something is given a value: `a constant penalty of 0.02`, `with probability 0.1`."""


def _chosen(case: Case) -> Ruling | None:
    """A value in which runs differ, given to something that is no metric."""
    said = _CHOSEN.search(case.text[: case.number.start])
    if case.in_table or case.number.percent or said is None or case.names.metrics.named(said[0]) or case.is_measured:
        return None
    found = [one for one in _settings(case) if _differs(case, one)]
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}") if found else None


def unnamed_setting(case: Case) -> Ruling | None:
    """A value that is plainly a setting's though the clause does not call it so."""
    number, before = case.number, case.text[: case.number.start]
    if given := _given(case):
        return given
    if chosen := _chosen(case):
        return chosen
    sure = case.context.metrics and case.context.near and not case.names.metrics.only_in_part(case.context.words)
    if case.in_table or (sure and not (number.whole and not number.percent)):
        return None
    found = _settings(case)
    words = _LAST_WORDS.search(_COUNTED.sub("", before))
    last = re.split(r"\bof\s+(?=\w)", re.sub(r"\s+of\s*\Z", "", words[0]) if words else "")[-1]
    settings = case.names.settings
    plainly = settings.named(last) and not (number.digits > 2 and settings.only_in_part(last))
    if plainly and not any(settings.related(one.key, last) for one in found):
        return None  # it is named, and has another value
    among = number.digits >= 2 and bool(case.names.settings.named(case.text))
    if (noun := _NOUN.match(case.text, number.end)) and (keys := case.names.settings.named(noun[2])):
        found = [one for one in found if one.key in keys or _is_length(one.key)]  # `512 samples` are no tokens
    rare = (
        among if number.percent else number.digits >= 3 or abs(number.value) >= 100 or abs(number.value) < 0.01 or among
    )
    if not found and (shared := _of_all(case)):
        return Ruling("supported", told(shared), f"{shared.key.name} of all runs", (shared.run,))
    rare = rare or bool(_LEADS.search(before) and any(_differs(case, one) for one in found))
    if not found or not rare:
        return None
    if odd := _of_other_runs(case, found, frozenset(one.key for one in found)):
        return odd
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}")
