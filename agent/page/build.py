"""From a session's folder to all that its page shows."""

from __future__ import annotations

from pathlib import Path

from agent.page.files import Files
from agent.page.judged import charts, columns, conclusion, judge, reported_view, rows
from agent.page.record import audit_of, facts_of, paper_of, shares_of, state_of
from agent.page.runs import as_markdown, tell_figures, tell_runs
from agent.page.transcript import timeline, transcript
from agent.page.view import Fact, PageView
from agent.session.events import FiguresDrawn, Noted, Planned
from agent.session.reading import Reading

_IDEA_FIELDS = ("Abstract", "Experiment", "Technical_Details", "Implementation_Plan")


def build_view(reading: Reading, page: Path) -> PageView:
    """All that the page shows; `page` is where it will lie, for links."""
    files = Files(reading, page)
    problems = [problem.seen for problem in reading.problems]
    judged = judge(reading, problems)
    table = rows(judged) if judged else ()
    drawn = next((event for event in reversed(list(reading.all(FiguresDrawn))) if event.ok), None)
    runs = tell_runs(reading, files, table)
    images = files.images("figures", drawn.files) if drawn else ()
    return PageView(
        title=reading.idea.Title if reading.idea else reading.paths.root.name,
        session=reading.paths.root.name,
        state=state_of(reading),
        conclusion=conclusion(judged),
        facts=facts_of(reading),
        shares=shares_of(reading),
        columns=columns(judged) if judged else (),
        rows=table,
        charts=charts(judged) if judged else (),
        reported=reported_view(reading),
        idea=_idea(reading),
        plan=next((event.text for event in reading.all(Planned)), ""),
        runs=runs,
        images=images,
        figure_note=next((as_markdown(event.text) for event in reading.all(Noted) if event.subject == "figures"), ""),
        figure_turns=tell_figures(reading, files),
        paper=paper_of(reading, files),
        audit=audit_of(reading),
        exchanges=transcript(reading),
        moments=timeline(reading),
        problems=tuple(problems),
    )


def _idea(reading: Reading) -> tuple[Fact, ...]:
    if reading.idea is None:
        return ()
    texts = {name: str(getattr(reading.idea, name)) for name in _IDEA_FIELDS}
    return tuple(Fact(name.replace("_", " "), text) for name, text in texts.items() if text)
