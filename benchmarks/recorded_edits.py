"""The versions of the code that a recording's edits make, each begun from its run's parent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(r"^(\S+)\n```\w*\n<<<<<<< SEARCH\n(.*?)=======\n(.*?)>>>>>>> REPLACE", re.DOTALL | re.MULTILINE)
EDITED = ("experiment.py", "plot.py")


class Version(NamedTuple):
    """The code after one answer of the coder."""

    step: str
    code: dict[str, str]
    blocks: int
    """How many the answer has."""
    missed: int
    """How many of them found no place."""


def versions(recording: Path, root: Path) -> Iterator[Version]:
    """After each answer that edits, in the order of the recording; `root` holds the files that the baseline is."""
    header, *answers = [json.loads(line) for line in recording.read_text(encoding="utf-8").splitlines()]
    codes = {"run_0": {name: (root / name).read_text(encoding="utf-8") for name in EDITED}}
    for answer in answers:
        blocks = _BLOCK.findall(answer["reply"]) if answer["role"] == "coder" else []
        run = answer["step"].split("/")[0] if answer["step"].startswith("run_") else "run_0"
        code = codes.setdefault(run, dict(codes[header["parents"].get(run, "run_0")]))
        missed = 0
        for name, searched, put in blocks:
            missed += searched not in code[name]
            code[name] = code[name].replace(searched, put, 1)
        if blocks:
            yield Version(answer["step"], dict(code), len(blocks), missed)
