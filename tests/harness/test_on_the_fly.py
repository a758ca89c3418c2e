"""Activations that are read while they are drawn: each once a pass, well mixed, the same ones as on the disk."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import experiment
from harness import prepare
from harness.activations import SAMPLE_TOKENS, load_activations
from harness.errors import ActivationsError, SettingsError
from harness.on_the_fly import Buffered, Unread
from harness.pool import Pool
from harness.read.text import entries
from harness.settings import check_settings

ROWS, CONTEXT = 211, 11
KEPT = ROWS * (CONTEXT - 1)  # a row's first position is <bos>


def unread(buffer_tokens: int, fits: int = 99) -> Unread:
    """Texts whose activations say their own numbers; the device has room for `fits` texts at once."""
    ids = np.arange(ROWS * CONTEXT, dtype=np.int32).reshape(ROWS, CONTEXT)

    def read(some: NDArray[np.int64]) -> torch.Tensor:
        if len(some) > fits:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return torch.from_numpy(some[:, 1:].reshape(-1, 1)).half()

    return Unread(ids, (KEPT, 1), lambda: read, buffer_tokens, "reading")


def drawn(rows: Buffered, batch: int, count: int) -> list[int]:
    """So many numbers, in batches."""
    found = [int(n) for _ in range(count // batch) for part in rows.take(batch) for n in part[:, 0]]
    return found + [int(n) for part in rows.take(count % batch) for n in part[:, 0]]


def numbers() -> list[int]:
    """Every kept position (float16 holds whole numbers up to 2,048, and every second one beyond)."""
    ids = np.arange(ROWS * CONTEXT).reshape(ROWS, CONTEXT)[:, 1:]
    return sorted(int(n) for n in torch.from_numpy(ids.copy()).half().flatten())


@pytest.mark.parametrize("buffer_tokens", [1, 50, 700, KEPT, 10 * KEPT])
@pytest.mark.parametrize("fits", [99, 5])
def test_every_activation_comes_once_before_any_comes_again(buffer_tokens: int, fits: int) -> None:
    """Two passes in batches that fit neither texts nor buffer, also where memory forces smaller reads: each exactly twice."""
    rows = unread(buffer_tokens, fits).shuffled(0)
    first, second = drawn(rows, 37, KEPT), drawn(rows, 37, KEPT)
    assert sorted(first) == sorted(second) == numbers()
    assert first != second


def test_the_seed_decides_the_order() -> None:
    """The same seed gives the same batches, another seed others."""
    orders = [drawn(unread(300).shuffled(seed), 64, KEPT) for seed in (3, 3, 4)]
    assert orders[0] == orders[1] != orders[2]


def test_a_batch_mixes_texts() -> None:
    """Neighbours in a text are parted, a batch comes from all over the text, and its mean drifts little: beside no mixing."""
    rows = unread(1000).shuffled(0)
    order = np.array(drawn(rows, 50, KEPT))
    assert (np.abs(np.diff(order)) <= 2).mean() < 0.05
    assert abs(np.corrcoef(np.arange(len(order)), order)[0, 1]) < 0.2
    batches = order[: 50 * (len(order) // 50)].reshape(-1, 50)
    texts = [len(set((batch // CONTEXT).tolist())) for batch in batches]
    assert min(texts) > 25  # read one after the other they would be 5 or 6
    unmixed = np.array(drawn(unread(1).shuffled(0), 50, KEPT))[: batches.size].reshape(-1, 50)
    assert batches.mean(1).std() < unmixed.mean(1).std() / 1.5


def local_texts(folder: Path, count: int = 600) -> str:
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": entry.line}) + "\n" for entry in entries("train")[:count]))
    return str(path)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))


def test_they_are_the_activations_that_the_disk_would_hold(tmp_path: Path) -> None:
    """The rows of one pass through the buffer are those of the file, to rounding, and so are mean and scale."""
    asked = {"layer": 1, "tokens": 1500, "context": 32, "dataset": local_texts(tmp_path)}
    kept, fresh = load_activations(**asked), load_activations(**asked, buffer_tokens=400)  # type: ignore[arg-type]
    assert np.array_equal(kept.mean, fresh.mean) and kept.norm == fresh.norm  # of a sample, here the whole
    assert kept.key != fresh.key
    assert fresh.data.shape == kept.data.shape == (1500, 128)
    pool, plain = Pool.of(fresh, torch.device("cpu")), Pool.of(kept, torch.device("cpu"))
    assert pool.scale == plain.scale
    batch = pool.draw(1500)
    assert batch.dtype == torch.float32 and batch.shape == (1500, 128)
    nearest = torch.cdist(batch, torch.tensor(np.asarray(kept.data), dtype=torch.float32) * plain.scale).min(1).values
    assert (nearest < 0.05).float().mean() > 0.98  # the last text's end is read too, which the file leaves out


def test_what_float16_cannot_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where activations are kept: NaN and overflow end the run with the remedy."""
    asked = {"layer": 1, "tokens": 500, "context": 32, "dataset": local_texts(tmp_path), "buffer_tokens": 100}
    pool = Pool.of(load_activations(**asked), torch.device("cpu"))  # type: ignore[arg-type]
    monkeypatch.setattr(
        "harness.activations.residual_stream", lambda lm, layer, ids: torch.full((*ids.shape, 128), 1e6)
    )
    with pytest.raises(ActivationsError, match="values beyond float16"):
        pool.draw(10)


@pytest.mark.process
def test_an_sae_learns_from_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """prepare keeps text and sample alone; then a run at tiny scale trains, and ends about where one from the disk does."""
    same = [
        "--steps=60",
        "--batch_size=256",
        "--d_sae=256",
        "--pool_tokens=8000",
        f"--dataset={local_texts(tmp_path, 4000)}",
    ]
    explained = {}
    for buffer in ("0", "4096"):
        flags = [*same, f"--buffer_tokens={buffer}"]
        assert prepare.main([*flags, "--heldout_tokens=200", "--evals=none", "--device=cpu"]) == 0
        monkeypatch.setattr(sys, "argv", ["experiment.py", f"--out_dir={tmp_path / buffer}", "--device=cpu", *flags])
        experiment.main()
        info = json.loads((tmp_path / buffer / "final_info.json").read_text())
        assert info["config"]["buffer_tokens"] == int(buffer)
        assert info["training"]["tokens"] == 60 * 256
        explained[buffer] = 1 - info["training"]["loss_last"]
    assert explained["4096"] == pytest.approx(explained["0"], abs=0.05)
    assert explained["4096"] > 0.4


def test_a_buffer_that_is_no_more_than_a_batch_is_refused() -> None:
    """It could not mix anything: the error names the setting and the least that helps."""
    for tokens in (0, 4096, 100_000):
        check_settings(experiment.Settings(buffer_tokens=tokens))
    with pytest.raises(SettingsError, match="buffer_tokens is 4095: half a buffer must hold a batch of 2048"):
        check_settings(experiment.Settings(buffer_tokens=4095))
    assert SAMPLE_TOKENS >= 100_000
