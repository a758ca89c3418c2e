"""The sections of a paper: in which order they are written and placed, and what of the session each is shown.

What a writer is told of a section stands in prompts/sections/.
"""

from __future__ import annotations

from dataclasses import dataclass

TITLE_AND_ABSTRACT, INTRODUCTION, CONCLUSION = "Title and Abstract", "Introduction", "Conclusion"


@dataclass(frozen=True)
class Section:
    """A section. `shows` names what of the session its prompt holds, since every token is paid for.

    idea, evidence (the names that may be referred to), table (of results), notes or changes or readings (all of the
    notes, what each run changed, how it reads), code or settings (the method's functions and what each run changes against the baseline, at length or in short), figures, works (to cite), setup (what the template says of itself).
    """

    name: str
    label: str
    shows: frozenset[str]

    @property
    def refers(self) -> bool:
        """Whether the section may speak of results at all."""
        return "evidence" in self.shows

    @property
    def tells(self) -> bool:
        """Whether it tells what came out, or promises it, rather than what was made, measured or found by others."""
        return "table" in self.shows or self.name == INTRODUCTION

    @property
    def carries_title(self) -> bool:
        """Whether the paper's title is given with it."""
        return self.name == TITLE_AND_ABSTRACT

    @property
    def concludes(self) -> bool:
        """Whether it must say what came of each hypothesis that was registered."""
        return self.name == CONCLUSION

    @property
    def guidance(self) -> str:
        """The prompt file that says what it should be."""
        return f"sections/{self.name.lower().replace(' ', '_')}.jinja"


def _section(name: str, label: str, shows: str) -> Section:
    return Section(name, label, frozenset(shows.split()))


SECTIONS = (
    _section(TITLE_AND_ABSTRACT, "", "idea evidence table readings"),
    _section(INTRODUCTION, "sec:intro", "idea evidence works changes"),
    _section("Background", "sec:background", "idea works"),
    _section("Method", "sec:method", "idea evidence changes code"),
    _section("Experimental Setup", "sec:setup", "evidence works setup settings"),
    _section("Results", "sec:results", "evidence table notes figures"),
    _section(CONCLUSION, "sec:conclusion", "idea evidence table readings"),
    _section("Related Work", "sec:related", "idea works"),
)
"""In the order in which they are written."""

PLACED = (INTRODUCTION, "Related Work", "Background", "Method", "Experimental Setup", "Results", "Conclusion")
"""The order in the paper; the abstract stands before."""

LABELS = frozenset(section.label for section in SECTIONS if section.label) | {"sec:evidence"}
"""Labels that the tool places; any section may refer to them."""


def section_of(name: str) -> Section | None:
    """The section of this name; None where the paper has none."""
    return next((section for section in SECTIONS if section.name == name), None)
