"""What figures show against what was measured: each number that was drawn stands where the figure's trace says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.results.story import story_of
from agent.results.to_draw import to_draw, with_seeds
from agent.results.traced import Files, traced
from agent.session.events import Finding
from agent.session.session import Session
from agent.session.steps import BASELINE


def audit_drawn(session: Session) -> Iterator[Finding]:
    """figures/NAME.json of the last drawing, each looked up anew in what the journal knows of the time of that drawing."""
    drawn = story_of(session).figures
    if drawn is None or not drawn.traces:
        return
    run_0 = session.paths.run(BASELINE)
    files = Files.of(with_seeds(to_draw(session, story_of(session).until(drawn.seq)), run_0))
    for name in drawn.traces:
        where = f"figures/{Path(name).name}"
        try:
            told = json.loads((session.paths.figures / Path(name).name).read_text(encoding="utf-8"))
            anew = traced(told, files).written
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            yield Finding(where=where, what="what the figure shows cannot be read", why=str(error)[:200])
            continue
        yield from _other(where, told, anew)


def _other(where: str, told: dict[str, Any], anew: dict[str, Any]) -> Iterator[Finding]:
    """The first series whose numbers do not stand where the trace says."""
    if told == anew:
        return
    series = told.get("series", [])
    for at, entry in enumerate(anew["series"]):
        if at >= len(series) or series[at] != entry:
            panel = " ".join(str(entry.get(part, "")) for part in ("panel", "label")).strip()[:120]
            strange = [value for side in ("x", "y") for value in entry.get(f"{side}_computed", ())]
            why = f"{strange[0]} stands in no result" if strange else "the results hold its numbers elsewhere"
            yield Finding(where=where, what=f"series {at + 1} ({panel}) is not what was measured", why=why)
            return
    yield Finding(where=where, what="its counts are not those of its series", why="they were changed after the drawing")
