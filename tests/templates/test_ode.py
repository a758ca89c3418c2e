"""The deterministic template, worked from its idea to a paper: exact verdicts, figures, a budget that holds, a judge that refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.experiment.prove import Earlier, early_proofs, prove
from agent.models.recording import Answer, Header, Recording
from agent.results.final_info import BadResults, read_final_info
from agent.results.story import story_of
from agent.session.events import AttemptEnded, FiguresDrawn, RunAccepted
from agent.session.paths import REPOSITORY
from agent.session.session import Session, open_session
from agent.session.template import load_template
from tests.world.toy import block

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

ODE = REPOSITORY / "templates" / "ode"
EULER = "    return [v + h * k for v, k in zip(x, f(t, x), strict=True)]"
MIDPOINT = """\
    k1 = f(t, x)
    k2 = f(t + h / 2, [v + h / 2 * k for v, k in zip(x, k1, strict=True)])
    return [v + h * k for v, k in zip(x, k2, strict=True)]"""
RUNGE_KUTTA = """\
    k1 = f(t, x)
    k2 = f(t + h / 2, [v + h / 2 * k for v, k in zip(x, k1, strict=True)])
    k3 = f(t + h / 2, [v + h / 2 * k for v, k in zip(x, k2, strict=True)])
    k4 = f(t + h - 1e-9, [v + h * k for v, k in zip(x, k3, strict=True)])
    return [v + h / 6 * (a + 2 * b + 2 * c + d) for v, a, b, c, d in zip(x, k1, k2, k3, k4, strict=True)]"""
DENSE = """\
    f(t, x)  # counted, and thrown away
    for part in range(DENSE):
        x = [v + h / DENSE * k for v, k in zip(x, derivative(t + part * h / DENSE, x), strict=True)]
    return x"""
SUMMARY = "On correct digits run 2 is [[run_2.correct_digits.verdict]]. [[conclusion]]"
DRAFT = {
    "Title and Abstract": "\\title{Orders and Jumps}\n\\begin{abstract}\nWe solve an epidemic. "
    + SUMMARY
    + "\n\\end{abstract}",
    "Introduction": "A solver has a budget of evaluations. We ask where it should spend them.",
    "Background": "A method of order $p$ has an error of about $C h^p$ where the derivative is smooth.",
    "Method": "The classical method averages four slopes: $x_{n+1} = x_n + h (k_1 + 2 k_2 + 2 k_3 + k_4) / 6$.",
    "Experimental Setup": "Each run may ask for the derivative [[run_1.config.budget]] times. The method draws nothing at random.",
    "Results": "Run 1 is [[run_1.correct_digits.verdict]], and run 2 is [[run_2.correct_digits.verdict]].\n\n"
    "[[table correct_digits peak_error]]",
    "Conclusion": "[[conclusion]]",
    "Related Work": "Methods of higher order are an old idea; we only study one epidemic.",
}


def note(run: str) -> str:
    return (
        f"Title: A higher order, {run}\nWhat changed: The method is [[{run}.config.method]].\n"
        f"Why: It has a smaller error for the same budget.\nWhat was seen: On correct digits {run} is "
        f"[[{run}.correct_digits.verdict]], with [[{run}.correct_digits]].\nReading: The order decides.\nNext: Stop.\n"
    )


def edit(title: str, step: tuple[str, str], method: tuple[str, str], steps: tuple[int, int]) -> str:
    return f"TITLE: {title}\n" + "".join(
        block(old, new)
        for old, new in (
            step,
            (f'METHOD = "{method[0]}"', f'METHOD = "{method[1]}"'),
            (f"STEPS_A_DAY = {steps[0]}", f"STEPS_A_DAY = {steps[1]}"),
        )
    )


ANSWERS = {
    ("writer", "plan/1"): "1. The midpoint method.\n2. The classical Runge-Kutta method.",
    ("coder", "run_1/turn_1/1"): edit("Midpoint", (EULER, MIDPOINT), ("euler", "midpoint"), (4, 3)),
    ("coder", "run_1/turn_2/1"): "TITLE: Midpoint\n" + block("STEPS_A_DAY = 3", "STEPS_A_DAY = 2"),
    ("writer", "run_1/note/1"): note("run_1"),
    ("adviser", "run_1/advice/1"): "Go on to the fourth order.",
    ("coder", "run_2/turn_1/1"): edit("Runge-Kutta", (MIDPOINT, RUNGE_KUTTA), ("midpoint", "runge-kutta"), (2, 1)),
    ("writer", "run_2/note/1"): note("run_2"),
    ("adviser", "run_2/advice/1"): "Nothing more is worth running.",
    ("coder", "run_3/turn_1/1"): "ALL_COMPLETED",
    ("coder", "figures/turn_1/1"): "TITLE: A wider figure\n"
    + block("    plt.figure(figsize=(6, 3.5))", "    plt.figure(figsize=(7, 3.5))", "plot.py"),
    ("writer", "figures/note/1"): "## correct_digits.pdf\nThe correct digits of each run; run 2 is "
    "[[run_2.correct_digits.verdict]].\n## infectious.pdf\nThe infectious share on each day.",
    **{("writer", f"draft/{section}/fill/1"): text for section, text in DRAFT.items()},
    **{("writer", f"draft/{section}/refine/1"): text for section, text in DRAFT.items()},
    ("writer", "draft/title/1"): "Orders and Jumps",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The session as a user starts it: real aider, real experiments and figures, a real paper."""
    folder = tmp_path_factory.mktemp("ode")
    header = Header(idea="higher_order", made="2026-01-01T00:00:00+00:00", origin="written by hand for the tests")
    answers = [Answer(role=role, step=step, reply=text) for (role, step), text in ANSWERS.items()]
    Recording(header, answers).save(folder / "ode.jsonl")
    flags = ["--model", "recorded", "--recording", str(folder / "ode.jsonl"), "--out", str(folder / "runs")]
    done = started("run_idea.py", folder, *flags)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = [path for path in (folder / "runs").iterdir() if path.is_dir()]
    return open_session(made)


def started(command: str, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """A command on the idea of the template, with a cache of its own."""
    environment = {**os.environ, "NO_COLOR": "1", "LABLOOP_CACHE": str(folder / "cache")}
    argv = [sys.executable, str(REPOSITORY / "agent" / command), str(ODE / "idea.json"), *flags]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=280, check=False)


@pytest.mark.tex
def test_an_idea_goes_in_and_a_paper_comes_out(session: Session) -> None:
    """Two accepted runs, notes, both figures, a PDF."""
    assert [event.title for event in session.journal.all(RunAccepted)] == ["Baseline", "Midpoint", "Runge-Kutta"]
    assert session.paths.paper.read_bytes().startswith(b"%PDF-")
    drawn = list(session.journal.all(FiguresDrawn))[-1]
    assert drawn.ok and {"correct_digits.pdf", "infectious.png"} <= set(drawn.files)


@pytest.mark.tex
def test_its_differences_are_exact(session: Session) -> None:
    """The seeds give the same to the last digit and the template says why, so a better run is better without any noise."""
    results = story_of(session).results(session.template.metrics, session.primary)
    assert results.baseline.values["correct_digits"].all_same and results.baseline.deterministic
    assert [run.values["correct_digits"].mean for run in results.runs] == pytest.approx(
        [1.490, 2.861, 5.155], abs=0.002
    )
    words = [results.verdict(run, "correct_digits").word for run in results.runs[1:]]
    assert words == ["better", "better"]
    assert "noise unknown" not in session.paths.notes.read_text()


@pytest.mark.tex
def test_a_run_that_spends_more_than_its_budget_is_told(session: Session) -> None:
    """Six evaluations a day do not fit into four: the fixed half says on which day they were spent, and the coder mends it."""
    first = next(event for event in session.journal.all(AttemptEnded) if event.outcome == "crashed")
    assert "all 1200 evaluations are spent on day 200" in first.reason
    assert len(story_of(session).accepted) == 3


def test_the_doctor_tries_it_whole(tmp_path: Path) -> None:
    """The idea fits, and the untouched experiment is run once and says what it measured."""
    done = started("doctor.py", tmp_path, "--model", "manual", "--no-paper", "--out", str(tmp_path / "runs"), "--json")
    assert done.returncode == 0, done.stdout
    said = {result["name"]: result["detail"] for result in json.loads(done.stdout)["checks"]}
    assert said["idea"] == "higher_order on template ode"
    assert "correct_digits 1.48958" in said["experiment"]


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([[1.0, 0.0, 0.0, 0.0]] * 300, "must be 301 lists"),
        ([[1.0, 0.0, 0.0, 0.0]] * 300 + [[1.0, 0.0, 0.0]], "day 300: must be four finite numbers"),
        ([[1.0, 0.0, 0.0, 0.0]] * 300 + [[1.0, 0.1, 0.0, 0.0]], "day 300: S + E + I + R is 1.1 and not 1"),
        ([[1.0, 0.0, 0.0, float("nan")]] * 301, "day 0: must be four finite numbers"),
    ],
)
def test_what_is_no_solution_gets_no_score(tmp_path: Path, states: list[list[float]], words: str) -> None:
    """Missing days, missing parts, people from nowhere and NaN are refused with the day."""
    (tmp_path / "trajectory.json").write_text(json.dumps({"states": states}))
    argv = [sys.executable, "-m", "judge", f"--run_dir={tmp_path}", f"--out={tmp_path / 'scores.json'}"]
    environment = {**os.environ, "PYTHONPATH": str(ODE), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and words in done.stderr
    assert not (tmp_path / "scores.json").exists()


def test_a_budget_that_the_code_counts_is_its_own_word(tmp_path: Path) -> None:
    """A solver that asks for the derivative past its counter passes every proof and is scored well: docs/guarantees.md lists it."""
    code = (ODE / "experiment.py").read_text()
    for old, new in (
        ("from judge.epidemic import BUDGET, DAYS, START, Epidemic", "from judge.epidemic import *\nDENSE = 50"),
        ("    return [v + h * k for v, k in zip(x, f(t, x), strict=True)]", DENSE),
    ):
        assert old in code
        code = code.replace(old, new)
    (tmp_path / "experiment.py").write_text(code)
    env = {**os.environ, "PYTHONPATH": str(ODE)}
    for command in (["experiment.py", "--out_dir=run_1"], ["-m", "judge", "--run_dir=run_1", "--out=scores.json"]):
        subprocess.run([sys.executable, *command], cwd=tmp_path, env=env, check=True, capture_output=True)
    info = read_final_info(tmp_path / "run_1")
    assert not isinstance(info, BadResults) and info.training["evaluations"] == info.config["budget"]
    assert prove(early_proofs(load_template(ODE).proofs), info, tmp_path / "run_1", Earlier(), "code") == []
    assert json.loads((tmp_path / "scores.json").read_text())["metrics"]["correct_digits"]["mean"] > 3, (
        "Euler's within the budget has 1.5"
    )
