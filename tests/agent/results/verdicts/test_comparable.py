"""What makes a run not comparable with the baseline: a key that differs, or that one of the two lacks."""

from __future__ import annotations

from typing import Any

import pytest

from agent.results.verdicts.comparable import differences, look_up
from agent.session.paths import REPOSITORY
from agent.session.template import load_template

INFO = {"config": {"k": 16, "data": {"name": "pile"}}, "training": {"tokens": 819200}}


@pytest.mark.parametrize(
    ("path", "value"),
    [("config.k", 16), ("config.data.name", "pile"), ("config.lr", None), ("config.k.of", None), ("gone.k", None)],
)
def test_a_dotted_path_is_followed_as_far_as_it_goes(path: str, value: Any) -> None:
    """A part that is missing, or no object, gives the default."""
    assert look_up(INFO, path) == value


def test_equal_keys_are_no_difference() -> None:
    """What is not named among the keys may differ; 1 and 1.0 are one number."""
    other = {"config": {"k": 16.0, "lr": 0.1}, "training": {"tokens": 819200}}
    assert differences(["config.k", "training.tokens"], other, INFO) == []


def test_a_difference_says_from_what_to_what() -> None:
    """The baseline's value first; a missing key on either side is a difference too, also where both lack it."""
    other = {"config": {"k": 32}}
    assert differences(["config.k", "training.tokens", "config.seed"], other, INFO) == [
        "config.k: 16 → 32",
        "training.tokens: 819,200 → missing",
        "config.seed: missing → missing",
    ]


def test_true_is_not_one() -> None:
    """Python calls them equal; a setting does not."""
    assert differences(["a"], {"a": True}, {"a": 1}) == ["a: 1 → True"]


def test_a_long_value_is_cut() -> None:
    """A verdict names the difference in a line."""
    (line,) = differences(["a"], {"a": "x" * 200}, {"a": 1})
    assert len(line) < 80 and line.endswith("…")


def test_a_run_that_reads_elsewhere_or_sweeps_otherwise_is_not_comparable() -> None:
    """By the settings that the shipped template names: another site (a transcoder beside an SAE) and other points are reasons."""
    keys = load_template(REPOSITORY).comparable.keys
    base = {
        "config": dict.fromkeys((key.removeprefix("config.") for key in keys), 1)
        | {"site": "resid_post", "l0_sweep": []}
    }
    run = {"config": base["config"] | {"site": "mlp", "l0_sweep": [8, 16]}}
    assert differences(keys, run, base) == ["config.site: resid_post → mlp", "config.l0_sweep: [] → [8, 16]"]
    assert differences(keys, run, run) == []
