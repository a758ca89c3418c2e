"""What a fresh conversation is told: the scale, published results apart, and the same in a dry run as in a session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.brief import Brief
from agent.commands.dry_run import describe
from agent.models.protocol import Message
from agent.models.tokens import count_tokens
from agent.prompts import Prompts
from agent.results.choosing.parents import Change
from agent.session.events import Advised, Edited, RunAccepted
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.steps import BASELINE
from agent.session.template import load_template
from tests.agent.session.template.test_scales import CONTRACT, IDEA, write_template


def begun(folder: Path, scale: str, contract: str = CONTRACT, **metrics: float) -> Session:
    """A session at a scale whose baseline is measured."""
    template = load_template(write_template(folder / "sized", contract), scale)
    session = start_session(
        folder / "runs", IDEA, template, Settings.model_validate({"model": "manual", "scale": scale})
    )
    measured = {name: {"mean": value, "spread": 0.01, "n": 2} for name, value in metrics.items()}
    session.journal.append(
        RunAccepted(run="run_0", title="Baseline", results={"config": {}, "training": {}, "metrics": measured})
    )
    return session


@pytest.mark.parametrize("message", ["plan", "run"])
def test_the_coder_is_told_the_scale(tmp_path: Path, message: str) -> None:
    """Plan and brief name the scale and what it is, and what others reported below the table, called that."""
    brief = Brief(begun(tmp_path, "full", loss=0.5), Prompts())
    text = brief.run("run_1") if message == "run" else brief.prompts.render("plan", **brief.plan())
    assert "a model of 2 billion parameters" in text and "full" in text
    table, _, below = text.partition("Reported by others (a paper), not measured here, never compared with:")
    assert "| **loss** | lower | 0.5000" in table and "0.25" not in table
    assert "- topk: loss 0.25, unlearning 0.1" in below
    if message == "run":
        assert "--scale=full --out_dir=run_1" in text


def test_a_scale_without_published_results_tells_of_none(tmp_path: Path) -> None:
    """At the default scale nothing is reported, and nothing is said of it."""
    text = Brief(begun(tmp_path, "", loss=0.5), Prompts()).run("run_1")
    assert "at scale tiny" in text and "eported by others" not in text


@pytest.mark.parametrize(
    ("keys", "said"), [(["config.k", "training.steps"], "k, steps."), ([], "The budget stays as it is")]
)
@pytest.mark.parametrize("message", ["plan", "run"])
def test_the_coder_is_told_what_must_stay(tmp_path: Path, message: str, keys: list[str], said: str) -> None:
    """The settings that the template compares runs at, by its own names, and those of no other template."""
    contract = f"{CONTRACT}[comparable]\nkeys = {json.dumps(keys)}\n"
    session = begun(tmp_path, "", contract, loss=0.5)
    brief = Brief(session, Prompts())
    text = brief.run("run_1") if message == "run" else brief.prompts.render("plan", **brief.plan())
    assert said in text and "dictionary" not in text


def test_a_dry_run_measures_the_messages_that_a_session_sends(tmp_path: Path) -> None:
    """Plan and first brief of a dry run have the sizes of a session's whose baseline has no value yet."""
    session = begun(tmp_path, "full")
    brief = Brief(session, Prompts())
    sizes = [
        count_tokens([Message("user", text)])
        for text in (brief.prompts.render("plan", **brief.plan()), brief.run("run_1"))
    ]
    shown = describe(session.idea, session.template, session.settings)
    assert f"  plan: {sizes[0]}\n  first brief to the coder: {sizes[1]}\n" in shown


def test_the_adviser_hears_what_the_coder_took(tmp_path: Path) -> None:
    """What a run's turn said of the advice before it stands in the next advice's message; the first run has none to answer."""
    session = begun(tmp_path, "", loss=0.5)
    session.journal.append(Edited(step="run_1/turn_1", outcome="applied", advice="None yet."))
    run = session.journal.append(RunAccepted(run="run_1", title="One", results={"metrics": {"loss": {"mean": 0.4}}}))
    brief = Brief(session, Prompts())
    assert brief.advice(run, "a note", Change(BASELINE))["taken"] == ""
    session.journal.append(Advised(run="run_1", text="Halve the rate."))
    session.journal.append(Edited(step="run_2/turn_1", outcome="applied", advice="Not taken: the rate is fixed."))
    session.journal.append(Edited(step="run_2/turn_2", outcome="applied"))
    run = session.journal.append(RunAccepted(run="run_2", title="Two", results={"metrics": {"loss": {"mean": 0.3}}}))
    text = brief.prompts.render("advice", **brief.advice(run, "a note", Change(BASELINE)))
    assert "What its coder took from the advice before it: Not taken: the rate is fixed." in text
