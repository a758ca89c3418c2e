"""Runs of tokens that texts share."""

from __future__ import annotations

import random

import numpy as np
import pytest

from harness.read.overlap import RUN, Runs


def some_texts(count: int, seed: int, length: int = 60) -> list[list[int]]:
    rng = random.Random(seed)
    return [[rng.randrange(50_000) for _ in range(rng.randrange(5, length))] for _ in range(count)]


def has_shared_run(text: list[int], others: list[list[int]], run: int) -> bool:
    """By comparing lists, one by one."""
    known = {tuple(other[at : at + run]) for other in others for at in range(len(other) - run + 1)}
    return any(tuple(text[at : at + run]) in known for at in range(len(text) - run + 1))


@pytest.mark.parametrize("run", [1, 3, RUN])
def test_a_text_is_met_where_it_shares_a_run_and_nowhere_else(run: int) -> None:
    """Random texts of few tokens, some of which hold a piece of another: the same as comparing every pair."""
    rng = random.Random(run)
    mine, others = some_texts(200, 1), some_texts(300, 2)
    for text in mine[::3]:
        piece = rng.choice(others)
        at = rng.randrange(max(1, len(piece) - run))
        text[rng.randrange(len(text)) :] = piece[at : at + run + rng.randrange(-1, 2)]
    runs = Runs(mine, run)
    runs.meet(iter(others))
    expected = [has_shared_run(text, others, run) for text in mine]
    assert runs.met().tolist() == expected
    assert 10 < sum(expected) < 190


def test_a_run_across_two_texts_is_none() -> None:
    """The end of one text and the beginning of the next are no run of either."""
    whole = list(range(100, 100 + 2 * RUN))
    split = [whole[: RUN - 1], whole[RUN - 1 :]]
    runs = Runs(split)
    runs.meet([whole[:RUN]])
    assert not runs.met().any()
    runs.meet([whole])
    assert runs.met().tolist() == [False, True]


@pytest.mark.parametrize("texts", [[], [[]], [[1, 2, 3]], [[], [7] * (RUN - 1), []]])
def test_texts_shorter_than_a_run_are_never_met(texts: list[list[int]]) -> None:
    """Nothing, empty texts and short ones, on either side."""
    runs = Runs(texts)
    runs.meet([list(range(30)), [], [1, 2, 3]])
    assert np.array_equal(runs.met(), np.zeros(len(texts), bool))
    longer = Runs([list(range(30))])
    longer.meet(texts)
    assert not longer.met().any()


def test_the_order_of_tokens_counts() -> None:
    """The same tokens the other way round are another run."""
    runs = Runs([list(range(RUN))])
    runs.meet([list(range(RUN))[::-1]])
    assert not runs.met().any()
