"""When words of a claim claim nothing: supposed, asked, another's, not known, looked for, denied, or how a figure is read."""

from __future__ import annotations

import re

from agent.proofreading.claimed.kinds.kind import Kind
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.compared.comparing import is_said_otherwise
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import named_runs
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed

_NOT_KNOWN = phrases(
    r"(?:un(?:known|clear|certain|decided|resolved)|open|remains? to be (?:seen|shown|tested))",
    r"(?:cannot|can not|could not|do not|does not|did not|don[’']t|doesn[’']t|didn[’']t|not(?! an?\b| one\b| once\b)|never|unable to|nobody|nothing|no \w+) (?:\w+ ){0,3}?(?:tell|tells|say|says|know|knows|test|tests|tested|decide|decides|claim|claims|conclude|exclude|show|shows|shown|measured?|computed?|assess(?:ed)?|try|tried|run|separate|sweep|swept|rule|established?|answered?)",
    r"whether",
    r"(?:is|are|was|were|remains?) (?:\w+ly |still |much )?(?:debated|disputed|contested|controversial|(?:a|the) (?:matter|subject) of (?:debate|dispute))",
    r"(?:need|needs|has|have) not(?: to)?",
    r"to begin with|by (?:construction|design|definition)|of (?:the )?(?:construction|definition|equation|normali[sz]ation)|from the (?:start|outset)|initially|at the start",
    r"(?:say|tell|show|prove|decide|settle|mean|establish)(?:s|es)? (?:only|nothing|little)",
    r"(?:is|are|was|were) (?:still )?(?:missing|lacking|wanting)",
)
"""What is said not to be known, tested or claimed: then the words of its clause claim nothing."""

_DISCLAIMS = re.compile(
    r"\b(?:(?:we|i) (?:\w+ )?(?:(?:do|did|can|would|could) ?not|don[’']t) (?:\w+ )?(?:claim|say|know|argue|assert|suggest|conclude)|(?:we|i) (?:\w+ )?ma[dk]e no (?:claims?|statements?)"
    r"|(?:nothing|none|neither|no \w+) (?:\w+ ){0,2}?(?:claims|says|shows|tells)) (?:\w+ )?(?:that|whether|of|about|on|how|why)\b",
    re.IGNORECASE,
)
"""What authors say that they do not say, whatever its words are."""
_FRONTED = re.compile(r"\W*(?:how|which|whether|where|when)\b", re.IGNORECASE)
"""`Which of them matters more, no run was made to tell`: an indirect question, and behind its comma that nobody knows."""
_SOUGHT = phrases(
    r"(?:look|looks|looked|search|searched|ask|asks|asked|call|called|made|chosen|chose|meant|designed|needed|picked|wanted|intended|tuned) (?:\w+ ){0,2}?(?:for|to find)",
    r"so as to",
    r"in order to",
)
"""What stands behind such words was looked for."""
_LEGEND = re.compile(
    r"(?:[+*†‡−-]|\b(?:left|right|up|down|upwards?|downwards?|darker|lighter|bold|green|red|blue|higher|lower|more|less|top|bottom))\s+(?:is|are|means?|marks?)\s+(?:better|worse)\b"
    r"|\b(?:a|each|one|every) (?:run|point|mark|cell|row|dot) (?:to|on|in|above|below|left|right)\b[^,;:.]{0,20}\b(?:left|right|above|below|line|upper|lower|corner)\b|\A\W*(?:(?:higher|lower|longer|darker|lighter|taller|larger|wider|narrower) (?:bars?|bands?|whiskers?|intervals?|points?|marks?|dots?|lines?|curves?|colou?rs?)|(?:points|marks|markers|dots|bars|cells|rows) (?:above|below|inside|outside|within|beyond|to the))\b",
    re.IGNORECASE,
)
"""How a figure or a table is to be read."""
_SIGNS = re.compile(
    r"\b(?:signs?|asterisks?|daggers?|stars?|symbols?|letters?|circles?|squares?|triangles?|crosses|arrows?|bold(?:face)?|tildes?|colou?rs?)"
    r" (?:marks?|denotes?|stands? for|means?|indicates?)\b",
    re.IGNORECASE,
)
"""`A plus sign marks a metric on which a run is better`: of no run by its number."""
_WHATEVER = re.compile(r"\W*what(?:ever)?\s+(?:\w+\s+){1,12}?(?:is|are|has|have|remains?)\b", re.IGNORECASE)
"""`What run 2 has beyond run 3 is due to the term that run 3 lacks`: what a comparison is for."""

_UNTRIED = re.compile(
    r"\btried none\b|\b(?:not|never)\s+(?:tested|tried|run|measured|varied|repeated|sought|looked)\b|\buntested\b",
    re.IGNORECASE,
)
_UNSEARCHED = re.compile(r"\b(?:not|no|never|without) (?:\w+ ){0,2}?(?:search|survey|review|look)\w*\b", re.IGNORECASE)
"""`To our knowledge nobody has; we did not search`: it says itself what it rests on."""
_SETTING = re.compile(
    r"\b(?:lambda|weight|coefficient|threshold|rate|batch size|ramp|budget|width|number of \w+|k)(?: (?:of|in) runs? \d+)?\s*\Z",
    re.IGNORECASE,
)
"""`The mean weight of run 3 is lower`: of what was set."""
_NEXT = re.compile(r"\b(?:follow-up|next (?:study|step|run)|further (?:stud\w+|runs?|seeds))\b", re.IGNORECASE)
_PAPERS = r"(?:the|our|my|this) (?:[\w-]+ )?(?:plan|notes?|title|caption|wording|text)"
_OWN_SLIP = re.compile(
    rf"\b(?:{_PAPERS}|of (?:ours|mine)|(?:my|our)(?: own)? (?:mistake|slip|error|oversight))\b", re.IGNORECASE
)
"""`The plan named the wrong method, a mistake of ours`: what authors own of their plan and texts."""
_OWN_TEXT = re.compile(rf"\b{_PAPERS}\W*\Z", re.IGNORECASE)
_TABLE = re.compile(r"\btable\b", re.IGNORECASE)
"""`The table of all runs shows that …`: it is there to be read."""
_ASKED = re.compile(r"\b(?:whether|open|unclear|unknown|untested)\b", re.IGNORECASE)
_ACTED = re.compile(
    r"\b(?:dropped|removed|excluded|omitted|listed|shown|drawn|chosen|candidate|repeated|called|hollow|marked|stopped|picked|(?:left|taken|given|set) (?:out|up|aside|apart))\b[^.;]*\b(?:because|since)\b",
    re.IGNORECASE,
)
"""Why something was done, which people know of themselves."""
_BAND = re.compile(
    r"\b(?:bars?|bands?|whiskers?|shad(?:ed|ing)|interval)\b[^.;]*\b(?:is|are|shows?|spans?|marks?|covers?)\b",
    re.IGNORECASE,
)
"""What a figure draws as the spread."""
_SHARE_OF = re.compile(r"\b(?:share|part|fraction|amount) of (?:[\w’'-]+ ){0,4}\Z", re.IGNORECASE)
"""`The share of the loss recovered`: a quantity by its name."""
_INDIRECT = re.compile(r"\b(?:ask|compar|list|measur|question|vary|record|axis|axes)\w*\b[^.;]*\Z", re.IGNORECASE)
"""`We compare the runs on two axes, how well they reconstruct and …`"""
_TOO_FEW = re.compile(
    r"\btoo (?:few|little|short|many|wide|narrow|noisy)\b[^.;]*\bto\b"
    r"|\b(?:not|never|hardly) (?:\w+ )?(?:enough|sufficient) to (?:say|show|tell|conclude|claim|know|decide|establish|judge)\b",
    re.IGNORECASE,
)
"""`Too few to pin it down`, `not enough to say that`: a denial."""
_KNOWN_HOW = re.compile(
    r"how (?:well|much|far|closely|precisely) [^.;,]{1,40}? (?:is|are|was|were|can be|could be) (?:\w+ )?(?:known|measured|estimated|determined|judged|told|resolved)\b",
    re.IGNORECASE,
)
"""`It limits how well absorption is known`: of the measurement."""
_PERHAPS = re.compile(r"\b(?:perhaps|possibly|may|might|could)\b", re.IGNORECASE)
_HOW = re.compile(r"\b(?:how|whether|when|why)\b(?! \w{3,}ly)", re.IGNORECASE)
"""`How it should be scheduled has received little attention`."""
_KEPT = re.compile(r"\b(?:is|are|was|were) kept\Z", re.IGNORECASE)
"""`The term is kept in every run`."""
_TRIED_AGAIN = re.compile(
    r"\b(?:run|variant|one|candidate)(?: and the \w+)? (?:is|are|was|were) (?:then |also |each )?(?:re)?(?:trained|launched|repeated|tried|taken|scored)\b",
    re.IGNORECASE,
)
"""`The best run was trained again`: who it was is said elsewhere."""
_THOUGHT = re.compile(
    r"(?:\A\W*|\b(?:and|but|what|as|which|than|whereas|while) )(?:(?!of\b|behind\b|in\b|for\b)[\w-]+ ){0,3}?(?:idea|intuition|hypothes[ie]s|H\d+|plan|theory|argument|expectation|conjecture|motivation|reasoning)"
    r"(?: (?:of|in|behind|for|under) (?:(?!that\b)[\w-]+ ){0,3}?[\w-]+)?\s*\Z",
    re.IGNORECASE,
)
"""`The idea predicts less absorption`: what somebody thinks beforehand is no law that was seen."""
_OF_CLAUSES = re.compile(r"\bfrom the (?:start|outset)\b", re.IGNORECASE)
_WHETHER = re.compile(r"\bwhether\b|\bopen (?=question|problem)|\bleft open\b", re.IGNORECASE)
"""Behind a word that ends a question, it names that question."""
_NEAR = 8
"""Characters before a verb of finding in which a "not" denies it."""
_NO_BEHIND = re.compile(r"\W*(?:\w+ )?(?:no|not|never|neither|nothing|none|nobody)\b", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\A\W*(?:\w+ \w+, )?(?:(?!of\b|for\b|in\b|from\b)[\w-]+ ){0,3}?(?:terms?|penalty|penalties|loss|losses|sums?|norms?|gradients?|products?|cosines?|quantity|weights?|threshold|schedule|costs?|computation|formula|expression|ratio|it)"
    r"\b(?: of [^,;:]{1,40}?)? (?:is|are|does|do) (?:then |thus |also |by construction )*(?:not depend on|independent of) (?:the |its |their |any )?(?:\w+ )?(?:batch|width|scales?|norms?|signs?|size|number|lengths?|dimensions?|order|rate|units?)\b",
    re.IGNORECASE,
)
"""`The term is independent of the batch size`: what an equation says of a quantity, and no run."""
_BY_HAND = re.compile(r"\b[A-Z][\w'’-]+ \((?:19|20)\d\d[a-z]?\)")
"""`Polyak and Juditsky (1992), who showed that …`: whose finding it is, is said, though no key is given."""
_OURS = re.compile(r"\b(?:we|our|ours|us|here|runs?|this (?:work|paper|study))\b", re.IGNORECASE)
_ANY = re.compile(r"\b(?:a|an|any|each|such an?)\s+\Z", re.IGNORECASE)
"""`A difference is due to it`: of whichever there is."""


def says_not_known(text: str) -> bool:
    """Whether a clause says that something is not known, tested or claimed, or how it was by construction."""
    return _NOT_KNOWN.search(text) is not None


def says_not_tried(text: str) -> bool:
    """Whether a sentence says that what it speaks of was not tried."""
    return _UNTRIED.search(text) is not None


def is_legend(sentence: Sentence) -> bool:
    """Whether it says how a figure or a table is to be read, or asks."""
    text = sentence.text
    signs = _SIGNS.search(text) is not None and not named_runs(text)
    return signs or _LEGEND.search(text) is not None or text.rstrip().endswith("?")


def is_excused(kind: Kind, sentence: Sentence, match: re.Match[str]) -> bool:
    """Supposed, asked, another's, not known, or denied where it can be."""
    text, (start, end) = sentence.text, match.span()
    if kind.name == "a finding" and not match.group().lower().startswith(
        "suggest"
    ):  # "we show that it can be cured" supposes nothing before its "that"
        if is_supposed(text[:end], start, end) or of_a_cited_work(text, start, end):
            return True
    elif is_said_otherwise(text, start, end) if kind.supposable else of_a_cited_work(text, start, end):
        return True
    left, right = sentence.clause_span(*match.span())
    if _DISCLAIMS.search(text[left:start]) or (_FRONTED.match(text) and _NOT_KNOWN.search(text[right:])):
        return True
    around = f"{sentence.text[left : match.start()]} {sentence.text[match.end() : right]}"
    around = _OF_CLAUSES.sub(" ", around) if kind.name == "a finding" else around
    around = (
        around if kind.stands_with else f"{text[left : match.start()]} {_WHETHER.sub(' ', text[match.end() : right])}"
    )
    asked = _NOT_KNOWN.search(around) if kind.supposable else _ASKED.search(text[left : match.start()])
    if asked or _SOUGHT.search(sentence.text[left : match.start()]):
        return True
    if match.group().lower().startswith("how ") and _INDIRECT.search(text[:start]):
        return True
    if _TOO_FEW.search(text[left:end]) or _KNOWN_HOW.match(text, start):
        return True
    if kind.stands_with and _UNTRIED.search(sentence.text):
        return True
    if _is_excused_by_kind(kind, text, left, match):
        return True
    if kind.stands_with and (led := _WHATEVER.match(sentence.text)) and match.start() > 4 and led:
        return True
    if kind.name == "a finding":  # "that it does not move shows that" denies nothing of what is shown
        left = left if _NO_BEHIND.match(text[left:start]) else max(left, start - _NEAR)
    return kind.deniable and bool(DENIES.search(text[left:start]) or _NO_BEHIND.match(text[end:right]))


_IN_CLAUSE = {
    "a finding": _TABLE,
    "quality": _SETTING,
    "sameness": _SHARE_OF,
    "an excuse": _PERHAPS,
    "advice": _HOW,
    "law": _THOUGHT,
}
"""What before a claim of a kind, in its clause, takes it back."""


def _is_excused_by_kind(kind: Kind, text: str, left: int, match: re.Match[str]) -> bool:
    """By what excuses a claim of this kind alone; `left` is where its clause begins."""
    name, start, end = kind.name, *match.span()
    if name in _IN_CLAUSE and _IN_CLAUSE[name].search(text[left:start]):
        return True
    return (
        (name in ("generality", "an excuse") and _PROPERTY.match(text[left:].split(",")[0]) is not None)
        or (name == "a finding" and _BY_HAND.search(text, 0, start) is not None and not _OURS.search(text))
        or (name in ("cause", "the first of all") and _ACTED.search(text[:end]) is not None)
        or (
            name == "a weighing"
            and match.group().lower().startswith("weigh")
            and _SETTING.search(text[left:start]) is not None
        )
        or (name == "novelty" and _UNSEARCHED.search(text) is not None)
        or (name == "advice" and (_NEXT.search(text) is not None or _is_ones_own(text[left:start], match, text)))
        or (name == "many runs" and _KEPT.search(text[: start + 4]) is not None)
        or (name == "statistics" and "standard" in match.group() and _BAND.search(text[:start]) is not None)
        or (name == "the first of all" and _TRIED_AGAIN.search(text, start) is not None)
        or (name == "cause" and _ANY.search(text[:start]) is not None)
    )


def _is_ones_own(before: str, match: re.Match[str], text: str) -> bool:
    """Whether what was a mistake, or should be otherwise, is the authors' plan or text, and nobody is told what to do."""
    slip = "mistake" in match.group().lower() or "wrong" in match.group().lower()
    return (_OWN_SLIP.search(text) if slip else _OWN_TEXT.search(before)) is not None
