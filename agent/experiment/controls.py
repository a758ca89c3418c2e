"""Controls beside the baseline: launched and scored like it, or read from what its evaluator has left; once by content."""

from __future__ import annotations

import logging
from dataclasses import replace

from agent.experiment.baseline_store import BaselineStore, baseline_files
from agent.experiment.ending import must_have_worked
from agent.experiment.launch import Bench
from agent.experiment.launches import Launches, Wanted
from agent.experiment.past import launch_step
from agent.results.collect import undefined_of
from agent.results.story import story_of
from agent.results.verdicts.comparable import look_up
from agent.session.events import AttemptEnded, ControlMeasured
from agent.session.run_info import Measurement, RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, Step
from agent.session.template.controls import Control

log = logging.getLogger(__name__)


def bench_of(bench: Bench, control: Control) -> Bench:
    """The same bench with the control's command in place of the experiment's. Proofs are of runs that learn: none is asked."""
    template = bench.template
    experiment = template.experiment.model_copy(update={"command": control.command})
    return replace(bench, template=template.model_copy(update={"experiment": experiment, "proofs": []}))


def measured_control(session: Session, store: BaselineStore, control: Control, launches: Launches) -> ControlMeasured:
    """The control's result: the kept one where there is one, else read or measured now.

    Raises EnvironmentBroken, or CheckFailed where it does not work: a metric whose control is missing would look as if it
    had passed one.
    """
    if control.values:
        return ControlMeasured(control=control.name, title=control.title, results=_read(session, control))
    info = store.get_control(control) or _launched(session, store, control, launches)
    return ControlMeasured(control=control.name, title=control.title, results=info)


def _launched(session: Session, store: BaselineStore, control: Control, launches: Launches) -> RunInfo:
    """The result of a control's command on the untouched template, kept for other sessions."""
    ended = _ended(session, control, launches)
    folder = session.paths.attempt(ended.number or 0)
    of_template = f"the control {control.name} of the template {session.template.name}"
    remedy = "mend its command, or take it out of template.toml"
    must_have_worked(ended, folder.root, f"the control {control.name}", of_template, remedy)
    store.put_control(control, folder.code / BASELINE, ended.results, folder.scores)
    return ended.results


def _ended(session: Session, control: Control, launches: Launches) -> AttemptEnded:
    """What came of its launch, journalled."""
    run, files = Step.control(control.name), baseline_files(session.template)
    step, told = launch_step(session, run), f"{BASELINE}: the control {control.name} runs"
    wanted = Wanted(run, step, files, session.template.experiment.seed, told, bench_of(launches.bench, control))
    return session.journal.step(AttemptEnded, step, lambda: launches.launched(wanted))


def _read(session: Session, control: Control) -> RunInfo:
    """The values that the baseline's evaluator has left for this control; what it did not measure this time is left out.

    That is told, but of metrics that do not exist for the baseline: then there is nothing to control, and the evaluator says why.
    """
    baseline = story_of(session).baseline
    assert baseline is not None  # it is measured before its controls are
    found, undefined = {}, undefined_of(baseline.results.details, ())
    for metric, path in control.values.items():
        if metric in undefined:
            continue
        value = look_up(baseline.results, path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            log.warning(
                "the control %s has no value of %s: the baseline's result holds no number at %s",
                control.name,
                metric,
                path,
            )
            continue
        found[metric] = Measurement(float(value))
    return RunInfo().scored(found)
