"""The sections of a paper: in which order they are written and placed, and what a writer is told and shown for each."""

from __future__ import annotations

from dataclasses import dataclass

TITLE_AND_ABSTRACT = "Title and Abstract"


@dataclass(frozen=True)
class Section:
    """A section. `shows` names what of the session its prompt holds, since every token is paid for.

    idea, evidence (the names that may be referred to), table (of results), notes or changes or readings (all of the
    notes, what each run changed, how it reads), figures, works (to cite), setup (what the template says of itself).
    """

    name: str
    label: str
    shows: frozenset[str]
    guidance: str

    @property
    def refers(self) -> bool:
        """Whether the section may speak of results at all."""
        return "evidence" in self.shows


def _section(name: str, label: str, shows: str, guidance: str) -> Section:
    return Section(name, label, frozenset(shows.split()), guidance)


SECTIONS = (
    _section(
        TITLE_AND_ABSTRACT,
        "",
        "idea evidence table readings",
        "A sober title (no result, no promise) and one paragraph of 120 to 180 words: the question and why it is hard, what was "
        "tried, on what scale, how it was judged, the outcome as [[conclusion]] and at most two further verdicts, the main limit.",
    ),
    _section(
        "Introduction",
        "sec:intro",
        "idea evidence works changes",
        "Why the question matters, what is known, what this study asks, how it goes about it, and a short list of what it "
        "contributes, a negative outcome included. About 350 words. No table, no figure.",
    ),
    _section(
        "Background",
        "sec:background",
        "idea works",
        "The concepts and the notation that the method needs, with a subsection Problem Setting. About 300 words. No results.",
    ),
    _section(
        "Method",
        "sec:method",
        "idea evidence changes",
        "The method exactly as it was run: the loss and each of its parts as numbered equations, every symbol explained, then "
        "the variants (one run each) as a list or small table with their settings by reference. About 450 words. No results.",
    ),
    _section(
        "Experimental Setup",
        "sec:setup",
        "evidence works setup",
        "Model, data, budget, settings by reference, what each metric means and its direction, how noise was measured and when "
        "a difference counts, what is compared with what. Name the scale and its limits. About 300 words. No results.",
    ),
    _section(
        "Results",
        "sec:results",
        "evidence table notes figures",
        "Begin with [[conclusion]]. One table of all runs with the main metrics (\\begin{table}[t]\\centering\\caption{…}"
        "\\label{tab:…}[[table …]]\\end{table}), each figure once with a caption that says what to see, then a paragraph a "
        "question: main comparison, control, ablations, price paid on other metrics, what is within noise, limits. 450 to 600 words.",
    ),
    _section(
        "Conclusion",
        "sec:conclusion",
        "idea evidence table readings",
        "What was asked, what the outcome says by reference, what it does not show (one seed a run, small scale), what to do "
        "next. About 180 words. No new result.",
    ),
    _section(
        "Related Work",
        "sec:related",
        "idea works",
        "Compare and contrast with the nearest work, grouped by what it does, and say where this study differs. "
        "About 250 words. No results.",
    ),
)

PLACED = ("Introduction", "Related Work", "Background", "Method", "Experimental Setup", "Results", "Conclusion")
"""The order in the paper; the abstract stands before."""

LABELS = frozenset(section.label for section in SECTIONS if section.label) | {"sec:evidence"}
"""Labels that the tool places; any section may refer to them."""
