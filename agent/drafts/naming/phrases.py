"""Phrases with which a text names runs: as baseline, as its own, by what they lack, by a setting, as what is compared with."""

from __future__ import annotations

import re

BASELINE = re.compile(
    r"\b(?:baselines?|vanilla|unmodified|untouched|unregulari[sz]ed|standard (?:model|method|training|approach|version)|reference (?:run|model)"
    r"|plain(?=\s[A-Z]\w*|\s(?:model|training|network)\b)|(?<![\w-])base(?=[ -](?:model|checkpoint|network)s?\b|\s*[:=)|]|\Z))\b",
    re.IGNORECASE,
)
OURS = re.compile(
    r"\b(?:ours|our (?:\w+[- ]){0,3}?(?:method|approach|model|variant|mechanism|technique|system|algorithm|scheme|regime|procedure|framework|constraints?)"
    r"|(?:we|it) (?=(?:achiev|reach|obtain|attain|improv|reduc|outperform|get)\w*)|our(?=\s+[\d.]|\s+(?:\w+\s+){0,2}?\w+\s+(?:is|are|was|were|reach\w*)\b)"
    r"|(?:the|this) (?:proposed )?(?:method|approach|mechanism)|the full (?:model|method|system)|proposed)\b",
    re.IGNORECASE,
)
TARGET = re.compile(
    r"(?:\b(?:than|(?:lies|lie|is|are|falls?|sits?|stands?) between(?: [\w.+-]+ and)?|noise of|(?<!average )(?<!averaged )(?<!mean )over|from|versus|vs\.?|against|unlike|relative to|compared (?:to|with)|compare[sd]? (?:to|with)|beats?|outperforms?"
    r"|exceeds?|surpass(?:es)?|instead of|rather than|(?:level|on par|equal|equivalent) (?:with|to)|improv\w+ (?:on|upon|over)(?:\b[^;]{0,40}\band (?:on|upon|over))?|above|below|ahead of|behind|short of|match(?:es)?|up from|down from|as \w+ as)"
    r"(?:\s+(?:that|those) of)?(?:\s+(?:the\s+)?[-+−]?[\d.,]*\d%?(?:\s+(?:of|for|by|with|in))?)?)\s*(?:the|a|an|its|our|all|any|every|both)?\s*(?:[\w-]+\s+|(?:[a-z]+\s+){1,2}[a-z]+er\s+)?(?:(?:second|next|runner)[\s-]?(?:best|up)(?:\s+\w+)?,\s+)?\Z",
    re.IGNORECASE,
)
SHARE_OF = re.compile(r"\d\s?%\s+of\s+(?:the\s+|that of\s+(?:the\s+)?)?\Z")
ENDS = re.compile(r"(?:(?:\s[a-z]+)?['’]s?)?\s*(?:[.,;:)]|\Z)")
THAT_OF = re.compile(r"\b(?:that|those) of\s+(?:the|a|an|our|plain)?\s*(?:\w+\s+)?\Z", re.IGNORECASE)
VERB = re.compile(
    r"\W*\s*(?:is|was|are|were|has|had|reaches|reached|stands|stood|falls|rises|amounts|fell|rose)\b|\s+(?:from\s+|at\s+)?[-−]?\d"
)
WITHOUT = re.compile(
    r"\b(?:without|w/o|removing|dropping|omitting|ablating|no)\s+(?:the\s+|any\s+)?(\w+(?:\s+\w+)?)", re.IGNORECASE
)
CAPITALS = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Za-z]{3,}\b(?!-?\d)")
"""A word written as a name: LoRA, SGD."""
WITHIN = re.compile(r"(?<=[a-z,;:(] )[A-Z]\w{4,}\b|^[A-Z]\w{4,}\b(?= [A-Z])|(?<=^The )[A-Z]\w{4,}\b")
"""A word in capitals that does not have them for the sentence's beginning."""
AT_SIZE = re.compile(r"\b[Aa]t\s+$")
WITH = re.compile(r"(?:^|[;,:]\s)(?:[Ww]ith|[Aa]t|[Ff]or|[Uu]nder)\s+$")
ITS_VALUE = re.compile(r",|\s(?:the|it|we|this|our)\b")
COMBINED = re.compile(
    r"\b(?:[Tt]he combination|[Tt]he combined \w+|[Cc]ombining (?:both|them|the two)|[Tt]ogether,? (?:the two|both)|[Bb]oth combined|[Bb]oth together|[Tt]ogether(?= they|,)"
    r"|[Bb]oth (?:changes|parts|modifications|components|ideas|methods|techniques)(?: (?:are|is|were))? (?:combined|together|used|applied|active)"
    r"|(?<=\()combined(?=\))|[Ww]ith both(?=[.,;)]|$)|[Ww]hen combined)\b|(?<=[Ww]ith )both(?=[.,;)]|$)"
)
JOINED = re.compile(r"\s*(?:\band\b|\bwith\b|\+|\bplus\b|&)\s*(?:the\s+)?")
"""Between two names that may be one together."""
TOGETHER = re.compile(
    r"\b(?:combine[sd]?|combining|combination|together|jointly|on top of each other)\b", re.IGNORECASE
)
WITHOUT_IT = re.compile(r"\bwithout\s+(?:it|them|this)\b(?=[.,;)]|\s*$|\s+(?:is|are|has|it|the)\b)", re.IGNORECASE)
"""What lacks that which the run before it has more than another."""
RANGE = re.compile(r"\b[Rr]uns\s+(\d+)\s*(?:to|through|–|--?)\s*(\d+)\b")
LISTED = re.compile(r"\s*(?:,|/|&|\bor\b|\band\b)\s*(?:(?:and|or)\s+)?[\d.]")
"""What follows the first of several values of a setting: `temperatures 0.07 and 0.2` name no one run."""
SETTING = re.compile(r"\s*(?:\(\s*|,|at\b|with\b)\s*(?:[^\W\d]+\s*=\s*|[a-z]{3,}\s+)?(\d+(?:\.\d+)?)(?![\d%.]*\d|%)")
"""The value of a setting right behind a name."""
BEHIND = re.compile(r"\s*[(,]?\s*(?:with\s+|at\s+)?")
"""Between the name of a method and its setting, as `(` in `LoRA (r=4)`."""
OTHERS = re.compile(r"\b(?:the|all|both)\s+(?:others?|rest|remaining\s+\w+|other\s+\w+)\b", re.IGNORECASE)
OF_ITS_KIND = re.compile(r"(?<=\b[Tt]he )([a-z]{5,}) (?=(?:model|variant|version|run|network|system|agent|student)\b)")
"""`the distilled model`: by the word of a title that one run alone has."""
