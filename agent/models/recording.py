"""Recordings: the answers of a past session by step, and the model that plays them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import NoRecordedAnswer, UsageError
from agent.models.protocol import Reply, Request
from agent.results.story.without_runs import GO_ON
from agent.session.files import write_text
from agent.session.spoken import SaidBefore
from agent.session.steps import RunName, Step

FORMAT = 1
L = TypeVar("L", bound=BaseModel)


class Header(BaseModel):
    """The first line of a recording."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    idea: str
    """Name of the idea that the session worked on."""
    made: str
    """When the recorded session began, UTC."""
    origin: str
    """How the answers came to be, for people: who answered, having seen what."""
    template: str = ""
    """Name of the template that it was worked on; empty in recordings of older versions."""
    scale: str = ""
    """The template's scale then."""
    files: dict[str, str] = {}
    """sha256 of the template's editable files that the edits were made for."""
    parents: dict[RunName, RunName] | None = None
    """By run: the one that it began from; None in recordings of older versions, where each began from the last accepted one."""
    said: list[SaidBefore] = []
    """What a person said and dropped, and before which step: it is said again."""


class Answer(BaseModel):
    """One recorded answer."""

    model_config = ConfigDict(frozen=True)

    role: str
    step: Step
    reply: str
    model: str = ""
    """Who answered then, as the session knew it."""
    prompt_sha256: str = ""
    """Hash of the messages that were answered; informative, since metrics differ between machines."""


class Recording:
    """Answers by role and step; `path` is the file that it was read from."""

    def __init__(
        self, header: Header, answers: Iterable[Answer], name: str = "recorded", path: Path | None = None
    ) -> None:
        self.header = header
        self.name = name
        self.path = path
        self.answers = {(answer.role, answer.step): answer for answer in answers}

    def answer(self, request: Request) -> Reply:
        """The recorded answer of this step. Raises NoRecordedAnswer naming the nearest recorded step."""
        if request.again:
            raise NoRecordedAnswer(
                f"the recorded answer of the {request.role} for step {request.step!r} is none (empty, or only reasoning); "
                "resume with --model NAME or --model manual"
            )
        found = self.answers.get((request.role, request.step))
        if found is None:
            known = [step for role, step in self.answers if role == request.role]
            near = difflib.get_close_matches(request.step, known, n=1, cutoff=0)
            raise NoRecordedAnswer(
                f"the recording has no answer of the {request.role} for step {request.step!r}"
                + (f" (nearest: {near[0]!r})" if near else "")
                + (
                    "; on this machine or with these settings the session took another way than when it was recorded: "
                    if known
                    else f", and none of the {request.role} at all: "
                )
                + GO_ON
            )
        return Reply(found.reply, f"recorded ({found.model})" if found.model else "recorded")

    def runs(self) -> int:
        """The number of the last run that it has answers on."""
        notes = (step for _, step in self.answers)
        return max((step.run.number for step in notes if step.is_note and step.run), default=0)

    def save(self, path: Path) -> None:
        """JSON lines: the header, then an answer a line in the order of the session."""
        lines = [self.header.model_dump_json(), *(answer.model_dump_json() for answer in self.answers.values())]
        write_text(path, "\n".join(lines) + "\n")


def load_recording(path: Path) -> Recording:
    """Raises UsageError naming file and line where it is no recording."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as a recording: {error}") from error
    header = _line(Header, path, 1, lines[0] if lines else "")
    answers = [_line(Answer, path, number, line) for number, line in enumerate(lines[1:], start=2) if line.strip()]
    if header.format > FORMAT:
        raise UsageError(f"{path}: format {header.format} is newer than this labloop reads ({FORMAT}); update labloop")
    return Recording(header, answers, name=f"recorded:{path.name}", path=path)


def _line(kind: type[L], path: Path, number: int, line: str) -> L:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise UsageError(f"{path}: line {number} is no line of a recording: {error.errors()[0]['msg']}") from error
