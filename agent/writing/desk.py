"""What lies on the writer's desk: what a section may name, what its prompt shows, and what is wrong with its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.evidence.evidence import Evidence
from agent.models.gateway import Gateway
from agent.proofreading.latex_source import Surroundings, labels, structure_problems
from agent.proofreading.prose import sentences
from agent.results import phrases
from agent.results.story import story_of
from agent.results.table import results_table
from agent.session.session import Session
from agent.writing.bibliography import Entry
from agent.writing.fields import read_fields
from agent.writing.notes import FIELDS, figure_names, free_text, problems_of
from agent.writing.sections import LABELS, TITLE_AND_ABSTRACT, Section

_TOLD = {"notes": ("What changed", "What was seen", "Reading"), "changes": ("What changed",), "readings": ("Reading",)}
_SETUP_CHARACTERS = 3600
_FIRST_SENTENCES = 2
_SECTION_CHARACTERS = 900
_NOTE_CHARACTERS = 420


@dataclass(frozen=True)
class Draft:
    """The paper before it is filled in: title and sections as LaTeX with references, and what is wrong with each."""

    title: str
    sections: Mapping[str, str]
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    """Sections that LaTeX would not take, set as plain text."""


@dataclass(frozen=True)
class Desk:
    """What lies on the writer's desk: everything that the prompts and checks of a draft are made from."""

    session: Session
    gateway: Gateway
    evidence: Evidence
    bibliography: tuple[Entry, ...]
    figures: tuple[str, ...]

    def around(self, section: Section, draft: Draft) -> Surroundings:
        """What a section may name, given the other sections as they stand."""
        others = [label for name, text in draft.sections.items() if name != section.name for label in labels(text)]
        return Surroundings({entry.key for entry in self.bibliography}, self.figures, {*LABELS, *others})

    def problems(self, section: Section, title: str, text: str, draft: Draft) -> list[str]:
        """All that is wrong with a section's text."""
        free = free_text(self.session)
        found = [] if text.strip() else ["the section is empty"]
        found += structure_problems(text, self.around(section, draft))
        found += problems_of(text, self.evidence, free, latex=True)
        if section.name == TITLE_AND_ABSTRACT:
            found += title_problems(title, self)
        return list(dict.fromkeys(found))


def title_problems(title: str, desk: Desk) -> list[str]:
    """What is wrong with a title: it stands whatever was measured, so it may hold neither result nor claim."""
    if not title.strip():
        return ["the title is missing; give it as \\title{…}"]
    found = structure_problems(title, Surroundings((), (), ()))
    if "[[" in title or re.search(r"\d+(?:\.\d+)?\s*\\?%|\d\.\d", title):
        found.append("the title must not hold a result")
    claim = re.search(
        r"\b(improv\w+|better|outperform\w*|superior|reduc\w+|enhanc\w+|state.of.the.art)\b", title, re.IGNORECASE
    )
    if claim and claim.group().lower() not in desk.session.idea.Title.lower():
        found.append(f"the title claims a result ({claim.group()!r}); name the question or the method instead")
    return found


def whole_section(section: Section, draft: Draft) -> str:
    """A section as the writer gives it; the first one with its title."""
    text = draft.sections.get(section.name, "")
    if section.name != TITLE_AND_ABSTRACT:
        return text
    return f"\\title{{{draft.title}}}\n\\begin{{abstract}}\n{text}\n\\end{{abstract}}"


def drawn_figures(session: Session) -> tuple[str, ...]:
    """Names of the figures that were drawn, the PDF of each."""
    drawn = story_of(session).figures
    names = figure_names(drawn.files) if drawn else []
    return tuple(name for name in (Path(name).name for name in names) if (session.paths.figures / name).is_file())


def prompt_values(desk: Desk, draft: Draft, section: Section, refining: bool = False) -> dict[str, Any]:
    """What a section's prompts hold; what a section does not need is empty, since every token is paid for.

    One that is refined is read beside what the others say, so that they neither repeat nor contradict one another.
    """
    shows, session = section.shows, desk.session
    return {
        "section": section.name,
        "guidance": section.guidance,
        "title": draft.title,
        "idea": session.idea if "idea" in shows else None,
        "names": desk.evidence.names() if section.refers else "",
        "table": results_table(desk.evidence.results) if "table" in shows else "",
        "notes": "\n".join(_notes(session, _TOLD[kind]) for kind in _TOLD if kind in shows),
        "figures": _figures(desk) if "figures" in shows else "",
        "works": "\n".join(entry.summary for entry in desk.bibliography) if "works" in shows else "",
        "setup": _setup(desk) if "setup" in shows else "",
        "outline": others_say(draft, section.name) if refining else outline(draft, section.name),
        "labels": sorted(desk.around(section, draft).labels),
    }


def outline(draft: Draft, leave_out: str = "") -> str:
    """The other sections, a line each: how they begin, and the floats they define."""
    lines = []
    for name, text in draft.sections.items():
        if name != leave_out and text:
            start = " ".join(re.sub(r"\\(?:label|begin|end)\{[^}]*\}", "", text).split())[:160]
            floats = [label for label in labels(text) if label.startswith(("fig:", "tab:", "eq:"))]
            lines.append(f"- {name}: {start}…" + (f" [defines {', '.join(floats)}]" if floats else ""))
    return "\n".join(lines)


def others_say(draft: Draft, leave_out: str) -> str:
    """What the other sections say, a paragraph each: how they begin, and the sentences that judge a result."""
    parts = []
    for name, text in draft.sections.items():
        if name == leave_out or not text:
            continue
        told: list[str] = []
        for place, sentence in enumerate(sentences(text, latex=True)):
            wanted = place < _FIRST_SENTENCES or any(reference.judges for reference in sentence.references)
            if wanted and sum(map(len, told)) + len(sentence.shown) <= _SECTION_CHARACTERS:
                told.append(sentence.shown)
        floats = [label for label in labels(text) if label.startswith(("fig:", "tab:", "eq:"))]
        parts.append(f"- {name}: {' '.join(told)}" + (f" [defines {', '.join(floats)}]" if floats else ""))
    return "\n".join(parts)


def _notes(session: Session, wanted: Sequence[str]) -> str:
    """The notes of all runs with their references unfilled, shortened."""
    parts = []
    for subject, event in story_of(session).run_notes.items():
        fields = read_fields(event.source, FIELDS)
        told = [f"  {label}: {_short(fields[label], _NOTE_CHARACTERS)}" for label in wanted if fields.get(label)]
        parts.append("\n".join([f"{subject}, {event.title}", *told]))
    return "\n".join(parts)


def _figures(desk: Desk) -> str:
    """Each figure with what the note says of it."""
    note = story_of(desk.session).figures_note
    stems = {name: name.rsplit(".", 1)[0] for name in desk.figures}
    names = [label for name, stem in stems.items() for label in (name, f"{stem}.png", stem)]
    fields = read_fields(note.source, list(dict.fromkeys(names))) if note and names else {}
    lines = []
    for name, stem in stems.items():
        told = fields.get(name) or fields.get(f"{stem}.png") or fields.get(stem) or ""
        lines.append(f"- {name}: {_short(told, 500)}")
    return "\n".join(lines)


def _setup(desk: Desk) -> str:
    """What the template says of itself: its metrics, and the start of what it shows to the coder."""
    template = desk.session.template
    metrics = [
        f"- {name} ({phrases.direction_text(kind)}): {kind.description}"
        for name, kind in desk.evidence.results.metrics.items()
    ]
    texts = [
        (template.root / name).read_text(encoding="utf-8", errors="replace")[:_SETUP_CHARACTERS]
        for name in template.experiment.read_only
        if name.endswith((".md", ".txt"))
    ]
    seeds = f"The baseline was run with {len(template.baseline.seeds)} seeds, each run with one."
    scale = [f"Scale: {template.scale} ({template.scales[template.scale].description})"] if template.scale else []
    return "\n".join([template.title, *scale, seeds, *metrics, *texts])


def _short(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    cut = flat[:limit].rfind(". ")
    return flat[: cut + 1] if cut > limit // 2 else flat[:limit].rsplit(" ", 1)[0] + " …"
