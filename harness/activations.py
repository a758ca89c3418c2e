"""Activations of a language model, read once with nnsight and kept on disk: its residual stream, or pairs of an MLP.

`load_activations` is what an experiment calls. Where the entry is in the cache it costs some ten milliseconds and
imports neither transformers nor nnsight.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.handed import handed_rows
from harness.progress import counted
from harness.read.corpus import WORDNET, rows_of
from harness.read.kept_text import kept_ids
from harness.read.lm import LM, LOCAL_MODEL, load_lm
from harness.read.rows import TokenRows
from harness.read.splits import Split
from harness.request import FORMAT as FORMAT
from harness.request import SAMPLE_TOKENS as SAMPLE_TOKENS
from harness.request import Request as Request
from harness.request import described as described
from harness.request import sample_of as sample_of
from harness.residual import check_context, checked, mlp_pairs, residual_stream
from harness.site import MLP, RESIDUAL, Site, as_site, said
from harness.store.cache import Cache, Draft, key_of

if TYPE_CHECKING:
    import torch

    from harness.halving import Batches

log = logging.getLogger(__name__)

KIND = "activations"
SHARD_BYTES = 1 << 26
ROWS_AT_ONCE = 32


@dataclass(frozen=True)
class Activations:
    """Activations [n, d_in] in float16, memory-mapped, in an order shuffled when they were read; or not read yet.

    `mean` is their mean [d_in] in float32, `norm` the mean of their L2 norms, `key` the hash of all they depend on.
    A row of an MLP's is a pair, its input and then its output: `norm` is the first half's, `norm_out` the second's.
    """

    data: Any  # a memmap [n, d_in] of float16, an Unread, or what is Handed out
    mean: NDArray[np.float32]
    norm: float
    key: str
    norm_out: float | None = None  # None where rows are no pairs


def load_activations(
    model: str = LOCAL_MODEL,
    layer: int = 2,
    tokens: int = 100_000,
    split: Split = "train",
    context: int = 128,
    seed: int = 0,
    dtype: str = "float32",
    device: str = "auto",
    dataset: str = WORDNET,
    pool_tokens: int = 0,
    buffer_tokens: int = 0,
    site: str = RESIDUAL,
) -> Activations:
    """Activations of `model` at a site of block `layer`, from the cache; read from the model first where they are not there.

    Where `buffer_tokens` is above 0 nothing is kept but the text and a sample, for their mean and norm: the rest is read while it
    is drawn, and mixed in a buffer of so many (harness/on_the_fly.py). Where LABLOOP_DATA names a process that hands out training data
    (harness/hand_out/), they come from it, batch by batch, and nothing is read here.
    `dataset` is one of those of harness/read/corpus.py, and of a held-out split `pool_tokens` is how many of its tokens are
    trained on; `device` auto is a GPU where there is one. Raises CacheMiss where they
    are not there and the cache is read-only, ModelError for an unknown model or layer, TextError for an unknown data set
    or one with fewer tokens, DeviceError, ActivationsError for NaN and infinity, and DataError where that process hands out something else.
    """
    asked = Request(
        model=model,
        layer=layer,
        tokens=tokens,
        split=split,
        context=context,
        seed=seed,
        dtype=dtype,
        dataset=dataset,
        pool_tokens=pool_tokens,
        site=as_site(site),
    )
    if handed := handed_rows(described(asked, buffer_tokens)):
        return Activations(handed, handed.mean, handed.norm, handed.key, handed.norm_out)
    return kept_or_unread(asked, buffer_tokens, device)


def kept_or_unread(request: Request, buffer_tokens: int, device: str = "auto") -> Activations:
    """What a Request asks for, from the cache, or read while it is drawn where `buffer_tokens` is above 0."""
    return unread(request, buffer_tokens, device) if buffer_tokens else load(request, device)


def unread(request: Request, buffer_tokens: int, device: str = "auto") -> Activations:
    """What a Request asks for, read while it is drawn; its text and the sample come from the cache, made where they are not there."""
    from harness.on_the_fly import Read, Unread

    sample = load(sample_of(request), device)
    ids = kept_ids(request.text)

    def open_read() -> Read:
        import torch

        lm = load_lm(request.model, device, getattr(torch, request.dtype))
        lm.check_layer(request.layer)
        special = torch.tensor(sorted(set(lm.tokenizer.all_special_ids)))

        def read(some: NDArray[np.int64]) -> torch.Tensor:
            keep = ~torch.isin(torch.from_numpy(some), special)
            keep[:, 0] = False
            hidden = _read(lm, request.layer, some, request.site)
            return checked(hidden[keep.to(hidden.device)].half(), lm, request.layer)

        return read

    shape = (request.tokens, sample.data.shape[1])
    data = Unread(ids, shape, open_read, buffer_tokens, f"reading {request.model}")
    key = key_of({**request.fields(), "buffer_tokens": buffer_tokens})
    return Activations(data, sample.mean, sample.norm, key, sample.norm_out)


def load(request: Request, device: str = "auto") -> Activations:
    """What a Request asks for; see `load_activations`."""
    fields = request.fields()
    cache = Cache()
    while not cache.hold(folder := cache.get(KIND, fields, lambda draft: build(draft, request, device))):
        log.info("%s was evicted just now: it is made again", folder)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    shape = (summary["rows"], summary["d_in"])
    return Activations(
        data=np.memmap(folder / "data.f16", np.float16, "r", shape=shape),
        mean=np.array(summary["mean"], np.float32),
        norm=summary["norm"],
        key=key_of(fields),
        norm_out=summary.get("norm_out"),
    )


def build(draft: Draft, request: Request, device: str) -> None:
    """Read the activations and write them into the draft, shard by shard; shards already there are kept."""
    import torch

    from harness.device import free_memory  # imports torch too
    from harness.halving import Batches

    lm = load_lm(request.model, device, getattr(torch, request.dtype))
    lm.check_layer(request.layer)
    check_context(lm, request.context)
    width = lm.d_model * (2 if request.site == MLP else 1)
    draft.reserve(2 * width * request.tokens)
    asked = (request.split, request.tokens, request.context, request.seed)
    rows = rows_of(request.dataset, lm.tokenizer, *asked, pool_tokens=request.pool_tokens)
    what = f"{request.split} activations of {lm.name} {said(request.site, request.layer)}"
    log.info("reading %s %s on %s", f"{request.tokens:,}", what, lm.model.device)
    batches = Batches(ROWS_AT_ONCE, f"reading {lm.name}")
    shard_rows = max(1, SHARD_BYTES // (2 * width))
    total, norms = np.zeros(width), np.zeros(width // lm.d_model)
    with counted(request.tokens, f"reading {what}", "token") as advance:
        for first in range(0, request.tokens, shard_rows):
            last = min(first + shard_rows, request.tokens)
            at = 2 * width * first
            if not draft.has("data.f16", at):
                block = read_range(lm, request.layer, rows, first, last, advance, batches, request.site)
                np.random.default_rng([request.seed, first]).shuffle(block)
                draft.write("data.f16", memoryview(block).cast("B"), at)
            else:
                block = np.memmap(draft.folder / "data.f16", np.float16, "r", at, (last - first, width))
                advance(last - first)
            exact = block.astype(np.float32)
            total += exact.sum(0, dtype=np.float64)
            halves = np.split(exact, len(norms), axis=1)
            norms += [float(np.linalg.norm(half, axis=1).sum(dtype=np.float64)) for half in halves]
    summary = {
        "rows": request.tokens,
        "d_in": width,
        "norm": norms[0] / request.tokens,
        "mean": (total / request.tokens).tolist(),
        **({"norm_out": norms[1] / request.tokens} if request.site == MLP else {}),
    }
    draft.write("summary.json", json.dumps(summary).encode())
    del lm  # what it took of a GPU is the SAE's now
    free_memory()


def read_range(
    lm: LM,
    layer: int,
    rows: TokenRows,
    first: int,
    last: int,
    advance: Callable[[int], None] = lambda _: None,
    batches: Batches | None = None,
    site: Site = RESIDUAL,
) -> NDArray[np.float16]:
    """Activations of the kept positions `first` to `last` (excluded), in the order of the text: [last − first, d_in].

    `advance` is told of each that was read; texts are read in `batches`, which shrink where memory gives out. Raises ActivationsError for NaN, infinity and what float16 cannot hold.
    """
    from harness.halving import Batches  # imports torch

    def read_rows(chunk: slice) -> NDArray[np.float16]:
        hidden = _read(lm, layer, rows.ids[chunk], site).float().cpu().numpy()
        with np.errstate(over="ignore"):  # found just below
            return hidden[rows.keep[chunk]].astype(np.float16)

    ends = rows.keep.sum(1).cumsum()
    from_row = int(np.searchsorted(ends, first, "right"))
    to_row = int(np.searchsorted(ends, last - 1, "right")) + 1
    before = int(ends[from_row - 1]) if from_row else 0
    parts = []
    for read in (batches or Batches(ROWS_AT_ONCE, f"reading {lm.name}")).over(read_rows, from_row, to_row):
        parts.append(read)
        advance(len(parts[-1]))
        checked(parts[-1], lm, layer)
    return np.concatenate(parts)[first - before : last - before]


def _read(lm: LM, layer: int, ids: NDArray[np.int64], site: Site) -> torch.Tensor:
    """Activations of a site of block `layer` for rows of token ids: [rows, context, d_in]."""
    return mlp_pairs(lm, layer, ids) if site == MLP else residual_stream(lm, layer, ids)
