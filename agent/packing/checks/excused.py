"""What the manifest says was left behind or taken out, and so cannot be looked at: only what `pack` leaves or takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.packing.gather import LARGEST, LARGEST_OWN, SESSION
from agent.packing.opened import Opened
from agent.packing.redact import PLACEHOLDERS
from agent.session.events import Finding

BINARY = (".pdf", ".png", ".jpg", ".safetensors", ".pt", ".npz", ".npy")
"""Files in which nothing can be replaced: one with a secret or a path in plain bytes stays behind."""
PRINTED = (f"{SESSION}/paper.pdf", f"{SESSION}/latex/paper.pdf")
"""The paper in print stays behind where its text held a path."""
_OF_RUNS = re.compile(rf"{SESSION}/(?:attempts|run_\d+)/")
_PLACEHOLDER = re.compile("|".join(re.escape(each.rstrip(")")) for each in PLACEHOLDERS))


def left_behind(opened: Opened) -> Iterator[Finding]:
    """A file stays behind for its size, or as a binary one that held a secret; the PDF with its text or a figure."""
    manifest = opened.manifest
    figures = any(name.endswith(BINARY) and name not in PRINTED for name in manifest.left_out)
    for name, listed in manifest.left_out.items():
        large = listed.bytes > (LARGEST if _OF_RUNS.match(name) else LARGEST_OWN)
        why = "" if large or name.endswith(BINARY) else f"a text of {listed.bytes:,} bytes comes along"
        if name in PRINTED and not large and not figures and not opened.redacted(f"{SESSION}/latex/paper.tex"):
            why = "nothing was taken out of its text, and no figure stayed behind"
        if name in opened.members:
            why = "it is here"
        if why:
            yield Finding(where=name.removeprefix(f"{SESSION}/"), what="it is said to have been left behind", why=why)


def taken_out(opened: Opened) -> Iterator[Finding]:
    """A member from which something is said to have been taken holds as many placeholders."""
    for name, count in opened.manifest.redacted.items():
        found = len(_PLACEHOLDER.findall(opened.members.get(name, b"").decode("utf-8", "replace")))
        if found < count:
            why = f"it holds {found} placeholders"
            what = f"{count} secrets or paths are said to have been taken out"
            yield Finding(where=name.removeprefix(f"{SESSION}/"), what=what, why=why)
