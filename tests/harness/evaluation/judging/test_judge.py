"""A judge behind a real server, a recorded one, and one that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.evaluation.judging import judge as judges
from harness.evaluation.judging.judge import (
    JudgeError,
    LitellmJudge,
    RecordedJudge,
    RecordingJudge,
    missing_for,
    open_judge,
    python_with_litellm,
    question_key,
)
from tests.harness.evaluation.examples import Oracle
from tests.world.model_server import ModelServer

pytestmark = pytest.mark.process

needs_litellm = pytest.mark.skipif(python_with_litellm() is None, reason="no environment has litellm")
ASKED = [{"role": "system", "content": "You explain."}, {"role": "user", "content": "What is this?"}]


@needs_litellm
def test_a_litellm_judge_is_asked_over_http(tmp_path: Path) -> None:
    """Messages and the limit arrive at the server as they are, from a process of its own; ten questions at once do too."""
    from concurrent.futures import ThreadPoolExecutor

    with ModelServer(tmp_path, [{"text": " cats "}]) as server:
        judge = LitellmJudge("openai/some-model", server.url)
        try:
            with ThreadPoolExecutor(10) as pool:
                answers = list(pool.map(lambda _: judge.ask(ASKED, 30), range(10)))
        finally:
            judge.close()
        assert answers == [" cats "] * 10
        assert len(server.requests) == 10
        assert server.requests[0]["messages"] == ASKED
        assert (server.requests[0]["max_tokens"], server.requests[0]["model"]) == (30, "some-model")


@needs_litellm
def test_a_judge_that_refuses_is_an_error_that_says_why(tmp_path: Path) -> None:
    """An answer of 401, and an empty one, are errors that name the judge."""
    answers = [{"status": 401, "message": "bad key"}]
    with ModelServer(tmp_path, answers) as server:
        judge = LitellmJudge("openai/some-model", server.url)
        with pytest.raises(JudgeError, match=r"openai/some-model gave no answer: .*AuthenticationError.*bad key"):
            judge.ask(ASKED, 30)
        judge.close()
        with pytest.raises(JudgeError, match="has ended"):
            judge.ask(ASKED, 30)


@needs_litellm
def test_a_missing_key_is_said_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """litellm's own table says which variable a model needs; a server of one's own needs none."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    found = missing_for("openai/gpt-4o-mini")
    assert found == ["OPENAI_API_KEY is not set, and the judge openai/gpt-4o-mini cannot be asked without it"]
    assert missing_for("openai/gpt-4o-mini", "http://127.0.0.1:1/v1") == []


@needs_litellm
def test_a_judge_of_no_provider_is_said_before_anything_is_asked() -> None:
    """A name that litellm knows no provider for is lacking, not a run that fails at its first question."""
    (found,) = missing_for("misspelt-model")
    assert "the judge misspelt-model cannot be asked" in found


def test_no_judge_and_no_litellm_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a judge, with a file that is none, or without litellm there is a sentence that says what to do."""
    assert "--judge" in missing_for("")[0]
    assert "make one with --record_judge" in missing_for(f"recorded:{tmp_path / 'none.jsonl'}")[0]
    monkeypatch.setattr(judges, "python_with_litellm", lambda: None)
    assert "litellm is needed" in missing_for("openai/gpt-4o-mini")[0]
    with pytest.raises(JudgeError, match="litellm is needed"):
        open_judge("openai/gpt-4o-mini")


def test_recorded_answers_are_given_again_and_an_unknown_question_names_the_nearest(tmp_path: Path) -> None:
    """What was recorded is answered without the judge; a changed question fails and shows where it differs."""
    file = tmp_path / "answers.jsonl"
    oracle = Oracle("cats")
    recording = RecordingJudge(oracle, file)
    assert recording.ask(ASKED, 30) == "cats"
    assert recording.ask([*ASKED[:1], {"role": "user", "content": "And that one?"}], 30) == "cats"
    recorded = open_judge(f"recorded:{file}")
    assert isinstance(recorded, RecordedJudge)
    assert "oracle" in recorded.name
    assert recorded.ask(ASKED, 30) == "cats"
    assert len(oracle.asked) == 2
    with pytest.raises(JudgeError, match=r"has 'What is this\?' where it has 'What is these\?'"):
        recorded.ask([*ASKED[:1], {"role": "user", "content": "What is these?"}], 30)
    with pytest.raises(JudgeError, match="no answer to this question"):
        recorded.ask(ASKED, 31)
    file.write_text("half a li")
    with pytest.raises(JudgeError, match="holds no recorded answers"):
        RecordedJudge(file)


def test_a_key_depends_on_what_is_asked_alone() -> None:
    """Further fields of a message do not count; its text, its role and the limit do."""
    assert question_key([{**each, "name": "x"} for each in ASKED], 30) == question_key(ASKED, 30)
    others = [question_key(ASKED, 31), question_key(ASKED[:1], 30), question_key(ASKED[::-1], 30)]
    assert len({question_key(ASKED, 30), *others}) == 4
