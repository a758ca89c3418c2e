"""What a person leaves for a session in its folder say/: a text, or that a run is dropped.

A session that works holds its lock, so nobody else writes into its journal: a word is laid down whole, and the session
takes it up before its next brief. `labloop say` and `labloop drop` lay down JSON; a text file that a person puts there
is a word too.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from agent.session.files import sha256, write_text
from agent.session.steps import RunName, Step

log = logging.getLogger(__name__)
LONGEST = 4000
"""Characters of a word that are read."""
_TEXTS = (".txt", ".md")
_UNREAD = ".unread"


class Word(BaseModel):
    """What was left: `say` is a text for every brief, or `drop` a run that no longer counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str = ""
    drop: RunName | None = None
    why: str = ""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Word:
        if bool(self.say.strip()) == (self.drop is not None):
            raise ValueError('either "say" with a text, or "drop" with a run')
        return self


class SaidBefore(Word):
    """A word as a recording carries it: with the step whose message was the first to show it."""

    before: Step


@dataclass(frozen=True)
class Left:
    """A word, and the file in which it lies."""

    path: Path
    word: Word
    step: Step
    """Under which it is journalled: the same file is never taken up twice."""


def leave(folder: Path, word: Word) -> Path:
    """Lay a word down whole, after those that lie there; its file."""
    path = folder / f"{time.time_ns():020d}-{os.getpid()}.json"
    write_text(path, word.model_dump_json(exclude_defaults=True) + "\n")
    return path


def waiting(folder: Path) -> Iterator[Left]:
    """Every word that lies there, in the order of their names. A file that cannot be read is set aside, and said."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix not in (*_TEXTS, ".json") or path.name.startswith(".") or not path.is_file():
            continue
        try:
            data = path.read_bytes()
            word = _word(path, data)
        except (OSError, ValueError) as error:
            log.warning("%s is no word to the session (%s); it was set aside as %s", path, _why(error), _UNREAD)
            os.replace(path, path.with_name(path.name + _UNREAD))
            continue
        key = f"{path.name}\0{path.stat().st_mtime_ns}\0".encode() + data
        yield Left(path, word, Step.said(sha256(key)[:12]))


def _word(path: Path, data: bytes) -> Word:
    if path.suffix in _TEXTS:
        return Word(say=data.decode("utf-8-sig", "replace").strip()[:LONGEST])
    word = Word.model_validate_json(data.decode("utf-8-sig"))
    return word.model_copy(update={"say": word.say.strip()[:LONGEST], "why": word.why.strip()[:LONGEST]})


def _why(error: Exception) -> str:
    return str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else str(error)
