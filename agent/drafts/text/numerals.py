"""Numbers as they are printed: powers of ten written out, words of size, and how far off a printed value may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.proofreading.sentences.number_words import SEVERAL_IN_WORDS, count_of
from agent.proofreading.sentences.numbers import TypedNumber, find_numbers

_POWER = re.compile(
    r"\$?\s*([-+−]?\d+(?:\.\d+)?)\s*\$?\s*(?:\\times|\\cdot|×|·|\*)\s*\$?\s*10\s*\^\s*\{?\s*\$?\s*([-+−]?\d+)\s*\}?\s*\$?"
)
_BARE_POWER = re.compile(r"(?<![\w.])\$?\s?10\s*\^\s*\{?\s*([-+−]?\d+)\s*\}?\s*\$?(?=[\s,.;:)&\\]|$)", re.MULTILINE)
_SUPERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPER_POWER = re.compile(r"(?:(\d+(?:\.\d+)?)\s*[×·]\s*)?10([⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_UNIT = re.compile(r"\\(?:SI|qty)\s*(?:\[[^\]]*\])?\{([^{}]*)\}\s*\{([^{}]*)\}|\\num\s*(?:\[[^\]]*\])?\{([^{}]*)\}")
_SPLIT = re.compile(r"(?:\\[A-Za-z]+\s*)?\{([-−]?\d+(?:\.\d+)?)\}(?=\.\d|\(\d)")
"""The part of a number that is set apart: `{27}.84`, `\\textbf{75.69}(10)`."""
_ARROW = re.compile(r"\$?\s*\\(?:(?:long)?rightarrow|to)(?![A-Za-z])\s*\$?")
_IDENTIFIER = re.compile(
    r"\barXiv:\s*\d{4}\.\d{4,5}(?:v\d+)?|\b(?:doi:\s*)?10\.\d{4,}/\S+|\bISBN[\s:\d-]+", re.IGNORECASE
)
_WORDS = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_APPROXIMATE = re.compile(
    r"(?:\b(?:about|around|approximately|approx|roughly|nearly|almost|circa|some|close to|just over|just under|over|more than|"
    r"less than|under|up to|at least|at most|below|above|exceeds?|exceeding)|[~≈∼<>≤≥]|\b(?:sim|approx))\s*\$?\s*$",
    re.IGNORECASE,
)
_PREFIXES = {"nano": "n", "micro": "µ", "milli": "m", "kilo": "k", "mega": "M", "giga": "G", "tera": "T"}
_UNITS = {
    "second": "s",
    "minute": "min",
    "hour": "h",
    "byte": "B",
    "watt": "W",
    "hertz": "Hz",
    "joule": "J",
    "metre": "m",
    "meter": "m",
    "gram": "g",
}
_SPELT_UNIT = re.compile(rf"\s*(?:\\({'|'.join(_PREFIXES)}))?\s*\\({'|'.join(_UNITS)})\s*")
_SEEDS_IN_WORDS = re.compile(rf"\b({SEVERAL_IN_WORDS})(?=\s+(?:\w+\s+)?(?:seeds|repetitions|repeats)\b)", re.IGNORECASE)
_SIZES = ("k", "K", "M", "B")
_LOOSE = 0.05


def written_out(text: str) -> str:
    """`3 \\times 10^{-4}` and `\\num{3e-4}` as `3e-4`, dashes between numbers as dashes; lines stay."""
    text = _IDENTIFIER.sub(" ", text)
    text = re.sub(r"_\s*\{\s*(?:\\[a-z]+size\s*)?\\pm\s*([^{}]*)\}", r" \\pm \1 ", text)
    text = _SPLIT.sub(r"\1", text)
    text = _ARROW.sub("→", text)
    text = _UNIT.sub(
        lambda match: (
            match[3] or f"{match[1]}{'' if match[2] in _SIZES else ' '}{_unit(match[2])}".replace("\\percent", "\\%")
        ),
        text,
    )
    text = _SUPER_POWER.sub(lambda match: f"{match[1] or 1}e{match[2].translate(_SUPERS)}", text)
    text = _POWER.sub(lambda match: f" {match[1]}e{_plain(match[2])} ", text)
    text = _BARE_POWER.sub(lambda match: f" 1e{_plain(match[1])} ", text)
    text = re.sub(r"(?<=\d)\s?-{2,3}\s?(?=\d)", "–", text)
    text = re.sub(r"(?<=\d),?(?:\\[,!;: ])+(?=\d{3})|(?<=\d)\{,\}(?=\d{3})|(?<=\d)[\u202f\u2009](?=\d{3})", ",", text)
    return re.sub(r"\\percent\b", r"\\%", text)


def _unit(spelt: str) -> str:
    """`ms` of `\\milli\\second`; what is no such unit stays."""
    parts = _SPELT_UNIT.fullmatch(spelt)
    return f"{_PREFIXES.get(parts[1], '')}{_UNITS[parts[2]]}" if parts else spelt


def _plain(sign: str) -> str:
    return sign.replace("−", "-")


@dataclass(frozen=True)
class Numeral:
    """A number as it is printed. `value` is as it reads: 29 for 29%; `half` is half a unit of its last digit."""

    shown: str
    value: float
    half: float
    digits: int
    """Significant digits."""
    percent: bool
    factor: bool
    whole: bool
    suffix: str
    start: int
    end: int
    approximate: bool = False


_SPREAD = re.compile(r"\s*\$?\s*(?:±|\+/-|\+-|\\?pm)\s*\$?\s*")
"""Between a mean and its spread; a sign of percent behind both is of both."""
_LARGER = re.compile(r"\s?(h|hrs?|hours?|min|minutes?)\s(?:and\s)?")
_SMALLER = {"h": re.compile(r"\s?m(?:ins?|inutes?)?(?!\w)"), "m": re.compile(r"\s?s(?:ecs?|econds?)?(?!\w)")}
"""What the smaller of two units is, by the larger."""


def numerals(text: str) -> Iterator[Numeral]:
    """Every number of a text in order; `1 h 36 min` is one, of hours, and `three seeds` has one."""
    found = [_numeral(typed, text) for typed in find_numbers(text)]
    if told := [_in_words(match) for match in _SEEDS_IN_WORDS.finditer(text)]:
        found = sorted((*found, *told), key=lambda one: one.start)
    found = [
        replace(one, percent=True) if two and two.percent and _SPREAD.fullmatch(text[one.end : two.start]) else one
        for one, two in zip(found, [*found, None][1:], strict=True)
    ]
    held: set[int] = set()
    for one, two in zip(found, [*found, None][1:], strict=True):
        if one.start in held:
            continue
        larger = _LARGER.fullmatch(_behind(one) + text[one.end : two.start]) if two and two.value < _PARTS else None
        if two and one.whole and larger and _SMALLER[larger[1][0]].match(_behind(two) + text[two.end :][:10]):
            held.add(two.start)
            one = replace(one, value=one.value + two.value / _PARTS, half=two.half / _PARTS, whole=False)
            one = replace(one, digits=one.digits + 2)
        yield one


def _in_words(match: re.Match[str]) -> Numeral:
    count = count_of(match[1])
    return Numeral(
        shown=match[1],
        value=count,
        half=0.5,
        digits=len(str(count)),
        percent=False,
        factor=False,
        whole=True,
        suffix="",
        start=match.start(),
        end=match.end(),
    )


def _behind(number: Numeral) -> str:
    """What stands right behind the digits."""
    return number.shown.lstrip("0123456789.,+-−")


_PARTS = 60
"""Minutes of an hour, seconds of a minute."""


def in_last_digits(number: Numeral, decimals: int) -> Numeral:
    """A whole number as one of the last of so many decimals: the 40 of `81.17(40)` is 0.40."""
    step = 10.0**-decimals
    return replace(number, value=number.value * step, half=number.half * step, whole=False)


def points_after(text: str, end: int) -> bool:
    """Whether percentage points stand behind a number."""
    return text[:end].endswith("pp") or re.match(r"\s*(?:percentage\s+)?points?\b|\s*pp\b", text[end:]) is not None


def count_numbers(text: str) -> int:
    """How many numbers stand in a text."""
    return sum(1 for _ in find_numbers(text))


def _is_factor(text: str, start: int, end: int) -> bool:
    """`4 times`, `a factor of 6.6`."""
    after = re.match(r"\s*[- ]?(?:times|fold)\b", text[end:])
    return bool(
        after
        or re.search(
            r"\b(?:(?:a|an|the same|by|the|by) factors? of|(?:divide[sd]?|dividing|multiply|multiplies|multiplied)\b[^.;\d]*\bby)\s*(?:about|roughly|nearly|almost|over)?\s*$",
            text[:start],
            re.IGNORECASE,
        )
    )


def _numeral(typed: TypedNumber, text: str) -> Numeral:
    value, end = typed.value, typed.end
    scale = 1.0
    if match := re.match(r"[\s-]*(thousand|million|billion|trillion)\b", text[end:]):
        scale = _WORDS[match[1]]
    power = re.search(r"[eE]([-+]?\d+)", typed.shown)
    multiple = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}.get(typed.suffix, 1.0)
    step = 10.0 ** (-typed.decimals + (int(power[1]) if power else 0)) * multiple * scale
    value *= scale
    bare = re.sub(r"[eE][-+]?\d+$", "", re.sub(r"[^\d.eE+-]", "", typed.shown.replace(",", "")))
    digits = len(re.sub(r"[^\d]", "", bare).lstrip("0"))
    half = 0.5 * step
    approximate = bool(_APPROXIMATE.search(text[: typed.start]))
    if approximate:
        half = max(half, _LOOSE * abs(value))
    return Numeral(
        shown=typed.shown,
        value=value,
        half=half,
        digits=digits,
        percent=typed.is_percent or bool(re.match(r"\s*(?:percent|per cent)\b(?!age point)", text[end:])),
        factor=typed.is_factor or _is_factor(text, typed.start, end),
        whole=typed.decimals == 0 and not power and float(value).is_integer(),
        suffix=typed.suffix or {1e3: "k", 1e6: "M", 1e9: "B"}.get(scale, ""),
        start=typed.start,
        end=end,
        approximate=approximate,
    )
