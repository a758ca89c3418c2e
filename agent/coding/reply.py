"""What a coder says beside its edits: two labelled lines, or that nothing is left to do. The prompts ask for these."""

from __future__ import annotations

import re
from dataclasses import dataclass

COMPLETED = "ALL_COMPLETED"
"""Every experiment worth running has been run."""
LAUNCH = "LAUNCH"
"""The code is as it is meant: the answer to a repair that asks for more of it."""
_TITLE = re.compile(r"^[^\w\n]{0,4}TITLE[^\w\n]{0,4}:[^\w\n]{0,3}(.+?)\W{0,3}$", re.MULTILINE | re.IGNORECASE)
_ADVICE = re.compile(r"^[^\w\n]{0,4}ADVICE[^\w\n]{0,4}:[ \t*_]*(.*?)[ \t*_]*$", re.MULTILINE | re.IGNORECASE)
_LONGEST_TITLE, _LONGEST_ADVICE = 120, 600


@dataclass(frozen=True)
class Said:
    """What a reply says in words that the tool reads."""

    title: str = ""
    """What the run tries, in a line; empty where the reply does not say."""
    advice: str = ""
    """What it takes from the advice that it was shown, or why not."""
    completed: bool = False
    """It says that all is done, and nothing else; counts only where nothing was edited."""
    launch: bool = False
    """It says that the code is to be launched as it is, and nothing else; counts only where nothing was edited."""


def read_reply(text: str) -> Said:
    """The labelled lines of a reply, the first of each; models set them in bold or behind a dash."""
    title, advice = _TITLE.search(text), _ADVICE.search(text)
    return Said(
        title=title[1].strip()[:_LONGEST_TITLE] if title else "",
        advice=advice[1].strip()[:_LONGEST_ADVICE] if advice else "",
        completed=_is_only(COMPLETED, text),
        launch=_is_only(LAUNCH, text),
    )


def _is_only(word: str, text: str) -> bool:
    """Whether a reply, its labelled lines off, is this word alone: in a sentence about it, it decides nothing."""
    rest = _ADVICE.sub("", _TITLE.sub("", text))
    return re.fullmatch(rf"(?:[\W_]*{word})+[\W_]*", rest) is not None
