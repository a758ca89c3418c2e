"""A small but realistic session folder, made through the real Journal and events, for tests of whatever reads sessions.

    session = make_session(tmp_path)                  # a whole session: baseline to audited paper
    cut_journal(session, 12)                          # as if it had been killed after its 12th event
    make_session(tmp_path, texts=Texts(title="<script>…"))   # planted text in every field that people or models fill

The story: a baseline of three seeds; run_1 better beyond noise; run_2 crashes once and is repaired, within noise;
run_3 starts with an edit that does not match and one that changes nothing, then comes out not comparable; then the
coder is done, figures fail once, the paper is written, audited with one finding and compiled with the DRAFT mark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent.session.events import (
    Audited,
    CitationsFound,
    Compiled,
    FiguresDrawn,
    Finding,
    Noted,
    Planned,
    RunAbandoned,
    SectionWritten,
    SessionEnded,
)
from agent.session.files import write_json, write_text
from agent.session.idea import Idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.steps import RunName
from agent.session.template.contract import Metric, Template
from tests.world.files import pdf, png, write_bytes_in
from tests.world.scribe import CODE, Scribe, Texts
from tests.world.templates import write_template

METRICS = {
    "explained_variance": Metric(
        direction="higher",
        description="Share of the variance of the activations that the reconstruction explains.",
        primary=True,
    ),
    "absorption": Metric(
        direction="lower", description="Share of first-letter cases in which a latent absorbs the letter.", digits=3
    ),
    "l0": Metric(direction="lower", unit="latents", description="Latents active on a token.", target=16, digits=1),
}
SEED_SPREAD = {"explained_variance": 0.002, "absorption": 0.011, "l0": 0.0}


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
    return write_template(folder, "A pocket autoencoder", METRICS, CODE, ["config.k", "config.training_tokens"])


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
    scribe = Scribe(session, texts)
    for seed in template.baseline.seeds:
        scribe.attempt(f"run_0/seed_{seed}", f"run_0/seed_{seed}", "ok", results=final_info(0.881, 0.150))
    scribe.accept("run_0", None, final_info(0.881, 0.150, seeds=3), CODE)
    scribe.exchange("writer", "plan/1", texts.prose)
    scribe.tell(Planned(step="plan", text=f"# Plan\n\n1. {texts.title}\n2. a control\n\n{texts.prose}"))
    _work_runs(scribe)
    _write_up(scribe)
    return session


def _work_runs(scribe: Scribe) -> None:
    texts = scribe.texts
    code = CODE + "\n\ndef weight(p):\n    return (1 - p) ** 2\n"
    scribe.edit("run_1/turn_1", "applied", code)
    info = final_info(0.8993, 0.121)
    scribe.accept("run_1", scribe.attempt("run_1", "run_1/turn_1", "ok", results=info).number, info, code)

    crash = f'Traceback (most recent call last):\n  File "experiment.py", line 8, in loss\n    acts @ decoder\n{texts.reason}'
    scribe.edit("run_2/turn_1", "applied", code + "oops\n")
    scribe.attempt(
        "run_2", "run_2/turn_1", "crashed", 4.0, reason=texts.reason, cause=crash, signature="RuntimeError@loss"
    )
    code += "\n\ndef threshold(p):\n    return 0.1 * (1 - p)\n"
    scribe.edit("run_2/turn_2", "applied", code)
    info = final_info(0.8822, 0.144)
    scribe.accept("run_2", scribe.attempt("run_2", "run_2/turn_2", "ok", results=info).number, info, code)

    scribe.edit("run_3/turn_1", "unmatched", code)
    scribe.attempt(
        "run_3",
        "run_3/turn_1",
        "no_edit",
        reason="the edit matched nothing",
        cause="no block matched",
        signature="unmatched",
    )
    scribe.edit("run_3/turn_2", "no_edit", code)
    scribe.attempt(
        "run_3",
        "run_3/turn_2",
        "no_edit",
        reason="the files are unchanged",
        cause="nothing changed",
        signature="no_edit",
    )
    scribe.tell(
        RunAbandoned(
            step="run_3/abandoned_1", run="run_3", title=texts.title, reason=f"no accepted result: {texts.reason}"
        )
    )
    code = code.replace('"k": 16', '"k": 32')
    scribe.edit("run_3/turn_3", "outside", code, outside=["harness/evaluation.py"])
    info = final_info(0.9411, 0.171, l0=32.0, k=32)
    attempt = scribe.attempt("run_3", "run_3/turn_3", "ok", results=info).number
    scribe.accept("run_3", attempt, info, code, ("config.k: 16 → 32",))
    write_bytes_in(scribe.session.paths.run(RunName.of(3)) / "loss.png", png())
    scribe.edit("run_4/turn_1", "no_edit", code, completed=True)


def _write_up(scribe: Scribe) -> None:
    texts, paths = scribe.texts, scribe.session.paths
    scribe.edit("figures/turn_1", "applied", name="plot.py")
    scribe.tell(
        FiguresDrawn(step="figures/turn_1", ok=False, reason=texts.reason, cause=texts.reason, signature="plot")
    )
    scribe.edit("figures/turn_2", "applied", name="plot.py")
    write_bytes_in(paths.figures / f"{texts.figure}.png", png())
    write_bytes_in(paths.figures / f"{texts.figure}.pdf", pdf("A figure"))
    scribe.tell(FiguresDrawn(step="figures/turn_2", ok=True, files=[f"{texts.figure}.pdf", f"{texts.figure}.png"]), 5)
    scribe.tell(Noted(step="figures/note", subject="figures", title="Figures", source=texts.prose, text=texts.prose))
    for section in ("Title and Abstract", "Results"):
        for phase in ("fill", "refine"):
            step = f"draft/{section}/{phase}"
            scribe.exchange("writer", f"{step}/1", texts.prose, sent=6000, received=900)
            title = texts.title if section.startswith("Title") else ""
            scribe.tell(
                SectionWritten(
                    step=step,
                    section=section,
                    phase=phase,
                    source=texts.prose,
                    title=title,
                    problems=[texts.reason] if phase == "refine" and not title else [],
                )
            )
    scribe.tell(CitationsFound(step="draft/citations", entries=[f"@article{{pocket2026, title={{{texts.title}}}}}"]))
    finding = Finding(
        where=f"Results, line 12: {texts.title}",
        what=f"0.917 — {texts.reason}",
        why=f"no result is 0.917; {texts.prose}",
    )
    scribe.tell(Audited(step="audit", findings=[finding], numbers=41))
    write_json(paths.audit, {"findings": [finding.model_dump()], "numbers": 41})
    write_bytes_in(paths.paper, pdf(scribe.session.idea.Name))
    scribe.tell(Compiled(step="compile", ok=True, pages=7, warnings=[f"Overfull hbox: {texts.title}"], marked=True), 11)
    write_text(paths.notes, texts.prose)
    scribe.tell(SessionEnded(state="findings", reason="1 finding", exit_code=5))


def cut_journal(session: Session, events: int, torn: str = "") -> None:
    """Leave the first `events` lines of the journal, and `torn` as a half-written last one."""
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    session.paths.journal.write_text("".join(lines[:events]) + torn, encoding="utf-8")
