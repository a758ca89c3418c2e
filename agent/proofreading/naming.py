"""Which metrics, settings and runs a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from agent.evidence.evidence import Evidence

_GENERIC = frozenset({"mean", "score", "fraction", "rate", "count", "full", "average", "total", "value", "ratio"})
_SHORT = frozenset({"max", "min", "use", "num", "the", "and", "for", "per", "all", "with", "from"})
_KNOWN_AS = {"lr": "learning rate", "wd": "weight decay", "bs": "batch size", "ema": "moving average"}
_RUNS = re.compile(r"\b[Rr]uns?(?:_|\s|-)(\d+)((?:\s*(?:,|and|to|or|–|--|-|, and)\s*(?:run[_ ])?\d+(?![\d.]|\s*%))*)")
_PREFIX = re.compile(r"\b([Cc]o|[Nn]on|[Pp]re|[Ss]ub)-(?=[a-z])")
_SCHEDULE = r"(?!\s+(?:decay|schedule|annealing|warm|similarit))"


@dataclass(frozen=True)
class Names:
    """The words by which the evidence's metrics and settings can be named."""

    evidence: Evidence

    @cached_property
    def _metrics(self) -> dict[str, re.Pattern[str]]:
        return {name: _pattern(_metric_aliases(name)) for name in self.evidence.results.metrics}

    @cached_property
    def _settings(self) -> dict[str, re.Pattern[str]]:
        counts = [f"training.{name}" for name in self.evidence.training(self.evidence.results.baseline)]
        return {name: _pattern(_setting_aliases(name)) for name in [*self.evidence.setting_names, *counts]}

    def metrics(self, text: str) -> list[str]:
        """Metrics that the text names."""
        joined = _PREFIX.sub(r"\1", text)
        return [name for name, pattern in self._metrics.items() if pattern.search(joined)]

    def settings(self, text: str) -> list[str]:
        """Settings (and `training.` counts) that the text names, by the whole name or one of its words."""
        return [name for name, pattern in self._settings.items() if pattern.search(text)]


def named_runs(text: str) -> list[tuple[int, int, int]]:
    """(index, start, end) for each run that a text names: `run 3`, `run_3`, `Runs 2, 3 and 5`."""
    found = []
    for match in _RUNS.finditer(text):
        for number in re.finditer(r"\d+", match.group()):
            found.append((int(number.group()), match.start() + number.start(), match.start() + number.end()))
    return found


def _pattern(aliases: Iterable[str]) -> re.Pattern[str]:
    whole = "|".join(re.escape(alias).replace("\\ ", r"[\s_-]+") for alias in sorted(aliases, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z])(?:{whole}){_SCHEDULE}(?![A-Za-z])", re.IGNORECASE)


def _metric_aliases(name: str) -> set[str]:
    tokens = name.split("_")
    aliases = {" ".join(tokens), name}
    telling = [token for token in tokens if token not in _GENERIC]
    if telling and len(" ".join(telling)) >= 5:
        aliases.add(" ".join(telling))
    if telling and len(telling[-1]) >= 8:
        aliases.add(telling[-1])
    if len(tokens) >= 2:
        aliases.add(" ".join([*tokens[1:], tokens[0]]))  # probing_top_1 is called top-1 probing
        initials = "".join(token[0] for token in tokens).upper()
        aliases |= {initials} if len(initials) >= 2 and initials not in ("OR", "AS", "IN", "IS", "IT") else set()
    return aliases


def _setting_aliases(name: str) -> set[str]:
    last = name.split(".")[-1]
    tokens = last.split("_")
    aliases = {name, last, " ".join(tokens)}
    for token in tokens:
        if len(token) >= 3 and token not in _SHORT:
            aliases |= {token, token.removesuffix("s"), f"{token}s"}
        if token in _KNOWN_AS:
            aliases.add(_KNOWN_AS[token])
    return aliases
