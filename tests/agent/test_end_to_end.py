"""The command as a user starts it, on the toy template: the real aider, a real PDF, real signals, a model over HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.results.story import story_of
from agent.session.events import (
    AttemptBegun,
    AttemptEnded,
    ControlMeasured,
    Exchanged,
    LaunchEnded,
    RunAccepted,
    SectionWritten,
)
from agent.session.paths import REPOSITORY
from agent.session.session import Session, open_session
from agent.session.steps import BASELINE, RunName
from tests.world.model_server import ModelServer
from tests.world.toy import ANSWERS, FINAL_NOTES, IDEA, TEMPLATE, toy_recording

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]
ORDER = [
    "plan/1",
    "plan/1",  # it registers no hypothesis, and is asked back once
    "run_1/turn_1/1",
    "run_1/turn_2/1",
    "run_1/note/1",
    "run_1/advice/1",
    "run_1/note_final/1",
    "run_2/turn_1/1",
    "run_2/turn_1/2",
    "run_2/turn_2/1",
    "run_2/note/1",
    "run_2/note/2",
    "run_2/advice/1",
    "run_2/note_final/1",
    "run_3/turn_1/1",
    "notes/revised/1",
    "figures/turn_1/1",
    "figures/note/1",
]


def command(*flags: object) -> list[str]:
    return [sys.executable, str(REPOSITORY / "agent" / "run_idea.py"), *map(str, flags)]


def start(*flags: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.Popen(command(*flags), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def played(folder: Path) -> list[object]:
    """Flags of a session in `folder` that plays the toy's answers."""
    answers = toy_recording(folder / "r.jsonl", more=FINAL_NOTES)
    return ["--recording", answers, "--model", "recorded", "--out", folder / "runs"]


def only_session(out: Path) -> Session:
    (folder,) = [path for path in out.iterdir() if path.is_dir()]
    return open_session(folder)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, dict[str, object], str]:
    """A whole recorded session: the session, what --json printed, what went to stderr."""
    folder = tmp_path_factory.mktemp("recorded")
    process = start(IDEA, "--template", TEMPLATE, *played(folder), "--json")
    stdout, stderr = process.communicate(timeout=200)
    assert process.returncode == 0, stderr
    return only_session(folder / "runs"), json.loads(stdout), stderr


def texts(session: Session) -> dict[str, object]:
    """What a reader finds, without times, what launches cost, and who named a run's parent: a recording, or its advice."""
    notes = re.sub(r"^Compute: .*$", "Compute", session.paths.notes.read_text(), flags=re.MULTILINE)
    return {
        "notes": re.sub(r"^(Begun from:\n[^:]+): .*?\n$", r"\1", notes, flags=re.MULTILINE | re.DOTALL),
        "runs": {name: (e.title, e.code, e.results["metrics"]) for name, e in story_of(session).accepted.items()},
        "draft": {e.step: e.source for e in session.journal.all(SectionWritten)},
    }


def test_an_idea_goes_in_and_a_paper_comes_out(recorded: tuple[Session, dict[str, object], str]) -> None:
    """Runs, notes, figures, a PDF without findings, the page; stdout holds one JSON object, progress goes to stderr."""
    session, result, stderr = recorded
    assert result["state"] == "done" and result["findings"] == 0 and result["runs_completed"] == 2
    assert session.paths.paper.read_bytes().startswith(b"%PDF-")
    assert set(result) == {
        "session",
        "state",
        "runs_completed",
        "attempts",
        "tokens_sent",
        "tokens_received",
        "usd",
        "paper",
        "findings",
        "conclusion",
        "confirmation",
    }
    assert session.paths.page.is_file() and "run_1" in stderr


def test_the_control_is_measured_first_and_stands_everywhere(recorded: tuple[Session, dict[str, object], str]) -> None:
    """Before the plan is asked for; in the plan's prompt, the notes, the paper's table and evidence, the page, the figures' files."""
    session, _, stderr = recorded
    kinds = [event.kind for event in session.journal.events]
    assert kinds.index("run") < kinds.index("control") < kinds.index("plan") and kinds.count("control") == 1
    value = next(session.journal.all(ControlMeasured)).results.metrics["distance"].mean
    shown = f"{value:.4f}"
    paper = (session.paths.latex / "paper.tex").read_text()
    assert "\\emph{Starting point}" in paper and f"{{start.distance.mean}}{{{shown}}}" in paper
    assert "\\textbf{Control}: the starting point" in paper
    exchange = json.loads(session.paths.exchange(1).read_text())
    assert "start: a control, the starting point" in json.dumps(exchange)
    for text in (session.paths.notes.read_text(), session.paths.page.read_text(), session.paths.controls.read_text()):
        assert shown in text or str(value) in text
    assert "control start: the starting point" in stderr


def test_what_launches_cost_stands_beside_every_result(recorded: tuple[Session, dict[str, object], str]) -> None:
    """Journal, final_info.json, notes, prompts, page and the paper's appendix hold what the supervisor measured."""
    session, _, _ = recorded
    attempt = next(
        event for event in session.journal.all(AttemptEnded) if event.outcome == "ok" and event.run == "run_1"
    )
    ended = next(event for event in session.journal.all(LaunchEnded) if event.number == attempt.number)
    assert attempt.cost is not None and attempt.cost == ended.cost
    info = json.loads((session.paths.run(RunName("run_1")) / "final_info.json").read_text())
    assert info["cost"] == {"launches": [attempt.cost.written()]}
    baseline = json.loads((session.paths.run(BASELINE) / "final_info.json").read_text())
    assert len(baseline["cost"]["launches"]) == len(baseline["seeds"]) and baseline["cost"]["factor"] == 1.5
    shown = f"{attempt.cost.cpu_s:.1f} CPU-seconds"
    paper = (session.paths.latex / "paper.tex").read_text()
    for text in (session.paths.notes.read_text(), session.paths.page.read_text(), paper):
        assert shown in text
    asked = [path.read_text() for path in sorted(session.paths.exchange(1).parent.glob("*.json"))]
    assert any("Compute, measured from outside" in text for text in asked)


def test_the_same_session_over_http(tmp_path: Path, recorded: tuple[Session, dict[str, object], str]) -> None:
    """Writer, adviser and aider are answered by an OpenAI-compatible server in another process; the result is the same."""
    drafts = [step for _, step in ANSWERS if step.startswith("draft/")]
    ordered = sorted(drafts, key=lambda step: ("/title" in step, "/refine" in step))
    by_step = {step: text for (_, step), text in {**ANSWERS, **FINAL_NOTES}.items()}
    with ModelServer(tmp_path, [{"text": "yes"}, *({"text": by_step[step]} for step in [*ORDER, *ordered])]) as server:
        flags = [
            "--model",
            "local-model",
            "--base-url",
            server.url,
            "--no-review",
            "--json",
            "--out",
            tmp_path / "runs",
        ]
        process = start(IDEA, "--template", TEMPLATE, *flags)
        stdout, stderr = process.communicate(timeout=200)
        assert process.returncode == 0, stderr
        asked = server.requests
    session = only_session(tmp_path / "runs")
    unregistered = (
        "\n## Hypotheses\n\nNone was registered before the first run, though the plan was asked back for some.\n"
    )
    told = texts(session)
    notes = str(told["notes"])
    assert notes.endswith(unregistered), "a recording cannot be asked back, a model can"
    assert {**told, "notes": notes.removesuffix(unregistered)} == texts(recorded[0])
    exchanges = list(session.journal.all(Exchanged))
    assert asked.pop(0)["max_tokens"] == 1, "the check asks for one token"
    assert len(asked) == len(exchanges) == len(ORDER) + len(ordered)
    assert {e.role for e in exchanges} == {"writer", "coder", "adviser"}
    assert all(e.tokens_sent == 111 for e in exchanges), "the provider's own usage is taken"
    assert json.loads(stdout)["tokens_sent"] == 111 * (len(exchanges) + 1), "and the check's token is paid too"


@pytest.mark.parametrize(
    ("signals", "wait_for", "code"),
    [
        ([signal.SIGKILL], "run_1/turn_2: the experiment runs", -9),
        ([signal.SIGTERM], "run_2/turn_1: the coder edits", 130),
        ([signal.SIGINT], "planning the runs", 130),
        ([signal.SIGINT, signal.SIGINT], "figures/turn_1: the coder draws", 130),
    ],
    ids=["SIGKILL", "SIGTERM", "SIGINT", "SIGINT twice"],
)
def test_an_interrupted_session_resumes_to_the_same_end(
    tmp_path: Path, recorded: tuple[Session, dict[str, object], str], signals: Sequence[int], wait_for: str, code: int
) -> None:
    """Stopped in the middle of a step and resumed, the session ends in the same notes, runs and paper; nothing is paid twice."""
    flags = played(tmp_path)
    process = start(IDEA, "--template", TEMPLATE, *flags)
    assert process.stderr is not None
    for line in process.stderr:
        if wait_for in line:
            break
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2)
    process.communicate(timeout=200)
    assert process.returncode == code
    before = only_session(tmp_path / "runs")
    assert not before.paths.paper.exists()
    resumed = subprocess.run(
        command("--resume", before.paths.root, "--json"), capture_output=True, text=True, timeout=200, check=False
    )
    assert resumed.returncode == 0, resumed.stderr
    after = open_session(before.paths.root)
    assert texts(after) == texts(recorded[0])
    steps = [e.step for e in after.journal.all(Exchanged)]
    assert len(steps) == len(set(steps))
    kept = [e for e in before.journal.events if isinstance(e, (Exchanged, AttemptEnded, RunAccepted))]
    assert [e for e in after.journal.events[: len(before.journal.events)] if isinstance(e, type(kept[0])) or e in kept]
    numbers = [e.number for e in after.journal.all(AttemptBegun)]
    assert len(numbers) == len(set(numbers))


def test_a_second_orchestrator_is_kept_out(tmp_path: Path) -> None:
    """While one works in a session, another is told which process holds it."""
    flags = [*played(tmp_path), "--no-paper"]
    process = start(IDEA, "--template", TEMPLATE, *flags)
    assert process.stderr is not None
    for line in process.stderr:
        if "planning" in line:
            break
    process.send_signal(signal.SIGSTOP)  # it stays where it is, however long the other takes to begin
    session = only_session(tmp_path / "runs")
    second = subprocess.run(
        command("--resume", session.paths.root), capture_output=True, text=True, timeout=200, check=False
    )
    process.kill()
    process.communicate()
    assert second.returncode == 1 and str(process.pid) in second.stderr


def test_a_budget_pauses_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    """--budget-tokens ends with exit code 4, resumable; with more the session goes on from there."""
    flags = [*played(tmp_path), "--no-paper"]
    first = subprocess.run(
        command(IDEA, "--template", TEMPLATE, *flags, "--budget-tokens", 3000),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert first.returncode == 4 and "--budget-tokens" in first.stdout + first.stderr
    session = only_session(tmp_path / "runs")
    more = ["--resume", session.paths.root, "--budget-tokens", 1_000_000, "--json"]
    second = subprocess.run(command(*more), capture_output=True, text=True, timeout=200, check=False)
    assert second.returncode == 0 and json.loads(second.stdout)["runs_completed"] == 2
    third = subprocess.run(
        command("--resume", session.paths.root, "--max-runs", 20),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert third.returncode == 2 and "begin a new session" in third.stderr  # its figures are about two runs


def test_replay_drives_the_session_again(tmp_path: Path, recorded: tuple[Session, dict[str, object], str]) -> None:
    """A replay from the session's own exchanges differs in nothing; one run again too; the summary counts."""
    session = recorded[0]
    door = [sys.executable, str(REPOSITORY / "agent" / "replay.py"), str(session.paths.root)]
    again = subprocess.run(
        [*door, "--out", tmp_path, "--json"], capture_output=True, text=True, timeout=200, check=False
    )
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["differences"] == []
    once = subprocess.run(
        [*door, "--rerun", "run_2", "--json"], capture_output=True, text=True, timeout=200, check=False
    )
    assert once.returncode == 0 and json.loads(once.stdout)["differences"] == [], once.stderr
    counted = subprocess.run([*door, "--summary", "--json"], capture_output=True, text=True, timeout=200, check=True)
    summary = json.loads(counted.stdout)
    assert summary["runs_completed"] == 2 and summary["messages"] == len(ANSWERS) + len(FINAL_NOTES)
    assert set(summary) == {
        "messages",
        "tokens_sent",
        "tokens_received",
        "usd",
        "runs_completed",
        "runs_failed",
        "plots_failed",
        "edits_applied",
        "edits_unmatched",
        "provider_retries",
    }


def test_a_replay_tells_what_differs(tmp_path: Path, recorded: tuple[Session, dict[str, object], str]) -> None:
    """A recorded metric that the code does not give is found, run by run."""
    session = recorded[0]
    forged = tmp_path / "forged"
    subprocess.run(["cp", "-r", session.paths.root, forged], check=True)
    journal = (forged / "journal.jsonl").read_text().splitlines()
    for index, line in enumerate(journal):
        event = json.loads(line)
        if event["kind"] == "attempt" and event["run"] == "run_2" and event["outcome"] == "ok":
            event["results"]["metrics"]["excess_loss"]["mean"] += 1000
            journal[index] = json.dumps(event)
    (forged / "journal.jsonl").write_text("\n".join(journal) + "\n")
    door = [sys.executable, str(REPOSITORY / "agent" / "replay.py"), str(forged), "--rerun", "run_2"]
    told = subprocess.run(door, capture_output=True, text=True, timeout=200, check=False)
    assert told.returncode == 5 and "excess_loss" in told.stdout
