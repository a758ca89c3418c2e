"""The progress display on a terminal and elsewhere."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from agent.progress import Progress
from agent.results.tables.grid import grid_of
from agent.session.events import (
    SESSION,
    AttemptEnded,
    Audited,
    ControlMeasured,
    Edited,
    Finding,
    RunAbandoned,
    RunAccepted,
    SessionStarted,
)
from agent.session.journal import Journal
from agent.session.paths import REPOSITORY
from agent.session.run_info import RunInfo
from agent.session.session import Session, note_resumption, open_session
from agent.session.steps import AUDIT, ControlName, Step
from agent.session.template.controls import Control
from agent.terminal import runs_table
from tests.world import sessions
from tests.world.scribe import Texts
from tests.world.sessions import cut_journal, make_session
from tests.world.study import results

pytestmark = pytest.mark.process

_TERMINAL_SETTINGS = {
    "NO_COLOR",
    "FORCE_COLOR",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "CI",
    "TTY_INTERACTIVE",
    "TTY_COMPATIBLE",
}
SCRIPT = """
import logging, sys, time
from pathlib import Path
from tests.agent.test_progress import replay
from agent.session.session import open_session
logging.basicConfig(stream=sys.stderr, format="%(levelname)s: %(message)s")
def midway():
    logging.warning("a warning from the log")
    time.sleep(0.6)
replay(open_session(Path(sys.argv[1])), midway=midway)
logging.warning("after the end")
print("the result")
"""


def replay(session: Session, stream: StringIO | None = None, midway: object = lambda: None) -> str:
    """Show a past session's events as if they happened now; what was written to `stream`."""
    events = session.journal.events
    again = replace(session, journal=Journal(session.paths.root / "again.jsonl", SESSION))
    progress = Progress(again, stream)
    progress.start()
    with again.journal.heard_by(progress):
        for event in events:
            progress.now(f"{event.step or event.kind}: working")
            again.journal.append(event)
            if event.kind == "plan":
                midway()  # type: ignore[operator]
    progress.stop()
    return stream.getvalue() if stream else ""


def in_terminal(session: Session, **environ: str) -> tuple[str, str]:
    """What a terminal of 100 columns was sent on stderr, and what went to stdout."""
    master, slave = pty.openpty()
    subprocess.run(["stty", "rows", "40", "cols", "100"], stdin=slave, check=True)
    inherited = {name: value for name, value in os.environ.items() if name not in _TERMINAL_SETTINGS}
    env = {**inherited, "TERM": "xterm-256color", "PYTHONPATH": str(REPOSITORY), **environ}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, session.paths.root],
        stdout=subprocess.PIPE,
        stderr=slave,
        env=env,
        cwd=REPOSITORY,
    )
    os.close(slave)
    shown, until = b"", time.monotonic() + 60
    while time.monotonic() < until:
        ready, _, _ = select.select([master], [], [], 0.2)
        try:
            shown += os.read(master, 65536) if ready else b""
        except OSError:  # the terminal's other end is closed: the process ended
            break
    assert process.stdout is not None
    with process.stdout as stdout:
        out = stdout.read().decode()
    assert process.wait(10) == 0
    os.close(master)
    return shown.decode(), out


def without_codes(text: str) -> str:
    """The text of a terminal, its codes taken out."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_elsewhere_plain_lines_tell_the_story(tmp_path: Path) -> None:
    """One line a step and a result, without codes and without times of day, the same on every machine."""
    session = make_session(tmp_path)
    lines = replay(session, StringIO()).splitlines()
    assert lines[0] == f"{session.name}: a new session"
    for line in (
        "run_0 accepted: Baseline: explained_variance 0.8810",
        "run_1/turn_1: working",
        "run_1 accepted: Decoder orthogonality that fades with progress (run_1): explained_variance 0.8993, +0.0183, better",
        "run_2, attempt 5: crashed after 4.0 s: RuntimeError: mat1 and mat2 shapes cannot be multiplied (2048x128 and 256x2048)",
        "run_3/turn_1: the edit did not match the file, so nothing changed",
        "run_3 accepted: Decoder orthogonality that fades with progress (run_3): explained_variance 0.9411*, +0.0601, not comparable",
        "audit: 41 numbers checked, 1 finding",
        f"finding: Results, line 12: {Texts().title}: 0.917 — {Texts().reason}",
        "session done, with findings: 1 finding",
    ):
        assert line in lines, line
    assert not re.search(r"\x1b|\r|\d\d:\d\d", "\n".join(lines[1:]))


def test_of_many_findings_the_first_are_told(tmp_path: Path) -> None:
    """What stands there, then why it cannot; of the others how many they are and where all are read."""
    session, stream = make_session(tmp_path), StringIO()
    found = [Finding(where="paper.tex", what=f"0.{place}", why="of no run") for place in range(5)]
    Progress(session, stream)(Audited(step=AUDIT, seq=1, time="", findings=found, numbers=41))
    lines = stream.getvalue().splitlines()
    assert lines[:3] == ["audit: 41 numbers checked, 5 findings", "finding: paper.tex: 0.0", "why: of no run"]
    assert [line for line in lines if line.startswith("finding")][-1].endswith("0.2") and lines[-1].startswith(
        "2 more: "
    )


def test_a_baseline_whose_seeds_change_nothing_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line after the baseline, with the remedy; and no run is called better afterwards."""
    assert "warning" not in replay(make_session(tmp_path / "one"), StringIO())
    monkeypatch.setitem(sessions.SEED_SPREAD, "explained_variance", 0.0)
    shown = replay(make_session(tmp_path / "two"), StringIO())
    assert "warning: the noise of explained variance, l0 is unknown, since all seeds gave the same" in shown
    assert "`deterministic = true` in [baseline] of template.toml" in shown
    assert "better" not in shown and "+0.0183, noise unknown" in shown


def test_a_resumed_session_says_what_is_done(tmp_path: Path) -> None:
    """The first line counts the results that are there already; where there are none, it is no new session for that."""

    def first_line(session: Session) -> str:
        progress = Progress(session, stream := StringIO())
        progress.start()
        progress.stop()
        return stream.getvalue()

    assert "4 results so far" in first_line(make_session(tmp_path / "one"))
    early = make_session(tmp_path / "two")
    cut_journal(early, 1)
    resumed = open_session(early.paths.root)
    note_resumption(resumed, 1)
    assert "without a result" in first_line(resumed)


def test_terminal_codes_of_an_experiment_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """Escape sequences, new lines and reordering characters in reasons and titles are shown as marks, in one line."""
    stream = StringIO()
    progress = Progress(make_session(tmp_path, Texts(title="\x1b]0;owned\x07\x1b[2J")), stream)
    progress(AttemptEnded(number=1, run="run_9", outcome="crashed", reason="\x1b[2J\nline two\u202e" + "x" * 500))
    progress(RunAbandoned(run="run_9", reason="\r\x1b[1A"))
    progress.now("\x1b[31mnow")
    text = stream.getvalue()
    assert text.count("\n") == 3
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    assert all(len(line) <= 300 for line in text.splitlines())


def test_what_a_person_is_to_type_is_never_cut(tmp_path: Path) -> None:
    """A session of a long name: the line that waits for an answer ends with the flags that give it."""
    stream = StringIO()
    Progress(make_session(tmp_path), stream).aside(
        f"waiting: `answer.py runs/{'x' * 200}`, with `--step a/1 --file FILE`"
    )
    assert stream.getvalue().endswith("--file FILE`\n")


def test_a_reader_who_has_gone_does_not_stop_the_session(tmp_path: Path) -> None:
    """A closed stream is no reason to lose a night's work."""
    stream = StringIO()
    progress = Progress(make_session(tmp_path), stream)
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        stream.write("")
    progress.now("on we go")


def test_a_terminal_shows_runs_verdicts_spending_and_the_current_step(tmp_path: Path) -> None:
    """The live display has all of it, log lines stand above it whole, stdout has the result and nothing else."""
    shown, out = in_terminal(make_session(tmp_path))
    text = without_codes(shown)
    assert out == "the result\n"
    for part in (
        "what was tried",
        "run_1",
        "0.8993",
        "+0.0183",
        "better",
        "not comparable",
        "tokens sent",
        "$0.44",
        "plan: working",
    ):
        assert part in text, part
    assert any(line.strip() == "WARNING: a warning from the log" for line in text.splitlines())
    assert text.rstrip().endswith("WARNING: after the end")
    assert "\x1b[32mbetter" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1


def test_no_color_is_honoured_and_a_dumb_terminal_gets_plain_lines(tmp_path: Path) -> None:
    """NO_COLOR keeps the display and drops its colours; TERM=dumb has no display at all."""
    session = make_session(tmp_path)
    shown, _ = in_terminal(session, NO_COLOR="1")
    assert "0.8993" in shown
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3\d|4\d|9\d)(?:;\d+)*m", shown)
    (session.paths.root / "again.jsonl").unlink()
    shown, _ = in_terminal(session, TERM="dumb")
    assert "\x1b" not in shown
    assert "run_0 accepted: Baseline: explained_variance 0.8810" in shown


def test_the_evaluators_time_is_told_apart(tmp_path: Path) -> None:
    """How long the experiment took, and how long its score; no word of a score where there was none."""
    stream = StringIO()
    progress = Progress(make_session(tmp_path), stream)
    progress(AttemptEnded(number=1, run="run_1", outcome="ok", seconds=35, score_seconds=120))
    progress(AttemptEnded(number=2, run="run_2", outcome="crashed", seconds=35))
    first, second = stream.getvalue().splitlines()
    assert "ok after 35 s, scored in 2 min" in first and "scored" not in second


def test_a_wait_is_said_beside_the_step(tmp_path: Path) -> None:
    """What the step waits for stands in its line, and goes with the wait; on plain lines it is said once."""
    stream = StringIO()
    progress = Progress(make_session(tmp_path), stream)
    progress.now("run_1: the adviser reads")
    progress.aside("waiting 40 s for m as the provider asks")
    assert stream.getvalue().splitlines() == ["run_1: the adviser reads", "waiting 40 s for m as the provider asks"]
    assert "(waiting 40 s for m" in _shown(progress)
    progress.aside("")
    assert "waiting" not in _shown(progress) and stream.getvalue().count("\n") == 2


def _shown(progress: Progress) -> str:
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        console.print(progress._render())
    return captured.get()


def test_controls_are_told_and_warned_of_where_they_do_as_well(tmp_path: Path) -> None:
    """A line for each as it is measured; after the last one a warning that names the primary metric."""
    told = make_session(tmp_path)
    base = next(told.journal.all(RunAccepted))
    command = ["python", "-m", "fixed", "{out_dir}"]
    names = [ControlName("untrained"), ControlName("unread")]
    declared = [Control(name=name, title=f"an {name} model", command=command) for name in names]
    template, journal = (
        told.template.model_copy(update={"controls": declared}),
        Journal(tmp_path / "new.jsonl", SESSION),
    )
    session, stream = replace(told, template=template, journal=journal), StringIO()
    progress = Progress(session, stream)
    journal.append(SessionStarted())
    with journal.heard_by(progress):
        journal.append(base.model_copy(update={"seq": 0}))
        for control, value in zip(declared, (0.2, 0.99), strict=True):
            results = RunInfo({"metrics": {"explained_variance": {"mean": value}}})
            journal.append(ControlMeasured(control=control.name, title=control.title, results=results))
    said = stream.getvalue()
    assert "control untrained: an untrained model: explained_variance 0.2000" in said
    assert said.count("warning: the primary metric cannot tell the baseline from a control") == 1
    assert "an unread model scores 0.9900 here" in said


def test_the_table_on_a_terminal_has_both_bands() -> None:
    """Below the runs stand the noise of one look and that of all looks made; a run that one look alone bears says so."""

    def shown(metric: str) -> str:
        console = Console(file=StringIO(), width=200)
        with console.capture() as captured:
            console.print(runs_table(grid_of(results(), [metric])))
        return captured.get()

    told = shown("mse")
    assert re.search(r"noise +±0\.0020 +of one look", told) and re.search(
        r"all looks +±0\.0092 +4 at the primary", told
    )
    assert "better (one look)" in told and "all looks" not in shown("l0")


def test_a_plot_that_stays_as_it_is_is_no_failure(tmp_path: Path) -> None:
    """A coder that leaves plot.py alone has not failed: what is drawn next is the script as it is. Of a run nothing is launched."""
    session, out = make_session(tmp_path), StringIO()
    progress = Progress(session, out)
    progress(Edited(step=Step("figures/turn_1"), reply="Fine as it is.", outcome="no_edit", files={}))
    progress(Edited(step=Step("run_1/turn_1"), reply="Words.", outcome="no_edit", files={}))
    assert out.getvalue().splitlines() == [
        "figures/turn_1: plot.py stays as it is",
        "run_1/turn_1: the coder answered without changing a file",
    ]


def test_a_terminal_shows_which_question_is_answered_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a draft's sections no step is told, so the question is the step; one within a turn that is told changes nothing."""
    monkeypatch.setenv("TERM", "xterm")
    stream = StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    progress = Progress(make_session(tmp_path), stream)
    progress.start()
    progress.now("run_1/turn_1: the coder edits")
    progress.asks("coder", Step("run_1/turn_1/2"))
    assert progress.current == "run_1/turn_1: the coder edits"
    progress.asks("writer", Step("draft/Method/fill/1"))
    assert progress.current == "draft/Method/fill: the writer is asked"
    progress.stop()
