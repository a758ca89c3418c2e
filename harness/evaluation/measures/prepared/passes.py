"""What the language model makes of texts where no SAE is concerned: read once, kept, and given back as if read again.

Of the three passes over each text that cross-entropy and KL divergence are made of, two know no SAE: the untouched one, and the one
with zeros in place of the activations. Their logits are kept as they are, so that all that follows is the same to the digit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from harness.errors import CacheMiss
from harness.evaluation.measures.behaviour import float_logits
from harness.grad import no_grad
from harness.read.lm import fingerprint
from harness.store.cache import Cache, Draft

KIND = "passes"
FILE = "passes.pt"
ROWS = 4  # texts that the model reads at once: as many as are asked for at once, since sums depend on it
ZERO_HOOK = "standard_zero_ablate_hook"  # sae-bench's


@dataclass(frozen=True)
class Passes:
    """Of texts `tokens` [n, context]; 4 bytes times n, context and the vocabulary: 134 MB for the shipped model's 32 texts."""

    tokens: Tensor
    clean: Tensor  # [n, context, vocabulary] logits of the untouched model
    clean_loss: Tensor  # [n, context - 1] cross-entropy of the next token
    zeroed: Tensor  # as `clean`, with zeros after the layer; [1, 1, vocabulary] where they are the same at every place
    zeroed_loss: Tensor


def load_passes(name: str, layer: int, model: Any, tokens: Tensor) -> Passes | None:
    """The passes of a language model over `tokens`, from the cache; made first where they are not there (a second or two).

    None where they are not there and the cache cannot be written.
    """

    def make(draft: Draft) -> None:
        torch.save(asdict(read_passes(model, f"blocks.{layer}.hook_resid_post", tokens)), draft.folder / FILE)
        draft.adopt(FILE)

    fields = {
        "format": 1,
        "model": fingerprint(name),
        "layer": layer,
        "tokens": hashlib.sha256(tokens.contiguous().numpy().tobytes()).hexdigest(),
        "torch": torch.__version__,
    }
    try:
        folder = Cache().get(KIND, fields, make)
    except CacheMiss:
        return None
    return Passes(**torch.load(folder / FILE, weights_only=True, mmap=True))


@no_grad
def read_passes(model: Any, hook: str, tokens: Tensor, rows: int = ROWS) -> Passes:
    """Read them with `model`, a HookedTransformer."""
    with float_logits(model):
        clean = [model(part, return_type="both", loss_per_token=True) for part in tokens.split(rows)]
        zeroed = [
            model.run_with_hooks(part, return_type="both", fwd_hooks=[(hook, _zeros)], loss_per_token=True)
            for part in tokens.split(rows)
        ]
    (logits, losses), (zero_logits, zero_losses) = (map(torch.cat, zip(*each, strict=True)) for each in (clean, zeroed))
    one = zero_logits[:1, :1]
    same = bool((zero_logits == one).all())
    return Passes(tokens, logits, losses, one.clone() if same else zero_logits, zero_losses)


class Remembering:
    """A language model that has read some texts before: gives its passes over them back, and reads whatever else there is."""

    def __init__(self, model: Any, passes: Passes, rows: int = ROWS) -> None:
        self._model, self._passes = model, passes
        self._places = {_key(part): number * rows for number, part in enumerate(passes.tokens.split(rows))}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, tokens: Tensor, **given: Any) -> Any:
        place = self._place(tokens, given)
        if place is None:
            return self._model(tokens, **given)
        return self._passes.clean[place].clone(), self._passes.clean_loss[place].clone()

    def run_with_hooks(self, tokens: Tensor, fwd_hooks: Sequence[Any] = (), **given: Any) -> Any:
        """The model's own; of texts that are known, the pass with sae-bench's zeros is remembered."""
        place = self._place(tokens, given)
        if place is None or [getattr(hook, "__name__", "") for _, hook in fwd_hooks] != [ZERO_HOOK]:
            return self._model.run_with_hooks(tokens, fwd_hooks=fwd_hooks, **given)
        known = self._passes
        logits = known.zeroed.expand_as(known.clean)[place].clone()
        return logits, known.zeroed_loss[place].clone()

    def _place(self, tokens: Tensor, given: dict[str, Any]) -> slice | None:
        begin = self._places.get(_key(tokens))
        if begin is None or given != {"return_type": "both", "loss_per_token": True}:
            return None
        return slice(begin, begin + len(tokens))


def _zeros(activations: Tensor, hook: Any) -> Tensor:
    return torch.zeros_like(activations)


def _key(tokens: Tensor) -> bytes:
    return bytes(str(tuple(tokens.shape)), "ascii") + tokens.contiguous().cpu().numpy().tobytes()
