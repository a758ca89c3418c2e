"""The words of the PDF against those of paper.tex: none that the paper does not hold, and none of the paper's left out.

Only words of five letters and more are compared, by how often they come: glyphs that no reader can copy, and what stands within figures, are not
seen. Words of styles and of the bibliography may come any number of times.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from agent.packing.checks.broken import pages_of_paper
from agent.packing.opened import Opened
from agent.printing.signing import FILE as SIGNATURES
from agent.session.events import Finding

_WORD = re.compile(r"(?<![^\W\d_])[a-z]{5,}(?![^\W\d_])")
_LETTERS = re.compile(r"[a-z]{3,}")
_BROKEN = re.compile(r"([^\W\d_]+)- ([^\W\d_]+)")
_HYPHENED = re.compile(r"(?<![^\W\d_])(?=([^\W\d_]+)-([^\W\d_]+))")
"""Words with a hyphen of their own: where a line ends there, the print reads as one that was broken."""
_COMMENT = re.compile(r"(?<!\\)%.*")
_ACCENTED = (
    re.compile(r"\\[\"'`^~=.]\s*\{?\\?([A-Za-z])\}?"),
    re.compile(r"\\[uvHcdbkr]\s*\{\\?([A-Za-z])\}"),
    re.compile(r"\{?\\([ijoOlL]|ss|ae|oe|AE|OE|aa|AA)(?![a-zA-Z])\s*\}?"),
    re.compile(r"\{([^{}\s\\]{1,2})\}"),
)
"""A letter with its accent, or in braces of its own: part of the word around it."""
_REPEATED = re.compile(r"\\begin\{longtable\}.*?\\endhead", re.DOTALL)
"""A table's head, which each page prints again."""
_DEFINED = re.compile(r"\\(?:(?:re)?newcommand|providecommand|def|DeclareMathOperator|title|markboth|newtheorem)\b.*")
_UNSEEN = re.compile(
    r"\\(?:label|ref|cref|Cref|eqref|autoref|pageref|cite\w*|includegraphics|input|bibliography\w*|usepackage|begin|end|url|href|evid\w*"
    r"|InputIfFileExists|nocite|documentclass|providecommand|session|hyperref|phantomsection)\*?(?:\[[^\]]*\])*\{[^{}]*\}|\\[a-zA-Z]+"
)
_STYLES = (".sty", ".cls", ".bst", ".bib")
OF_TEX = frozenset(
    [
        "abstract",
        "appendix",
        "algorithm",
        "chapter",
        "contents",
        "corollary",
        "definition",
        "equation",
        "equations",
        "figure",
        "figures",
        "footnote",
        "keywords",
        "lemma",
        "page",
        "pages",
        "part",
        "proof",
        "proposition",
        "references",
        "remark",
        "section",
        "sections",
        "table",
        "tables",
        "theorem",
        "arxiv",
        "preprint",
        "volume",
        "edited",
        "editor",
        "editors",
        "technical",
        "report",
        "thesis",
        "press",
        "university",
        "proceedings",
        "conference",
        "journal",
        "accessed",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)
_MOST_MISSING = 0.02
_SHOWN = 8


def printed_words(opened: Opened) -> Iterator[Finding]:
    """Words that the PDF prints more often than paper.tex holds them, and how many of the paper's it lacks."""
    folder, pdf = opened.session.paths.latex, opened.session.paths.paper
    if not pdf.is_file() or not (folder / "paper.tex").is_file():
        return
    source = _COMMENT.sub("", _read(folder / "paper.tex"))
    beside = _read(folder / "findings.tex") + _read(folder / SIGNATURES)
    free = (
        OF_TEX
        | set(_words(beside))
        | set(_words("\n".join(_DEFINED.findall(source) + _REPEATED.findall(source))))
        | set(_words(opened.session.name))
    )
    for path in sorted(folder.iterdir()):
        free |= set(_words(_read(path))) if path.suffix in _STYLES else set()
    try:
        text = " ".join(pages_of_paper(pdf, folder))
    except (ValueError, LookupError) as error:
        yield Finding(where=pdf.name, what="it is no paper that TeX has set", why=f"its pages cannot be read ({error})")
        return
    printed = Counter(joined(text, {*_words(source)} | free))
    if others := not_held(printed, source, free):
        why = "paper.tex does not hold them so often"
        yield Finding(where=pdf.name, what=f"it prints other words: {', '.join(others[:_SHOWN])}", why=why)
    told = Counter(_words(_UNSEEN.sub(" ", source.partition("\\begin{document}")[2])))
    missing = sum(max(0, count - printed[word]) for word, count in told.items())
    if missing > _MOST_MISSING * sum(told.values()):
        lost = sorted(told, key=lambda word: printed[word] - told[word])
        why = f"among them {', '.join(lost[:_SHOWN])}"
        yield Finding(where=pdf.name, what=f"it lacks {missing} of {sum(told.values())} words of paper.tex", why=why)


def not_held(printed: Mapping[str, int], source: str, free: AbstractSet[str]) -> list[str]:
    """The words that are printed more often than the source holds them, and that are not free to come any number of times."""
    typed, short = Counter(_words(source)), {*_LETTERS.findall(source.lower())}
    held = typed + Counter(_words(" ".join(map("".join, _HYPHENED.findall(source)))))
    return sorted(
        word
        for word, count in printed.items()
        if word not in free and count > held[word] and (word in typed or not _is_of_formula(word, short))
    )


def _is_of_formula(word: str, known: set[str]) -> bool:
    """Whether it is a word of the source with a letter or two before or behind it: `L_recon`, `TopK_k`."""
    return any(part in known for cut in (1, 2) for part in (word[cut:], word[:-cut]))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _words(text: str) -> list[str]:
    """Words of five Latin letters and more, in lower case, without accents: letters of a formula often stand side by side."""
    for pattern in _ACCENTED:
        text = pattern.sub(r"\1", text)
    plain = unicodedata.normalize("NFKD", text)
    return _WORD.findall("".join(char for char in plain if not unicodedata.combining(char)).lower())


def joined(text: str, known: AbstractSet[str]) -> list[str]:
    """The words of a PDF; one that a line's end broke is put together where that gives a word of the paper."""

    def whole(match: re.Match[str]) -> str:
        both = match[1] + match[2]
        return both if _words(both)[:1] and _words(both)[0] in known else match[0]

    return _words(_BROKEN.sub(whole, unicodedata.normalize("NFKC", text)))
