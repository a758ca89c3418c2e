"""A toy session whose recording holds a review, and what its reviewer and writer say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agent.models.recording import Answer, Header, Recording
from agent.session.idea import load_idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.template import load_template
from tests.world.toy import ANSWERS, IDEA, TEMPLATE

FORM: dict[str, Any] = {
    "summary": "Averaging on a quadratic.",
    "strengths": "Measured noise.",
    "weaknesses": "One seed.",
    "soundness": 3,
    "presentation": 3,
    "contribution": 2,
    "overall": 5,
    "confidence": 4,
}
ON_METHOD = {
    "quote": "over a window $W$ of steps",
    "kind": "method differs from code",
    "evidence": ["code"],
    "objection": "The window is not said to end with the last step.",
}
ON_BACKGROUND = {
    "quote": "The mean of many iterates has less noise than one of them.",
    "kind": "over-claim",
    "evidence": ["[[run_2.excess_loss.verdict]]", "diff of run_2"],
    "objection": "It holds for independent noise alone.",
}
METHOD = "The answer is $\\bar{x} = \\frac{1}{|W|} \\sum_{t \\in W} x_t$, $W$ being the last steps of a run."


def review(*objections: dict[str, Any], form: dict[str, Any] | None = None) -> str:
    """A reviewer's answer."""
    return f"```json\n{json.dumps({'objections': list(objections), 'form': FORM if form is None else form})}\n```"


REVIEWED: dict[tuple[str, str], str] = {
    ("reviewer", "review/1"): review(ON_METHOD, ON_BACKGROUND),
    (
        "writer",
        "review/Method/1",
    ): f"OBJECTION 1: CHANGED the window is said to be the last steps\n\n```latex\n{METHOD}\n```",
    (
        "writer",
        "review/Background/1",
    ): "OBJECTION 2: REASON the sentence names the iterates of one run with fresh noise at each step",
}


def reviewed_session(folder: Path, more: dict[tuple[str, str], str] | None = None, **settings: object) -> Session:
    """A new toy session whose recording holds `more` answers besides."""
    answers = ANSWERS | (REVIEWED if more is None else more)
    header = Header(idea="averaged_iterates", made="2026-01-01T00:00:00+00:00", origin="written by hand for the tests")
    path = folder / "toy.recording.jsonl"
    Recording(header, [Answer(role=role, step=step, reply=text) for (role, step), text in answers.items()]).save(path)
    chosen = Settings.model_validate({"model": "recorded", "recording": str(path), **settings})
    return start_session(folder / "runs", load_idea(IDEA), load_template(TEMPLATE), chosen)
