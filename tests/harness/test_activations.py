"""Activations: what is read, and how it is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPTNeoXConfig, LlamaConfig

from harness import activations
from harness.activations import load_activations
from harness.errors import ActivationsError, CacheMiss, ModelError, TextError
from harness.read.lm import LM, LOCAL_MODEL, load_lm
from harness.read.text import DATA, entries, token_rows
from harness.residual import residual_stream
from harness.store.cache import Cache

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[2]
SMALL: dict[str, Any] = {"tokens": 2000, "context": 64, "split": "heldout"}


@pytest.fixture(scope="module")
def lm() -> LM:
    return load_lm()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for each test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("LABLOOP_CACHE", str(folder))
    return folder


def expected(lm: LM, layer: int) -> torch.Tensor:
    """What transformers itself gives for SMALL, in the order of the text: [2000, 128]."""
    rows = token_rows(lm.tokenizer, "heldout", 2000, 64)
    with torch.no_grad():
        hidden = lm.model(torch.from_numpy(rows.ids), output_hidden_states=True).hidden_states[layer + 1]
    return hidden[torch.from_numpy(rows.keep)][:2000]


def in_order(data: np.ndarray) -> np.ndarray:
    return data[np.lexsort(data.T[:4])]


@pytest.mark.parametrize("layer", [0, 2])
def test_they_are_the_residual_stream_after_the_block(lm: LM, layer: int) -> None:
    """Up to their order, the same float16 numbers as transformers' hidden states; never <bos>, <eos> or <pad>."""
    found = load_activations(layer=layer, **SMALL)
    wanted = expected(lm, layer)
    assert found.data.shape == (2000, 128)
    assert found.data.dtype == np.float16
    assert np.allclose(in_order(found.data), in_order(wanted.half().numpy()), atol=0.02)
    assert np.allclose(found.mean, wanted.mean(0), atol=1e-3)
    assert found.norm == pytest.approx(wanted.norm(dim=1).mean().item(), rel=1e-4)


def test_they_are_shuffled(lm: LM) -> None:
    """Neighbours in the text are not neighbours in the data, so batches may be read one after the other."""
    data = load_activations(layer=2, **SMALL).data
    ordered = expected(lm, 2).half().numpy()
    assert np.abs(data[:50].astype(float) - ordered[:50].astype(float)).max(1).min() > 0.5
    positions = [int(np.abs(ordered - row).max(1).argmin()) for row in data[:200]]
    assert abs(np.corrcoef(range(200), positions)[0, 1]) < 0.3


def test_each_setting_has_its_own_entry(cache: Path) -> None:
    """Layer, tokens, split, seed and context are all part of the key."""
    base: dict[str, Any] = {"tokens": 200, "context": 32, "split": "heldout", "layer": 0}
    changes: list[dict[str, Any]] = [
        {},
        {"layer": 1},
        {"tokens": 201},
        {"split": "train"},
        {"seed": 1},
        {"context": 33},
    ]
    found = {load_activations(**(base | change)).key for change in changes}
    assert len(found) == len(changes) == len(list((cache / "activations").iterdir()))


def test_the_second_time_the_model_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hit gives the same numbers and never loads a model."""
    first = load_activations(**SMALL)
    monkeypatch.setattr(activations, "load_lm", lambda *_: pytest.fail("the model was loaded"))
    again = load_activations(**SMALL)
    assert np.array_equal(first.data, again.data)
    assert (first.key, first.norm) == (again.key, again.norm)


HIT = """
import sys
from harness.activations import load_activations
found = load_activations(tokens=2000, context=64, split="heldout")
print(type(found.data).__name__, found.data.shape)
print(sorted({"torch", "transformers", "nnsight", "huggingface_hub", "datasets"} & set(sys.modules)))
"""


def test_a_hit_maps_the_file_and_imports_nothing_heavy() -> None:
    """In a fresh process: the file itself as memory, with neither torch nor anything that loads a model or a text."""
    load_activations(**SMALL)
    said = subprocess.check_output([sys.executable, "-c", HIT], cwd=REPOSITORY, text=True)
    assert said == "memmap (2000, 128)\n[]\n"


def test_of_many_shards_a_damaged_one_alone_is_read_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One flipped bit in the fourth of eight shards: the same bytes come back, from one eighth of the work."""
    monkeypatch.setattr(activations, "SHARD_BYTES", 2 * 128 * 250)
    whole = np.array(load_activations(**SMALL).data)
    path = next(cache.glob("activations/*/data.f16"))
    content = bytearray(path.read_bytes())
    content[2 * 128 * 900] ^= 64
    path.write_bytes(content)
    read: list[tuple[int, int]] = []
    original = activations.read_range

    def counted(lm: LM, layer: int, rows: Any, first: int, last: int, *more: Any) -> Any:
        read.append((first, last))
        return original(lm, layer, rows, first, last, *more)

    monkeypatch.setattr(activations, "read_range", counted)
    assert np.array_equal(load_activations(**SMALL).data, whole)
    assert read == [(750, 1000)]


def test_shards_hold_what_one_shard_would(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """Cut into shards at places that are no ends of rows, no activation is lost and none comes twice."""
    whole = np.array(load_activations(**SMALL).data)
    monkeypatch.setattr(activations, "SHARD_BYTES", 2 * 128 * 333)
    monkeypatch.setenv("LABLOOP_CACHE", str(cache / "other"))
    assert np.allclose(in_order(np.array(load_activations(**SMALL).data)), in_order(whole), atol=0.02)


def test_two_processes_read_the_model_once(cache: Path, tmp_path: Path) -> None:
    """Two `prepare` of the same settings at the same time: each split is read by one, and both end well.

    A third, later, finds everything and says so.
    """
    texts = tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": entry.line}) + "\n" for entry in entries("train")[:900]))
    command = [sys.executable, "-m", "harness.prepare", f"--dataset={texts}", f"--model={DATA / LOCAL_MODEL}"]
    sizes = ["--pool_tokens=3000", "--heldout_tokens=1000", "--device=cpu"]
    both = [subprocess.Popen([*command, *sizes], cwd=REPOSITORY, text=True, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert "".join(said).count("reading 3,000 train") == 1
    for split in ("heldout", "confirm"):
        assert "".join(said).count(f"reading 1,000 {split}") == 1
    assert len(list(cache.glob("activations/*/entry.json"))) == 3
    third = subprocess.run([*command, *sizes], cwd=REPOSITORY, text=True, capture_output=True, check=True).stderr
    assert third.count("in the cache") == 3
    assert "reading" not in third


def test_what_is_read_is_in_use_until_the_process_ends(cache: Path) -> None:
    """Activations that are memory-mapped here survive a cache that another process fills over its cap."""
    data = load_activations(**SMALL).data
    (folder,) = cache.glob("activations/*")
    Cache(cap_bytes=1000).get("kind", {"other": 1}, lambda draft: draft.write("data", bytes(5000)))
    assert folder.exists()
    assert isinstance(data, np.memmap)


def test_a_missing_entry_in_a_read_only_cache_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cache holds and how to add to it, instead of a traceback from deep inside."""
    load_activations(**SMALL)
    monkeypatch.setattr("harness.store.cache.Cache.is_writable", lambda _: False)
    assert len(load_activations(**SMALL).data) == 2000
    with pytest.raises(CacheMiss, match=r"(?s)layer=1.*holds.*layer=2.*python -m harness\.prepare"):
        load_activations(layer=1, **SMALL)


def test_bad_requests_are_refused_and_leave_nothing_behind(cache: Path) -> None:
    """A layer, context, model or number of tokens that cannot be: one message each, and no entry."""
    with pytest.raises(ModelError, match="no layer 7: use 0 to 3"):
        load_activations(layer=7, **SMALL)
    with pytest.raises(ModelError, match="reads texts of 2 to 128 tokens, not 512"):
        load_activations(context=512)
    with pytest.raises(ModelError, match="that is no name of a model"):
        load_activations(model="no such model")
    with pytest.raises(TextError, match="has only"):
        load_activations(tokens=2_000_000, split="heldout")
    assert not list(cache.glob("activations/*/entry.json"))


@pytest.mark.parametrize("value", [float("nan"), 1e6])
def test_numbers_that_cannot_be_trained_on_are_refused(
    value: float, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NaN, and what float16 cannot hold, are errors before training and never reach the cache."""
    monkeypatch.setattr(activations, "residual_stream", lambda lm, layer, ids: torch.full((*ids.shape, 128), value))
    with pytest.raises(ActivationsError, match="block 2 hold NaN, or values beyond float16"):
        load_activations(tokens=400, context=64, split="heldout")
    assert not list(cache.glob("activations/*/entry.json"))


SIZES: dict[str, Any] = {"vocab_size": 8192, "bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0}
OTHERS: dict[str, Callable[[], Any]] = {
    "llama": lambda: LlamaConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=64,
        **SIZES,
    ),
    "gpt_neox": lambda: GPTNeoXConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=64,
        **SIZES,
    ),
    "gpt2": lambda: GPT2Config(n_embd=32, n_layer=3, n_head=2, n_positions=64, **SIZES),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_architectures_are_read_the_same_way(kind: str, tmp_path: Path) -> None:
    """Llama, GPT-NeoX and GPT-2, saved in a folder: after block 1 the same as transformers' hidden states."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(OTHERS[kind]()).save_pretrained(tmp_path / kind)
    AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL).save_pretrained(tmp_path / kind)
    lm = load_lm(str(tmp_path / kind))
    rows = token_rows(lm.tokenizer, "heldout", 500, 64)
    wanted = lm.model(torch.from_numpy(rows.ids), output_hidden_states=True).hidden_states[2]
    assert torch.allclose(residual_stream(lm, 1, rows.ids), wanted, atol=1e-6)
    found = load_activations(model=str(tmp_path / kind), layer=1, tokens=500, context=64, split="heldout")
    assert found.data.shape == (500, 32)
