"""The files that a run must have left, and the refusal where it has not."""

from __future__ import annotations

from pathlib import Path

from harness.errors import HarnessError

MAX_FILE_BYTES = 8_000_000_000


class SubmissionError(HarnessError):
    """The run left no SAE that can be scored; the message names the file, what is wrong and what it should be."""


def check_file(path: Path) -> None:
    """Raises SubmissionError where a file is missing, empty, too large, or a link."""
    if path.is_symlink() or path.parent.is_symlink():
        raise SubmissionError(f"{path}: is a link; the run must leave the file itself")
    if not path.is_file():
        raise SubmissionError(f"{path}: missing; the run must write it (harness.saved.save_run does)")
    if not 0 < path.stat().st_size <= MAX_FILE_BYTES:
        raise SubmissionError(f"{path}: has {path.stat().st_size} bytes")
