"""A real session in a temporary folder, with a writer who answers from a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.models.exchanges import Exchanges
from agent.models.gateway import Gateway
from agent.models.limits import Limits
from agent.models.protocol import Reply, Request
from agent.results.results import RunResult
from agent.session.events import RunAccepted
from agent.session.idea import Idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from tests.world import study
from tests.world.templates import write_template

IDEA = Idea(
    Name="progressive",
    Title="Progressive Orthogonality",
    Experiment="Penalise co-active latents less and less.",
    Technical_Details="threshold(p) = base (1-p), base 0.9",
    Implementation_Plan="edit the loss",
)


@dataclass
class Writer:
    """Answers each step with `answers[step]`, else with `otherwise(request)`; keeps what it was asked."""

    answers: dict[str, str] = field(default_factory=dict)
    otherwise: Callable[[Request], str] = lambda request: ""
    asked: list[Request] = field(default_factory=list)
    name: str = "scripted"

    def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        text = self.answers.get(request.step)
        sent = sum(len(message.content) for message in request.messages) // 4
        return Reply(self.otherwise(request) if text is None else text, "scripted", sent, 1)


def make_session(folder: Path, runs: Sequence[RunResult] | None = None) -> Session:
    """A session whose journal holds the study's runs, or others."""
    template = write_template(folder / "study", "A study for tests", study.METRICS)
    session = start_session(folder / "runs", IDEA, template, Settings.model_validate({"review": False}))
    for run in study.results().runs if runs is None else runs:
        session.journal.append(
            RunAccepted(
                step=run.name,
                run=run.name,
                title=run.title,
                comparable=list(run.differences),
                results={
                    "config": dict(run.config),
                    "training": dict(run.training),
                    "metrics": {k: {"mean": v.mean, "spread": v.spread, "n": v.n} for k, v in run.values.items()},
                },
            )
        )
    return session


def accepted(session: Session, run: str) -> RunAccepted:
    return next(event for event in session.journal.all(RunAccepted) if event.run == run)


def gateway_for(session: Session, writer: Writer) -> Gateway:
    return Gateway(session.journal, Exchanges(session.paths.exchanges), {"writer": writer}, Limits())
