"""The baseline: the untouched template once per seed, computed once on a machine and reused by content hash."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import platform
import shutil
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent.errors import EnvironmentBroken, Interrupted
from agent.experiment.cause import find_cause
from agent.experiment.launch import Bench, Place, gpus, interpreter, launch
from agent.experiment.preflight import code_sha
from agent.results.final_info import BadResults, checked_metrics, read_final_info
from agent.results.verdict import half_width
from agent.session.files import sync_folder, write_json
from agent.session.stop import Stop
from agent.session.template import Template

log = logging.getLogger(__name__)
_WAIT_S = 0.5
SCORES = "scores"
"""Name of the evaluator's folder in a run's."""


def baseline_files(template: Template) -> dict[str, bytes]:
    """The untouched editable files of the experiment."""
    return {name: (template.root / name).read_bytes() for name in template.experiment.editable}


def baseline_key(template: Template) -> str:
    """Hash of all that a baseline's numbers depend on: scale, code, fixed half, commands, packages, machine."""
    commands = [
        template.experiment.command,
        template.evaluator and template.evaluator.command,
        template.prepare and template.prepare.command,
    ]
    python = interpreter(template.environment)
    packages = sorted(path.name for path in python.parents[1].glob("lib/python*/site-packages/*.dist-info"))
    parts = [
        template.name,
        template.scale,
        code_sha(baseline_files(template)),
        template.fixed_hash(),
        commands,
        sorted(template.metrics),
        packages,
        platform.machine(),
        platform.python_version_tuple()[:2],
        gpus(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


class BaselineStore:
    """`<cache>/baselines/<key>/`: one folder for each seed that was measured, each complete or not there."""

    def __init__(self, cache: Path, template: Template) -> None:
        self.template = template
        self.folder = cache / "baselines" / baseline_key(template)

    def get(self, seed: int) -> dict[str, Any] | None:
        """The result of this seed; None where it was not measured yet, or what lies there is no result."""
        info = read_final_info(self.seed_folder(seed))
        if isinstance(info, BadResults):
            return None
        checked = checked_metrics(
            info.get("metrics", {}), self.template.metrics, "the kept baseline", self.template.optional
        )
        return None if isinstance(checked, BadResults) else info

    def put(self, seed: int, run_dir: Path, info: Mapping[str, Any], scores: Path | None = None) -> None:
        """Keep a seed's folder, its scored result and the evaluator's files; all of it appears at once."""
        copy_run(run_dir, self.seed_folder(seed), info, scores)

    def seed_folder(self, seed: int) -> Path:
        return self.folder / "seeds" / str(seed)

    @contextmanager
    def lock(self, stop: Stop) -> Iterator[None]:
        """Held while a seed is measured, so that two sessions do it once. Raises Interrupted while waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w", encoding="utf-8") as file:
            told = False
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not told:
                        log.warning("another session measures this baseline; waiting for it")
                        told = True
                    stop.check()
                    time.sleep(_WAIT_S)
                except OSError:
                    break  # no flock here: at worst two sessions measure the same, and one result stays
            yield


def copy_run(source: Path, target: Path, info: Mapping[str, Any], scores: Path | None = None) -> None:
    """Copy a run's regular files to `target`, with `info` as its final_info.json; links and devices are left out.

    What the evaluator wrote (`scores`) comes along as `target`/scores, without its logs. That name is the evaluator's:
    a folder so called that the experiment left is not copied.
    """
    aside = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for path in regular_files(source):
        if path.parts[0] != SCORES:
            _copy(source / path, aside / path)
    if scores is not None:
        for path in regular_files(scores):
            if path.suffix != ".log":
                _copy(scores / path, aside / SCORES / path)
    write_json(aside / "final_info.json", info)
    if target.exists():
        shutil.rmtree(target)
    aside.rename(target)
    sync_folder(target.parent)


def regular_files(folder: Path) -> list[Path]:
    """Every regular file below `folder`, relative to it, sorted; none that is a link or lies behind one."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.rglob("*")):
        inside = not any(parent.is_symlink() for parent in path.parents if parent.is_relative_to(folder))
        if path.is_file() and not path.is_symlink() and inside:
            found.append(path.relative_to(folder))
    return found


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def merge_seeds(template: Template, infos: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """run_0: the first seed's config and training; metrics over the seeds, those that every seed has.

    Each metric is {mean, spread, n, noise}: `spread` is the standard deviation (n - 1), `noise` the half-width of the
    95% prediction interval for one new run (`half_width`); both None where n = 1.
    """
    seeds = template.baseline.seeds
    first = infos[seeds[0]]
    metrics = {}
    for name in template.metrics:
        measured = [infos[seed]["metrics"].get(name) for seed in seeds]
        if None in measured:
            continue  # an optional metric that a seed lacks: no run is judged by it
        values = [float(entry["mean"]) for entry in measured]
        spread = statistics.stdev(values) if len(values) > 1 else None
        noise = half_width(spread, len(values))
        metrics[name] = {"mean": statistics.fmean(values), "spread": spread, "n": len(values), "noise": noise}
    return {**first, "metrics": metrics, "seeds": list(seeds)}


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
    place = Place(folder, folder / "stdout.log", folder / "stderr.log", folder / "scratch", writable=(folder,))
    finished = launch(bench, step.command, place, step.timeout_s, may_write_cache=True)
    shutil.rmtree(place.scratch, ignore_errors=True)
    if finished.interrupted:
        raise Interrupted("stopped while the template was being prepared")
    if finished.exit_code != 0 or finished.timed_out:
        cause = find_cause(place.stdout, place.stderr, finished, bench.template.experiment.fixed)
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
