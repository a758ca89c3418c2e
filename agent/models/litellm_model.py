"""Any provider that litellm knows, or any OpenAI-compatible server by its base URL."""

from __future__ import annotations

import logging
import os
import queue
import threading
from dataclasses import replace
from typing import Any

from agent.errors import ModelUnavailable
from agent.models.address import address_of
from agent.models.bodies.messages import thoughts_of, words_of
from agent.models.faults import Fault, fault_of
from agent.models.faults.patience import Patience, Say
from agent.models.manners import Manners
from agent.models.prices import listed_cost, longest_question
from agent.models.protocol import Reply, Request
from agent.models.shared import Shared, provider_name
from agent.models.shorter import longest
from agent.models.tokens import count_tokens
from agent.session.stop import Stop

log = logging.getLogger(__name__)
_FIRST_WAIT_S = 1.0


class LitellmModel:
    """Asks through litellm, with retries of our own so that they are counted."""

    def __init__(
        self,
        name: str,
        base_url: str = "",
        timeout_s: float = 600,
        first_wait_s: float = _FIRST_WAIT_S,
        max_wait_minutes: float = 10,
        stop: Stop | None = None,
        say: Say = lambda text: None,
        shared: Shared | None = None,
    ) -> None:
        """`say` is told of each wait as it begins, and of its end by an empty text; `stop` ends one at once.

        `shared`: where sessions of one campaign tell each other until when a provider is to be left alone.
        """
        self.shared = shared
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded
        self.name = name
        self.base_url = base_url
        self.timeout_s = timeout_s
        self.first_wait_s = first_wait_s
        self.most_wait_s = max_wait_minutes * 60
        self.stop = stop or Stop()
        self.say = say
        self.manners = Manners(None if base_url else longest_question(name))

    def answer(self, request: Request) -> Reply:
        """The provider's reply. Raises ModelUnavailable naming model, cause and remedy; Interrupted where a stop is asked for."""
        patience = Patience(self.stop, self.first_wait_s, self.most_wait_s, self.say)
        mended: list[str] = []
        retries = 0
        while True:
            self._leave_alone(patience)
            try:
                reply = replace(self.answer_once(request), retries=retries)
                if mended:
                    self.say("")
                return reply
            except Exception as error:  # litellm's classes differ by provider and version; sorted by status and code
                fault, problem = fault_of(error), error
            if fault.way == "mend" and fault.kind not in mended and (said := self.manners.learn(fault, request)):
                mended.append(fault.kind)
                log.warning("%s: %s; asking again %s", self.name, fault.message[:200], said)
                self.say(f"asking {self.name} again {said}")
                retries += 1
                continue
            if self.shared is not None and fault.way in ("retry", "wait") and fault.wait_s:
                self.shared.leave_alone(provider_name(self.name, self.base_url), fault.wait_s)
            if why_not := patience.wait(self.name, fault):
                raise self._unavailable(fault, problem, why_not, request) from problem
            retries += 1

    def _leave_alone(self, patience: Patience) -> None:
        """Wait as long as the provider asked another session of the campaign to. Raises ModelUnavailable where that is too long."""
        if self.shared is None:
            return
        provider = provider_name(self.name, self.base_url)
        while (left_s := self.shared.left_s(provider)) > 0:
            told = Fault("rate", "the provider asked another session of the campaign to wait", left_s)
            if why_not := patience.wait(self.name, told):
                raise ModelUnavailable(f"model {provider}: {told.message} ({why_not}); {told.remedy}")

    def answer_once(self, request: Request) -> Reply:
        """The provider's reply to one call. Raises whatever litellm or the way to it raises, as `fault_of` reads it."""
        response = self._ask(request)
        if not getattr(response, "choices", None):
            raise IndexError("a reply without choices")
        return self._reply(response, request)

    def _unavailable(self, fault: Fault, problem: Exception, why_not: str, request: Request) -> ModelUnavailable:
        where = f" at {self.base_url}" if self.base_url else ""
        if fault.kind in ("context", "large"):
            asked, _ = self.manners.fitted(request)
            why_not += (
                f"; the question has {count_tokens(asked)} tokens without a reply, most of them in {longest(asked)}"
            )
        return ModelUnavailable(
            f"model {self.name}{where}: {type(problem).__name__}: {fault.message[:300]} ({why_not}); "
            f"{fault.remedy}; mend that and continue with --resume"
        )

    def _ask(self, request: Request) -> Any:
        """One call, ended after `timeout_s` even where the server keeps sending a byte now and then."""
        import litellm

        from agent.models.bodies.wire import as_it_ended, begin, read_here, take_up

        litellm.suppress_debug_info = True
        take_up()
        name, extra = address_of(self.name, self.base_url)
        answers: queue.Queue[Any] = queue.Queue()

        def call() -> None:
            begin()
            try:
                form = self.manners.form(request) | extra
                answers.put(as_it_ended(litellm.completion(model=name, timeout=self.timeout_s, max_retries=0, **form)))
            except Exception as error:  # carried to the asking thread, which sorts it, where no whole reply had come
                answers.put(as_it_ended(read_here()) or error)

        threading.Thread(target=call, name="model-call", daemon=True).start()
        try:
            result = answers.get(timeout=self.timeout_s + 1)
        except queue.Empty:
            raise TimeoutError(f"no whole reply within {self.timeout_s:g} s") from None
        if isinstance(result, Exception):
            raise result
        return result

    def _reply(self, response: Any, request: Request) -> Reply:
        choice = response.choices[0]
        message = choice.message.model_dump()
        usage = getattr(response, "usage", None)
        sent = _reported(usage, "prompt_tokens")
        received = _reported(usage, "completion_tokens")
        inner = message.get("provider_specific_fields") or {}
        return Reply(
            text=words_of(message.get("content")),
            model=self.name,
            tokens_sent=sent,
            tokens_received=received,
            usd=listed_cost(self.name, usage),
            finish=str(choice.finish_reason or "stop"),
            reasoning=thoughts_of(message),
            refusal=str(message.get("refusal") or inner.get("refusal") or ""),
            tools=tuple(str((call.get("function") or {}).get("name")) for call in message.get("tool_calls") or ()),
            limit=self.manners.limit(request),
            detail={"left_out": ", ".join(left)} if (left := self.manners.fitted(request)[1]) else {},
        )


def _reported(usage: Any, name: str) -> int | None:
    """A count of the provider's; None where there is none, or none that can be: a missing one is read as 0 by litellm."""
    count = getattr(usage, name, None)
    return count if isinstance(count, int) and count > 0 else None
