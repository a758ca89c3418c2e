"""Whether a number is the value of a setting: of the one that its clause names, or plainly of one that it does not."""

from __future__ import annotations

import re

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.movement import is_only_a_change
from agent.drafts.naming.sizes import of_cell, of_size
from agent.drafts.naming.words import stem, tokens
from agent.drafts.records.pool import Found, is_row
from agent.drafts.records.runs import Key, Quantity

LAST_WORDS = re.compile(r"(?:[^\W\d][\w-]*[\s$=]*){0,3}\Z")
_BEHIND = re.compile(r"\s[a-z]+[\s-][a-z]+\b")
_LENGTHS = frozenset({"length", "size", "window", "context", "limit", "maximum", "block"})
"""What is told in units of something else: a window in tokens."""
NOUN = re.compile(r"(?:(-)|\s)([a-z]{3,})\b(?!\s+of\b)")
_HAS = re.compile(r"\b(?:with|has|have|had|uses?|used|using|and|comprises?|comprising|of)\s+\Z", re.IGNORECASE)
_OUR = re.compile(r"\b(?:an?|our|the|same)\s+\Z", re.IGNORECASE)
_COUNT_OF = re.compile(r"(?:n|num|nb|number_of)_?([A-Za-z]+)", re.IGNORECASE)
_OF_AN_EVALUATION = re.compile(r"eval(?:uat\w+)?(?:_|$)", re.IGNORECASE)
_LASTED = re.compile(
    r"\b(?:train|run|ran|fine-?tun|pre-?train|optimi[sz]|last)\w*\b(?:[^.;,\d]|\.\d){0,40}?\bfor\s+(?:a total of\s+|only\s+)?\Z",
    re.IGNORECASE,
)
"""What says how long something was trained."""
_DIGITS_OF_A_CHOICE = 4
_ALL = re.compile(r"\b(?:all|every|each|both)\b", re.IGNORECASE)


def named_setting(case: Case) -> Ruling | None:
    """The value of a setting that the clause names."""
    named = case.context.settings
    if is_only_a_change(case.number, case.text):
        return None
    if case.number.percent:  # settings seldom are
        named = case.names.settings.named(case.context.words) & named
    if own := _of_names(case):
        return own
    if not named:
        return None
    found = [one for one in settings_of(case) if one.key in named]
    if (
        not found and not case.in_table and case.number.whole
    ):  # `trees of depth 7` where one is called `depth`, one `max_depth`
        words = LAST_WORDS.search(case.text[: case.number.start])
        related = case.names.settings.related
        found = [
            one
            for one in settings_of(case)
            if words and related(one.key, words[0].split()[-1] if words[0].split() else "")
        ]
    if not found:
        return _another_value(case)
    if odd := of_other_runs(case, found, named):
        return odd
    names = {one.path[-1] for one in named}
    measured = any(one.role != "spread" and case.fits(one) and one.key.path[-1] not in names for one in case.hits)
    if case.context.metrics and case.context.near and not case.number.whole and measured:
        return None
    if _ALL.search(case.context.words) and (odd := _not_of_all(case, found)):
        return odd
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}")


def _of_names(case: Case) -> Ruling | None:
    """A cell that is a part of runs' names: `16k` under `Width` of `topk_width_16k`."""
    header, every = case.context.words.split(" | ")[-1], case.names.runs.all
    if not case.in_table or case.names.metrics.named(header) or case.is_measured:
        return None
    called = of_cell(header, case.number, every) or of_size(case.number, every, case.names.runs.varied)
    return Ruling("setting", f"a part of the name of {min(called)}", "a part of runs' names") if called else None


def is_length(key: Key) -> bool:
    words = set(tokens(key.path[-1]))
    return bool(_LENGTHS & words) and "batch" not in words


def of_other_runs(case: Case, found: list[Found], named: frozenset[Key]) -> Ruling | None:
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
    if all(any(_OF_AN_EVALUATION.match(part) for part in one.key.path[:-1]) for one in known) and settings_of(case):
        return None  # how many of them an evaluation takes is not how many there are
    told = sorted({one.value for one in known})
    return Ruling("unsupported", reason=f"{known[0].key.name} is {', '.join(f'{value:g}' for value in told[:4])}")


def _counts(case: Case) -> list[Quantity]:
    """The settings that count what stands behind the number: `n_head` of `with 8 heads`, `num_layers` of `an 8-layer network`."""
    noun = NOUN.match(case.text, case.number.end)
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


def settings_of(case: Case) -> list[Found]:
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


def differs(case: Case, one: Found) -> bool:
    """Whether runs differ in a setting."""
    return bool(one.run) and one.key.path[-1] in case.names.runs.varied
