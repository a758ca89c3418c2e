"""Which activations are asked for: everything that their numbers depend on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from harness.read.corpus import WORDNET
from harness.read.kept_text import TextRequest
from harness.read.lm import LOCAL_MODEL
from harness.read.splits import Split
from harness.site import RESIDUAL, Site

FORMAT = 1  # goes up whenever the same request would give other numbers
SAMPLE_TOKENS = 100_000


class Reads(Protocol):
    """What is read to train on: a scale, or what an SAE that was submitted says of itself."""

    @property
    def model(self) -> str: ...
    @property
    def layer(self) -> int: ...
    @property
    def pool_tokens(self) -> int: ...
    @property
    def context(self) -> int: ...
    @property
    def lm_dtype(self) -> str: ...
    @property
    def dataset(self) -> str: ...
    @property
    def site(self) -> Site: ...


@dataclass(frozen=True)
class Request:
    """Which activations: of a site in block `layer`, at `tokens` positions of a split of the text."""

    model: str = LOCAL_MODEL
    layer: int = 2
    tokens: int = 100_000
    split: Split = "train"
    context: int = 128
    seed: int = 0
    dtype: str = "float32"  # what the model computes in
    dataset: str = WORDNET
    pool_tokens: int = 0  # of text to train on, which held-out text of a data set must be apart from
    site: Site = RESIDUAL  # the residual stream, or pairs of an MLP

    @classmethod
    def to_train_on(cls, reads: Reads) -> Request:
        """All that is trained on."""
        return cls(
            model=reads.model,
            layer=reads.layer,
            tokens=reads.pool_tokens,
            context=reads.context,
            dtype=reads.lm_dtype,
            dataset=reads.dataset,
            site=reads.site,
        )

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
        elsewhere = {} if self.site == RESIDUAL else {"site": self.site}
        return {"format": FORMAT, **self.text.depends_on(), "layer": self.layer, "dtype": self.dtype, **elsewhere}


def described(request: Request, buffer_tokens: int) -> dict[str, Any]:
    """What an experiment asks for, by name: what a process that hands it out is held to."""
    return {**asdict(request), "buffer_tokens": buffer_tokens}


def sample_of(request: Request) -> Request:
    """The part of a Request from which the scale of activations that are not kept is taken."""
    return replace(request, tokens=min(request.tokens, SAMPLE_TOKENS))
