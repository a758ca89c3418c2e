"""Words that compare: which way each says that a value went, and of which metrics it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.names import Names, names_a_run
from agent.proofreading.sentences.number_words import SEVERAL_IN_WORDS
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed
from agent.results.verdicts.verdict import Tone, improves
from agent.session.template.contract import Metric

Way = Literal["good", "bad", "up", "down", "same"]
"""What a word says: better or worse, more or less, or that nothing changed."""

_THAN = r"(?:\s+\w+){0,3}?\s+than"
_IS = (
    r"(?:is|are|was|were|do|does|did|performs?|fares?|scores?)\s+(?:\w+ly\s+|also\s+|still\s+|even\s+|much\s+|far\s+)?"
)
_FAR = r"(?=\s+(?:[^\s,;.]+\s+){1,4}"
_ASSERTS: tuple[tuple[Way, str], ...] = (
    (
        "good",
        r"improv(?:es?|ed|ing|ements?)|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|beat(?:s|en|ing)?|superior|enhanc(?:es?|ed|ing|ements?)"
        rf"|better{_THAN}|outdo(?:es|ne)|outdid|out(?:shin|class|pac|scor)(?:es?|ed|ing)|out(?:strip|rank)(?:s|p?ed|p?ing)?|eclips(?:es?|ed|ing)|trump(?:s|ed)|overt(?:akes?|ook|aken)|{_IS}better(?!{_THAN})"
        rf"|{_IS}(?:beneficial|effective|advantageous|helpful|preferable|more accurate)|the (?:better|preferred|right|superior) (?:choice|option|variant)"
        r"|advantages?",
    ),
    (
        "bad",
        rf"worse{_THAN}|{_IS}worse(?!{_THAN})|inferior|degrad(?:es?|ed|ing|ations?)|deteriorat(?:es?|ed|ing|ion)|worsen(?:s|ed|ing)?",
    ),
    (
        "up",
        rf"(?:higher|larger|greater|more){_THAN}|exceed(?:s|ed|ing)?|increas(?:es?|ed|ing)|rais(?:es|ed)|gain(?:s|ed)?|doubles?|doubled"
        rf"|triple[sd]?|quadruple[sd]?|twice|{SEVERAL_IN_WORDS}fold|boost(?:s|ed|ing)?|above (?:that of )?(?:the |its |our )?(?:baseline|runs? \d)",
    ),
    (
        "down",
        rf"(?:lower|smaller|fewer|less){_THAN}|reduc(?:es?|ed|ing|tions?)|decreas(?:es?|ed|ing)|lowers|lowered|halves|halved|drops?|dropped"
        r"|below (?:that of )?(?:the |its |our )?(?:baseline|runs? \d)",
    ),
)
_MOVES: tuple[tuple[Way, str], ...] = (
    (
        "good",
        rf"edges? out|leaves(?=\s+(?:[^\s,;.]+\s+){{1,3}}behind\b)|rescue[sd]?|responds? (?:\w+ )?to|helps|helped|benefits|benefited|benefits? from|(?:clos|narrow|bridg|shrink)(?:es|ed|s){_FAR}?(?:gap|distance)\b)",
    ),
    ("bad", r"suffers|suffered|hurts?|harms|harmed|impair(?:s|ed)|damage[sd]"),
    (
        "up",
        rf"(?:see|saw|find|found|makes?|made|lets?|watch){_FAR}(?:rise|grow|climb|increase)\b)|rises|rose|risen|rising|climb(?:s|ed|ing)?|grows|grew|grown|jumps?|jumped|(?:come|go) up|soar(?:s|ed)?|surge[sd]?|skyrocket(?:s|ed)?|explode[sd]?|balloon(?:s|ed)|(?:is|are) up|blows? up"
        rf"|{_IS}(?:higher|larger|greater)(?!{_THAN})|(?:goes|went|gone|picks|shoots|shot) up|lifts|lifted|elevate[sd]|(?:push|pull|driv|drov)(?:es|ed|e|en|s)?{_FAR}up\b)",
    ),
    (
        "down",
        rf"(?:see|saw|find|found|makes?|made|lets?|watch){_FAR}(?:fall|drop|shrink|decline|decrease)\b)|falls|fell|fallen|falling|shrinks|shrank|shrunk|declin(?:es|ed|ing)|plummet(?:s|ed)?|plunge[sd]?|sinks|sank|sunk|dips|dipped"
        r"|slips|slipped|slides|slid|vanish(?:es|ed)?|disappear(?:s|ed)?|dwindle[sd]?|tumble[sd]?|collapse[sd]?|(?:is|are) down|diminish(?:es|ed)?"
        rf"|{_IS}(?:lower|smaller)(?!{_THAN})|mitigate[sd]?|alleviate[sd]?|suppress(?:es|ed)|curb(?:s|ed)|lessen(?:s|ed)|attenuate[sd]?|counteracts?|prevent(?:s|ed)|removes"
        r"|(?:is|are) (?:\w+ |all but )?gone"
        rf"|(?:goes|went|gone|comes?|came|go) down|(?:is|was|were|are|been|gets?) cut|cuts|(?:brings?|brought|drives?|drove|takes|took){_FAR}down\b)",
    ),
    (
        "same",
        r"(?:barely|hardly|scarcely) (?:changes?|changed|moves?|moved|differs?)|match(?:es|ed)(?= (?:the|that|its|run)\b)|on (?:a )?par with|preserve[sd]|retain(?:s|ed)|unchanged|no trade-?offs?|unaffected|(?:stays?|remains?) (?:the same|constant|intact)"
        r"|(?:no|without (?:any |a )?)(?: ?(?:loss|cost|change|drop|sacrifice)) (?:in|of|to)|(?:is|are|was|were) (?:\w+ly )?(?:negligible|marginal|minor|tiny|minimal|small)|without (?:sacrificing|harming|hurting|affecting|changing)|as good as|equals",
    ),
)
"""Verbs that compare only where it is a metric that moves, or is helped: a weight rises, a loss falls during training."""


def _pattern(words: tuple[tuple[Way, str], ...]) -> re.Pattern[str]:
    parts = "|".join(f"(?P<{way}>{told})" for way, told in words)
    return re.compile(rf"\b(?:{parts})(?![\w])", re.IGNORECASE)


_HAS = r"(?:has|have|had|yields?|gives?|buys?|brings?|shows?|achieves?|achieved|reach(?:es|ed)?|obtains?|gets?|attains?|offers?|exhibits?|displays?|delivers?|at|with)\s+(?:\w+ly\s+|a\s+|an\s+|far\s+|much\s+|almost\s+|even\s+)*"
_OF_A_METRIC: tuple[tuple[Way, str], ...] = (
    ("good", rf"(?<=the )(?:better|improved)|(?<=its )(?:better|improved)|{_HAS}better"),
    ("bad", rf"(?<=the )(?:worse|degraded)|(?<=its )(?:worse|degraded)|{_HAS}worse"),
    (
        "up",
        rf"(?<=the )(?:higher|larger|greater|increased)|(?<=its )(?:higher|larger|greater|increased)|{_HAS}(?:higher|more|greater|stronger)",
    ),
    (
        "down",
        rf"(?<=the )(?:lower|smaller|reduced|decreased)|(?<=its )(?:lower|smaller|reduced|decreased)|{_HAS}(?:lower|less|smaller|weaker)",
    ),
    ("same", rf"{_HAS}(?:the same|equal|similar|comparable)"),
)
"""`the higher separation of run 1`: a comparison that is taken for granted, where a metric follows."""
_ASSERTING, _MOVING = _pattern(_ASSERTS), _pattern(_MOVES)
_GRANTED = _pattern(_OF_A_METRIC)
_NOUN = re.compile(
    r"improvements?|enhancements?|degradations?|deterioration|gains?|reductions?|drops?|benefits|increases?|decreases?|boost|advantages?",
    re.IGNORECASE,
)
_DETERMINED = re.compile(
    r"(?:\b(?:a|an|the|this|these|that|its|their|our|no|any|such|same|of|in|and|or)|['’]s)\s+(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_TRAINING = re.compile(
    r"\b(?:during|throughout|over|in)\s+(?:the\s+)?(?:course\s+of\s+)?training\b|\btraining (?:loss|curve)|\b(?:epochs?|iterations?)\b",
    re.IGNORECASE,
)
_THAN_AFTER = re.compile(r"[^,;:]*\bthan\b", re.IGNORECASE)
_NEXT_WORDS = 3
_THERE_IS = re.compile(r"\bthere\s+(?:is|are|were)\s+$", re.IGNORECASE)
_BY_SOMEBODY = re.compile(
    r"\b(?:we|i|runs? \d+|it|which|person|that|attempts?|variants?) (?:(?:is|are|was|were|been) )?(?:\w+ly )?$",
    re.IGNORECASE,
)
"""`Run 8 was dropped`, `a person dropped run 7`: what was done with it."""
_OF_A_BUDGET = re.compile(
    r"\s+(?:as (?:many|much)|the)?\s*(?:\w+[’']s\s+)?(?:tokens|steps|data|seeds|parameters|memory|time|budget|batches)\b",
    re.IGNORECASE,
)
"""`Twice the baseline's tokens`: of what a run was given."""
_OF_A_TEXT = re.compile(
    r"\b(?:sentence|claim|remark|paragraph|passage|wording|statement|caption|section)s? (?:on|about|of) [^,;:.]*\Z",
    re.IGNORECASE,
)
"""`The sentence on mse is gone`: it is the text that changed."""
_OF_SIZE = re.compile(
    r"\b(?:models?|dictionar(?:y|ies)|data ?sets?|widths?|networks?|corp(?:us|ora)) (?:is|are|was|were) (?:\w+ )?\Z",
    re.IGNORECASE,
)
"""`Their models are larger than ours`."""
_TAKEN_BACK = re.compile(
    r"\b(?:fresh seeds (?:did|do|could) not (?:confirm|bear)|(?:was|were) not (?:then |later )?confirmed)\b",
    re.IGNORECASE,
)
"""`The search saw a gain that fresh seeds did not confirm`: what was seen is told, and called no better."""
_BY_DEFINITION = re.compile(r"\bby (?:definition|construction)\b", re.IGNORECASE)
"""`By definition one falls as the other rises`: of two metrics and no run, an identity."""
_THE_NOISE = re.compile(r"\s+(?:the\s+)?noise\b", re.IGNORECASE)
_NOISE_IS = re.compile(r"\b(?:noise|spread|band|var(?:y|ies|ied)|scatters?|fluctuates?)\b[^,;:]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """A word of comparison that a sentence asserts: text[start:end]."""

    sentence: Sentence
    names: Names
    start: int
    end: int
    way: Way
    moves: bool
    """It compares only where a metric of its clause is what moves."""

    @property
    def word(self) -> str:
        return self.sentence.text[self.start : self.end]

    @cached_property
    def clause(self) -> str:
        return self.sentence.clause(self.start, self.end)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """Metrics that its clause names."""
        return tuple(self.names.metrics(self.clause))

    @property
    def is_noun(self) -> bool:
        """`the gain of run 3`: what a verdict may be said of."""
        determined = _DETERMINED.search(self.sentence.text[: self.start]) is not None
        return determined and _NOUN.fullmatch(self.word) is not None

    def tone(self, metric: Metric) -> Tone:
        """What it says of a metric: good, bad or flat; none where the metric's direction is not known."""
        if self.way == "same":
            return "flat"
        if self.way in ("good", "bad"):
            return "good" if self.way == "good" else "bad"
        if metric.direction is None:
            return "none"
        return "good" if improves(1.0 if self.way == "up" else -1.0, metric) else "bad"


def claims_in(sentence: Sentence, names: Names, unnamed: bool = False) -> Iterator[Claim]:
    """Each word of comparison that is no supposition, no definition and no other's, in the order of the text.

    A verb that compares only where a metric moves is one in the clause that names it; `unnamed`: in any.
    """
    text = sentence.text
    found = list(_ASSERTING.finditer(text))
    for pattern in (_MOVING, _GRANTED):
        taken = [match.span() for match in found]
        found += [
            match
            for match in pattern.finditer(text)
            if pattern is _MOVING or names.metrics(" ".join(text[match.end() :].split()[:_NEXT_WORDS]))
            if not any(start < match.end() and match.start() < end for start, end in taken)
        ]
    for match in sorted(found, key=lambda each: each.start()):
        claim = Claim(sentence, names, *match.span(), _way(match), match.re is _MOVING)
        if claim.moves and (not (claim.metrics or unnamed) or _TRAINING.search(text)):
            continue
        defined = _BY_DEFINITION.search(text) and len(names.metrics(text)) > 1 and not names_a_run(text)
        if claim.is_noun and _TAKEN_BACK.search(text, claim.end):
            continue
        if not defined and not _compares_nothing(text, match) and not is_said_otherwise(text, *match.span()):
            yield claim


def asserted(text: str) -> str:
    """The first word of comparison in a text that names no metric, such as a title; empty where there is none."""
    found = _ASSERTING.search(text)
    return found.group() if found else ""


def is_said_otherwise(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is supposed, or what a cited work says."""
    return is_supposed(text, start, end) or of_a_cited_work(text, start, end)


def _way(match: re.Match[str]) -> Way:
    ways: tuple[Way, ...] = ("good", "bad", "up", "down", "same")
    return next(way for way in ways if match.groupdict().get(way) is not None)


def _compares_nothing(text: str, match: re.Match[str]) -> bool:
    """`when there are more features than dimensions`; `larger than the noise`, and `the noise is larger than`."""
    before, after = text[: match.start()], text[match.end() :]
    of_noise = _THAN_AFTER.match(text, match.start()) and _NOISE_IS.search(before)
    if match.group().lower() == "dropped" and _BY_SOMEBODY.search(before):
        return True
    if _OF_A_TEXT.search(before):
        return True
    if _OF_SIZE.search(before) and "than" in match.group():
        return True
    if match.group().lower() == "twice" and _OF_A_BUDGET.match(after):
        return True
    return bool(_THERE_IS.search(before) or _THE_NOISE.match(after) or of_noise)
