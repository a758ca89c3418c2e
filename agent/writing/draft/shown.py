"""What the prompts of a section hold; what a section does not need is left empty, since every token is paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent.evidence.fill import printed
from agent.evidence.passages import without_torn_end
from agent.evidence.referable import referable
from agent.results.story import Story, story_of
from agent.results.tables.asked import asked_for
from agent.results.tables.markdown import results_table
from agent.results.words.phrases import direction_text
from agent.session.events import Noted
from agent.session.session import Session
from agent.session.steps import RunName
from agent.writing.code_shown import ShownCode, code_shown
from agent.writing.draft import Draft
from agent.writing.draft.desk import Desk
from agent.writing.draft.others import others_say, outline
from agent.writing.draft.sections import Section
from agent.writing.fields import read_fields
from agent.writing.figures import read_figure_texts
from agent.writing.notes.note import FIELDS

_OF_NOTES = {
    "notes": ("What changed", "What was seen", "Reading"),
    "changes": ("What changed",),
    "readings": ("Reading",),
}
"""Which fields of each run's note a section is shown that shows notes, changes or readings."""
_SETUP_CHARACTERS = 3600
_NOTE_CHARACTERS = 420
_FIGURE_CHARACTERS = 500
_DIFF_CHARACTERS = 3000
"""Of one run's diff against the baseline."""
_CODE_CHARACTERS = {"code": 12_000, "settings": 5_000}
"""Of all diffs together, where a section shows the code, or what it is set to."""


@dataclass(frozen=True)
class ShownNote:
    """What is shown of a run's note: fields of it, references unfilled, shortened."""

    run: str
    title: str
    parent: str
    """The run from whose code it began, as a text calls it."""
    said: dict[str, str]


def prompt_values(desk: Desk, draft: Draft, section: Section, refining: bool = False) -> dict[str, Any]:
    """What a section's prompts hold. One that is refined is read beside what the other sections say."""
    shows, session = section.shows, desk.session
    read = replace(draft, sections={name: printed(text, desk.evidence) for name, text in draft.sections.items()})
    others = others_say(read, section.name) if refining else outline(read, section.name)
    return {
        "section": section,
        "title": draft.title,
        "settled": False,
        "idea": session.idea if "idea" in shows else None,
        "names": referable(desk.evidence) if section.refers else None,
        "table": results_table(desk.evidence.results, asked_for(session)) if "table" in shows else "",
        "notes": [note for kind in _OF_NOTES if kind in shows for note in _notes(session, _OF_NOTES[kind])],
        "code": _code(session, shows),
        "figures": _figures(desk) if "figures" in shows else {},
        "works": desk.bibliography if "works" in shows else (),
        "setup": _setup(desk) if "setup" in shows else None,
        "others": others,
        "labels": sorted(desk.around(section, draft).labels),
    }


def _notes(session: Session, wanted: Sequence[str]) -> list[ShownNote]:
    """The notes of all runs, the last one of each."""
    shown, parents = [], _parents(session)
    for run, note in _counted(story_of(session)):
        fields = read_fields(note.source, FIELDS)
        said = {label: _short(fields[label], _NOTE_CHARACTERS) for label in wanted if fields.get(label)}
        shown.append(ShownNote(run, note.title, parents.get(run, ""), said))
    return shown


def _parents(session: Session) -> dict[str, str]:
    """By run: the one that it began from."""
    accepted = story_of(session).accepted.items()
    return {
        run: "the baseline" if event.parent.is_baseline else event.parent for run, event in accepted if event.parent
    }


def _code(session: Session, shows: frozenset[str]) -> ShownCode:
    whole = max((most for name, most in _CODE_CHARACTERS.items() if name in shows), default=0)
    runs = [run for name, run in story_of(session).counted.items() if not name.is_baseline]
    return code_shown(session, runs, _DIFF_CHARACTERS, whole) if whole else ShownCode()


def _counted(story: Story) -> Iterator[tuple[RunName, Noted]]:
    """The notes of the runs that count."""
    return ((run, note) for run, note in story.run_notes.items() if run in story.counted)


def _figures(desk: Desk) -> dict[str, str]:
    """Each figure with what the note says of it."""
    note = story_of(desk.session).figures_note
    texts = read_figure_texts(note.source if note else "", desk.figures)
    return {name: _short(text, _FIGURE_CHARACTERS) for name, text in texts.items()}


def _setup(desk: Desk) -> dict[str, Any]:
    """What the template says of itself: its metrics, and the start of what it shows to the coder."""
    template = desk.session.template
    scale = template.scales[template.scale].description if template.scale else ""
    known = desk.evidence.results.confirmation
    return {
        "title": template.title,
        "scale": template.scale,
        "scale_description": scale,
        "seeds": len(template.baseline.seeds),
        "run_seeds": max((len(run.seeds) or 1 for run in desk.evidence.results.runs[1:]), default=1),
        "fresh": len(known.seeds) if known is not None else 0,
        "candidate": known.run if known is not None else "",
        "metrics": {
            name: (direction_text(metric), metric.description) for name, metric in desk.evidence.results.metrics.items()
        },
        "texts": [
            (template.root / name).read_text(encoding="utf-8", errors="replace")[:_SETUP_CHARACTERS]
            for name in template.experiment.read_only
            if name.endswith((".md", ".txt"))
        ],
    }


def _short(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    whole = without_torn_end(flat[:limit])
    cut = whole.rfind(". ")
    return whole[: cut + 1] if cut > limit // 2 else whole.rsplit(" ", 1)[0] + " …"
