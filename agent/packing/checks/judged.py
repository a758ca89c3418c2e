"""What makes a result count, asked again: the baseline's seeds, proofs, comparability, seeds, controls."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.experiment.baseline import merge_seeds
from agent.experiment.past import baseline_seeds, earlier_results, seed_result
from agent.experiment.prove import prove
from agent.packing.gather import SESSION
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.results.to_draw import described_metrics
from agent.results.verdicts.comparable import differences, look_up
from agent.results.verdicts.load import load_differences
from agent.session.events import AttemptEnded, ControlMeasured, Finding, RunAccepted
from agent.session.files import code_sha
from agent.session.run_info import RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, Step
from agent.session.template.contract import Proof

_SEED = "config.seed"


def baseline(opened: Opened) -> Iterator[Finding]:
    """run_0 is its seeds merged: mean, spread, noise; and each seed that was measured here is what was recorded."""
    session = opened.session
    event = story_of(session).baseline
    if event is None:
        return
    seeds, wanted = baseline_seeds(session), session.template.baseline.seeds
    for seed in wanted:
        if seed not in seeds:
            where = str(seed_result(session, seed).relative_to(session.paths.root))
            yield Finding(
                where=where, what="the result of a seed of the baseline", why="it is missing or cannot be read"
            )
        measured = session.journal.find(AttemptEnded, Step.seed(seed))
        if measured and measured.outcome == "ok" and seed in seeds and measured.results != seeds[seed]:
            where = str(seed_result(session, seed).relative_to(session.paths.root))
            yield Finding(
                where=where, what="it is not what was measured", why=f"the journal holds another ({measured.step})"
            )
    if set(wanted) <= seeds.keys():
        merged = merge_seeds(session.template, {seed: seeds[seed] for seed in wanted})
        yield from _other_parts(
            f"journal.jsonl, {BASELINE}", event.results, _told_noise(merged, event.results), "its seeds give"
        )


def _told_noise(merged: RunInfo, told: RunInfo) -> dict[str, Any]:
    """`merged` with the noise that was `told`, where they are one to three digits: labloop 0.1.0 took it from a table of
    Student's t that had no more.
    """
    metrics = {}
    for name, entry in merged.get("metrics", {}).items():
        noise = look_up(told, f"metrics.{name}.noise")
        near = isinstance(noise, float) and entry.get("noise") and math.isclose(noise, entry["noise"], rel_tol=1e-3)
        metrics[name] = {**entry, "noise": noise} if near else entry
    return {**merged.written(), "metrics": metrics}


def results_on_disk(opened: Opened) -> Iterator[Finding]:
    """run_3/final_info.json is the recorded result, settings and training among it, not only its metrics."""
    session = opened.session
    for name, event in story_of(session).accepted.items():
        found = _json(session, str(name), "final_info.json")
        if isinstance(found, dict):  # a missing one is the audit's
            yield from _other_parts(f"{name}/final_info.json", found, event.results, "the journal recorded")


def proofs(opened: Opened) -> Iterator[Finding]:
    """Every accepted run has the proofs that the template asks of a result."""
    session = opened.session
    story = story_of(session)
    for run in story.runs:
        then = Session(**{**vars(session), "journal": _until(session, run)})
        earlier = earlier_results(then)
        names = session.template.experiment.editable
        code = code_sha({name: session.blobs.get(run.code[name]) for name in names if name in run.code})
        asked = [proof for proof in session.template.proofs if not proof.file]
        missing = prove(asked, run.results, session.paths.run(run.run), earlier, code)
        missing += [proof.reason for proof in session.template.proofs if proof.file and not _left(opened, run, proof)]
        for reason in missing:
            yield Finding(where=f"journal.jsonl, {run.run}", what="a run that is not proven counts", why=reason)


def _until(session: Session, run: RunAccepted) -> Any:
    """The journal as it stood when this run was judged."""
    journal = object.__new__(type(session.journal))
    journal.__dict__.update(vars(session.journal))
    journal.events = [event for event in session.journal.events if event.seq < run.seq]
    return journal


def _left(opened: Opened, run: RunAccepted, proof: Proof) -> bool:
    """Whether the run left this file; one that is too large for a package is listed with its size."""
    member = f"{SESSION}/{run.run}/{proof.file}"
    listed = opened.manifest.left_out.get(member)
    return bool(opened.members.get(member)) or bool(listed and listed.bytes)


def comparable(opened: Opened) -> Iterator[Finding]:
    """Whether a run can be compared with the baseline, by budget, data and seed, is what the journal says."""
    session = opened.session
    story = story_of(session)
    keys = session.template.comparable.keys
    for run in story.runs:
        if story.baseline is None:
            return
        theirs = story.baseline.results
        again = differences(keys, run.results, theirs) + load_differences(session.template.budget, run.results, theirs)
        if again != list(run.comparable):
            what = "; ".join(run.comparable) or "it is said to be comparable with the baseline"
            why = f"by its settings: {'; '.join(again) or 'nothing differs'}"
            yield Finding(where=f"journal.jsonl, {run.run}", what=what, why=why)
        seed, given = run.results.config.get("seed"), session.template.experiment.seed
        if seed is not None and seed != given and not any(text.startswith(_SEED) for text in run.comparable):
            why = f"every run is launched with seed {given}"
            yield Finding(where=f"journal.jsonl, {run.run}", what=f"{_SEED} is {seed}", why=why)


def controls(opened: Opened) -> Iterator[Finding]:
    """A control that was launched here measured what the journal says."""
    session = opened.session
    called = {control.name: control.title for control in session.template.controls}
    for event in session.journal.all(ControlMeasured):
        if event.title != called.get(event.control, event.title):
            where = f"journal.jsonl, the control {event.control}"
            yield Finding(
                where=where, what=f"it is called {event.title}", why=f"the template calls it {called[event.control]}"
            )
        launched = session.journal.find(AttemptEnded, Step.control(event.control))
        if launched is not None and launched.outcome == "ok":
            where = f"journal.jsonl, the control {event.control}"
            yield from _other_parts(where, event.results, launched.results, "its launch gave")


def told_to_figures(opened: Opened) -> Iterator[Finding]:
    """titles.json and metrics.json, which figures and people read, say what journal and template say."""
    session = opened.session
    titles = {str(name): event.title for name, event in story_of(session).accepted.items()}
    told: tuple[tuple[Path, dict[str, Any]], ...] = (
        (session.paths.titles, titles),
        (session.paths.metrics, described_metrics(session)),
    )
    for path, wanted in told:
        found = _json(session, path.name)
        if not wanted or (found is None and not path.is_file()):
            continue
        for name in wanted.keys() | (found or {}).keys():
            if (found or {}).get(name) != wanted.get(name):
                why = f"journal and template say {str(wanted.get(name))[:120]}"
                yield Finding(where=path.name, what=f"{name} is {str((found or {}).get(name))[:120]}", why=why)


def _json(session: Session, *parts: str) -> dict[str, Any] | None:
    path = session.paths.root.joinpath(*parts)
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _other_parts(where: str, found: Any, wanted: Any, says: str) -> Iterator[Finding]:
    """Each part of a result that is another, its metrics by name."""
    for part in sorted({*found, *wanted}):
        mine, other = found.get(part), wanted.get(part)
        if mine == other:
            continue
        if isinstance(mine, dict) and isinstance(other, dict):
            for name in sorted(mine.keys() | other.keys()):
                if mine.get(name) != other.get(name):
                    what = f"{part}.{name} is {str(mine.get(name))[:100]}"
                    yield Finding(where=where, what=what, why=f"{says} {str(other.get(name))[:100]}")
        else:
            yield Finding(where=where, what=f"{part} is {str(mine)[:100]}", why=f"{says} {str(other)[:100]}")
