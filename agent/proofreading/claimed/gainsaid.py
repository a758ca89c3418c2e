"""A direction, or an effect, in words behind verdicts of which not one says so now.

`held` asks this of the runs that a sentence names. Here stands what it cannot ask: what is said of no run (`[[conclusion mse]] The
penalty lowers mse all the same`), of a metric by a pronoun (`…, yet it lowers it`), and that an effect is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.evidence.reference import CONFIRMED, Reference
from agent.proofreading.claimed.excused import says_not_known
from agent.proofreading.claimed.of_whom import SET
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.compared.comparing import Claim, claims_in, is_said_otherwise
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import Sentence
from agent.results.results import Results
from agent.results.verdicts.outcome import Word
from agent.results.verdicts.verdict import Tone
from agent.results.words.confirmed import outcome_of

_ITS_OBJECT = re.compile(r"\s+(?:(?:it|them)\b|(?:this|that)(?=\s*(?:[.,;:!]|\Z)))", re.IGNORECASE)
_WITHIN = re.compile(r"\b(?:it|them)\b", re.IGNORECASE)
_IT_BEFORE = re.compile(r"\b(?:it|they)(?: (?:still|yet|nevertheless|\w+ly))?\s+\Z", re.IGNORECASE)
_IS_BEFORE = re.compile(r"\b(?:is|are|was|were)(?: \w+ly)?\s+\Z", re.IGNORECASE)
_BY_BEHIND = re.compile(r"\s+by (?!\d|half|one)", re.IGNORECASE)
_ALL_THE_SAME = r"(?:all the same|just the same|after all|any ?way|nonetheless|nevertheless|regardless|still|too|here|overall|indeed|in the end)"
_ENDS = re.compile(rf"\s*(?:{_ALL_THE_SAME}\s*)?(?:[.,;:!)]|\Z)", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"\b(?:noise|chance|luck|numerically|nominally|search\w*|seeds?|baseline|spread|band|definition|construction)\b",
    re.IGNORECASE,
)
_CONCEDES = re.compile(r"\b(?:but|though|although|albeit|however|only)\b", re.IGNORECASE)
_ANOTHER = re.compile(
    rf"\b(?:{'|'.join(sorted(SET))}|noise|spread|band|setting|cost|time|memory|loss)\b", re.IGNORECASE
)
"""What "it" may stand for beside a metric."""
_TRAINS = re.compile(
    r"\b(?:train\w*|optimi[sz]\w+|loss|gradients?|steps?|epochs?|averag\w+|data|tokens)\b", re.IGNORECASE
)
"""What moves a metric in every run, and is not what a verdict is on."""
_JOINS = re.compile(r"\b(?:and|but|so|yet|or)\b", re.IGNORECASE)
_EFFECT = re.compile(
    r"\b(?:there (?:is|was)|(?:has|have|had|shows?|showed|brings?|brought|yields?)) (?:an?|the|some|its) (?:\w+ ){0,2}?(?P<had>effect|gain|improvement|benefit|advantage|harm|damage|degradation)\b"
    r"|\b(?:the|this|that|its|an) (?:\w+ )?(?:effect|gain|improvement|benefit|advantage|harm|damage|degradation|difference|reduction|increase|decrease) (?:(?:on|in|of|for) [\w ]{1,40}? )?"
    r"(?:(?:is|was|remains?|stays?) (?:\w+ly |still |indeed |(?:[\w-]+ )?[\w-]+,? (?:but|yet|and) )?(?:there|real|present|genuine)|exists|persists)\b",
    re.IGNORECASE,
)
_ON = re.compile(r"\s+(?:on|in|of|for)\b", re.IGNORECASE)
_EITHER: tuple[Tone, ...] = ("good", "bad")
_CONCLUDED: tuple[tuple[str, Tone], ...] = (("better", "good"), ("worse", "bad"))
_CONFIRMED: Mapping[Word, Tone] = {"confirmed better": "good", "confirmed worse": "bad"}
_A_PAIR = 2
_LISTS = frozenset({"count", "list", "share", "frontier", "best"})
"""References whose runs are what a sentence goes on to speak of, whoever they are."""


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the word, why it cannot stand) of the first of these."""
    if sentence.cites:
        return
    results = names.evidence.results
    for claim in claims_in(sentence, names, unnamed=True):
        beside = _beside(sentence, claim.start, names)
        if not beside or _is_taken_back(sentence, claim.start, claim.end):
            continue
        for metric in _metrics(claim, beside, results):
            tone = claim.tone(results.metrics[metric])
            if tone in _EITHER and tone not in _tones(beside, metric, results):
                yield claim.word, _why(beside, metric, names)
                return
    for match in _EFFECT.finditer(sentence.text):
        beside = _beside(sentence, match.start(), names)
        metrics = {metric for one in beside for metric in _metrics_of(one, results)}
        if not metrics or _is_taken_back(sentence, *match.span()) or _is_of_something_else(match, metrics, names):
            continue
        if is_said_otherwise(sentence.text, *match.span()) or _CONCEDES.search(sentence.text, match.end()):
            continue
        if not any(_tones(beside, metric, results) & {*_EITHER} for metric in metrics):
            yield match.group(), _why(beside, min(metrics), names)
            return


def _beside(sentence: Sentence, start: int, names: Names) -> Sequence[Reference]:
    """The verdicts before a word that it may rest on; those of the sentence before where its own has no reference.

    None where one stands behind it, which may bear it, where it is printed under a condition, and beside a list of runs.
    """
    of = sentence if sentence.references else sentence.before
    if of is None or of.under or sentence.under:
        return ()
    judging = [(place, one) for place, one in of.placed if one.judges]
    if of is sentence and any(place > start for place, _ in judging):
        return ()
    found = [one for _, one in judging if names.evidence.says(one)]
    return () if any(one.head in _LISTS or one.rest[:1] == ("outcome",) for one in found) else found


def _metrics(claim: Claim, beside: Sequence[Reference], results: Results) -> Sequence[str]:
    """The metrics of which a word says it, as far as the verdicts are of these; what names a run is for `held`."""
    judged = {metric for one in beside for metric in _metrics_of(one, results)}
    if claim.metrics:
        return [metric for metric in claim.metrics if metric in judged] if _is_of_no_run(claim, results) else ()
    before, behind = claim.sentence.text[: claim.start], claim.sentence.text[claim.end :]
    passive = _IS_BEFORE.search(before) and _BY_BEHIND.match(behind)
    by_a_pronoun = _ITS_OBJECT.match(behind) or _WITHIN.search(claim.word)
    if passive or by_a_pronoun or (claim.moves and claim.way in ("up", "down") and _IT_BEFORE.search(before)):
        spoken, subject = _before(claim)
        spoken += subject if passive else ""
        if _ANOTHER.search(spoken) or claim.names.settings(spoken) or not judged >= set(claim.names.metrics(spoken)):
            return ()
        if _TRAINS.search(subject) or _differs_by(subject, beside, claim.names):
            return ()
    elif claim.way not in ("good", "bad") or not claim.moves or not _ENDS.match(behind):
        return ()
    return [*judged] if len(judged) == 1 else ()


def _is_of_no_run(claim: Claim, results: Results) -> bool:
    """Whether neither words nor verdicts of its sentence are of a run that is named."""
    references = claim.sentence.references
    by_reference = any(results.get(name) is not None for one in references for name in (one.head, *one.rest))
    return bool(references) and not by_reference and not claim.names.runs(claim.sentence.text[: claim.start])


def _before(claim: Claim) -> tuple[str, str]:
    """What "it" may stand for, which is all before its clause, and that clause's subject, which it is not."""
    sentence = claim.sentence
    left, _ = sentence.clause_span(claim.start, claim.end)
    joined = [match.end() for match in _JOINS.finditer(sentence.text, 0, claim.start)]
    opened = [place + 1 for place, one in sentence.placed if place < claim.start and _is_a_sentence(one)]
    before = sentence.before.text if sentence.before is not None and not sentence.references else ""
    begins = max([left, *joined, *opened])
    return f"{before} {sentence.text[:begins]}", sentence.text[begins : claim.start]


def _differs_by(subject: str, beside: Sequence[Reference], names: Names) -> bool:
    """`k alone raises it`: the setting by which a run is not comparable, and what is known of that."""
    results = names.evidence.results
    runs = [run for one in beside for name in (one.head, *one.rest) if (run := results.get(name)) is not None]
    return any(name in difference for name in names.settings(subject) for run in runs for difference in run.differences)


def _is_a_sentence(reference: Reference) -> bool:
    """Whether what is filled in is one by itself."""
    return reference.head == "conclusion" or reference.text == CONFIRMED


def _is_taken_back(sentence: Sentence, start: int, end: int) -> bool:
    """Whether its clause denies it, guesses, or says itself how much it is worth."""
    left, right = sentence.clause_span(start, end)
    around = sentence.text[left:right]
    return bool(DENIES.search(around) or _TAKEN_BACK.search(around)) or says_not_known(around) or is_modest(around)


def _is_of_something_else(match: re.Match[str], metrics: set[str], names: Names) -> bool:
    """`there is an effect of the batch size`: of what no verdict beside it is."""
    behind = match.string[match.end() :]
    if match["had"] is None or _ENDS.match(behind):
        return False
    return not (_ON.match(behind) and metrics & set(names.metrics(behind.split(",")[0])))


def _metrics_of(reference: Reference, results: Results) -> Sequence[str]:
    """The metrics on which a reference says how something stands."""
    if reference.head == "verdicts":
        return [name for name in reference.rest if name in results.metrics]
    if reference.head == CONFIRMED and reference.rest[:1] in ((), ("verdict",), ("delta",)):
        return results.confirmation.metrics if results.confirmation is not None else ()
    metric = reference.judged_metric(results.primary)
    return (metric,) if metric in results.metrics else ()


def _tones(beside: Sequence[Reference], metric: str, results: Results) -> frozenset[Tone]:
    """What the verdicts on this metric say: good, bad, flat."""
    return frozenset(
        tone for one in beside if metric in _metrics_of(one, results) for tone in _tones_of(one, metric, results)
    )


def _tones_of(reference: Reference, metric: str, results: Results) -> tuple[Tone, ...]:
    if reference.head == "conclusion":
        told = results.unbeaten(metric) is None
        return tuple(tone for word, tone in _CONCLUDED if told and results.group(word, metric))
    if reference.head == CONFIRMED:
        return (_CONFIRMED.get(outcome_of(results, metric).word, "flat"),)
    runs = [run for name in (reference.head, *reference.rest) if (run := results.get(name)) is not None]
    if reference.head == "compare" and len(runs) == _A_PAIR:
        return _EITHER if results.comparison(runs[0], runs[1], metric).tone in _EITHER else ("flat",)
    if reference.head == "verdicts":
        return tuple(results.verdict(run, metric).tone for run in runs or results.runs[1:])
    parental = reference.rest[-1].startswith("parent")
    return (results.verdict(runs[0], metric).tone,) if runs and not parental else _EITHER


def _why(beside: Sequence[Reference], metric: str, names: Names) -> str:
    said = next(one for one in reversed(beside) if metric in _metrics_of(one, names.evidence.results))
    return f"[[{said.text}]] says “{names.evidence.resolve(said).text}”, which is not that; say no more than it does"
