"""A run's folder, copied whole: the files that it left, its scored result, what the evaluator wrote."""

from __future__ import annotations

import shutil
from pathlib import Path

from agent.session.files import sync_folder, write_json
from agent.session.run_info import RunInfo

SCORES = "scores"
"""Name of the evaluator's folder in a run's."""


def copy_run(source: Path, target: Path, info: RunInfo, scores: Path | None = None) -> None:
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
    write_json(aside / "final_info.json", info.written())
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
