"""A text as the check of typed numbers reads it: sentences without markup, references kept apart from words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.evidence.condition import Condition
from agent.evidence.escape import UNSET
from agent.evidence.reference import REFERENCE, Reference, parse_reference
from agent.proofreading.sentences.clauses import MARKS, Cutter
from agent.proofreading.sentences.names import CITED
from agent.proofreading.sentences.traced import Pattern, Replacement, Traced

_FIRST = 0xE000  # references become single characters from Unicode's private area

_WITHOUT_ARGUMENTS = re.compile(
    r"\\(?:ref|eqref|autoref|cref|Cref|label|includegraphics|url|nolinkurl|vspace|hspace|setlength|addtolength|resizebox|scalebox"
    r"|rule|sisetup|setcounter|definecolor|hypertarget|hyperlink|bibliography|bibliographystyle|centering|captionsetup|color|textcolor|evidif|evidend|labappendix|labbanner|labfindings)(?![A-Za-z])\*?"
    r"(?:\s*\[[^\]]*\])*(?:\{[^{}]*\})*"
)
_CITATION = re.compile(r"\\[Cc]ite\w*\*?(?:\s*\[[^\]]*\])*\{[^{}]*\}")
_DIMENSION = re.compile(
    r"\d*\.?\d+\s*(?:\\(?:text|line|column|page)(?:width|height)|(?:cm|mm|pt|em|ex|in)\b(?=[\]},]))"
)
_BREAK = re.compile(
    r"\\begin\s*\{[^{}]*\}(?:\[[^\]]*\])?(?:\{[^{}]*\})?|\\end\s*\{[^{}]*\}|\\item\b(?:\[[^\]]*\])?|\\\\(?:\[[^\]]*\])?"
    r"|\\(?:sub)*(?:section|paragraph)\*?|\\(?:sub)?caption(?:of\*?\s*\{\w+\}|box)?\*?(?=\s*[{[])|\\(?:top|mid|bottom|h)(?:rule|line)\b|\\par\b"
)
_SHORT = re.compile(r"\\(?:(?:sub)?caption(?:of\*?\s*\{\w+\}|box)?|subfloat)\*?\s*\[([^\]]*)\]")
"""A caption in brackets: one for a list of figures before the long one, or a part's own."""
_HEADING = re.compile(r"\\(?:sub)*(?:section|paragraph)\*?\s*\{([^{}]*)\}")
_SPACES = re.compile(r"\\[,;:!> ]|~")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_GONE = frozenset(
    {
        "emph",
        "textbf",
        "textit",
        "texttt",
        "textsc",
        "textsf",
        "textrm",
        "underline",
        "text",
        "mathrm",
        "mathbf",
        "mathcal",
        "mathbb",
        "operatorname",
        "left",
        "right",
        "big",
        "Big",
        "frac",
        "quad",
        "qquad",
        "noindent",
        "clearpage",
        "newpage",
        "pagebreak",
        "maketitle",
        "appendix",
        "medskip",
        "bigskip",
        "smallskip",
        "hfill",
        "vfill",
        "newline",
        "boldsymbol",
        "overline",
        "small",
        "footnotesize",
    }
)
_ABBREVIATION = re.compile(
    r"\b(e\.g|i\.e|et al|cf|vs|Figs?|Eqs?|Secs?|Tabs?|Refs?|approx|resp|etc|Dr|w\.r\.t)\.(?=\s)", re.IGNORECASE
)
_APOSTROPHE = re.compile(r"(?<=\w)[’ʼ](?=\w)")
"""As it is typeset within a word: `don’t`, `the baseline’s`."""
_STRESS = re.compile(r"`|\*(?![ \t])|(?<=\S)\*")
"""Marks of Markdown; a star that begins an item is none."""
_BLOCK = re.compile(r"\n\s*\n|\n\s*(?:-(?!\.?\d)|[*•#|]|\d+[.)]\s)|\x00")
_END = re.compile(r"(?<=[.!?])[\"')\]}]*\s+(?=\S)")
_CLAUSE = Cutter(rf"{MARKS}|&|\bwhile\b|\bwhereas\b|\bbut\b")


@dataclass(frozen=True)
class Sentence:
    """A sentence, a table row, a list item or a heading; `references` in the order in which they stand."""

    text: str
    references: tuple[Reference, ...]
    line: int = 1
    """Line of the source, from 1, on which it begins."""
    lines: tuple[int, ...] = ()
    """The same for each of its characters."""
    under: tuple[tuple[Condition, ...], ...] = ()
    """For each of its characters the conditions under which it is printed; empty where none of it has any."""
    before: Sentence | None = field(default=None, compare=False, repr=False)
    """The sentence before it in its text, which says whom a pronoun of a passage means."""

    def given(self, start: int, end: int) -> tuple[Condition, ...]:
        """The conditions under which text[start:end] is printed, from its first character to its last."""
        if not self.under or start >= end:
            return ()
        last = self.under[end - 1]
        return tuple(condition for condition in self.under[start] if condition in last)

    @property
    def cites(self) -> bool:
        return CITED in self.text

    def clause(self, start: int, end: int) -> str:
        """The part between commas and brackets in which text[start:end] stands."""
        left, right = self.clause_span(start, end)
        return self.text[left:right]

    def clause_span(self, start: int, end: int) -> tuple[int, int]:
        """Begin and end of that part."""
        return _CLAUSE.around(self.text, start, end)

    @property
    def placed(self) -> list[tuple[int, Reference]]:
        """Each reference with its place in `text`."""
        places = (place for place, char in enumerate(self.text) if _is_reference(char))
        return list(zip(places, self.references, strict=True))

    @property
    def shown(self) -> str:
        """The sentence for a message, with its references as they were typed."""
        return self.shown_of(self.text)

    def shown_of(self, part: str) -> str:
        """The same of a part of it, such as the words that cannot stand."""
        typed = {self.text[place]: f"[[{reference.text}]]" for place, reference in self.placed}
        return "".join(typed.get(char, char) for char in part).replace(CITED, "[cited]").strip()


def sentences(text: str | Traced, latex: bool) -> Iterator[Sentence]:
    """The sentences of a text; in LaTeX comments, labels, citations' keys and dimensions are left out."""
    known: list[Reference] = []

    def keep(match: re.Match[str]) -> str:
        known.append(parse_reference(match.group(1)))
        return chr(_FIRST + len(known) - 1)

    plain = (Traced.of(text) if isinstance(text, str) else text).sub(REFERENCE, keep)
    plain = _without_markup(plain) if latex else plain.sub(_STRESS, "")
    plain = plain.sub(_APOSTROPHE, "'")  # so that no rule need know both
    plain = plain.sub(_ABBREVIATION, r"\1").after("\n")
    for block in plain.split(_BLOCK):
        for part in block.sub(r"\s+", " ").strip().split(_END):
            sentence = part.strip()
            if sentence.text:
                referred = tuple(known[ord(char) - _FIRST] for char in sentence.text if _is_reference(char))
                yield Sentence(sentence.text, referred, sentence.lines[0], sentence.lines)


def _is_reference(char: str) -> bool:
    return _FIRST <= ord(char) < 0xF8FF


def _without_markup(text: Traced) -> Traced:
    for pattern, replacement in _MARKUP:
        text = text.sub(pattern, replacement)
    return text


def _bound(match: re.Match[str]) -> str:
    return "≤" if "l" in match.group()[:2] else "≥"


def _word(match: re.Match[str]) -> str:
    return "" if match.group(1) in _GONE else f" {match.group(1)} "


_MARKUP: tuple[tuple[Pattern, Replacement], ...] = (
    (r"(?<![\\\d])%.*", ""),  # a % after a digit is a forgotten backslash
    (UNSET, ""),
    (_DIMENSION, ""),
    (_CITATION, CITED),
    (_WITHOUT_ARGUMENTS, ""),
    (_HEADING, "\x00\\1\x00"),
    (_SHORT, "\x00\\1\x00"),
    (_BREAK, "\x00"),
    (r"\\[td]?frac\s*\{\d+\}\s*\{\d+\}", " "),  # a constant of a formula
    (_SPACES, " "),
    (r"\{,\}", ","),
    (r"\\%", "%"),
    (r"\\_", "\x01"),  # no subscript: it becomes a _ again at the end
    (r"\\pm", "±"),
    (r"\\times", "×"),
    (r"\\(?:leq?|geq?)\b", _bound),
    (r"[_^]\s*(?:\{[^{}]*\}|\w(?!\w))", ""),
    (_COMMAND, _word),
    (r"[{}$]|\\.", " "),
    ("\x01", "_"),
)
"""What is taken out of LaTeX, or put into words, in this order."""
