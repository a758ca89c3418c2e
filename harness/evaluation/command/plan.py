"""What is to be run, on what. Light: neither torch nor sae-bench is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from harness.evaluation.evals.base import Eval
from harness.evaluation.protocol import LABLOOP, ProtocolName
from harness.read.kept_text import TextRequest
from harness.read.splits import Split
from harness.scales import READS, SCALES, Scale
from harness.site import Site


@dataclass(frozen=True)
class Plan:
    """Which evals, on what; what the run reads is the scale's own where nothing is said."""

    evals: tuple[Eval, ...]
    scale: str = "tiny"
    model: str = ""
    judge: str = ""
    judge_url: str = ""
    data_dir: Path | None = None  # data sets as folders of the hub's names, instead of the cache's and the hub
    layer: int | None = None
    context: int | None = None
    dataset: str = ""
    lm_dtype: str = ""
    heldout_tokens: int | None = None
    pool_tokens: int | None = None
    site: Site | None = None
    split: Split = "heldout"  # to score on
    protocol: ProtocolName = LABLOOP  # saebench: as the published runs do, at a scale of the hub
    absent: Mapping[str, str] = field(default_factory=dict)  # why a metric is not given, by its name
    device: str = "auto"  # where the SAE and the language model are scored

    @property
    def form(self) -> Literal["tiny", "full"]:
        """In which of their two forms the evals run: on what the project ships, or on the hub's data as sae-bench runs them."""
        return "full" if SCALES[self.scale].on_the_hub else "tiny"

    @property
    def language_model(self) -> str:
        return self.reads.model

    @property
    def reads(self) -> Scale:
        """Which activations the run reads, and how many are held out."""
        scale = SCALES[self.scale]
        given = {name: getattr(self, name, None) for name in (*READS, "site", "heldout_tokens")}
        return replace(scale, **{name: value for name, value in given.items() if value not in (None, "")})

    def texts(self) -> dict[str, TextRequest]:
        """The texts of the split that the evals read as they are at full scale, by eval."""
        found = {each.name: each.text(self.reads, self.split) for each in self.evals}
        return {name: text for name, text in found.items() if text is not None}

    def same_on_every_split(self) -> list[str]:
        """The evals that score on the same data whatever the split."""
        return [each.name for each in self.evals if self.form not in each.scored_by_split]

    def data_sets(self) -> tuple[str, ...]:
        """The hub's data sets that the evals read at full scale, each once."""
        return tuple(dict.fromkeys(name for each in self.evals for name in each.data_sets_of(self.protocol)))

    def own_models(self) -> tuple[str, ...]:
        """The language models that the evals load themselves at full scale, each once."""
        named = (each.own_model(self.language_model) for each in self.evals)
        return tuple(dict.fromkeys(name for name in named if name is not None))
