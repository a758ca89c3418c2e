"""Kinds that say more of the study than was done: procedures that no session has, novelty, harm looked for, limits played down."""

from __future__ import annotations

from agent.proofreading.claimed.kind import NEVER, Kind
from agent.proofreading.claimed.phrases import phrases

_SEARCH = r"(?:grid|random|bayesian|hyper-?parameter) search(?:es)?|cross-validation|validation (?:set|split|data|performance|loss)"
_TEST = (
    r"bootstrap\w*|permutation tests?|(?:paired |two-sided |one-sided |student'?s )?t-tests?|anova|bonferroni|wilcoxon"
)
NEVER_DONE = Kind(
    "a procedure that was not followed",
    {
        "anything": phrases(
            rf"(?:selected|chosen|tuned|picked|determined|optimi[sz]ed|swept|set) … (?:{_SEARCH})",
            r"(?:tuned|optimi[sz]ed) … (?:separately|individually|independently|for each|per (?:run|method|variant))",
            rf"(?:we|was|were|is|are|intervals?|significance) … (?:{_TEST}|(?:grid|random|bayesian) search)",
            r"(?:annotators?|human raters|human evaluators|domain experts|blinded raters) (?:\w+ )?(?:rated|judged|scored|labell?ed|agreed|compared|inspected|assessed)",
        )
    },
    NEVER,
    "a procedure that no session of this tool follows: seeds, noise, and how settings came about are told by what was done; leave it out",
)
NOVEL = Kind(
    "novelty",
    {
        "anything": phrases(
            r"to (?:the best of )?our knowledge,? … (?:first|no (?:prior|previous|other|existing|earlier))",
            r"(?:is|are|presents?|offers?|provides?) the (?:very )?first (?:\w+ )?(?:work|study|paper|method|attempt|evidence|analysis|systematic|to)\b",
            r"(?:we are|ours is|are we) the first",
            r"no (?:prior|previous|existing|earlier|other) (?:works?|stud(?:y|ies)|methods?|papers?|approach(?:es)?) (?:has|have|had|did|does|do|examine[sd]?|stud(?:y|ies|ied)|consider\w*|address\w*)",
            r"unlike (?:any |all )?(?:prior|previous|existing|earlier) (?:\w+ )?(?:works?|methods?|penalties|approaches|losses), (?:our|we|the (?:penalty|method|schedule))",
        )
    },
    NEVER,
    "novelty, which nothing here shows; say what the cited works do and what is done here",
    deniable=False,
)
HARMLESS = Kind(
    "no harm",
    {
        "anything": phrases(
            r"(?:no|without(?: any)?|not (?:observe|see|find|notice|detect)(?: any)?|free of|any) (?:adverse|negative|harmful|detrimental|unwanted|undesired|undesirable|deleterious) (?:side[- ])?(?:effects?|impacts?|consequences?)"
        )
    },
    frozenset({"verdict"}),
    "that nothing was harmed is a verdict of each metric; write [[RUN.METRIC.verdict]] or [[verdicts METRIC | RUN RUN]]",
    deniable=False,
)
PLAYED_DOWN = Kind(
    "a limit played down",
    {
        "anything": phrases(
            r"(?:is|are|seems?|appears?|remains?) (?:\w+ )?unlikely (?:to|that) … (?:affect|change|alter|influence|matter|differ|depend|overturn|bias)\w*",
            r"(?:little|no) reason to (?:believe|think|suspect|expect|doubt|assume)",
            r"we (?:\w+ )?expect … to (?:hold|transfer|carry over|extend|generali[sz]e)",
            r"the same (?:should|will|must) (?:also )?hold",
        )
    },
    NEVER,
    "what was not tested is taken for granted; say that it was not tested",
    deniable=False,
    supposable=False,
)
KINDS = (NEVER_DONE, NOVEL, HARMLESS, PLAYED_DOWN)
