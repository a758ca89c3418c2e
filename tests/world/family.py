"""Toy sessions whose runs have parents: answers by step, played by the rules of today rather than as an old recording."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agent.models.recording import Answer, Header, Recording
from agent.session.idea import load_idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.steps import RunName
from agent.session.template import load_template
from tests.world.toy import ANSWERS, IDEA, TEMPLATE, block, line

Answers = Mapping[tuple[str, str], str]
RATE = "LEARNING_RATE = 0.01"
_SEED = '"seed": args.seed'
_RNG = line("rng = random.Random(seed)")


def halved(run: str) -> str:
    """A turn that halves the step; it finds its place wherever the step is the baseline's."""
    return f"TITLE: Half the step, {run}\nADVICE: none.\n" + block(RATE, f"{RATE}\nLEARNING_RATE = LEARNING_RATE / 2")


def marked(run: str, name: str) -> str:
    """A turn that draws some more numbers and records how many, so that a run tells whose child it is by its config.

    Several of them find their places in the same file.
    """
    count = len(name) + ord(name[0]) % 7
    return (
        f"TITLE: {name} is recorded in {run}\n"
        + block(_RNG, f"{_RNG}\n    [rng.random() for _ in range({name.upper()})]")
        + block(RATE, f"{RATE}\n{name.upper()} = {count}")
        + block(_SEED, f'"{name}": {name.upper()}, {_SEED}')
    )


def plain_note(run: str) -> str:
    """A note that holds whatever was measured."""
    return (
        f"Title: What {run} tried\nWhat changed: A setting.\nWhy: It is a test.\n"
        f"What was seen: On excess loss {run} is [[{run}.excess_loss.verdict]].\nReading: One seed was run.\nNext: More.\n"
    )


def final_note(run: str, answer: str = "The objection holds; the reading is narrower now.") -> str:
    """The final form of that note."""
    return plain_note(run).replace("One seed was run.", "One seed was run, so this may be chance.") + (
        f"Answer to the advice: {answer}\n"
    )


def answers(runs: Mapping[str, str], plan: str, advice: Mapping[str, str] | None = None) -> dict[tuple[str, str], str]:
    """What is answered: `runs` by run the reply of its only turn, `advice` by run what the adviser says."""
    told = {("writer", "plan/1"): plan}
    for run, reply in runs.items():
        told["coder", f"{run}/turn_1/1"] = reply
        told["writer", f"{run}/note/1"] = plain_note(run)
        told["writer", f"{run}/note_final/1"] = final_note(run)
        told["adviser", f"{run}/advice/1"] = (advice or {}).get(run, "The difference is small; try another setting.")
    figures = ("coder", "figures/turn_1/1")
    told[figures] = ANSWERS[figures]
    told["writer", "figures/note/1"] = "## excess_loss.pdf\nThe excess loss of each run as a bar; lower is better."
    return told


def family_session(
    folder: Path, told: Answers, parents: Mapping[str, str] | None = None, **settings: object
) -> Session:
    """A new toy session under `folder`/runs that plays these answers; `parents` are the recording's own."""
    path = folder / "family.recording.jsonl"
    header = Header(
        idea="averaged_iterates",
        made="2026-01-01T00:00:00+00:00",
        origin="written by hand for the tests",
        parents={RunName(run): RunName(parent) for run, parent in (parents or {}).items()},
    )
    Recording(header, [Answer(role=role, step=step, reply=text) for (role, step), text in told.items()]).save(path)
    chosen = Settings.model_validate({"model": "recorded", "recording": str(path), "paper": False, **settings})
    return start_session(folder / "runs", load_idea(IDEA), load_template(TEMPLATE), chosen)
