"""What the tests of the page share: the page as it is read, and results planted to see what it makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.page.write import write_page
from agent.results.results import Results
from agent.results.story import Story
from agent.session.events import RunAccepted
from agent.session.session import Session
from agent.session.steps import RunName
from tests.world.reading import ReadPage, read_page
from tests.world.sessions import final_info, make_template


def page_of(session: Session) -> ReadPage:
    """The page, written anew."""
    return read_page(write_page(session).read_text(encoding="utf-8"))


def planted_results(
    tmp_path: Path, values: Sequence[float], seeds: int = 3, unlike: Sequence[int] = (), l0: Sequence[float] = ()
) -> Results:
    """Runs with these explained variances (and l0s); runs whose number is in `unlike` are not comparable."""
    template = make_template(tmp_path / "pocket")
    events = [
        RunAccepted(
            seq=number,
            run=RunName.of(number),
            title=f"try {number}",
            results=final_info(value, 0.15, seeds=1 if number else seeds, l0=l0[number] if l0 else 16.0),
            comparable=["config.k: 16 → 32"] if number in unlike else [],
        )
        for number, value in enumerate(values)
    ]
    readable = Story(events).readable_results(template.metrics, template.primary)
    assert readable.results is not None and not readable.problems
    return readable.results
