"""`verify FILE --rerun run_3`: a package's run (or its figures), run again on this tool's own template and held against what was recorded.

The code is a stranger's. It runs where a model's code runs, with this machine's limits: nothing of what the package says
of sandbox, limits or folders counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from agent.errors import LabloopError, UsageError
from agent.packing.gather import SESSION
from agent.packing.opened import Opened
from agent.packing.redraw import FIGURES, drawn_again
from agent.replaying.compare import compare_run
from agent.replaying.rerun import rerun
from agent.results.story import story_of
from agent.session.events import Finding
from agent.session.session import Session
from agent.session.settings import Settings
from agent.session.template import template_here
from agent.session.template.contract import Template


def run_again(opened: Opened, name: str, sandbox: str) -> Iterator[Finding]:
    """What differs beyond the baseline's noise where a run is run again, or where the `figures` are drawn again.

    Nothing where it gives the same. Raises UsageError for a run that there is not, CheckFailed where its code cannot be kept apart here
    and `sandbox` does not say that it need not be.
    """
    told = opened.session
    runs = {str(event.run): event for event in story_of(told).runs}
    if name not in (FIGURES, *runs):
        there = ", ".join(runs) or "none"
        raise UsageError(f"--rerun {name}: no such accepted run in the package; there are {there}, and `{FIGURES}`")
    template = template_here(told.template.name, told.template.scale, told.settings.experiment.values)
    if template is None or template.fixed_now(told.fixed_sha256) != template.fixed_hash():
        why = "this tool's template has another fixed half" if template else "this tool has no such template"
        yield Finding(where=name, what="it cannot be run again", why=f"{why} than the package's {told.template.name}")
        return
    session = _on_this_machine(told, template, sandbox)
    if name == FIGURES:
        yield from drawn_again(told, session)
        return
    try:
        again = rerun(session, name)
    except UsageError:
        raise
    except LabloopError as error:
        if error.exit_code != 1:  # the machine's, not the code's
            raise
        why = str(error).partition("; its logs lie in")[0].replace(f"{told.paths.root}/", "")
        yield Finding(where=name, what="it was run again", why=why)
        return
    for difference in compare_run(session, name, again):
        yield Finding(where=name, what="it was run again", why=difference)
    changed = [file for file, digest in runs[name].code.items() if opened.redacted(f"{SESSION}/blobs/{digest}")]
    for file in changed:
        yield Finding(
            where=name, what=f"{file} holds placeholders", why="it is not, to the byte, the code that was run"
        )


def _on_this_machine(told: Session, template: Template, sandbox: str) -> Session:
    """The package's session with this tool's template and the limits of this machine."""
    settings = Settings()
    kind = "bwrap" if sandbox == "auto" else sandbox
    settings = settings.model_copy(
        update={
            "sandbox": settings.sandbox.model_copy(update={"kind": kind}),
            "experiment": settings.experiment.model_copy(update={"scale": template.scale}),
        }
    )
    return replace(told, template=template, settings=settings)
