"""Refusals as providers, servers and gateways word them, over HTTP: each is told for what it is (refusals.jsonl holds them)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.models.bodies import mended
from agent.models.bodies.errors import as_error
from agent.models.faults import STATUS, fault_of
from agent.models.litellm_model import LitellmModel
from agent.models.manners import Manners
from agent.models.protocol import Message, Request
from agent.session.steps import Step
from tests.world.model_server import ModelServer

REFUSALS = [json.loads(line) for line in (Path(__file__).parent / "refusals.jsonl").read_text().splitlines()]
TOLD = [json.loads(line) for line in (Path(__file__).parent / "refusals_told.jsonl").read_text().splitlines()]
ASKED = Request("writer", Step("plan/1"), (Message("system", "Answer."), Message("user", "How?")), 8192)


def scripted(refusal: dict[str, Any]) -> dict[str, Any]:
    """The refusal as the server for tests is told it."""
    body = {"raw": refusal["body"]} if isinstance(refusal["body"], str) else {"body": refusal["body"]}
    return {"status": refusal["status"], "headers": refusal.get("headers", {}), **body}


@pytest.mark.process
def test_each_refusal_is_told_for_what_it_is(tmp_path: Path) -> None:
    """Some 160 bodies of forty makers: the kind, and the wait where one is named; none is asked twice by litellm itself."""
    wrong = []
    with ModelServer(tmp_path, [scripted(refusal) for refusal in REFUSALS]) as server:
        model = LitellmModel("m", server.url, 20)
        for refusal in REFUSALS:
            with pytest.raises(Exception) as told:
                model.answer_once(ASKED)
            fault = fault_of(told.value)
            wait = refusal.get("wait_s")
            if fault.kind != refusal["kind"] or (wait and abs((fault.wait_s or 0) - wait) > 1):
                wrong.append((refusal["name"], refusal["kind"], fault))
        assert not wrong
        assert len(server.requests) == len(REFUSALS)


class Refused(Exception):
    """A refusal as it comes up from below: its body in one form, or, of an interface of a provider's own, its text alone."""

    def __init__(self, refusal: dict[str, Any]) -> None:
        self.status_code: int = refusal["status"]
        self.litellm_response_headers: dict[str, str] = {}
        if "text" in refusal:
            super().__init__(f"litellm.APIError: {refusal['text']}")
            return
        raw = refusal["body"] if isinstance(refusal["body"], str) else json.dumps(refusal["body"])
        self.status_code, body = mended(self.status_code, raw.encode())
        self.body = json.loads(body)["error"]
        self.litellm_response_headers = {STATUS: str(self.status_code)}
        super().__init__(f"litellm.APIError: OpenAIException - {self.body['message']}")


@pytest.mark.parametrize("refusal", TOLD, ids=[refusal["name"] for refusal in TOLD])
def test_a_refusal_has_its_kind_by_its_words(refusal: dict[str, Any]) -> None:
    """200 more bodies, as they stand: what passes is waited for, what stops names what helps, what can be mended is."""
    assert fault_of(Refused(refusal)).kind == refusal["kind"]


@pytest.mark.parametrize(
    ("name", "learnt"),
    [
        ("bedrock maxtok", 4096),
        ("gem maxout", 65_536),
        ("gem ctx", None),
        ("bedrock sys", None),
        ("mistral sys order", None),
    ],
)
def test_what_can_be_mended_is_mended_from_its_words(name: str, learnt: int | None) -> None:
    """The limit that is named is taken (one less where it is said to be excluded), the system message folded."""
    fault = fault_of(Refused(next(refusal for refusal in TOLD if refusal["name"] == name)))
    manners = Manners()
    said = manners.learn(fault, ASKED if name != "gem maxout" else replace(ASKED, max_tokens=99_999))
    if learnt is not None:
        assert manners.most == learnt
    elif fault.kind == "no_system":
        assert said and not manners.system
    else:
        assert 1_048_576 in fault.numbers


@pytest.mark.parametrize(
    ("body", "words", "code"),
    [
        ({"error": {"message": "no", "type": "x", "code": 3}}, "no", 3),
        ({"error": "no"}, "no", None),
        ({"detail": [{"loc": ["body", "model"], "msg": "field required"}]}, "body.model: field required", None),
        ({"errors": [{"code": "q", "message": "no"}]}, "no", "q"),
        ([{"error": {"message": "no", "details": [{"quotaId": "PerDay-x"}]}}], "no. quotaId: PerDay-x", None),
        ({"title": "Bad", "detail": "too long", "status": 400}, "too long. Bad", "400"),
        (
            {"error": {"message": "Provider returned error", "metadata": {"raw": "busy"}}},
            "Provider returned error. busy",
            None,
        ),
        ("<!DOCTYPE html><html><title>502 &amp; more</title></html>", "502 & more", None),
        ("", "HTTP 503 Service Unavailable", None),
        ("busy", "busy", None),
    ],
)
def test_a_refusal_s_words_are_found(body: object, words: str, code: object) -> None:
    """Wherever a provider puts them; what is a page is told by its title, and what says nothing by its status."""
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = json.loads(as_error(503, data))["error"]
    assert (error["message"], error.get("code")) == (words, code)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error_code": 17, "error_msg": "Open api daily request limit reached"}, 429),
        ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}, "choices": None}, 429),
        ({"success": False, "message": "upstream timeout"}, 502),
        ({"choices": [{"error": {"code": 503, "message": "died"}, "message": {"content": ""}}]}, 503),
    ],
)
def test_a_refusal_of_status_200_is_one(body: dict[str, Any], status: int) -> None:
    """An error in the place of an answer is no empty reply: it is not paid, and its words say what it is."""
    assert mended(200, json.dumps(body).encode())[0] == status


@pytest.mark.parametrize(
    ("message", "window"),
    [
        (
            "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 808 `inputs` tokens and 8192 `max_new_tokens`",
            4096,
        ),
        ("input length and `max_tokens` exceed context limit: 197000 + 8192 > 200000", 200000),
        ("input_tokens (50) + max_tokens (8192) exceeds 8000", 8000),
        ("The sum of prompt length (50.0) and max_tokens (8192) should not exceed max_num_tokens (8100)", 8100),
        ("Prompt contains 70000 tokens, too large for model with 32768 maximum context length", 32768),
        ("Range of input length should be [1, 6000]", 6000),
    ],
)
def test_the_context_is_read_where_a_sum_names_it(message: str, window: int) -> None:
    """A limit on question and reply together is the model's context; it is remembered for the session."""
    manners, asked = Manners(), Request("writer", Step("plan/1"), (Message("user", "word " * 1000),), 250_000)
    error = ValueError(message)
    error.status_code = 400  # type: ignore[attr-defined]
    fault = fault_of(error)
    assert fault.kind == "context" and manners.learn(fault, asked)
    assert manners.window == window
