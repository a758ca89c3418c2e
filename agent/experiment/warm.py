"""An evaluator that is loaded once a session and scores run after run: what its interpreter and packages cost is paid once.

Nothing depends on it. It runs in a sandbox of its own, beside the experiments' and out of their reach, reads what they
left and writes to a folder that nobody else writes. Where it cannot be had, dies, hangs, answers what is no answer, or
was started on other files, the run is scored by a process of its own, as if there were none; and it is started anew.
"""

from __future__ import annotations

import json
import logging
import math
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from agent.errors import CheckFailed
from agent.experiment.launch import Bench, command_for, fill, interpreter
from agent.launching.place import Place
from agent.sandbox.command import Standing
from agent.sandbox.leavings import remove
from agent.session.files import stamp

log = logging.getLogger(__name__)

_READY_S = 120.0
"""How long it may load before it is given up."""
_TRIES = 3
"""How often it is started in a session, at most."""


@dataclass(frozen=True)
class _Known:
    """What it was started on."""

    fixed_sha256: str
    packages: tuple[int, ...]


class WarmEvaluator:
    """The evaluator that a template's `[evaluator] warm` starts, asked by `bench`'s session.

    It works in `folder`, which is its own, and reads what lies in `runs`.
    """

    def __init__(self, bench: Bench, folder: Path, runs: Path) -> None:
        self._bench, self._folder, self._runs = bench, folder, runs
        self._standing: Standing | None = None
        self._known: _Known | None = None
        self._ready = False
        self._tries = 0
        self._busy = threading.Lock()

    def start(self, keep: Path | None = None) -> None:
        """See to it that it is there, loading or loaded, where there is to be one. Does not wait for it, nor for a score.

        `keep`: a folder of scores that an earlier one was writing as its session was killed.
        """
        if self._busy.acquire(blocking=False):
            try:
                self._start(keep)
            finally:
                self._busy.release()

    def _start(self, keep: Path | None) -> None:
        evaluator = self._bench.template.evaluator
        wanted = evaluator is not None and evaluator.warm and self._tries < _TRIES
        if evaluator is None or not wanted or self._standing is not None:
            return
        self._tries += 1
        self._known, self._ready = self._now(), False
        remove(self._folder, but={self._place(keep).name} if keep else ())
        self._folder.mkdir(parents=True, exist_ok=True)
        self._runs.mkdir(parents=True, exist_ok=True)
        place = Place.within(self._folder, readable=(self._runs,))
        command = command_for(self._bench, fill(evaluator.warm, {}), place, math.inf, may_write_cache=True)
        try:
            self._standing = self._bench.sandbox.stand(command)
        except OSError as error:  # no process, no pipe: the run will be scored without it, or say why not
            log.warning("the warm evaluator cannot be started: %s", error)
        if self._standing is None:
            self._tries = _TRIES

    def score(self, run_dir: Path, scores: Path, fixed_sha256: str, resumed: bool = False) -> float | None:
        """Score the run in `run_dir` into the folder `scores`; the seconds that took. See `Warm`.

        None where it did not: then nothing has changed, and the run is to be scored without it. Of several threads that ask,
        one at a time is answered.
        """
        with self._busy:
            return self._score(run_dir, scores, fixed_sha256, resumed)

    def _score(self, run_dir: Path, scores: Path, fixed_sha256: str, resumed: bool) -> float | None:
        evaluator = self._bench.template.evaluator
        if resumed:
            self._bring_back(scores)
        if evaluator is None or self._standing is None or not self._is_fit(fixed_sha256):
            return None
        began = time.monotonic()
        made = self._place(scores)
        self._lay(made, scores, resumed)
        before = stamp(made / "scores.json")
        command = fill(evaluator.command, {"run_dir": str(run_dir), "out": str(made / "scores.json")})
        request = {
            "command": command,
            "cwd": str(made),
            "stdout": str(made / "stdout.log"),
            "stderr": str(made / "stderr.log"),
        }
        try:
            status = self._answer(self._standing.ask(json.dumps(request), evaluator.timeout_s))
        except BaseException:  # stopped while it worked: what it says later is nobody's answer
            self._end()
            self._bring_back(scores)
            remove(self._folder)
            raise
        if status != 0 or stamp(made / "scores.json") == before:
            remove(made)
            return None
        remove(scores)
        scores.parent.mkdir(parents=True, exist_ok=True)
        os.rename(made, scores)
        return time.monotonic() - began

    def close(self) -> None:
        """End it, where it runs, and remove its folder."""
        if self._standing is not None:
            self._end()
            remove(self._folder)

    # --- within

    def _end(self) -> None:
        if self._standing is not None:
            self._standing.close()
            self._standing = None

    def _place(self, scores: Path) -> Path:
        """Where it writes these scores, in its own folder, by the name of their attempt."""
        return self._folder / f"{scores.parent.name}_{scores.name}"

    def _lay(self, made: Path, scores: Path, resumed: bool) -> None:
        """The folder that it writes to: empty, or with what was finished before."""
        if not resumed:
            remove(made)
        elif scores.is_dir():
            os.rename(scores, made)
        made.mkdir(exist_ok=True)

    def _bring_back(self, scores: Path) -> None:
        """Put what it had finished of these scores into their own place, where another evaluator finds it."""
        if (made := self._place(scores)).is_dir():
            remove(scores)
            scores.parent.mkdir(parents=True, exist_ok=True)
            os.rename(made, scores)

    def _is_fit(self, fixed_sha256: str) -> bool:
        """Whether it is loaded, and from the files that are there now."""
        assert self._standing is not None
        if self._known != self._now() or self._known.fixed_sha256 != fixed_sha256:
            self._give_up("was started on other files than those that are there now")
            return False
        if not self._ready:
            said = self._standing.hear(_READY_S)
            if said is None and self._standing.close().exit_code == 0:  # its own choice
                self._tries = _TRIES
                self.close()
                return False
            self._ready = _field(said, "ready") is True
            if not self._ready:
                self._give_up("did not get ready")
        return self._ready

    def _answer(self, line: str | None) -> int | None:
        """The exit status that it tells. None, and it is ended, where it tells none."""
        status = _field(line, "exit_code")
        if isinstance(status, int) and not isinstance(status, bool):
            return status
        self._give_up("ended or took too long" if line is None else f"answered {line[:200]!r}")
        return None

    def _give_up(self, why: str) -> None:
        log.warning("the warm evaluator %s: the run is scored without it", why)
        self.close()

    def _now(self) -> _Known:
        """The fixed half as it is now, and when packages were last installed."""
        try:
            python = interpreter(self._bench.template.environment.name)
        except CheckFailed:
            return _Known(self._bench.template.fixed_hash(), ())
        folders = sorted(python.parent.parent.glob("lib/python*/site-packages"))
        return _Known(self._bench.template.fixed_hash(), tuple(folder.stat().st_mtime_ns for folder in folders))


def _field(line: str | None, name: str) -> object:
    """The field of that name in a line of JSON; None where there is none."""
    try:
        value = json.loads(line or "")
    except ValueError:
        return None
    return value.get(name) if isinstance(value, dict) else None
