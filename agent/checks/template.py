"""Whether the template lacks nothing, by its evaluator's own check, and whether an idea fits it."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.errors import CheckFailed, UsageError
from agent.evidence.escape import unset_characters
from agent.experiment.launch import interpreter, launch_environment, with_interpreter
from agent.session.idea import Idea
from agent.session.session import check_metrics
from agent.session.template.contract import Template

_LIMIT_S = 180
_LINES = 12


def evaluator_check(template: Template, limit_s: float = _LIMIT_S) -> CheckResult:
    """What the template's evaluator says it lacks, asked as it will be run, before the first run and not after it."""
    problem = _lacks(template, limit_s)
    if problem:
        remedy = "see to what is said, or work at another scale" if template.scales else "see to what is said"
        return failed("evaluator", problem, remedy)
    return passed("evaluator", "lacks nothing")


def idea_check(idea: Idea, template: Template) -> CheckResult:
    """Whether the metrics that the idea names are measured by the template."""
    try:
        check_metrics(idea, template)
    except UsageError as error:
        remedy = "name metrics that the template measures in the idea's Metrics and Primary_Metric"
        return failed("idea", str(error), remedy)
    if unset := unset_characters(idea.Title):
        remedy = "write the idea's Title in Latin letters or LaTeX, or give the paper another title"
        return failed("idea", f"its Title cannot be printed: {unset[0].split(':')[0]}", remedy, fatal=False)
    return passed("idea", f"{idea.Name} on template {template.name}")


def unused_latex(template: Template) -> list[str]:
    """Files of the template's own latex/ of which nothing is used, since there is no paper.tex among them."""
    folder = template.root / "latex"
    if not folder.is_dir() or (folder / "paper.tex").is_file():
        return []
    return sorted(path.name for path in folder.iterdir()) or ["nothing"]


def latex_check(template: Template) -> CheckResult:
    """Whether the template's own latex/ is the paper's: it is where it holds a paper.tex."""
    names = unused_latex(template)
    if not names:
        return passed("latex", "the paper's template is found", fatal=False)
    shown = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
    detail = f"{template.root / 'latex'} holds {shown} but no paper.tex, so the paper is made from labloop's own latex/"
    remedy = "call its template paper.tex, with the places that labloop's latex/paper.tex has (docs/templates.md), or remove the folder"
    return failed("latex", detail, remedy, fatal=False)


def _lacks(template: Template, limit_s: float) -> str:
    """What `[evaluator] check` says is missing; empty where nothing is, or there is no check."""
    if template.evaluator is None or not template.evaluator.check:
        return ""
    try:
        python = interpreter(template.environment.name)
    except CheckFailed as error:
        return str(error)
    command = with_interpreter(template.evaluator.check, python)
    with tempfile.TemporaryDirectory(prefix="labloop-check-") as folder:
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=launch_environment(template, Path(folder) / "scratch"),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=limit_s,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"its check could not be run: {error}"
    if done.returncode == 0:
        return ""
    said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    more = [f"and {len(said) - _LINES} more"] if len(said) > _LINES else []
    return "\n  ".join([*said[:_LINES], *more]) or f"its check ended with exit code {done.returncode}"
