"""Whether each environment of a session starts and imports what its processes need."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.coding.registry import CODERS, needs_of
from agent.errors import CheckFailed
from agent.experiment.launch import interpreter
from agent.session.paths import REPOSITORY
from agent.session.template.contract import Environment, Template

OURS = ("agent", "coder", "experiment", "bench")
"""What `make setup` makes of itself; any other name is a template's own."""
SETUP = f"type `make setup` in {REPOSITORY}"
_OWN = "import pydantic, jinja2, tiktoken, pylatexenc, rich"
_LIMIT_S = 120


def environments_of(template: Template | None, coder: str) -> Mapping[str, str]:
    """The environments this session starts processes in, and what each must be able to run.

    Enough to tell a broken installation, short enough to wait for.
    """
    needed = {"agent": _OWN}
    if code := needs_of(coder):
        needed["coder"] = code
    own = template.environment if template else Environment()
    needed.setdefault(own.name, f"import {', '.join(own.imports)}" if own.imports else "pass")
    return needed


def remedy_of(name: str, template: Template | None) -> str:
    """What makes the environment `name`: set-up alone, or set-up with the template that brings its own."""
    if template is None or name != template.environment.name or name in OURS:
        return SETUP
    own = f"type `make setup TEMPLATE={template.root}` in {REPOSITORY}"
    if (template.root / "requirements.txt").is_file():
        return own
    return (
        f"{name} is none of labloop's environments ({', '.join(OURS)}): list its packages in {template.root}/"
        f"requirements.txt and {own}; or name one of these in {template.root}/template.toml"
    )


def requirements_check(template: Template) -> CheckResult:
    """Whether a template's own list of packages is one that anything installs: it is where the environment is its own."""
    listed = template.root / "requirements.txt"
    if template.environment.name not in OURS or template.root == REPOSITORY or not listed.is_file():
        return passed("requirements", "none, or those of an environment of the template's own", fatal=False)
    detail = (
        f"{listed} is not heeded: {template.root.name} runs in labloop's own environment {template.environment.name}"
    )
    remedy = f'write environment = "{template.name}" into {template.root / "template.toml"} and type `make setup TEMPLATE={template.root}` in {REPOSITORY}, or remove the file'
    return failed("requirements", detail, remedy, fatal=False)


def environment_check(name: str, code: str, remedy: str = SETUP, limit_s: float = _LIMIT_S) -> CheckResult:
    """Whether the Python of `.venv/<name>` starts and runs `code`, its imports."""
    title = f"environment {name}"
    try:
        python = interpreter(name)
    except CheckFailed as error:
        return failed(title, str(error).split(";")[0], remedy)
    environ = os.environ | {"HF_HUB_OFFLINE": "1", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONPATH": ""}
    try:
        done = subprocess.run(
            [str(python), "-c", f"import sys; {code}; print(sys.version.split()[0])"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
            env=environ,
        )
    except subprocess.TimeoutExpired:
        return failed(title, f"{python} did not finish its imports in {limit_s:g} s", remedy)
    except OSError as error:
        return failed(title, f"{python} cannot be started: {error}", remedy)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return failed(title, f"{python}: {last[:200]}", _mended(python.parents[1], last, remedy))
    return passed(title, f"Python {done.stdout.split()[-1]}")


def _mended(folder: Path, last: str, remedy: str) -> str:
    """What to do about an environment whose imports fail; of a template's own the list may lack the package."""
    if remedy != SETUP and "No module named" in last:
        return f"add the package to the template's requirements.txt and {remedy}"
    return f"delete {folder} and {remedy}"


def coder_check(name: str) -> CheckResult:
    """Whether there is a coder of this name."""
    if name not in CODERS:
        return failed("coder", f"{name}: there is no such coder", f"name one of {', '.join(CODERS)} with --coder")
    return passed("coder", name)
