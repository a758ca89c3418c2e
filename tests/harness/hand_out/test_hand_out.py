"""Batches from a process of its own: the same rows as ever, each counted where no experiment reaches."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from harness import pool as pool_module
from harness.activations import load_activations
from harness.errors import DataError
from harness.handed.rows import heard, said
from harness.handed.wire import Wire
from harness.pool import MOST_SAMPLED, Pool
from tests.harness.hand_out.conftest import D_SAE, ROWS, WIDTH, Process, activations

CPU = torch.device("cpu")
SIZES = (50, 50, 7, 300, 300, 2)
Start = Callable[..., Process]


def beyond_memory() -> None:
    """Nothing fits in memory; chunks of 16 rows, groups of 8 chunks."""
    pool_module.IN_MEMORY_BYTES = 0
    pool_module.CHUNK_BYTES = 16 * 2 * WIDTH
    pool_module.GROUP_BYTES = 8 * 16 * 2 * WIDTH


def handed_pool() -> Pool:
    return Pool.of(load_activations(tokens=ROWS), CPU)


def as_ever(seed: int, buffer_tokens: int = 0) -> list[torch.Tensor]:
    """The batches that a pool without a process draws after an SAE's initial weights."""
    pool = Pool.of(activations(buffer_tokens), CPU)
    torch.manual_seed(seed)
    torch.randn(D_SAE, WIDTH)
    return [pool.draw(size) for size in SIZES]


@pytest.mark.parametrize("setting", [lambda: None, beyond_memory], ids=["in memory", "from the file"])
@pytest.mark.parametrize("seed", [0, 3])
def test_batches_are_those_without_a_process_to_the_last_bit(
    start: Start, setting: Callable[[], None], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of several sizes, with replacement or each row once a pass, are bit for bit what the pool always drew."""
    for name in ("IN_MEMORY_BYTES", "CHUNK_BYTES", "GROUP_BYTES"):
        monkeypatch.setattr(pool_module, name, getattr(pool_module, name))
    process = start(seed, setting)
    pool = handed_pool()
    drawn = [pool.draw(size) for size in SIZES]
    setting()
    for mine, wanted in zip(drawn, as_ever(seed), strict=True):
        assert torch.equal(mine, wanted)
    assert process.counted() | {"passes": 0} == {
        "tokens": sum(SIZES),
        "batches": len(SIZES),
        "sampled": 0,
        "passes": 0,
        "split": "train",
        "seed": seed,
    }


@pytest.mark.parametrize("buffer_tokens", [40, 300, 5000])
def test_activations_that_no_disk_holds_come_the_same_way(start: Start, buffer_tokens: int) -> None:
    """The process reads the language model while it hands out, and the batches are those of a pool that reads it itself."""
    process = start(2, buffer_tokens=buffer_tokens)
    pool = Pool.of(load_activations(tokens=ROWS, buffer_tokens=buffer_tokens), CPU)
    drawn = [pool.draw(size) for size in SIZES]
    assert all(torch.equal(mine, wanted) for mine, wanted in zip(drawn, as_ever(2, buffer_tokens), strict=True))
    with pytest.raises(DataError, match="have no sample"):
        pool.sample(5)
    assert process.counted()["tokens"] == sum(SIZES)


def test_nothing_that_is_drawn_at_random_beside_it_changes_a_batch(start: Start) -> None:
    """Another seed of torch's, and numbers drawn between batches: the order stays the launch's."""
    start(0)
    pool = handed_pool()
    drawn = []
    for size in SIZES:
        torch.manual_seed(99)
        drawn.append(pool.draw(size))
    assert all(torch.equal(mine, wanted) for mine, wanted in zip(drawn, as_ever(0), strict=True))


def test_samples_for_statistics_are_a_kind_of_their_own(start: Start) -> None:
    """They are the rows that a pool without a process gives, each once, counted apart; batches go on as if there were none."""
    process = start(0)
    pool, own = handed_pool(), Pool.of(activations(), CPU)
    first = pool.draw(50)
    assert torch.equal(pool.sample(40), own.sample(40))
    assert torch.equal(pool.sample(5), own.sample(5))
    assert torch.equal(torch.cat([first, pool.draw(50)]), torch.cat(as_ever(0)[:2]))
    counted = process.counted()
    assert (counted["tokens"], counted["sampled"]) == (100, 45)


def test_more_samples_than_statistics_need_are_refused(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of them is said; a pool without a process says the same."""
    start(0)
    pool, own = handed_pool(), Pool.of(activations(), CPU)
    assert MOST_SAMPLED > ROWS
    for each in (pool, own):
        each.sample(1000)
        with pytest.raises(DataError, match="a sample of 4 rows: 3 are left"):
            each.sample(4)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"split": "heldout"}, "split 'heldout' was asked for"),
        ({"seed": 1}, "seed 1 was asked for"),
        ({"tokens": 2 * ROWS}, f"tokens {2 * ROWS} was asked for"),
        ({"layer": 1}, "layer 1 was asked for"),
        ({"context": 64}, "context 64 was asked for"),
        ({"dtype": "bfloat16"}, "dtype 'bfloat16' was asked for"),
        ({"buffer_tokens": 10}, "buffer_tokens 10 was asked for"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_other_data_is_refused(start: Start, asked: dict[str, Any], refused: str) -> None:
    """Held-out activations, another text, pool, layer, context or precision: refused by name, and nothing is counted."""
    process = start(0)
    with pytest.raises(DataError, match=refused):
        load_activations(**{"tokens": ROWS, **asked})
    assert process.counted()["tokens"] == 0


def test_patched_functions_change_no_count(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment that counts its draws down, or draws twice for one that it records, is counted all the same."""
    process = start(0)
    pool = handed_pool()
    honest = Pool.draw

    def twice(self: Pool, batch_size: int) -> torch.Tensor:
        honest(self, batch_size)
        return honest(self, batch_size)

    monkeypatch.setattr(Pool, "draw", twice)
    monkeypatch.setattr(Wire, "say", Wire.say)
    for _ in range(4):
        pool.draw(10)
    assert process.counted()["tokens"] == 80


@pytest.mark.parametrize("closes", [True, False], ids=["it hangs up", "it is still connected"])
def test_the_last_batch_counts_however_soon_the_end_is_asked_for(tmp_path: Path, start: Start, closes: bool) -> None:
    """Batches are taken without waiting for an answer, and each that was taken is counted although SIGINT follows at once."""
    for count in (1, 2, 3, 40):
        (tmp_path / str(count)).mkdir()
        process = start(0, root=tmp_path / str(count))
        pool = handed_pool()
        for _ in range(count):
            pool.draw(10)
        if closes:
            pool._file.close()
        assert process.counted()["tokens"] == 10 * count


def test_who_reads_the_batch_that_lies_ready_gets_no_other_uncounted(start: Start) -> None:
    """An experiment that takes what is laid ready and does not say so is one batch ahead, and waits in vain for the next."""
    process = start(0)
    rows = handed_pool()._file
    rows.draw(10)
    rows._wire._connection.settimeout(0.5)
    assert heard(rows._wire, rows._folder)["ahead"]["rows"] == 10
    with pytest.raises(DataError, match="timed out"):
        heard(rows._wire, rows._folder)
    assert process.counted()["tokens"] == 10


@pytest.mark.parametrize("took", [10, 7, -1, None, True])
def test_what_does_not_lie_ready_cannot_be_taken(start: Start, took: Any) -> None:
    """Nothing lies ready before the first draw, and then a batch as large as the last."""
    process = start(0)
    rows = handed_pool()._file
    if took != 10:
        rows.draw(10)
        heard(rows._wire, rows._folder)
    said(rows._wire, rows._folder, {"took": took})
    with pytest.raises(DataError, match="do not lie ready|is no number of rows"):
        heard(rows._wire, rows._folder)
    assert process.counted()["tokens"] == (0 if took == 10 else 10)


def test_a_second_client_is_refused(start: Start) -> None:
    """While one process of the run is handed data, another is told so; once it has gone, the order goes on."""
    process = start(0)
    pool = handed_pool()
    first = pool.draw(50)
    with pytest.raises(DataError, match="one process asks"):
        load_activations(tokens=ROWS)
    pool._file.close()
    again = handed_pool()
    assert torch.equal(torch.cat([first, again.draw(50)]), torch.cat(as_ever(0)[:2]))
    assert process.counted()["tokens"] == 100


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b'{"draw": 5}\n', "open first"),
        (b'{"open": {"split": "train"}}\n', "was asked for"),
        (b'{"open": 3}\n', "was asked for"),
        (b"{}\n", "open first"),
        (b"nonsense\n", ""),
        (b"[1]\n", ""),
        (b"[" * 100_000, ""),
        (b"\xff\xfe\n", ""),
    ],
)
def test_what_is_no_request_changes_nothing(start: Start, said: bytes, answer: str) -> None:
    """It is refused or hung up on, and the next connection is served."""
    process = start(0)
    handed_pool()._file.close()
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(process.folder / "socket"))
        asking.settimeout(20)
        asking.sendall(said)
        asking.shutdown(socket.SHUT_WR)
        try:
            heard = asking.recv(1 << 16)
        except ConnectionError:  # hung up on with half of it unread
            heard = b""
    assert answer in (json.loads(heard)["refused"] if heard else "")
    assert torch.equal(handed_pool().draw(50), as_ever(0)[0])


@pytest.mark.parametrize("count", [0, -1, 2.5, True, "5", 1 << 21, None])
def test_what_is_no_number_of_rows_is_refused(start: Start, count: Any) -> None:
    """Nothing of it is counted."""
    process = start(0)
    rows = handed_pool()._file
    with pytest.raises(DataError, match="is no number of rows"):
        rows.draw(count)
    assert process.counted()["tokens"] == 0


def test_the_shared_rows_are_read_only(start: Start) -> None:
    """What the experiment maps is not its to write."""
    start(0)
    rows = handed_pool()._file
    rows.draw(5)
    (name,) = rows._files
    with pytest.raises(ValueError, match=r"not writeable|read-only"):
        np.memmap(rows._folder / name, np.float16, "r")[0] = 1


def test_a_process_that_is_gone_says_why(start: Start) -> None:
    """What labloop has laid beside the socket is what the experiment raises; without it, that nobody answers."""
    process = start(0)
    pool = handed_pool()
    process.kill()
    (process.folder / "ended").write_text("it needed more than 3 GB")
    with pytest.raises(DataError, match="needed more than 3 GB"):
        pool.draw(5)
    with pytest.raises(DataError, match="needed more than 3 GB"):
        load_activations(tokens=ROWS)
