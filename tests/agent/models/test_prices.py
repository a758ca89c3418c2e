"""What tokens cost is decided by the name that the settings give."""

from __future__ import annotations

import pytest

from agent.errors import UsageError
from agent.models.prices import Price, check_prices, price_of, prices_by_role
from agent.session.settings import ModelSettings, Settings


@pytest.mark.parametrize(
    ("name", "price"),
    [
        ("manual", Price(0, 0)),
        ("recorded", Price(0, 0)),
        ("ollama/llama3", Price(0, 0)),
        ("lm_studio/any", Price(0, 0)),
        ("openai/gpt-4o", Price(2.5, 10)),
        ("gpt-4o", Price(2.5, 10)),
        ("Qwen/Qwen3-8B", None),
        ("claude-x", None),
        ("mine", Price(1, 2, given=True)),
    ],
)
def test_each_name_has_its_price(name: str, price: Price | None) -> None:
    """A person's own price, that of whoever asks no money, litellm's list; a name that no list has is not known."""
    assert price_of(name, ModelSettings(prices={"mine": (1, 2)})) == price


def test_a_price_of_ones_own_goes_before_the_list() -> None:
    """A discount, or a server of one's own behind a known name."""
    price = price_of("gpt-4o", ModelSettings(prices={"gpt-4o": (1, 2)}))
    assert price == Price(1, 2, given=True) and price.usd(1_000_000, 500_000) == 2


def test_each_role_has_the_price_of_its_model() -> None:
    """The adviser's may be another, and is the reviewer's; a role without a model has none."""
    assert prices_by_role(ModelSettings(writer="manual", adviser="x/y")) == {
        "writer": Price(0, 0),
        "coder": Price(0, 0),
        "adviser": None,
        "reviewer": None,
    }
    assert prices_by_role(ModelSettings()) == {}


@pytest.mark.parametrize("role", ["model", "adviser", "coder_model"])
def test_a_limit_on_money_needs_every_price(role: str) -> None:
    """In whatever role; the message names the model and both remedies. With a price, or a limit on tokens, all is well."""
    asked = {"model": "manual", role: "Qwen/Qwen3-8B"}
    with pytest.raises(UsageError, match=r'Qwen3-8B is not known.*prices = \{"Qwen/Qwen3-8B" = .*--budget-tokens'):
        check_prices(Settings.model_validate({**asked, "budget_usd": 0}))
    check_prices(Settings.model_validate({**asked, "budget_tokens": 5}))
    check_prices(Settings.model_validate({**asked, "budget_usd": 5, "prices": {"Qwen/Qwen3-8B": [0, 0]}}))


@pytest.mark.parametrize("given", ['{"m": [1, 2]}', {"m": [1, 2]}])
def test_prices_are_given_as_a_table_or_as_json(given: object) -> None:
    """The environment holds text; the file holds tables."""
    assert Settings.model_validate({"prices": given}).models.prices == {"m": (1, 2)}


@pytest.mark.parametrize("given", ["cheap", '{"m": 3}', {"m": [-1, 2]}, {"m": [1]}, {"m": [1, float("nan")]}])
def test_prices_that_are_none_are_refused(given: object) -> None:
    """No table, one number for two, less than nothing."""
    with pytest.raises(ValueError, match="prices"):
        Settings.model_validate({"prices": given})
