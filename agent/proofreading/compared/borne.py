"""Whether the condition of a passage bears a claim in it: the claim is of the same runs and metric, and says no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from agent.evidence.condition import Condition, State, Subject, possible, terms_of
from agent.evidence.evidence import Evidence
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, names_baseline
from agent.proofreading.sentences.of_all import speaks_of_all
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.spoken import means_another, mentioned, pronoun_side
from agent.results.verdicts.verdict import improves
from agent.session.steps import BASELINE

Claim = Literal["better", "worse", "within noise", "equal", "not comparable"]
"""What a word says of how one run stands to another."""

_CUT = re.compile(r"[,;:()]|\b(?:and|but|while|whereas|because|since)\b", re.IGNORECASE)
_RUN_LETTERS = len("run 1234")
_BETTER = re.compile(r"improv|outperform|surpass|beat|superior|better|gain", re.IGNORECASE)
_WORSE = re.compile(r"inferior|worse|degrad", re.IGNORECASE)
_UP = re.compile(r"exceed|higher|larger|greater|more|increas|rais|rise|rose|climb|grow|grew|soar|jump", re.IGNORECASE)
_DOWN = re.compile(r"lower|smaller|fewer|less|reduc|decreas|drop|fall|fell|shr[ai]nk|declin|plummet", re.IGNORECASE)
_OTHER: Mapping[str, Claim] = {"noise": "within noise", "equal": "equal", "comparable": "not comparable"}
_RATIO = re.compile(r"doubl|tripl|trebl|quadrupl|twice|thrice|fold\b|halv", re.IGNORECASE)
_HARMLESS = re.compile(r"(?:no|without(?: any)?) (?:\w+ )?(?:loss|cost|drop|sacrifice)\b", re.IGNORECASE)
"""`No cost in mse`: a denial of worse, which better bears as well as within noise."""
_MANY = re.compile(
    r"\b(?:all|every|each|most|many|several|both|few|half|any)\s+(?:of\s+)?(?:the\s+|our\s+|other\s+)?(?:\w+\s+)?"
    r"(?:runs?|variants?|models?|configurations?|methods?|schedules?|settings?|ones|them)\b",
    re.IGNORECASE,
)
"""More runs than a condition on one of them speaks of."""
_SOME = re.compile(
    r"\b(?:some|one|an?|at least one|another)\s+(?:\w+\s+)?(?:runs?|variants?|models?|configurations?|schedules?)\b",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(?:vast|substantial|dramatic(?:al)?|drastic(?:al)?|great|strong|considerab|marked|clear|sharp|massive|huge|enormous|tremendous|remarkab"
    r"|striking|notab|significant|slight|marginal|modest|visib|noticeab|appreciab|overwhelming|deep)ly\b"
    r"|\bby far\b|\bby an?\s+(?:\w+\s+){0,2}(?:margin|amount|factor|lot|bit)\b|\b(?:a lot|a great deal|much|far|way|a bit|a little|somewhat)\s+(?=better|worse|higher|lower|larger|smaller)",
    re.IGNORECASE,
)
"""How large a difference is; a condition says that there is one."""
_LIKEWISE = re.compile(
    r"\b(?:so|as|nor|and)\s+(?:do|does|did|is|are|was|were)\b|\b(?:too|as well|likewise|also|equally|similarly)\b|\b(?:do|does|did)\s*(?:[.,;]|\Z)",
    re.IGNORECASE,
)
_THAN_A_RUN = re.compile(r"\bthan\s+(?:that\s+of\s+|in\s+)?(?=run)", re.IGNORECASE)
_AGAINST = re.compile(r"\bparent\b|\bbegan from\b", re.IGNORECASE)
_SAID: Mapping[Claim, frozenset[State]] = {
    "better": frozenset({"better", "confirmed better"}),
    "worse": frozenset({"worse", "confirmed worse"}),
    "within noise": frozenset({"within noise", "equal"}),
    "equal": frozenset({"equal"}),
    "not comparable": frozenset({"not comparable"}),
}
"""The states in which a claim is true of a subject whose states are verdicts or outcomes on fresh seeds."""
_OPPOSITE: Mapping[Claim, Claim] = {"better": "worse", "worse": "better"}


@dataclass(frozen=True)
class Compared:
    """Whom a subject compares, and on which metric."""

    mine: str
    theirs: str
    metric: str


@dataclass(frozen=True)
class Word:
    """A word of comparison at text[start:end] of a sentence; `way` is what it says, where its finder knows."""

    sentence: Sentence
    start: int
    end: int
    way: str = ""

    @property
    def text(self) -> str:
        return self.sentence.text[self.start : self.end]

    @property
    def before(self) -> str:
        """What stands before it in its phrase: a denial there denies it."""
        return _CUT.split(self.sentence.text[: self.start])[-1]

    @property
    def phrase(self) -> str:
        """The words between the cuts before and behind it: "reduces mse" of a sentence that has two claims."""
        return self.before + self.text + _CUT.split(self.sentence.text[self.end :])[0]


def is_borne(word: Word, names: Names) -> bool:
    """Whether the conditions under which a word of comparison is printed say as much as it does, of each metric spoken of."""
    sentence, given = word.sentence, word.sentence.given(word.start, word.end)
    if not given or speaks_of_all(sentence.text, names) or _SIZE.search(word.phrase) or _MANY.search(word.phrase):
        return False
    subjects = [(each, known) for each in _subjects(given) if (known := _compared(each, names.evidence)) is not None]
    metrics = names.metrics(word.phrase) or names.metrics(sentence.text)
    metrics = metrics or list(dict.fromkeys(known.metric for _, known in subjects))
    harmless = _HARMLESS.match(word.text) is not None
    denied = harmless or DENIES.search(word.before) is not None

    def bears(subject: Subject, of: Compared) -> bool:
        claim = "worse" if harmless else _claim(word, of.metric, names.evidence)
        side = _side(word, of, names) if claim and not _says_more(word, of, denied, names) else 0
        if claim is None or not side:
            return False
        said = claim if side > 0 else _OPPOSITE.get(claim, claim)
        true = _states(subject, said, names.evidence)
        wanted = subject.states - true if denied else true
        return bool(true) and possible(subject, given) <= wanted

    return bool(metrics) and all(
        any(of.metric == metric and bears(subject, of) for subject, of in subjects) for metric in metrics
    )


def outcomes_given(name: str, given: tuple[Condition, ...]) -> frozenset[State]:
    """What may have come of a hypothesis where these conditions hold; empty where they do not speak of it."""
    subject = Subject("hypothesis", (name,))
    return possible(subject, given) if subject in set(_subjects(given)) else frozenset()


def confirmed_given(given: tuple[Condition, ...]) -> bool:
    """Whether the conditions say that something was confirmed on fresh seeds."""
    subjects = (each for each in _subjects(given) if each.kind == "confirmed")
    return any(possible(each, given) <= {"confirmed better", "confirmed worse"} for each in subjects)


def _subjects(given: tuple[Condition, ...]) -> Iterator[Subject]:
    return iter(dict.fromkeys(term.subject for term in terms_of(given)))


def _compared(subject: Subject, evidence: Evidence) -> Compared | None:
    """Whom the subject compares; None where it compares nobody, or names what does not exist."""
    match subject.kind:
        case "compare":
            return Compared(*subject.names)
        case "any":
            return Compared("", BASELINE, subject.names[1])
        case "parent":
            run = evidence.results.get(subject.names[0])
            return Compared(run.name, str(run.parent or ""), subject.names[1]) if run else None
        case "confirmed":
            known = evidence.results.confirmation
            return Compared(str(known.run), BASELINE, subject.names[0]) if known and known.run else None
        case "hypothesis":
            found = evidence.registration.get(subject.names[0])
            return (
                Compared(str(found.hypothesis.run), str(found.hypothesis.against), found.hypothesis.metric)
                if found
                else None
            )
        case "verdict":
            head = evidence.results.best.name if subject.names[0] == "best" else subject.names[0]
            return Compared(head, BASELINE, subject.names[1])
        case _:
            return None


def _states(subject: Subject, claim: Claim, evidence: Evidence) -> frozenset[State]:
    """The states of the subject in which the claim is true."""
    if subject.kind == "hypothesis":
        found = evidence.registration.get(subject.names[0])
        told = found is not None and found.hypothesis.relation == f"{claim} than"
        return frozenset({"held"}) if told else frozenset()
    if subject.kind == "any":
        told = subject.names[0] == claim or (subject.names[0], claim) == ("within", "within noise")
        return frozenset({"some"}) if told else frozenset()
    return _SAID[claim] & subject.states


def _claim(word: Word, metric: str, evidence: Evidence) -> Claim | None:
    """What a word of comparison says of this metric, by its direction; None for a ratio, and where no direction is known."""
    told = word.text.lower()
    for part, claim in _OTHER.items():
        if part in told:
            return claim
    if _RATIO.search(told):
        return None
    if word.way == "good" or (not word.way and _BETTER.search(told)):
        return "better"
    if word.way == "bad" or (not word.way and _WORSE.search(told)):
        return "worse"
    if word.way == "same":
        return "within noise"
    kind = evidence.results.metrics.get(metric)
    up, down = word.way == "up" or _UP.search(told), word.way == "down" or _DOWN.search(told)
    if kind is None or kind.direction is None or bool(up) == bool(down):
        return None
    return "better" if improves(1.0 if up else -1.0, kind) else "worse"


def _says_more(word: Word, of: Compared, denied: bool, names: Names) -> bool:
    """Whether the sentence says it of further runs in few words ("as does run 2"), or of no run in particular where only some is known."""
    sentence = word.sentence
    others = mentioned(sentence, names, 0, len(sentence.text)) - {of.mine, of.theirs}
    if others and _LIKEWISE.search(sentence.text):
        return True
    places = [match.end() for match in _THAN_A_RUN.finditer(sentence.text)]
    if any(mentioned(sentence, names, place, place + _RUN_LETTERS) - {of.mine, of.theirs} for place in places):
        return True
    return not of.mine and not denied and not _SOME.search(word.phrase)


def _side(word: Word, of: Compared, names: Names) -> int:
    """1 where the sentence says it of the first run against the second, -1 the other way round, 0 where it speaks of others."""
    sentence = word.sentence
    left = word.start - len(word.before)
    right = left + len(word.phrase)
    if not mentioned(sentence, names, left, right):
        left, right = 0, len(sentence.text)  # "run 2 is cheap, and improves …" speaks of run 2 all the same
    spoken, first = mentioned(sentence, names, left, right), mentioned(sentence, names, left, word.start)
    control = names.evidence.results.control(of.mine)
    if control is not None:
        return int(not spoken and control in names.controls(sentence.text))
    if of.theirs == BASELINE:
        if spoken - {of.mine} or (not spoken and means_another(sentence, names, of.mine, word.start)):
            return 0
        turned = names_baseline(sentence.text[left : word.start]) and of.mine in spoken - first
        return -1 if turned else 1
    named = mentioned(sentence, names, 0, len(sentence.text)) | (
        {of.theirs} if _AGAINST.search(sentence.text) else set()
    )
    if not spoken or spoken - {of.mine, of.theirs}:
        return 0
    if not {of.mine, of.theirs} <= named:
        return pronoun_side(sentence, names, of.mine, of.theirs, word.start, word.end)
    if names_baseline(sentence.text) or len(first & {of.mine, of.theirs}) != 1:
        return 0
    return 1 if of.mine in first else -1
