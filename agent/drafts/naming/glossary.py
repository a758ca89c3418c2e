"""What a draft's own abbreviations stand for: `explained variance (EV)`, `Abs.: absorption fraction;` in a caption."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

_BRACKETED = re.compile(r"((?:[\w-]+\s+){1,6})\(([A-Z][A-Za-z0-9-]{1,9})s?\)")
"""Words, and behind them in brackets what they are called for short."""
_LETTER = re.compile(r"\b((?i:([A-Z]))[\w-]{3,})\s+\((?=[A-Z]\))(?i:\2)\)")
"""`Precision (P) and recall (R)`."""
_LISTED = re.compile(
    r"(?:^|[;,.:(]\s*)([A-Z][\w@-]*\.?(?:\s[A-Z][\w-]*\.?)?)\s*(?::|=|\bdenotes\b|\bstands for\b)\s*([A-Za-z][\w\s,-]{3,60}?)\s*(?=[;.)(]|$|\band\s+[A-Z])"
)
"""An entry of a legend; what follows it is taken as far as the next sign."""
_PARTED = re.compile(
    r"(?<![\w-])([A-Z][A-Za-z@-]{0,8})(\d+)\s*(?:/|,|and)\s*([A-Z][A-Za-z@-]{0,8})(\d+)\s*(?::|=)\s*([^;.]{5,90})"
)
"""Two entries of a legend in one, which differ in a number."""
_SIGNS = [
    (re.compile(rf"(?<=\b[a-z])\s*{sign}\s*(?=[a-z]\b)"), word)
    for sign, word in (("[-−]", "minus"), (r"\+", "plus"), ("[÷/]", "div"), ("[×*·]", "times"))
]
_PER = re.compile(r"(?<=[A-Za-z])\s?/\s?(s|sec|h|hr|min|step|token|sample|image|epoch)\b")
_WHOLE = {"s": "second", "sec": "second", "h": "hour", "hr": "hour", "min": "minute"}
"""A rate: `tok/s` is of tokens per second, and of nothing else per token."""
_SHORTEST = 2
_IDLE = frozenset({"the", "of", "a", "an", "and", "for", "in", "on"})


def glossary(texts: Iterable[str], legends: Iterable[str], heads: Collection[str] = ()) -> dict[str, str]:
    """Abbreviation → what it stands for. `legends` are captions, in which entries stand in a row, and where one letter may be one
    that heads a column (`heads`)."""
    found: dict[str, str] = {}
    told = list(texts)
    for text in told:
        for short, long in _bracketed(text):
            found.setdefault(short, long)
    in_brackets = [text for text in told if text.startswith("(") and text.rstrip(". ").endswith(")")]
    for legend in (*legends, *in_brackets):
        found |= {short: long for short, long in _parted(legend) if short not in found}
        for match in _LISTED.finditer(legend):
            short = match[1].strip()
            if len(short) >= _SHORTEST and _is_short_for(short, match[2]):
                found.setdefault(short, match[2].strip())
        letters = ((match[2].upper(), match[1]) for match in _LETTER.finditer(legend) if match[2].upper() in heads)
        for short, long in (*_bracketed(legend), *letters):
            found.setdefault(short, long)
    return found


def foreign(known: Mapping[str, str], paths: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """The abbreviations that are no part of a key themselves: TP is read as it stands where a key is `tp`."""
    parts = {part.lower() for path in paths for part in path}
    return {short: long for short, long in known.items() if short.lower() not in parts}


def written_out(text: str, known: dict[str, str]) -> str:
    """A text with what its abbreviations stand for instead of them, and signs between single letters in words: `x - y`; rates too."""
    for sign, word in _SIGNS:
        text = sign.sub(f" {word} ", text)
    text = _PER.sub(lambda match: f" per {_WHOLE.get(match[1], match[1])}", text)
    for short, long in known.items():
        if short in text:
            text = re.sub(rf"(?<![\w-]){re.escape(short)}(?!\w)", long, text)
    return text


def _bracketed(text: str) -> Iterator[tuple[str, str]]:
    for match in _BRACKETED.finditer(text):
        words = [word for word in re.findall(r"\w+", match[1]) if word not in _IDLE]
        letters = re.sub(r"[^A-Za-z]", "", match[2]).lower()
        if words and "".join(re.findall(r"[A-Z]", words[-1])).lower() == letters:
            yield match[2], words[-1]  # AutoAttack (AA)
            continue
        for start in range(len(words)):
            tail = words[start:]
            if tail[0][:1].lower() == letters[:1] and _spells(letters, tail):
                yield match[2], " ".join(tail)
                break


def _parted(legend: str) -> Iterator[tuple[str, str]]:
    """`T1/T5: accuracy with the top 1 or 5`: each with its own number."""
    for match in _PARTED.finditer(legend):
        first, second = match[2], match[4]
        pair = re.search(rf"(?<!\d){first}(\s*(?:,|/|or|and|or the|and the)\s*){second}(?!\d)", match[5])
        if pair and first != second:
            for short, number in ((match[1] + first, first), (match[3] + second, second)):
                yield short, f"{match[5][: pair.start()]}{number}{match[5][pair.end() :]}".strip()


def _spells(letters: str, words: list[str]) -> bool:
    """Whether the letters are the words' first letters, or stand in them in order with every word begun: CE, BLEU, AUC."""
    if letters == "".join(word[0].lower() for word in words):
        return True
    joined = "".join(word.lower() for word in words)
    place = 0
    for letter in letters:
        place = joined.find(letter, place) + 1
        if not place:
            return False
    return len(words) >= 2 and len(letters) >= len(words)


def _is_short_for(short: str, long: str) -> bool:
    """Whether an entry of a legend is an abbreviation of what stands behind it: its letters are there, and it is shorter."""
    letters = re.sub(r"[^a-z]", "", short.lower())
    joined = re.sub(r"[^a-z]", "", long.lower())
    place = 0
    for letter in letters:
        place = joined.find(letter, place) + 1
        if not place:
            return False
    return len(letters) >= _SHORTEST and len(joined) > len(letters)
