"""Words that end a question which no verdict ends: finality, for ever, a conclusion from "within noise"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from agent.proofreading.compared.claims import claims_a_result, is_open
from agent.proofreading.compared.comparing import claims_in, is_said_otherwise
from agent.proofreading.compared.standing import all_hold
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, names_method
from agent.proofreading.sentences.prose import Sentence

FINAL = re.compile(
    r"\b(?:proves|proved|proven)\b(?!\s+(?:little|nothing|no)\b)(?!\s+(?:to be\s+)?(?:difficult|hard|useful|costly|necessary))|\b(?:re)?solve[sd]\b|\bsolved problem\b"
    r"|\bbest of both worlds\b|\bdominates?\b|\beliminate[sd]?\b|\bguarantees?\b|\bovercomes?\b|\bconclusive(?:ly)?\b|\bdefinitive(?:ly)?\b"
    r"|\bundoubtedly\b|\bstate[- ]of[- ]the[- ]art\b|\bSOTA\b|\bonce and for all\b|\bbeyond (?:any )?doubt\b"
    r"|\bcan be (?:no|little) (?:doubt|question)\b|\b(?:no|little) doubt\b|\bno question that\b|\bun(?:question|deni|mistak)abl[ey]\b|\bin(?:disputabl|controvertibl)[ey]\b|\b(?:clear|undisputed|obvious) winner\b|\bun(?:matched|rivall?ed|paralleled|surpassed|beaten)\b|\bsecond to none\b"
    r"|\b(?:sets?|setting) (?:a |the )?new (?:standard|bar|benchmark|record)\b|\bstrictly (?:better|superior)\b|\bsuperior across the board\b"
    r"|\bsuperiority\b|\bsettle[sd]\b|\bestablish(?:es|ed)?\s+(?:that\b|the\b|(?:\w+\s+){1,4}as\b)"
    r"|\bvalidat(?:es?|ed)\s+(?:that|the|our)\b|\bcome(?:s)? out on top\b|\b(?:ranks|ranked|comes|came) first\b|\bwins\b|\boverwhelming(?:ly)?\b|\b(?:is|are) (?:enough|sufficient) to (?:show|prove|say|conclude)\b|\bhypothes[ie]s (?:is|are|was) (?:\w+ )?(?:accepted|true|correct)\b|\b(?:strong|compelling|convincing) (?:case|evidence) (?:for|that)\b|\banswers? the question\b"
    r"|\bno longer an? (?:issue|problem|concern)\b|\bnew (?:high|low|record|best)\b|\bthe first to (?:reach|achieve|obtain|show)\b"
    r"|\b(?:our|the|this)\s+(?:\w+\s+){1,2}works\b(?!\s+(?:by|on|with|as|in|at|for|like|through|of|from))",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"\bsolved problem\b|\bbest of both worlds\b|\bproves? that\b|\bbeyond (?:any )?doubt\b|\bno doubt\b|\bwinner\b|\bconclusive|\bdefinitive(?:ly)? (?:show|prov|demonstrat|establish)"
    r"|\bonce and for all\b|\bun(?:matched|rivall?ed|paralleled|surpassed)\b|\bsecond to none\b|\bnew (?:standard|record)\b|\bacross the board\b|\bsuperiority\b",
    re.IGNORECASE,
)
"""What claims a result of this study whatever it speaks of."""
_FINDINGS = re.compile(
    r"\W*(?:\w+,?\s+){0,2}?(?:these|our|the|all)\s+(?:\w+\s+)?(?:results?|findings?|experiments?|evidence|data|hypothes[ie]s)\b",
    re.IGNORECASE,
)
"""A sentence whose subject is what was found here."""
_ALWAYS = re.compile(
    r"\b(?:always|never|invariably|without exception|in (?:all|every) cases?|under all circumstances)\b", re.IGNORECASE
)
_CONCLUDES = re.compile(
    r"\b(?:which|this|that|and|so|thus|hence)\s+(?:\w+\s+)?(?:confirms?|shows?|proves?|demonstrates?|establishes|implies|means|supports|corroborates)\b|\b(?:confirming|showing|proving|demonstrating|establishing|validating|underlining|supporting|corroborating)\s+(?:that|the|how|our)\b"
    r"|\b(?:thus|therefore|hence|clearly|indeed|so|evidently)\b[^.;]{0,60}?\b(?:works?|helps?|succeeds?|is (?:effective|useful|beneficial|worthwhile|better|preferable))\b"
    r"|\b(?:works?|helps?|succeeds?)\s+(?:as (?:intended|expected|hoped)|well)\b",
    re.IGNORECASE,
)
_HARM = re.compile(
    r"\b(?:harm|hurt|fail|help|improve|win|beat|outperform|reduce|increase|lower|raise)s?\b", re.IGNORECASE
)
_CERTAIN = re.compile(r"can be", re.IGNORECASE)
"""Its own "can" supposes nothing."""
Rule = Callable[[Sentence, Names], "tuple[str, str] | None"]


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand), one for each rule that has a say."""
    yield from (said for rule in RULES if (said := rule(sentence, names)) is not None)


def _is_final(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """`This proves that …`, `a solved problem`: more than any verdict of a few seeds can say."""
    for match in FINAL.finditer(sentence.text):
        of_a_result = (
            _OF_ITSELF.search(sentence.text)
            or claims_a_result(sentence, names)
            or names_method(sentence.text)
            or _FINDINGS.match(sentence.text)
        )
        if of_a_result and not _is_excused(sentence, match):
            return (
                match.group(),
                "more than measurements against noise can bear; say what was measured, and leave this out",
            )
    return None


def _is_for_ever(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """`The penalty always improves mse`: more than the runs of a session can say."""
    for match in _ALWAYS.finditer(sentence.text):
        clause = sentence.clause_span(*match.span())
        spoken_of = claims_a_result(sentence, names) or names_method(sentence.text)
        compared = any(clause[0] <= one.start < clause[1] for one in claims_in(sentence, names)) or _HARM.search(
            sentence.text[slice(*clause)]
        )
        if spoken_of and compared and not is_said_otherwise(sentence.text, *match.span()):
            return match.group(), "a few runs say nothing of always; say in which runs it was seen"
    return None


def _concludes_from_nothing(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """`[[run_5.mse.verdict]], which confirms …`, where the verdict decides nothing."""
    for match in _CONCLUDES.finditer(sentence.text):
        printed = all_hold(sentence.given(*match.span()), names.evidence)
        if printed and (said := is_open(sentence, names)) and not _is_excused(sentence, match):
            return (
                match.group(),
                f"a conclusion from a verdict that decides nothing ({said}); leave it out, or say that it is open",
            )
    return None


RULES: tuple[Rule, ...] = (_is_final, _is_for_ever, _concludes_from_nothing)


def _is_excused(sentence: Sentence, match: re.Match[str]) -> bool:
    """Denied in its clause, supposed, or another's."""
    if not _CERTAIN.match(match.group()) and is_said_otherwise(sentence.text, *match.span()):
        return True
    left, right = sentence.clause_span(*match.span())
    around = f"{sentence.text[left : match.start()]} {sentence.text[match.end() : right]}"
    return DENIES.search(around) is not None  # the "no" of "no doubt" denies nothing
