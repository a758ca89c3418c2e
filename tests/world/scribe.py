"""A session told event by event, each with the files that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent.session.events import Advised, AttemptBegun, AttemptEnded, Edited, Event, Exchanged, Noted, RunAccepted
from agent.session.files import write_json, write_text
from agent.session.session import Session
from agent.session.steps import RunName
from tests.world.templates import PLOT

CODE = """\
\"\"\"Train a small sparse autoencoder.\"\"\"
import argparse

SETTINGS = {"k": 16, "training_tokens": 819200}


def loss(x, x_hat, acts):
    return ((x - x_hat) ** 2).sum(-1).mean()
"""


@dataclass(frozen=True)
class Texts:
    """What people and models wrote; a test may plant whatever it likes."""

    idea: str = "Progress-weighted orthogonality for sparse autoencoders"
    title: str = "Decoder orthogonality that fades with progress"
    prose: str = (
        "The penalty is weighted by **(1 - p)²**, so that it shapes the decoder early and leaves the end of training to "
        "reconstruction.\n\n- next: a threshold that follows progress\n- then: an average of co-activation over batches\n"
    )
    log: str = "step 400/400 loss 0.1031\nsaved run to out_dir\n"
    reason: str = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2048x128 and 256x2048)"
    message: str = "Improve the dictionary without losing explained variance."
    figure: str = "metric_by_run"


class Scribe:
    """Writes events with a clock of its own that starts with the session, so that durations are always the same."""

    def __init__(self, session: Session, texts: Texts) -> None:
        self.session, self.texts = session, texts
        self.clock = datetime.fromisoformat(session.journal.events[0].time)
        self.calls = self.attempts = 0

    def tell(self, event: Event, seconds: float = 0.5) -> Any:
        """Append the event `seconds` later."""
        self.clock += timedelta(seconds=seconds)
        return self.session.journal.append(
            event.model_copy(update={"time": self.clock.isoformat(timespec="milliseconds")})
        )

    def exchange(self, role: str, step: str, reply: str, sent: int = 4200, received: int = 600) -> None:
        """An answered model call, with its file."""
        self.calls += 1
        event = Exchanged(
            number=self.calls,
            role=role,
            step=step,
            model="test/scripted",
            tokens_sent=sent,
            tokens_received=received,
            usd=round(sent * 3e-6 + received * 15e-6, 6),
            seconds=8.5,
            retries=1 if self.calls == 4 else 0,
        )
        messages = [
            {"role": "system", "content": "You are a careful researcher. " + self.texts.message},
            {"role": "user", "content": f"# {step}\n\n{self.texts.prose}"},
        ]
        write_json(
            self.session.paths.exchange(self.calls),
            {
                "step": step,
                "role": role,
                "model": "test/scripted",
                "messages": messages,
                "reply": reply,
                "finish": "stop",
                "detail": {},
                "tokens_sent": sent,
                "tokens_received": received,
                "usd": event.usd,
                "seconds": 8.5,
                "retries": event.retries,
            },
        )
        self.tell(event, 8.5)

    def edit(
        self, step: str, outcome: str, code: str | None = None, name: str = "experiment.py", **more: Any
    ) -> Edited:
        """One turn of the coder, its exchange included."""
        reply = f"TITLE: {self.texts.title}\n{self.texts.prose}"
        self.exchange("coder", f"{step}/1", reply)
        files = {"experiment.py": self.put(CODE if code is None else code), "plot.py": self.put(PLOT)}
        diff = f"--- a/{name}\n+++ b/{name}\n@@ -7,2 +7,3 @@\n def loss(x, x_hat, acts):\n-    return plain\n+    return {step}\n"
        event: Edited = self.tell(
            Edited(
                step=step,
                outcome=outcome,
                files=files,
                changed=[name] if outcome == "applied" else [],
                diff=diff if outcome == "applied" else "",
                reply=reply,
                applied=int(outcome == "applied"),
                unmatched=int(outcome == "unmatched"),
                **more,
            )
        )
        return event

    def put(self, code: str) -> str:
        return self.session.blobs.put(code.encode("utf-8", "replace"))

    def attempt(self, run: str, step: str, outcome: str, seconds: float = 31.0, **more: Any) -> AttemptEnded:
        """One launch with its folder; `no_edit` launches nothing."""
        number = None
        if outcome != "no_edit":
            self.attempts += 1
            number = self.attempts
            self.tell(AttemptBegun(step=step, number=number, run=run))
            paths = self.session.paths.attempt(number)
            write_text(paths.code / "experiment.py", CODE)
            write_text(paths.stdout, self.texts.log)
            write_text(
                paths.stderr,
                f"\x1b[31mwarming up\x1b[0m\n 10%|█         | 4/40 [00:01<00:09,  4.0it/s]\r100%|██████████| 40/40 [00:10<00:00,  4.0it/s]\n{more.get('cause', '')}\n",
            )
        event: AttemptEnded = self.tell(
            AttemptEnded(
                step=step,
                number=number,
                run=run,
                outcome=outcome,
                seconds=0 if number is None else seconds,
                score_seconds=6.5 if outcome == "ok" else 0,
                exit_code=0 if outcome == "ok" else 1,
                **more,
            ),
            0.1 if number is None else seconds + 6.5,
        )
        return event

    def accept(
        self, run: str, attempt: int | None, info: dict[str, Any], code: str, comparable: tuple[str, ...] = ()
    ) -> None:
        """The run's event, its folder, code, note and advice."""
        number = RunName(run).number
        title = "Baseline" if not number else f"{self.texts.title} ({run})"
        write_json(self.session.paths.run(RunName(run)) / "final_info.json", info)
        write_text(self.session.paths.run_code(RunName(run)), code)
        files = {"experiment.py": self.put(code), "plot.py": self.put(PLOT)}
        self.tell(
            RunAccepted(
                step=f"{run}/accepted",
                run=run,
                title=title,
                attempt=attempt,
                results=info,
                comparable=list(comparable),
                code=files,
            )
        )
        if not number:
            return
        self.exchange("writer", f"{run}/note/1", self.texts.prose)
        self.tell(
            Noted(
                step=f"{run}/note",
                subject=run,
                title=title,
                source=self.texts.prose,
                references=["run_1.explained_variance"],
                text=f"## {run}: {title}\n\n{self.texts.prose}",
            )
        )
        self.exchange("adviser", f"{run}/advice/1", self.texts.prose, sent=2100, received=300)
        self.tell(Advised(step=f"{run}/advice", run=run, text=self.texts.prose))
