"""Logs as given, and the cause that is found in them."""

from __future__ import annotations

from pathlib import Path

from agent.experiment.failure.cause import Cause, find_cause
from agent.experiment.failure.own_code import OwnCode
from agent.sandbox import Finished

CRASH = """Traceback (most recent call last):
  File "/session/attempts/003/code/experiment.py", line 211, in <module>
    main()
  File "/session/attempts/003/code/experiment.py", line 187, in main
    loss = trainer.update(step, batch)
  File "/session/attempts/003/code/experiment.py", line 96, in update
    weight = torch.exp(-progress)
TypeError: exp(): argument 'input' (position 1) must be Tensor, not float
"""
OWN = OwnCode(("experiment.py", "harness"), fixed=("harness",))


def cause_of(tmp_path: Path, stderr: str = "", stdout: str = "", exit_code: int | None = 1, **more: object) -> Cause:
    """The cause of logs as given."""
    (tmp_path / "out").write_text(stdout)
    (tmp_path / "err").write_text(stderr)
    return find_cause(tmp_path / "out", tmp_path / "err", Finished(exit_code, False, 12.0, **more), OWN)  # type: ignore[arg-type]
