"""A forger's hand: what a case does to the files of a finished session."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from agent.results.story import story_of
from agent.session.events import AttemptEnded
from agent.session.session import Session
from tests.fraud.cases import Change


def forge(root: Path, changes: Iterable[Change], places: Mapping[str, str]) -> None:
    """Do each change to the files below `root`. Raises ValueError where a change finds nothing to change."""
    for change in changes:
        for path in _files(root, _filled(change.file, places), change):
            _do(path, change, root, places)


def places_of(session: Session) -> dict[str, str]:
    """`{run_1}` → attempts/007, for each accepted run, `{run_2_confirm_103}` for each fresh seed, and `{figures}`: what a case's file
    names may hold.
    """
    story, paths = story_of(session), session.paths
    found = {
        str(run.run): str(paths.attempt(run.attempt).root.relative_to(paths.root)) for run in story.runs if run.attempt
    }
    for launch in session.journal.all(AttemptEnded):
        if launch.step.is_confirmation and launch.number is not None:
            found["_".join(launch.run.parts)] = str(paths.attempt(launch.number).root.relative_to(paths.root))
    if story.figures:
        found["figures"] = str(paths.drawing(story.figures.step).relative_to(paths.root))
    return found


def _filled(text: str, places: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: places.get(match[1], match[0]), text)


def _files(root: Path, name: str, change: Change) -> list[Path]:
    found = sorted(root.glob(name)) if "*" in name else [root / name]
    new = change.write is not None or bool(change.copy_from)
    if not found or (not new and not all(path.is_file() for path in found)):
        raise ValueError(f"{name}: there is no such file in the session")
    return found


def _do(path: Path, change: Change, root: Path, places: Mapping[str, str]) -> None:
    if change.event:
        path.write_text(_other_events(path.read_text(), change))
        return
    if change.delete:
        path.unlink()
        return
    if change.write is not None or change.copy_from:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (change.write or "").encode()
        path.write_bytes((root / _filled(change.copy_from, places)).read_bytes() if change.copy_from else content)
    if change.set:
        value = json.loads(path.read_text())
        for dotted, new in change.set.items():
            _put(value, dotted.split("."), new)
        path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
    if change.old or change.pattern:
        path.write_text(_replaced(path.read_text(), change, str(path.relative_to(root))))
    if change.append:
        path.write_text(path.read_text() + change.append)
    if change.byte is not None:
        data = bytearray(path.read_bytes())
        data[change.byte] ^= 0xFF
        path.write_bytes(bytes(data))


def _replaced(text: str, change: Change, where: str) -> str:
    """The text with every place of what the change looks for replaced."""
    pattern = change.pattern or re.escape(change.old)
    new = change.new if change.pattern else change.new.replace("\\", "\\\\")
    replaced, count = re.subn(pattern, new, text, count=change.most)
    if not count:
        raise ValueError(f"{where}: {change.old or change.pattern!r} does not stand there")
    return replaced


def _other_events(journal: str, change: Change) -> str:
    """A journal with the change done to the events that it names, the places of all given anew."""
    left: list[dict[str, Any]] = []
    found = 0
    for line in journal.splitlines():
        event = json.loads(line)
        if any(event.get(name) != value for name, value in change.event.items()):
            left.append(event)
            continue
        found += 1
        for dotted, new in change.set.items():
            _put(event, dotted.split("."), new)
        if change.old or change.pattern:
            event = json.loads(_replaced(json.dumps(event, ensure_ascii=False), change, str(change.event)))
        left += [] if change.delete else [event]
        left += [json.loads(change.write)] if change.write else []
    if not found:
        raise ValueError(f"{change.file}: no event has {change.event}")
    return "".join(json.dumps({**event, "seq": seq}, ensure_ascii=False) + "\n" for seq, event in enumerate(left))


def _put(value: Any, path: list[str], new: Any) -> None:
    *above, last = path
    for key in above:
        value = value[int(key)] if isinstance(value, list) else value[key]
    if isinstance(value, list):
        value[int(last)] = new
    else:
        value[last] = new
