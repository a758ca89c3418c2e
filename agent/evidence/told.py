"""What was said of a draft, set in its paper: a reference with its value, a \\cref of what the paper holds, a formula of its own.

Nobody repairs these texts: what the paper itself does not set stands by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from agent.errors import BadAnswer
from agent.evidence.escape import ascii_latex, escape_latex
from agent.evidence.evidence import Evidence
from agent.evidence.latex_words import latex_words
from agent.evidence.reference import REFERENCE

_FORMULA = r"(?<!\\)\$[^$\n]+(?<!\\)\$"
_REF = r"\\(?:eq|auto|page|name|[cC])?ref\*?\{[^{}]*\}"
_CITE = r"\\[cC]ite(?:t|p|alt|alp|author|year|yearpar)?\*?(?:\s*\[[\w .,:;~-]*\])*\{[^{}]*\}"
_SET = re.compile(rf"({_FORMULA}|{_REF}|{_CITE}|\[\[[^\[\]]+\]\])")
_IS_LATEX = re.compile(r"\\(?:[A-Za-z]{2,}|[%&_#$])|``")
_NAMED = re.compile(r"\{([^{}]*)\}\Z")


@dataclass(frozen=True)
class Told:
    """Sets texts on a paper whose text is `body` (LaTeX, filled in)."""

    evidence: Evidence
    body: str

    @cached_property
    def _labels(self) -> frozenset[str]:
        return frozenset(re.findall(r"\\label\{([^{}]*)\}", self.body))

    @cached_property
    def _keys(self) -> frozenset[str]:
        cited = (_NAMED.search(cite) for cite in re.findall(_CITE, self.body))
        return frozenset(key.strip() for found in cited if found for key in found[1].split(","))

    def quoted(self, quote: str) -> str:
        """A sentence of the paper, which is LaTeX: its formulas are set, as they were where it stood."""
        return self._set(quote, _words, lambda formula: True)

    def said(self, text: str) -> str:
        """A text on the paper, plain or LaTeX; of its formulas those are set that the paper has."""
        words = _words if _IS_LATEX.search(text) else str
        return self._set(text, words, lambda formula: formula in self.body)

    def _set(self, text: str, words: Callable[[str], str], takes: Callable[[str], bool]) -> str:
        def piece(source: str, place: int) -> str:
            if place % 2 == 0:
                return escape_latex(words(source))
            if source.startswith("$"):
                formula = ascii_latex(source)
                return formula if takes(formula) else escape_latex(source)
            return self._filled(source) if source.startswith("[") else self._named(source)

        return "".join(piece(source, place) for place, source in enumerate(_SET.split(text)))

    def _filled(self, reference: str) -> str:
        """What the reference says, as plain text; itself where it says nothing."""
        inner = reference.removeprefix("[[").removesuffix("]]")
        try:
            filled = self.evidence.resolve(inner)
        except BadAnswer:
            return escape_latex(reference)
        return escape_latex(inner if filled.table else filled.text)

    def _named(self, command: str) -> str:
        """A \\cref or a citation as it is where the paper has what it names, else the name."""
        found = _NAMED.search(command)
        names = [name.strip() for name in (found[1] if found else "").split(",")]
        is_cite = "cite" in command[:6].lower()
        if set(names) <= (self._keys if is_cite else self._labels):
            return command
        return escape_latex(f"[{', '.join(names)}]" if is_cite else f"({', '.join(names)})")


def rests_on(named: str, evidence: Evidence) -> str:
    """What an objection rests on: `run_5.f1.delta: +0.1778` for a reference, other evidence as it is named."""
    reference = REFERENCE.fullmatch(named.strip())
    said = _said(reference[1], evidence) if reference else ""
    return f"{reference[1]}: {said}" if reference and said else named


def in_words(text: str, evidence: Evidence) -> str:
    """A text on a paper, plain or LaTeX, where no LaTeX is set: references with what they say, formulas as they are typed."""
    words = _words if _IS_LATEX.search(text) else str

    def piece(source: str, place: int) -> str:
        if place % 2 == 0:
            return words(source)
        if source.startswith("["):
            return _said(source.removeprefix("[[").removesuffix("]]"), evidence) or source
        found = _NAMED.search(source)
        return source if source.startswith("$") or not found else f"[{found[1]}]"

    return "".join(piece(source, place) for place, source in enumerate(_SET.split(text)))


def _said(inner: str, evidence: Evidence) -> str:
    """What a reference says in a line; empty where it says nothing, or a table."""
    try:
        filled = evidence.resolve(inner)
    except BadAnswer:
        return ""
    return "" if filled.table else filled.text


def _words(source: str) -> str:
    """The words of a piece of LaTeX between others, with the spaces round it."""
    source = re.sub(r"(?<!\\)~", " ", source)
    if not source.strip():
        return source
    told = latex_words(source).strip()
    return f"{source[: len(source) - len(source.lstrip())]}{told}{source[len(source.rstrip()) :]}"
