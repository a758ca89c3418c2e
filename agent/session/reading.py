"""A session's folder, read: what is missing or damaged is a problem in words, never an exception.

Whoever looks at sessions stands on this reader. The page goes on without what could not be read; `open_session` is a
reading that refuses any problem.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.errors import LabloopError, SessionError
from agent.session.campaign_paths import CampaignPaths
from agent.session.events import SESSION, Event, SessionStarted
from agent.session.folder import LARGEST, Folder
from agent.session.idea import Idea
from agent.session.journal import readable_events
from agent.session.lock import Holder, holder
from agent.session.paths import REPOSITORY, SessionPaths
from agent.session.settings import Settings
from agent.session.shape import misplaced
from agent.session.spec import Measures, Spec
from agent.session.template import load_template
from agent.session.template.contract import Metric
from agent.session.template.reported import Reported

E = TypeVar("E", bound=Event)
M = TypeVar("M", bound=BaseModel)
_NO_SPEC = "session.json is missing or damaged: the idea and the settings are not shown"


@dataclass(frozen=True)
class Problem:
    """Something that could not be read."""

    seen: str
    """For who looks on without it."""
    refusal: str
    """For who cannot go on: which file, what is wrong with it, the remedy."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a session's folder holds, as far as it can be read."""

    paths: SessionPaths
    folder: Folder
    """Its files: nothing from outside it."""
    events: tuple[Event, ...] = ()
    spec: Spec | None = None
    """session.json, where all of it can be read; else the parts below that can."""
    idea: Idea | None = None
    settings: Settings | None = None
    labloop: str = ""
    """The version that began the session."""
    metrics: Mapping[str, Metric]
    """What was measured, by name: as session.json says, else the template, where it can be found."""
    primary: str = ""
    """The primary metric: the idea's, else the template's; empty where it is not known."""
    reported: Reported | None = None
    """What others reported, not measured here."""
    holder: Holder | None = None
    """Who worked in the session as it was read."""
    problems: tuple[Problem, ...] = ()

    def all(self, kind: type[E]) -> Iterator[E]:
        """Every event of this kind, in order."""
        return (event for event in self.events if isinstance(event, kind))

    def blob(self, digest: str) -> str | None:
        """The text with this sha256, or None."""
        return self.folder.text(self.paths.blobs.name, digest)

    def exchange(self, number: int) -> dict[str, Any] | None:
        """exchanges/NNNN.json, or None where it is missing or damaged."""
        return self.folder.json_object(self.paths.exchanges.name, self.paths.exchange(number).name)


def read_session(root: Path) -> Reading:
    """The session in `root`. Raises SessionError only where there is no session at all."""
    paths = SessionPaths(root.resolve())
    if not os.path.lexists(paths.journal) and not os.path.lexists(paths.spec):
        raise SessionError(f"{root}: {_no_session(paths.root)}")
    wrong = [Problem(f"{text.removeprefix(f'{paths.root}/')}", text) for text in misplaced(paths)]
    raw, in_spec = _spec(paths.spec)
    events, in_journal = _events(paths.journal)
    idea = _valid(Idea, raw.get("idea"))
    measures, in_template = _measures(paths.spec, raw, events)
    folder = Folder(paths.root)
    lock = folder.inside(paths.lock.name)
    return Reading(
        paths=paths,
        folder=folder,
        events=tuple(events),
        spec=_valid(Spec, raw),
        idea=idea,
        settings=_valid(Settings, raw.get("settings")),
        labloop=str(raw.get("labloop", "")),
        metrics=_in_order(idea, measures.metrics) if measures else {},
        primary=(idea.Primary_Metric if idea else None) or (measures.primary if measures else ""),
        reported=_valid(Reported, raw.get("reported")),
        holder=holder(lock) if lock else None,
        problems=(*wrong, *in_spec, *in_journal, *in_template),
    )


def _in_order(idea: Idea | None, metrics: Mapping[str, Metric]) -> Mapping[str, Metric]:
    return idea.in_order(metrics) if idea else metrics


def _no_session(root: Path) -> str:
    if CampaignPaths(root).spec.is_file():
        return "is a campaign, not a session; name one of the sessions that lie in it, or go on with all: campaign.py --resume"
    return "holds no session.json and no journal.jsonl; name a session's folder (they lie under runs/)"


def _valid(kind: type[M], value: Any) -> M | None:
    try:
        return None if value is None else kind.model_validate(value)
    except ValidationError:
        return None


def _spec(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """session.json as far as it can be read, and what is wrong with it."""
    if not path.is_file():
        return {}, [Problem(_NO_SPEC, f"{path.parent}: holds no session.json; name a session's folder, or put it back")]
    try:
        raw = _small_object(path)
    except (OSError, ValueError, RecursionError) as error:
        return {}, [Problem(_NO_SPEC, f"{path}: cannot be read: {error}; put back the file as the session began with")]
    try:
        Spec.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        seen = (
            "session.json holds no readable idea"
            if first["loc"][0] == "idea"
            else f"session.json: {field}: {first['msg']}"
        )
        return raw, [Problem(seen, f"{path}: cannot be read: {field}: {first['msg']}; mend this field")]
    return raw, []


def _small_object(path: Path) -> dict[str, Any]:
    """The JSON object in `path`. Raises ValueError or OSError."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"larger than {LARGEST // 1_000_000} MB")
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(value, dict):
        raise ValueError(f"must be one JSON object, found {type(value).__name__}")
    return value


def _events(path: Path) -> tuple[list[Event], list[Problem]]:
    """The journal; where a line is damaged, every line that can still be read."""
    if not path.is_file():
        refusal = f"{path}: missing, so nothing is known of what happened; put it back, or start a new session"
        return [], [Problem("journal.jsonl is missing: nothing is known of what happened", refusal)]
    events, damage = readable_events(path, SESSION)
    if damage:
        seen = f"journal.jsonl: {damage}. Only the {len(events)} readable lines are shown"
        return events, [Problem(seen, f"{path}: {damage}")]
    if not events:
        first = path.read_bytes().strip()[:1]
        if first not in (b"", b"{"):  # what a kill tore begins as a line; this was a journal once
            seen = "journal.jsonl holds no line that can be read"
            return events, [
                Problem(seen, f"{path}: holds no line that can be read; put it back from a copy of the session")
            ]
        refusal = f"{path}: holds no event, so the session never began; start a new one"
        return events, [Problem("journal.jsonl holds no event: the session never began", refusal)]
    return events, []


def _measures(path: Path, raw: Mapping[str, Any], events: list[Event]) -> tuple[Measures | None, list[Problem]]:
    """What was measured: as session.json says, else its template where it lies now.

    That is its own folder, or the folder of this name in the repository.
    """
    if measures := _valid(Measures, raw):
        return measures, []
    folder = str(raw.get("template", ""))
    name = events[0].template if events and isinstance(events[0], SessionStarted) else ""
    for candidate in (*([Path(folder)] if folder else []), REPOSITORY, REPOSITORY / "templates" / (name or "-")):
        try:
            template = load_template(candidate)
        except (LabloopError, OSError):
            continue
        if not name or template.name == name:
            return Measures(metrics=template.metrics, primary=template.primary), []
    called = name or folder or "(unnamed)"
    seen = f"the template {called} is not on this machine: without its metrics' directions nothing can be judged"
    return None, [Problem(seen, template_gone(path, folder))]


def template_gone(path: Path, folder: str) -> str:
    """What to say where the template that session.json, at `path`, names is not there."""
    return f"{path}: template: {folder} is not there any more: move it back, or write there where it lies now"
