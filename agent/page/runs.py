"""Each run as the page shows it: what was accepted, its code, note and advice, and how it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.page.earlier_notes import earlier_notes
from agent.page.files import Files, code_diff, diff_lines
from agent.page.pieces import Link, Tone
from agent.page.text import note_markdown
from agent.page.turns import turn_views
from agent.page.view import RunView
from agent.page.view_table import RowView
from agent.results.story import Story
from agent.results.story.turns import RunStory, runs_told
from agent.session.steps import RunName

_MOST_PICTURES = 12
_CODER_DONE = "No run was made under this name: the coder said that everything worth running had been run."
_DROPPED = "A person took this run out of what counts"
_MEASURED_BEFORE = (
    "Nothing was launched for it here: the result was measured before, with the same template on the same machine."
)


def run_views(story: Story, files: Files, rows: Sequence[RowView]) -> tuple[RunView, ...]:
    """Every run that anything is known of, in the order in which it began."""
    by_name = {row.run: row for row in rows}
    return tuple(_run(run, by_name.get(run.name), story, files) for run in runs_told(story))


def _run(run: RunStory, row: RowView | None, story: Story, files: Files) -> RunView:
    folder = files.reading.paths.run(run.name)
    pictures = [name for name in files.reading.folder.names(folder) if name.endswith(".png")][:_MOST_PICTURES]
    diff, remark = _changes(run, story, files)
    whole = _from_baseline(run, story, files)
    state, tone = _state(run, files.reading.holder is not None)
    return RunView(
        name=run.name,
        title=run.title,
        state=state,
        tone=tone,
        row=row,
        diff=diff_lines(diff),
        remark=remark,
        note=note_markdown(run.note),
        advice=run.advice,
        images=files.images(folder, pictures),
        code=_outcome_links(run.name, files) if run.accepted else (),
        turns=turn_views(run.turns, files),
        parent=run.parent or "",
        why_parent=run.why_parent,
        from_baseline=diff_lines(whole),
        earlier_notes=earlier_notes(run.forms),
        dropped=_DROPPED + (f": {run.dropped.why}" if run.dropped.why else "") if run.dropped else "",
    )


def _changes(run: RunStory, story: Story, files: Files) -> tuple[str, str]:
    """How its code differs from its parent's, and what there is to remark on that."""
    if run.accepted is None:
        return "", _CODER_DONE if run.coder_was_done else ""
    before = story.parent_of(run.accepted.run)
    diff, lost = code_diff(files.reading, before.code, run.accepted.code) if before else ("", "")
    if not run.turns:
        return diff, _MEASURED_BEFORE
    return diff, lost or ("" if before is None or diff else "The code is the same as its parent's.")


def _from_baseline(run: RunStory, story: Story, files: Files) -> str:
    """How its code differs from the baseline's; empty where that is its parent."""
    if run.accepted is None or story.baseline is None or run.parent is None or run.parent.is_baseline:
        return ""
    return code_diff(files.reading, story.baseline.code, run.accepted.code)[0]


def _outcome_links(run: RunName, files: Files) -> tuple[Link, ...]:
    """A run's code and results, the baseline's seed by seed."""
    paths, folder = files.reading.paths, files.reading.folder
    results = paths.run(run)
    info = results / "final_info.json"
    seeds, scores = results / "seeds", results / "scores"
    made: dict[Path, str] = {paths.run_code(run): paths.run_code(run).name, info: info.name}
    made |= {seeds / seed / info.name: f"seed {seed}" for seed in folder.names(seeds)}
    made |= {scores / path: f"{scores.name}/{path}" for path in folder.files(scores)}
    return files.links(made)


def _state(run: RunStory, held: bool) -> tuple[str, Tone]:
    if run.dropped is not None:
        return "dropped", "flat"
    if run.accepted is not None:
        return "accepted", "good"
    if run.given_up:
        return "given up", "bad"
    if run.coder_was_done:
        return "the coder was done", "flat"
    return ("in progress", "busy") if held else ("not finished", "flat")
