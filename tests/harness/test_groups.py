"""Rows of groups come in their order, by any count."""

from __future__ import annotations

import pytest
import torch

from harness.groups import Grouped


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_no_row_is_lost_or_doubled_at_the_border_of_groups(count: int) -> None:
    """Counts that end within a group, at its end, and beyond several."""
    groups = iter(torch.arange(36).reshape(12, 3, 1))
    rows = Grouped(lambda: next(groups))
    found = [rows.take(count) for _ in range(36 // count)]
    assert all(sum(map(len, parts)) == count for parts in found)
    assert torch.cat([part for parts in found for part in parts]).flatten().tolist() == list(range(36))


def test_a_group_is_asked_for_when_it_is_needed() -> None:
    """Not before: making one costs a pass through the language model."""
    asked: list[int] = []

    def following() -> torch.Tensor:
        asked.append(1)
        return torch.zeros(2, 1)

    rows = Grouped(following)
    assert asked == []
    rows.take(2)
    assert len(asked) == 1
