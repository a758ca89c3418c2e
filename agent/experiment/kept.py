"""A run's folder, copied whole: the files that it left, its scored result, what the evaluator wrote."""

from __future__ import annotations

from pathlib import Path

from agent.sandbox.leavings import copy_file, regular_files, remove
from agent.session.files import naming, sync_folder, write_json
from agent.session.run_info import RunInfo

SCORES = "scores"
"""Name of the evaluator's folder in a run's."""


def copy_run(source: Path, target: Path, info: RunInfo, scores: Path | None = None) -> None:
    """Copy a run's regular files to `target`, with `info` as its final_info.json; links and devices are left out.

    What the evaluator wrote (`scores`) comes along as `target`/scores, without its logs. That name is the evaluator's:
    a folder so called that the experiment left is not copied.
    """
    aside = target.with_name(f".{target.name}.tmp")
    remove(aside)
    aside.mkdir(parents=True)
    for path in regular_files(source):
        if path.parts[0] != SCORES:
            with naming(aside / path):
                copy_file(source / path, aside / path)
    if scores is not None:
        for path in regular_files(scores):
            if path.suffix != ".log":
                with naming(aside / SCORES / path):
                    copy_file(scores / path, aside / SCORES / path)
    write_json(aside / "final_info.json", info.written())
    remove(target)
    aside.rename(target)
    sync_folder(target.parent)
