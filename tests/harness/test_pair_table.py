"""Lists of pairs, and the table that keeps numbers for the pairs that matter."""

from __future__ import annotations

import torch

from harness.pair_table import Pairs, PairTable, pair_keys, pairs_of


def test_keys_number_the_lower_triangle_row_by_row() -> None:
    """Keys of all pairs are 0, 1, 2, …; they are turned back exactly, also for the last pairs of a large dictionary."""
    rows, columns = torch.tril_indices(40, 40, -1)
    assert torch.equal(pair_keys(rows, columns), torch.arange(40 * 39 // 2))
    for last in (16_384, 1_000_000):
        rows = torch.tensor([last - 1, last - 1, last - 2])
        columns = torch.tensor([0, last - 2, last - 3])
        back = pairs_of(pair_keys(rows, columns))
        assert torch.equal(back[0], rows)
        assert torch.equal(back[1], columns)


def test_a_full_table_keeps_the_pairs_that_are_on_most() -> None:
    """Beyond max_pairs those that were on together least often leave; the number kept never exceeds the limit."""
    table = PairTable(1000, ("times",), max_pairs=100)
    often = Pairs(torch.arange(1, 41), torch.zeros(40, dtype=torch.int64), torch.ones(40))
    for step in range(30):
        rows = torch.arange(200, 260) + 20 * step
        seldom = Pairs(rows, torch.ones(60, dtype=torch.int64), torch.ones(60))
        for pairs, weight in ((often, 5.0), (seldom, 1.0)):
            places, there = table.admit(pairs)
            table["times"].index_add_(0, places[there], weight * pairs.values[there])
        assert len(table.keys) <= 100
        assert torch.equal(table.keys, table.keys.sort().values)
    _, there = table.find(often.keys)
    assert there.all()
    assert torch.equal(pair_keys(table.rows, table.columns), table.keys)
