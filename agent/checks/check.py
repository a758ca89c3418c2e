"""What could fail late in a session, tried first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from agent.checks.environments import coder_check, environment_check, environments_of, remedy_of, requirements_check
from agent.checks.experiment import check_limit_s, experiment_check
from agent.checks.launching import job_gpu_check, job_time_check, slurm_check
from agent.checks.machine import disk_check, gpu_check, output_check, sandbox_check
from agent.checks.models import Paid, budget_check, model_check, named_models
from agent.checks.paper import paper_check, paper_check_once
from agent.checks.result import CheckResult, timed
from agent.checks.style import style_check
from agent.checks.template import evaluator_check, latex_check, unused_latex
from agent.checks.tex import tex_check
from agent.experiment.launch import cache_folder
from agent.models.probe import why_not_asked
from agent.models.registry import edits_live
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings
from agent.session.template.contract import Template


def check(
    template: Template | None,
    settings: Settings,
    out: Path,
    with_experiment: bool = False,
    paid: Paid = lambda probe: None,
) -> list[CheckResult]:
    """Try everything this session will need; every result, in the order tried. Nothing is left in `out`.

    Budgets and prices are looked at first: a model is asked where they allow it, and `paid` hears of each reply.

    `template` is None where there is none to look at (the doctor with a template that cannot be read).
    A template's own latex/ is printed, once for each of its states. `with_experiment`: every time, and its untouched experiment too,
    where that is short; the doctor alone does so.
    """
    needed = environments_of(template, settings.coder.name)
    tries: list[Callable[[], CheckResult]] = [
        partial(environment_check, name, code, remedy_of(name, template)) for name, code in needed.items()
    ]
    if template and not requirements_check(template).ok:
        tries.append(partial(requirements_check, template))
    if settings.paper.write and template and unused_latex(template):
        tries.append(partial(latex_check, template))
    if settings.paper.write:
        tries.append(partial(tex_check, template.latex if template else REPOSITORY / "latex"))
        if settings.paper.style:
            tries.append(partial(style_check, settings.paper, template.latex if template else REPOSITORY / "latex"))
        if template and template.latex != REPOSITORY / "latex":
            once = partial(paper_check_once, template.latex, cache_folder())
            tries.append(partial(paper_check, template.latex) if with_experiment else once)
    tries += [
        partial(sandbox_check, settings.sandbox.kind, edits_live(settings.models)),
        partial(output_check, out),
        partial(disk_check, out),
    ]
    tries += [*_of_launcher(template, settings, out, with_experiment), partial(coder_check, settings.coder.name)]
    why_not = why_not_asked(settings)
    tries += [
        partial(model_check, roles, name, settings.models, why_not, paid)
        for roles, name in named_models(settings.models)
    ]
    if settings.limits.budget_usd is not None:
        tries.append(partial(budget_check, settings))
    if template and template.evaluator and template.evaluator.check:
        tries.append(partial(evaluator_check, template))
    if template and with_experiment and check_limit_s(template, settings):
        tries.append(partial(experiment_check, template, settings))
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="check") as pool:
        return list(pool.map(timed, tries))


def _of_launcher(
    template: Template | None, settings: Settings, out: Path, submit: bool
) -> list[Callable[[], CheckResult]]:
    """Whether launches can be had, and on which GPUs; `submit`: by trying."""
    if settings.launching.launcher != "slurm":
        return [gpu_check]
    of_template = [partial(job_time_check, settings, template)] if template else []
    return [partial(slurm_check, settings, out, submit=submit), *of_template, partial(job_gpu_check, settings.slurm)]
