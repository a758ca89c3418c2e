"""What is scored, and with what: one subject a scale, which an eval is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from harness.device import free_memory
from harness.evaluation.judging.judge import Judge
from harness.evaluation.measures.prepared.artifacts import Artifacts
from harness.evaluation.measures.prepared.passes import Passes, Remembering
from harness.evaluation.protocol import LABLOOP, ProtocolName
from harness.evaluation.scoring.scores import Found
from harness.evaluation.scoring.writer import ResultFile, Writer
from harness.evaluation.submitted.submission import Submission
from harness.halving import halved
from harness.read.splits import Split

Loaded = TypeVar("Loaded")


class Once(Generic[Loaded]):
    """What is loaded when it is first asked for, and kept until it is let go."""

    def __init__(self, load: Callable[[], Loaded]) -> None:
        self._load = load
        self._kept: list[Loaded] = []

    def __call__(self) -> Loaded:
        if not self._kept:
            self._kept.append(self._load())
        return self._kept[0]

    def release(self) -> None:
        self._kept.clear()


class Runs(Protocol):
    """An eval, as a subject sees it (evals/base.py)."""

    name: str
    batch: int
    sae_batch: int

    def own_model(self, model: str) -> str | None: ...
    def tiny(self, subject: TinySubject) -> Found: ...
    def full(self, subject: FullSubject) -> Found: ...


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is the same at every scale."""

    submission: Submission
    activations: Any  # held-out, [tokens, d_in]
    model: Once[Any]  # the run's language model as sae-bench runs it, a HookedTransformer
    repeats: int = 3  # of the evals that draw at random
    split: Split = "heldout"  # what is scored on; `activations` are of it
    spelling: Any = None  # activations of its spelling lines [tokens, d_in], where the text is the shipped one
    judge: Judge | None = None  # of the evals that ask one
    writer: Writer | None = None  # of result files

    def run(self, each: Runs) -> Found:
        """The eval at this scale. Raises HarnessError where its scores cannot be had."""
        raise NotImplementedError

    @property
    def threads(self) -> int | None:
        """Of torch, with which the evals are run; None for as many as it likes."""
        return None

    def load(self) -> None:
        """Load what every eval reads, before they run side by side."""

    def close(self) -> None:
        """Let go of what was loaded to run evals."""

    def details(self) -> dict[str, Any]:
        """What the scores were had with, for the evaluator's file."""
        return {"split": self.split, "heldout_tokens": len(self.activations), "repeats": self.repeats}

    def write(self, result: ResultFile, build: Callable[..., Any], *found: Any) -> None:
        """The result file of an eval, `build(writer, *found)`, where files are asked for."""
        if self.writer is not None:
            self.writer.write(result, build(self.writer, *found))

    @property
    def device(self) -> str:
        return str(self.submission.sae.device)


@dataclass(frozen=True, kw_only=True)
class TinySubject(Subject):
    """With what the project ships."""

    artifacts: Once[Artifacts]  # what was made of the language model
    passes: Callable[[Any, Any], Passes | None] | None = None  # of a model over tokens, where they are kept

    def reader(self, tokens: Any) -> Any:
        """The language model, to read `tokens` with: what it makes of them without an SAE is remembered where it is kept."""
        known = self.passes(self.model(), tokens) if self.passes else None
        return Remembering(self.model(), known) if known else self.model()

    @property
    def threads(self) -> int:
        """One: the same digits on any number of cores, and alone or side by side."""
        return 1

    def load(self) -> None:
        self.artifacts()

    def run(self, each: Runs) -> Found:
        return each.tiny(self)


@dataclass(frozen=True, kw_only=True)
class FullSubject(Subject):
    """On the hub's data, through sae-bench's own runs."""

    writer: Writer
    data_dir: Path | None = None  # data sets as folders of the hub's names, instead of the cache's and the hub
    evals: tuple[str, ...] = ()  # that are run, so that a message can name the others
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by eval, into sae-bench's configurations
    protocol: ProtocolName = LABLOOP  # saebench: as the published runs do

    def run(self, each: Runs) -> Found:
        if each.own_model(self.submission.model) is not None:  # there is no room for both
            self.close()
        own = self.settings.get(each.name, {})
        return halved(
            lambda size: each.full(self.reading(each, size)), own.get("llm_batch_size", each.batch), each.name
        )

    def reading(self, each: Runs, size: int) -> FullSubject:
        """This subject, whose language model reads `size` texts at once for an eval; itself where that is what it would read."""
        own = self.settings.get(each.name, {})
        if size == (begins := own.get("llm_batch_size", each.batch)):
            return self
        smaller = {**own, "llm_batch_size": size}
        if each.sae_batch:
            smaller["sae_batch_size"] = max(1, own.get("sae_batch_size", each.sae_batch) * size // begins)
        return replace(self, settings={**self.settings, each.name: smaller})

    def close(self) -> None:
        self.model.release()
        free_memory()

    def details(self) -> dict[str, Any]:
        return {**super().details(), "scale": "full", "protocol": self.protocol}
