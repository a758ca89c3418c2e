"""How much the evals look at, and the cache key that follows from it. Light: `harness.prepare` asks before it builds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from harness.read.lm import fingerprint
from harness.read.text import text_hash

KIND = "evaluation"
FORMAT = 5  # raise it when a change in this room makes other artifacts from the same sizes


@dataclass(frozen=True)
class Sizes:
    """Chosen so that one scoring takes about 12 s after its imports on 2 cores."""

    repeats: int = 3  # of the evals that draw at random
    core_rows: int = 32  # held-out texts of `context` tokens, for cross-entropy and KL
    spelling_rows: int = 8  # of held-out spelling lines, for the same
    words: int = 8_000  # of the vocabulary (all of it, here), for absorption: training words train the probes
    train_glosses: int = 260  # of each class, for sparse probing: of the training split
    test_glosses: int = 160  # of the split that is scored
    gloss_tokens: int = 24
    scr_train: int = 300  # glosses of each of the four combinations of SCR's two attributes
    scr_test: int = 240
    interpreted: int = 20  # latents that autointerp asks its judge about
    interpreted_tokens: int = 60_000  # of held-out text, to find where they are on
    classes: tuple[str, ...] = (
        "noun.animal",
        "noun.plant",
        "noun.person",
        "noun.artifact",
        "noun.act",
        "noun.communication",
        "noun.state",
        "adj.all",
    )


SIZES = Sizes()


def artifact_fields(model: str, layer: int, context: int) -> dict[str, Any]:
    """Everything that the evals' artifacts depend on, for the cache's key. Raises ModelError for an unknown model."""
    return {
        "format": FORMAT,
        "model": fingerprint(model),
        "text": text_hash(),
        "layer": layer,
        "context": context,
        "sae_bench": version("sae-bench"),
        **asdict(SIZES),
    }
