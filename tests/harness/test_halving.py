"""Where memory gives out, work goes on in smaller batches; what is no lack of memory is raised as it is."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import torch

from harness import activations
from harness.activations import read_range
from harness.errors import DeviceError
from harness.evaluation.measures import reconstruction
from harness.evaluation.measures.together import On, on_in
from harness.halving import Batches, halved, halving, is_out_of_memory
from harness.read.lm import load_lm
from harness.read.text import token_rows
from harness.residual import residual_stream
from tests.harness.evaluation.examples import random_submission


def out_of_memory(size: int, fits: int) -> None:
    """What a GPU does that has room for `fits` rows."""
    if size > fits:
        raise torch.OutOfMemoryError(f"CUDA out of memory. Tried to allocate {size} GiB")


def test_torch_s_ways_to_say_it_are_known() -> None:
    """A GPU's error, the CPU allocator's, cuBLAS', Python's; any other RuntimeError is something else."""
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert is_out_of_memory(RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"))
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"))
    assert not is_out_of_memory(ValueError("CUDA out of memory"))


def test_work_begins_anew_with_half_the_size(caplog: pytest.LogCaptureFixture) -> None:
    """32, 16, 8 until it fits, each said; the value is that of the size that fits."""
    tried = []

    def work(size: int) -> int:
        tried.append(size)
        out_of_memory(size, 8)
        return size

    assert halved(work, 32, "reading") == 8
    assert tried == [32, 16, 8]
    assert [record.getMessage() for record in caplog.records] == [
        "reading: memory gave out with 32 at a time; it goes on with 16",
        "reading: memory gave out with 16 at a time; it goes on with 8",
    ]


def test_one_that_does_not_fit_is_an_error() -> None:
    """Nothing is left to halve: the message says what was done, and the device's first line."""
    with pytest.raises(DeviceError, match=r"reading: memory gave out with a single one at a time \(CUDA out of memory"):
        halved(lambda size: out_of_memory(size, 0), 3, "reading")
    with pytest.raises(DeviceError, match="a single one"):
        list(Batches(2, "reading").over(lambda part: out_of_memory(1, 0), 0, 5))


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), ValueError("no"), KeyboardInterrupt()])
def test_any_other_error_is_raised_at_once(error: BaseException) -> None:
    """A fault of the work is never tried again in smaller pieces."""
    tried = []

    def work(_: object) -> None:
        tried.append(1)
        raise error

    for run in (lambda: halved(work, 8, "x"), lambda: list(Batches(8, "x").over(work, 0, 8))):
        with pytest.raises(type(error)):
            run()
    assert len(tried) == 2


def test_batches_go_on_where_they_were() -> None:
    """Each row is done once and in order; the size that fits is kept for what follows, another range too."""
    done: list[int] = []
    sizes = []

    def work(part: slice) -> int:
        sizes.append(part.stop - part.start)
        out_of_memory(part.stop - part.start, 8 if part.start < 20 else 3)
        done.extend(range(part.start, part.stop))
        return part.stop

    batches = Batches(16, "reading")
    assert list(batches.over(work, 3, 40)) == [11, 19, 27, *range(29, 40, 2), 40]
    assert done == list(range(3, 40))
    assert sizes[:3] == [16, 8, 8]
    sizes.clear()
    list(batches.over(work, 0, 4))
    assert sizes == [batches.size] * (4 // batches.size) and batches.size <= 3


def test_a_decorated_function_keeps_its_name_and_halves_its_parameter() -> None:
    """Given by name, by position or not at all."""

    @halving("rows")
    def measure(what: str, rows: int = 4) -> tuple[str, int]:
        out_of_memory(rows, 2)
        return what, rows

    assert measure.__name__ == "measure"
    assert measure("a") == measure("a", 4) == measure("a", rows=4) == ("a", 2)
    assert measure("a", 1) == ("a", 1)


def test_reading_the_language_model_goes_on_in_smaller_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device with room for 5 texts: the activations are those that 32 at once give, to rounding, none left out."""
    lm = load_lm()
    rows = token_rows(lm.tokenizer, "heldout", 2000, 64, 0)
    whole = read_range(lm, 1, rows, 100, 1900)
    plain, sizes = residual_stream, []

    def tight(lm: object, layer: int, ids: np.ndarray) -> torch.Tensor:
        sizes.append(len(ids))
        out_of_memory(len(ids), 5)
        return plain(lm, layer, ids)  # type: ignore[arg-type]

    monkeypatch.setattr(activations, "residual_stream", tight)
    told: list[int] = []
    found = read_range(lm, 1, rows, 100, 1900, told.append)
    assert found.shape == whole.shape
    assert np.allclose(found.astype(np.float32), whole.astype(np.float32), atol=0.02)
    assert max(sizes[3:]) <= 5 and sum(told) >= 1800


def test_reconstruction_is_the_same_in_smaller_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun anew: no batch is counted twice."""
    submission = random_submission(16, 40, 4)
    stream = torch.randn(1000, 16, generator=torch.Generator().manual_seed(0))
    whole = reconstruction.reconstruct(submission, stream)
    plain = on_in
    sizes = []

    def tight(codes: torch.Tensor) -> On:
        sizes.append(len(codes))
        out_of_memory(len(codes), 300 if len(sizes) > 2 else 600)
        return plain(codes)

    monkeypatch.setattr(reconstruction, "on_in", tight)
    found = reconstruction.reconstruct(submission, stream)
    assert max(sizes) == 1000 and sizes[-1] <= 300
    assert torch.equal(found.counts.dense(), whole.counts.dense())
    assert found.explained_variance == pytest.approx(whole.explained_variance, rel=1e-6)
    assert found.l0 == whole.l0


def test_nothing_is_said_where_memory_suffices(caplog: pytest.LogCaptureFixture) -> None:
    """The size stays what it was asked to be."""
    with caplog.at_level(logging.WARNING):
        batches = Batches(4, "reading")
        assert list(batches.over(lambda part: part.stop - part.start, 0, 10)) == [4, 4, 2]
    assert batches.size == 4 and not caplog.records
