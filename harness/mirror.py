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
import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.saved import write_json
from harness.show.record import Record, record_of
from harness.show.runs import Run, load_runs
from harness.show.trackers import TRACKERS, MirrorError, send, why_kept

# In the session's folder: {tracker/project: {run: fingerprint}}, and under {tracker/project}NOT_SENT those written alone.
SENT = "mirror.json"
NOT_SENT = ", not sent"


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
        send(to, record, project, session, offline or kept)
        written.pop(run.name, None)
        (written if kept else sent)[run.name] = record.fingerprint
        _note(session / SENT, {name: noted for name, noted in notes.items() if noted})
        new.append(run.name)
    return new, old


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
