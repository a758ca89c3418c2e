"""Which metrics, settings and runs a sentence names: all the ways to call each of them stand here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from agent.evidence.evidence import Evidence
from agent.evidence.reference import Reference
from agent.results.controls import ControlResult
from agent.results.results import RunResult
from agent.session.steps import BASELINE, RunName

CITED = "\u2020"
"""Stands in a sentence where the text cites somebody."""
_GENERIC = frozenset({"mean", "score", "fraction", "rate", "count", "full", "average", "total", "value", "ratio"})
_SHORT = frozenset({"max", "min", "use", "num", "the", "and", "for", "per", "all", "with", "from"})
_KNOWN_AS = {"lr": "learning rate", "wd": "weight decay", "bs": "batch size", "ema": "moving average"}
_RUNS = re.compile(r"\b[Rr]uns?(?:_|\s|-)(\d+)((?:\s*(?:,|and|to|or|–|--|-|, and)\s*(?:run[_ ])?\d+(?![\d.]|\s*%))*)")
_A_RUN = r"(?:[Rr]uns?[_ -]?\d+|[\ue000-\uf8ff])"
_RUN_BEHIND = re.compile(rf"\s*(?:[(,]|\b(?:in|of|as in)\b)?\s*{_A_RUN}")
_RUN_BEFORE = re.compile(
    rf"{_A_RUN}\s*(?:[(,:]\s*(?:which|that)?|\b(?:with|has|had|is|was|uses?|used|adds?|added|for|as)\b)?\s*(?:\b(?:is|was|has|uses?)\b)?\s*(?:\b(?:the|an?|its)\b)?\s*\Z"
)
_METHOD = r"our (?:method|approach)|the (?:proposed )?(?:method|approach)"
_OURS = re.compile(rf"\b(?:our|ours|{_METHOD}|proposed)\b", re.IGNORECASE)
_BASELINE = re.compile(r"\b(?:baseline|run[ _]0|control|untouched|unmodified|template)\b", re.IGNORECASE)
_EITHER = re.compile(rf"\b(?:baseline|{_METHOD})\b", re.IGNORECASE)
_PREFIX = re.compile(r"\b([Cc]o|[Nn]on|[Pp]re|[Ss]ub)-(?=[a-z])")
_SCHEDULE = r"(?!\s+(?:decay|schedule|annealing|warm|similarit|of (?:the|its|an?) (?:estimat|gradient|mean|average)))"


@dataclass(frozen=True)
class Names:
    """The words by which the evidence's metrics and settings can be named; `free_text` was known before any run."""

    evidence: Evidence
    free_text: str = ""

    @cached_property
    def _metrics(self) -> dict[str, re.Pattern[str]]:
        known = self.evidence.results.metrics
        units = {(metric.unit or "").lower() for metric in known.values()}  # "more features than dimensions" is of none
        return {name: _pattern(_metric_aliases(name) - (units - {name})) for name in known}

    @cached_property
    def _settings(self) -> dict[str, re.Pattern[str]]:
        counts = [f"training.{name}" for name in self.evidence.training(self.evidence.results.baseline)]
        return {name: _pattern(_setting_aliases(name)) for name in [*self.evidence.setting_names, *counts]}

    @cached_property
    def _controls(self) -> dict[str, re.Pattern[str]]:
        found = self.evidence.results.controls
        return {one.name: _pattern({one.name, one.name.replace("_", " "), one.label}) for one in found}

    @cached_property
    def _titles(self) -> tuple[re.Pattern[str], Mapping[str, RunName]]:
        """Titles of two words and more that are of one run alone; the longest first."""
        runs = [run for run in self.evidence.results.runs if not run.is_baseline and len(run.title.split()) > 1]
        known = [(" ".join(run.title.lower().split()), run.name) for run in runs]
        titles = [title for title, _ in known]
        alone = {title: name for title, name in known if titles.count(title) == 1}
        spelt = (re.escape(title).replace("\\ ", r"[\s-]+") for title in sorted(alone, key=len, reverse=True))
        return re.compile(rf"(?<![\w-])(?:{'|'.join(spelt) or '(?!)'})(?![\w-])", re.IGNORECASE), alone

    def runs(self, text: str) -> list[NamedRun]:
        """Each run that the text names, by its number or its whole title, in order."""
        pattern, known = self._titles
        alone = (one for one in pattern.finditer(text) if not _is_told_of_a_run(text, *one.span()))
        titled = [(match, known.get(re.sub(r"[\s-]+", " ", match[0].lower()))) for match in alone]
        by_title = [NamedRun(name, *match.span()) for match, name in titled if name is not None]
        return sorted([*named_runs(text), *by_title], key=lambda named: named.start)

    def controls(self, text: str) -> list[ControlResult]:
        """Controls that the text names."""
        return [one for one in self.evidence.results.controls if self._controls[one.name].search(text)]

    def metrics(self, text: str) -> list[str]:
        """Metrics that the text names; `decoder cosine` names no metric that is called `cosine`."""
        joined = _PREFIX.sub(r"\1", text)
        found = {name: [match.span() for match in pattern.finditer(joined)] for name, pattern in self._metrics.items()}
        every = {span for spans in found.values() for span in spans}
        return [name for name, spans in found.items() if any(_stands_alone(span, every) for span in spans)]

    def settings(self, text: str) -> list[str]:
        """Settings (and `training.` counts) that the text names, by the whole name or one of its words."""
        return [name for name, pattern in self._settings.items() if pattern.search(text)]

    def runs_meant(self, text: str, references: Sequence[Reference]) -> list[RunResult]:
        """The runs that a text with these references speaks of, in words or by reference; all where it names none."""
        runs = list(self.evidence.results.runs)
        meant: set[str] = {named.run for named in named_runs(text)}
        meant |= {run.name for run in runs if any(ref.head == run.name for ref in references)}
        if names_baseline(text):
            meant.add(BASELINE)
        if meant:
            return [run for run in runs if run.name in meant]
        return runs[1:] if names_method(text) else runs


def _stands_alone(span: tuple[int, int], every: Collection[tuple[int, int]]) -> bool:
    """Whether this place is no part of a longer one."""
    return not any(start <= span[0] and span[1] <= end and (start, end) != span for start, end in every)


class NamedRun(NamedTuple):
    """A run that a text names, and where its number stands: text[start:end]."""

    run: RunName
    start: int
    end: int


def named_runs(text: str) -> list[NamedRun]:
    """Each run that a text names: `run 3`, `run_3`, `Runs 2, 3 and 5`."""
    return [
        NamedRun(RunName.of(int(number.group())), match.start() + number.start(), match.start() + number.end())
        for match in _RUNS.finditer(text)
        for number in re.finditer(r"\d+", match.group())
    ]


def names_baseline(text: str) -> bool:
    """Whether a text speaks of the baseline, by any of its names."""
    return _BASELINE.search(text) is not None


def names_method(text: str) -> bool:
    """Whether a text speaks of the method that is studied, as of one's own."""
    return _OURS.search(text) is not None


def names_a_run(text: str) -> bool:
    """Whether a text speaks of a run, by its number or as the baseline or the method."""
    return bool(named_runs(text)) or _EITHER.search(text) is not None


def _is_told_of_a_run(text: str, start: int, end: int) -> bool:
    """Whether the words say what a run is that is named beside them: `the cosine decay of run 5`, `run 5, a cosine decay`."""
    return _RUN_BEHIND.match(text, end) is not None or _RUN_BEFORE.search(text[:start]) is not None


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
