"""What helps against a failure that an edit can mend, where its words alone do not say so."""

from __future__ import annotations

import re

from agent.experiment.failure.outside import missing_module
from agent.experiment.failure.own_code import OwnCode

_HINTS = (
    (
        r"Read-only file system|PermissionError|Permission denied",
        "only its working directory, with --out_dir in it, and the temporary folder can be written",
    ),
    (
        r"OutOfMemoryError|\b[Oo]ut of memory\b|MemoryError|[Cc]an(?:'t|not) allocate memory|Errno 12\b|_ALLOC_FAILED|RESOURCE_EXHAUSTED"
        r"|Failed to allocate|std::bad_alloc",
        "it needs more memory than there is: smaller tensors or chunks, nothing kept that is not needed",
    ),
    (
        r"[Bb]us error|insufficient shared memory|out of shared memory|shared memory limit|unable to (?:open|mmap|allocate) shared memory",
        "mostly the shared memory that its workers pass data through ran out: num_workers=0, or smaller batches",
    ),
    (
        r"Too many open files|Errno 24\b|items of ancdata",
        "it holds too many files open at once: close them, or use fewer workers",
    ),
    (
        r"can't start new thread|pthread_create failed|Resource temporarily unavailable|Errno 11\b",
        "it started as many processes or threads as it may: fewer workers or threads",
    ),
    (
        r"out of resource: shared memory",
        "a kernel needs more of the GPU's shared memory than it has: smaller blocks, or fewer stages",
    ),
    (
        r"File too large|Errno 27\b|SIGXFSZ",
        "no file may grow beyond left_gb in labloop.toml: write less, or in smaller files",
    ),
    (
        r"BrokenProcessPool|TerminatedWorkerError|DataLoader worker .{0,40}(?:Killed|exited unexpectedly)|was killed by SIGKILL"
        r"|terminated with signal SIGKILL|^EOFError$|OutOfMemoryError: Task was killed",
        "a process that it started is gone: it was killed (mostly because memory ran out) or left without an exception",
    ),
    (
        r"inline_container\.cc|PytorchStreamWriter failed",
        "a file could not be written whole: mostly the disk, or the limit on a file's size, gave out",
    ),
    (r"Address already in use|EADDRINUSE|Connection refused", "there is no network in the sandbox"),
)


def hint_on(message: str, own: OwnCode) -> str:
    """A sentence for the coder on an exception's type and message, or a program's last words; empty where there is none."""
    missing = missing_module(message)
    if missing:
        return f"{missing} is not installed and cannot be; use what {own.importers} import already"
    return next((hint for pattern, hint in _HINTS if re.search(pattern, message)), "")
