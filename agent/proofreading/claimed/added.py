"""What is added to a verdict: words behind it that say more than it does.

A reference bears its clause; what stands beside that without a verb of its own ("…, a small price"), or is concluded from it ("so the
penalty costs nothing"), nothing bears.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.claimed.excused import says_not_known
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.compared.comparing import claims_in
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.prose import Sentence

_ON = r"(?:\s*\)|\s+(?:on|in|by|at|for|of|than|over|with|against)\s[^,;:.–—()\ue000-\uf8ff]{1,60})*"
_APPOSED = re.compile(
    rf"[\ue000-\uf8ff]{_ON}(?:,| [–—-]+)(?: and)?\s+(?P<said>(?:in (?:agreement|line|accord|keeping|accordance) with(?! †)|an?|the|no|what an?|proof|evidence|reason|cause|enough|quite|hardly|another|one more|(?:just|exactly|precisely) (?:what|where|as|how)|all|nothing)\b[^.;:\ue000-\uf8ff]*)",
    re.IGNORECASE,
)
_NEUTRAL = re.compile(
    r"(?:an?|the|no|another|all)\s+(?:[\w-]+\s+){0,3}?(?:metrics?|measures?|scores?|runs?|variants?|controls?|baseline|differences?|changes?|gaps?|seeds?|values?|shares?|candidates?|tokens?|steps|band|noise|others?)\b",
    re.IGNORECASE,
)
"""What is said of a metric or a run in passing: `the primary metric`."""
_HAS_A_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|may|might|can|could|will|would|should|cannot)\b", re.IGNORECASE
)
"""Then it is a clause, of which other rules judge."""
_RELATIVE = re.compile(r"\b(?:that|which|who|whose)\b")
_IS_REFERRED = re.compile(r"[^.;]*[\ue000-\uf8ff]")
"""A reference follows, which says it."""
_AS = re.compile(
    r"[\ue000-\uf8ff][^.;\ue000-\uf8ff]{0,60}?,\s+(?P<said>(?:just |exactly |precisely |much )*as (?:it|one|they|everyone|everybody|anyone|theory|the theory|the idea|always|ever|hoped|intended|promised|usual|wanted|foretold|announced|had)\b[^.;\ue000-\uf8ff]*)",
    re.IGNORECASE,
)
_DIRECTION = re.compile(
    r"\b(?:(?:right|same|hoped[- ]for|expected|desired|wanted|intended|predicted|opposite) (?:direction|sign|way|side)|(?:direction|sign|side) (?:is|was|that|which|we|of (?:the|our) (?:hypothesis|idea|plan|run)|of H\d+)"
    r"|(?:trend|tendency|lean\w*|tilt\w*) (?:is|was|towards?|up|down|in))\b",
    re.IGNORECASE,
)
_NEARLY = re.compile(
    r"[\ue000-\uf8ff][^.;\ue000-\uf8ff]{0,40}?,?\s(?:if|but|albeit|though|although)\s(?P<said>(?:only |just )*(?:just|barely|narrowly|marginally|by little))\b",
    re.IGNORECASE,
)
_ON_BOTH = re.compile(
    r"[\ue000-\uf8ff] (?:on|in) (?P<first>(?:\w+ ){1,4}?)(?:and|as well as)(?: on| in)? (?P<other>(?:\w+[ .,;]){1,4})",
    re.IGNORECASE,
)
"""`[[run_3.mse.verdict]] on mse and absorption`: of the second nothing was said."""
_LIKEWISE = re.compile(
    r"\b(?:and|,) so (?:is|are|does|do|did|was|were) (?P<said>runs? \d+|the other\w*|the rest)\b", re.IGNORECASE
)
_NULL = re.compile(
    r"\b(?:so|thus|hence|therefore|which means|that is|meaning|in other words)\b[^.;\ue000-\uf8ff]*\b(?:(?:is|are|was|were) (?:not|never) (?:\w+ly )?(?:affected|changed|touched|harmed|altered|influenced|hurt)"
    r"|ha(?:s|ve|d) no (?:effect|influence|impact|bearing)|(?:do|does|did) not (?:matter|affect|influence)|makes? no difference|unaffected|(?:unchanged|identical|the same|equal)(?=[.,;]|$))",
    re.IGNORECASE,
)
_CONCLUDED = re.compile(
    r"(?:[;,:–—]|\band\b)\s*(?:and\s+)?(?P<said>(?:so|thus|hence|therefore|consequently|accordingly|in practice|in effect|in other words|in short|put (?:simply|differently)|which (?:in practice )?means|that means|this means|meaning)\b[^.;\ue000-\uf8ff]*)(?=[.;]|\Z)",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"(?:[:;–—]|\band\b)\s*(?P<said>[^.;:\ue000-\uf8ff]*?\b(?:helps?|works?|pays? off|succeeds?|benefits?|profits?|serves? its purpose|does its (?:job|work))\b[^.;:\ue000-\uf8ff]*)",
    re.IGNORECASE,
)
_OF_PROCEDURE = re.compile(
    r"\b(?:list|show|draw|mark|le(?:ave|ft) out|call|count|report|repeat|ch(?:oo|o)se|compar|exclud|treat|take|print|read|register|ask|appear|enter|rank|judg|rest|stop|tried|try|refer|candidate|noise|open)\w*\b"
    r"|\b(?:was|were|is|are) (?:\w+ly |then |also )?(?:\w+ed|set|cut|put|run|made|kept|held|drawn|taken|given|left|chosen)\b"
    r"|\b(?:not|never|neither|nor|cannot|nobody)\b|n[’']t\b|\b(?:nothing|none) (?:is|was|can|here|follows|speaks|enters|of)\b|\bno (?:claim|conclusion|run|comparison|verdict|reading|statement|reference)s?\b",
    re.IGNORECASE,
)
"""What was done because of it, or that nothing follows."""


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the words, why they cannot stand) of the first addition to a verdict."""
    if not any(reference.judges for reference in sentence.references):
        return
    if (said := _passed_on(sentence, names)) is not None:
        yield (
            said,
            "the verdict beside it is another's, or decides nothing; write the reference that says it, or leave it out",
        )
        return
    if (null := _null_concluded(sentence, names)) is not None:
        yield null, "within noise does not say that nothing changed; leave the conclusion out, or say that it is open"
        return
    if (read := _direction_read(sentence, names)) is not None:
        yield (
            read,
            "a direction is read into a verdict that sees none beyond noise; leave it out, or write the [[RUN.METRIC.delta]] alone",
        )
        return
    for pattern in (_APPOSED, _AS, _CONCLUDED, *(() if _is_a_gain(sentence, names) else (_GOOD,))):
        for match in pattern.finditer(sentence.text):
            said, span = match["said"], match.span("said")
            agrees = pattern is _APPOSED and said.lower().startswith("in ")
            if (
                sentence.given(*span)
                or says_not_known(said)
                or (is_modest(said) and not agrees)
                or sentence.text.rstrip().endswith("?")
            ):
                continue
            if pattern is _APPOSED and (
                _NEUTRAL.match(said)
                or _HAS_A_VERB.search(_RELATIVE.split(said)[0])
                or _IS_REFERRED.match(sentence.text, span[1])
            ):
                continue
            if pattern in (_CONCLUDED, _GOOD) and (
                _OF_PROCEDURE.search(said)
                or _compares(sentence, names, *span)
                or not _is_behind_a_verdict(sentence, match.start())
            ):
                continue
            yield (
                said.strip(),
                "it adds to the verdict beside it what that does not say; leave it out, or write the reference that says it",
            )
            return


def _passed_on(sentence: Sentence, names: Names) -> str | None:
    """`…, and so is run 2`, of which no reference speaks; `within noise, if only just`."""
    judged = {part for ref in sentence.references if ref.judges for part in (ref.head, *ref.rest)}
    for match in _LIKEWISE.finditer(sentence.text):
        named = {str(one.run) for one in named_runs(match["said"])}
        if not (named and named <= judged):
            return match.group()
    told = {ref.judged_metric(names.evidence.results.primary) for ref in sentence.references if ref.judges}
    for match in _ON_BOTH.finditer(sentence.text):
        others, first = names.metrics(match["other"]), names.metrics(match["first"])
        if first and others and set(first) <= told and not set(others) <= told and "" not in told:
            return match["other"].strip()
    nearly = _NEARLY.search(sentence.text)
    return nearly["said"] if nearly and _is_undecided(sentence, nearly.start("said"), names) else None


def _null_concluded(sentence: Sentence, names: Names) -> str | None:
    """`[[run_2.mse.verdict]], so mse is not affected`: what noise hides is not shown to be absent."""
    for match in _NULL.finditer(sentence.text):
        clause = sentence.clause(*match.span())
        if _is_undecided(sentence, match.start(), names) and not says_not_known(clause) and not is_modest(clause):
            return match.group()
    return None


def _is_undecided(sentence: Sentence, place: int, names: Names) -> bool:
    """Whether the last verdict before a place decides nothing; not where a condition is printed around it, which says what was decided."""
    before = [ref for at, ref in sentence.placed if at < place and ref.judges and names.evidence.says(ref)]
    words = names.evidence.resolve(before[-1]).text if before else "better"
    return not re.search(r"\b(?:better|worse|held)\b", words) and not sentence.given(place, place + 1)


def _direction_read(sentence: Sentence, names: Names) -> str | None:
    """`[[run_2.mse.verdict]], where the sign is right`: what is read into a verdict that decides nothing."""
    for match in _DIRECTION.finditer(sentence.text):
        around = sentence.clause(*match.span())
        denied = DENIES.search(around) or is_modest(around) or says_not_known(around)
        if _is_undecided(sentence, match.start(), names) and not denied:
            return match.group()
    return None


def _is_a_gain(sentence: Sentence, names: Names) -> bool:
    """Whether a verdict of the sentence is a good one."""
    judged = (reference for reference in sentence.references if reference.judges and names.evidence.says(reference))
    return any(word in names.evidence.resolve(one).text for one in judged for word in ("better", "held"))


def _is_behind_a_verdict(sentence: Sentence, place: int) -> bool:
    return any(reference.judges and at < place for at, reference in sentence.placed)


def _compares(sentence: Sentence, names: Names, start: int, end: int) -> bool:
    """Whether a word of comparison stands there, which other rules hold against the verdict."""
    return any(start <= claim.start < end for claim in claims_in(sentence, names))
