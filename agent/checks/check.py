"""What could fail late in a session, tried first: interpreters, TeX, sandbox, disk, output folder, model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agent.checks.model import model_problem, named_models
from agent.checks.template import evaluator_problem
from agent.coding.registry import CODERS
from agent.errors import CheckFailed
from agent.experiment.launch import interpreter
from agent.sandbox.choose import bwrap_problem
from agent.session.idea import Idea
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings
from agent.session.template import Template

IMPORTS = {
    "agent": "import pydantic, jinja2, tiktoken, pylatexenc, rich",
    "coder": "import aider, numpy, tokenizers, importlib.metadata as m; assert m.version('aider-chat') == '0.86.2'",
    "experiment": "import torch, numpy",
}
"""What each environment must be able to run; enough to tell a broken installation, short enough to wait for."""
_IMPORT_S = 120
_TEX_S = 30
_GPU_S = 20
DISK_NEEDED_GB = 2.0
_SETUP = f"type `make setup` in {REPOSITORY}"


@dataclass(frozen=True)
class CheckResult:
    """One thing that was tried."""

    name: str
    ok: bool
    detail: str
    """What was found, in one line."""
    remedy: str = ""
    """What to do about it; empty where all is well."""
    seconds: float = 0.0
    fatal: bool = True
    """Whether a session cannot do without it."""


def check(idea: Idea | None, template: Template | None, settings: Settings, out: Path) -> list[CheckResult]:
    """Try everything this session will need; every result, in the order tried. Nothing is left behind.

    `idea` and `template` may be None where there is none to look at (the doctor without an idea).
    """
    tries: list[Callable[[], CheckResult]] = [
        partial(environment_check, name) for name in _environments(template, settings)
    ]
    tries += [partial(_tex, template)] if settings.paper.write else []
    tries += [partial(_sandbox, settings.sandbox.kind), partial(_output_folder, out), partial(_disk, out), _gpu]
    tries.append(partial(_coder, settings.coder.name))
    tries += [partial(_model, role, name, settings) for role, name in named_models(settings).items()]
    if idea and template:
        tries.append(partial(_idea_fits, idea, template))
    if template and template.evaluator and template.evaluator.check:
        tries.append(partial(_evaluator, template))
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="check") as pool:
        return list(pool.map(_timed, tries))


def _timed(attempt: Callable[[], CheckResult]) -> CheckResult:
    started = time.monotonic()
    result = attempt()
    return CheckResult(
        result.name, result.ok, result.detail, result.remedy, round(time.monotonic() - started, 2), result.fatal
    )


def _environments(template: Template | None, settings: Settings) -> list[str]:
    """The environments this session starts processes in, besides the one it runs in."""
    names = ["agent", "coder"] if settings.coder.name == "aider" else ["agent"]
    return list(dict.fromkeys([*names, template.environment if template else "experiment"]))


def environment_check(name: str, limit_s: float = _IMPORT_S) -> CheckResult:
    """Whether the Python of `.venv/<name>` starts and imports what its processes need."""
    title = f"environment {name}"
    try:
        python = interpreter(name)
    except CheckFailed as error:
        return CheckResult(title, False, str(error).split(";")[0], _SETUP)
    code = f"import sys; {IMPORTS.get(name, 'pass')}; print(sys.version.split()[0])"
    environ = os.environ | {"HF_HUB_OFFLINE": "1", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONPATH": ""}
    try:
        done = subprocess.run(
            [str(python), "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
            env=environ,
        )
    except subprocess.TimeoutExpired:
        return CheckResult(title, False, f"{python} did not finish its imports in {limit_s:g} s", _SETUP)
    except OSError as error:
        return CheckResult(title, False, f"{python} cannot be started: {error}", _SETUP)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return CheckResult(title, False, f"{python}: {last[:200]}", f"delete {python.parents[1]} and {_SETUP}")
    return CheckResult(title, True, f"Python {done.stdout.split()[-1]}")


def _tex(template: Template | None) -> CheckResult:
    """pdflatex, bibtex, and every package that the template's latex/ names, as TeX itself finds them."""
    remedy = f"{_SETUP} as root, or `sudo apt-get install texlive-latex-base texlive-latex-recommended texlive-fonts-recommended`; or go without a paper: --no-paper"
    absent = [program for program in ("pdflatex", "bibtex", "kpsewhich") if not shutil.which(program)]
    if absent:
        return CheckResult("TeX", False, f"{', '.join(absent)} not found on PATH", remedy)
    folder = template.latex if template else REPOSITORY / "latex"
    wanted = [name for name in tex_files(folder) if not (folder / name).is_file()]
    try:
        done = subprocess.run(
            ["kpsewhich", *wanted],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TEX_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return CheckResult("TeX", False, f"kpsewhich: {error}", remedy)
    missing = sorted(set(wanted) - {Path(line).name for line in done.stdout.splitlines()})
    if missing:
        return CheckResult("TeX", False, f"lacks {', '.join(missing)}", remedy)
    return CheckResult("TeX", True, f"pdflatex and {len(wanted)} packages")


_PACKAGE = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")
_CLASS = re.compile(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")
_STYLE = re.compile(r"\\bibliographystyle\s*\{([^}]*)\}")


def tex_files(folder: Path) -> list[str]:
    """The .sty, .cls and .bst files that the sources in `folder` ask for, comments left out."""
    names: set[str] = set()
    for path in [*folder.glob("*.tex"), *folder.glob("*.sty")]:
        text = re.sub(r"(?<!\\)%.*", "", path.read_text(encoding="utf-8", errors="replace"))
        for pattern, ending in ((_PACKAGE, ".sty"), (_CLASS, ".cls"), (_STYLE, ".bst")):
            for group in pattern.findall(text):
                names |= {name.strip() + ending for name in group.split(",") if name.strip()}
    return sorted(names)


def _sandbox(setting: str) -> CheckResult:
    """bubblewrap, tried; without it experiments run in the plain sandbox, which only finds out afterwards."""
    if setting == "plain":
        return CheckResult("sandbox", True, "plain, as asked: changes outside are found afterwards, not prevented")
    problem = bwrap_problem()
    if not problem:
        return CheckResult("sandbox", True, "bubblewrap works")
    return CheckResult(
        "sandbox",
        False,
        f"bubblewrap: {problem}; experiments run without namespaces",
        "apt-get install bubblewrap, or accept it with --sandbox plain",
        fatal=setting == "bwrap",
    )


def _existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _output_folder(out: Path) -> CheckResult:
    """Whether a session's folder can be made there; tried with a folder that is taken away again."""
    place = _existing(out)
    try:
        with tempfile.TemporaryDirectory(prefix=".labloop-try-", dir=place):
            pass
    except OSError as error:
        return CheckResult(
            "output folder",
            False,
            f"{out}: {error.strerror or error} (tried in {place})",
            "name a folder that you may write with --out",
        )
    return CheckResult("output folder", True, str(out))


def _disk(out: Path) -> CheckResult:
    try:
        free_gb = shutil.disk_usage(_existing(out)).free / 1e9
    except OSError as error:
        return CheckResult("disk", False, f"{out}: {error}", "name another folder with --out")
    detail = f"{free_gb:.1f} GB free at {out}"
    if free_gb < DISK_NEEDED_GB:
        return CheckResult("disk", False, detail, f"make room ({DISK_NEEDED_GB:g} GB) or name another disk with --out")
    return CheckResult("disk", True, detail)


def _gpu() -> CheckResult:
    """Which GPU there is; none is fine."""
    if not shutil.which("nvidia-smi"):
        return CheckResult("GPU", True, "none: experiments run on the CPU", fatal=False)
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(
            query, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_GPU_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return CheckResult(
            "GPU", False, f"nvidia-smi: {error}", "look after the driver; or LABLOOP_CUDA=0 make setup", fatal=False
        )
    if done.returncode != 0 or not done.stdout.strip():
        last = (done.stdout + done.stderr).strip().splitlines() or ["no answer"]
        return CheckResult(
            "GPU",
            False,
            f"nvidia-smi: {last[-1][:160]}",
            "look after the driver; experiments run on the CPU until then",
            fatal=False,
        )
    return CheckResult("GPU", True, "; ".join(done.stdout.strip().splitlines()), fatal=False)


def _coder(name: str) -> CheckResult:
    if name not in CODERS:
        return CheckResult(
            "coder", False, f"{name}: there is no such coder", f"name one of {', '.join(CODERS)} with --coder"
        )
    return CheckResult("coder", True, name)


def _model(role: str, name: str, settings: Settings) -> CheckResult:
    detail, remedy, ok, fatal = model_problem(name, settings)
    return CheckResult(f"model ({role})", ok, detail, remedy, fatal=fatal)


def _evaluator(template: Template) -> CheckResult:
    """What the template's evaluator says it lacks, asked before the first run and not after it."""
    if problem := evaluator_problem(template):
        remedy = "see to what is said, or work at another scale" if template.scales else "see to what is said"
        return CheckResult("evaluator", False, problem, remedy)
    return CheckResult("evaluator", True, "lacks nothing")


def _idea_fits(idea: Idea, template: Template) -> CheckResult:
    """Whether the metrics that the idea names are measured by the template."""
    unknown = sorted({*idea.Metrics, *filter(None, [idea.Primary_Metric])} - set(template.metrics))
    if unknown:
        return CheckResult(
            "idea",
            False,
            f"{idea.Name}: {', '.join(unknown)} not among the template's metrics",
            f"name some of {', '.join(template.metrics)} in the idea's Metrics and Primary_Metric",
        )
    return CheckResult("idea", True, f"{idea.Name} on template {template.name}")
