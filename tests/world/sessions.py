"""A small but realistic session folder, made through the real Journal and events, for tests of whatever reads sessions.

    session = make_session(tmp_path)                  # a whole session: baseline to audited paper
    cut_journal(session, 12)                          # as if it had been killed after its 12th event
    make_session(tmp_path, texts=Texts(title="<script>…"))   # planted text in every field that people or models fill

The story: a baseline of three seeds; run_1 better beyond noise; run_2 crashes once and is repaired, within noise;
run_3 starts with an edit that does not match and one that changes nothing, then comes out not comparable; then the
coder is done, figures fail once, the paper is written, audited with one finding and compiled with the DRAFT mark.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent.session.contract import Template
from agent.session.events import (
    Advised,
    AttemptBegun,
    AttemptEnded,
    Audited,
    CitationsFound,
    Compiled,
    Edited,
    Event,
    Exchanged,
    FiguresDrawn,
    Noted,
    Planned,
    RunAbandoned,
    RunAccepted,
    SectionWritten,
    SessionEnded,
)
from agent.session.files import write_json, write_text
from agent.session.idea import Idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.steps import RunName
from agent.session.template import load_template

TEMPLATE = """\
format = 1
name = "pocket"
title = "A pocket autoencoder"
environment = "agent"
[experiment]
command = ["python", "experiment.py", "--out_dir={out_dir}", "--seed={seed}"]
editable = ["experiment.py"]
timeout_s = 60
[baseline]
seeds = [0, 1, 2]
[figures]
command = ["python", "plot.py"]
editable = ["plot.py"]
[metrics.explained_variance]
direction = "higher"
description = "Share of the variance of the activations that the reconstruction explains."
primary = true
[metrics.absorption]
direction = "lower"
description = "Share of first-letter cases in which a latent absorbs the letter."
digits = 3
[metrics.l0]
direction = "lower"
unit = "latents"
description = "Latents active on a token."
target = 16
digits = 1
[[proofs]]
check = "training.steps > 0"
reason = "the run trained no step"
[comparable]
keys = ["config.k", "config.training_tokens"]
"""
CODE = """\
\"\"\"Train a small sparse autoencoder.\"\"\"
import argparse

SETTINGS = {"k": 16, "training_tokens": 819200}


def loss(x, x_hat, acts):
    return ((x - x_hat) ** 2).sum(-1).mean()
"""
PLOT = "import json\n"
SEED_SPREAD = {"explained_variance": 0.002, "absorption": 0.011, "l0": 0.0}


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


class Story:
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
        title = "Baseline" if run == "run_0" else f"{self.texts.title} ({run})"
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
        if run == "run_0":
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


def final_info(ev: float, absorption: float, l0: float = 16.0, k: int = 16, seeds: int = 1) -> dict[str, Any]:
    """final_info.json after scoring; `seeds` > 1 for the baseline."""
    means = {"explained_variance": ev, "absorption": absorption, "l0": l0}
    return {
        "format": 1,
        "config": {"k": k, "training_tokens": 819200, "seed": 0},
        "training": {"steps": 400, "tokens": 819200, "loss_first": 1.02, "loss_last": 0.1031, "seconds": 29.0},
        "metrics": {
            name: {"mean": mean, "spread": SEED_SPREAD[name] if seeds > 1 else None, "n": seeds}
            for name, mean in means.items()
        },
    }


def make_template(folder: Path) -> Template:
    """A template of three metrics, without torch and without an evaluator."""
    write_text(folder / "template.toml", TEMPLATE)
    write_text(folder / "experiment.py", CODE)
    write_text(folder / "plot.py", PLOT)
    return load_template(folder)


def make_idea(texts: Texts | None = None) -> Idea:
    """An idea whose texts can be planted."""
    texts = texts or Texts()
    return Idea(
        Name="pocket_orthogonality",
        Title=texts.idea,
        Experiment=texts.prose,
        Technical_Details=texts.prose,
        Implementation_Plan=texts.prose,
        Abstract=texts.prose,
    )


def make_session(tmp_path: Path, texts: Texts | None = None) -> Session:
    """The whole story of the module's docstring, in `tmp_path/runs`, on the template in `tmp_path/pocket`."""
    texts = texts or Texts()
    template = make_template(tmp_path / "pocket")
    session = start_session(
        tmp_path / "runs", make_idea(texts), template, Settings.model_validate({"model": "test/scripted"})
    )
    story = Story(session, texts)
    for seed in template.baseline.seeds:
        story.attempt(f"run_0/seed_{seed}", f"run_0/seed_{seed}", "ok", results=final_info(0.881, 0.150))
    story.accept("run_0", None, final_info(0.881, 0.150, seeds=3), CODE)
    story.exchange("writer", "plan/1", texts.prose)
    story.tell(Planned(step="plan", text=f"# Plan\n\n1. {texts.title}\n2. a control\n\n{texts.prose}"))
    _work_runs(story)
    _write_up(story)
    return session


def _work_runs(story: Story) -> None:
    texts = story.texts
    code = CODE + "\n\ndef weight(p):\n    return (1 - p) ** 2\n"
    story.edit("run_1/turn_1", "applied", code)
    info = final_info(0.8993, 0.121)
    story.accept("run_1", story.attempt("run_1", "run_1/turn_1", "ok", results=info).number, info, code)

    crash = f'Traceback (most recent call last):\n  File "experiment.py", line 8, in loss\n    acts @ decoder\n{texts.reason}'
    story.edit("run_2/turn_1", "applied", code + "oops\n")
    story.attempt(
        "run_2", "run_2/turn_1", "crashed", 4.0, reason=texts.reason, cause=crash, signature="RuntimeError@loss"
    )
    code += "\n\ndef threshold(p):\n    return 0.1 * (1 - p)\n"
    story.edit("run_2/turn_2", "applied", code)
    info = final_info(0.8822, 0.144)
    story.accept("run_2", story.attempt("run_2", "run_2/turn_2", "ok", results=info).number, info, code)

    story.edit("run_3/turn_1", "unmatched", code)
    story.attempt(
        "run_3",
        "run_3/turn_1",
        "no_edit",
        reason="the edit matched nothing",
        cause="no block matched",
        signature="unmatched",
    )
    story.edit("run_3/turn_2", "no_edit", code)
    story.attempt(
        "run_3",
        "run_3/turn_2",
        "no_edit",
        reason="the files are unchanged",
        cause="nothing changed",
        signature="no_edit",
    )
    story.tell(
        RunAbandoned(
            step="run_3/abandoned_1", run="run_3", title=texts.title, reason=f"no accepted result: {texts.reason}"
        )
    )
    code = code.replace('"k": 16', '"k": 32')
    story.edit("run_3/turn_3", "outside", code, outside=["harness/evaluation.py"])
    info = final_info(0.9411, 0.171, l0=32.0, k=32)
    attempt = story.attempt("run_3", "run_3/turn_3", "ok", results=info).number
    story.accept("run_3", attempt, info, code, ("config.k: 16 → 32",))
    write_bytes_in(story.session.paths.run(RunName.of(3)) / "loss.png", png())
    story.edit("run_4/turn_1", "no_edit", code, completed=True)


def _write_up(story: Story) -> None:
    texts, paths = story.texts, story.session.paths
    story.edit("figures/turn_1", "applied", name="plot.py")
    story.tell(FiguresDrawn(step="figures/turn_1", ok=False, reason=texts.reason, cause=texts.reason, signature="plot"))
    story.edit("figures/turn_2", "applied", name="plot.py")
    write_bytes_in(paths.figures / f"{texts.figure}.png", png())
    write_bytes_in(paths.figures / f"{texts.figure}.pdf", pdf("A figure"))
    story.tell(FiguresDrawn(step="figures/turn_2", ok=True, files=[f"{texts.figure}.pdf", f"{texts.figure}.png"]), 5)
    story.tell(Noted(step="figures/note", subject="figures", title="Figures", source=texts.prose, text=texts.prose))
    for section in ("Title and Abstract", "Results"):
        for phase in ("fill", "refine"):
            step = f"draft/{section}/{phase}"
            story.exchange("writer", f"{step}/1", texts.prose, sent=6000, received=900)
            title = texts.title if section.startswith("Title") else ""
            story.tell(
                SectionWritten(
                    step=step,
                    section=section,
                    phase=phase,
                    source=texts.prose,
                    title=title,
                    problems=[texts.reason] if phase == "refine" and not title else [],
                )
            )
    story.tell(CitationsFound(step="draft/citations", entries=[f"@article{{pocket2026, title={{{texts.title}}}}}"]))
    finding = {
        "where": f"Results, line 12: {texts.title}",
        "what": f"0.917 — {texts.reason}",
        "why": f"no result is 0.917; {texts.prose}",
    }
    story.tell(Audited(step="audit", findings=[finding], numbers=41))
    write_json(paths.audit, {"findings": [finding], "numbers": 41})
    write_bytes_in(paths.paper, pdf(story.session.idea.Name))
    story.tell(Compiled(step="compile", ok=True, pages=7, warnings=[f"Overfull hbox: {texts.title}"], marked=True), 11)
    write_text(paths.notes, texts.prose)
    story.tell(SessionEnded(state="findings", reason="1 finding", exit_code=5))


def cut_journal(session: Session, events: int, torn: str = "") -> None:
    """Leave the first `events` lines of the journal, and `torn` as a half-written last one."""
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    session.paths.journal.write_text("".join(lines[:events]) + torn, encoding="utf-8")


def write_bytes_in(path: Path, data: bytes) -> None:
    """Write a file, its folder made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def png(width: int = 320, height: int = 180) -> bytes:
    """A real PNG: a falling curve on white."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            curve = height * (0.9 - 0.75 * (1 - 1 / (1 + x / 40)))
            rows += b"\x2b\x6c\xb0" if abs(height - y - curve) < 2 else b"\xff\xff\xff"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def pdf(text: str) -> bytes:
    """A real one-page PDF that says `text` (ASCII letters only)."""
    plain = "".join(letter for letter in text if letter.isalnum() or letter in " _")
    stream = f"BT /F1 24 Tf 72 720 Td ({plain}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def load_json(path: Path) -> Any:
    """The JSON in `path`."""
    return json.loads(path.read_text(encoding="utf-8"))
