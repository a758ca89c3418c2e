"""What a sentence without any reference says of a run by its number: what it is and was set to may be said, what came of it not.

Here the list is of what may be said, since what may not has no end: a verb that is not on it says how the run came out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.claimed.phrases import phrases
from agent.proofreading.comparing import is_said_otherwise
from agent.proofreading.names import Names, named_runs
from agent.proofreading.prose import Sentence

_BESIDE = r"(?:\s*\([^()]*\)|\s*,[^,;:.()]{1,60},(?=\s)|\s+(?:also|then|still|alone|itself|both|each|all|only|just|thus|therefore|hence|however|again|instead|further|now|simply|even|never|always|\w+ly)\b)*\s+"
_IS = r"(?:is|are|was|were|be|been|being)"
_HAS = r"(?:has|have|had)"
_DO = r"(?:does|do|did)"
_SET_UP = (
    r"(?:use|train|add|appl[iy]|replace|set|start|begin|began|begun|differ|chang|var[iy]|test|tr[iy]|ask|repeat|remov|drop|lack|omit|keep|kept|share|take|took|taken|inherit|contain"
    r"|compar|combin|consist|correspond|serve|follow|copy|copi|swap|switch|turn|disabl|enabl|mak|made|sampl|draw|drew|drawn|shuffl|permut|fix|freez|froze|decay|anneal|schedul|ramp|warm|releas|delay"
    r"|scal|weigh|weight|penali[sz]|normali[sz]|averag|comput|count|measur|track|record|log|initiali[sz]|seed|assign|look|plan|target|aim|seek|mean|intend|propos|introduc|extend|modif|adapt|adjust|restrict|limit|cap|mask|clip|spend|spent|process|see|saw|read|call|nam|denot|refer|describ|list|show[ns]? in|plot|report|exclud|includ|left out|leave|run|ran|launch|execut|rerun|finish|end|complet|fail|crash|abort|stop|abandon|giv\w+ up|skip|cancel|omitt|miss|reach(?:es|ed)? (?:its|the) (?:limit|time|budget|end)|exhaust|exceed(?:s|ed)? (?:its|the) (?:time|memory|budget|limit)|time[sd]? out|diverg|pass|answer|address|isolat|control|separat(?:es|e|ed) (?:the|two|both)|stand|belong|carr|hold|held|need|requir|allow|choos|chose|chosen|select|tun|rely|reli|build|built|implement|optimi[sz]|minimi[sz]|maximi[sz]|subtract|multipl|divid|project|rescal|detach|backprop|updat|accumulat|store|sav|load|regular|shift|move|pick|split|merg|concern|cover|explor|prob|examin|investigat|stud|evaluat|scor|judg|assess|rest|act|operat|work(?:s|ed)? (?:on|with|by|from|as)|come(?:s)? (?:from|with|after|before|next)|go(?:es)? back|return|go(?:es)? without|sit|lie|appear|occur|happen|get(?:s)? (?:the|a|its) (?:same|own)|give(?:s)? each|count|cost|bring|brought|put|place|enter|form|join|link|pair|match(?:es|ed)? (?:the|its) (?:\w+ )?(?:weight|mean|budget|number|count|setting|schedule|tokens|steps|integral|sum))"
)
_NOT_YET = (
    r"(?:not|never|no|a|an|the|one|its|our|only|because|where|when|with|without|in|of|for|from|to|like|as|by|at|on|between|among|under|beyond|among|here|there|part|due|meant|based|identical|equal|"
    r"comparable|incomparable|hollow|grey|gray|dashed|red|green|blue|orange|black|known|unknown|open|incomplete|unfinished|missing|absent|alone|next|first|second|third|last|"
    r"two|three|four|five|\d+|which|who|what|how|whether|that|this|therefore|thus|hence|so|new|another|short|shorter|long|longer|small|smaller|subject|responsible for none)"
)
_SAID = re.compile(
    rf"{_BESIDE}(?:(?P<is>{_IS}|{_HAS}|{_DO})\b(?:\s+(?:not|also|then|still|both|all|only|just|again|now|been|being|thus|therefore|\w+ly)\b)*\s+)?(?P<verb>[a-z][\w-]*)(?P<rest>[^.;:]*)",
    re.IGNORECASE,
)
_MAY_BE_SAID = re.compile(rf"(?:{_SET_UP}|re-?{_SET_UP})\w*\b", re.IGNORECASE)
_STATE = re.compile(rf"{_NOT_YET}\b", re.IGNORECASE)
_NO_PREDICATE = phrases(
    r"(?:and|or|but|nor|to|in|on|of|at|by|for|from|with|without|as|than|against|over|under|between|among|that|which|whose|who|where|when|if|since|because|while|whereas|although|though|may|might|could|would|should|can|cannot|will|must|vs|versus|minus|plus|is|are|was|were|has|have|had|does|do|did|not|only|a|an|the|beside|behind|after|before|through|until|per|via|like|unlike|about|both|either|neither|alone|here|there|then|so|also|onwards|itself|too|respectively|instead|again|yet|either)"
)
_BEHIND = re.compile(
    r"\b(?:of|than|to|from|with|against|in|on|by|for|beyond|like|at|between|over|unlike)\s+"
    r"(?:runs?[ _-]\d+(?:,| and|, and| to| or)? )*runs?[ _-](?:\d+(?:,| and|, and| to| or)? )*\Z",
    re.IGNORECASE,
)
"""Runs that a preposition brings in are not those of which it is said."""
_NOT_OF_IT = re.compile(
    r"\b(?:no|not|never|nor|neither|cannot|nothing|nobody|unknown|unclear|open|whether|why|how|if|perhaps|may|might|could|would|should|suspect|possibly|probably|likely)\b|n[’']t\b",
    re.IGNORECASE,
)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the verb, why it cannot stand) of the first run of which a sentence without references says what came of it."""
    text = sentence.text
    if sentence.references or text.rstrip().endswith("?") or _NOT_OF_IT.search(text):
        return
    for run in named_runs(text):
        said = _SAID.match(text, run.end)
        behind = _BEHIND.search(text[: run.start])
        if said is None or behind or run.run.is_baseline or sentence.given(run.start, run.end):
            continue
        verb = said["verb"]
        if _is_of_setting_up(said) or is_said_otherwise(text, *said.span("verb")):
            continue
        clause = sentence.clause(*said.span("verb"))
        if names.settings(clause) and not names.metrics(clause):
            continue
        yield (
            f"{said['is'] or ''} {verb}".strip(),
            f"it says what came of run {run.run.number}, with no reference; write its [[{run.run}.METRIC.verdict]] or [[{run.run}.METRIC]], "
            "or leave it out",
        )
        return


def _is_of_setting_up(said: re.Match[str]) -> bool:
    """Whether it is no predicate at all, or one of how the run was made, set, shown or ended."""
    told = said["verb"] + said["rest"]
    if said["is"] is None and _NO_PREDICATE.match(told):
        return True
    if said["is"] is not None and (_STATE.match(told) or told[0].isupper()):
        return True
    return _MAY_BE_SAID.match(told) is not None
