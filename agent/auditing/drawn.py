"""What figures show against what was measured: each number that was drawn stands where the figure's trace says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from agent.results.story import story_of
from agent.results.to_draw import all_to_draw
from agent.results.traced import Files, untrue
from agent.session.events import Finding
from agent.session.session import Session


def audit_drawn(session: Session) -> Iterator[Finding]:
    """figures/NAME.json of the last drawing, each looked up anew in what the journal knows of the time of that drawing."""
    story = story_of(session)
    drawn = story.figures
    if drawn is None or not drawn.traces:
        return
    files = Files.of(all_to_draw(session, story.until(drawn.seq)))
    for name in drawn.traces:
        where = f"figures/{Path(name).name}"
        try:
            told = json.loads((session.paths.figures / Path(name).name).read_text(encoding="utf-8"))
            problem = untrue(told, files)
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            yield Finding(where=where, what="what the figure shows cannot be read", why=str(error)[:200])
            continue
        if problem:
            yield Finding(where=where, what=problem, why="a figure shows what was measured")
