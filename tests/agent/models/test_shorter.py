"""A question that a model's context does not hold is asked once more without what it can do without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.errors import ModelUnavailable
from agent.models.exchanges import Exchanges
from agent.models.gateway import Gateway
from agent.models.limits import Limits
from agent.models.litellm_model import LitellmModel
from agent.models.manners import Manners
from agent.models.prices import longest_question
from agent.models.protocol import Message, Model, Request, Role
from agent.models.shorter import GONE, REFERENCE, SECTIONS, longest, shorter
from agent.models.tokens import count_tokens
from agent.prompts import FOLDER
from agent.session.paths import REPOSITORY
from agent.session.session import Session
from agent.session.steps import Step
from tests.world.model_server import ModelServer
from tests.world.toy import toy_session

WORDS = "word " * 200
OUTPUT = "\n".join(f"line {number}" for number in range(300))
BRIEF = f"""# An idea
What is tried.

# Plan
1. first

# Note of the last run
## run_1: a title
NOTE {WORDS}

# Advice after the last run
ADVICE {WORDS}

# Your task: run_2
```diff
# Advice after the last run
-DIFF {WORDS}
```
```
{OUTPUT}
```
```python
# Note of the last run
code = 1
```
"""
QUESTION = (
    Message("system", f"# Advice after\n{WORDS}"),
    Message("user", BRIEF),
    Message("user", f"{REFERENCE}\n{WORDS}"),
)
ALL = count_tokens(QUESTION)


@pytest.mark.parametrize(
    ("spared", "gone", "kept"),
    [
        (0, [], ["ADVICE", "NOTE", "DIFF", "line 150"]),
        (1, ["ADVICE"], ["NOTE", "DIFF", "line 150"]),
        (250, ["ADVICE", "NOTE"], ["DIFF", "line 150"]),
        (450, ["ADVICE", "NOTE", "DIFF"], ["line 150"]),
        (700, ["ADVICE", "NOTE", "DIFF", "line 150"], ["line 0", "line 299"]),
        (100_000, ["ADVICE", "NOTE", "DIFF", "line 150"], ["line 0", "line 299"]),
    ],
)
def test_what_is_needed_least_goes_first(spared: int, gone: list[str], kept: list[str]) -> None:
    """No more than must; what stays is as it was, headings in code are none, and a line says what is gone."""
    (system, user, reference), left = shorter(QUESTION, ALL - spared)
    assert system == QUESTION[0] and len(left) == len(gone) + (spared > 10_000)
    for words in gone:
        assert words not in user.content
    for words in ("What is tried.", "1. first", "# Your task: run_2", "code = 1", *kept):
        assert words in user.content
    assert (GONE in user.content) == bool(gone)
    assert (GONE in reference.content) == (spared > 10_000)


def test_the_sections_are_those_of_the_prompts() -> None:
    """Each heading stands in a prompt, and the coder's files for reference begin as they are looked for."""
    prompts = "\n".join(path.read_text() for path in FOLDER.glob("*.jinja"))
    for title in SECTIONS:
        assert f"# {title}" in prompts, title
    assert f'"{REFERENCE}\\n"' in (REPOSITORY / "agent" / "coding" / "aider_turn.py").read_text()


def test_what_is_longest_is_named() -> None:
    """Three parts with their tokens, by their headings."""
    told = longest(QUESTION)
    assert told.count("tokens") == 3 and "`Your task: run_2`" in told.split(",")[0]


def asked(message: str, request: Request) -> tuple[str, Manners]:
    """What a refusal with these words teaches."""
    from agent.models.faults import Fault

    manners = Manners()
    return manners.learn(Fault("context", message), request), manners


@pytest.mark.parametrize(
    ("message", "learnt"),
    [
        (f"maximum context length is {ALL - 100} tokens", True),
        ("prompt is too long", True),
        ("maximum context length is 300 tokens", False),
    ],
)
def test_a_refusal_is_heard_once(message: str, learnt: bool) -> None:
    """A context that is named, or a good half of what was refused; nothing is learnt where no part can make it fit."""
    request = Request("coder", Step("run_2/turn_1/1"), QUESTION, 1024)
    said, manners = asked(message, request)
    assert said.startswith("without `Advice after the last run`") == learnt
    sent = manners.form(request)["messages"]
    assert (GONE in sent[1]["content"]) == learnt


def gateway(session: Session, model: LitellmModel) -> Gateway:
    models: dict[Role, Model] = {"writer": model, "coder": model, "adviser": model}
    return Gateway(session.journal, Exchanges(session.paths.exchanges), models, Limits())


REFUSED = {"status": 400, "message": f"maximum context length is {ALL - 100} tokens", "code": "context_length_exceeded"}


@pytest.mark.process
def test_a_long_question_is_asked_shorter_and_remembered(tmp_path: Path) -> None:
    """Through the gateway: one refusal, said while it lasts; the next long question is short at once, a short one whole."""
    session, said = toy_session(tmp_path), list[str]()
    with ModelServer(tmp_path, [REFUSED, {"text": "hi"}]) as server:
        way = gateway(session, LitellmModel("m", server.url, 20, first_wait_s=0.01, say=said.append))
        for step in ("run_2/turn_1/1", "run_3/turn_1/1"):
            assert way.ask("coder", step, QUESTION) == "hi"
        way.ask("coder", "run_4/turn_1/1", [Message("user", "# Advice after the last run\nno")])
        sent: list[Any] = [request["messages"] for request in server.requests]
    assert len(sent) == 4 and [GONE in messages[-2 if len(messages) > 1 else 0]["content"] for messages in sent] == [
        False,
        True,
        True,
        False,
    ]
    assert "without `Advice after the last run`" in said[0] and said[-1] == ""
    assert "Advice after the last run" in Exchanges(session.paths.exchanges).read(2).detail["left_out"]
    assert Exchanges(session.paths.exchanges).read(3).detail == {}


@pytest.mark.process
def test_what_does_not_fit_either_is_told(tmp_path: Path) -> None:
    """Asked twice; the pause names the context, the question's length and what takes most of it."""
    with ModelServer(tmp_path, [REFUSED]) as server:
        with pytest.raises(ModelUnavailable) as told:
            gateway(toy_session(tmp_path), LitellmModel("m", server.url, 20)).ask("coder", "run_2/turn_1/1", QUESTION)
        assert len(server.requests) == 2
    for words in (f"length is {ALL - 100} tokens", "tokens without a reply", "`Your task: run_2`", "longer context"):
        assert words in str(told.value)


def test_a_context_that_is_listed_is_known_beforehand() -> None:
    """By litellm's list, for a provider at home; a server of one's own may serve the name with another."""
    assert (longest_question("gpt-4o") or 0) >= 100_000 and longest_question("Qwen/Qwen3-8B") is None
    assert LitellmModel("gpt-4o").manners.most_sent == longest_question("gpt-4o")
    assert LitellmModel("gpt-4o", "http://127.0.0.1:9/v1").manners.most_sent is None
