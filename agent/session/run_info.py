"""A run's result on its way from final_info.json to a value: the object as it was written, its parts typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard, cast

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema

from agent.session.cost import Cost


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Measurement:
    """A metric as it was measured: the mean of `n` repeats, and their standard deviation where there are two."""

    mean: float
    spread: float | None = None
    n: int = 1
    noise: float | None = None
    """Half-width of the band that verdicts use; known of the baseline alone."""

    @classmethod
    def read(cls, entry: Any) -> Measurement:
        """From `{mean, spread, n, noise}` as a result holds it. Raises ValueError for anything else."""
        if not isinstance(entry, Mapping):
            raise ValueError(f"{str(entry)[:60]} is no measurement")
        mean, spread, n, noise = entry.get("mean"), entry.get("spread"), entry.get("n", 1), entry.get("noise")
        if not is_number(mean) or not isinstance(n, int) or isinstance(n, bool):
            raise ValueError(f"{str(entry)[:60]} is no measurement")
        if not all(value is None or is_number(value) for value in (spread, noise)):
            raise ValueError(f"{str(entry)[:60]} is no measurement")
        return cls(cast(float, mean), spread, n, noise)

    def written(self, with_noise: bool = False) -> dict[str, Any]:
        """As a result holds it; `noise` stands in the baseline's alone, there also where it is not known."""
        plain = {"mean": self.mean, "spread": self.spread, "n": self.n}
        return plain | ({"noise": self.noise} if with_noise else {})


class RunInfo(Mapping[str, Any]):
    """final_info.json: a mapping with the keys that it came with, in their order.

    Whoever wrote it may have written anything beside the parts below; that is kept, and shown as it came. The parts are
    read when they are asked for, so a damaged one costs its readers and nobody else.
    """

    __slots__ = ("_whole",)

    def __init__(self, whole: Mapping[str, Any] | None = None) -> None:
        self._whole = dict(whole or {})

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings that were recorded."""
        return self._part("config")

    @property
    def training(self) -> Mapping[str, Any]:
        """What was done: steps, tokens, first and last loss, the curve."""
        return self._part("training")

    @property
    def details(self) -> Mapping[str, Any]:
        """What the evaluator measured besides: distributions, values by class."""
        return self._part("details")

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What its launches cost, one for each seed; none where that was not measured, or cannot be read."""
        try:
            return tuple(Cost.model_validate(each) for each in self._part("cost").get("launches", ()))
        except (ValidationError, TypeError):
            return ()

    @property
    def metrics(self) -> dict[str, Measurement]:
        """Every metric by its name. Raises ValueError, naming it, where one is no measurement."""
        found = {}
        for name, entry in self._part("metrics").items():
            try:
                found[name] = Measurement.read(entry)
            except ValueError as error:
                raise ValueError(f"the metric {name!r}: {error}") from None
        return found

    def scored(self, metrics: Mapping[str, Measurement], details: Mapping[str, Any] | None = None) -> RunInfo:
        """The same result with these metrics, and with these details where some are given."""
        written = {name: value.written() for name, value in metrics.items()}
        return RunInfo({**self._whole, "metrics": written, **({} if details is None else {"details": dict(details)})})

    def costing(self, costs: Sequence[Cost], factor: float | None = None) -> RunInfo:
        """The same result with what its launches cost, and the `factor` from which on that is told; its own word on it is left out."""
        own = {name: value for name, value in self._whole.items() if name != "cost"}
        told = {"launches": [cost.written() for cost in costs], **({} if factor is None else {"factor": factor})}
        return RunInfo({**own, "cost": told} if costs else own)

    def merged(self, metrics: Mapping[str, Measurement], seeds: list[int], deterministic: bool = False) -> RunInfo:
        """The baseline's: this seed's result with metrics over all `seeds`, each with its noise; `deterministic` as declared."""
        written = {name: value.written(with_noise=True) for name, value in metrics.items()}
        known = {name: value for name, value in self._whole.items() if name != "deterministic"}
        says = {"deterministic": True} if deterministic else {}
        return RunInfo({**known, "metrics": written, "seeds": seeds, **says})

    def repeated(self, metrics: Mapping[str, Measurement], seeds: list[int]) -> RunInfo:
        """A run's on several seeds: this seed's result with metrics over all of them."""
        return RunInfo({**self.scored(metrics).written(), "seeds": seeds})

    def detailed(self, more: Mapping[str, Any]) -> RunInfo:
        """The same with these details in place of those of their names; one that is None is left out."""
        details = {
            name: value for name, value in {**self.details, **more}.items() if value is not None or name not in more
        }
        return RunInfo({**self._whole, "details": details})

    def written(self) -> dict[str, Any]:
        """As it is written to a file and to the journal."""
        return dict(self._whole)

    def _part(self, name: str) -> Mapping[str, Any]:
        part = self._whole.get(name)
        return part if isinstance(part, Mapping) else {}

    def __getitem__(self, key: str) -> Any:
        return self._whole[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def __repr__(self) -> str:
        return f"RunInfo({self._whole!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._read, serialization=core_schema.plain_serializer_function_ser_schema(lambda info: info.written())
        )

    @classmethod
    def _read(cls, value: Any) -> RunInfo:
        if not isinstance(value, Mapping):
            raise ValueError(f"a result is an object, not {type(value).__name__}")
        return value if isinstance(value, RunInfo) else cls(value)
