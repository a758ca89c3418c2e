"""Batches of activations: in memory, and from a file too large for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from harness import pool as pool_module
from harness.activations import Activations
from harness.errors import ActivationsError
from harness.pool import Pool, Shuffled

CPU = torch.device("cpu")
ROWS = 1003  # no multiple of a chunk, a group or a batch


@pytest.fixture
def file(tmp_path: Path) -> np.memmap:
    """A memory-mapped float16 file [1003, 4]; a row says its own number."""
    values = np.memmap(tmp_path / "data.f16", np.float16, "w+", shape=(ROWS, 4))
    values[:] = np.arange(ROWS)[:, None]
    values.flush()
    return np.memmap(tmp_path / "data.f16", np.float16, "r", shape=(ROWS, 4))


@pytest.fixture
def beyond_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing fits in memory; chunks of 16 rows, groups of 8 chunks."""
    monkeypatch.setattr(pool_module, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(pool_module, "CHUNK_BYTES", 16 * 8)
    monkeypatch.setattr(pool_module, "GROUP_BYTES", 8 * 16 * 8)


def pool_of(rows: np.ndarray, scale: float = 1.0) -> Pool:
    return Pool(rows, torch.zeros(4), scale, CPU)


def numbers(batch: torch.Tensor) -> list[int]:
    return batch[:, 0].int().tolist()


def test_in_memory_a_batch_is_what_randint_chooses(file: np.memmap) -> None:
    """Bit for bit rows[torch.randint(n, (batch,))] times the scale, so that results do not depend on this module."""
    scale = 0.37
    torch.manual_seed(5)
    drawn = pool_of(file, scale).draw(64)
    torch.manual_seed(5)
    wanted = (torch.tensor(file, dtype=torch.float32) * scale)[torch.randint(ROWS, (64,))]
    assert torch.equal(drawn, wanted)


@pytest.mark.usefixtures("beyond_memory")
def test_beyond_memory_every_row_comes_once_before_any_comes_again(file: np.memmap) -> None:
    """Two passes over the data, drawn in batches that fit neither chunks nor groups: each row exactly twice."""
    torch.manual_seed(0)
    pool = pool_of(file)
    drawn = [number for _ in range(34) for number in numbers(pool.draw(59))]  # 2 · 1003 = 34 · 59
    assert sorted(drawn[:ROWS]) == sorted(drawn[ROWS:]) == list(range(ROWS))
    assert drawn[:ROWS] != drawn[ROWS:]


@pytest.mark.usefixtures("beyond_memory")
def test_beyond_memory_the_order_is_random(file: np.memmap) -> None:
    """A batch comes from all over the file, its order says nothing of the file's, and neighbours are parted."""
    torch.manual_seed(0)
    pool = pool_of(file)
    batches = [np.array(numbers(pool.draw(100))) for _ in range(10)]
    assert all(np.ptp(batch) > ROWS / 2 for batch in batches)
    drawn = np.concatenate(batches)
    assert abs(np.corrcoef(np.arange(len(drawn)), drawn)[0, 1]) < 0.2
    assert (np.abs(np.diff(drawn)) == 1).mean() < 0.05


@pytest.mark.usefixtures("beyond_memory")
def test_beyond_memory_the_seed_decides_the_order(file: np.memmap) -> None:
    """The same seed gives the same batches in another pool; another seed others; torch's state is used once alone."""
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        pool = pool_of(file)
        first = numbers(pool.draw(50))
        torch.manual_seed(99)
        drawn.append(first + numbers(pool.draw(500)))
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.usefixtures("beyond_memory")
def test_beyond_memory_rows_are_scaled_and_float32(file: np.memmap) -> None:
    """What is drawn from the file is what would be drawn from memory: float32, times the scale."""
    batch = pool_of(file, scale=0.5).draw(7)
    assert batch.dtype == torch.float32
    assert batch.shape == (7, 4)
    assert set((2 * batch[:, 0]).tolist()) <= set(range(ROWS))


@pytest.mark.usefixtures("beyond_memory")
def test_a_file_that_cannot_be_read_is_an_error_where_a_batch_is_drawn() -> None:
    """What goes wrong in the reading thread reaches the caller instead of hanging it."""

    class Broken:
        shape, itemsize, dtype = (100, 4), 2, np.dtype(np.float16)

        def __len__(self) -> int:
            return 100

        def __getitem__(self, part: slice) -> np.ndarray:
            if part.stop == 0:
                return np.empty((0, 4), np.float16)
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        Shuffled(Broken(), seed=0).take(10)


@pytest.mark.usefixtures("beyond_memory")
def test_for_a_gpu_batches_come_from_pinned_memory_in_the_same_order(
    file: np.memmap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading thread fills pinned groups, batches are views of them that nothing has copied, and the rows are those
    of any other device."""
    asked, plain = [], torch.empty
    groups = []

    def empty(*sizes: int, pin_memory: bool = False, **named: torch.dtype) -> torch.Tensor:
        asked.append(pin_memory)
        groups.append(plain(*sizes, **named))
        return groups[-1]

    monkeypatch.setattr(torch, "empty", empty)
    pinned, pageable = Shuffled(file, seed=4, pinned=True), Shuffled(file, seed=4)
    for _ in range(20):
        parts = pinned.take(60)
        storages = {group.untyped_storage().data_ptr() for group in groups}
        assert all(part.untyped_storage().data_ptr() in storages for part in parts)
        assert torch.equal(torch.cat(parts), torch.cat(pageable.take(60)))
    assert True in asked and False in asked


def activations(norm: float) -> Activations:
    return Activations(np.ones((10, 4), np.float16), np.ones(4, np.float32), norm, "key")


def test_activations_are_scaled_to_the_root_of_their_dimension() -> None:
    """A mean norm of 8 in 4 dimensions becomes 2, and the mean goes along."""
    pool = Pool.of(activations(8.0), CPU)
    assert pool.scale == 0.25
    assert torch.equal(pool.mean, torch.full((4,), 0.25))


@pytest.mark.parametrize("norm", [0.0, float("nan"), float("inf")])
def test_activations_without_a_scale_are_refused(norm: float) -> None:
    """All zero, NaN or infinite: an error before training that names the remedy."""
    with pytest.raises(ActivationsError, match="read another layer"):
        Pool.of(activations(norm), CPU)
