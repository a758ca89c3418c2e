"""Events of what a session wrote: plan, notes, advice, figures, sections, the paper, its audit.

What older journals told in words is read into fields here alone.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from agent.session.events.look import Look
from agent.session.journal import BaseEvent
from agent.session.steps import RunName, Step

_PLAIN_IN_WORDS = "could not be typeset as LaTeX"
_BLAMED_IN_WORDS = "in section "


class Planned(BaseEvent):
    """The plan of the session."""

    kind: Literal["plan"] = "plan"
    text: str
    """Markdown, as every brief shows it."""


class Noted(BaseEvent):
    """One section of notes.txt."""

    kind: Literal["note"] = "note"
    subject: Step
    """run_3, or figures."""
    title: str
    """The section's title."""
    source: str
    """The model's text with its references, unfilled."""
    text: str
    """The section as it stands in notes.txt, numbers filled in."""
    references: list[str] = []
    """Each reference that was filled."""
    refused: str = ""
    """Why no answer of the writer could be used, where the text is the tool's own."""
    unanswered: str = ""
    """Why this is the first form once more: no answer to the advice on it could be used."""
    revised_after: str = ""
    """What came since the form before this one, where it is a revision: `run_5`, or `the confirmation`."""
    words: int = 0
    """Version of the tool's own words in it (`WORDS` in results/words/phrases.py); 0 in journals of before."""


class Advised(BaseEvent):
    """The second model's comments and suggestions after a run."""

    kind: Literal["advice"] = "advice"
    run: RunName
    """The run it speaks of."""
    text: str
    """As the next brief shows it; empty where there was none that could be used."""
    refused: str = ""
    """Why no answer of the adviser could be used, where none could."""

    @property
    def told(self) -> str:
        """What notes and page say: the advice, or that there was none."""
        return self.text or f"No advice was had, and the session went on without: {self.refused}"


class FiguresDrawn(BaseEvent):
    """plot.py was run."""

    kind: Literal["figures"] = "figures"
    ok: bool
    """It ended well and each figure exists."""
    files: list[str] = []
    """Names in figures/."""
    traces: list[str] = []
    """Names in figures/ of what a figure shows: its numbers, each with the file in which it stands."""
    hashes: dict[str, str] = {}
    """sha256 of each of `files` as it was drawn; empty in journals of before."""
    reason: str = ""
    """Why not, in a line."""
    cause: str = ""
    """What the coder is shown."""
    signature: str = ""
    """Equal for two failures of the same kind."""


class SectionWritten(BaseEvent):
    """One section of the draft, as the model gave it."""

    kind: Literal["section"] = "section"
    section: str
    """Title and Abstract, Introduction, …"""
    phase: Literal["fill", "refine", "title"]
    """First version, or the refined one, or the reconsidered title."""
    source: str
    """LaTeX with references, unfilled."""
    title: str = ""
    """The paper's title, where the section carries it."""
    problems: list[str] = []
    """Findings that the model left in it after its last try."""
    plain: bool = False
    """LaTeX would not take it, so it is set as plain text."""

    @model_validator(mode="before")
    @classmethod
    def _plain_told_in_words(cls, data: Any) -> Any:
        """Journals of before 0.2 only began a problem with a sentence where a section was set as plain text."""
        if isinstance(data, dict) and "plain" not in data:
            told = any(str(problem).startswith(_PLAIN_IN_WORDS) for problem in data.get("problems", ()))
            return {**data, "plain": told}
        return data


class CitationsFound(BaseEvent):
    """New entries of the bibliography."""

    kind: Literal["citations"] = "citations"
    entries: list[str] = []
    """BibTeX entries."""


class Compiled(BaseEvent):
    """The draft went through LaTeX."""

    kind: Literal["compile"] = "compile"
    ok: bool
    """A PDF came out."""
    pages: int = 0
    """Its pages."""
    blamed: str = ""
    """The section to mend, where no PDF came out."""
    errors: list[str] = []
    """TeX's errors, each with its line."""
    warnings: list[str] = []
    """Undefined references and citations, overfull boxes."""
    bibliography: list[str] = []
    """Entries that TeX did not take as they came, each with what became of it."""
    looks: list[Look] = []
    """What is wrong with the printed pages."""
    marked: bool = False
    """The PDF carries the DRAFT mark since the audit had findings."""
    returned: list[int] = []
    """The reviewer's objections, by number, whose sentence a change had removed and that stands in this draft again."""
    words: int = 0
    """Version of the tool's own words in it; 0 in journals of before."""

    @model_validator(mode="before")
    @classmethod
    def _blamed_told_in_words(cls, data: Any) -> Any:
        """Journals of before 0.2 hold the section as the first of the errors."""
        if isinstance(data, dict) and "blamed" not in data:
            errors = list(data.get("errors", ()))
            if errors and str(errors[0]).startswith(_BLAMED_IN_WORDS):
                return {**data, "blamed": errors[0].removeprefix(_BLAMED_IN_WORDS), "errors": errors[1:]}
        return data

    @property
    def faults(self) -> list[str]:
        """What kept a PDF from coming out, for people: in which section, and TeX's errors."""
        return [*([f"{_BLAMED_IN_WORDS}{self.blamed}"] if self.blamed else []), *self.errors]


class Finding(BaseModel):
    """Something that the audit found: no evidence bears it, or it is not what was recorded."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    where: str
    """The file, or the part of it."""
    what: str
    """What stands there."""
    why: str
    """Why that cannot stand."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}"


class Audited(BaseEvent):
    """Every number of notes and draft was matched to its evidence."""

    kind: Literal["audit"] = "audit"
    findings: list[Finding] = []
    """Empty when clean."""
    numbers: int = 0
    """Numbers that were checked."""
