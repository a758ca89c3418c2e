"""Each turn's diff is that of the versions before and after it."""

from __future__ import annotations

from collections.abc import Iterator

from agent.packing.gather import SESSION
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.session.events import Edited, Finding
from agent.session.versions import diff_between


def diffs(opened: Opened) -> Iterator[Finding]:
    """What a turn is said to have changed, made again from the code before it and after it."""
    session = opened.session
    story = story_of(session)
    for event in session.journal.all(Edited):
        before = story.until(event.seq).code(session.files)
        where = f"journal.jsonl, {event.step}"
        again = diff_between(session.blobs, before, event.files, sorted(event.files))
        touched = any(
            opened.redacted(f"{SESSION}/blobs/{digest}") for digest in (*before.values(), *event.files.values())
        )
        if _lines(again) != _lines(event.diff) and not touched:
            why = "the versions of the code before and after it say otherwise"
            yield Finding(where=where, what="the diff of the turn", why=why)
        changed = sorted(name for name, digest in event.files.items() if before.get(name) != digest)
        if (event.outcome == "applied") != bool(changed):
            yield Finding(where=where, what=f"the edit is said to be {event.outcome}", why=_by_hashes(changed))
        if changed != sorted(event.changed):
            what = f"{', '.join(event.changed) or 'no file'} is said to have changed"
            yield Finding(where=where, what=what, why=_by_hashes(changed))


def _by_hashes(changed: list[str]) -> str:
    return f"by their hashes {', '.join(changed) or 'none'} did"


def _lines(diff: str) -> list[str]:
    """A diff's lines, whatever the order of its files."""
    return sorted(diff.splitlines())
