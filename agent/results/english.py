"""Lists, counts and sentences in English, as every text of the tool writes them."""

from __future__ import annotations

from collections.abc import Sequence


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; empty for none."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def counted(number: int, one: str, many: str = "") -> str:
    """`1 run`, `2 runs`, `0 runs`; `many` where an s does not make the plural."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def capitalised(sentence: str) -> str:
    """The sentence with its first letter large; the others as they are."""
    return sentence[:1].upper() + sentence[1:]
