"""A session's folder read for looking at: whatever is missing or damaged is said, never an exception."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from agent.errors import LabloopError, SessionError
from agent.session.events import SESSION, Event
from agent.session.idea import Idea
from agent.session.journal import readable_events
from agent.session.paths import REPOSITORY, SessionPaths
from agent.session.reported import Reported
from agent.session.settings import Settings
from agent.session.template import Metric, Template, load_template

log = logging.getLogger(__name__)
E = TypeVar("E", bound=Event)
_FRESH_S = 60.0
_LARGEST = 20_000_000


class Measures(BaseModel):
    """The part of session.json that says what was measured."""

    metrics: dict[str, Metric] = Field(min_length=1)
    primary: str = Field(min_length=1)


@dataclass
class Source:
    """What the page is made from. `problems` grows with each thing that could not be read."""

    paths: SessionPaths
    events: Sequence[Event]
    idea: Idea | None = None
    template: Template | None = None
    """Where it lies now; looked for only where the session does not say itself what was measured."""
    recorded: Measures | None = None
    """What session.json says was measured."""
    reported: Reported | None = None
    """What others reported, not measured here."""
    settings: Settings | None = None
    labloop: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics whose direction is known, by name."""
        known = self.recorded or self.template
        return dict(known.metrics) if known else {}

    @property
    def primary(self) -> str:
        """The primary metric; empty where it is not known."""
        known = self.recorded or self.template
        return known.primary if known else ""

    def all(self, kind: type[E]) -> Iterator[E]:
        """Every event of this kind, in order."""
        return (event for event in self.events if isinstance(event, kind))

    def inside(self, *parts: str) -> Path | None:
        """The regular file of this name inside the session; None where it is missing or leads outside."""
        path = self.paths.root.joinpath(*parts)
        try:
            real = path.resolve()
            return path if real.is_file() and real.is_relative_to(self.paths.root.resolve()) else None
        except (OSError, ValueError, RuntimeError):  # a name too long, with a NUL, or a ring of links
            return None

    def blob(self, digest: str) -> str | None:
        """The text with this sha256, or None."""
        path = self.inside("blobs", digest)
        try:
            return None if path is None else path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def exchange(self, number: int) -> dict[str, Any] | None:
        """exchanges/NNNN.json, or None where it is missing or damaged."""
        path = self.inside("exchanges", self.paths.exchange(number).name)
        value = _read_json(path) if path else None
        return value if isinstance(value, dict) else None

    def names(self, *parts: str) -> list[str]:
        """The names in a folder of the session, sorted; none where there is no such folder or it cannot be read."""
        try:
            return sorted(path.name for path in self.paths.root.joinpath(*parts).iterdir())
        except (OSError, ValueError):
            return []

    def files(self, *parts: str, most: int = 60) -> list[Path]:
        """Regular files below a folder of the session, relative to it, sorted; the first `most` of them, no links."""
        root = self.paths.root.joinpath(*parts)
        found: list[Path] = []
        for folder, _, names in os.walk(root):
            found += [Path(folder, name).relative_to(root) for name in names if not Path(folder, name).is_symlink()]
            if len(found) > 10 * most:
                break
        return sorted(found)[:most]

    def held(self) -> bool:
        """Whether an orchestrator works in the session now: its lock names it and its heartbeat is fresh."""
        path = self.inside(self.paths.lock.name)
        holder = _read_json(path) if path else None
        beat = holder.get("beat") if isinstance(holder, dict) else None
        return isinstance(beat, (int, float)) and time.time() - beat < _FRESH_S


def open_source(root: Path) -> Source:
    """Read the session in `root`. Raises SessionError only where there is no session at all."""
    paths = SessionPaths(root.resolve())
    if not paths.journal.is_file() and not paths.spec.is_file():
        raise SessionError(
            f"{root}: holds no session.json and no journal.jsonl; name a session's folder (they lie under runs/)"
        )
    source = Source(paths, [])
    source.events = _events(paths.journal, source.problems)
    spec = _read_json(paths.spec)
    if not isinstance(spec, dict):
        source.problems.append("session.json is missing or damaged: the idea and the settings are not shown")
        spec = {}
    try:
        source.idea = Idea.model_validate(spec["idea"]) if "idea" in spec else None
    except ValidationError:
        source.problems.append("session.json holds no readable idea")
    try:
        source.settings = Settings.model_validate(spec["settings"]) if "settings" in spec else None
    except ValidationError:
        source.problems.append("session.json holds no readable settings")
    source.labloop = str(spec.get("labloop", ""))
    try:
        source.recorded = Measures.model_validate(spec)
        source.reported = Reported.model_validate(spec["reported"]) if spec.get("reported") else None
    except ValidationError:  # a session of an older labloop, or a damaged file
        source.template = _template(str(spec.get("template", "")), source)
    return source


def _events(path: Path, problems: list[str]) -> list[Event]:
    """The journal; where a line is damaged, every line that can still be read."""
    if not path.is_file():
        problems.append("journal.jsonl is missing: nothing is known of what happened")
        return []
    events, damage = readable_events(path, SESSION)
    if damage:
        problems.append(f"journal.jsonl: {damage}. Only the {len(events)} readable lines are shown")
    return events


def _template(folder: str, source: Source) -> Template | None:
    """The session's template where it lies now: its own folder, else the one of this name in the repository."""
    started = source.events[0] if source.events else None
    name = getattr(started, "template", "")
    for candidate in (*([Path(folder)] if folder else []), REPOSITORY, REPOSITORY / "templates" / (name or "-")):
        try:
            template = load_template(candidate)
        except (LabloopError, OSError):
            continue
        if not name or template.name == name:
            return template
    source.problems.append(
        f"the template {name or folder or '(unnamed)'} is not on this machine: without its metrics' directions nothing can be judged"
    )
    return None


def _read_json(path: Path) -> Any:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError, RecursionError):
        return None
