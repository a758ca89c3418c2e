"""The toy template made slow, so that a run can be better beyond noise: a session of one run whose edit a test chooses."""

from __future__ import annotations

import shutil
from pathlib import Path

from agent.models.recording import Answer, Header, Recording
from agent.session.idea import load_idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.steps import BASELINE, RunName
from agent.session.template import load_template
from tests.world.toy import ANSWERS, IDEA, TEMPLATE, block, note

_RATE, _SLOW = "LEARNING_RATE = 0.01", "LEARNING_RATE = 0.001"
_USED = "v - LEARNING_RATE * g"
HOLDS = block(_SLOW, "LEARNING_RATE = 0.004")
"""A rate that comes closer to the minimum with any seed."""
LUCKY = block(_USED, "v - (0.004 if seed == 0 else 1.001 * LEARNING_RATE) * g")
"""The same with the search's own seed alone: what chance does, planted so that it happens every time."""
CRASHES = block("    rng = random.Random(seed)", "    assert seed != 102\n    rng = random.Random(seed)") + HOLDS
"""The good rate, and a fault that shows with one of the fresh seeds."""
WORSE = block(_SLOW, "LEARNING_RATE = 0.0002")


SWEPT = (
    '"details": {}}',
    '"details": {"frontier": {"over": "scale", "one": "scale", "several": "scales", "points": ['
    '{"at": k, "metrics": {"excess_loss": k * metrics["excess_loss"]["mean"]}} for k in (1, 2, 4)]}}}',
)
"""The judge's last line, and the same with a frontier of three points."""


def slow_template(folder: Path, declared: tuple[str, str] = ("", ""), judged: tuple[str, str] = ("", "")) -> Path:
    """A copy of the toy whose rate is too low; `declared`: a text of template.toml, and what stands there instead; `judged`: of its judge."""
    root = folder / "slow"
    shutil.copytree(TEMPLATE, root, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    code = (root / "experiment.py").read_text()
    (root / "experiment.py").write_text(code.replace(_RATE, _SLOW))
    contract = (root / "template.toml").read_text()
    assert declared[0] in contract
    contract = contract.replace("seeds = [0, 1, 2, 3, 4]", "seeds = [0, 1, 2]").replace(*declared)
    (root / "template.toml").write_text(contract)
    judge = root / "judge/__main__.py"
    judge.write_text(judge.read_text().replace(*judged))
    return root


def slow_session(
    folder: Path,
    edit: str,
    declared: tuple[str, str] = ("", ""),
    repair: str = "",
    plan: str = "",
    second: str = "",
    judged: tuple[str, str] = ("", ""),
    **settings: object,
) -> Session:
    """A new session of one run, which makes `edit`, then `repair`; no paper unless the settings say so.

    `second`: what a second run makes of the baseline's code.
    """
    turn = ("coder", "run_1/turn_1/1")
    answers = {**ANSWERS, turn: f"TITLE: Another rate\n{edit}"}
    answers[("coder", "run_1/turn_2/1")] = f"TITLE: Another rate\n{repair}"
    answers[("writer", "run_1/note/1")] = note("run_1").replace("[[run_1.config.average_from]]", "half")
    answers = {key: text.replace("run_2", "run_1").replace("run 2", "run 1") for key, text in answers.items()}
    answers[("writer", "plan/1")] = plan or "1. Rate: another learning rate."
    if second:
        answers[("coder", "run_2/turn_1/1")] = f"TITLE: A second rate\n{second}"
        answers[("coder", "run_2/turn_1/2")] = answers[("coder", "run_2/turn_2/1")] = "No more."
        answers[("adviser", "run_1/advice/1")] = "Try another rate.\nFrom: baseline"
        answers[("writer", "run_2/note/1")] = answers[("writer", "run_1/note/1")].replace("run_1", "run_2")
    header = Header(idea="averaged_iterates", made="2026-01-01T00:00:00+00:00", origin="written by hand for the tests")
    if second:
        header = header.model_copy(update={"parents": {RunName.of(number): BASELINE for number in (1, 2)}})
    path = folder / "slow.recording.jsonl"
    kept = [Answer(role=role, step=step, reply=text) for (role, step), text in answers.items()]
    Recording(header, kept).save(path)
    chosen = Settings.model_validate(
        {"model": "recorded", "recording": str(path), "max_runs": 2 if second else 1, "paper": False, **settings}
    )
    idea = load_idea(IDEA).model_copy(update={"Metrics": ["excess_loss", "distance"]})
    return start_session(folder / "runs", idea, load_template(slow_template(folder, declared, judged)), chosen)
