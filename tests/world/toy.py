"""A whole session on the toy template, answered by hand: every kind of turn in a few seconds, with the real aider."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from agent.coding.coder import Ask, TurnReply, TurnRequest
from agent.models.protocol import Message
from agent.models.recording import Answer, Header, Recording
from agent.session.idea import load_idea
from agent.session.paths import REPOSITORY
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.template import load_template

TEMPLATE = REPOSITORY / "templates" / "toy"
IDEA = TEMPLATE / "idea.json"


def block(search: str, replace: str, name: str = "experiment.py") -> str:
    """One SEARCH/REPLACE block as aider reads it."""
    return f"{name}\n```python\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n```\n"


def line(part: str, name: str = "experiment.py") -> str:
    """The one line of the toy template that holds `part`, as it stands in the file."""
    found = [text for text in (TEMPLATE / name).read_text().splitlines() if part in text]
    assert len(found) == 1, (part, found)
    return found[0]


_LOOP = line("for v, g in zip(x, gradient")
_START = line("= list(START), 0, [], []")
_SEED = line('"seed": args.seed')
_AVERAGING = (
    block("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.01\nAVERAGE_FROM = 0.0")
    + block(_START, _START + "\n    mean, count = [0.0] * len(x), 0")
    + block(
        _LOOP,
        _LOOP + "\n        if steps >= AVERAGE_FROM * GRADIENTS:\n            count += 1\n"
        "            mean = [m + (v - m) / count for m, v in zip(mean, x)]",
    )
    + block("    return x, record", "    return mean, record")
    + block(_SEED, _SEED.replace('"seed"', '"average_from": AVERAGE_FROM, "seed"'))
)
_BARS = line("of each run, {better()})", "plot.py")
_SECTION_REFERENCES = "The best run by excess loss is [[best.name]]. [[conclusion]]"


def note(run: str) -> str:
    return (
        f"Title: Averaging, {run}\nWhat changed: The answer is a mean of the iterates from [[{run}.config.average_from]] of the run on.\n"
        f"Why: It asks how much of the error is noise.\nWhat was seen: On excess loss {run} is [[{run}.excess_loss.verdict]], "
        f"with [[{run}.excess_loss]].\nReading: One seed was run.\nNext: Another window.\n"
    )


def _title(text: str) -> str:
    return "\\title{Averaging Noisy Iterates}\n\\begin{abstract}\n" + text + "\n\\end{abstract}"


_DRAFT = {
    "Title and Abstract": _title("We average the iterates of noisy gradient descent. " + _SECTION_REFERENCES),
    "Introduction": "Noise keeps stochastic gradient descent from its minimum. We ask what averaging does about it.",
    "Background": "The mean of many iterates has less noise than one of them.",
    "Method": "The answer is $\\bar{x} = \\frac{1}{|W|} \\sum_{t \\in W} x_t$ over a window $W$ of steps.",
    "Experimental Setup": "Each run uses [[run_1.config.gradients]] gradients. The baseline was run with [[baseline.excess_loss.n]] seeds.",
    "Results": "On excess loss run 1 is [[run_1.excess_loss.verdict]], and run 2 is [[run_2.excess_loss.verdict]].\n\n[[table excess_loss distance]]",
    "Conclusion": "[[conclusion]] Each run has one seed, so small differences may be chance.",
    "Related Work": "Averaging is an old idea; we only study it at a small scale.",
}

ANSWERS: dict[tuple[str, str], str] = {
    ("writer", "plan/1"): "1. Averaging: mean of all iterates.\n2. Late averaging: mean of the last half.",
    ("coder", "run_1/turn_1/1"): "TITLE: Averaging\nI would average the iterates.",
    ("coder", "run_1/turn_2/1"): "TITLE: Average all iterates\n" + _AVERAGING,
    ("coder", "run_2/turn_1/1"): "TITLE: Average the last half\nADVICE: taken.\n"
    + block("AVERAGE_FROM = 0.1", "AVERAGE_FROM = 0.5"),
    ("coder", "run_2/turn_1/2"): "The block again:\n" + block("AVERAGE_FROM = 0.0", "AVERAGE_FROM = half"),
    ("coder", "run_2/turn_2/1"): "A number, not a word:\n" + block("AVERAGE_FROM = half", "AVERAGE_FROM = 0.5"),
    ("coder", "run_3/turn_1/1"): "ALL_COMPLETED",
    ("writer", "run_1/note/1"): note("run_1"),
    ("writer", "run_2/note/1"): note("run_2").replace("with [[", "with 0.0123 and [["),
    ("writer", "run_2/note/2"): note("run_2"),
    ("adviser", "run_1/advice/1"): "The early iterates carry bias: average the last half only.\nFrom: run_1",
    ("adviser", "run_2/advice/1"): "Nothing more is worth running.",
    ("coder", "figures/turn_1/1"): "TITLE: Say that it is the toy\n"
    + block(_BARS, _BARS.replace(", {better", "; {better"), "plot.py"),
    (
        "writer",
        "figures/note/1",
    ): "## excess_loss.pdf\nThe excess loss of each run as a bar; lower is better. On it run 2 is [[run_2.excess_loss.verdict]].",
    **{("writer", f"draft/{section}/fill/1"): text for section, text in _DRAFT.items()},
    **{
        ("writer", f"draft/{section}/refine/1"): text
        + (" This holds for the toy problem." if "abstract" not in text else "")
        for section, text in _DRAFT.items()
    },
    ("writer", "draft/title/1"): "Averaging Noisy Iterates",
}


FINAL_NOTES: dict[tuple[str, str], str] = {
    ("writer", f"{run}/note_final/1"): note(run)
    + "Answer to the advice: The reading holds; the window is tried next.\n"
    for run in ("run_1", "run_2")
} | {("writer", "notes/revised/1"): "NONE"}
"""What the writer answers to the advice, and that no note must change after all; recordings of before knew no such question."""


def toy_recording(path: Path, without: tuple[str, ...] = (), more: Mapping[tuple[str, str], str] | None = None) -> Path:
    """The answers as a recording at `path`; `without` leaves steps out, `more` are answers beside them."""
    header = Header(idea="averaged_iterates", made="2026-01-01T00:00:00+00:00", origin="written by hand for the tests")
    answers = [
        Answer(role=role, step=step, reply=text)
        for (role, step), text in {**ANSWERS, **(more or {})}.items()
        if step not in without
    ]
    Recording(header, answers).save(path)
    return path


def toy_session(folder: Path, **settings: object) -> Session:
    """A new session under `folder`/runs that plays the toy recording."""
    recording = toy_recording(folder / "toy.recording.jsonl")
    chosen = Settings.model_validate({"model": "recorded", "recording": str(recording), **settings})
    return start_session(folder / "runs", load_idea(IDEA), load_template(TEMPLATE), chosen)


_BLOCK = re.compile(r"^(\S+)\n```python\n<<<<<<< SEARCH\n(.*?)\n=======\n(.*?)\n>>>>>>> REPLACE\n```", re.S | re.M)


class BlockCoder:
    """Applies SEARCH/REPLACE blocks as aider does, with no process: for tests that run a session many times."""

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        messages = [Message("user", request.message)]
        for exchange in range(1, 5):
            reply = ask(messages)
            missed = [
                search for name, search, new in _BLOCK.findall(reply) if not self._apply(request, name, search, new)
            ]
            if not missed:
                return TurnReply(reply, exchanges=exchange)
            report = "no match for:\n" + "\n".join(missed)
            messages += [Message("assistant", reply), Message("user", report)]
        return TurnReply(
            reply, exchanges=exchange, edits_unmatched=len(missed), edits_left=len(missed), left_report=report
        )

    def close(self) -> None:
        pass

    @staticmethod
    def _apply(request: TurnRequest, name: str, search: str, new: str) -> bool:
        path = request.workspace / name
        text = path.read_text()
        if search not in text:
            return False
        path.write_text(text.replace(search, new, 1))
        return True
