"""The end of a launch, journalled before anything is made of it: how it finished, and a hash of what it left.

A session that is killed while a run is scored finds the launch's end when it is resumed, and scores the folder that is
there. The hash says whether it is still the folder that the experiment left.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from agent.sandbox import Finished
from agent.sandbox.leavings import entries_below, opened
from agent.session.events import LaunchEnded
from agent.session.paths import AttemptPaths
from agent.session.steps import Step

_PIECE = 1 << 20


def launch_end(run: Step, number: int, finished: Finished, beyond: str, paths: AttemptPaths) -> LaunchEnded:
    """The event for a launch that came to its end by itself or by a limit; `beyond`: what it left past the limits."""
    return LaunchEnded(
        number=number,
        run=run,
        exit_code=finished.exit_code,
        timed_out=finished.timed_out,
        seconds=finished.seconds,
        out_of_memory=finished.out_of_memory,
        too_many_processes=finished.too_many_processes,
        limit=finished.limit,
        started=finished.started,
        beyond=beyond,
        left_sha256=left_sha256(paths),
        beside=finished.beside,
        threads=finished.threads,
        cost=finished.cost,
    )


def scores_sha256(paths: AttemptPaths) -> str:
    """Hash of all that an evaluator left. Raises OSError where a file cannot be read."""
    whole = hashlib.sha256()
    _add_folder(whole, paths.scores)
    return whole.hexdigest()


def finished_of(event: LaunchEnded) -> Finished:
    """How the process finished, as the sandbox had said it."""
    return Finished(
        exit_code=event.exit_code,
        timed_out=event.timed_out,
        seconds=event.seconds,
        out_of_memory=event.out_of_memory,
        too_many_processes=event.too_many_processes,
        limit=event.limit,
        started=event.started,
        beside=event.beside,
        threads=event.threads,
        cost=event.cost,
    )


def left_sha256(paths: AttemptPaths) -> str:
    """Hash of all that a launch left: its logs, and each path in its folder with kind and content.

    Raises OSError where a file cannot be read.
    """
    whole = hashlib.sha256()
    for log in (paths.stdout, paths.stderr):
        whole.update(f"{log.name} {_content_sha256(log) if log.is_file() else 'absent'}\n".encode())
    _add_folder(whole, paths.code)
    return whole.hexdigest()


def _add_folder(whole: hashlib._Hash, folder: Path) -> None:
    """Each path below `folder`, with its kind and, for a regular file, its content."""
    for path, found in sorted(entries_below(folder)):
        whole.update(os.fsencode(path) + b"\0" + str(stat.S_IFMT(found.st_mode)).encode())
        if stat.S_ISREG(found.st_mode):
            whole.update(_content_sha256(folder / path).encode())


def _content_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with opened(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
