"""Claims that are no statement: a question that answers itself, the short answer to one, and a sentence without a verb that ends a matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.claimed.excused import says_not_known
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.sentences.prose import Sentence

_BEGINS = r"(?:\A|(?<=[,;:–—] )|(?<=[.!?] ))(?:(?:and|but|so|yet|then|or|after all),? )?"
_RHETORICAL = re.compile(
    rf"{_BEGINS}(?:who (?:would|could|can|will|still|else|needs?|wants?|cares?|does|has)|why (?:should (?:one|anyone|anybody|we|you|practitioners)|would|bother|not|keep|still|then|else|look|wait|go|use|train|pay)"
    r"|(?:who|how|why) else|what (?:else|more) (?:could|can|would|does|do|is there|should)|what (?:could|can|would) be \w+er|(?:is|are|was|were|does|do|did|would|should|could|can|has|have)n[’']t"
    r"|(?:is|are|does|do|did|would|should|could|can|has|have) (?:\w+ ){1,2}not\b|(?:can|could|would) [^.;?]{1,60} be (?:any |much )*(?:better|clearer|plainer|simpler|easier|stronger|neater|cleaner|more \w+)(?=\?)|how much \w+er (?:can|could|would)|what (?:can|could|would) be (?:an? )?(?:better|more \w+|\w+er)|would [^.;?]{1,60} (?:anything|any) (?:else|different|other)(?=\?)|(?:can|could|should|would) (?:one|anyone|anybody|we|you) (?:really |still |possibly )?(?:ask|want|wish|hope|doubt|deny|argue|object|call|blame)"
    r"|(?:is|was|were|are) (?:this|it|that|any of this|all this|these|run \d+) (?:mere |just |only |all |a |an |pure |simple )*(?:luck|chance|noise|coincidence|accident|fluke|artefact|artifact)s?\b|could (?:chance|luck|noise|an accident)\b|what [^.;?]{1,60}(?:other than|if not|except|but) )[^.;?]{0,160}\?",
    re.IGNORECASE,
)
"""Whoever asks so wants no answer."""
_PRESUMES = re.compile(rf"{_BEGINS}why (?:does|do|did|is|are|was|were|has|have)\b[^.;?]{{1,160}}\?", re.IGNORECASE)
"""`Why does it work?` takes for granted that it does."""
_LONGEST_ANSWER = 5
_OPEN = re.compile(
    r"\b(?:ask|asks|asked|try|tried|test|tested|open|later|below|future|left|reference|perhaps|maybe|section)\b",
    re.IGNORECASE,
)
_TAKEN_UP = re.compile(
    r"\b(?:(?:we|i|this (?:paper|study|work)|the question)\b[^.;:]*\bwhether|question)\b[^.;:]*(?:[;:–—]|, and|, but) (?:indeed |in fact |in short )?(?:it|they|this|that|we|one|the answer is) (?:\w+ly )?(?:does|do|did|is|are|was|were|has|have|can|will|yes|no)(?: not|n[’']t)?[.;,!]",
    re.IGNORECASE,
)
"""`We asked whether it has to cost anything; it does not.`"""
_ENDS_IT = re.compile(
    r"(?:and|so|but|no|not|quite|hardly|same|such|enough|nothing|case|mission|point|job|end|hence|thus|what an?|once|all|a|an)\b",
    re.IGNORECASE,
)
_FINAL = phrases(
    r"(?:case|matter|chapter|book|debate|question|file|issue) (?:closed|settled|solved)",
    r"(?:clean )?sweep",
    "so good",
    r"(?:that|this) is that",
    r"mission accomplished|job done|enough said|end of (?:the )?story|full stop|point (?:made|taken|proven)|no contest|no ifs|q\.?e\.?d",
    r"(?:(?<=, )|\A)(?:and )?(?:the )?same (?:answer|result|story|picture|outcome|verdict|order|ranking|conclusion|again|here|everywhere|for)",
)
_WHY_ASKED = "a question that answers itself, with no reference that says so; leave it out, or ask what is open"
_WHY_ANSWERED = "an answer that no reference gives; write the verdict ([[RUN.METRIC.verdict]]), or say that it is open"


def check(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """(the words, why they cannot stand) of the first claim of these."""
    text = sentence.text
    if asked := _RHETORICAL.search(text):
        yield asked.group(), _WHY_ASKED
    elif sentence.references:
        return
    elif presumed := _PRESUMES.search(text):
        yield (
            presumed.group(),
            "a question that takes for granted what no reference says; give the verdict first, or ask whether it is so",
        )
    elif _answers(sentence):
        yield text, _WHY_ANSWERED
    elif taken := _TAKEN_UP.search(text):
        yield taken.group(), _WHY_ANSWERED
    elif len(text.split()) <= 2 * _LONGEST_ANSWER and (final := _FINAL.search(text)) and _ENDS_IT.match(text):
        yield final.group(), "it ends a matter without a reference that does; say what was measured, or leave it out"


def _answers(sentence: Sentence) -> bool:
    """Whether it is a few words behind a question, and not that the answer is not known."""
    before, text = sentence.before, sentence.text
    if before is None or not before.text.rstrip().endswith("?") or text.rstrip().endswith("?"):
        return False
    short = len(text.split()) <= _LONGEST_ANSWER
    if not text.rstrip().endswith((".", "!")):
        return False  # a heading
    if re.match(r"(?:nothing|none|no|nobody|neither)\b", text, re.IGNORECASE):
        return False
    if text.rstrip(" .!").endswith(" not"):  # "we think not"
        return short
    return short and not (says_not_known(text) or is_modest(text) or _OPEN.search(text) or sentence.cites)
