"""What is hoped, asked or meant, told by grammar: where the word stands that makes it so, not that it stands anywhere."""

from __future__ import annotations

import re

from agent.proofreading.sentences.clauses import MARKS, Cutter

_CLAUSE = Cutter(
    rf"{MARKS}|\b(?:and|but|while|whereas|which|where|because|since|what|than|when|whenever|until|unless)\b"
)
_MODAL = re.compile(r"\b(?:may|might|could|should|would|can|cannot)\b", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:may|might|could|can|would) (?:\w+ly |well |thus |also )*be (?:said|summari[sz]ed|summed up|phrased|described as|called|spoken of)\b"
    r"|\b(?:one|we|you|i) (?:may|might|could|can) (?:\w+ly |well |thus |also )*(?:say|summari[sz]e|sum up|put it|phrase|describe|call|speak of)\b"
    r"|\b(?:may|might|could|can|should|would) (?:\w+ly |well |also |seem |appear |come as a |be )*(?:surpris\w+|noted?|noticed?|odd|strange|remarkable|remarked|observed?|seen|added?|recalled|remembered|mentioned?|please|pleasing|disappoint\w+|worth \w+)(?: \w+){0,2} that\b",
    re.IGNORECASE,
)
"""`It might be said that`, `it may surprise that`: the modal is of the saying, and what is said is no less said."""
_OPENS = re.compile(
    r"\b(?:whether|if|only if|in order to|so as to|to test|to see|propos\w+ to|suggest\w* trying|worth (?:trying|testing)"
    r"|(?:aim|intend|hope|hoping|expect|suppos|assum(?:ption)?|tempting|seek|want|try|tri|mean|design|predict|hypothesi[sz])\w*\s+(?:\w+\s+){0,2}?(?:to|that|for)"
    r"|(?:H\d+|(?:the|this|our|its) (?:hypothesis|plan|idea|conjecture)) (?:says?|states?|claims?|holds?|reads?|is) that|according to (?:H\d+|(?:the|our) (?:hypothesis|plan|idea|conjecture)),?"
    r"|\A\W*where|it (?:is|seems|remains) (?:possible|conceivable|plausible|likely|unlikely|open|unclear) (?:that|whether|if)|ask(?:s|ed)? (?:which|why|how|what)|(?:not|cannot|never|n[’']t|nor do we|nor does this) (?:claim|say|conclude|argue|know|tell|show|prove|establish|imply|mean|suggest|take|read|count)\w*"
    r"|(?:one|another|an alternative|an?(?: \w+)? possible|a plausible) (?:\w+ )?(?:reading|explanation|interpretation|possibility|conjecture|alternative) (?:is|would be|was) that"
    r"|no (?:\w+ ){0,2}?(?:evidence|proof|support|grounds?|basis|indication|claims?|statements?)(?: \w+){0,2}? that|(?:perhaps|possibly)|lacks? [\w ]{0,30}to (?:say|show|tell|claim|conclude|decide) (?:that|whether)"
    r"|(?:none|nothing|nobody|neither|no \w+)(?: [\w-]+){0,4} (?:demonstrates?|shows?|proves?|establish(?:es)?|says?|implies|means|suggests?|tells?) (?:that|whether)|too (?:early|soon)"
    r"|when(?:ever)? there (?:is|are)|meant to|(?:caution|warn|advise|guard)\w* against|careful not to|refrain\w* from|the (?:question|goal|aim|hope) (?:is|was))\b",
    re.IGNORECASE,
)
"""What opens a supposition that reaches to the end of its clause."""
_REGISTERED = re.compile(r"\bhypothes[ie]s\b[^.;:]*:\s")
"""`Our hypothesis was registered: a linear schedule explains more`."""
_DEFINES = re.compile(
    r"\b(?:higher|lower|more|less|larger|smaller) (?:values? (?:of [^.;,]{1,40}? )?)?(?:is|are) better\b|\ban? (?:higher|lower|larger|smaller|greater) (?:\w+ ){1,3}?is (?:better|worse|preferable)\b|\bis better than another\b|\Aof (?:any )?two (?:\w+ )?(?:runs|models|values),? the one (?:with|whose|that)\b|\A(?:an?|any|whichever) (?:run|model|value) (?:that|with|whose)\b[^.;]*\bby (?:the |its )?definition\b|\bis shorthand for\b|\bno more than that\b|\b(?:evidence|proof|demonstration|statement|claim) that\b[^.;]*\b(?:is|are) (?:absent|missing|lacking|wanting|outstanding|still to|yet to)\b|\b(?:occurs?|happens?|arises?) (?:when|where|if) an?\b|\bwhat (?:we|one|is|are) call(?:s|ed)?\b|\bcounts? as\b|\b(?:is|are) called\b|\bis (?:zero|one|\d) (?:when|where|if)\b|\bwe (?:say|call|speak|count|regard)\b[^.;]*\b(?:where|if|when|once)\b",
    re.IGNORECASE,
)
_MENTIONS = re.compile(r"\bthe (?:words?|phrase|adjective|adverb)\s[“\"'`]*\Z", re.IGNORECASE)
"""`We use the word significant nowhere`: of the word."""
_FORETELLS = re.compile(
    r"\b(?:hypothes[ie]s|H\d+|idea|theory|expectation|conjecture|intuition|reasoning|plan)\b (?:[\w-]+ ){0,3}?"
    r"(?:predict|foresee|foresaw|foretell|foretold|anticipat|expect|promis|suggest|stat|speak|spoke|ask|call)\w*\b[^.;,]*\Z",
    re.IGNORECASE,
)
"""`The hypothesis predicted a reduction in absorption`: what was thought beforehand."""
_PLAN = re.compile(
    r"\s*(?:Next|Question|Why|Future work|Plan)\s*:|\s*(?:Future work|(?:A|An|The|One) (?:\w+ )?next (?:steps?|experiments?))\b"
    r"|\s*(?:Next|Then|In future work),? (?:we|one|I) (?:would|could|should|will|want to|plan to|intend to)\b"
)


def is_plan(text: str) -> bool:
    """Whether a sentence as a whole says what is to be done, by how it begins."""
    return _PLAN.match(text) is not None


def is_supposed(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is said to be possible, asked, meant or defined, or stands in a plan."""
    if text.rstrip().endswith("?") or is_plan(text) or _DEFINES.search(text):
        return True
    if _MENTIONS.search(text, 0, start):
        return True
    left, right = _CLAUSE.around(text, start, end)
    if _FORETELLS.search(text, left, start):
        return True
    if _MODAL.search(_SAID.sub(" ", text[left:right])):
        return True
    opened = [match for match in (*_OPENS.finditer(text), *_REGISTERED.finditer(text)) if match.end() <= start]
    last = max((match.end() for match in opened), default=-1)
    return last >= 0 and not re.search(r"[;:,.]|\bbut\b", text[last:start])
