"""From a session's folder to all that its page shows."""

from __future__ import annotations

from pathlib import Path

from agent.evidence.evidence import Evidence
from agent.page.charts import charts_of
from agent.page.confirmed import confirmed_view
from agent.page.files import Files
from agent.page.pieces import Fact
from agent.page.record import audit_view, facts_of, paper_view, shares_of, state_view
from agent.page.registered import registered_view
from agent.page.reviewed import review_view
from agent.page.runs import run_views
from agent.page.runs_table import control_views, looks_of, reported_view, table_of
from agent.page.text import note_markdown
from agent.page.transcript import timeline, transcript
from agent.page.tree import tree_of
from agent.page.turns import turn_views
from agent.page.view import PageView
from agent.results.choosing.deciding import powers
from agent.results.registered.outcomes import NOTHING, registration_of
from agent.results.results import Results
from agent.results.story import Story
from agent.results.story.ai_use import ai_use_of
from agent.results.story.readings import results_in
from agent.results.story.reviewed import review_of
from agent.results.story.signatures import signatures_of
from agent.results.story.turns import confirm_turns, figure_turns
from agent.results.words.absent import absent_lines
from agent.results.words.conclusion import best_text, conclusion_text, fresh_text
from agent.session.idea import Idea
from agent.session.reading import Reading

_IDEA_FIELDS = ("Abstract", "Experiment", "Technical_Details", "Implementation_Plan")


def build_view(reading: Reading, page: Path) -> PageView:
    """All that the page shows; `page` is where it will lie, for links."""
    story, files = Story(reading.events), Files(reading, page)
    leading = reading.idea.leading if reading.idea else ()
    readable = results_in(reading)
    results = readable.results
    columns, rows = table_of(results, leading) if results else ((), ())
    runs = run_views(story, files, rows)
    registration = registration_of(story, results) if results else NOTHING
    drawn, figures_note = story.figures, story.figures_note
    return PageView(
        title=reading.idea.Title if reading.idea else reading.paths.root.name,
        session=reading.paths.root.name,
        state=state_view(story, reading.holder is not None),
        conclusion=_conclusion(results),
        facts=facts_of(story, reading.labloop),
        shares=shares_of(story),
        columns=columns,
        rows=rows,
        controls=control_views(results) if results else (),
        charts=charts_of(results, leading) if results else (),
        powers=tuple(str(each) for each in powers(results, _seeds(reading))) if results else (),
        looks=looks_of(results) if results else "",
        absent=tuple(absent_lines(results)) if results else (),
        confirmed=confirmed_view(results) if results else None,
        confirm_turns=turn_views(confirm_turns(story), files),
        reported=reported_view(reading.reported),
        idea=_idea(reading.idea),
        plan=story.plan,
        registered=registered_view(registration),
        runs=runs,
        tree=tree_of(runs),
        said=tuple(story.said),
        ended_early=story.ended_early.reason if story.ended_early else "",
        images=files.images(reading.paths.figures, drawn.files) if drawn else (),
        figure_note=note_markdown(figures_note.text) if figures_note else "",
        figure_turns=turn_views(figure_turns(story), files),
        paper=paper_view(story, files),
        review=review_view(
            review_of(reading.events), Evidence(results, reading.reported, registration) if results else None
        ),
        ai_use=ai_use_of(reading.events).lines if reading.events else (),
        signed=tuple(
            (each.told, "bad" if each.changed else "good") for each in signatures_of(reading.events, reading.paths)
        ),
        audit=audit_view(story),
        exchanges=transcript(reading),
        moments=timeline(reading.events),
        problems=(*(problem.seen for problem in reading.problems), *readable.problems),
    )


def _seeds(reading: Reading) -> int:
    """On how many seeds each run is launched, as far as the record says."""
    asked = reading.settings.experiment.seeds if reading.settings else None
    return reading.idea.seeds_a_run(asked) if reading.idea else asked or 1


def _conclusion(results: Results | None) -> str:
    """What the paper says too, and the values behind it."""
    return " ".join(
        filter(None, [conclusion_text(results), *([best_text(results), fresh_text(results)] if results else [])])
    )


def _idea(idea: Idea | None) -> tuple[Fact, ...]:
    if idea is None:
        return ()
    texts = {name: str(getattr(idea, name)) for name in _IDEA_FIELDS}
    return tuple(Fact(label=name.replace("_", " "), value=text) for name, text in texts.items() if text)
