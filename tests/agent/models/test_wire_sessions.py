"""Faults of providers through whole sessions on the toy template, over HTTP: each ends as docs/models.md says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.results.story import story_of
from agent.session.events import Exchanged, Planned, Unused
from agent.session.idea import load_idea
from agent.session.paths import REPOSITORY
from agent.session.session import Session, open_session, start_session
from agent.session.settings import Settings
from agent.session.steps import RunName
from agent.session.template import load_template
from tests.world.model_server import ModelServer
from tests.world.toy import ANSWERS, FINAL_NOTES, IDEA, TEMPLATE, BlockCoder, block

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(600)]
STEPS = (
    "plan/1",
    "run_1/turn_2/1",
    "run_1/note/1",
    "run_1/advice/1",
    "run_1/note_final/1",
    "figures/turn_1/1",
    "figures/note/1",
)
PLACES = (0, 1, 2, 3, 5, 6)
"""One of each kind: the final note is asked as the note is."""
_WORDS = {step: text for (_, step), text in {**ANSWERS, **FINAL_NOTES}.items()}
GOOD = [{"text": _WORDS[name]} for name in STEPS]
GOOD[0] = {"text": _WORDS["plan/1"].rstrip() + "\n\nH1: excess_loss of run_1 better than baseline\n"}
GOOD[-1] = {"text": "## excess_loss.pdf\nThe excess loss of each run as a bar; lower is better."}
LONG_BLOCK = GOOD[1]["text"]


@dataclass(frozen=True)
class Case:
    """What the provider says before it answers, and what comes of it."""

    name: str
    answers: tuple[dict[str, Any], ...]
    paid: int = 0
    """Replies that were metered and not used."""
    pauses: str = ""
    """Words of the pause, where it does not go on."""
    asked: int = 1
    """Requests until the pause."""


def status(code: int, message: str, kind: str | None = None, **headers: str) -> dict[str, Any]:
    told = {name.replace("_", "-"): text for name, text in headers.items()}
    return {"status": code, "message": message, "code": kind, "headers": told}


def text(words: str, finish: str = "stop", **fields: Any) -> dict[str, Any]:
    return {"text": words, "finish": finish, "fields": fields}


def error_200(error: Any) -> dict[str, Any]:
    return {"body": {"error": error}}


CALL = [{"id": "1", "type": "function", "function": {"name": "search", "arguments": "{}"}}]
PASS = [
    Case("429", (status(429, "slow down"),)),
    Case("429 often", (status(429, "slow down"),) * 6),
    Case("429 with Retry-After", (status(429, "slow down", Retry_After="1"),)),
    Case("429 says again in", (status(429, "Rate limit reached. Please try again in 600ms."),)),
    Case(
        "429 billing in its words",
        (status(429, "Visit your billing settings to raise limits. Please try again in 0.2s"),),
    ),
    Case("429 code and forbidden", (status(429, "forbidden for now", "rate_limit_exceeded"),)),
    Case("429 quota per minute", (status(429, "Quota exceeded for requests per minute. Please retry in 0.3s."),)),
    Case("408", (status(408, "timed out"),)),
    Case("409", (status(409, "conflict"),)),
    Case("500", (status(500, "oops"),)),
    Case("500 thrice", (status(500, "oops"),) * 3),
    Case("502", (status(502, "bad gateway"),)),
    Case("503 with forbidden in it", (status(503, "forbidden: no capacity"),)),
    Case("503 with Retry-After", (status(503, "busy", Retry_After="1"),)),
    Case("504", (status(504, "gateway timeout"),)),
    Case("529", (status(529, "Overloaded", "overloaded_error"),)),
    Case("closed", ({"fault": "close"},)),
    Case("HTML", ({"fault": "garbage"},)),
    Case("cut JSON", ({"raw": '{"choices": [{"mess'},)),
    Case("null body", ({"raw": "null"},)),
    Case("empty body", ({"raw": ""},)),
    Case("no choices", ({"fault": "no_choices"},)),
    Case("200 with an error", (error_200({"message": "upstream is down", "code": 502}),)),
    Case("200 with an error of words", (error_200("upstream is down"),)),
    Case("200 with a rate limit", (error_200({"message": "slow down", "code": "rate_limit_exceeded"}),)),
    Case("null text", ({"fault": "null"},), paid=1),
    Case("empty", (text(""),), paid=1),
    Case("blank", (text(" \n\t"),), paid=1),
    Case("empty thrice", (text(""),) * 3, paid=3),
    Case("cut", (text("1. Averaging: the mean of all iter", "length"),), paid=1),
    Case("cut edit", (text(LONG_BLOCK[:-40], "length"),), paid=1),
    Case("cut with whole blocks", (text(LONG_BLOCK, "length"),), paid=1),
    Case("filtered with text", (text("I was about", "content_filter"),), paid=1),
    Case("filtered without text", (text("", "content_filter"),), paid=1),
    Case("only think", (text("<think>hm"),), paid=1),
    Case("only think, closed", (text("<think>hm</think>\n"),), paid=1),
    Case("only reasoning_content", (text("", reasoning_content="hm"),), paid=1),
    Case("think with an edit, unclosed", (text("<think>\n" + LONG_BLOCK),), paid=1),
    Case("refusal", (text("", refusal="I cannot"),), paid=1),
    Case("tool call", (text("", "tool_calls", tool_calls=CALL),), paid=1),
    Case("mixed", (status(500, "oops"), text(""), status(429, "slow down"), text("half", "length")), paid=2),
    Case(
        "no max_tokens",
        (status(400, "'max_tokens' is not supported. Use 'max_completion_tokens' instead.", "unsupported_parameter"),),
    ),
    Case(
        "smaller max_tokens",
        (status(400, "max_tokens is too large: 8192. This model supports at most 4096 completion tokens"),),
    ),
    Case(
        "context by max_tokens",
        (status(400, "maximum context length is 8192 tokens, you requested 9999", "context_length_exceeded"),),
    ),
    Case("no system role", (status(400, "System role not supported"),)),
    Case(
        "both refusals",
        (
            status(400, "Unsupported parameter: use 'max_completion_tokens' instead"),
            status(400, "max_completion_tokens is too large: at most 2048"),
        ),
    ),
]
STOP = [
    Case("401", (status(401, "no"),), pauses="set the provider's key"),
    Case("401 rate in its words", (status(401, "rate limit; try again in 1s"),), pauses="set the provider's key"),
    Case("402", (status(402, "Insufficient credits"),), pauses="add credit"),
    Case("403", (status(403, "no"),), pauses="rights"),
    Case("404", (status(404, "no such model"),), pauses="check --model and --base-url"),
    Case("413", (status(413, "Payload too large"),), pauses="lower max_output_tokens"),
    Case(
        "429 too large",
        (status(429, "Request too large: must be reduced", "rate_limit_exceeded"),),
        pauses="lower max_output_tokens",
    ),
    Case("429 quota", (status(429, "no more", "insufficient_quota"),), pauses="add credit"),
    Case(
        "429 quota in words",
        (status(429, "You exceeded your current quota, please check your plan"),),
        pauses="add credit",
    ),
    Case("429 for hours", (status(429, "slow down", Retry_After="9000"),), pauses="max_wait_minutes is 10"),
    Case("429 for good", (status(429, "slow down"),), pauses="max_wait_minutes", asked=9),
    Case("500 for good", (status(500, "the disk is on fire"),), pauses="the disk is on fire", asked=4),
    Case(
        "200 with an error for good", (error_200({"message": "upstream is down"}),), pauses="upstream is down", asked=4
    ),
    Case("400", (status(400, "temperature is wrong"),), pauses="temperature is wrong"),
    Case("400 key", (status(400, "API key not valid."),), pauses="set the provider's key"),
    Case("400 credit", (status(400, "Your credit balance is too low"),), pauses="add credit"),
    Case("400 filter", (status(400, "filtered", "content_filter"),), pauses="change the idea's words"),
    Case(
        "context for good", (status(400, "prompt is too long: 210000 tokens > 100 maximum"),), pauses="longer context"
    ),
    Case("empty for good", (text(""),), 4, "an empty reply", 4),
    Case("cut for good", (text("half a sen", "length"),), 2, "raise max_output_tokens", 2),
    Case("thought it away", (text("", "length", reasoning_content="hm"),), 1, "raise max_output_tokens", 1),
    Case("think at the limit", (text("<think>hm", "length"),), 1, "raise max_output_tokens", 1),
    Case("only reasoning for good", (text("", reasoning_content="hm"),), 2, "raise max_output_tokens", 2),
    Case("filtered for good", (text("x", "content_filter"),), 2, "filter", 2),
    Case("refusal for good", (text("", refusal="I cannot"),), 2, "I cannot", 2),
    Case("tools for good", (text("", "tool_calls", tool_calls=CALL),), 2, "tools", 2),
]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())


def live(folder: Path, server: ModelServer) -> Session:
    """A session of one run that asks the server."""
    settings = {"model": "a-model", "base_url": server.url, "first_wait_s": 0.01, "max_runs": 1, "paper": False}
    return start_session(
        folder / "runs",
        load_idea(IDEA),
        load_template(TEMPLATE),
        Settings.model_validate({**settings, "timeout_s": 20}),
    )


def told(session: Session) -> tuple[object, ...]:
    """What came of it, without what it cost."""
    notes = re.sub(r"^Compute: .*$", "Compute", session.paths.notes.read_text(), flags=re.MULTILINE)
    accepted = {name: (event.title, event.code) for name, event in story_of(session).accepted.items()}
    return accepted, notes, [event.text for event in session.journal.all(Planned)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch, ModelServer(folder, GOOD) as server:
        patch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
        session = live(folder, server)
        assert conduct(session).state == "done"
    return told(session)


@pytest.mark.parametrize(
    ("place", "case"),
    [(PLACES[n % len(PLACES)], case) for n, case in enumerate(PASS)],
    ids=lambda v: getattr(v, "name", v),
)
def test_a_session_gets_over_it(tmp_path: Path, undisturbed: tuple[object, ...], place: int, case: Case) -> None:
    """At a step of any kind, the coder's among them: the same runs and notes as without; what was paid is metered."""
    with ModelServer(tmp_path, [*GOOD[:place], *case.answers, *GOOD[place:]]) as server:
        session = live(tmp_path, server)
        ended = conduct(session)
        asked = len(server.requests)
    assert ended.state == "done", ended.reason
    assert told(session) == undisturbed
    assert asked == len(GOOD) + len(case.answers)
    unused = list(session.journal.all(Unused))
    assert len(unused) == case.paid and {event.asked for event in unused} <= {STEPS[place].replace("turn_2", "turn_1")}
    assert story_of(session).spent.calls == len(GOOD) + case.paid


@pytest.mark.parametrize("case", STOP, ids=lambda case: case.name)
def test_a_session_stops_and_says_what_helps(tmp_path: Path, case: Case) -> None:
    """Paused with the setting, flag or key; nothing is asked more often than helps; a resumed session goes on."""
    with ModelServer(tmp_path, list(case.answers)) as server:
        session = live(tmp_path, server)
        ended = conduct(session)
        asked = len(server.requests)
    assert (ended.state, ended.exit_code, asked) == ("paused", 4, case.asked), ended.reason
    assert case.pauses in ended.reason and "a-model" in ended.reason and "--resume" in ended.reason
    assert len(list(session.journal.all(Unused))) == case.paid == story_of(session).spent.calls
    assert not list(session.journal.all(Exchanged))
    assert open_session(session.paths.root).journal.events


def test_the_page_of_models_tells_how_many_there_are() -> None:
    """docs/models.md names the number of faults that are tried."""
    assert f"{len(PASS) + len(STOP)} faults" in (REPOSITORY / "docs" / "models.md").read_text()


def test_a_time_that_was_named_is_waited_for(tmp_path: Path) -> None:
    """No request comes before it, though the tries alone would have been over."""
    with ModelServer(tmp_path, [status(429, "slow down", Retry_After="2"), *GOOD]) as server:
        session = live(tmp_path, server)
        assert conduct(session).state == "done"
        first, second, *_ = server.requests
    assert second["at"] - first["at"] >= 2


def test_what_was_learnt_is_kept_for_the_session(tmp_path: Path) -> None:
    """Each refusal is heard once: all later requests have the other name, the smaller limit, no system message."""
    refused = [
        status(400, "Unsupported parameter: use 'max_completion_tokens' instead"),
        status(400, "max_completion_tokens is too large: at most 2048"),
        status(400, "System role not supported"),
    ]
    with ModelServer(tmp_path, [*refused, *GOOD]) as server:
        session = live(tmp_path, server)
        assert conduct(session).state == "done"
        requests = server.requests[3:]
    assert [request["max_completion_tokens"] for request in requests] == [2048] * len(GOOD)
    assert not any("max_tokens" in request for request in requests)
    assert {message["role"] for request in requests for message in request["messages"]} <= {"user", "assistant"}
    assert "You" in requests[0]["messages"][0]["content"]


def test_reasoning_is_taken_off_at_every_step(tmp_path: Path, undisturbed: tuple[object, ...]) -> None:
    """A model that thinks aloud before each reply leaves the same runs, notes and plan."""
    thought = "<think>\nI could set LEARNING_RATE = 0.02:\n" + LONG_BLOCK + "\nNo.\n</think>\n\n"
    with ModelServer(tmp_path, [{"text": thought + str(answer["text"])} for answer in GOOD]) as server:
        session = live(tmp_path, server)
        assert conduct(session).state == "done"
        assert len(server.requests) == len(GOOD)
    assert told(session) == undisturbed
    assert all(event.reasoning_characters for event in session.journal.all(Exchanged))


def test_aider_is_told_nothing_of_what_could_not_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real coder: a limited, a cut, an empty and a thinking reply in its turns leave the edits of the answers alone."""
    monkeypatch.undo()
    cut = "TITLE: Cut\n" + block("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.5")
    dropped = "<think>\n" + cut + "\nNo.\n</think>\n"
    faults = [status(429, "slow down", Retry_After="1"), text(cut, "length"), text("")]
    answers = [GOOD[0], *faults, {"text": dropped + LONG_BLOCK}, *GOOD[2:]]
    with ModelServer(tmp_path, answers) as server:
        session = live(tmp_path, server)
        ended = conduct(session)
        assert ended.state == "done", ended.reason
        assert len(server.requests) == len(answers)
    run = story_of(session).accepted[RunName.of(1)]
    code = session.blobs.get(run.code["experiment.py"]).decode()
    assert "LEARNING_RATE = 0.01\n" in code and "AVERAGE_FROM = 0.0" in code and run.title == "Average all iterates"
    assert [event.fault for event in session.journal.all(Unused)] == ["cut", "empty"]
