"""A typed number on trial: what it may stand on, and what the sentence around it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from agent.evidence.evidence import Evidence
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.numbers import TypedNumber, find_numbers
from agent.proofreading.sentences.prose import Sentence
from agent.results.results import RunResult


@dataclass(frozen=True)
class Grounds:
    """What a typed number may stand on: the evidence, and `free_text`, which was known beforehand (the idea).

    With `strict`, a typed result is refused even where it is right, since it would be wrong on the next machine.
    """

    evidence: Evidence
    free_text: str = ""
    strict: bool = True
    tells: bool = True
    """Whether the text tells what came out, as an abstract does; a method or others' work does not."""
    prose: bool = True
    """Whether a writer wrote it, of whom plain words are asked; the labels of a figure are no sentences."""
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", Names(self.evidence, self.free_text))

    @cached_property
    def free(self) -> frozenset[float]:
        """The numbers of what was known beforehand."""
        return frozenset(abs(number.value) for number in find_numbers(self.free_text))


@dataclass(frozen=True)
class Occurrence:
    """A number typed in a sentence, with what stands around it."""

    number: TypedNumber
    sentence: Sentence
    grounds: Grounds

    @property
    def text(self) -> str:
        return self.sentence.text

    @cached_property
    def settings(self) -> list[str]:
        """Settings that the sentence names."""
        return self.grounds.names.settings(self.text)

    @cached_property
    def metrics(self) -> list[str]:
        """Metrics that the number's clause names, else the sentence, unless the clause is about a setting."""
        clause = self.sentence.clause(self.number.start, self.number.end)
        names = self.grounds.names
        if (named := names.metrics(clause)) or names.settings(clause):
            return named
        return names.metrics(self.text)

    @cached_property
    def runs(self) -> list[RunResult]:
        """Runs that the sentence speaks of; all where it names none."""
        return self.grounds.names.runs_meant(self.text, self.sentence.references)
