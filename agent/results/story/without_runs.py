"""Why a session ended without an accepted run, in words: what was missing, and how to go on."""

from __future__ import annotations

from agent.results.story import story_of
from agent.session.events import Edited
from agent.session.session import Session

GO_ON = "resume it with --model NAME or --model manual"


def why_no_run(session: Session) -> str:
    """The reason of a session in which no run counts; where its answers are a recording's, it has no others to give."""
    story, is_recorded = story_of(session), session.settings.models.by_role["coder"] in ("", "recorded")
    if story.runs:
        return "every accepted run was dropped"
    closed = story.closed_without_runs
    said_done = [event.step for event in story.all(Edited) if event.completed and event.seq > closed]
    if said_done:
        asked_back = "when it was asked back too" if len(said_done) > 1 else "at once"
        told = f"no run was accepted: the coder said ALL_COMPLETED ({said_done[0]}), {asked_back}"
        if is_recorded and len(said_done) == 1:
            told = (
                f"no run was accepted: the coder said ALL_COMPLETED ({said_done[0]}), and the recording has no answer of the coder "
                "to what is left of the plan"
            )
        return f"{told}; {GO_ON}" if is_recorded else told
    given_up = [event for event in story.abandoned if event.seq > closed]
    if given_up:
        return f"no run was accepted: given up {len(given_up)} times ({given_up[-1].reason})"
    return "no run was accepted"
