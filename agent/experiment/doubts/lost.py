"""What a run's result lacks of what its baseline measured: an eval that fails for it must not let it pass as if nobody had asked."""

from __future__ import annotations

from collections.abc import Sequence

from agent.results.collect import FAILED, UNDEFINED, reasons
from agent.session.run_info import RunInfo
from agent.session.steps import Step
from agent.session.template.contract import Template


def lost_metrics(template: Template, launch: Step, info: RunInfo, baseline: Sequence[RunInfo]) -> str:
    """Why the scored result of a run does not count, for want of metrics that every seed of the baseline has; empty where it does.

    A metric may be absent where the evaluator says why it does not exist for this result, and one that `may_fail` where an eval
    failed. Asked of runs alone: controls and launches on fresh seeds are judged by what they have.
    """
    if launch.run is None or launch.run.is_baseline or launch.is_confirmation or not baseline:
        return ""
    undefined, failed = (reasons(info.details, part) for part in (UNDEFINED, FAILED))
    mine, theirs = info.metrics, [seed.metrics for seed in baseline]
    lost = [
        name
        for name, metric in template.metrics.items()
        if name not in mine
        and all(name in seed for seed in theirs)
        and name not in undefined
        and not (metric.may_fail and failed)
    ]
    if not lost:
        return ""
    why = f" ({'; '.join(f'{name} failed: {reason}' for name, reason in failed.items())})" if failed else ""
    return (
        f"the evaluator gave no {', '.join(lost)}{why}, which the baseline has: a run is judged by all that its baseline "
        "measured, unless the evaluator says in details.undefined why a metric does not exist for it"
    )
