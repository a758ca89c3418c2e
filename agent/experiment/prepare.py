"""The template's prepare step: run once on a machine, and again only where something that it made is gone."""

from __future__ import annotations

import json
from pathlib import Path

from agent.errors import EnvironmentBroken, Interrupted
from agent.experiment.baseline_store import baseline_key
from agent.experiment.cause import find_cause
from agent.experiment.launch import Bench, Place, launch
from agent.experiment.own_code import OwnCode
from agent.sandbox.leavings import remove
from agent.session.files import write_json


def prepare(bench: Bench, folder: Path) -> None:
    """Run the template's `prepare` where what it made (the cache's files) is not there any more. Logs go to `folder`.

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
    finished = launch(bench, step.command, place, step.timeout_s, may_write_cache=True)
    remove(place.scratch)
    if finished.interrupted:
        raise Interrupted("stopped while the template was being prepared")
    if finished.exit_code != 0 or finished.timed_out:
        fixed = bench.template.experiment.fixed
        cause = find_cause(place.stdout, place.stderr, finished, OwnCode.of(fixed, fixed))
        raise EnvironmentBroken(f"the template's prepare step failed: {cause.reason} (log: {place.stderr})")
    write_json(record, {"files": _cached_files(bench.cache)})


def _cached_files(cache: Path) -> dict[str, int]:
    """Size of every file that prepare may have made."""
    ours = {"baselines", "prepared"}
    files = (path for path in cache.rglob("*") if path.relative_to(cache).parts[0] not in ours and path.is_file())
    return {str(path.relative_to(cache)): path.stat().st_size for path in sorted(files)}


def _still_there(cache: Path, record: Path) -> bool:
    try:
        files: dict[str, int] = json.loads(record.read_text(encoding="utf-8"))["files"]
        return all((cache / name).stat().st_size == size for name, size in files.items())
    except (OSError, ValueError, KeyError):
        return False
