"""How often a session looked for a difference: one look in twenty finds one where there is none, so looks are counted."""

from __future__ import annotations

from dataclasses import dataclass

from agent.results.english import counted
from agent.results.verdicts.student import bonferroni


@dataclass(frozen=True)
class Looks:
    """The looks made so far: accepted runs × metrics.

    `named` are the metrics that the idea names, the primary one among them, all announced beforehand; whoever picks another one out
    has looked at all that were `measured`. Bonferroni's correction (each of m looks at 1 - (1 - 0.95)/m): it holds however looks
    depend on each other, and they do, since all runs share one baseline. Šidák's would be narrower by about 1 %.
    """

    runs: int
    named: tuple[str, ...]
    measured: int

    def metrics(self, metric: str) -> int:
        """Among how many metrics a look at this one was chosen."""
        return len(self.named) if metric in self.named else self.measured

    def at(self, metric: str) -> int:
        """Looks made at metrics like this one; at least 1, before any run too."""
        return max(1, self.runs * self.metrics(metric))

    def confidence(self, metric: str) -> float:
        """That each look must have, so that all of them together have that of one."""
        return bonferroni(self.at(metric))

    @property
    def told(self) -> str:
        """`20 at the 2 metrics that the idea names (10 runs), 190 at the others (10 runs, 19 metrics); Bonferroni`: what the second
        band of a table is for; empty where one look is all there was, and both bands are one."""
        if self.runs * self.measured <= 1:
            return ""
        runs = counted(self.runs, "run")
        named = "the primary metric" if len(self.named) == 1 else f"the {len(self.named)} metrics that the idea names"
        told = f"{self.runs * len(self.named)} at {named} ({runs})"
        if self.measured > len(self.named):
            told += f", {self.runs * self.measured} at the others ({runs}, {self.measured} metrics)"
        return f"{told}; Bonferroni"
