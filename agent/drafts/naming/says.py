"""How sentences say whose and of what a number is: where clauses end, what is compared, what a bracket is of."""

from __future__ import annotations

import re

from agent.proofreading.sentences.clauses import MARKS, Cutter

CUT = Cutter(
    rf"{MARKS}|[\[\]—]|\b(?:and|or|but|while|whereas|where|versus|than|from|(?<!up )(?<!down )(?<!close )(?<!due )(?<!according )to|compared (?:to|with)|against|which|respectively)\b|\bvs\b\.?",
    re.RegexFlag(0),
)
LIST = re.compile(r"^\s*(?:,|/|;)?\s*(?:and|or|&)?\s*$")
_UNIT = r"(?:%|pp\b|points?\b|ms\b|s\b|min\b|h\b|seconds\b|minutes\b|hours\b|[kKMGT]i?B\b)"
NUMBERS = re.compile(rf"^\s?{_UNIT}?\s*(?:,|/|;)?\s*(?:and|or|&)?\s*$")
"""Between the numbers of a list: `1561 MB and 1588 MB`."""
SPREAD = re.compile(r"(?:±|\+/-|\+-|\bpm)\s*\Z")
ITS_SPREAD = re.compile(r"\A\s?%?\s*(?:±|\+/-|\+-|\bpm)\s*[\d.]+")
"""The spread that stands behind a number."""
WORDS = re.compile(r"[A-Za-z]{4,}")
NEXT_WORD = re.compile(r"\s[a-z]+")
ITS_VALUE = re.compile(r"\s*(?:=|\d|\(\s*\d|(?:of|at|to|is|was)\s+[-−]?\d|(?:rates?|probability|size|values?)\b)")
AS_A_RUN = re.compile(
    r"(?:\b(?:[Ww]ith|[Ff]or|by|of|than|and|plus|using|[Aa]dding)\s+(?:the\s+)?|(?:\A|[;:,(]\s*)(?:[Tt]he\s+)?)\Z"
)
"""Before a word that a setting has as well, where it may be a run: `1.28 with dropout`, `; dropout is the worst`."""
NEXT = re.compile(r"[\s,/+-]{1,3}(?:(?:and|with|plus|the)\s)?")
"""Between words of one name."""
UNIT_BEFORE = re.compile(rf"^\s?{_UNIT}\s*[,;]?")
ITS_NOUN = re.compile(r"\s*[a-zA-Z][\w-]*(?:\s[\w-]+)?,\s")
"""What stands behind a number and says what it is of, up to the end of its clause."""
WHICH = re.compile(r",?\s*(?:which|who|whose)\s*\Z")
ALL_OF = re.compile(r"\b(?:both|all|each|every|respectively)\b", re.IGNORECASE)
NOUN = re.compile(r"\s(?:more |fewer |less )?(?!times\b)([a-z]{3,})")
AND = re.compile(r"\s*(?:,\s*(?:and|or)?|\band\b|\bor\b|&)\s*(?:the|by|for|in|on|of)?\s*")
AFTER_TARGET = re.compile(
    r"(?:\b(?:instead of|rather than|down from|up from|vs|versus|than|from|against|compared (?:to|with))\b\.?|→)\s*(?:the|a|only|just)?\s*\Z",
    re.I,
)
LEADS = re.compile(r"(?:While|At|By|With|When|After|Despite|Although|Though|Without)\b|\w+ing\b")
LEADS_AGAINST = re.compile(
    r"(?:Against|Over|Versus|Unlike|Relative to|Compared (?:to|with))\b|\S+\s+(?:\w+\s+)?(?:above|below|fewer|less|more|higher|lower)\b"
)
"""A sentence that begins with whom it compares with, or with a difference whose subject is left out."""
PLACE = re.compile(r"\b(?:on|in|for|at)\s+(?:the\s+)?\Z", re.IGNORECASE)
UNIT = re.compile(r"\s?((?:[a-z]?[A-Z]{1,3}|dB|bpp|fps|ms|[GMTP]?\s?(?:FLOPs?|MACs?)))(?![\w])")
"""A short unit right behind a number, by which its metric may be called: `psnr_db`."""
IN_NAME = re.compile(r"[A-Za-z]@\Z")
"""The 10 of recall@10 is part of a name."""
OF_WHAT = re.compile(r"\s*of\s+(?:the|all|its|their)\s+\w+")
OWNED = re.compile(r"\s*(?:\w+\s+)?with\s+(?:an?\s+|its\s+)?(?:[\w@-]+\s+){0,3}?(?:of\s+)?")
"""Between a run and its own value: `the baseline with an error of 0.14`."""
MOVED = re.compile(
    r"\bby\b|\b(?:falls?|fell|drops?|rises?|rose|gains?|saves?|lowers?|raises?|reduces?|improves?)\b", re.IGNORECASE
)
"""Between whom something is compared with and a number: the number is a change, not that one's value."""
JOINED = re.compile(r"\s*%?\s*(?:for|of|by|in|with|from|\()?\s*(?:(?:the|a|an|our|its)\s+(?:[a-z-]{4,}\s+)?)?")
POINTS_ABOVE = re.compile(
    r"\s*(?:percentage\s+)?(?:points?|pp|\w{1,8})?\s*(?:above|below|ahead of|behind|more|less|fewer|higher|lower|better|worse|faster|slower)\b",
    re.IGNORECASE,
)
"""What says that the number before it is a change."""
ONE_THAN_OTHER = re.compile(
    r"(?:^|[,;]\s+)(?:the\s+|The\s+)?([^,;.]{2,40}?)\s+(?:is|are|was|were|lies|stays|remains)\s+(?:\w+\s+)?(?:higher|lower|larger|smaller|greater|better|worse)\s+than\s+(?:the\s+)?([^,;.]{2,40}?)(?=\s+(?:for|by|in|on)\b|[,.;(])"
)
"""`Validation AUROC is higher than test AUROC, by 2.1 points`: two metrics of one run."""
POSSESSIVE = re.compile(r"(?:[’']s|(?<=s)[’'])\s+(?:[A-Za-z][\w-]*\s+){0,2}(?:of\s+)?[-+−]?")
"""Between whom and a value of his own: `than the baseline's 5.24`."""
THAT_OF = re.compile(
    r"\s*%?\s*[,)]?\s*(?:which\s+)?(?:(?:is|was|are|were)\s+)?(?:(?:that|those)\s+of|(?:reached|achieved|obtained|attained|set|held|recorded|measured)\s+(?:by|for|with)"
    r"|belongs?\s+to|comes?\s+from)\s+(?:the\s+|our\s+|an?\s+)?"
)
"""Between a value and whose it is: `0.0704, is that of masking`."""
STARTS = re.compile(r"(?:\b[Ff]rom|\b[Gg]oing from|\b[Bb]etween)\s+(?:the\s+)?\Z")
FROM_VALUE = re.compile(r"\bfrom\s+\Z")
TO_VALUE = re.compile(r"\bfrom\s+[-−]?\d[\d.,]*\s*%?\s*(?:\w+\s+)?(?:\([^()]*\)\s*)?to\s+\Z")
FOR_ALL = re.compile(r"\s?%?(?:\s*,?\s*respectively\s*,?)?\s*for\s+(?:the\s+|a\s+|an\s+|our\s+)?")
TURNS_TO = re.compile(r"\s*%?\s*→\s*")
BRACKET_FROM = re.compile(r"\((?:from\s+)?\Z")
BRACKET_ON = re.compile(r"\s*%?\s*to\s+[-−]?\d[\d.]*\s*%?\s*\)")
BRACKET_TO = re.compile(r"\((?:from\s+)?[-−]?\d[\d.]*\s*%?\s*to\s+\Z")
"""`it cuts absorption by 73% (0.143 to 0.039)`: a way as an arrow shows it."""
ITS_METRIC = re.compile(
    r"\s?%?\s((?:[A-Za-z][\w-]*\s?){1,4}?)\s?(?=[,.;:()]|\b(?:at|and|with|for|in|on|than|while)\b|\Z)"
)
BETWEEN_TWO = re.compile(r"\s?%?\s(?:[A-Za-z][\w-]*\s){1,4}(?:at|and|with|for|versus|vs\.?|against)\s(?:an?\s)?\Z")
"""`0.045 absorption at 0.598 explained variance`: each number before its metric."""
OBJECT = re.compile(r"\b(?:of|for|to|by|with|from|in|on|as|against)\s+(?:the|a|our|its)?\s*\Z", re.IGNORECASE)
BRACKET = re.compile(r"\s*%?\s*(?:\w+\s+)?\(\s*(?:the|for|of|in)?\s*(?:[Rr]uns?\s+)?")
TURNED = re.compile(r"\b(?:reduced|lowered|cut|raised|improved|increased|brought|boosted)\s+to\s*\Z", re.IGNORECASE)
"""`the baseline has 0.14, reduced to 0.10`: the new value is no longer the baseline's."""
GOES_ON = re.compile(
    r"(?:It|Its|This|These|That|They|Their|The (?:first|second|former|latter|same|gain|reduction|improvement|difference|effect|gap|drop|increase|decrease|benefit|cost|advantage))\b"
)
IT = re.compile(r"(?:[^,;:]{0,30},|(?:On|For|At)\b[^,;:]{0,30}?)\s(?:it|they)\s")
"""`In chrF, it gains`: the sentence goes on with whom the one before it spoke of."""
FROM_OR_TO = re.compile(r"\b(?:from|to|at|of)\s*[-−]?\Z")
HELD_AGAINST = re.compile(r"\s*(?:against|vs\.?|versus|instead of|rather than|→|down from|up from|to)\s*")
FROM_A_TO = re.compile(
    r"(?<!range )(?<!ranges )(?<!ranging )(?<!ranged )\bfrom\b(?:[^.;]|\.\d){0,60}\d(?:[^.;]|\.\d){0,40}\bto\s*\Z"
)
"""`lowers the error of the baseline from 0.14 to`: the new value is another's."""
BETWEEN = re.compile(
    r"\b(?:gap|difference|distance|margin) between (?:the )?(.{2,40}?) and (?:the )?(.{2,40}?)(?=\s+(?:is|was|are|shrinks?|grows?|widens?|closes?|narrows?|falls?|drops?|rises?|of|for|on|in)\b|[,.;(])"
)
COMPARED = re.compile(r"\bvs\b\.?|\bversus\b|\bagainst\b|→|\bcompared (?:to|with)\b")
OWNS = re.compile(r"['’]s?\s")
BEFORE_BRACKET = 14
"""Characters that may stand between a name and the bracket that tells its value."""

IN_BRACKET = re.compile(r"\s*%?\s*\(([^()]{1,40})\)")
THING = re.compile(r"\b(?:the|our|a|an|its)\s+(?:\w+[ -]){0,3}\w{4,}\s*\($", re.IGNORECASE)
"""A thing that is named before a bracket."""
FROM = re.compile(r"\s*%?\s*(?:\w+\s+){0,3}from\s+(?:the\s+)?")
TO = re.compile(r"\s+to\s+(?:the\s+)?")
