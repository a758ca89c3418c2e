"""The record as such: what the session began with, versions of the code, the order of events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.errors import SessionError
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.session.damage import tangled
from agent.session.events import (
    Audited,
    Edited,
    Finding,
    Noted,
    ObjectionsAnswered,
    RunAccepted,
    SectionWritten,
    SessionStarted,
)
from agent.session.files import sha256
from agent.session.reading import read_session
from agent.session.template import template_here
from agent.session.template.contract import Template

_JOURNAL, _SPEC = "journal.jsonl", "session.json"


def beginning(opened: Opened) -> Iterator[Finding]:
    """session.json, the journal's first line, the template and the manifest speak of one session."""
    session, manifest = opened.session, opened.manifest
    spec = read_session(session.paths.root).spec
    first = session.journal.events[0]
    assert spec is not None and isinstance(first, SessionStarted)  # or it had not been opened
    told: list[tuple[str, Any, Any]] = [
        ("the template", session.template.name, first.template),
        ("the scale", session.template.scale, first.scale),
        ("the idea", session.idea.Name, first.idea),
        ("manifest.json, the template", manifest.template, first.template),
        ("manifest.json, the scale", manifest.scale, first.scale),
    ]
    if spec.fixed_sha256 not in (manifest.fixed_sha256, *session.template.experiment.measures_as):
        told += [("manifest.json, the fixed half", manifest.fixed_sha256, spec.fixed_sha256)]
    if spec.metrics:  # sessions of an older labloop hold none
        told += [
            (f"the metric {name}", kind, session.template.metrics.get(name)) for name, kind in spec.metrics.items()
        ]
        told += [("the metrics", list(spec.metrics), list(session.template.metrics))]
        told += [("the primary metric", spec.primary, session.template.primary)]
    for what, one, other in told:
        if one != other:
            yield Finding(where=_SPEC, what=f"{what} is {_shown(one)}", why=f"elsewhere it is {_shown(other)}")


def untouched(opened: Opened) -> Iterator[Finding]:
    """The template's editable files are those that the session began with."""
    session = opened.session
    for name, digest in session.files.items():
        path = session.template.root / name
        if path.is_file() and sha256(path.read_bytes()) != digest:
            why = "session.json names another hash of what the session began with"
            yield Finding(where=f"template/{name}", what="it is not the file that the session began with", why=why)


def order(opened: Opened) -> Iterator[Finding]:
    """Events can have happened in this order; nothing was written after it was audited."""
    session = opened.session
    if wrong := tangled(session.journal):
        yield Finding(where=_JOURNAL, what="its events cannot have come about so", why=wrong)
    story = story_of(session)
    audited = story.last(Audited)
    for event in session.journal.events if audited else ():
        if isinstance(event, SectionWritten | ObjectionsAnswered | Noted) and audited and event.seq > audited.seq:
            yield Finding(where=_JOURNAL, what=f"{event.step or event.kind} was written", why="after the last audit")


def versions_of_code(opened: Opened) -> Iterator[Finding]:
    """Each version that the journal names is there and has its hash; each that is there is named."""
    session = opened.session
    named = set(session.files.values())
    for event in session.journal.events:
        if isinstance(event, Edited):
            named |= set(event.files.values())
        elif isinstance(event, RunAccepted):
            named |= set(event.code.values())
    for digest in sorted(named):
        try:
            session.blobs.get(digest)
        except SessionError as error:
            why = str(error).partition(": ")[2].partition(":")[0]
            yield Finding(where=f"blobs/{digest[:12]}…", what="a version of the code", why=f"it is {why}")
    folder = session.paths.blobs
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in named:
            yield Finding(where=f"blobs/{path.name[:12]}…", what="a version of the code", why="no event names it")


def same_contract(opened: Opened) -> Iterator[Finding]:
    """Where this tool has the template with the same fixed half, it judges as the package's does."""
    theirs, session = opened.session.template, opened.session
    here = template_here(theirs.name, theirs.scale, session.settings.experiment.values)
    if here is None or here.fixed_hash() != session.fixed_sha256:  # another, or an older one that measures the same
        return
    for name in _JUDGING:
        mine, other = _judging(here, name), _judging(theirs, name)
        if mine != other:
            what, why = (
                f"{name} is {_shown(other)}",
                f"the template of this tool, its fixed half the same, has {_shown(mine)}",
            )
            yield Finding(where="template/template.toml", what=what, why=why)


def local_template(opened: Opened) -> str:
    """What is to be said of this tool's own template; empty where it is the same."""
    theirs, session = opened.session.template, opened.session
    here = template_here(theirs.name, theirs.scale, session.settings.experiment.values)
    if here is None:
        return f"this tool has no template {theirs.name} in templates/: its evaluator is not compared, and no run can be run again"
    if here.fixed_now(session.fixed_sha256) != here.fixed_hash():
        return (
            f"the fixed half of the template {theirs.name} is not this tool's: the scores were made by another evaluator, and no run "
            "can be run again"
        )
    return ""


_JUDGING = (
    "metrics",
    "proofs",
    "comparable",
    "evaluator",
    "controls",
    "confirmation",
    "data",
    "seeds",
    "command",
    "editable",
)


def _judging(template: Template, part: str) -> Any:
    """What of a contract decides over results."""
    if part == "metrics":
        return {
            name: (kind.direction, kind.primary, kind.optional, kind.matched_within)
            for name, kind in template.metrics.items()
        }
    if part == "proofs":
        return [proof.model_dump(exclude={"reason"}) for proof in template.proofs]
    if part == "comparable":
        return template.comparable.keys
    if part == "evaluator":
        return template.evaluator and template.evaluator.command
    if part == "confirmation":
        return template.confirmation and template.confirmation.model_dump()
    if part == "data":
        return template.hands_out and template.hands_out.command
    if part == "controls":
        return [(control.name, control.command, control.values) for control in template.controls]
    if part == "seeds":
        return (template.baseline.seeds, template.baseline.deterministic, template.experiment.seed)
    return template.experiment.command if part == "command" else list(template.editable)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 160 else f"{text[:157]}…"
