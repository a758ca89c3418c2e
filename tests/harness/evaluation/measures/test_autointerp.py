"""Autointerp with judges whose answers are known, and with one that was recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.evals.autointerp import Autointerp
from harness.evaluation.judging.judge import Judge, Messages, open_judge, python_with_litellm
from harness.evaluation.measures import autointerp
from harness.evaluation.measures.autointerp import Interpreted, InterpretError
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.scoring.writer import Writer
from harness.read.text import token_rows
from tests.harness.evaluation.examples import Oracle, an_sae
from tests.world.model_server import ModelServer

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s
needs_litellm = pytest.mark.skipif(python_with_litellm() is None, reason="no environment has litellm")


@pytest.fixture(scope="module")
def asked(hooked: Any) -> Callable[[Judge], Interpreted]:
    """interpret() with small sizes on the shipped model."""
    sae = as_upstream_sae(an_sae())
    rows = token_rows(hooked.tokenizer, "heldout", 4000, 128, seed=2)

    def ask(judge: Judge) -> Interpreted:
        return autointerp.interpret(sae, hooked, torch.from_numpy(rows.ids), judge, 5)

    return ask


def test_a_judge_that_always_says_none_scores_the_floor(asked: Callable[[Judge], Interpreted]) -> None:
    """It is right about the texts without the latent: 10 of 14, less those drawn at random in which it is on."""
    found = asked(Oracle("None"))
    assert len(found.by_latent) == 5
    for each in found.by_latent.values():
        assert each["score"] == pytest.approx(1 - len(each["correct seqs"]) / 14)
    assert found.scores()["autointerp"] < 10 / 14 + 1e-6
    assert found.details()["judge"] == "oracle"


def test_a_right_judge_scores_one_and_a_mute_one_is_an_error(asked: Callable[[Judge], Interpreted]) -> None:
    """Saying exactly the texts with the latent on is 1; answers that are no numbers are counted, and none is an error."""
    known = asked(Oracle("None")).by_latent

    class Knowing(Oracle):
        def ask(self, messages: Messages, max_tokens: int) -> str:
            super().ask(messages, max_tokens)
            if "examples:" not in messages[-1]["content"]:
                return f"this neuron activates on number {len(self.asked)}"
            return self.answer

    first = next(iter(known.values()))
    partly = asked(Knowing(", ".join(map(str, first["correct seqs"]))))
    assert partly.by_latent[first["latent"]]["score"] == 1.0
    with pytest.raises(InterpretError, match="none of 5 latents could be scored"):
        asked(Oracle("all of them"))


@needs_litellm
def test_a_recorded_judge_gives_the_scores_of_the_one_that_was_recorded(
    asked: Callable[[Judge], Interpreted], tmp_path: Path
) -> None:
    """A judge behind a server is recorded while ten questions are under way; played back, every figure is the same."""
    with ModelServer(tmp_path, [{"text": "1, 2, 3"}]) as server:
        live = open_judge("openai/some-model", server.url, tmp_path / "answers.jsonl")
        first = asked(live)
        questions = len(server.requests)
    again = asked(open_judge(f"recorded:{tmp_path / 'answers.jsonl'}"))
    assert questions == 10
    assert again.by_latent == first.by_latent
    assert again.scores() == first.scores()
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert {line["model"] for line in lines} == {"openai/some-model"}


def test_the_result_file_is_saebench_s(asked: Callable[[Judge], Interpreted], tmp_path: Path) -> None:
    """The file meets sae-bench's schema and holds the score and who judged."""
    found = asked(Oracle("None"))
    submission = an_sae()
    as_upstream_sae(submission)
    writer = Writer(submission, tmp_path, "run_1")
    value = json.loads(writer.write(Autointerp.result, Autointerp().output(writer, found)).read_text())
    score = value["eval_result_metrics"]["autointerp"]["autointerp_score"]
    assert score == pytest.approx(found.scores()["autointerp"], rel=1e-9)
    assert value["eval_result_unstructured"]["judge"] == "oracle"
    assert torch.is_grad_enabled()
