"""Whether a model answers: one question, one token of an answer, within a time."""

from __future__ import annotations

import os
import queue
import threading
from dataclasses import dataclass
from importlib.util import find_spec

from agent.models.address import OPENAI_LIKE, address_of, provider_of, served_at
from agent.prompts import Prompts

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
_PASSING = ("InternalServerError", "ServiceUnavailableError", "BadGatewayError", "RateLimitError")
_QUOTA = ("insufficient_quota", "exceeded your current quota", "billing", "credit", "payment")


@dataclass(frozen=True)
class Silence:
    """Why a model gave no answer."""

    cause: str
    remedy: str
    passing: bool = False
    """Whether it may answer later without anybody's doing: a busy server, a limit by the minute."""


def lacking_library(provider: str) -> str:
    """The module that a provider of litellm's needs and this environment lacks; empty where nothing is lacking."""
    module = _LIBRARIES.get(provider, "")
    try:
        return "" if not module or find_spec(module) else module
    except ModuleNotFoundError:  # the package around it is not there
        return module


def probe(name: str, base_url: str, within_s: float) -> Silence | None:
    """Ask for one token; None where the model answers, or only minds that the answer is so short.

    Costs what one token costs. The key is sent where `address_of` says, and nowhere else.
    """
    answers: queue.Queue[Exception | None] = queue.Queue()

    def ask() -> None:
        import litellm

        litellm.suppress_debug_info = True
        messages = [{"role": "user", "content": Prompts().render("probe")}]
        try:
            asked, where = address_of(name, base_url)
            litellm.completion(model=asked, messages=messages, max_tokens=1, timeout=within_s, max_retries=0, **where)
            answers.put(None)
        except Exception as error:  # litellm's classes differ by provider and version; told apart by name below
            answers.put(error)

    threading.Thread(target=ask, name="model-probe", daemon=True).start()
    try:
        error = answers.get(timeout=within_s + 1)
    except queue.Empty:
        error = TimeoutError()
    return _silence(error, name, base_url, within_s) if error else None


def _silence(error: Exception, name: str, base_url: str, within_s: float) -> Silence | None:
    kind, text = type(error).__name__, str(error)
    first = next((line for line in text.splitlines() if line.strip()), kind)[:240]
    where = f" at {base_url}" if base_url else ""
    low = text.lower()
    if "Timeout" in kind:
        return Silence(
            f"no answer{where} within {within_s:g} s", "look at the server, or give it longer: check_s under [models]"
        )
    if kind in ("BadRequestError", "UnsupportedParamsError") and (
        "max_tokens" in low or "max_completion_tokens" in low
    ):
        return None
    if kind == "NotFoundError" or "model_not_found" in low:
        unlisted = "check the model's name" + (" and the address, which mostly ends in /v1" if base_url else "")
        listed = ", ".join(served_at(base_url)[:8]) if base_url else ""
        return Silence(first, f"it serves {listed}; name one of them" if listed else unlisted)
    if getattr(error, "status_code", 0) in (401, 403) or kind in ("AuthenticationError", "PermissionDeniedError"):
        return Silence(first, f"set {key_of(name, base_url)} in the environment to a key that is taken there")
    if kind in (*_PASSING, "APIError") and any(word in low for word in _QUOTA):
        return Silence(first, "the account's credit is used up: add some, or name another model")
    if kind in _PASSING:
        return Silence(first, "it may pass: the session will ask again and wait; or try later", passing=True)
    return Silence(f"{kind}: {first}", "check the model's name and its address, and that the network is there")


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
