"""Whether a model answers: one question, one token of an answer, within a time. What it costs is metered like any other call."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, cast

from agent.errors import BudgetReached, UsageError
from agent.models.address import OPENAI_LIKE, provider_of, served_at
from agent.models.exchanges import Exchanges
from agent.models.faults import Fault, fault_of
from agent.models.limits import Limits
from agent.models.litellm_model import LitellmModel
from agent.models.metering import kept, metered
from agent.models.names import MANUAL, RECORDED
from agent.models.prices import Price, check_prices, price_of
from agent.models.protocol import Message, Reply, Request, Role
from agent.models.replies import hear
from agent.models.tokens import count_tokens
from agent.prompts import Prompts
from agent.results.story.counts import Spent, spent_of
from agent.session.events import Probed
from agent.session.journal import Journal
from agent.session.settings import Settings
from agent.session.steps import CHECK

_LIBRARIES = {
    "vertex_ai": "google.auth",
    "vertex_ai_beta": "google.auth",
    "bedrock": "boto3",
    "bedrock_converse": "boto3",
    "sagemaker": "boto3",
    "sagemaker_chat": "boto3",
    "vllm": "vllm",
    "petals": "petals",
    "oci": "oci",
}
"""What a provider needs beside litellm, by the name that is imported."""
_TOKENS = 1
_THERE = ("completion_tokens", "fewer_tokens", "no_system", "short")
"""Refusals of a model that knows its name and took the key: a session asks it in the form that it wants, and for longer answers."""


@dataclass(frozen=True)
class Silence:
    """Why a model gave no answer."""

    cause: str
    remedy: str
    passing: bool = False
    """Whether it may answer later without anybody's doing: a busy server, a limit by the minute."""


@dataclass(frozen=True)
class Probe:
    """One token asked for, and the reply that was paid for it."""

    request: Request
    reply: Reply
    seconds: float


def lacking_library(provider: str) -> str:
    """The module that a provider of litellm's needs and this environment lacks; empty where nothing is lacking."""
    module = _LIBRARIES.get(provider, "")
    try:
        return "" if not module or find_spec(module) else module
    except ModuleNotFoundError:  # the package around it is not there
        return module


def probe(role: str, name: str, base_url: str, within_s: float, paid: Callable[[Probe], None]) -> Silence | None:
    """Ask for one token; None where the model answers, or only minds that the answer is so short. `paid` hears of a reply.

    The key is sent where `address_of` says, and nowhere else.
    """
    model, request = LitellmModel(name, base_url, within_s), _question(role)
    answers: queue.Queue[Reply | Exception] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(model.answer_once(request))
        except Exception as error:  # litellm's classes differ by provider and version; `fault_of` sorts them
            answers.put(error)

    began = time.monotonic()
    threading.Thread(target=ask, name="model-probe", daemon=True).start()
    try:
        answer = answers.get(timeout=within_s + 1)
    except queue.Empty:
        answer = TimeoutError()
    if isinstance(answer, Reply):
        paid(Probe(request, answer, time.monotonic() - began))
        return None
    if "Timeout" in type(answer).__name__:
        where = f" at {base_url}" if base_url else ""
        remedy = "look at the server, or give it longer: check_s under [models]"
        return Silence(f"no answer{where} within {within_s:g} s", remedy)
    return _silence(fault_of(answer), name, base_url)


def keep_probes(
    probes: Iterable[Probe], journal: Journal[Any], exchanges: Exchanges, prices: Mapping[str, Price | None]
) -> None:
    """Meter, keep and journal what the check paid before there was a session, so that budgets and counts hold it."""
    for each in probes:
        number, price = spent_of(journal.events).calls + 1, prices.get(each.request.role)
        event = metered(number, each.request, each.reply, each.seconds, price)
        exchanges.keep(number, kept(event, each.request, each.reply, hear(each.reply)))
        journal.append(Probed(**event.model_dump(exclude={"kind", "seq"})))


def why_not_asked(settings: Settings) -> str:
    """Why the budgets allow no probe at all; empty where they allow one of each model.

    A limit on money that cannot hold allows none either: a price must be known before it is paid.
    """
    limits = settings.limits
    if limits.budget_usd is None and limits.budget_tokens is None:
        return ""
    try:
        check_prices(settings)
        Limits(limits.budget_tokens, limits.budget_usd).check(Spent(), _ahead(settings))
    except UsageError:
        return "a price is not known"
    except BudgetReached:
        told = {"--budget-usd": limits.budget_usd, "--budget-tokens": limits.budget_tokens}
        return " ".join(f"{flag} {value:g}" for flag, value in told.items() if value is not None)
    return ""


def _ahead(settings: Settings) -> Spent:
    """What one probe of each live model takes."""
    sent = count_tokens(_question("writer").messages)
    names = [asked.name for asked in dict.fromkeys(settings.models.asked.values())]
    live = [name for name in names if name not in ("", MANUAL, RECORDED)]
    known = [price for name in live if (price := price_of(name, settings.models))]
    return Spent(
        sent=sent * len(live), received=_TOKENS * len(live), usd=sum(price.usd(sent, _TOKENS) for price in known)
    )


def _question(role: str) -> Request:
    return Request(cast(Role, role), CHECK, (Message("user", Prompts().render("probe")),), _TOKENS)


def _silence(fault: Fault, name: str, base_url: str) -> Silence | None:
    """What a fault says of the model, with what is known here of its key and its address; None where it is there."""
    cause, answered = fault.message[:240], fault.status is not None and fault.status >= 400
    if fault.kind in _THERE:
        return None
    if fault.kind == "missing":
        unlisted = "check the model's name" + (" and the address, which mostly ends in /v1" if base_url else "")
        listed = ", ".join(served_at(base_url)[:8]) if base_url else ""
        return Silence(cause, f"it serves {listed}; name one of them" if listed else unlisted)
    if fault.kind in ("auth", "forbidden"):
        return Silence(cause, f"set {key_of(name, base_url)} in the environment to a key that is taken there")
    if fault.way in ("retry", "wait") and answered:
        return Silence(cause, "it may pass: the session will ask again and wait; or try later", passing=True)
    if fault.way in ("retry", "wait") or fault.kind == "request":
        return Silence(cause, "check the model's name and its address, and that the network is there")
    return Silence(cause, fault.remedy)


def key_of(name: str, base_url: str) -> str:
    """The environment's variable that holds the key for this model."""
    provider = provider_of(name)
    if base_url and (not provider or provider in OPENAI_LIKE):
        return "OPENAI_API_KEY"
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded
    import litellm

    try:
        return f"{str(litellm.get_llm_provider(name)[1]).upper()}_API_KEY"
    except Exception:  # litellm raises different classes for a name that it cannot place
        return "the provider's key"
