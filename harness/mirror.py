"""Send the runs of a session to an experiment tracker, under the names that SAELens' trainer logs.

    python -m harness.mirror runs/20261120-213005_progressive --to wandb [--project labloop] [--offline]
    python -m harness.mirror runs/20261120-213005_progressive/run_3 --to trackio

One tracker run for each run_*/, with its settings, its loss curve by step and its scores. What was sent is noted in the
session's mirror.json: the same run is not sent twice, one whose results changed is sent anew. What was only written here,
for want of a key, is noted apart, and sent by a later call with a key. Nothing is sent while an experiment runs, and no
experiment sees a key.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.runs import Run, load_runs
from harness.saved import write_json

# In the session's folder: {tracker/project: {run: fingerprint}}, and under {tracker/project}NOT_SENT those written alone.
SENT = "mirror.json"
NOT_SENT = ", not sent"
# Names in training.curve → names that SAELens' SAETrainer logs. Other terms of the loss go to losses/NAME.
CURVE = {
    "loss": "losses/overall_loss",
    "mse": "losses/mse_loss",
    "aux_k": "losses/auxiliary_reconstruction_loss",
    "l1": "losses/l1_loss",
    "l0_penalty": "losses/l0_loss",
    "l0": "metrics/l0",
    "dead": "sparsity/dead_features",
    "lr": "details/current_learning_rate",
}
# Settings that harness.saved asks of every run that it writes: a run on the activations of a language model.
OF_LANGUAGE_MODEL = ("model", "layer", "context")
# Names in metrics → names in the result of SAELens' run_evals. Other metrics go to scores/NAME.
SCORES = {
    "explained_variance": "reconstruction_quality/explained_variance",
    "mse": "reconstruction_quality/mse",
    "cosine": "reconstruction_quality/cossim",
    "l0": "sparsity/l0",
    "ce_loss_score": "model_performance_preservation/ce_loss_score",
    "kl_div_score": "model_behavior_preservation/kl_div_score",
}


class MirrorError(HarnessError):
    """There is nothing to send, no tracker to send it with, or the tracker refused; the message says what to do."""


@dataclass(frozen=True)
class Record:
    """What a tracker is told about one run."""

    fingerprint: str  # of everything below; the tracker's id of the run
    name: str
    group: str  # the session
    config: Mapping[str, Any]
    history: Sequence[tuple[int, Mapping[str, float]]]  # (step, values)
    scores: Mapping[str, float]


Send = Callable[[Record, str, Path, bool], None]  # record, project, the session's folder, offline


def record_of(run: Run, session: str) -> Record:
    """A run under SAELens' names. A run that logged no steps has an empty history."""
    history = list(_history(run))
    scores = {
        SCORES.get(name, f"scores/{name}"): value.mean
        for name in run.info.get("metrics", {})
        if (value := run.metric(name))
    }
    config = {**run.info.get("config", {}), "title": run.title}
    content = json.dumps([session, run.name, config, history, scores], sort_keys=True)
    fingerprint = hashlib.sha256(content.encode()).hexdigest()[:16]
    name = "run_0 (baseline)" if run.is_baseline else f"{run.name}: {run.title}"
    return Record(fingerprint, name, session, config, history, scores)


def mirror(folder: Path, to: str, project: str, offline: bool = False) -> tuple[list[str], list[str]]:
    """Send the runs of a session's folder, or of one run's; returns the names sent and those sent before.

    Where `why_kept` has a reason they are written here instead, and noted as written, not as sent. Raises MirrorError
    where there is no run, a file is damaged, the tracker's package is missing or sending fails (what was sent before is
    noted); RunsError where a run cannot be read.
    """
    session, only = _session_of(folder)
    try:
        runs = [run for run in load_runs(session) if run.name == only or not only]
    except FileNotFoundError as error:
        raise MirrorError(f"{error}: give the folder of a session, or of one of its runs (run_0, run_1, …)") from error
    if not runs:
        raise MirrorError(
            f"{folder} is not called run_0, run_1, …: give the folder of a session, or of one of its runs"
        )
    notes = _read_sent(session / SENT)
    sent = notes.setdefault(f"{to}/{project}", {})
    written = notes.setdefault(f"{to}/{project}{NOT_SENT}", {})
    kept = bool(why_kept(to, offline))
    new, old = [], []
    for run in runs:
        record = _readable(run, session)
        if record.fingerprint in (sent.get(run.name), written.get(run.name) if kept else None):
            old.append(run.name)
            continue
        _send(to, record, project, session, offline or kept)
        written.pop(run.name, None)
        (written if kept else sent)[run.name] = record.fingerprint
        _note(session / SENT, {name: noted for name, noted in notes.items() if noted})
        new.append(run.name)
    return new, old


def why_kept(to: str, offline: bool) -> str:
    """Why the tracker's runs are written here and not sent; empty where they are sent. trackio's own place is this machine."""
    if to != "wandb":
        return ""
    if offline:
        return "--offline"
    if "WANDB_MODE" not in os.environ:
        return "" if "WANDB_API_KEY" in os.environ else "no WANDB_API_KEY"
    return "WANDB_MODE=offline" if os.environ["WANDB_MODE"] == "offline" else ""


def _session_of(folder: Path) -> tuple[Path, str]:
    """The session's folder, and the name of the one run where `folder` is a run's."""
    found = folder.resolve()
    return (found.parent, found.name) if (found / "final_info.json").exists() else (found, "")


def _readable(run: Run, session: Path) -> Record:
    try:
        return record_of(run, session.name)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MirrorError(
            f"{session / run.name / 'final_info.json'} is not what a run leaves ({error!r}): work the run again, or move "
            "its folder out of the session's"
        ) from error


def _send(to: str, record: Record, project: str, session: Path, offline: bool) -> None:
    try:
        TRACKERS[to](record, project, session, offline)
    except MirrorError:
        raise
    except Exception as error:  # a tracker's errors share no base class: keys, network, its own settings
        raise MirrorError(
            f"{to} did not take {record.name} ({type(error).__name__}: {error}): check the key and the network, or keep it "
            "here with --offline; what was sent before is noted, and is not sent again"
        ) from error


def _history(run: Run) -> Any:
    curve = run.info.get("training", {}).get("curve", {})
    config = run.info.get("config", {})
    batch_size = config.get("batch_size")
    # Of these runs alone the term is the unexplained fraction; another template's may be the squared error itself.
    explains = "reconstruction" in curve and all(name in config for name in OF_LANGUAGE_MODEL)
    for at, step in enumerate(curve.get("step", [])):
        values = {
            CURVE.get(name, f"losses/{name}"): float(numbers[at])
            for name, numbers in curve.items()
            if name != "step" and at < len(numbers)
        }
        if explains and at < len(curve["reconstruction"]):
            values["metrics/explained_variance"] = 1 - float(curve["reconstruction"][at])
        if batch_size:
            values["details/n_training_samples"] = (int(step) + 1) * batch_size
        yield int(step), values


def _read_sent(path: Path) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    try:
        sent: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
        return {tracker: dict(fingerprints.items()) for tracker, fingerprints in sent.items()}
    except (OSError, ValueError, AttributeError) as error:  # the last where it holds no tables
        raise MirrorError(f"{path} is damaged ({error}): delete it to send every run again") from error


def _note(path: Path, sent: Mapping[str, Any]) -> None:
    try:
        write_json(path, sent)
    except OSError as error:
        raise MirrorError(
            f"{path} cannot be written ({error}), and the run just sent would be sent again: make the folder writable"
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


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 sent, or sent before · 1 not (one line `error: …` on stderr) · 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m harness.mirror", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of a session, or of one of its runs")
    parser.add_argument("--to", choices=TRACKERS, required=True)
    parser.add_argument("--project", default="labloop")
    parser.add_argument("--offline", action="store_true", help="send nothing now; also so without WANDB_API_KEY")
    given = parser.parse_args(arguments)
    try:
        new, old = mirror(given.folder, given.to, given.project, given.offline)
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    print(_told(given, len(new), len(old)))
    return 0


def _told(given: argparse.Namespace, new: int, old: int) -> str:
    """What was done, in one line; of runs that were only written, what sends them."""
    why = why_kept(given.to, given.offline)
    if not why:
        return f"{new} runs sent to {given.to}, project {given.project}; {old} sent before"
    written = f"{shlex.quote(str(_session_of(given.folder)[0] / 'wandb'))}/offline-run-*"
    return (
        f"{new} runs written for {given.to}, project {given.project}, not sent: {why}; {old} written or sent before. Send "
        f"them with `{shlex.quote(sys.executable)} -m wandb sync {written}`, or by this command with a key"
    )


if __name__ == "__main__":
    sys.exit(main())
