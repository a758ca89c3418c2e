"""Claims by what a sentence does with plain words: it concludes, explains, promises a use, or says what would have been.

None of these asks for a word that praises. A connective ("thus"), a noun that explains ("the key is that"), a "can" of what is ours and a
"would have" are closed classes of English; what follows them is a claim until a reference, a hedge or an act excuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.claimed.excused import says_not_known, says_not_tried
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed

_THUS = (
    r"(?:thus|therefore|hence|consequently|accordingly|as a result|as a consequence|in conclusion|all in all|in short)"
)
_NO_MORE_THAN = re.compile(
    r"\b(?:list|show|draw|mark|le(?:ave|ft)|call|count|report|repeat|ch(?:oo|o)se|compar|exclud|treat|take|print|read|register|ask|appear|enter|rank|judg|rest|stop|tried"
    r"|try|train|refer|candidate|noise|open|measur|comput|record|kept|keep|set(?!tle)|use|add|run|launch|penali[sz]|sum|store|define|normali[sz]|start|end|begin)\w*\b"
    r"|\b(?:not|no|never|neither|nor|cannot|nobody|nothing|none|whether|unknown|limited|only|small|too (?:favou?rable|optimistic|good|generous|early|strong|hopeful))\b|n[’']t\b",
    re.IGNORECASE,
)
"""What was done because of it, or that nothing follows."""
_CONCLUDES = re.compile(
    rf"(?:\A|[;:]\s*)(?:and )?{_THUS},?\s(?P<said>[^.;]+)|\b(?:is|are|was|were|has|have|does|do|can|\w{{3,}}s)\s+{_THUS}\s(?P<adverb>[^.;]+)|(?<!and )(?<!\bso )\b(?:study|work|results?|findings?|data|schedule|method|penalty|approach)\s+{_THUS}\s(?P<ours>[^.;]+)|\b(?P<tail>(?:and|so) (?:\w+ ){{1,3}}\w{{3,}}s accordingly)(?=[.,;])",
    re.IGNORECASE,
)
_NOUN = r"(?:key|insight|rule|lesson|secret|moral|upshot|message|takeaway|recipe|culprit|implications?|reason|explanation|cause|root|crux)"
_EXPLAINS = phrases(
    rf"(?:the|our|its|a|one) (?:(?!possible|plausible|likely|alternative|candidate|other|tentative|different|another|second|further|rival)[\w-]+ ){{0,2}}?{_NOUN}(?: (?:for|to|of|behind) (?:(?!dropp|leav|exclud|omit|choosing|choice|list|stop)[\w-]+ ){{1,4}}?)? ?(?:is|was|:|lies|turns out)(?! (?:\[|(?:the|our|a) (?:wish|hope|aim|idea|plan|lack|budget)))",
    r"(?:the|our|its|one) (?:[\w-]+ ){0,2}?answer (?:(?:to|of|for) (?:[\w-]+ ){1,4}?(?:is|was|lies|turns out)(?! \[)|(?:is|was|lies) (?:that|yes|clear|clearly|simple|simply|in|affirmative|positive|negative|obvious|straightforward|to)\b)",
    r"(?:reveals?|revealed|uncovers?|teach(?:es)?|offers?|provides?|ha(?:s|ve)|suggests?|yields?) (?:an?|the|some|several)? ?(?:(?!possible|no)[\w-]+ ){0,2}?(?:rule|insights?|lessons?|implications?|recipe|explanation|answers?|principle|guidance)",
    r"(?:shed|sheds|shedding|throws?) (?:new |some |fresh )?light",
    r"(?:is|are|was|were) what (?:\w+ly )?(?!is\b|are\b|was\b|were\b|we\b|it\b|they\b|differs\b|remains\b|changes\b|follows\b|does\b|has\b|this\b)\w{3,}(?:s|ed)",
    r"(?:is|are|was|were|remains?|becomes?) (?:thus |then |only |now |just |therefore )?a (?:matter|question) of",
    r"it turns out,",
    r"(?:this|that|which) (?:also |in turn |directly )?explains",
)
_USE = phrases(
    r"(?:schedule|method|approach|penalty|technique|idea|recipe|modification|it|they|such an? \w+|this|ours)s? can (?:\w+ )?(?:be )?(?:readily |easily |also |directly |simply |safely )?(?:used|applied|combined|adopted|extended|added|plugged|dropped|transferred|employed|deployed|integrated|incorporated|relied)",
    r"(?:one|run \d+|configuration|choice|setting|schedule|method|variant|way) (?:\w+ )?to (?:choose|use|go|pick|prefer|beat|adopt|take|trust|follow|keep|have|want)",
    r"out of the box|on top of (?:them|it|any|other|existing)|with any (?:\w+ )?(?:architecture|model|method|loss|optimi[sz]er|dictionary)",
)
_WOULD_HAVE = phrases(
    r"(?<!we )would (?:\w+ly )?have (?!to|a |an |the |no |its |seen|noticed|missed|needed|required|told|tested|tried|taken|detected|resolved|gone un(?:noticed|seen|detected)|had to|been(?=[,.;])|been (?:seen|noticed|missed|needed|different|required|detected|told|possible|found|too|tried|tested)|suggested|looked|seemed|appeared|called|counted|taken for|claimed|reported)\w+"
)
_EXPECTED = phrases(
    r"(?:is|was|were|are) to be expected(?! by)",
    "even more so",
    r"too \w+ to (?:have|matter|help|make|affect|be of|do|account)",
)
_KNOWN = phrases(
    r"(?:is|are) (?:well |widely |generally |commonly )(?:known|established|understood|accepted) (?:that|to)"
)
_NAMED = re.compile(r"\bquestion (?:of )?whether\b|\bfrom the (?:start|outset)\b", re.IGNORECASE)
"""What names a question, or a time, and says of nothing that it is not known."""
_WHY = "in plain words it says why something is so, or what follows, and no reference of its sentence bears it; give the verdicts, or say that it may be so"


def check(sentence: Sentence, tells: bool) -> Iterator[tuple[str, str]]:
    """(the words, why they cannot stand) of the first claim of these; conclusions are asked for where results are told."""
    text = sentence.text
    if sentence.cites or text.rstrip().endswith("?"):
        return
    judged = any(reference.judges for reference in sentence.references)
    patterns = [_EXPLAINS, _USE, _KNOWN, *((_WOULD_HAVE, _EXPECTED) if tells else ())]
    for pattern in patterns:
        for match in pattern.finditer(text):
            supposed = pattern is _EXPLAINS and is_supposed(text, *match.span())
            verdict = pattern is _EXPLAINS and any(ref.judges and at > match.end() for at, ref in sentence.placed)
            supposed |= pattern is _WOULD_HAVE and says_not_tried(text)
            if not (supposed or verdict or _is_excused(sentence, match)):
                yield match.group().strip(), _WHY
                return
    if judged or not tells:
        return
    for match in _CONCLUDES.finditer(text):
        said = match["said"] or match["adverb"] or match["ours"] or match["tail"]
        if not (_NO_MORE_THAN.search(_NAMED.sub(" ", said)) or _is_excused(sentence, match)):
            yield match.group().strip(), _WHY
            return


def _is_excused(sentence: Sentence, match: re.Match[str]) -> bool:
    left, right = sentence.clause_span(*match.span())
    around = sentence.text[left:right]
    if "=" in sentence.text[match.end() :]:
        return True  # "the answer is x = …", of a formula
    if sentence.given(*match.span()) or says_not_known(_NAMED.sub(" ", around)) or is_modest(around):
        return True
    references = [place for place, _ in sentence.placed if match.start() <= place <= right + 2]
    return (
        bool(references)
        or re.search(r"\b(?:not|no|never|cannot|nor)\b|n[’']t\b", sentence.text[left : match.end()]) is not None
    )
