"""What confirms a result: on which seeds, and the bench that scores on the split that no search has read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.errors import UsageError
from agent.experiment.launch import Bench
from agent.session.settings import Settings
from agent.session.template.confirmation import Confirmation, reused_seeds
from agent.session.template.contract import Template

_OF_A_METRIC = re.compile(r"\bmetrics\.(\w+)")


def check_fresh(template: Template, settings: Settings, used: Iterable[int] = ()) -> None:
    """Raises UsageError where a seed of the confirmation is one that the search uses too, or has `used`."""
    if template.confirmation is None:
        return
    searched = dict.fromkeys(used, "a run's") | dict.fromkeys(template.baseline.seeds, "the baseline's")
    searched |= {template.experiment.seed: "each run's"}
    if reused := reused_seeds(template.confirmation.fresh_seeds(settings.confirmation.seeds), searched):
        raise UsageError(
            f"the template {template.name}: its confirmation would use seeds of the search: {reused}; set first_seed in "
            "[confirmation] of template.toml past them, or give fewer with --confirm-seeds"
        )


def bench_of(bench: Bench, confirmation: Confirmation, metrics: Sequence[str]) -> Bench:
    """The bench that scores on the split of the confirmation, and there these metrics only, with those that proofs name.

    Proofs are asked as of any launch, but for those that a result differs from others: of other seeds and another split,
    it is held against nothing.
    """
    template = bench.template
    assert template.evaluator is not None
    proofs = [proof for proof in template.proofs if not proof.differs_from]
    proven = [name for proof in proofs for name in _OF_A_METRIC.findall(proof.check)]
    names = [name for name in template.metrics if name in {*metrics, *proven}]
    evaluator = template.evaluator.model_copy(
        update={
            "command": confirmation.command(names),
            "timeout_s": confirmation.timeout_s or template.evaluator.timeout_s,
        }
    )
    scored = {"evaluator": evaluator, "metrics": {name: template.metrics[name] for name in names}, "proofs": proofs}
    return replace(bench, template=template.model_copy(update=scored), warm=None)
