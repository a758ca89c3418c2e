"""A predicate: what a sentence says of its subject, and whether it is one of setting up, showing or ending, which may be said of anything.

The lists are of what may be said, since what may not has no end.
"""

from __future__ import annotations

import re

from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.sentences.prose import Sentence

_BESIDE = r"(?:\s*\([^()]*\)|\s*,[^,;:.()]{1,60},(?=\s)|\s+(?:also|then|still|alone|itself|both|each|all|only|just|thus|therefore|hence|however|again|instead|further|now|simply|even|never|always|\w+ly)\b)*\s+"
_IS = r"(?:is|are|was|were|be|been|being)"
_HAS = r"(?:has|have|had)"
_DO = r"(?:does|do|did)"
_VERBS = re.findall(
    r"\w+",
    """use train add apply replace set start begin differ change vary test try ask repeat remove drop lack omit keep share take inherit contain
    compare combine consist correspond serve follow copy swap switch turn disable enable make sample draw shuffle permute fix freeze decay anneal
    schedule ramp warm release delay scale weigh weight penalise penalize normalise normalize average compute count measure track record log
    initialise initialize seed assign look plan target aim seek mean intend propose introduce extend modify adapt adjust restrict limit cap mask
    clip spend process see read call name denote refer describe list plot report exclude include leave run launch execute rerun finish end
    complete fail crash kill abort stop abandon skip cancel miss exhaust diverge pass answer address isolate control stand belong carry hold need
    require allow choose select tune rely build implement optimise optimize minimise minimize maximise maximize subtract multiply divide project
    rescale detach backpropagate update accumulate store save load regularise regularize shift move pick split merge concern cover explore probe
    examine investigate study evaluate score judge assess rest act operate return sit lie appear occur happen cost bring put place enter form join
    link pair""",
)
_IRREGULAR = r"began|begun|kept|took|taken|made|drew|drawn|froze|frozen|meant|sought|spent|saw|left|ran|held|chose|chosen|stood|built|lay|brought|read|tried|trying|came(?=[.,;]|$)"
_PHRASES = (
    r"(?:lowers?|raises?|increases?|reduces?|doubles?|halves|shortens?|lengthens?|widens?|narrows?|strengthens?|weakens?) (?:it|them|this|that|(?:the|its) (?:maximum|minimum|start|end) of|(?:the|its) (?:\w+ )?(?:weight|rate|width|size|budget|number|strength"
    r"|coefficient|horizon|length|window|period|threshold|temperature|schedule|warm-?up|batch|count))|"
    r"show[ns]? in|giv\w+ up|gave up|reach(?:es|ed)? (?:its|the) (?:limit|time|budget|end)|exceed(?:s|ed)? (?:its|the) (?:time|memory|budget|limit)|time[sd]? out"
    r"|separates? (?:the|two|both)|separated (?:the|two|both)|work(?:s|ed)? (?:on|with|by|from|as)|com(?:es?|ing) (?:from|with|after|before|next)|came (?:from|with|after|before|next)|go(?:es)? back|go(?:es)? without"
    r"|gets? (?:the|a|its) (?:same|own)|gives? each|match(?:es|ed)? (?:the|its) (?:\w+ )?(?:weight|mean|budget|number|count|setting|schedule|tokens|steps|integral|sum)"
)
_NOT_YET = (
    r"(?:not|never|no|a|an|the|one|its|our|only|because|where|when|with|without|in|of|for|from|to|like|as|by|at|on|between|among|under|beyond|here|there|part|due|meant|based|identical|equal|"
    r"comparable|incomparable|hollow|grey|gray|dashed|red|green|blue|orange|black|known|unknown|open|incomplete|unfinished|missing|absent|alone|next|first|second|third|last|"
    r"two|three|four|five|\d+|which|who|what|how|whether|that|this|therefore|thus|hence|so|new|another|short|shorter|long|longer|small|smaller|subject|responsible for none)"
)
_SAID = re.compile(
    rf"{_BESIDE}(?:(?P<is>{_IS}|{_HAS}|{_DO})\b(?:\s+(?:not|also|then|still|both|all|only|just|again|now|been|being|thus|therefore|\w+ly)\b)*\s+)?(?P<verb>[a-z][\w-]*)(?P<rest>[^.;:]*)",
    re.IGNORECASE,
)
_STEMS = "|".join(re.sub(r"[ey]\Z", "", verb) for verb in _VERBS)
_MAY_BE_SAID = re.compile(rf"(?:re-?)?(?:(?:{_STEMS})\w*|{_IRREGULAR}|{_PHRASES})\b", re.IGNORECASE)
_STATE = re.compile(rf"{_NOT_YET}\b", re.IGNORECASE)
_NO_PREDICATE = phrases(
    r"(?:and|or|but|nor|to|in|on|of|at|by|for|from|with|without|as|than|against|over|under|between|among|that|which|whose|who|where|when|if|since|because|while|whereas|although|though|may|might|could|would|should|can|cannot|will|must|vs|versus|minus|plus|is|are|was|were|has|have|had|does|do|did|not|only|a|an|the|beside|behind|after|before|through|until|per|via|like|unlike|about|its|their|his|our|this|these|those|one|two|three|four|five|none|both|either|neither|alone|here|there|then|so|also|onwards|itself|too|respectively|instead|again|yet|either)"
)
_NOT_OF_IT = re.compile(
    r"\b(?:no|not|never|nor|neither|cannot|nothing|nobody|unknown|unclear|open|whether|why|how|if|perhaps|may|might|could|would|should|suspect|possibly|probably|likely)\b|n[’']t\b",
    re.IGNORECASE,
)


def predicate(text: str, end: int) -> re.Match[str] | None:
    """The predicate behind a subject that ends at `end`, with the groups `is`, `verb` and `rest`; None where none follows."""
    return _SAID.match(text, end)


def is_of_setting_up(said: re.Match[str]) -> bool:
    """Whether it is no predicate at all, or one of how a thing was made, set, shown or ended."""
    told = said["verb"] + said["rest"]
    if said["is"] is None and _NO_PREDICATE.match(told):
        return True
    if said["is"] is not None and (_STATE.match(told) or told[0].isupper()):
        return True
    return _MAY_BE_SAID.match(told) is not None


def claims_nothing(sentence: Sentence) -> bool:
    """Whether a sentence gives a reference, which other rules judge, asks, or says that something is not known or not so."""
    text = sentence.text
    return bool(sentence.references) or text.rstrip().endswith("?") or _NOT_OF_IT.search(text) is not None
