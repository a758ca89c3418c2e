"""The trackers that runs are sent to: wandb and trackio."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.show.record import Record

Send = Callable[[Record, str, Path, bool], None]  # record, project, the session's folder, offline


class MirrorError(HarnessError):
    """There is nothing to send, no tracker to send it with, or the tracker refused; the message says what to do."""


def why_kept(to: str, offline: bool) -> str:
    """Why the tracker's runs are written here and not sent; empty where they are sent. trackio's own place is this machine."""
    if to != "wandb":
        return ""
    if offline:
        return "--offline"
    if "WANDB_MODE" not in os.environ:
        return "" if "WANDB_API_KEY" in os.environ else "no WANDB_API_KEY"
    return "WANDB_MODE=offline" if os.environ["WANDB_MODE"] == "offline" else ""


def send(to: str, record: Record, project: str, session: Path, offline: bool) -> None:
    """Send one run, or write it here where `offline`. Raises MirrorError where the tracker does not take it."""
    try:
        TRACKERS[to](record, project, session, offline)
    except MirrorError:
        raise
    except Exception as error:  # a tracker's errors share no base class: keys, network, its own settings
        raise MirrorError(
            f"{to} did not take {record.name} ({type(error).__name__}: {error}): check the key and the network, or keep it "
            "here with --offline; what was sent before is noted, and is not sent again"
        ) from error


def _package(name: str) -> Any:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:  # a mere folder of that name has no origin
        raise MirrorError(f"{name} is not installed here: {sys.executable} -m pip install {name}")
    return importlib.import_module(name)


def send_to_wandb(record: Record, project: str, session: Path, offline: bool) -> None:
    """A wandb run in the group of the session; `offline` it is written to the session's folder, for `wandb sync`."""
    wandb = _package("wandb")
    run = wandb.init(
        project=project,
        id=record.fingerprint,
        name=record.name,
        group=record.group,
        config=dict(record.config),
        dir=str(session),
        resume="allow",  # with the same id: what was sent before is not sent twice
        mode="offline" if offline else None,
        settings=wandb.Settings(
            silent=True, console="off", disable_git=True, disable_code=True, x_disable_stats=True, x_disable_meta=True
        ),
    )
    for step, values in record.history:
        run.log(dict(values), step=step)
    run.summary.update(dict(record.scores))
    run.finish()
    wandb.teardown()  # finish() returns before wandb's own process has written its file


def send_to_trackio(record: Record, project: str, session: Path, offline: bool) -> None:
    """A trackio run, kept on this machine (in TRACKIO_DIR) unless TRACKIO_SPACE_ID names a place to send it to."""
    trackio = _package("trackio")
    if offline:
        os.environ.pop("TRACKIO_SPACE_ID", None)
    with contextlib.redirect_stdout(sys.stderr):  # it tells how to open its dashboard
        trackio.init(
            project=project,
            name=f"{record.group}/{record.name}",
            group=record.group,
            config=dict(record.config),
            embed=False,
            auto_log_gpu=False,
            auto_log_cpu=False,
        )
        last = 0
        for step, values in record.history:
            trackio.log(dict(values), step=step)
            last = step
        trackio.log(dict(record.scores), step=last)
        trackio.finish()


TRACKERS: dict[str, Send] = {"wandb": send_to_wandb, "trackio": send_to_trackio}
