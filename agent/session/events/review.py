"""Events of the review of a draft: the objections of the one who read it, and the writer's answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.session.journal import BaseEvent

Kind = Literal[
    "over-claim",
    "missing control",
    "contradiction",
    "method differs from code",
    "missing limitation",
    "wrong citation",
    "unclear",
    "other",
]
"""What an objection is about."""
How = Literal["changed", "reason"]


class Objection(BaseModel):
    """One objection to a draft."""

    model_config = ConfigDict(frozen=True)

    number: int
    """From 1, in the order of the list."""
    by: Literal["reviewer", "adviser"] = "reviewer"
    quote: str
    """The words of the draft that it is about, as they stand there; of the adviser, its own words."""
    section: str = ""
    """The section that holds them; empty where it is about the whole."""
    about: Kind = "other"
    evidence: list[str] = []
    """What it rests on: references ([[run_3.mse.verdict]]), `code`, `diff of run_3`, `advice on run_2` …, checked to exist."""
    text: str
    """What is wrong."""


class ReviewForm(BaseModel):
    """The form that reviewers of NeurIPS fill in; scores by its scales."""

    model_config = ConfigDict(frozen=True)

    summary: str
    strengths: str
    weaknesses: str
    questions: str = ""
    limitations: str = ""
    soundness: int = Field(ge=1, le=4)
    presentation: int = Field(ge=1, le=4)
    contribution: int = Field(ge=1, le=4)
    overall: int = Field(ge=1, le=10)
    confidence: int = Field(ge=1, le=5)


class Reviewed(BaseEvent):
    """The draft was read by the reviewer."""

    kind: Literal["review"] = "review"
    objections: list[Objection] = []
    form: ReviewForm | None = None
    left_out: list[str] = []
    """Why further objections of the last answer are not on the list, a sentence each: their quote or their evidence is not there."""
    refused: str = ""
    """Why there is no review, where there is none; the adviser's objections stand all the same."""


class ObjectionAnswer(BaseModel):
    """The writer's answer to one objection."""

    model_config = ConfigDict(frozen=True)

    number: int
    how: How
    text: str
    """What was changed, or why it was not."""


class ObjectionsAnswered(BaseEvent):
    """The writer's answers to the objections to one section, and the section after them."""

    kind: Literal["objections_answered"] = "objections_answered"
    section: str
    answers: list[ObjectionAnswer] = []
    title: str = ""
    """The paper's title, where the section carries it."""
    source: str = ""
    """The section as it was changed; empty where it stands as it was."""
    problems: list[str] = []
    """What stayed wrong with it after the last try."""
