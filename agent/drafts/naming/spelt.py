"""How a draft spells the words of runs' names: `R-Drop` of `rdrop`, `Back-translation` and `BT` of `backtrans`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_SPELT = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:[-–][A-Za-z0-9]+)+\b|\b[A-Z]{2,5}\b")
_TWO_WORDS = re.compile(r"\b([A-Za-z]{3,}) (?=([A-Za-z]{3,})\b)")
_ENOUGH = 5
"""Letters of a word of a name that may be the beginning of a longer one."""


def spellings(texts: Sequence[str], words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Word of a run's name → the words by which the draft calls it, each in lower case, where these are others."""
    said = {match.group() for text in texts for match in _SPELT.finditer(text)}
    parted = {each: tuple(re.findall(r"[a-z]+|\d+", each.lower())) for each in said}
    known = sorted({word for word in words if len(word) > 2 and word.isalpha()})
    found: dict[str, set[tuple[str, ...]]] = {}
    pairs = {(match[1].lower(), match[2].lower()) for text in texts for match in _TWO_WORDS.finditer(text)}
    for pair in pairs:  # `skip list` of `skiplist`
        if "".join(pair) in known:
            found.setdefault("".join(pair), set()).add(pair)
    for parts in parted.values():
        joined = "".join(parts)
        for word in known:
            longer = len(word) >= _ENOUGH and joined.startswith(word) and len(parts) > 1
            if len(parts) > 1 and parts != (word,) and (joined == word or longer):
                found.setdefault(word, set()).add(parts)
                short = "".join(part[0] for part in parts)
                if short.upper() in said:
                    found[word].add((short,))
    return {f"{word}\0{number}": parts for word, each in found.items() for number, parts in enumerate(sorted(each))}


def respelt(
    aliases: Mapping[tuple[str, ...], frozenset[str]], spelt: Mapping[str, tuple[str, ...]]
) -> dict[tuple[str, ...], frozenset[str]]:
    """Further aliases: each that holds a word which the draft spells in another way, spelt so."""
    further: dict[tuple[str, ...], frozenset[str]] = {}
    for key, parts in spelt.items():
        word = key.partition("\0")[0]
        for alias, runs in (*aliases.items(), *list(further.items())):
            if word in alias:
                told = tuple(piece for each in alias for piece in (parts if each == word else (each,)))
                further.setdefault(told, runs)
    return {alias: runs for alias, runs in further.items() if alias not in aliases}


def is_short_for(word: str, said: str) -> bool:
    """`aux` for auxiliary loss."""
    words = said.lower().split()
    spelt = len(words) == len(word) > 1 and all(each[0] == letter for each, letter in zip(words, word, strict=True))
    return spelt or any(each.startswith(word) or word.startswith(each) for each in words if len(each) > 2)


def pattern_of(alias: tuple[str, ...]) -> str:
    """How a name is written: its words joined by signs or `with`, in the plural."""
    if len(alias) == 2 and alias[0].isalpha() and 2 < len(alias[0]) < 6 and alias[1].isdigit():
        return rf"{alias[0]}[a-z]*(?:(?![;.:])[\W_]){{0,3}}{alias[1]}"
    whole = r"(?:(?:(?![;:]|,\s)[\W_]){0,3}|\s(?:with|plus)\s(?:an?\s|the\s)?)".join(map(re.escape, alias))
    return f"{whole}s?" if alias[-1:] and len(alias[-1]) > 3 and alias[-1].isalpha() else whole
