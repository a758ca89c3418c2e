"""Who judges whether a latent can be explained: any model that litellm knows, or the recorded answers of one.

openai/gpt-4o-mini          asked through litellm, in a process of its own (judge_worker.py)
recorded:answers.jsonl      answers recorded before; a question that was not recorded is an error
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from harness.errors import HarnessError

RECORDED = "recorded:"
REPOSITORY = Path(__file__).resolve().parents[3]
WORKER = Path(__file__).with_name("judge_worker.py")
_NO_LITELLM = (
    "litellm is needed to ask a judge and is in none of the environments: run `make setup`, or install litellm here"
)

Messages = Sequence[Mapping[str, str]]


class JudgeError(HarnessError):
    """The judge cannot be asked, or gave no answer; says why and what to do."""


class Judge(Protocol):
    """Answers a conversation."""

    name: str

    def ask(self, messages: Messages, max_tokens: int) -> str:
        """The judge's answer. Raises JudgeError."""
        ...


def question_key(messages: Messages, max_tokens: int) -> str:
    """A hash of what is asked, whoever is asked."""
    asked = [{"role": message["role"], "content": message["content"]} for message in messages]
    return hashlib.sha256(json.dumps([asked, max_tokens]).encode()).hexdigest()[:24]


class RecordedJudge:
    """Answers from a file of recorded ones: JSON lines with key, messages, max_tokens, reply, model."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            self._lines = {line["key"]: line for line in lines}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise JudgeError(f"{path} holds no recorded answers ({error}): make one with --record_judge") from error
        self.name = next((str(line.get("model")) for line in lines), "nobody") + f", recorded in {path.name}"

    def ask(self, messages: Messages, max_tokens: int) -> str:
        """The recorded answer. Raises JudgeError that shows where the nearest recorded question differs."""
        line = self._lines.get(question_key(messages, max_tokens))
        if line is None:
            raise JudgeError(self._unknown(messages))
        return str(line["reply"])

    def _unknown(self, messages: Messages) -> str:
        asked = messages[-1]["content"]
        recorded = [str(line["messages"][-1]["content"]) for line in self._lines.values()]
        nearest = max(recorded, key=lambda each: difflib.SequenceMatcher(None, each, asked).quick_ratio(), default="")
        at = next((i for i, (a, b) in enumerate(zip(asked, nearest, strict=False)) if a != b), len(nearest))
        at = max(0, at - 20)  # some of what is the same, to find it by
        return (
            f"{self.path} has no answer to this question; the SAE, the text or sae-bench is another one than when it was "
            f"recorded. The nearest recorded question has {nearest[at : at + 60]!r} where it has {asked[at : at + 60]!r}. "
            "Record again with --record_judge"
        )


class RecordingJudge:
    """Asks another judge and keeps its answers in a file, one a line."""

    def __init__(self, judge: Judge, path: Path) -> None:
        self.name, self._judge, self._path = judge.name, judge, path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")

    def ask(self, messages: Messages, max_tokens: int) -> str:
        reply = self._judge.ask(messages, max_tokens)
        line = {
            "key": question_key(messages, max_tokens),
            "messages": [dict(message) for message in messages],
            "max_tokens": max_tokens,
            "reply": reply,
            "model": self.name,
        }
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return reply


class LitellmJudge:
    """Any model that litellm knows. litellm runs in a process of its own, since the experiments' environment lacks it."""

    def __init__(self, name: str, base_url: str = "", timeout_s: float = 120) -> None:
        python = python_with_litellm()
        if python is None:
            raise JudgeError(_NO_LITELLM)
        self.name, self._base_url, self._timeout_s = name, base_url, timeout_s
        environment = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # no price table is downloaded
        self._process = subprocess.Popen(
            [str(python), str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, messages: Messages, max_tokens: int) -> str:
        asked = [dict(message) for message in messages]
        reply = self._send({"messages": asked, "max_tokens": max_tokens, "timeout_s": self._timeout_s})
        if "text" not in reply:
            raise JudgeError(f"the judge {self.name} gave no answer: {reply['error']}")
        return str(reply["text"])

    def lacking(self) -> list[str]:
        """Environment variables that litellm misses for this model; empty where it can be asked, as far as can be told.

        Raises JudgeError where litellm does not know the model, or cannot be asked itself.
        """
        reply = self._send({"check": True})
        if "error" in reply:
            raise JudgeError(f"the judge {self.name} cannot be asked: {reply['error']}")
        return [str(name) for name in reply["missing"]]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # what was not yet sent
                    pipe.close()

    def _send(self, request: dict[str, Any]) -> dict[str, Any]:
        answer: Future[dict[str, Any]] = Future()
        with self._lock:
            number = len(self._waiting)
            self._waiting[number] = answer
            line = {"id": number, "model": self.name, "base_url": self._base_url, **request}
            assert self._process.stdin is not None
            try:
                self._process.stdin.write(json.dumps(line) + "\n")
                self._process.stdin.flush()
            except (BrokenPipeError, ValueError) as error:
                raise JudgeError("the process that asks the judge has ended") from error
        return answer.result()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            reply = json.loads(line)
            self._waiting[reply["id"]].set_result(reply)
        for answer in list(self._waiting.values()):
            if not answer.done():
                answer.set_result({"error": "the process that asks it has ended"})


def python_with_litellm() -> Path | None:
    """The interpreter to ask with: this one where it has litellm, else the orchestrator's; None where neither has it."""
    if find_spec("litellm") is not None:
        return Path(sys.executable)
    found = [*REPOSITORY.glob(".venv/agent/lib/python*/site-packages/litellm"), *_beside_this_environment()]
    return next((site.parents[3] / "bin" / "python" for site in found if site.is_dir()), None)


def _beside_this_environment() -> list[Path]:
    return sorted(Path(sys.prefix).parent.glob("agent/lib/python*/site-packages/litellm"))


def missing_for(judge: str, base_url: str = "") -> list[str]:
    """What is lacking to ask this judge, a sentence each; nothing is asked."""
    if not judge:
        return [f"a judge: name any litellm model with --judge (openai/gpt-4o-mini, say), or --judge {RECORDED}FILE"]
    if judge.startswith(RECORDED):
        try:
            RecordedJudge(Path(judge.removeprefix(RECORDED)))
        except JudgeError as error:
            return [str(error)]
        return []
    if python_with_litellm() is None:
        return [_NO_LITELLM]
    asked = LitellmJudge(judge, base_url)
    try:
        lacking = asked.lacking()
    except JudgeError as error:
        return [str(error)]
    finally:
        asked.close()
    return [f"{name} is not set, and the judge {judge} cannot be asked without it" for name in lacking]


def open_judge(judge: str, base_url: str = "", record: Path | None = None) -> Judge:
    """The judge of that name; with `record`, its answers are kept. Raises JudgeError."""
    found: Judge = (
        RecordedJudge(Path(judge.removeprefix(RECORDED)))
        if judge.startswith(RECORDED)
        else LitellmJudge(judge, base_url)
    )
    return RecordingJudge(found, record) if record else found
