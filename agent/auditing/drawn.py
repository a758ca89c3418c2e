"""What figures show against what was measured: each number that was drawn stands where the figure's trace says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from agent.results.story import story_of
from agent.results.to_draw import to_draw, with_seeds
from agent.results.traced import Files, untrue
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
            problem = untrue(told, files)
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            yield Finding(where=where, what="what the figure shows cannot be read", why=str(error)[:200])
            continue
        if problem:
            yield Finding(where=where, what=problem, why="a figure shows what was measured")
