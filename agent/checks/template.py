"""What a template itself says it lacks: its evaluator's own check, run as the evaluator will be, before anything is spent."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from agent.errors import CheckFailed
from agent.experiment.launch import interpreter, launch_environment
from agent.session.template import Template

_LIMIT_S = 180
_LINES = 12


def evaluator_problem(template: Template, limit_s: float = _LIMIT_S) -> str:
    """What the evaluator would lack, as `[evaluator] check` says it; empty where it lacks nothing or has no check."""
    if template.evaluator is None or not template.evaluator.check:
        return ""
    try:
        python = interpreter(template.environment.name)
    except CheckFailed as error:
        return str(error)
    command = [str(python) if word == "python" else word for word in template.evaluator.check]
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
