"""References in a text, filled in, and of its passages the branches that hold; and the way back from a filled LaTeX text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from agent.errors import BadAnswer
from agent.evidence.escape import escape_latex
from agent.evidence.evidence import Evidence
from agent.evidence.filled import Filled, Style
from agent.evidence.holds import holds, rows_of, runs_of, words_of
from agent.evidence.once import Once
from agent.evidence.passages import Passage, Piece, passages, pieces
from agent.evidence.reference import REFERENCE
from agent.results.results import Results, RunResult

_DEEPEST = 4
"""Braces within braces of a value: a letter with a mark, in a formula, is three deep."""


def _within(depth: int) -> str:
    """What matches what braces may hold that are nested so deep."""
    return rf"(?:[^{{}}]|\{{{_within(depth - 1)}\}})*" if depth else "[^{}]*"


_MACRO = re.compile(rf"\\evid(?:words|reported)?\{{([^{{}}]*)\}}\{{({_within(_DEEPEST)})\}}")
_TABLE = re.compile(r"%<(table[^\n>]*)>\n.*?\n%<end>", re.DOTALL)
_UNKNOWN = re.compile(r"\\evidunknown\{((?:[^{}]|\{[^{}]*\})*)\}")
_STALE = re.compile(r"\\evidstale\{((?:[^{}]|\{[^{}]*\})*)\}")
_BRANCH = re.compile(r"\\evidif\{([^{}]*)\}")


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
    source: str = ""
    """What is printed as plain text, its references unfilled."""
    stale: tuple[str, ...] = ()
    """A sentence for each passage of which nothing is printed, though nothing says that this is meant."""
    conditions: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By the conditions of each passage, in their form: the lines of the evidence table that they stand on."""

    @property
    def references(self) -> tuple[str, ...]:
        """Each reference that was filled, once, in its canonical form."""
        return tuple(dict.fromkeys(filled.reference.text for filled in self.filled))


def fill(text: str, evidence: Evidence, style: Style, once: Once | None = None) -> FilledText:
    """Every reference of `text` replaced by what it says, in plain text or as LaTeX that links to the evidence; of each passage
    stands the branch whose condition holds, and a mark where none does. A control is named once; `once` is what it begins with."""
    once, before = once or Once(evidence.results), ""
    known: list[Filled] = []
    written: list[str] = []
    problems: list[str] = []

    def put(match: re.Match[str]) -> str:
        try:
            ahead, behind = match.string[: match.start()], match.string[match.end() :]
            known.append(once.told(evidence.resolve(match.group(1)), before + ahead, behind))
            written.append(_written(known[-1], style))
        except BadAnswer as bad:
            problems.append(str(bad))
            written.append(_unknown(match.group(1), style))
        return written[-1]

    read = [_with_cost(piece, evidence) for piece in settled(text, evidence)]
    filled_text = ""
    for piece in read:
        filled_text += _marked(piece, REFERENCE.sub(put, piece.text), evidence, style)
        before += piece.text
    source = "".join(_marked(piece, piece.text, evidence, "text") for piece in read)
    problems += [piece.why for piece in read if piece.why]
    problems += _not_printed(text, evidence)
    problems += [f"brackets that do not close: {cut!r}" for cut in _torn(REFERENCE.sub("", text))]
    stale = tuple(_why_stale(piece, evidence) for piece in read if piece.stale)
    rows = {f"if {passage.header(0)}": _rows(passage, evidence) for passage in passages(text)}
    return FilledText(
        text=filled_text,
        filled=tuple(known),
        written=tuple(written),
        problems=tuple(dict.fromkeys(problems)),
        source=source,
        stale=stale,
        conditions=rows,
    )


def settled(text: str, evidence: Evidence) -> list[Piece]:
    """The text in pieces, of each passage the branch that holds now; its references stand unfilled."""
    return pieces(text, lambda passage: _place(passage, evidence))


def printed(text: str, evidence: Evidence) -> str:
    """What of the text is printed as things stand, its references unfilled."""
    return "".join(_with_cost(piece, evidence).text for piece in settled(text, evidence))


def _with_cost(piece: Piece, evidence: Evidence) -> Piece:
    """The branch with what stands behind every claim: that a run of its condition cost far more than the baseline, or far less, or is
    not matched."""
    own = piece.given[-1].terms if piece.given and not piece.header.endswith(" / else") else ()
    runs = {
        run.name: run
        for term in own
        if term.claims
        for run in runs_of(term.subject, evidence.results, evidence.registration)
    }
    told = " and ".join(text for run in runs.values() if (text := _at(run, evidence.results)))
    if not told or not piece.text.strip():
        return piece
    return replace(piece, text=re.sub(r"([.!?]?\s*)\Z", rf" ({told})\1", piece.text, count=1))


def _at(run: RunResult, results: Results) -> str:
    """What stands behind a claim on the run, as references; empty where nothing has to."""
    ratio = results.ratio(run)
    far = [f"[[{run.name}.compute.far]]"] if ratio is not None and ratio.far else []
    told = [*far, *([f"[[{run.name}.matched]]"] if results.left(run) else [])]
    return f"[[{run.name}.name]] {', '.join(told)}" if told else ""


def why_not_printed(header: str, evidence: Evidence) -> str:
    """Why the branch with these conditions (`printed_under`) would not be printed now; empty where it would."""
    text = f"{_heads(header)}x[[end]]"
    if "".join(piece.text for piece in settled(text, evidence)) == "x":
        return ""
    filled = fill(text, evidence, "text")
    told = [branch.condition for passage in passages(text) for branch in passage.branches if branch.condition]
    so = dict.fromkeys(words_of(each, evidence.results, evidence.registration) for each in told if not filled.problems)
    return "; ".join(filled.problems or so)


def _place(passage: Passage, evidence: Evidence) -> int | None:
    """Which branch holds; None where none does. Raises BadAnswer where any condition names what does not exist."""
    results, registration = evidence.results, evidence.registration
    held = [branch.condition is None or holds(branch.condition, results, registration) for branch in passage.branches]
    return held.index(True) if True in held else None


def _marked(piece: Piece, text: str, evidence: Evidence, style: Style) -> str:
    """A piece with what shows, to people or to the audit, that it is a passage of which this stands."""
    if piece.why:
        return _unknown(piece.header, style)
    if piece.stale:
        said = f"stale: {_why_stale(piece, evidence)}"
        return f"\\evidstale{{{escape_latex(said)}}}" if style == "latex" else f"[{said}]"
    if style == "latex" and piece.header and text.strip():
        return f"\\evidif{{{piece.header}}}{text}\\evidend{{}}"
    return text


def _unknown(inner: str, style: Style) -> str:
    return f"\\evidunknown{{{escape_latex(inner)}}}" if style == "latex" else f"[unknown: {inner}]"


def _why_stale(piece: Piece, evidence: Evidence) -> str:
    """What was to hold, and what is so in its place."""
    assert piece.of is not None
    told = [branch.condition for branch in piece.of.branches if branch.condition is not None]
    so = "; ".join(dict.fromkeys(words_of(each, evidence.results, evidence.registration) for each in told))
    return f"a passage for the case {' or '.join(f'“{each.text}”' for each in told)}, which does not hold: {so}"


def _not_printed(text: str, evidence: Evidence) -> Iterator[str]:
    """What is wrong with the references of all branches, those included that do not hold now."""
    for inner in (inner for passage in passages(text) for branch in passage.branches for inner in _inner(branch.text)):
        try:
            evidence.resolve(inner)
        except BadAnswer as bad:
            yield str(bad)


def _inner(text: str) -> list[str]:
    return [match.group(1) for match in REFERENCE.finditer(text)]


def _rows(passage: Passage, evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """What its conditions stand on; nothing where one of them names what does not exist."""
    conditions = [branch.condition for branch in passage.branches if branch.condition is not None]
    try:
        found = [row for each in conditions for row in rows_of(each, evidence.results, evidence.registration)]
    except BadAnswer:
        return ()
    return tuple(dict.fromkeys(found))


def _heads(header: str) -> str:
    """`[[if A]][[else if B]]` of `A / B`: the passage whose last branch is printed."""
    first, *others = header.split(" / ")
    marks = ["[[else]]" if other == "else" else f"[[else if {other}]]" for other in others]
    return f"[[if {first}]]" + "".join(marks)


def _written(filled: Filled, style: Style) -> str:
    text = filled.text if style == "text" else filled.latex
    return f"\n{text}\n" if filled.table else text


def filled_values(latex: str) -> list[tuple[str, str]]:
    """(reference, LaTeX that was filled in) for each value in a filled text."""
    return [(match.group(1), match.group(2)) for match in _MACRO.finditer(latex)]


def printed_under(latex: str) -> list[str]:
    """The conditions of each passage in a filled text, up to the branch that stands there: `run_3.mse better / else`."""
    return [match.group(1) for match in _BRANCH.finditer(latex)]


def unfill(latex: str) -> str:
    """A filled LaTeX text with its references put back."""
    text = _TABLE.sub(lambda match: f"[[{match.group(1)}]]", latex)
    text = _BRANCH.sub(lambda match: _heads(match.group(1)), _STALE.sub("", text)).replace("\\evidend{}", "[[end]]")
    text = _UNKNOWN.sub(lambda match: f"[[{match.group(1)}]]".replace("\\_", "_"), text)
    return _MACRO.sub(lambda match: f"[[{match.group(1)}]]", text)


def _torn(text: str) -> list[str]:
    return [
        text[match.start() : match.start() + 40]
        for match in re.finditer(r"\[\[\s*(?:run|best|baseline|reported|compare|table|list|count|if\b|else|end)", text)
    ]
