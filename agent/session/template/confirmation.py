"""How a template confirms a result: on which fresh seeds, and by which command, on a split that no search has read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pydantic import Field

from agent.session.template.parts import Strict

STAGES = "{stages}"
"""Where the evaluator's command is told which of its stages give what is to be claimed."""


class Confirmation(Strict):
    """`[confirmation]` of template.toml."""

    evaluator: list[str] = Field(min_length=1)
    """Scores a run on the split that the search never touched: the evaluator's command otherwise, with {run_dir} and {out}."""
    timeout_s: float | None = Field(default=None, gt=0)
    """The evaluator's own where None."""
    metrics: list[str] = Field(default_factory=list)
    """Only these are scored on that split; all where empty."""
    stages: dict[str, list[str]] = Field(default_factory=dict)
    """By what the command calls a stage: the metrics that it gives. {stages} in the command names those that are needed."""
    seeds: int = Field(default=3, ge=2)
    """Fresh seeds, for candidate and baseline each."""
    first_seed: int = Field(default=101, ge=0)
    """The first of them; the others follow it."""

    def scored(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Of these metrics, those that are scored on the split."""
        known = {name for names in self.stages.values() for name in names}
        return tuple(name for name in wanted if name in (self.metrics or [name]) and (not self.stages or name in known))

    def command(self, metrics: Collection[str]) -> list[str]:
        """The evaluator's command, told of the stages that give these metrics."""
        needed = [stage for stage, names in self.stages.items() if any(name in metrics for name in names)]
        return [word.replace(STAGES, ",".join(needed)) for word in self.evaluator]

    def fresh_seeds(self, count: int | None) -> list[int]:
        """The seeds: `count` of them, the template's number where None."""
        return list(range(self.first_seed, self.first_seed + (self.seeds if count is None else count)))

    def check(self, metrics: Collection[str], primary: str) -> None:
        """Raises ValueError where it does not fit the metrics, or its command its stages."""
        named = {"metrics": self.metrics, **{f"stages.{stage}": names for stage, names in self.stages.items()}}
        for where, names in named.items():
            if unknown := [name for name in names if name not in metrics]:
                raise ValueError(f"confirmation.{where}: there is no metric {unknown[0]!r}")
        if primary not in self.scored([primary]):
            raise ValueError(f"confirmation: the primary metric, {primary}, is not among what it scores; add it")
        for place in ("{run_dir}", "{out}"):
            if not any(place in word for word in self.evaluator):
                raise ValueError(f"confirmation.evaluator: holds no {place}")
        if bool(self.stages) != any(STAGES in word for word in self.evaluator):
            raise ValueError(f"confirmation: stages and {STAGES} in its evaluator's command go together")


def reused_seeds(fresh: Iterable[int], searched: Mapping[int, str]) -> str:
    """Which of the fresh seeds the search has used, in words; `searched`: by seed, whose it is. Empty: they are fresh."""
    used = [f"{seed} ({searched[seed]})" for seed in fresh if seed in searched]
    return ", ".join(used)
