"""What every eval says of itself. Light: neither torch nor sae-bench is imported before an eval runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from harness.evaluation import data_sets
from harness.evaluation.protocol import SAEBENCH, ProtocolName
from harness.evaluation.scoring.writer import ResultFile
from harness.read.kept_text import TextRequest
from harness.read.splits import Split

if TYPE_CHECKING:
    from pathlib import Path

    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, TinySubject


class Reads(Protocol):
    """What says which text is read: a Scale, or a Submission."""

    @property
    def model(self) -> str: ...
    @property
    def dataset(self) -> str: ...
    @property
    def context(self) -> int: ...
    @property
    def pool_tokens(self) -> int: ...


class Planned(Protocol):
    """What an eval may ask of a plan, to say what it lacks."""

    @property
    def form(self) -> str: ...
    @property
    def language_model(self) -> str: ...
    @property
    def data_dir(self) -> Path | None: ...
    @property
    def protocol(self) -> ProtocolName: ...
    @property
    def judge(self) -> str: ...
    @property
    def judge_url(self) -> str: ...


class Eval:
    """One way to judge an SAE. A subclass says what differs from this one, and how it runs at each scale.

    `missing`, `text` and `own_model` are asked before anything runs, so they import what is slow only where they need it.
    """

    name: str  # as in --evals, and in messages
    result: ResultFile
    in_default: bool = True  # whether `--evals=default` runs it
    asks_judge: bool = False  # of --judge
    reads_directions: tuple[str, ...] = ()  # the forms in which it reads W_dec, which an exported program may not name
    turns_off: int = 0  # latents, at most, at full scale; an SAE must have as many
    takes_s: float = 1.0  # about, at tiny scale on one core: what takes longest begins first
    data_sets: tuple[str, ...] = ()  # of the hub, at full scale
    published_data_sets: tuple[
        str, ...
    ] = ()  # of the hub, that it reads besides where the published protocol is followed
    scored_by_split: tuple[
        str, ...
    ] = ()  # the forms in which it scores on the split that is asked for; else on the same data
    of_transcoders: bool = False  # whether it says anything of a transcoder
    of_frontiers: bool = False  # whether it scores every point of a sweep over L0; else the main one alone
    metrics: tuple[str, ...] = ()  # that it gives; named where it may have to say why they are absent
    batch: int = 32  # texts that the language model reads at once at full scale; half as many where memory gives out
    sae_batch: int = 0  # texts whose activations the SAE encodes at once, where sae-bench's configuration has that

    def text(self, of: Reads, split: Split) -> TextRequest | None:
        """The text, of a held-out split, of the run's own data set that it reads as it is at full scale; None where it reads none."""
        return None

    def own_model(self, model: str) -> str | None:
        """The language model that it loads itself at full scale; None where it reads the run's own as sae-bench runs it."""
        return None

    def missing(self, plan: Planned) -> list[str]:
        """What it needs and lacks, a sentence each; empty where all is there. Nothing is downloaded."""
        if plan.form != "full":
            return []
        return [what for name in self.data_sets_of(plan.protocol) for what in data_sets.missing(name, plan.data_dir)]

    def data_sets_of(self, protocol: ProtocolName) -> tuple[str, ...]:
        """The hub's data sets that it reads at full scale by a protocol."""
        return self.data_sets + (self.published_data_sets if protocol == SAEBENCH else ())

    def tiny(self, subject: TinySubject) -> Found:
        """The scores from what the project ships. Raises HarnessError where they cannot be had."""
        raise NotImplementedError(self.name)

    def full(self, subject: FullSubject) -> Found:
        """The scores on the hub's data. Raises HarnessError where they cannot be had."""
        raise NotImplementedError(self.name)
