"""Numbers that claim nothing of the results: list numbers, names, versions, dates, variables, structure, plans."""

from __future__ import annotations

import re

from agent.drafts.judging.case import LEFT_OUT, Case, Ruling
from agent.drafts.judging.values import supported
from agent.drafts.naming.says import IN_NAME
from agent.drafts.text.numerals import points_after
from agent.drafts.text.units import unit_after
from agent.proofreading.sentences.numbers import find_numbers, is_structure

_VARIABLE = re.compile(r"(?<![A-Za-z_])[txyzijnms]\s*=\s*$")
_HARDWARE = re.compile(
    r"\b(?:RTX|GTX|GeForce|Quadro|Tesla|Titan|Radeon|Xeon|EPYC|Ryzen|Threadripper|Instinct)\s+(?:[A-Z]{1,4}\s?-?)?\Z"
)
"""What a machine's part is called by."""
_PRODUCT = re.compile(r"\b(?:[A-Z][A-Za-z+#.-]*|[Vv]ersions?|v\.?)\s+$")
_NO_PRODUCT = re.compile(
    r"(?:About|Around|Roughly|Nearly|Almost|Only|Just|With|At|Over|Under|By|From|To|In|For|Of|Is|And|The|A|An)\s+$"
)
_BESIDE = re.compile(
    r"\b[A-Z][A-Za-z+#.-]*\s+[Vv]?\d{1,3}(?:\.\d{1,3}){1,2}(?:,?\s*(?:and|or|with|\+)?\s*[A-Za-z][\w.+-]*\s+[\d.]*\d)*,?"
    r"\s*(?:and|or|,|with|\+)\s+(?!(?:and|or|to|of|in)\b)[A-Za-z][\w.+-]*\s*(?:>=|==|≥)?\s*$"
)
"""A version beside another: `Python 3.10 and numpy 1.26`."""
_PARAMETERS = re.compile(r"[\s-]*(?:trainable\s+)?param(?:eter)?s?\b")
"""How large a model is that was taken as it is."""
_FORM = re.compile(r"\s?-?(?:dimension(?:s|al)?\b|lines\s+of\b|pages\b|authors\b|bytes of code\b)")
"""What is counted of a form, not of a result."""
_NTH = re.compile(r"\d+(?:\.\d+)?(?:st|nd|rd|th)[\s-]+(?:percentile|quantile|place|rank)s?\b")
_FOLD = re.compile(r"\d-?fold\s*(?:[:.,;(]|and\b|\Z)")
_REACHED = re.compile(r"\b(?:until|to reach|reach\w*|to|at|within|above|first)\s+\Z", re.IGNORECASE)
_CROSS = re.compile(r"\d+-?fold\s+(?:\w+\s+){0,2}?(?:cross|CV\b|validation)", re.IGNORECASE)
"""Parts that data are cut into: no factor."""
_LEVEL = re.compile(r"9[059]\s?%[\s-]*(?:CIs?\b|confidence|credible|bootstrap|interval|prediction interval)")
"""How sure an interval is."""
_COMPOUND = re.compile(r"-(?!fold|point|percent|times|seed|run)[a-z]{2,}")
"""The 30 of `30-day readmission`."""
_HYPHENED = re.compile(r"[A-Za-z]\w*(?:-\d+)*-$")
"""The 10 of WideResNet-28-10."""
_NUMBERED = re.compile(r"\b(?:[Ss]eed|[Ff]old|[Ss]plit|[Tt]rial|[Aa]ppendix|[Tt]able|[Ff]igure)\s(?:no\.?\s)?$")
_SEEDS = re.compile(r"\b[Ss]eeds\s+(?:\d+(?:,\s*(?:and\s+)?|\s+and\s+))*\Z")
_FROM_TO = re.compile(r"\b(?:[Ff]rom|to)\s+$")
_OF_A_SET = re.compile(r"\s(?:\w+\s){0,2}?\w{3,}s\s(?:of|in|from)\s(?:the\s)?(?:[A-Z]|data ?sets?\b|corpus\b)")
"""How large a data set is: `the 50,000 images of CIFAR-10`."""
_MACHINE = re.compile(r"\b(?:[AHVTLBP]\d{2,3}|RTX|GPUs?|CPUs?|TPUs?|RAM|cores?|machines?|laptops?|nodes?|cards?)\b")
"""What memory may be of besides what was measured."""
_SOME = 10
_HELD = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?:rows|images|photos|documents|sentences|examples|records|items|users|molecules|graphs|nodes|edges|patients"
    r"|queries|utterances|speakers|questions|videos|clips|articles|reviews|subjects|recordings|languages|stations|sensors|customers)\b"
    r"|\s+hours of\s+(?:\w+\s+)?(?:speech|audio|video|recordings|music|data)\b"
)
"""What a data set holds: how much is said of it, not of a result."""
_OF_THEM_ALL = re.compile(r"\b(?:over|across|on|of|for|in|from) (?:the|all|all of the)\s+\Z")
_THINGS = re.compile(r"\s(?:[a-z-]+\s)?(?!(?:points|runs|seeds|times)\b)[a-z]{4,}s\b")
"""What is gone through: `averaged over the 26 letters`."""
_SET_HOLDS = re.compile(
    r"\b(?:data ?sets?|corpus|corpora|splits?|training set|test set|benchmark)\s+(?:\w+\s+)?(?:has|have|contains?|holds?|consists? of|comprises?)\s+(?:about\s+)?\Z",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\s+(?:[\w-]+\s+)?[a-z]{3,}s\b")
_OPEN = re.compile(r"\bwhether\b.*\b(?:open|unclear|unknown|untested|remains|future)\b", re.IGNORECASE)
_MANY = 1000
_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,2}")
_MONTH = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s*(?:\d{1,2},?\s*)?$")
_COUNTED = re.compile(r"\s*(?:[a-z-]+\s+){0,2}?[a-z]+s\b")
_TO_DO = re.compile(r"\s*(?:To[- ]?do|TODO|Planned)\b")
_PLACED = re.compile(r"\b(?:at|from|to|for|on|and|of|with|[a-z]{4,})[\s-]+\Z", re.IGNORECASE)
_PLAN = re.compile(
    r"\s*(?:To[- ]?do\b|TODO\b|Planned\b|Future (?:work|research|directions?)|Next time|Next,|In (?:the )?future|We plan|We (?:will|would)|It remains)\b"
)


def silent_mark(case: Case) -> Ruling | None:
    """(1) a method, (2) a control; 10:32."""
    if case.in_table:
        return None
    start, end, text = case.number.start, case.number.end, case.text
    if _HYPHENED.search(text[:start]):
        return LEFT_OUT
    bracketed = text[max(0, start - 1) : start] == "(" and text[end : end + 1] == ")"
    if bracketed and case.number.whole and case.number.digits <= 1 and not case.number.percent:
        return LEFT_OUT
    if case.number.whole and not case.number.percent and (_is_of_a_set(case) or _calls_a_run(case)):
        return LEFT_OUT
    if case.number.whole and (_SEEDS.search(text[:start]) or _LEVEL.match(text, start)):
        return LEFT_OUT
    if _NTH.match(text, start):
        return LEFT_OUT
    if _FOLD.match(text, start) and re.search(r"\b(?:is|are)\s\Z", text[:start]):
        return LEFT_OUT  # `our contributions are 3-fold`
    if _is_of_a_name(case):
        return LEFT_OUT
    if _CROSS.match(text, start):
        return _folds(case)
    if case.number.whole and _HARDWARE.search(text[:start]):
        return LEFT_OUT
    clock = re.match(r":\d\d\b", text[end:]) or re.search(r"\d:$", text[:start])
    return LEFT_OUT if clock else None


def _folds(case: Case) -> Ruling:
    """`5-fold cross-validation`: what a setting says, or as many repeats as there are; where neither is known, it claims nothing."""
    said = case.number.value
    known = [one for one in case.names.records.configured if "fold" in one.key.path[-1].lower()]
    if same := [one for one in known if one.value == said]:
        return Ruling("setting", same[0].shown, f"the setting {same[0].key.name}")
    if known:
        return Ruling("unsupported", reason=f"{known[0].key.name} is {known[0].value:g}")
    having = [run for run, counts in case.values.counts.items() if int(said) in counts]
    return Ruling("supported", f"{having[0]}: {said:g} repeats", "the number of repeats") if having else LEFT_OUT


def _is_of_a_name(case: Case) -> bool:
    """The 99 of `updates until 99% accuracy`, where a metric is called `step_val_acc_99`."""
    if not case.number.whole or not _REACHED.search(case.text[: case.number.start]):
        return False
    digits = f"{case.number.value:g}"
    return len(digits) > 1 and any(digits in re.findall(r"\d+", key.path[-1]) for key in case.values.central)


def _is_of_a_set(case: Case) -> bool:
    """The 96 of `at horizon 96`, where results lie under that number."""
    sets = {part for key in case.values.central for part in key.qualifiers if part.isdigit()}
    return f"{case.number.value:g}" in sets and _PLACED.search(case.text[: case.number.start]) is not None


def _calls_a_run(case: Case) -> bool:
    """The 1 of `at batch size 1`, where runs are called `int4/batch_size=1`."""
    within = any(each.start <= case.number.start < each.end for each in case.names.runs.mentions(case.text))
    called = re.compile(rf"[A-Za-z]=0*{case.number.value:g}(?:\D|$)")
    sized = case.number.suffix and re.compile(rf"(?:^|[/_-]){re.escape(case.number.shown.lower())}(?:$|[/_-])")
    if sized and any(sized.search(run.lower()) for run in case.names.runs.all):
        return True  # the 160M of a model's name
    return within and any(called.search(run) for run in case.names.runs.all)


def silent(case: Case) -> Ruling | None:
    """Names, variables, versions, dates, structure; a small count that a metric near it has is that metric's."""
    if case.in_table:
        return None
    if _is_of_form(case) or _in_a_name(case) or _is_variable(case) or _is_version(case) or _is_year(case):
        return LEFT_OUT
    typed = next((one for one in find_numbers(case.text) if one.start == case.number.start), None)
    if typed is None or typed.value != case.number.value or not is_structure(typed, case.text):
        return None
    if case.context.metrics and case.context.near and (fitting := [one for one in case.hits if case.fits(one)]):
        return supported(fitting[0])
    return LEFT_OUT


def silent_plan(case: Case) -> Ruling | None:
    """`Future work should scale to 10B parameters`: only where the sentence begins so, and speaks of no run."""
    told = _PLAN.match(case.text)
    planned = not case.in_table and told and (_TO_DO.match(told[0]) or not case.names.runs.mentions(case.text))
    return LEFT_OUT if planned and not case.hits else None


def _in_a_name(case: Case) -> bool:
    """The 3 of run 3, the 0.1 of a run that is called by it, the 10 of recall@10."""
    before = case.text[: case.number.start]
    if IN_NAME.search(before) or (_NUMBERED.search(before) and case.number.whole):
        return True
    if _FROM_TO.search(before) and case.names.runs.is_size(case.number.value) and not case.number.percent:
        return True  # `going from 64 to 128`
    mentions = case.names.runs.mentions(case.text)
    return any(each.start <= case.number.start < each.end for each in mentions)


def _is_of_form(case: Case) -> bool:
    """Dimensions, lines of code, issue #14, what is said to be open; not where a run has such a value."""
    before, after = case.text[: case.number.start], case.text[case.number.end :]
    if re.search(r"(?:#|\b(?:[Ii]ssue|PR|ticket)\s)$", before):
        return True
    if case.is_measured:
        return False
    if case.number.whole and case.number.value >= _MANY and not case.context.runs and not case.hits:
        of_a_set = _OF_A_SET.match(after) is not None and not case.names.settings.named(_OF_A_SET.match(after)[0])  # type: ignore[index]
    else:
        of_a_set = False
    things = _THINGS.match(after) if _OF_THEM_ALL.search(before) and case.number.whole else None
    gone_through = things and not (case.names.settings.named(things[0]) or case.names.metrics.named(things[0]))
    held = case.number.whole and case.number.value >= _SOME and _is_held(case, after)
    machine = (
        _MACHINE.search(f"{case.context.words} {before[-40:]}")
        and (unit := unit_after(case.text, case.number.end))
        and unit.kind == "memory"
    )
    return bool(
        of_a_set
        or gone_through
        or held
        or (case.number.suffix in ("M", "B") and _PARAMETERS.match(after) and not _counts_parameters(case))
        or (machine and not case.hits)
        or _FORM.match(after)
        or (case.number.whole and not case.number.percent and _COMPOUND.match(after))
        or (_OPEN.search(case.text) and not case.hits)
    )


def _counts_parameters(case: Case) -> bool:
    """Whether the folder says how many parameters anything has."""
    return any("param" in key.path[-1].lower() for key in case.values.central)


def _is_held(case: Case, after: str) -> bool:
    """Whether it is what a data set holds, and no setting or result of the folder is called so."""
    before = case.text[: case.number.start]
    told = _HELD.match(after) or (_SET_HOLDS.search(before) and _POINTS.match(after))
    known = told and (case.names.settings.named(told[0]) or case.names.metrics.named(told[0]))
    slack = 1e-9 * case.number.value
    near = case.values.settings.between(case.number.value - slack, case.number.value + slack)
    return bool(told and not known and not near and not case.context.runs and not case.hits)


def _is_variable(case: Case) -> bool:
    """`at t = 50`."""
    return not case.hits and _VARIABLE.search(case.text[: case.number.start]) is not None


def _is_named(case: Case, text: str) -> bool:
    return bool(case.names.runs.mentions(text) or case.names.metrics.named(text))


def _is_version(case: Case) -> bool:
    """PyTorch 2.1, Python 3.10: a name that is no metric's or run's, and a number of that form."""
    if re.match(r"\.\d", case.text[case.number.end :]) or re.search(r"\d\.$", case.text[: case.number.start]):
        return True  # 2.3.1
    beside = _BESIDE.search(case.text[: case.number.start])
    if beside and _VERSION.fullmatch(case.number.shown) and not _is_named(case, beside.group()):
        return True
    before = _PRODUCT.search(case.text[: case.number.start])
    if (before and _NO_PRODUCT.match(before.group())) or unit_after(case.text, case.number.end):
        return False
    if points_after(case.text, case.number.end):
        return False  # `costs the VAE 9.9 points`
    if before is None or case.number.value < 1 or not _VERSION.fullmatch(case.number.shown):
        return False
    return not case.names.metrics.named(before.group()) and not case.names.runs.mentions(before.group())


def _is_year(case: Case) -> bool:
    """2016, unless things are counted by it or something equals it."""
    number, before, after = case.number, case.text[: case.number.start], case.text[case.number.end :]
    if not number.whole or number.percent or number.suffix or "," in number.shown or not 1900 <= number.value <= 2035:
        return _MONTH.search(before) is not None and number.whole and number.value <= 31
    return not re.search(r"[=≈<>~]\s*$", before) and not _COUNTED.match(after) and not case.context.settings
