"""The template's prepare step: run once on a machine, and again only where something that it made is gone."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent.errors import EnvironmentBroken, Interrupted
from agent.experiment.baseline_store import baseline_key
from agent.experiment.failure.cause import find_cause
from agent.experiment.failure.own_code import OwnCode
from agent.experiment.launch import Bench, launch
from agent.launching.place import Place
from agent.sandbox.leavings import remove
from agent.session.files import write_json
from agent.session.template.contract import Template

log = logging.getLogger(__name__)


def prepare(bench: Bench, folder: Path, tell: Callable[[str], None] = lambda _: None) -> None:
    """Run the template's `prepare` where what it made (the cache's files) is not there any more. Logs go to `folder`, and
    `tell` is told so where it is run: that takes minutes, or hours, before anything else is seen of a session.

    Raises EnvironmentBroken where it fails, Interrupted where it was stopped.
    """
    step = bench.template.prepare
    if step is None:
        return
    record = bench.cache / "prepared" / f"{baseline_key(bench.template)}.json"
    if _still_there(bench.cache, record):
        return
    folder.mkdir(parents=True, exist_ok=True)
    place = Place.within(folder)
    tell(f"the template is prepared, once on this machine (log: {place.stderr})")
    finished = launch(bench, step.command, place, step.timeout_s, may_write_cache=True)
    remove(place.scratch)
    if finished.interrupted:
        raise Interrupted("stopped while the template was being prepared")
    if finished.exit_code != 0 or finished.timed_out:
        fixed = bench.template.experiment.fixed
        cause = find_cause(place.stdout, place.stderr, finished, OwnCode.of(fixed, fixed))
        raise EnvironmentBroken(
            f"the template's prepare step failed: {cause.reason} (log: {place.stderr})"
            + (_longer(bench.template) if finished.timed_out else "")
        )
    write_json(record, {"files": _cached_files(bench.cache)})


def _longer(template: Template) -> str:
    """What helps where the machine is too slow, or too busy, for the time that the template allows."""
    limit = f"prepare_timeout_s under [scales.{template.scale}]" if template.scale else "timeout_s under [prepare]"
    return f"; give it more time by {limit} of {template.root / 'template.toml'}, or the machine less to do"


def _cached_files(cache: Path) -> dict[str, dict[str, Any]]:
    """What every file that prepare may have made holds, and what its inode said as it was read."""
    ours = {"baselines", "prepared"}
    files = (path for path in cache.rglob("*") if path.relative_to(cache).parts[0] not in ours and path.is_file())
    return {str(path.relative_to(cache)): {"inode": _inode(path), "sha256": _sha256(path)} for path in sorted(files)}


def _still_there(cache: Path, record: Path) -> bool:
    """Whether every file is what it was; one whose bytes were changed without its size is removed, and made anew.

    A file is read again only where its inode has changed: no user can set back the time of that change.
    """
    try:
        files: dict[str, dict[str, Any]] = json.loads(record.read_text(encoding="utf-8"))["files"]
        moved = {name: cache / name for name, was in files.items() if _inode(cache / name) != was["inode"]}
        if any(_inode(path)[0] != files[name]["inode"][0] for name, path in moved.items()):
            return False
        altered = [path for name, path in moved.items() if _sha256(path) != files[name]["sha256"]]
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return False
    for path in altered:
        log.warning("%s is not what the template's prepare step made: it is made anew", path)
        remove(path if path.parent.parent == cache or path.parent == cache else path.parent)
    if moved and not altered:
        seen = {name: {**was, "inode": _inode(cache / name)} for name, was in files.items()}
        write_json(record, {"files": seen})
    return not altered


def _inode(path: Path) -> list[int]:
    """Size, and the times of the last change of content and inode in ns."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
