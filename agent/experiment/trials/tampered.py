"""Files that are not the experiment's own, looked at before and after a launch: what changed is named, and put back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.experiment.ending import Ending, because
from agent.sandbox.guard import Guard


def tampered(session: Guard, template: Guard) -> Ending | None:
    """Did files change that are not the experiment's own? The session's are put back; the template's stop the session."""
    mine, theirs = session.touched(), template.touched()
    lost = session.restore()
    if theirs:
        return because(
            "environment",
            f"while the experiment ran, files of the template changed: {_names(theirs)}; without namespaces that may "
            "have been its doing, so look at them and restore them",
        )
    if not mine:
        return None
    reason = f"the experiment changed files that are not its own: {_names(mine)}"
    if lost:
        return because("environment", f"{reason}; these could not be put back: {_names(lost)}")
    return because("not_proven", f"{reason}; they were put back, and the result does not count")


def _names(paths: Sequence[str]) -> str:
    return ", ".join(Path(name).name for name in paths[:5]) + (" …" if len(paths) > 5 else "")
