"""Each launch: the code that ran, what it wrote, what the evaluator scored, against what the journal says came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.experiment.kept import SCORES
from agent.experiment.launch_end import left_sha256, scores_sha256
from agent.experiment.past import baseline_seeds
from agent.packing.gather import SESSION
from agent.packing.opened import Opened
from agent.results.final_info import BadResults, checked_metrics, read_final_info, read_object
from agent.results.story import story_of
from agent.session.events import AttemptEnded, Finding, LaunchEnded, RunAccepted, ScoringEnded
from agent.session.files import sha256
from agent.session.paths import AttemptPaths
from agent.session.run_info import RunInfo
from agent.session.steps import BASELINE, RunName, Step
from agent.session.template.contract import Template

_OF_ATTEMPT = ("config", "training", "format")
"""Parts of a result that stay as the experiment wrote them."""


def launches(opened: Opened) -> Iterator[Finding]:
    """Results that counted: what lies in the attempt's folder, scored, is what the journal recorded."""
    session = opened.session
    for event in session.journal.all(AttemptEnded):
        if event.number is None:
            continue
        paths = session.paths.attempt(event.number)
        where = f"attempts/{paths.root.name}"
        if event.outcome != "ok":
            if paths.code.is_dir():  # else it was removed: it had left too much
                yield from _other_code(opened, event, paths, where)
            continue
        if not paths.code.is_dir():
            yield Finding(
                where=where, what="the folder of the launch is missing", why=f"its result counted for {event.run}"
            )
            continue
        yield from _other_code(opened, event, paths, where)
        yield from _other_result(opened, event, paths, where)


def _other_code(opened: Opened, event: AttemptEnded, paths: AttemptPaths, where: str) -> Iterator[Finding]:
    """The code that ran is that of the turn before it, of the baseline the untouched template's."""
    session = opened.session
    story = story_of(session)
    edit, run = story.edit_of(event), event.step.run
    files = edit.files if edit else session.files
    if event.step.is_confirmation and run in story.accepted:
        files = story.accepted[run].code
    for name in session.template.experiment.editable:
        path = paths.code / name
        found = sha256(path.read_bytes()) if path.is_file() else "missing"
        if name in files and found != files[name]:
            why = f"{edit.step if edit else run if event.step.is_confirmation else 'the template'} has another version"
            yield Finding(where=f"{where}/code/{name}", what="it is not the code that was launched", why=why)


def _other_result(opened: Opened, event: AttemptEnded, paths: AttemptPaths, where: str) -> Iterator[Finding]:
    """What the experiment wrote with what the evaluator scored, against the recorded result."""
    out = paths.code / event.run.parts[0]
    written = read_final_info(out)
    if isinstance(written, BadResults):
        yield Finding(where=where, what="the result of the launch", why=written.reason)
        return
    if paths.ledger.is_file() and read_object(paths.ledger) != event.results.get("drawn"):
        why = f"{paths.ledger.relative_to(opened.session.paths.root)} has another count"
        yield Finding(where=f"journal.jsonl, {event.step}", what="what was drawn of the training data", why=why)
    for part in _OF_ATTEMPT:
        if part in written and written.get(part) != event.results.get(part):
            differing = ", ".join(_differing(written.get(part), event.results.get(part)))
            why = f"{where}/code/{out.name}/final_info.json has another {differing}"
            yield Finding(where=f"journal.jsonl, {event.step}", what=f"the recorded {part}", why=why)
    template, recorded = opened.session.template, event.results.get("metrics", {})
    if event.step.is_confirmation:  # the metrics that may be claimed, and no others, are scored
        kinds = {name: kind for name, kind in template.metrics.items() if name in recorded}
        template = template.model_copy(update={"metrics": kinds})
    scored = scored_metrics(template, written, paths.scores)
    if isinstance(scored, BadResults):
        yield Finding(where=f"{where}/scores", what="what the evaluator scored", why=scored.reason)
        return
    for name, value in scored.items():
        if recorded.get(name) != value:
            why = f"{where}/scores/scores.json says {value.get('mean')}"
            yield Finding(where=f"journal.jsonl, {event.step}", what=f"{name} is {_mean(recorded.get(name))}", why=why)
    yield from _other_beside(event, paths, where)
    for name in recorded:
        if name not in scored:
            why = "the evaluator did not score it"
            yield Finding(where=f"journal.jsonl, {event.step}", what=f"{name} is {_mean(recorded[name])}", why=why)


def _other_beside(event: AttemptEnded, paths: AttemptPaths, where: str) -> Iterator[Finding]:
    """What the evaluator scored on fresh seeds beside what may be claimed, against what is kept of it."""
    kept = event.results.get("details", {}).get("other_metrics", {})
    found = read_object(paths.scores / "scores.json") if kept else {}
    metrics: Any = {} if isinstance(found, BadResults) else found.get("metrics")
    for name, value in kept.items() if isinstance(metrics, Mapping) else ():
        if _mean(metrics.get(name)) != _mean(value):
            why = f"{where}/scores/scores.json says {_mean(metrics.get(name))}"
            yield Finding(where=f"journal.jsonl, {event.step}", what=f"{name} beside is {_mean(value)}", why=why)


def scored_metrics(template: Template, written: RunInfo, scores: Path) -> dict[str, dict[str, Any]] | BadResults:
    """The metrics of a launch by what its evaluator wrote; by its own result where the template has no evaluator."""
    metrics: Any = written.get("metrics", {})
    source = "final_info.json"
    if template.evaluator is not None:
        found = read_object(scores / "scores.json")
        if isinstance(found, BadResults):
            return found
        metrics, source = found.get("metrics"), "scores.json"
    if not isinstance(metrics, Mapping):
        return BadResults(f"{source}: holds no metrics")
    checked = checked_metrics(metrics, template.metrics, source, template.optional)
    return checked if isinstance(checked, BadResults) else {name: value.written() for name, value in checked.items()}


def left(opened: Opened) -> Iterator[Finding]:
    """What a launch left, logs among it, and what its evaluator left have the hashes that were journalled as they ended.

    Of what came along: `pack` makes the hash of all anew over that, where it was right (rehash.py).
    """
    session = opened.session
    why = "the hash that was journalled as it ended is another"
    scored = {event.number: event for event in session.journal.all(ScoringEnded)}  # the last, where it was scored again
    for ended in session.journal.all(LaunchEnded):
        if ended.left_sha256 not in ("", left_sha256(session.paths.attempt(ended.number))):
            yield Finding(where=f"attempts/{ended.number:03d}", what="what the launch left, its logs among it", why=why)
    for number, event in scored.items():
        if event.scores_sha256 not in ("", scores_sha256(session.paths.attempt(number))):
            yield Finding(where=f"attempts/{number:03d}/scores", what="what the evaluator left", why=why)


def copied_runs(opened: Opened) -> Iterator[Finding]:
    """run_3/ holds what its attempt left and the evaluator scored, and run_3.py its code; run_0/ its first seed's."""
    session = opened.session
    first = session.template.experiment.editable[0]
    for run in story_of(session).accepted.values():
        code = session.paths.run_code(run.run)
        found = sha256(code.read_bytes()) if code.is_file() else "missing"
        if found != run.code.get(first):
            yield Finding(where=code.name, what="it is not the accepted code", why="the journal names another version")
        number = _attempt_of(opened, run)
        if number is not None:
            yield from _other_copy(opened, run.run, session.paths.attempt(number))
        elif run.run.is_baseline:
            yield from _other_scores(opened)


def _attempt_of(opened: Opened, run: RunAccepted) -> int | None:
    """The launch that a run's folder was copied from; None where that was in another session."""
    if not run.run.is_baseline:
        return run.attempt
    seed = opened.session.template.baseline.seeds[0]
    measured = opened.session.journal.find(AttemptEnded, Step.seed(seed))
    return measured.number if measured and measured.outcome == "ok" else None


def _other_copy(opened: Opened, run: RunName, attempt: AttemptPaths) -> Iterator[Finding]:
    """Files of a run's folder that are not those of its attempt, and of its attempt that are not there."""
    root = opened.session.paths.root
    sources = {
        f"{SESSION}/{(attempt.code / run).relative_to(root)}/": f"{SESSION}/{run}/",
        f"{SESSION}/{attempt.scores.relative_to(root)}/": f"{SESSION}/{run}/{SCORES}/",
    }
    for member in opened.members:
        for source, copy in sources.items():
            name = member.removeprefix(source)
            of_result = name == "final_info.json" or name.startswith(f"{SCORES}/") or name.endswith(".log")
            if name == member or of_result:
                continue
            if opened.members.get(copy + name) != opened.members[member]:
                why = f"{member.removeprefix(f'{SESSION}/')} is another"
                yield Finding(
                    where=f"{copy}{name}".removeprefix(f"{SESSION}/"), what="it is not what the run left", why=why
                )


def _other_scores(opened: Opened) -> Iterator[Finding]:
    """The scores that lie with a baseline of another session are those of its first seed."""
    session = opened.session
    seed = session.template.baseline.seeds[0]
    folder, info = session.paths.run(BASELINE), baseline_seeds(session).get(seed)
    if info is None or session.template.evaluator is None:
        return
    scored = scored_metrics(session.template, info, folder / SCORES)
    if isinstance(scored, BadResults):
        yield Finding(where=f"{BASELINE}/{SCORES}", what="what the evaluator scored", why=scored.reason)
    elif scored != {name: value.written() for name, value in info.metrics.items()}:
        why = f"{BASELINE}/{SCORES}/scores.json says otherwise"
        yield Finding(where=f"{BASELINE}/seeds/{seed}/final_info.json", what="its metrics", why=why)


def accepted(opened: Opened) -> Iterator[Finding]:
    """Each accepted run stands on a launch of its own that ended well, with the code of its turn."""
    session = opened.session
    story = story_of(session)
    ended = {event.number: event for event in session.journal.all(AttemptEnded) if event.number is not None}
    taken: dict[int, str] = {}
    for run in story.runs:
        where = f"journal.jsonl, {run.run}"
        attempt = ended.get(run.attempt) if run.attempt is not None else None
        if attempt is None:
            yield Finding(where=where, what="it is accepted", why=f"no launch number {run.attempt} has ended")
            continue
        if attempt.outcome != "ok" or attempt.run.run != run.run or attempt.seq > run.seq:
            why = f"launch {attempt.number} was for {attempt.run} and ended {attempt.outcome}"
            yield Finding(where=where, what="it is accepted", why=why)
        if attempt.number in taken:
            yield Finding(
                where=where, what=f"it stands on launch {attempt.number}", why=f"so does {taken[attempt.number]}"
            )
        taken[attempt.number or 0] = run.run
        edit = story.edit_of(attempt)
        names = session.template.experiment.editable
        if edit and any(run.code.get(name) != edit.files.get(name) for name in names):
            yield Finding(where=where, what="its accepted code", why=f"{edit.step}, which was launched, has another")


def _differing(one: Any, other: Any) -> list[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return sorted(str(name) for name in one.keys() | other.keys() if one.get(name) != other.get(name)) or ["value"]
    return ["value"]


def _mean(entry: Any) -> Any:
    return entry.get("mean") if isinstance(entry, Mapping) else entry
