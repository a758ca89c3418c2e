"""References in a text, filled in; and the way back from a filled LaTeX text to its references."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.errors import BadAnswer
from agent.evidence.escape import escape_latex
from agent.evidence.evidence import Evidence, Style
from agent.evidence.reference import REFERENCE

_MACRO = re.compile(r"\\evid(?:words|reported)?\{([^{}]*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_TABLE = re.compile(r"%<(table[^\n>]*)>\n.*?\n%<end>", re.DOTALL)
_UNKNOWN = re.compile(r"\\evidunknown\{((?:[^{}]|\{[^{}]*\})*)\}")


@dataclass(frozen=True)
class FilledText:
    """A text with its references filled in. `problems` holds a sentence for each that could not be."""

    text: str
    references: tuple[str, ...]
    problems: tuple[str, ...]
    rows: tuple[tuple[str, str], ...] = ()


def fill(text: str, evidence: Evidence, style: Style) -> FilledText:
    """Every reference of `text` replaced by what it says, in plain text or as LaTeX that links to the evidence."""
    used: list[str] = []
    problems: list[str] = []
    rows: list[tuple[str, str]] = []

    def replace(match: re.Match[str]) -> str:
        try:
            filled = evidence.resolve(match.group(1))
        except BadAnswer as bad:
            problems.append(str(bad))
            inner = match.group(1)
            return f"\\evidunknown{{{escape_latex(inner)}}}" if style == "latex" else f"[unknown: {inner}]"
        used.append(filled.reference.text)
        rows.extend(filled.rows)
        if style == "text":
            return f"\n{filled.text}\n" if filled.table else filled.text
        return f"\n{filled.latex}\n" if filled.table else filled.latex

    filled_text = REFERENCE.sub(replace, text)
    problems += [f"brackets that do not close: {cut!r}" for cut in _torn(REFERENCE.sub("", text))]
    return FilledText(
        filled_text, tuple(dict.fromkeys(used)), tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(rows))
    )


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
