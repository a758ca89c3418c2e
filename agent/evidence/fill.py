"""References in a text, filled in; and the way back from a filled LaTeX text to its references."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.errors import BadAnswer
from agent.evidence.escape import escape_latex
from agent.evidence.evidence import Evidence
from agent.evidence.filled import Filled, Style
from agent.evidence.reference import REFERENCE

_MACRO = re.compile(r"\\evid(?:words|reported)?\{([^{}]*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_TABLE = re.compile(r"%<(table[^\n>]*)>\n.*?\n%<end>", re.DOTALL)
_UNKNOWN = re.compile(r"\\evidunknown\{((?:[^{}]|\{[^{}]*\})*)\}")


@dataclass(frozen=True)
class FilledText:
    """A text with its references filled in."""

    text: str
    filled: tuple[Filled, ...]
    """What each reference says that could be filled, in the order of the text."""
    written: tuple[str, ...]
    """What stands in the text for each reference, those that could not be filled included."""
    problems: tuple[str, ...]
    """A sentence for each that could not be filled."""

    @property
    def references(self) -> tuple[str, ...]:
        """Each reference that was filled, once, in its canonical form."""
        return tuple(dict.fromkeys(filled.reference.text for filled in self.filled))


def fill(text: str, evidence: Evidence, style: Style) -> FilledText:
    """Every reference of `text` replaced by what it says, in plain text or as LaTeX that links to the evidence."""
    known: list[Filled] = []
    written: list[str] = []
    problems: list[str] = []

    def replace(match: re.Match[str]) -> str:
        try:
            known.append(evidence.resolve(match.group(1)))
            written.append(_written(known[-1], style))
        except BadAnswer as bad:
            problems.append(str(bad))
            inner = match.group(1)
            written.append(f"\\evidunknown{{{escape_latex(inner)}}}" if style == "latex" else f"[unknown: {inner}]")
        return written[-1]

    filled_text = REFERENCE.sub(replace, text)
    problems += [f"brackets that do not close: {cut!r}" for cut in _torn(REFERENCE.sub("", text))]
    return FilledText(filled_text, tuple(known), tuple(written), tuple(dict.fromkeys(problems)))


def _written(filled: Filled, style: Style) -> str:
    text = filled.text if style == "text" else filled.latex
    return f"\n{text}\n" if filled.table else text


def filled_values(latex: str) -> list[tuple[str, str]]:
    """(reference, LaTeX that was filled in) for each value in a filled text."""
    return [(match.group(1), match.group(2)) for match in _MACRO.finditer(latex)]


def unfill(latex: str) -> str:
    """A filled LaTeX text with its references put back."""
    text = _TABLE.sub(lambda match: f"[[{match.group(1)}]]", latex)
    text = _UNKNOWN.sub(lambda match: f"[[{match.group(1)}]]".replace("\\_", "_"), text)
    return _MACRO.sub(lambda match: f"[[{match.group(1)}]]", text)


def _torn(text: str) -> list[str]:
    return [
        text[match.start() : match.start() + 40]
        for match in re.finditer(r"\[\[\s*(?:run|best|baseline|reported|compare|table|list|count)", text)
    ]
