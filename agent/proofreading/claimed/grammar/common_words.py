"""Words of any report that claim nothing by themselves: how a thing is made or where it stands, and the nouns of a study.

The words of a field are no part of them: a session brings its own, by its idea, its runs' titles, its metrics and settings.
"""

from __future__ import annotations

from agent.proofreading.claimed.grammar.word_classes import words_of

_STATES = words_of(
    """
    performed thin scant
    low high  close    wide narrow   same equal identical comparable incomparable hollow grey gray dashed solid red green blue orange black known unknown open
    incomplete unfinished missing absent alone next first second third last two three four five one zero new another short long
    small tiny large subject fixed constant random linear quadratic exponential on off available present due part here there so such what
    which who whose how whether that this therefore because where when why as for from with without not never meant based alike
    apart different separate single double triple full empty positive negative nonzero finite free-standing independent dependent
    deterministic stochastic frozen final initial current fresh held-out unseen additional further own external internal inactive
    active silent preliminary exploratory tentative limited narrow restricted one-sided two-sided paired unpaired sparse dense unit
    orthogonal parallel symmetric diagonal binary discrete continuous noisy uncertain undecided inconclusive unconfirmed untested
    unproven required needed necessary-for optional possible impossible responsible-for common rare typical left right upper lower
    upward downward inside outside above below within beyond under over between among in of at by to analogous opposite reverse
    reversed converse mutual respective separate-from unavailable unmeasured unrelated unlikely exact approximate nominal invariant
    equivariant narrower wider compatible old seldom secondary primary nearest other lucky unlucky superseded untrained trained ours theirs mine self-contained relevant irrelevant
    special general specific similar dissimilar proportional weak rough crude partial modest indirect better worse best worst more
    less higher larger smaller greater fewer clearest little few many much both uniform normal absolute relative squared weighted
    scaled late early     first-order second-order conditional joint marginal total raw overall per-token
    later earlier again already itself themselves oneself order-one according beside aside respectively
    """
)
"""Adjectives and adverbs that say how a thing is made or where it stands; how good it is other rules know."""
_ATTRIBUTIVE = words_of(
    "plain strong obvious natural main ready usual entire ordinary heavy whole simple clean small-scale"
)
"""`the plain penalty`, and not `the mechanism is plain`."""
_NOUNS = words_of(
    """
    run seed step budget batch data dataset set split sample point value number count sum mean average median share fraction ratio
    percentage percent rate size width length depth weight term coefficient threshold  factor parameter setting
    configuration constant variable model layer method variant baseline control ablation code file script version draw launch
    attempt result outcome verdict hypothesis confirmation question answer plan idea aim metric measure score noise band interval
    spread deviation error loss objective gradient update norm bound limit range minimum maximum zero unit half third quarter tenth
    fifth beginning start end middle phase stage period epoch iteration training evaluation evaluator test task class example item
    text document word letter name title table figure caption panel axis line curve bar circle square cross colour color row column
    cell legend section appendix paper report note package log record journal order sequence time hour minute second memory compute
    cost price token pair group kind type form shape part whole piece rest place position side direction angle distance similarity
    difference change gap comparison reason purpose role way rule case condition state process procedure algorithm function
    operation product root power exponent probability distribution histogram density frequency candidate trial pilot look reference
    source author work study template implementation detail option choice level limitation matter summary overview list index output
    input entry vector matrix space dimension component element feature activation magnitude sign pass round window horizon warm-up
    warmup      target  permutation generator probe classifier label accuracy prediction
    machine device processor core worker thread disk folder hash key person reader writer reviewer assumption definition equation
    formula identity symbol notation sentence paragraph statement claim objection advice remark reply day week month year scale grid
    sweep search tie copy repeat replicate thing nothing anything other one ones none everything something origin basis remainder
    total mode format field quantity amount instrument estimate estimator variance standard quantile percentile slope trend bottom
    top left right corner centre center edge stem scheme strategy policy design experiment session cosine sine completeness account decision constraint law alternative motion sparsity overlap similarity cost hold train future seed architecture problem toy cause event strength axes hint
    indication view motivation contradiction information capacity asterisk contest art prior ceiling floor pressure exchange
    attention confound parent language world hierarchy chance luck moment turn expense reach course fact sense sort evidence
    supplement release licence license tool check guard research literature
    """
)
"""Nouns of any report."""


def is_attributive(word: str) -> bool:
    """Whether an adjective may stand before a noun; said of a result by itself it judges."""
    return word in _ATTRIBUTIVE


def is_state(word: str) -> bool:
    """Whether a word says how a thing is made or where it stands."""
    return word in _STATES


def is_common_noun(word: str) -> bool:
    """Whether a word, in the singular or the plural, is a noun of any report."""
    return any(form in _NOUNS for form in singulars(word))


def is_singular_noun(word: str) -> bool:
    """Whether a word is such a noun in the singular."""
    return word in _NOUNS


_PLURALS = {
    "children": "child",
    "people": "person",
    "feet": "foot",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "halves": "half",
    "leaves": "leaf",
    "corpora": "corpus",
    "nuclei": "nucleus",
    "loci": "locus",
    "radii": "radius",
    "stimuli": "stimulus",
}
"""Plurals that no ending tells."""


def singulars(word: str) -> tuple[str, ...]:
    """A word, and what it may be the plural or the possessive of."""
    found = [word, word.removesuffix("'s"), *filter(None, [_PLURALS.get(word)])]
    endings = (("s", ""), ("ies", "y"), ("es", ""), ("ices", "ex"), ("ices", "ix"), ("ses", "sis"))
    return (*found, *(word.removesuffix(end) + other for end, other in endings if word.endswith(end)))
