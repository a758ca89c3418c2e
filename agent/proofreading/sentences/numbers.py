"""Numbers as they stand in prose: found, told from the text's own structure, compared with values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = re.compile(
    r"(?<![\w.,])(?<![A-Za-z][-–])(?<!\d,)(?P<sign>[-+−])?"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?P<power>[eE][-+]?\d+)?"
    r"(?P<suffix>\s?%|\s?×(?!\s*[\d\ue000-\uf8ff])|[xX](?![A-Za-z])|-?fold\b|[A-Za-z]+)?"
)
_STRUCTURE = re.compile(
    r"(?:sections?|secs?|figures?|figs?|tables?|tabs?|equations?|eqs?|appendix|chapter|layers?|step|phase|stage|part|"
    r"algorithm|line|version|question|item|seeds?|top|page|level)[\s_.()~-]*$",
    re.IGNORECASE,
)
_SMALL = 12
_PERCENT_IN_WORDS = re.compile(r"\s*-?per\s?cent|\s*percentage points?", re.IGNORECASE)
_MULTIPLES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}


@dataclass(frozen=True)
class TypedNumber:
    """A number that stands in a text; `start` and `end` are its place."""

    shown: str
    value: float
    decimals: int
    suffix: str
    start: int
    end: int

    @property
    def is_integer(self) -> bool:
        return self.decimals == 0 and self.value.is_integer()

    @property
    def is_percent(self) -> bool:
        return self.suffix == "%"

    @property
    def is_factor(self) -> bool:
        return self.suffix in ("x", "X", "×") or self.suffix.endswith("fold")


def find_numbers(text: str) -> Iterator[TypedNumber]:
    """Every number of a text, with what follows it at once: a percent sign, a factor, a unit."""
    for match in _NUMBER.finditer(text):
        digits = match["digits"].replace(",", "")
        suffix = (match["suffix"] or "").strip()
        value = float(digits + (match["power"] or "")) * _MULTIPLES.get(suffix, 1.0)
        decimals = len(digits.partition(".")[2])
        if match["sign"] in ("-", "−"):
            value = -value
        yield TypedNumber(match.group().strip(), value, decimals, suffix, match.start(), match.end())


def is_structure(number: TypedNumber, text: str) -> bool:
    """Part of how a text is built: sections, years, small counts, ordinals, the 95% of an interval."""
    before, after = text[: number.start], text[number.end :]
    if number.is_percent:
        return number.value in (95, 99) and re.search(r"interval|confidence|prediction|quantile", text) is not None
    if number.is_factor or _PERCENT_IN_WORDS.match(after):
        return False
    if re.fullmatch(r"th|st|nd|rd|D|d|bit|bits|B", number.suffix) and number.is_integer:
        return True
    if number.is_integer and (
        (abs(number.value) <= _SMALL and not _is_factor_in_words(after)) or _STRUCTURE.search(before)
    ):
        return True
    if number.is_integer and 1900 <= number.value <= 2035:
        return re.search(r"(?:\b(?:in|since|of|by|al\.?,?)|\()\s*$", before, re.I) is not None or after.startswith(")")
    return number.is_integer and bool(re.match(r"\s*×\s*\d", after) or re.search(r"\d\s*×\s*$", before))


def _is_factor_in_words(after: str) -> bool:
    return (
        re.match(r"\s*times\s+(?:as|more|less|fewer|higher|lower|better|worse|faster|slower|larger|smaller)", after)
        is not None
    )


def equals(value: object, number: TypedNumber) -> bool:
    """Whether a setting's value is the typed one, percent and lists included."""
    if isinstance(value, (list, tuple)):
        return any(equals(item, number) for item in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    typed = number.value / 100 if number.is_percent else number.value
    return abs(float(value) - typed) <= 1e-9 * max(1.0, abs(value)) or (number.is_percent and value == number.value)


def rounds_to(value: float, number: TypedNumber) -> bool:
    """Whether a measured value is the typed decimal at the digits that were typed."""
    typed, decimals = (
        (number.value / 100, number.decimals + 2) if number.is_percent else (number.value, number.decimals)
    )
    return decimals > 0 and abs(value - typed) <= 0.5 * 10**-decimals * (1 + 1e-6)
