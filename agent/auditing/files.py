"""Files of a session against what the journal says of them: results, figures, texts that only the tool writes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.results.controls import described
from agent.results.story import results_of, story_of
from agent.session.events import Finding
from agent.session.files import sha256
from agent.session.session import Session

_MOST_LINES = 8
_OTHER_HASH = "the hash that was journalled as it was drawn is another"
_SHOWN_CHARACTERS = 160


def audit_results(session: Session) -> Iterator[Finding]:
    """run_i/final_info.json, which every number names as its file, against the journal."""
    for run, event in story_of(session).accepted.items():
        path = session.paths.run(run) / "final_info.json"
        where = f"{run}/final_info.json"
        try:
            on_disk = json.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            why = "every number of the run names it as its evidence"
            yield Finding(where=where, what="the file is missing", why=why)
            continue
        except (OSError, ValueError) as error:
            yield Finding(where=where, what="the file cannot be read", why=str(error))
            continue
        yield from _other_metrics(where, on_disk, event.results)


def audit_controls(session: Session) -> Iterator[Finding]:
    """controls.json, which every number of a control names as its file, against the journal."""
    written, path = described(results_of(session).controls), session.paths.controls
    if not written:
        return
    try:
        on_disk = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield Finding(where=path.name, what="the file is missing or cannot be read", why=str(error))
        return
    for name, control in written.items():
        found = on_disk.get(name) if isinstance(on_disk, dict) else None
        yield from _other_metrics(f"{path.name}, {name}", found, control)


def _other_metrics(where: str, on_disk: Any, recorded: Mapping[str, Any]) -> Iterator[Finding]:
    found = on_disk.get("metrics", {}) if isinstance(on_disk, dict) else {}
    for name, value in recorded.get("metrics", {}).items():
        if found.get(name) != value:
            yield Finding(where=where, what=f"{name} is {found.get(name)}", why=f"the journal recorded {value}")


def audit_figures(session: Session) -> Iterator[Finding]:
    """The figures that the paper shows are those that plot.py drew, and each is there."""
    drawn = story_of(session).figures
    if drawn is None:
        return
    for file in drawn.files:
        name = Path(file).name
        original, printed = session.paths.figures / name, session.paths.latex / "figures" / name
        if not original.is_file():
            yield Finding(where=f"figures/{name}", what="the file is missing", why="plot.py had drawn it")
            continue
        found = sha256(original.read_bytes())
        if printed.is_file() and sha256(printed.read_bytes()) != found:
            why = "it is not the figure that was drawn"
            yield Finding(where=f"latex/figures/{name}", what="differs from figures/", why=why)
        elif drawn.hashes.get(file, found) != found:
            yield Finding(where=f"figures/{name}", what="it is not the figure that was drawn", why=_OTHER_HASH)


def differences(path: Path, expected: str, where: str) -> list[Finding]:
    """Lines of a file that the tool did not write; `expected` is what it wrote."""
    if not path.is_file():
        return [Finding(where=where, what="the file is missing", why="the journal says that it was written")]
    text = path.read_text(encoding="utf-8", errors="replace")
    if text == expected:
        return []
    found = []
    number = 0
    for line in difflib.ndiff(expected.splitlines(), text.splitlines()):
        number += line[:2] in ("  ", "+ ")
        if line.startswith("+ "):
            why = f"{line[2:].strip()[:_SHOWN_CHARACTERS]!r} is not what the journal says"
            found.append(Finding(where=where, what=f"line {number} was changed by hand", why=why))
    shorter = Finding(where=where, what="lines are missing", why="the file is shorter than the journal says")
    return found[:_MOST_LINES] or [shorter]
