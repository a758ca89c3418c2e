"""From a draft to paper.tex: sections filled in and placed, the evidence appendix behind them. Pure: no files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agent.evidence.escape import UNSET, ascii_latex, escape_latex
from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill, filled_values
from agent.evidence.latex_words import latex_words
from agent.evidence.once import Once
from agent.evidence.reference import REFERENCE
from agent.printing.appendix import evidence_appendix
from agent.printing.hypotheses import registered_appendix
from agent.printing.reviewed import review_appendix, unsettled_mark
from agent.printing.signing import SIGNED_LINE
from agent.results.english import counted
from agent.results.story.reviewed import Review
from agent.writing.draft import Draft
from agent.writing.draft.sections import PLACED, SECTIONS, TITLE_AND_ABSTRACT

_MARK = "%% section: "
_PRIVATE = 0xE000
_PRIVATE_CHARACTERS = "\ue000-\uf8ff"
"""In a section set as plain text each reference is held by one of them."""


@dataclass(frozen=True)
class Paper:
    """paper.tex, and the references that could not be filled, by section."""

    tex: str
    problems: Mapping[str, tuple[str, ...]]
    references: tuple[str, ...]
    stale: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By section: the passages of which nothing is printed, since none of their conditions holds any more."""

    @cached_property
    def values(self) -> Sequence[tuple[str, str]]:
        """(reference, LaTeX that was filled in) for each value in print."""
        return filled_values(self.tex)

    @property
    def unset(self) -> Mapping[str, str]:
        """By section (empty: outside of all) the characters that stand in print by their code point."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.tex.splitlines(), start=1):
            for code in UNSET.findall(line):
                section, char = self.section_at(number), chr(int(code, 16))
                found[section] = found.get(section, "") + ("" if char in found.get(section, "") else char)
        return found

    def section_at(self, line: int) -> str:
        """The section in which a line (from 1) of paper.tex stands; empty outside of sections."""
        section = ""
        for text in self.tex.splitlines()[: max(line, 0)]:
            if text.startswith(_MARK):
                section = text.removeprefix(_MARK).strip()
        return section


def assemble(
    template: str,
    draft: Draft,
    evidence: Evidence,
    session: str,
    isolation: str = "",
    review: Review | None = None,
    more: str = "",
) -> Paper:
    """The whole of paper.tex. `template` holds @@TITLE@@, @@SESSION@@, @@ABSTRACT@@, @@SECTIONS@@ and @@EVIDENCE@@.

    `isolation` says which sandbox ran the experiments; what `review` left unsettled stands below the abstract, all of it
    behind the evidence, and `more` behind that.
    """
    problems: dict[str, tuple[str, ...]] = {}
    stale: dict[str, tuple[str, ...]] = {}
    used: dict[str, tuple[tuple[str, str], ...]] = {}
    told: set[str] = set()  # by sections so far, the abstract apart, which is read alone

    def text_of(name: str) -> str:
        source = draft.sections.get(name, "")
        text = fill(source, evidence, "latex", Once(evidence.results, told_before=frozenset(told)))
        told.update(text.references if name != TITLE_AND_ABSTRACT else ())
        problems[name], stale[name] = text.problems, text.stale
        for filled in text.filled:
            used.setdefault(filled.reference.text, filled.rows)
        for conditions, rows in text.conditions.items():
            used.setdefault(conditions, rows)
        return _plain(text.source, text.written) if name in draft.plain else ascii_latex(text.text)

    abstract = (
        f"{_MARK}{TITLE_AND_ABSTRACT}\n{text_of(TITLE_AND_ABSTRACT)}\n{_MARK}{unsettled_mark(review)}{SIGNED_LINE}"
    )
    label = {section.name: section.label for section in SECTIONS}
    sections = "\n\n".join(
        f"{_MARK}{name}\n\\section{{{name}}}\\label{{{label[name]}}}\n{text_of(name)}\n{_MARK}"
        for name in PLACED
        if name in draft.sections
    )
    evidenced = [evidence_appendix(evidence, used, isolation), *registered_appendix(evidence)]
    parts = {
        "TITLE": title_latex(draft.title),
        "SESSION": session,
        "ABSTRACT": abstract,
        "SECTIONS": sections,
        "EVIDENCE": "\n".join(evidenced) + review_appendix(review, evidence, f"{abstract}\n{sections}") + more,
    }
    tex = filled_template(template, parts)
    return Paper(tex, {name: found for name, found in problems.items() if found}, tuple(used), stale)


def filled_template(template: str, parts: Mapping[str, str]) -> str:
    """A template with each @@PART@@ that is known put in its place."""
    return re.sub(r"@@([A-Z]+)@@", lambda match: parts.get(match.group(1), match.group()), template)


def findings_tex(findings: Sequence[str], limit: int = 12) -> str:
    """findings.tex: the DRAFT mark with what the audit found; empty where it found nothing."""
    if not findings:
        return ""
    shown = [f"\\item {escape_latex(finding[:300])}" for finding in findings[:limit]]
    if len(findings) > limit:
        shown.append(f"\\item and {len(findings) - limit} more, in audit.json")
    count = counted(len(findings), "finding")
    return f"\\labfindings{{{count}}}{{%\n" + "\n".join(shown) + "\n}\n"


def _plain(source: str, written: Sequence[str]) -> str:
    """A section that LaTeX would not take, as plain paragraphs; `written` stands for its references, filled in and linked."""
    places = iter(range(_PRIVATE, _PRIVATE + len(written)))
    text = re.sub(f"[{_PRIVATE_CHARACTERS}]", " ", source)
    text = REFERENCE.sub(lambda match: chr(next(places)), text)
    text = latex_words(text)
    held = {chr(_PRIVATE + place): filled for place, filled in enumerate(written)}
    pieces = re.split(rf"([{_PRIVATE_CHARACTERS}])", text)
    return "".join(held[piece] if piece in held else _paragraphs(piece) for piece in pieces)


def plain_latex(latex: str) -> str:
    """LaTeX that TeX would not take, as its words."""
    return _paragraphs(latex_words(latex)).strip()


def title_latex(title: str) -> str:
    """A title as LaTeX: one without a command, a formula or a group is plain text, in which & and $ are what they are."""
    plain = not re.search(r"[\\{}]|(?<!\$)\$(?!\d[^$]*\$\d)[^$]+\$", title)
    return escape_latex(title) if plain else ascii_latex(title)


def _paragraphs(text: str) -> str:
    return "\n\n".join(escape_latex(part.replace("\n", " ")) for part in re.split(r"\n\s*\n", text))
