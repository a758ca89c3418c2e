"""Any provider that litellm knows, or any OpenAI-compatible server by its base URL."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from typing import Any

from agent.errors import ModelUnavailable
from agent.models.address import address_of
from agent.models.protocol import Reply, Request
from agent.models.replies import thoughts_of, words_of

log = logging.getLogger(__name__)
_TRIES = 4
_FIRST_WAIT_S = 1.0
_PASSING = (
    "RateLimitError",
    "APIConnectionError",
    "Timeout",
    "InternalServerError",
    "ServiceUnavailableError",
    "BadGatewayError",
    "APIError",
)
"""Failures worth another try; quota and permission come in the same classes and are told apart by their text."""
_FINAL_WORDS = ("insufficient_quota", "quota exceeded", "billing", "permission", "forbidden", "invalid api key")


class LitellmModel:
    """Asks through litellm, with retries of our own so that they are counted."""

    def __init__(
        self, name: str, base_url: str = "", timeout_s: float = 600, first_wait_s: float = _FIRST_WAIT_S
    ) -> None:
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded
        self.name = name
        self.base_url = base_url
        self.timeout_s = timeout_s
        self.first_wait_s = first_wait_s

    def answer(self, request: Request) -> Reply:
        """The provider's reply. Raises ModelUnavailable naming model, cause and remedy."""
        problem: Exception | str = ""
        for attempt in range(_TRIES):
            if attempt:
                wait_s = self.first_wait_s * 4 ** (attempt - 1)
                log.warning("%s: %s; asking again in %.1f s", self.name, problem, wait_s)
                time.sleep(wait_s)
            try:
                response = self._ask(request)
            except Exception as error:  # litellm's classes differ by provider and version; sorted by name below
                problem = error
                if not _passing(error):
                    break
                continue
            if getattr(response, "choices", None):
                return self._reply(response, attempt)
            problem = "a reply without choices"
        raise ModelUnavailable(f"model {self.name}: {_line(problem)}; mend that and continue with --resume") from (
            problem if isinstance(problem, Exception) else None
        )

    def _ask(self, request: Request) -> Any:
        """One call, ended after `timeout_s` even where the server keeps sending a byte now and then."""
        import litellm

        litellm.suppress_debug_info = True
        name, extra = address_of(self.name, self.base_url)
        answers: queue.Queue[Any] = queue.Queue()

        def call() -> None:
            try:
                answers.put(
                    litellm.completion(
                        model=name,
                        max_tokens=request.max_tokens,
                        timeout=self.timeout_s,
                        max_retries=0,
                        messages=[{"role": m.role, "content": m.content} for m in request.messages],
                        **extra,
                    )
                )
            except Exception as error:  # carried to the asking thread, which sorts it
                answers.put(error)

        threading.Thread(target=call, name="model-call", daemon=True).start()
        try:
            result = answers.get(timeout=self.timeout_s + 1)
        except queue.Empty:
            raise TimeoutError(f"no whole reply within {self.timeout_s:g} s") from None
        if isinstance(result, Exception):
            raise result
        return result

    def _reply(self, response: Any, retries: int) -> Reply:
        choice = response.choices[0]
        message = choice.message.model_dump()
        usage = getattr(response, "usage", None)
        sent = getattr(usage, "prompt_tokens", None) or None  # a missing usage is read as 0: count ourselves
        received = getattr(usage, "completion_tokens", None) or None
        inner = message.get("provider_specific_fields") or {}
        return Reply(
            text=words_of(message.get("content")),
            model=self.name,
            tokens_sent=sent,
            tokens_received=received,
            usd=_price(self.name, usage),
            finish=str(choice.finish_reason or "stop"),
            retries=retries,
            reasoning=thoughts_of(message),
            refusal=str(message.get("refusal") or inner.get("refusal") or ""),
            tools=tuple(str((call.get("function") or {}).get("name")) for call in message.get("tool_calls") or ()),
        )


def _price(name: str, usage: Any) -> float | None:
    """What the tokens cost at the price of the model that was asked for; a reply may carry any other name."""
    import litellm

    if usage is None:
        return None
    try:
        return float(sum(litellm.cost_per_token(model=name, usage_object=usage)))
    except Exception:  # a model without a known price raises different classes; its price is unknown
        return None


def _passing(error: Exception) -> bool:
    text = str(error).lower()
    if any(word in text for word in _FINAL_WORDS):
        return False
    return isinstance(error, (TimeoutError, IndexError)) or type(error).__name__ in _PASSING


def _line(problem: Exception | str) -> str:
    if isinstance(problem, str):
        return problem
    first = next((line for line in str(problem).splitlines() if line.strip()), "")
    return f"{type(problem).__name__}: {first[:300]}"
