"""Residual-stream activations of a language model, read once with nnsight and kept on disk.

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

from harness.errors import ActivationsError, ModelError
from harness.progress import counted
from harness.read.corpus import WORDNET, rows_of
from harness.read.kept_text import TextRequest
from harness.read.lm import LM, LOCAL_MODEL, load_lm
from harness.read.rows import TokenRows
from harness.read.splits import Split
from harness.store.cache import Cache, Draft, key_of

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

KIND = "activations"
FORMAT = 1  # goes up whenever the same request would give other numbers
SHARD_BYTES = 1 << 26
ROWS_AT_ONCE = 32


@dataclass(frozen=True)
class Activations:
    """Activations [n, d_in] in float16, memory-mapped, in an order shuffled when they were read.

    `mean` is their mean [d_in] in float32, `norm` the mean of their L2 norms, `key` the hash of all they depend on.
    """

    data: NDArray[np.float16]
    mean: NDArray[np.float32]
    norm: float
    key: str


@dataclass(frozen=True)
class Request:
    """Which activations: of the residual stream after block `layer`, at `tokens` positions of a split of the text."""

    model: str = LOCAL_MODEL
    layer: int = 2
    tokens: int = 100_000
    split: Split = "train"
    context: int = 128
    seed: int = 0
    dtype: str = "float32"  # what the model computes in
    dataset: str = WORDNET
    pool_tokens: int = 0  # of text to train on, which held-out text of a data set must be apart from

    @property
    def text(self) -> TextRequest:
        """The text that the model reads."""
        return TextRequest(
            model=self.model,
            dataset=self.dataset,
            tokens=self.tokens,
            split=self.split,
            context=self.context,
            seed=self.seed,
            pool_tokens=self.pool_tokens,
        )

    def fields(self) -> dict[str, Any]:
        """Everything that the numbers depend on, for the cache's key."""
        return {"format": FORMAT, **self.text.depends_on(), "layer": self.layer, "dtype": self.dtype}


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
) -> Activations:
    """Activations of `model` after block `layer`, from the cache; read from the model first where they are not there.

    `dataset` is one of those of harness/read/corpus.py, and of a held-out split `pool_tokens` is how many of its tokens are
    trained on; `device` auto is a GPU where there is one. Raises CacheMiss where they
    are not there and the cache is read-only, ModelError for an unknown model or layer, TextError for an unknown data set
    or one with fewer tokens, DeviceError, and ActivationsError for NaN and infinity.
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
    )
    return load(asked, device)


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
    )


def build(draft: Draft, request: Request, device: str) -> None:
    """Read the activations and write them into the draft, shard by shard; shards already there are kept."""
    import torch

    from harness.device import free_memory  # imports torch too

    lm = load_lm(request.model, device, getattr(torch, request.dtype))
    lm.check_layer(request.layer)
    check_context(lm, request.context)
    draft.reserve(2 * lm.d_model * request.tokens)
    asked = (request.split, request.tokens, request.context, request.seed)
    rows = rows_of(request.dataset, lm.tokenizer, *asked, pool_tokens=request.pool_tokens)
    what = f"{request.split} activations of {lm.name} after block {request.layer}"
    log.info("reading %s %s on %s", f"{request.tokens:,}", what, lm.model.device)
    shard_rows = max(1, SHARD_BYTES // (2 * lm.d_model))
    total, norms = np.zeros(lm.d_model), 0.0
    with counted(request.tokens, f"reading {what}", "token") as advance:
        for first in range(0, request.tokens, shard_rows):
            last = min(first + shard_rows, request.tokens)
            at = 2 * lm.d_model * first
            if not draft.has("data.f16", at):
                block = read_range(lm, request.layer, rows, first, last, advance)
                np.random.default_rng([request.seed, first]).shuffle(block)
                draft.write("data.f16", memoryview(block).cast("B"), at)
            else:
                block = np.memmap(draft.folder / "data.f16", np.float16, "r", at, (last - first, lm.d_model))
                advance(last - first)
            exact = block.astype(np.float32)
            total += exact.sum(0, dtype=np.float64)
            norms += float(np.linalg.norm(exact, axis=1).sum(dtype=np.float64))
    summary = {
        "rows": request.tokens,
        "d_in": lm.d_model,
        "norm": norms / request.tokens,
        "mean": (total / request.tokens).tolist(),
    }
    draft.write("summary.json", json.dumps(summary).encode())
    del lm  # what it took of a GPU is the SAE's now
    free_memory()


def read_range(
    lm: LM, layer: int, rows: TokenRows, first: int, last: int, advance: Callable[[int], None] = lambda _: None
) -> NDArray[np.float16]:
    """Activations of the kept positions `first` to `last` (excluded), in the order of the text: [last − first, d_in].

    `advance` is told of each that was read. Raises ActivationsError for NaN, infinity and what float16 cannot hold.
    """
    ends = rows.keep.sum(1).cumsum()
    from_row = int(np.searchsorted(ends, first, "right"))
    to_row = int(np.searchsorted(ends, last - 1, "right")) + 1
    before = int(ends[from_row - 1]) if from_row else 0
    parts = []
    for start in range(from_row, to_row, ROWS_AT_ONCE):
        chunk = slice(start, min(start + ROWS_AT_ONCE, to_row))
        hidden = residual_stream(lm, layer, rows.ids[chunk]).float().cpu().numpy()
        with np.errstate(over="ignore"):  # found just below
            parts.append(hidden[rows.keep[chunk]].astype(np.float16))
        advance(len(parts[-1]))
        if not np.isfinite(parts[-1]).all():
            raise ActivationsError(
                f"activations of {lm.name} after block {layer} hold NaN, or values beyond float16 (65,504): "
                "use another layer, or compute in float32"
            )
    return np.concatenate(parts)[first - before : last - before]


def residual_stream(lm: LM, layer: int, ids: NDArray[np.int64]) -> torch.Tensor:
    """The residual stream after block `layer` for rows of token ids: [rows, context, d_model].

    The forward pass stops there: for layer 12 of 26 that saves more than half of it.
    """
    import beartype  # noqa: F401  (nnsight fails with "unhashable type" where beartype is imported after it)
    import torch
    from nnsight import NNsight

    path = _blocks_path(lm)
    tokens = torch.from_numpy(ids).to(lm.model.device)
    tracer = NNsight(lm.model)
    with torch.no_grad(), tracer.trace(input_ids=tokens) as trace:
        output = tracer.get(path)[layer].output.save()
        trace.stop()
    hidden: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return hidden


def _blocks_path(lm: LM) -> str:
    """Where the list of blocks is: `model.layers` (Gemma, Llama), `gpt_neox.layers`, `transformer.h` (GPT-2) and others.

    It is the list with as many modules as the model has layers; of several, the one nearest to the root.
    """
    from torch.nn import ModuleList

    found = [
        path
        for path, module in lm.model.named_modules()
        if isinstance(module, ModuleList) and len(module) == lm.n_layers
    ]
    if not found:
        raise ModelError(
            f"the blocks of {lm.name} ({type(lm.model).__name__}) are not where they are known to be: use another model"
        )
    return min(found, key=lambda path: path.count("."))


def check_context(lm: LM, context: int) -> None:
    """Raises ModelError where the model cannot read texts of `context` tokens."""
    longest = getattr(lm.model.config.get_text_config(), "max_position_embeddings", context)
    if not 2 <= context <= longest:
        raise ModelError(f"{lm.name} reads texts of 2 to {longest} tokens, not {context}")
