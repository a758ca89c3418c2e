"""Numbers and comparisons that a model typed instead of referring to them, judged by what the sentence names.

A typed number stands where the setting that its sentence names has that value, or where it is part of the text's
structure (a section, a year, a small count) or of the idea's own formulas. It is never looked up among all values:
some value among hundreds always fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agent.evidence.evidence import Evidence
from agent.proofreading import reported_claims, wording
from agent.proofreading.naming import Names, named_runs
from agent.proofreading.numbers import TypedNumber, equals, find_numbers, is_structure, rounds_to
from agent.proofreading.prose import Sentence, sentences
from agent.results.results import RunResult
from agent.session.contract import Metric

_SEEDS = re.compile(r"\b(\d+|two|three|four|five|six|seven|eight|nine|ten)\s+(?:\w+\s+)?seeds\b", re.IGNORECASE)
_WORDS = {w: n for n, w in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2)}
_SCALE = re.compile(
    r"\b(?:chance|perfect\w*|random|bounds?|bounded|range|between|at most|at least|maxim\w+|minim\w+)\b", re.I
)
_PROPOSES = re.compile(r"\b(?:next|future|should|could|would|worth (?:trying|testing)|remains to)\b", re.I)
_OURS = re.compile(r"\b(?:our|ours|the (?:proposed )?(?:method|approach)|proposed)\b", re.IGNORECASE)
_BASELINE = re.compile(r"\b(?:baseline|run[ _]0|control|untouched|unmodified|template)\b", re.IGNORECASE)
_CONSTANTS = frozenset({0.0, 0.5, 1.0, 2.0})


@dataclass(frozen=True)
class TypedFinding:
    """Something typed that no evidence bears: what, in which sentence, and why it cannot stand."""

    typed: str
    sentence: str
    why: str

    def __str__(self) -> str:
        shown = self.sentence if len(self.sentence) <= 180 else self.sentence[:177] + "…"
        return f"{self.typed!r} in “{shown}”: {self.why}"


@dataclass(frozen=True)
class TypedNumbers:
    """The check, for texts on this evidence.

    `free_text` is what is known beforehand (the idea): its numbers may be repeated where no metric is spoken of.
    With `strict`, a typed result is refused even where it is right, since it would be wrong on the next machine.
    """

    evidence: Evidence
    free_text: str = ""
    strict: bool = True
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", Names(self.evidence))

    @cached_property
    def _free(self) -> frozenset[float]:
        return frozenset(abs(number.value) for number in find_numbers(self.free_text))

    def check(self, text: str, latex: bool, proposing: bool = False) -> list[TypedFinding]:
        """Every finding in a text whose references are not filled in yet.

        A text that proposes what to try next may name settings and runs that do not exist yet, but no result.
        """
        found: list[TypedFinding] = []
        for sentence in sentences(text, latex):
            if not proposing:
                found += self._check_seeds(sentence)
            found += self._check_numbers(sentence, proposing or _PROPOSES.search(sentence.text) is not None)
            found += [TypedFinding(typed, sentence.shown, why) for typed, why in wording.check(sentence, self.names)]
            found += [TypedFinding(typed, sentence.shown, why) for typed, why in reported_claims.check(sentence)]
            found += self._check_attribution(sentence)
        return found

    def _check_numbers(self, sentence: Sentence, proposing: bool) -> Iterator[TypedFinding]:
        runs = named_runs(sentence.text)
        for index, start, end in runs:
            if self.evidence.results.get(f"run_{index}") is None and not proposing:
                yield TypedFinding(sentence.text[start:end], sentence.shown, f"there is no accepted run {index}")
        taken = [(start, end) for _, start, end in runs]
        taken += [match.span(1) for match in _SEEDS.finditer(sentence.text)]
        for number in find_numbers(sentence.text):
            if any(start <= number.start < end or start < number.end <= end for start, end in taken):
                continue
            if proposing and not self.names.metrics(sentence.clause(number.start, number.end)):
                continue
            why = self._why_not(number, sentence)
            if why:
                yield TypedFinding(number.shown, sentence.shown, why)

    def _check_seeds(self, sentence: Sentence) -> Iterator[TypedFinding]:
        seeds = max((value.n for value in self.evidence.results.baseline.values.values()), default=1)
        for match in _SEEDS.finditer(sentence.text):
            typed = match.group(1).lower()
            count = _WORDS.get(typed) or int(typed)
            if count not in (1, seeds) and not sentence.cites and not wording.is_hypothetical(sentence.text):
                yield TypedFinding(
                    match.group(), sentence.shown, f"the baseline has {seeds} seeds, every other run one"
                )

    def _why_not(self, number: TypedNumber, sentence: Sentence) -> str:
        """Why a typed number cannot stand; empty where it can."""
        text = sentence.text
        clause = sentence.clause(number.start, number.end)
        metrics, settings = self.names.metrics(clause), self.names.settings(text)
        if re.match(r"\s*metrics\b", text[number.end :]) and number.value == len(self.evidence.results.metrics):
            return ""
        if is_structure(number, text) or (sentence.cites and number.is_integer and not number.suffix):
            return ""
        if self._is_setting(number, settings, text):
            return ""
        metrics = metrics or [name for name in self.names.metrics(text) if not self.names.settings(clause)]
        if metrics:
            return self._why_no_result(number, metrics, sentence)
        if not number.is_factor and (abs(number.value) in self._free or number.value in _CONSTANTS):
            return ""
        where = self._settings_with(number)
        if where:
            return f"no setting named in this sentence has this value; if you mean a setting write {where}"
        return "a typed number that no setting named in this sentence has; refer to it or leave it out"

    def _why_no_result(self, number: TypedNumber, metrics: list[str], sentence: Sentence) -> str:
        runs = self._runs_meant(sentence)
        if any(number.value == known.value for name in metrics for known in find_numbers(self._kind(name).description)):
            return ""  # the scale of the metric, as the template describes it: "0.5 is chance"
        if abs(number.value) in (0.0, 0.5, 1.0, 100.0) and _SCALE.search(sentence.text):
            return ""
        if reference := _reference_to(number, metrics, runs):
            return f"a typed result; write {reference}" if self.strict else ""
        if reported := reported_claims.typed_as_result(number, metrics, self.evidence.reported):
            return reported
        whose = ", ".join(run.name for run in runs) if len(runs) < len(self.evidence.results.runs) else "any run"
        why = f"a typed number where {', '.join(metrics)} is spoken of, and it is not the value of {whose}"
        return f"{why}; {self._instead(number, metrics, runs)}"

    def _instead(self, number: TypedNumber, metrics: list[str], meant: list[RunResult]) -> str:
        """What to write: the value that was typed where it is that of another run or metric; never one of several by guess."""
        if reference := _reference_to(number, metrics, self.evidence.results.runs):
            return f"it is {reference}: write that, and whose it is, if you mean it"
        example = f"[[{meant[-1].name if meant else 'run_1'}.{metrics[0] if len(metrics) == 1 else 'METRIC'}]]"
        return f"write {example}"

    def _kind(self, metric: str) -> Metric:
        return self.evidence.results.metrics[metric]

    def _runs_meant(self, sentence: Sentence) -> list[RunResult]:
        """The runs that a sentence speaks of, in words or by reference; all where it names none."""
        text, runs = sentence.text, list(self.evidence.results.runs)
        indices = {index for index, _, _ in named_runs(text)}
        indices |= {run.index for run in runs if any(ref.head == run.name for ref in sentence.references)}
        if _BASELINE.search(text):
            indices.add(0)
        if indices:
            return [run for run in runs if run.index in indices]
        return runs[1:] if _OURS.search(text) else runs

    def _is_setting(self, number: TypedNumber, settings: list[str], text: str) -> bool:
        meant = {index for index, _, _ in named_runs(text)}
        for run in self.evidence.results.runs:
            if (
                len(meant) == 1
                and run.index not in meant
                and not re.search(r"\b(?:from|instead|rather|against|than|baseline)\b", text)
            ):
                continue
            used = self.evidence.settings(run)
            counts = {f"training.{k}": v for k, v in self.evidence.training(run).items() if isinstance(v, int)}
            if any(equals({**used, **counts}.get(name), number) for name in settings):
                return True
        return False

    def _settings_with(self, number: TypedNumber) -> str:
        """References to settings of this value, to suggest; never a reason to let the number stand."""
        found = [
            f"[[{run.name}.config.{name}]]"
            for run in self.evidence.results.runs
            for name, value in self.evidence.settings(run).items()
            if equals(value, number)
        ]
        return " or ".join(found[:2])

    def _check_attribution(self, sentence: Sentence) -> Iterator[TypedFinding]:
        """A value of one run in a sentence that speaks of another."""
        values = [
            ref for ref in sentence.references if len(ref.rest) == 1 and ref.rest[0] in self.evidence.results.metrics
        ]
        owners = {ref.head for ref in values}
        if not owners or "best" in owners or any(ref.judges for ref in sentence.references):
            return
        named = {f"run_{index}" for index, _, _ in named_runs(sentence.text)}
        named |= {ref.head for ref in sentence.references if ref.rest in (("title",), ("name",)) or not ref.rest}
        if named and not _BASELINE.search(sentence.text) and not owners & named:
            yield TypedFinding(
                f"[[{values[0].text}]]",
                sentence.shown,
                f"the sentence speaks of {', '.join(sorted(named))}, the value is that of {', '.join(sorted(owners))}",
            )
        elif not named and owners == {"run_0"} and _OURS.search(sentence.text) and not _BASELINE.search(sentence.text):
            yield TypedFinding(
                f"[[{values[0].text}]]",
                sentence.shown,
                "the value of the baseline, in a sentence on the method; say whose it is",
            )


def _reference_to(number: TypedNumber, metrics: Sequence[str], runs: Sequence[RunResult]) -> str:
    """The first of the metrics, and of the runs, whose value was typed; empty where it is none of theirs."""
    found = ((run, metric, run.values.get(metric)) for metric in metrics for run in runs)
    return next(
        (
            f"[[{run.name}.{metric}]]"
            for run, metric, value in found
            if value is not None and rounds_to(value.mean, number)
        ),
        "",
    )
