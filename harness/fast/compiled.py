"""kernels.c and pairs.c as a library of this machine: compiled once (about a second), kept in the cache, loaded in a millisecond."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import logging
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

from harness.errors import CacheError, HarnessError
from harness.store.cache import Cache
from harness.store.draft import Draft

log = logging.getLogger(__name__)

KIND = "kernels"
SOURCES = tuple(Path(__file__).with_name(name) for name in ("kernels.c", "pairs.c"))
LIBRARY = "kernels.so"
WITHOUT = "training goes on without compiled kernels, about 1.5 times slower: %s"
COMPILERS = ("cc", "gcc", "clang")
# Sums may be reordered into vectors; NaN and infinity keep their meaning.
FLAGS = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-fassociative-math", "-fno-signed-zeros", "-shared", "-fPIC"]
FOR_THIS_CPU: tuple[list[str], ...] = (
    ["-march=native", "-fopenmp"],
    ["-fopenmp"],
    [],
)  # the first that the compiler takes


class CannotCompile(HarnessError):
    """There is no C compiler, or it does not take kernels.c."""


@functools.lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """The compiled kernels, built first where that has not been done; None where they cannot be had (then torch works)."""
    if os.name != "posix":
        return None
    try:
        found = ctypes.CDLL(str(Cache().get(KIND, fields(), build) / LIBRARY))
        found.list_pairs.restype, found.pair_sum.restype = ctypes.c_long, ctypes.c_double
        return found
    except (CannotCompile, CacheError, OSError) as error:  # OSError: a folder from which nothing may be executed
        log.warning(WITHOUT, error)
        return None


def warm() -> bool:
    """Build the library into the cache, for processes that cannot write there; False, and a warning, where that fails."""
    try:
        Cache().get(KIND, fields(), build)
    except (CannotCompile, CacheError) as error:
        log.warning(WITHOUT, error)
        return False
    return True


def fields() -> dict[str, Any]:
    """What the library depends on: the source, the flags, and the CPU it is made for."""
    return {
        "source": hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest(),
        "flags": FLAGS,
        "system": platform.system(),
        "cpu": _cpu(),
    }


def build(draft: Draft) -> None:
    """Compile into the entry. Raises CannotCompile with the compiler's first complaint."""
    compiler = os.environ.get("CC") or next(filter(shutil.which, COMPILERS), None)
    if not compiler:
        raise CannotCompile("there is no C compiler (cc, gcc or clang) here: install one, for example gcc")
    complaint = ""
    for more in FOR_THIS_CPU:
        command = [compiler, *FLAGS, *more, "-o", str(draft.folder / LIBRARY), *map(str, SOURCES), "-lm"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise CannotCompile(f"the C compiler {compiler} cannot be run: {error}") from error
        if done.returncode == 0:
            draft.adopt(LIBRARY)
            return
        complaint = complaint or (done.stderr.strip().splitlines() or ["no message"])[0]
    raise CannotCompile(f"{compiler} does not compile {SOURCES[0].parent}: {complaint}")


def _cpu() -> str:
    """Model and instruction sets, where the system tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine() + platform.processor()
    wanted = ("model name", "flags", "Features", "CPU part")
    described = sorted({line for line in lines if line.startswith(wanted)})
    return platform.machine() + hashlib.sha256("\n".join(described).encode()).hexdigest()[:16]
