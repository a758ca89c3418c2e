"""What a text says of the spread of its values: deviations, intervals, p-values, and the repeats that they need."""

from __future__ import annotations

import re
from collections.abc import Container

from agent.drafts.judging.bounds import excepted
from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.settings import told
from agent.drafts.judging.spread_kinds import is_said_so
from agent.drafts.naming.data_sets import DataSets
from agent.drafts.records.pool import Found

_BEFORE = re.compile(
    r"(?:±|\+/-|\+-|\bpm)\s*$|\b(?:std|s\.d|sd|sem|se|stdev|standard (?:deviation|error)s?|deviation|error bars?|half-width|spread|noise)\b\.?\s*(?:\([^)]*\)\s*|\()?(?:of|=|:|is|was)?\s*$",
    re.IGNORECASE,
)
_BETWEEN = r"(?:over|across|between|among) (?:the\s+)?(?:\w+\s+)?(?:seeds|repeats|restarts|runs)"
_TO = r"(?:seed|run)-to-(?:seed|run) (?:spread|variation|noise)"
_NOUN = rf"(?:std|standard (?:deviations?|errors?)|{_TO}|(?:spread|variation|variability) {_BETWEEN})"
_SAID = re.compile(
    rf"\b{_NOUN}\b(?:(?<![A-Za-z])[A-Za-z]\w*\d|[^.;,()\d])*(?:\b(?:of|is|was|are|were|=|only|about|roughly|most|between|from)|\()\s*$",
    re.IGNORECASE,
)
"""A spread, and whose, and that it is: `the standard deviation of A is at most`, `the standard deviation of A (`."""
_MORE_OF_IT = re.compile(
    r"\s*(?:points?|pp|%)?\s*(?:\s*\([^()\d]*\)|\s*\b(?:of|for|with|in)\s[^.;,()\d]*?){0,2}\s*(?:,|\b)\s*(?:and|but|to|–)?\s*(?:that|those|as (?:little|much) as|only|just|at most)?\s*(?:of\s[^.;:()\d]*)?\Z"
)
"""Between one spread and the next: `0.60 for Mixup but only`, `between 0.09 and`."""
_SIGN = re.compile(r"(?:±|\+/-|\+-|\bpm)\s*\Z")
_ITS_OWN = re.compile(r"\s*%?\s*(?:±|\+/-|\+-|\bpm)")
_OF_ANY = re.compile(r"\b(?:largest|smallest|highest|lowest)\b.*\b(?:any|all|every)\b", re.IGNORECASE)
_BY = re.compile(
    r"\b(?:var(?:y|ies|ied)|differ\w*|fluctuat\w+|scatter\w*|spread)\s+by\s+(?:about|up to|at most|only|roughly)?\s*\Z",
    re.IGNORECASE,
)
_BETWEEN_SEEDS = re.compile(
    r"\b(?:between|across|over|among)\s+(?:the\s+)?(?:\w+\s+)?(?:seeds|repeats|restarts|repetitions)\b", re.IGNORECASE
)
_OF_SEEDS = re.compile(
    r"\b(?:differences?|variations?|variability)\s+(?:between|across|over|among)\s+(?:the\s+|different\s+)?(?:seeds|repeats|restarts)\b[^.;\d]*\Z",
    re.IGNORECASE,
)
_P_VALUE = re.compile(
    r"\bp(?:\s*-?\s*values?)?\s*(?:of|is|was)?\s*(?:[<=>≤≥≈]|\b(?:lt|le|leq|approx)\b|below|under|at)*\s*$",
    re.IGNORECASE,
)
_EQUAL = re.compile(r"\A\W*p\W*=?\W*\Z", re.IGNORECASE)
_TESTED = re.compile(
    r"\b(?:p\s*-?\s*values?|tests?|tested|signifi\w+|wilcoxon|welch|mann|student|anova|null hypothes\w+|chance)\b",
    re.IGNORECASE,
)
_SEEDS = re.compile(
    r"\s*(?:(?!(?:and|or|with|for|over)\b)\w+\s+){0,2}?(?:seeds?|repeats?|repetitions|independent (?:runs|trials)|random (?:runs|restarts|initiali[sz]ations)|trials)\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|every|each|both)\b", re.IGNORECASE)
_INTERVAL = re.compile(r"(?:\bCI\b|interval)[^.;]{0,25}$", re.IGNORECASE)


def is_spread(case: Case) -> bool:
    """Whether the number is a spread, a bound of an interval, a p-value, or the number of seeds behind one."""
    before = case.text[: case.number.start]
    of_seeds = _OF_SEEDS.search(before) and not case.number.whole
    if not case.in_table and (
        of_seeds or _SAID.search(before) or (_BY.search(before) and _BETWEEN_SEEDS.search(case.text))
    ):
        return True
    return case.spread or bool(_BEFORE.search(before)) or is_p_value(case) or is_seeds(case) or _is_interval(case)


def goes_on(spread: Case, case: Case) -> bool:
    """Whether a number stands behind a spread as one more: `of 0.1 for A, 0.2 for B`, `between 0.1 and 0.2 points`."""
    between = case.text[spread.number.end : case.number.start]
    if _SIGN.search(case.text[: spread.number.start]) or _ITS_OWN.match(case.text[case.number.end :]):
        return False  # `0.94 ± 0.01, 0.93 ± 0.02`
    return not (is_seeds(spread) or is_p_value(spread)) and _MORE_OF_IT.match(between) is not None


def is_p_value(case: Case) -> bool:
    """`p = 0.03`, `a p-value below 0.05`; not `p = 0.3` of something that is set, where no test is spoken of."""
    said = _P_VALUE.search(case.text[: case.number.start])
    if said is None or not 0 <= case.number.value <= 1:
        return False
    return not (_EQUAL.search(said.group()) and case.names.p_is_set and not _TESTED.search(case.text))


def is_seeds(case: Case) -> bool:
    """`over 5 seeds`."""
    whole = case.number.whole and not case.number.percent
    return whole and not case.in_table and bool(_SEEDS.match(case.text[case.number.end :]))


def _is_interval(case: Case) -> bool:
    return not case.number.whole and bool(_INTERVAL.search(case.text[: case.number.start])) and not case.number.percent


def rule_on_spread(case: Case) -> Ruling:
    """What came of a spread: recorded, computed over seeds, or one of a single run."""
    if is_seeds(case):
        return _seeds(case)
    if is_p_value(case):
        return _p_value(case)
    if fitting := [one for one in case.hits if _is_spread_of(case, one) and _is_said_so(case, one)]:
        one = min(fitting, key=lambda each: (each.run not in case.context.runs, bool(each.formula), len(each.formula)))
        if one.formula:
            return Ruling("derived", one.shown, one.formula, (one.run,))
        return Ruling("supported", one.shown, f"spread of {one.key.name} of {one.run}", (one.run,))
    if again := [one for one in case.hits if one.role == "spread" and _may_be(case, one) and _is_said_so(case, one)]:
        one = min(again, key=lambda each: (bool(each.formula), len(each.formula)))
        return Ruling("derived" if one.formula else "supported", one.shown, one.formula, (one.run,))
    others = [one for one in case.hits if one.role == "spread" and case.of_metric(one) and _is_said_so(case, one)]
    if others and case.telling:
        return Ruling("misattributed", others[0].shown, f"it is the spread of {others[0].key.name} of {others[0].run}")
    return _none_fits(case, "a spread")


def _may_be(case: Case, one: Found) -> bool:
    """Whether a spread is of a run and a metric at hand, where the first reading does not hold; of any run where it is said of all."""
    hand = case.context.hand
    if hand is None or case.number.digits < 1:
        return False
    every = _OF_ANY.search(case.context.words) is not None
    run = every or (case.of_run(one) if hand.sure_run else not hand.runs or one.run in hand.runs)
    return run and (case.of_metric(one) if hand.sure_metric else not hand.metrics or one.key in hand.metrics)


def _is_said_so(case: Case, one: Found) -> bool:
    """Whether a spread is of the kind of which the text or the caption speaks, else of that which the draft gives throughout."""
    return is_said_so(one, f"{case.context.words} {case.text} {case.caption}", case.names.spreads)


def _is_spread_of(case: Case, one: Found) -> bool:
    meant = case.context.runs | case.context.others
    meant |= case.names.runs.baseline if "noise" in f"{case.context.words} {case.text}" else frozenset()
    tied_to = not case.of or (one.run, one.key) in case.of
    return one.role == "spread" and tied_to and case.of_metric(one) and (not case.context.runs or one.run in meant)


def _none_fits(case: Case, what: str) -> Ruling:
    known = [one for one in case.values.spreads if case.fits(one)]
    if known:
        return Ruling(
            "unsupported", reason=f"{what} of {known[0].key.name} of {known[0].run} is {known[0].value:.4g}, not this"
        )
    if case.values.repeated and not case.context.runs and not case.context.metrics:
        return Ruling("unsupported", reason=f"{what} that no run has")
    return Ruling(
        "spread_without_seeds", reason=f"{what}, but the run was done once: no seeds and no spread lie in the folder"
    )


def _p_value(case: Case) -> Ruling:
    tests = DataSets(_parts_of_tests(case))
    behind = re.split(r"[,;]", case.text[case.number.end :])[0]  # `p = 0.04 on HIS3, p = 0.31 on BLAT`
    sets = {each.name for each in tests.named(behind) or tests.named(case.text)}
    if fitting := [one for one in case.hits if re.search(r"(?:^|[._])p(?:_?val(?:ue)?)?$", one.key.name, re.I)]:
        own = [one for one in fitting if not sets or sets & set(one.key.path)]
        if not own:
            reason = f"it is {fitting[0].key.name}, and not of {', '.join(sorted(sets))}"
            return Ruling("misattributed", fitting[0].shown, reason)
        return Ruling("supported", own[0].shown, f"{own[0].key.name}", (own[0].run,))
    if case.values.repeated:
        return Ruling("unsupported", reason="no test lies in the folder: this p-value cannot be traced")
    return Ruling("spread_without_seeds", reason="a p-value, but every run was done once: there is nothing to test")


def _parts_of_tests(case: Case) -> frozenset[str]:
    """By what the tests of a folder are kept apart: the data sets of `wilcoxon.a_vs_b.HIS3.p`."""
    tests = [
        one.key.path
        for one in case.names.records.measured
        if re.fullmatch(r"p(?:_?val(?:ue)?)?", one.key.path[-1], re.I)
    ]
    return frozenset(part for path in tests for part in path[:-1])


_LAUNCHES = re.compile(r"\s+(?:\w+\s+)?trials\b")
"""What a search is made of: each a run of its own."""


def _set_so(case: Case, meant: Container[str]) -> Ruling | None:
    """A number of seeds that a setting gives, where spreads lie beside it that only repeats can have; of repeats of a
    measurement the setting is enough."""
    noun = _SEEDS.match(case.text[case.number.end :])
    keys = case.names.settings.named(noun[0]) if noun else frozenset()
    count = case.number.value
    found = [one for one in case.values.settings.between(count - 1e-9, count + 1e-9) if one.key in keys]
    of_seeds = noun is None or "seed" in noun[0]
    if not found or (of_seeds and not any(one.run in meant and not one.formula for one in case.values.spreads)):
        return None
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}")


def _seeds(case: Case) -> Ruling:
    """A number of seeds stands where the runs were repeated so often; a setting that says so repeats nothing."""
    known = case.values.counts
    but = excepted(case)
    runs = case.context.runs - but
    meant = {run: counts for run, counts in known.items() if (not runs or run in runs) and run not in but}
    said = int(case.number.value)
    having = [run for run, counts in meant.items() if said in counts]
    if having and len(having) < len(meant) and _ALL.search(case.text):
        other = next(run for run in meant if run not in having)
        return Ruling("misattributed", f"{having[0]}: {said} repeats", f"not of all: {other} has {max(meant[other])}")
    if having:
        return Ruling("supported", f"{having[0]}: {said} repeats in the folder", "the number of repeats")
    if set_so := _set_so(case, meant):
        return set_so
    if said == len(known) and _LAUNCHES.match(case.text[case.number.end :]):
        return Ruling("derived", f"{said} runs in the folder", "a count of runs")
    if all(max(counts) == 1 for counts in meant.values()):
        return Ruling("spread_without_seeds", reason="each run was done once: no repeats lie in the folder")
    counts = sorted({count for each in meant.values() for count in each})
    return Ruling("unsupported", reason=f"the folder holds {', '.join(map(str, counts))} repeats a run")
