"""The folder of a run's results: tried before training, and where it cannot be written after it, the run is saved elsewhere."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.errors import OutDirError

SAVED = "run_saved_"  # how the folder elsewhere begins


def unwritable(folder: Path) -> str:
    """Why `folder` cannot be made or written to; empty where it can. Nothing is left behind."""
    try:
        nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        return str(error.strerror or error)
    return ""


def check_out_dir(out_dir: Path) -> None:
    """Raise OutDirError where no folder `out_dir` can be made or written to."""
    if why := unwritable(out_dir):
        raise OutDirError(f"the folder {out_dir} cannot be written ({why}): give --out_dir one that can be")


def write_or_save(out_dir: Path, write: Callable[[Path], None]) -> None:
    """`write(out_dir)`; where that is an OSError, `write` a fresh folder here, or else in the temporary folder.

    Raises OutDirError after such an OSError, whether the run was saved or not; the message says why, and where it lies.
    """
    try:
        write(out_dir)
    except OSError as error:
        refused = f"the run cannot be written to {out_dir} ({error})"
        folder = _saved_elsewhere(write)
        if folder is None:
            raise OutDirError(
                f"{refused}, nor to the current or the temporary folder, and is lost: make room, or give --out_dir a "
                "folder that can be written"
            ) from error
        raise OutDirError(f"{refused}; it is whole in {folder}: move that folder to where it can stay") from error


def _saved_elsewhere(write: Callable[[Path], None]) -> Path | None:
    """The fresh folder that was written, or None where none can be; what was half written is removed."""
    for place in (Path.cwd, tempfile.gettempdir):
        folder: Path | None = None
        try:
            folder = Path(tempfile.mkdtemp(prefix=SAVED, dir=place()))
            write(folder)
            return folder
        except OSError:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
    return None
