"""What differs between two recorded versions of files."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterable, Mapping

from agent.session.files import Blobs


def unified_diff(name: str, before: bytes, after: bytes) -> str:
    """The change of one file, as `diff -u` writes it; empty where there is none. Bytes that are no UTF-8 show as �."""
    # StringIO, as splitlines() would also break lines at form feeds and U+2028.
    old, new = (list(io.StringIO(data.decode("utf-8", "replace"), newline="\n")) for data in (before, after))
    lines = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def diff_between(blobs: Blobs, before: Mapping[str, str], after: Mapping[str, str], names: Iterable[str]) -> str:
    """Unified diff of the named files between two recorded versions (sha256 by name); files that either lacks are left out."""
    both = [name for name in names if name in before and name in after and before[name] != after[name]]
    return "".join(unified_diff(name, blobs.get(before[name]), blobs.get(after[name])) for name in both)
