"""Words of a PDF that a page's end breaks: their two parts stand on two pages, with the one's foot and the other's head between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from agent.printing.pdf_text import texts_of

_BEGUN = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-(?=\s|\Z)\s*([^\W\d_]*)")
"""What ends with a hyphen, and the word behind it."""
_WORD = re.compile(r"[^\W\d_]+")


def pages_of_paper(pdf: Path, folder: Path) -> list[str]:
    """What each page prints, by the words of the sources in the paper's folder; raises as the reading of a PDF does."""
    sources = (folder / name for name in ("paper.tex", "references.bib"))
    text = " ".join(each.read_text(encoding="utf-8", errors="replace") for each in sources if each.is_file())
    return mended(texts_of(pdf), {word.lower() for word in _WORD.findall(text)})


def mended(pages: Sequence[str], known: AbstractSet[str]) -> list[str]:
    """The pages, each word that goes on on the next one put together on the first, where that gives a word of the paper and its parts
    are not both words of it; `known` are the paper's words, in lower case."""
    whole = list(pages)
    for number in range(len(whole) - 1):
        for begun, rest in _broken(whole[number], whole[number + 1], known):
            head, tail = whole[number], whole[number + 1]
            whole[number] = f"{head[: begun.end(1)]}{rest[0]}{head[begun.end(1) + 1 :]}"
            whole[number + 1] = f"{tail[: rest.start()]}{tail[rest.end() :]}"
            break  # a page ends once
    return whole


def _broken(page: str, behind: str, known: AbstractSet[str]) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The last part of a word on a page that goes on on the one behind, with what it goes on with."""
    for begun in reversed(list(_BEGUN.finditer(page))):
        first = begun[1].lower()
        if first + begun[2].lower() in known:
            continue  # broken at a line's end
        for rest in _WORD.finditer(behind):
            if first + rest[0].lower() in known and not {first, rest[0].lower()} <= known:
                yield begun, rest
                break
