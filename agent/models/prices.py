"""What a model's tokens cost, and how many it takes: as the settings say, else as litellm's table lists the name that the settings give."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from agent.errors import UsageError
from agent.models.names import MANUAL, RECORDED
from agent.models.protocol import Reply
from agent.session.settings import ModelSettings, Settings

_MILLION = 1_000_000
_AT_HOME = ("ollama", "ollama_chat", "llamafile", "lm_studio", "docker_model_runner")
"""Providers that are programs on one's own machine: they ask no money."""


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens. `given` where it stands in the settings, and so goes before what a provider reports."""

    sent_usd: float
    received_usd: float
    given: bool = False

    def usd(self, sent_tokens: int, received_tokens: int) -> float:
        """What so many tokens cost."""
        return (sent_tokens * self.sent_usd + received_tokens * self.received_usd) / _MILLION


def price_of(name: str, settings: ModelSettings) -> Price | None:
    """The price of the model of this name, whatever name a server's replies carry; None where it is not known."""
    if name in settings.prices:
        return Price(*settings.prices[name], given=True)
    if name in (MANUAL, RECORDED) or name.split("/")[0] in _AT_HOME:
        return Price(0, 0)
    listed = _listed(name)
    sent, received = listed.get("input_cost_per_token"), listed.get("output_cost_per_token")
    return None if sent is None or received is None else Price(sent * _MILLION, received * _MILLION)


def longest_question(name: str) -> int | None:
    """Tokens that the model of this name takes as a question, by litellm's list; None where it does not say."""
    most = _listed(name).get("max_input_tokens")
    return most if isinstance(most, int) and most > 0 else None


def _listed(name: str) -> Mapping[str, Any]:
    """What litellm's list holds of a model; nothing where it is not there."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded
    import litellm

    litellm.suppress_debug_info = True
    try:
        return cast(Mapping[str, Any], litellm.get_model_info(name))
    except Exception:  # litellm raises different classes for a name that it does not list; any of them: not known
        return {}


def listed_cost(name: str, usage: Any) -> float | None:
    """What a reply cost by litellm's list, which knows tokens that were cached, at the price of the model that was asked
    for: a reply may carry any other name. None where that is not known; `usage` is litellm's."""
    import litellm

    counts = [getattr(usage, count, None) or 0 for count in ("prompt_tokens", "completion_tokens")]
    if usage is None or min(counts) < 0:  # what cannot be has no price either
        return None
    try:
        return float(sum(litellm.cost_per_token(model=name, usage_object=usage)))
    except Exception:  # a model without a known price raises different classes; its price is unknown
        return None


def cost(price: Price | None, reply: Reply, sent_tokens: int, received_tokens: int) -> float:
    """Dollars for a reply: by the settings' price, else as it was reported whole, else by the price of the model that was asked."""
    whole = reply.usd is not None and reply.tokens_sent is not None and reply.tokens_received is not None
    if price and (price.given or not whole):
        return price.usd(sent_tokens, received_tokens)
    return reply.usd or 0.0


def prices_by_role(settings: ModelSettings) -> dict[str, Price | None]:
    """The price of whoever answers in each role."""
    return {role: price_of(name, settings) for role, name in settings.by_role.items() if name}


def check_prices(settings: Settings) -> None:
    """Raises UsageError where money is limited and the price of a model is not known, since no such limit would hold."""
    if settings.limits.budget_usd is None:
        return
    models = settings.models
    for name in sorted({name for name in models.by_role.values() if name and price_of(name, models) is None}):
        remedy = f'write it into labloop.toml (under [models]: prices = {{"{name}" = [0.5, 1.5]}}, dollars for a million tokens'
        raise UsageError(
            f"--budget-usd {settings.limits.budget_usd:g}: the price of {name} is not known, so no limit would hold; "
            f"{remedy}, sent and received), or limit --budget-tokens"
        )
