"""From a session's folder to all that its page shows."""

from __future__ import annotations

from pathlib import Path

from agent.page.files import Files
from agent.page.judged import charts, columns, conclusion, judge, reported_view, rows
from agent.page.record import audit_of, facts_of, paper_of, shares_of, state_of
from agent.page.runs import as_markdown, tell_figures, tell_runs
from agent.page.source import Source
from agent.page.transcript import timeline, transcript
from agent.page.view import Fact, PageView
from agent.session.events import FiguresDrawn, Noted, Planned

_IDEA_FIELDS = ("Abstract", "Experiment", "Technical_Details", "Implementation_Plan")


def build_view(source: Source, page: Path) -> PageView:
    """All that the page shows; `page` is where it will lie, for links."""
    files = Files(source, page)
    judged = judge(source)
    table = rows(judged) if judged else ()
    drawn = next((event for event in reversed(list(source.all(FiguresDrawn))) if event.ok), None)
    runs = tell_runs(source, files, table)
    images = files.images("figures", drawn.files) if drawn else ()
    return PageView(
        title=source.idea.Title if source.idea else source.paths.root.name,
        session=source.paths.root.name,
        state=state_of(source),
        conclusion=conclusion(judged),
        facts=facts_of(source),
        shares=shares_of(source),
        columns=columns(judged) if judged else (),
        rows=table,
        charts=charts(judged) if judged else (),
        reported=reported_view(source),
        idea=_idea(source),
        plan=next((event.text for event in source.all(Planned)), ""),
        runs=runs,
        images=images,
        figure_note=next((as_markdown(event.text) for event in source.all(Noted) if event.subject == "figures"), ""),
        figure_turns=tell_figures(source, files),
        paper=paper_of(source, files),
        audit=audit_of(source),
        exchanges=transcript(source),
        moments=timeline(source),
        problems=tuple(source.problems),
    )


def _idea(source: Source) -> tuple[Fact, ...]:
    if source.idea is None:
        return ()
    texts = {name: str(getattr(source.idea, name)) for name in _IDEA_FIELDS}
    return tuple(Fact(name.replace("_", " "), text) for name, text in texts.items() if text)
