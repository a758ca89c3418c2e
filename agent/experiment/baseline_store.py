"""Baselines kept between sessions on one machine, each seed's result by a hash of all that it depends on."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.experiment.kept import copy_run
from agent.experiment.launch import gpus, interpreter
from agent.launching.cores import kinds_of_gpus
from agent.results.final_info import BadResults, checked_metrics, read_final_info
from agent.session.files import code_sha
from agent.session.run_info import RunInfo
from agent.session.stop import Stop
from agent.session.template.contract import Template
from agent.session.template.controls import Control

log = logging.getLogger(__name__)
_WAIT_S = 0.5


def baseline_files(template: Template) -> dict[str, bytes]:
    """The untouched editable files of the experiment."""
    return {name: (template.root / name).read_bytes() for name in template.experiment.editable}


def baseline_key(template: Template, machines: str = "") -> str:
    """Hash of all that a baseline's numbers depend on: scale, code, fixed half, commands, packages, machine, models of its GPUs.

    `machines`: what is launched runs on others than this one (`Launcher.machines`).
    """
    commands = [
        template.experiment.command,
        template.evaluator and template.evaluator.command,
        template.prepare and template.prepare.command,
        *([template.hands_out.command] if template.hands_out else []),
    ]
    python = interpreter(template.environment.name)
    packages = sorted(path.name for path in python.parents[1].glob("lib/python*/site-packages/*.dist-info"))
    parts = [
        template.name,
        template.scale,
        code_sha(baseline_files(template)),
        template.fixed_hash(),
        commands,
        sorted(template.metrics),
        packages,
        platform.machine(),
        platform.python_version_tuple()[:2],
        gpus(),
        *([machines] if machines else kinds_of_gpus()),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


class BaselineStore:
    """`<cache>/baselines/<key>/`: one folder for each seed that was measured, each complete or not there."""

    def __init__(self, cache: Path, template: Template, machines: str = "") -> None:
        self.template = template
        self.folder = cache / "baselines" / baseline_key(template, machines)

    def get(self, seed: int) -> RunInfo | None:
        """The result of this seed; None where it was not measured yet, or what lies there is no result."""
        return self._kept(self.seed_folder(seed))

    def _kept(self, folder: Path) -> RunInfo | None:
        info = read_final_info(folder)
        if isinstance(info, BadResults):
            return None
        checked = checked_metrics(
            info.get("metrics", {}), self.template.metrics, "the kept baseline", self.template.optional
        )
        return None if isinstance(checked, BadResults) else info

    def put(self, seed: int, run_dir: Path, info: RunInfo, scores: Path | None = None) -> None:
        """Keep a seed's folder, its scored result and the evaluator's files; all of it appears at once."""
        copy_run(run_dir, self.seed_folder(seed), info, scores)

    def get_control(self, control: Control) -> RunInfo | None:
        """The result of this control, as `get`."""
        return self._kept(self.control_folder(control))

    def put_control(self, control: Control, run_dir: Path, info: RunInfo, scores: Path | None = None) -> None:
        """Keep a control's folder, as `put`."""
        copy_run(run_dir, self.control_folder(control), info, scores)

    def control_folder(self, control: Control) -> Path:
        """Named by all that a control's numbers depend on besides what the baseline's do: its command and its seed."""
        parts = json.dumps([control.command, self.template.experiment.seed])
        return self.folder / "controls" / f"{control.name}-{hashlib.sha256(parts.encode()).hexdigest()[:12]}"

    def seed_folder(self, seed: int) -> Path:
        return self.folder / "seeds" / str(seed)

    @contextmanager
    def lock(self, stop: Stop) -> Iterator[None]:
        """Held while a seed is measured, so that two sessions do it once. Raises Interrupted while waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w", encoding="utf-8") as file:
            told = False
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not told:
                        log.warning("another session measures this baseline; waiting for it")
                        told = True
                    stop.check()
                    time.sleep(_WAIT_S)
                except OSError:
                    break  # no flock here: at worst two sessions measure the same, and one result stays
            yield
