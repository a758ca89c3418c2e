"""The idea: a researcher's JSON spec, read and checked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from agent.errors import IdeaError
from agent.session.idea.file import read_ideas
from agent.session.idea.forms import AT, NEEDED, as_text, choose_idea, count_ideas

M = TypeVar("M")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LIMIT = 1_000_000


class Idea(BaseModel):
    """An idea. Keys that labloop does not know (scores, a hypothesis, risks) are kept; texts among them are shown to the model."""

    model_config = ConfigDict(frozen=True, extra="allow")

    Name: str
    Title: str = Field(min_length=1)
    Experiment: str = Field(min_length=1)
    Technical_Details: str = Field(min_length=1)
    Implementation_Plan: str = Field(min_length=1)
    Abstract: str = ""
    novel: bool | None = None
    Primary_Metric: str | None = None
    """Overrides the template's primary metric for this idea."""
    Metrics: list[str] = []
    """Metrics that come first in tables, prompts, figures and on the page, which folds the others; the template's order where empty."""

    Seeds: int | None = Field(default=None, ge=1, le=20)
    """On how many seeds each run is launched: more than one where a metric is too noisy for one to decide."""

    @field_validator("Title", "Experiment", "Technical_Details", "Implementation_Plan")
    @classmethod
    def _with_words(cls, value: str) -> str:
        if not value.strip() or "\x00" in value:
            raise ValueError("must hold words" if not value.strip() else "holds a NUL character")
        return value

    @field_validator("Metrics", mode="before")
    @classmethod
    def _in_a_list(cls, value: object) -> object:
        """`"loss, distance"` names two, and null none."""
        if value is None:
            return []
        return [name for each in value.split(",") if (name := each.strip())] if isinstance(value, str) else value

    @field_validator("Name")
    @classmethod
    def _a_plain_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError(
                "must be letters, digits, _ and - only (it names the session's folder), at most 64 characters"
            )
        return value

    @property
    def leading(self) -> tuple[str, ...]:
        """The metrics that it names, each once: the one that decides, then the others in its order."""
        return tuple(dict.fromkeys(filter(None, (self.Primary_Metric, *self.Metrics))))

    def seeds_a_run(self, asked: int | None) -> int:
        """On how many seeds each run is launched: as the settings ask, else as the idea says, else one."""
        return asked or self.Seeds or 1

    def in_order(self, metrics: Mapping[str, M]) -> dict[str, M]:
        """The metrics with those that it names before the rest: the one order of tables, prompts, figures and page."""
        return {name: metrics[name] for name in dict.fromkeys((*self.leading, *metrics)) if name in metrics}

    @property
    def others(self) -> dict[str, str]:
        """The texts under keys that labloop does not know, by key: a hypothesis, related work, risks."""
        texts = {key: as_text(value) for key, value in (self.model_extra or {}).items()}
        return {key: text for key, text in texts.items() if isinstance(text, str) and text.strip()}


def load_idea(path: Path, name: str = "") -> Idea:
    """The idea in `path`, of a list of ideas the one called `name`, or of this number from 1 (`#2` is a number and no name). Raises IdeaError naming file, field and remedy."""
    chosen = choose_idea(_read(path), name, path)
    try:
        return Idea.model_validate(chosen)
    except ValidationError as error:
        wrong = "; ".join(_told(each, chosen) for each in error.errors())
        place = f" (number {name.removeprefix(AT)} of its list)" if name.startswith(AT) else ""
        raise IdeaError(
            f"{path}{place}: {wrong}; then start again (docs/ideas.md says what each field holds)"
        ) from error


def ideas_in(path: Path) -> int:
    """How many ideas the file holds: `load_idea` takes their numbers from 1. Raises IdeaError where it cannot be read."""
    return count_ideas(_read(path))


def _read(path: Path) -> object:
    if path.is_dir():
        held = ", ".join(map(str, sorted(path.glob("*.json"))[:3]))
        raise IdeaError(
            f"{path}: a folder, no idea file; {f'name the file in it: {held}' if held else 'ideas/ holds examples'}"
        )
    if not path.is_file():
        near = difflib.get_close_matches(path.name, [each.name for each in path.parent.glob("*.json")], n=1)
        meant = f"did you mean {path.with_name(near[0])}?" if near else "ideas/ holds examples"
        raise IdeaError(f"{path}: there is no such idea file; {meant}")
    if path.stat().st_size > _LIMIT:
        raise IdeaError(f"{path}: larger than 1 MB; an idea is a short JSON object")
    found: object = read_ideas(path)
    return found


def _told(error: ErrorDetails, raw: Mapping[str, object]) -> str:
    """One wrong field, with its remedy: a key that is nearly the missing one's is likely meant to be it."""
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] != "missing":
        return f"field {field!r}: {error['msg']}; mend it"
    unknown = [key for key in raw if key not in Idea.model_fields]
    near = difflib.get_close_matches(field, unknown, n=1)
    return f"field {field!r}: {error['msg']}; {f'rename {near[0]!r} to it' if near else f'add it: {NEEDED[field]}'}"
