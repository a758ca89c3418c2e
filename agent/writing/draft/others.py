"""What a writer is shown of the other sections, so that they neither repeat nor contradict one another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.proofreading.sentences.prose import sentences
from agent.proofreading.source.latex import labels
from agent.writing.draft import Draft

_START_CHARACTERS = 160
_SECTION_CHARACTERS = 900
_FIRST_SENTENCES = 2
_FLOATS = ("fig:", "tab:", "eq:")


@dataclass(frozen=True)
class Other:
    """Another section: what is shown of its text, and the labels of the floats that it defines."""

    section: str
    said: str
    floats: tuple[str, ...]


def outline(draft: Draft, leave_out: str = "") -> list[Other]:
    """The other sections: how each begins."""
    return [Other(name, f"{_start(text)}…", _floats(text)) for name, text in _others(draft, leave_out)]


def others_say(draft: Draft, leave_out: str) -> list[Other]:
    """The other sections: how each begins, and its sentences that judge a result."""
    return [Other(name, _claims(text), _floats(text)) for name, text in _others(draft, leave_out)]


def _others(draft: Draft, leave_out: str) -> list[tuple[str, str]]:
    return [(name, text) for name, text in draft.sections.items() if name != leave_out and text]


def _start(text: str) -> str:
    return " ".join(re.sub(r"\\(?:label|begin|end)\{[^}]*\}", "", text).split())[:_START_CHARACTERS]


def _claims(text: str) -> str:
    told: list[str] = []
    for place, sentence in enumerate(sentences(text, latex=True)):
        wanted = place < _FIRST_SENTENCES or any(reference.judges for reference in sentence.references)
        if wanted and sum(map(len, told)) + len(sentence.shown) <= _SECTION_CHARACTERS:
            told.append(sentence.shown)
    return " ".join(told)


def _floats(text: str) -> tuple[str, ...]:
    return tuple(label for label in labels(text) if label.startswith(_FLOATS))
