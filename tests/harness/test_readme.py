"""The page a model reads at each turn names only what is there, with the arguments it has."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "harness" / "README.md").read_text()
# ("harness.pairs", "pair_penalty", "W_dec, weights, power=1") for each name that is followed by arguments in a section
CALLS = [
    (section.split("`")[0], name, arguments)
    for section in re.split(r"\n`(?=harness\.\w+`)", PAGE)[1:]
    for name, arguments in re.findall(r"`(\w+)\(([^)\[]*)\)", section.split("\n\n")[0])
]


@pytest.mark.parametrize(("module", "name", "arguments"), CALLS, ids=[name for _, name, _ in CALLS])
def test_a_call_on_the_page_is_one_that_can_be_made(module: str, name: str, arguments: str) -> None:
    """Each argument exists under a name that begins alike (d stands for d_sae), with the default that the page gives."""
    parameters = list(inspect.signature(getattr(importlib.import_module(module), name)).parameters.values())
    given = [part.strip().partition("=")[::2] for part in arguments.split(",")]
    assert len(given) <= len(parameters)
    for (word, default), parameter in zip(given, parameters, strict=False):
        assert parameter.name.startswith(word)
        if default:
            assert str(parameter.default) in (default, f"{default}.0")


def test_the_page_names_the_calls_that_ideas_need() -> None:
    """Counting, averaging, penalising and the loss's own parts are all found on it."""
    assert {name for _, name, _ in CALLS} >= {
        "encode_top_k",
        "decode",
        "unexplained",
        "aux_k_loss",
        "count_pairs",
        "CoactivationEMA",
        "coactivation_counts",
        "firing_frequency",
        "pair_penalty",
        "PairAverage",
    }
