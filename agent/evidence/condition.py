"""Conditions of passages: `run_3.mse better`, `H1 held and not run_2.l0 worse`; read here, held against results in holds.py.

TERM [and TERM …]   or   TERM [or TERM …]      one kind of joint a condition, no brackets
TERM is [not] SUBJECT WORD                     `is` before the word and `not` behind the subject are read too

SUBJECT                       WORD
RUN.METRIC                    better, worse, within noise, equal, not comparable, not measured, noise unknown, direction unknown,
CONTROL.METRIC                better once, worse once (beyond the noise of one look, and not of all looks made)
RUN.METRIC.parent_verdict     the same against the run that it began from
compare RUN RUN METRIC        the same of any two runs
any                           any better METRIC: whether there is such a run; worse and within likewise
RUN                           comparable
confirmed.METRIC              held (confirmed better), worse (confirmed worse), not confirmed, not tried
H1                            held, not held, undecided, not tested
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from agent.errors import BadAnswer
from agent.evidence.reference import CONFIRMED, names_a_hypothesis, nearest, tidied
from agent.session.steps import BASELINE

Kind = Literal["verdict", "parent", "compare", "any", "run", "confirmed", "hypothesis"]
State = str
"""One of a subject's states, in which it is at any time: `better`, `held` …"""

ONCE = " once"
"""Behind `better` and `worse` where one look bears them, and not all looks that were made."""
SAYS_NOTHING = "says nothing"
"""The state of a metric on which the baseline does not beat a control: whatever its verdicts, no condition on them holds."""
_VERDICTS = {
    "better": {"better"},
    "worse": {"worse"},
    "better once": {"better once"},
    "worse once": {"worse once"},
    "within noise": {"within noise", "equal"},
    "equal": {"equal"},
    "not comparable": {"not comparable"},
    "noise unknown": {"noise unknown"},
    "direction unknown": {"direction unknown"},
    "not measured": {"not measured"},
}
_GROUPS = {"better": {"some"}, "worse": {"some"}, "within": {"some"}, "within noise": {"some"}}
_OF_KIND: Mapping[Kind, Mapping[str, set[State]]] = {
    "verdict": _VERDICTS,
    "parent": _VERDICTS,
    "compare": _VERDICTS,
    "any": {"": {"some"}},
    "run": {"comparable": {"comparable"}, "not comparable": {"not comparable"}},
    "confirmed": {
        "held": {"confirmed better"},
        "better": {"confirmed better"},
        "confirmed": {"confirmed better"},
        "confirmed better": {"confirmed better"},
        "worse": {"confirmed worse"},
        "confirmed worse": {"confirmed worse"},
        "not confirmed": {"not confirmed"},
        "not tried": {"not tried"},
    },
    "hypothesis": {
        "held": {"held"},
        "not held": {"not held"},
        "undecided": {"undecided within noise"},
        "undecided within noise": {"undecided within noise"},
        "not tested": {"not tested"},
    },
}
"""By kind of subject: each word with the states in which it holds."""
_NO_RUN = ("compare", "any", "some", "and", "or", "not", "is")
_BEHIND = re.compile(
    rf"(?<=\w) (?:than|of|with|to) (?:the )?(?:{BASELINE}|parent)\b|,? beyond noise\b|\((?:one look|exact)\)",
    re.IGNORECASE,
)
"""What verdicts say behind their word; a condition needs none of it."""


@dataclass(frozen=True)
class Subject:
    """Whose state a term asks: `names` are its run or runs and its metric, its group and metric, or its hypothesis."""

    kind: Kind
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it is written in a condition."""
        if self.kind in ("compare", "any"):
            return " ".join((self.kind, *self.names))
        if self.kind == "confirmed":
            return f"{CONFIRMED}.{self.names[0]}"
        return ".".join(self.names) + (".parent_verdict" if self.kind == "parent" else "")

    @property
    def states(self) -> frozenset[State]:
        """All states that it may be in."""
        known = {state for states in _OF_KIND[self.kind].values() for state in states}
        return frozenset(known | ({"none"} if self.kind == "any" else {SAYS_NOTHING} if self.has_verdicts else set()))

    @property
    def has_verdicts(self) -> bool:
        """Whether its states are those of a verdict."""
        return self.kind in ("verdict", "parent", "compare")


@dataclass(frozen=True)
class Term:
    """One claim of a condition: the subject is in one of these states."""

    subject: Subject
    states: frozenset[State]
    text: str

    @property
    def claims(self) -> bool:
        """Whether it says that something is better or worse than something else, or that a hypothesis held or did not."""
        if self.text.startswith("not "):
            return False
        if self.subject.kind == "any":
            return self.subject.names[0] in ("better", "worse")
        return any(word in state for state in self.states for word in ("better", "worse", "held"))

    def negated(self) -> Term:
        text = self.text.removeprefix("not ") if self.text.startswith("not ") else f"not {self.text}"
        return replace(self, states=self.subject.states - self.states, text=text)


@dataclass(frozen=True)
class Condition:
    """Terms of which all must hold, or any one."""

    terms: tuple[Term, ...]
    joint: Literal["and", "or"] = "and"

    @property
    def text(self) -> str:
        """Its one form."""
        return f" {self.joint} ".join(term.text for term in self.terms)

    def negated(self) -> Condition:
        """What holds where it does not."""
        return Condition(tuple(term.negated() for term in self.terms), "or" if self.joint == "and" else "and")


def parse_condition(inner: str) -> Condition:
    """What stands behind `[[if`. Raises BadAnswer that says what was not understood, and what can be written."""
    text = tidied(inner).rstrip(":").replace(" == ", " ")
    joints = {match.lower() for match in re.findall(r"\s(and|or)\s", f" {text} ", re.IGNORECASE)}
    if len(joints) > 1:
        raise BadAnswer(f"[[if {text}]]: 'and' and 'or' in one condition; write one of them, or [[else if …]]")
    if not text:
        raise BadAnswer("[[if …]]: the condition is missing; write for example [[if run_1.METRIC better]]")
    terms = [_term(part, text) for part in re.split(r"\s+(?:and|or)\s+", text, flags=re.IGNORECASE)]
    return Condition(tuple(terms), "or" if joints == {"or"} else "and")


def _term(text: str, whole: str) -> Term:
    words = _BEHIND.sub("", text).split()
    denied = words[:1] != [] and words[0].lower() == "not"
    subject, rest = _subject(_with_its_metric(words[denied:]), whole)
    known = _OF_KIND[subject.kind]
    said = " ".join(word for word in rest if word not in ("is", "are", "was", "the"))
    if said not in known and said.startswith("not "):
        denied, said = not denied, said.removeprefix("not ")
    if said not in known:
        metric = f"; a verdict names its metric, {subject.text}.METRIC {said}" if said in _VERDICTS else ""
        words_there = ", ".join(word for word in known if word) or "nothing"
        raise BadAnswer(
            f"[[if {whole}]]: behind {subject.text} stands {said or 'nothing'!r}; it can be {words_there}"
            + (metric or (f"; {nearest(said, known)}" if said and len(known) > 1 else ""))
        )
    term = Term(subject, frozenset(known[said]), f"{subject.text} {said}".strip())
    return term.negated() if denied else term


def _with_its_metric(words: list[str]) -> list[str]:
    """`run_3 better on mse` as `run_3.mse better`."""
    if len(words) > 3 and words[-2] == "on" and "." not in words[0] and words[0] not in _NO_RUN:
        return [f"{words[0]}.{words[-1]}", *words[1:-2]]
    return words


def _subject(words: list[str], whole: str) -> tuple[Subject, list[str]]:
    """The subject at the beginning of a term, and the words behind it."""
    first = words[0] if words else ""
    if first == "compare" and len(words) >= 4:
        return Subject("compare", tuple(words[1:4])), words[4:]
    if first in ("any", "some"):
        for size in (2, 1):
            if " ".join(words[1 : 1 + size]) in _GROUPS and len(words) > 1 + size:
                return Subject("any", (words[1], words[1 + size])), words[2 + size :]
    if first == CONFIRMED and len(words) >= 2:
        return Subject("confirmed", (words[1],)), words[2:]
    if first.startswith(f"{CONFIRMED}."):
        return Subject("confirmed", (first.split(".")[1],)), words[1:]
    hypothesis = first.removesuffix(".outcome").upper()
    if names_a_hypothesis(hypothesis):
        return Subject("hypothesis", (hypothesis,)), words[1:]
    parts = [part for part in first.split(".") if part]
    if len(parts) == 1 and first.lower() not in _NO_RUN:
        return Subject("run", (first,)), words[1:]
    if len(parts) == 3 and parts[2] in ("parent", "parent_verdict"):
        return Subject("parent", (parts[0], parts[1])), words[1:]
    if len(parts) == 2 or (len(parts) == 3 and parts[2] in ("verdict", "delta")):
        return Subject("verdict", (parts[0], parts[1])), words[1:]
    raise BadAnswer(
        f"[[if {whole}]]: {' '.join(words) or 'nothing'!r} is no condition; write RUN.METRIC better|worse|within noise, "
        "compare RUN RUN METRIC better, any better METRIC, RUN comparable, confirmed.METRIC held, or H1 held"
    )


def terms_of(given: tuple[Condition, ...]) -> Iterator[Term]:
    """Every term of conditions that hold together."""
    for condition in given:
        yield from condition.terms


def possible(subject: Subject, given: tuple[Condition, ...]) -> frozenset[State]:
    """The states that the subject can be in where all these conditions hold; all of its states where they say nothing of it."""
    left = subject.states
    for condition in given:
        if condition.joint == "and" or len(condition.terms) == 1:
            for term in condition.terms:
                left &= term.states if term.subject == subject else left
        elif all(term.subject == subject for term in condition.terms):
            left &= frozenset().union(*(term.states for term in condition.terms))
    return left
