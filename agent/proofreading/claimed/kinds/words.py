"""Parts of phrases that several kinds of claim share: comparatives, what they are said with, what came out."""

from __future__ import annotations

from agent.proofreading.sentences.number_words import SEVERAL_IN_WORDS

BETTER = r"(?:better|worse|cleaner|richer|sharper|crisper|purer|tighter|faster|slower|smoother|stronger|finer|clearer|healthier|steadier|superior|inferior)"
COMPARATIVE = (
    r"(?:better|worse|cleaner|richer|sharper|crisper|purer|tighter|faster|slower|smoother|simpler|easier|harder|stronger|weaker|earlier"
    r"|sooner|finer|clearer|lower|higher|greater|fewer|closer|safer|healthier|milder|steadier|calmer|superior|inferior|broader|deeper"
    r"|(?:more|less) (?!readily\b|likely\b|plausibl\w+|probable\b|than\b|of\b|or\b|seeds?\b|runs?\b|work\b|data\b|generally\b|precisely\b)\w+)"
)
SOFTENED = r"(?:(?:\w+ly|much|far|even|also|still|somewhat|rather|a bit|a little|a lot|both|no|any|all|in fact|by far|then|now) )*"
IS = (
    r"(?:is|are|was|were|been|becomes?|became|gets?|got|remains?|remained|stays?|stayed|looks?|looked|seems?|seemed|appears?|appeared"
    r"|turns? out(?: to be)?|turned out(?: to be)?|proves?|proved|comes? out|came out|ends? up|ended up|feels?)"
)
GAIN = r"(?:gains?|improvements?|benefits?|advantages?|reductions?|increases?|decreases?|drops?|effects?|differences?|gaps?|wins?|progress)"
OUTCOME = (
    r"(?:gains?|improvements?|benefits?|advantages?|reductions?|increases?|decreases?|drops?|effects?|differences?|gaps?|wins?|progress"
    r"|results?|findings?|evidence|performance|reconstructions?|quality|success|advances?|boosts?|impact|margins?|lead)"
)
CAME_OUT = (
    r"(?:improv\w+|beat\w*|outperform\w*|lower\w*|reduc\w+|rais\w+|increas\w+|decreas\w+|preserv\w+|retain\w*|recover\w*|match\w*|surpass\w*|exceed\w*"
    r"|fail\w*|perform\w*|los[et]\w*|gain\w*|win\w*|won|help\w*|hurt\w*|harm\w*|suffer\w*|converg\w+|reach\w*|achiev\w+|attain\w*|cuts?|falls?|fell|ris\w+|rose"
    r"|drop(?!ped runs?\b|ped by\b)\w*|degrad\w+|work(?:s|ed)?|succe\w+|benefit\w*|agree\w*(?! in (?:their|the|all|every|seed|data)\b)|confirm\w*|support\w*|deliver\w*|outdo\w*|do(?:es)? (?:well|better|worse)|did (?:well|better|worse)"
    r"|comes? close|came close|keeps?|kept|yield\w*|produc\w+|lead to|led to|behav\w+|far(?:e|es|ed)|lag\w*|trail\w*|struggl\w+|collapses?|collapsed)"
)
NUMBER = rf"(?:{SEVERAL_IN_WORDS}|\d+)"
