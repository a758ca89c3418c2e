"""Plain words of any report beyond those of `common_words` and `procedures`: what is none of them, and no word of the session, is strange.

A strange word carries a claim more often than not, so a clause with one must be borne or excused (`strange.py`). Words that judge
(good, harmful, remarkable), that move (soar, collapse) and images (lever, garnish) are left out on purpose.
"""

from __future__ import annotations

import re

from agent.proofreading.claimed.grammar.common_words import is_attributive, is_state, singulars
from agent.proofreading.claimed.grammar.word_classes import NO_VERBS, words_of
from agent.proofreading.claimed.procedures import inflected

_SIGNS = words_of(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi varphi chi psi
    omega cdot ldots cdots dots infty sum prod int log exp sqrt ell nabla partial neq approx sim propto forall exists notin cap cup subset
    bar hat tilde vec lvert rvert langle rangle odot otimes oplus top bot mapsto rightarrow leftarrow circ star ast dagger prime iff land lor neg emptyset varnothing vert lfloor rfloor lceil rceil
    binom arg argmax argmin sup inf lim det mod bmod sin cos tan tanh arccos sinh cosh perp mid leq geq equiv setminus times div wedge vee vdots ddots
    widehat widetilde bigl bigr biggl biggr aux dec enc rec textsuperscript scriptsize tiny footnotesize normalsize large
    """
)
"""Signs of formulas, as their commands spell them."""
THINGS = words_of(
    """
    height breadth diameter velocity amplitude wavelength bend arrow hue violin heatmap fund funding contour surface quotient quartile repetition
    hope feasibility difficulty curriculum curricula perturbation wish anecdote pace doubt flaw coder room million thousand hundred billion stroke adviser background planner upkeep dose remedy rhythm parabola hyperbola hat tilde atom ground proxy wall opener neighbour
    isolation abbreviation abscissa absence abstract access acronym addition address adjustment affiliation aggregate agreement allocation analogue
    analyses analysis annotation anomaly application approximation area argument arithmetic arm array aspect assessment assignment
    association asymmetry asymptote atom attribute availability bandwidth begin behavior behaviour belief benchmark bias bin bit blob block
    body book bootstrap bottleneck boundary box bracket branch brief buffer bug build bundle byte cache calculation calendar care category
    causality caveat channel chapter character checkpoint chunk circumstance citation clamp clause clip clock cluster cohort collection
    combination comma command comment commit community comparator compatibility compiler complexity composition comprehension computation
    computer concept concern conclusion concurrency confidence conflict conjecture conjunction connection consensus consequence
    consideration consistency construction consumer contact container content context contrast contribution convention convergence
    conversion convexity coordinate corpora corpus correction correlation correspondence counter counterpart covariance covariate coverage
    credit criteria criterion critique crop curriculum custom cut cutoff cycle dash database date decay decimal decoder decomposition
    decorrelation default deficit degree delay delta demand demonstration denominator dependence dependency derivation derivative descent
    description destination determinant development diagnosis diagonal diagram dictionary differentiation digit discrepancy discretisation
    discussion dispersion display distinction diversity division documentation domain dot drift driver dropout duplicate duration ease
    edge-case edition editor effort eigenvalue ellipse embedding emphasis encoder encoding engine ensemble entity entropy environment
    equality equilibrium equivalence estimation evolution exception excess exclusion execution exercise existence expansion expectation
    expenditure experience expert explanation explication exploration export exposure expression extension extent extraction factorisation
    factorization failure fair family fashion fault feed filter fine flag flow focus footnote force forecast formalism formulation forward
    foundation fragment framework freedom freeze front gain game gate generalisation generalization generation genre geometry glance
    glossary graph guess guidance guideline halves handful hardware head header help heuristic history human hyper-parameter hyperparameter
    hyperplane id identifier illustration image impact implication import inclusion increment independence indicator individual inequality
    inference influence initialisation initialization inner insight inspection instability instance institution instruction integer integral
    intensity intent intention interaction intercept interest interface interior interplay interpolation interpretability interpretation
    introduction intuition invariance inverse investigation issue job join judge judgement judgment jump junction kernel keyword knowledge
    kurtosis lab laboratory lack lag lead leakage lemma library life likelihood link load location logarithm logic logit lookup loop lot low
    machinery mainstream maintenance majority manifold manipulation manner mantissa manuscript map mapping mark marker mask mass material
    mathematics maturity max maxima meaning means mechanics mechanism medium member mention merge message metadata midpoint min mind
    mini-batch minibatch minima minority mismatch mistake misuse mixture moderation modification module momentum monitor monotonicity
    morphology motif multiple multiplication multiplicity multiplier nature necessity need negation neighbor neighborhood neighbour
    neighbourhood network neuron neutrality node nonlinearity normalisation normalization notion novelty nuisance null numbering numerator
    object observation observer occasion occurrence offset operator opinion opposite optimiser optimizer optimum oracle ordering ordinate
    orientation original orthogonality outlier outline overfit overfitting overhead owner pace padding page paradigm parallel
    parameterisation parametrisation parity participant partition passage patch path pattern peak penalty people perception permission
    perplexity perspective phenomena phenomenon phrase picture pipeline pixel placement plane plasticity plateau platform play plot
    polynomial pool population portion possibility posterior postulate potential practice precaution precedent precision predecessor
    predicate predictor preference prefix premise preparation preprint preregistration presence present presentation principle print
    prioritisation priority profile program programme programmer progress project projection proof propagation property proportion
    proposition protocol provenance proxy pruning publication publisher quadrant qualification quantisation query queue quotation quote
    radius randomisation randomness rank ranking reaction readability reading readout realisation reality realization reasoning recall
    receipt recipe recommendation reconstruction recurrence reduction redundancy refinement regime region register registration regression
    regularisation regulariser regularization regularizer rejection relation relationship relevance reliability reminder removal replacement
    replay replica replication reporter representation request requirement rerun resampling rescaling researcher reservation reset residual
    residue resolution resource respect respondent response responsibility restart restriction retrieval return reuse review revision reward
    risk rotation rounding routine rung safeguard sake sampler sampling sanity saturation scalar scatter scenario schema school science
    scientist scope segment selection selector sensitivity separation server service setback setup shadow sharing shift shortage shuffle
    sight sigmoid signal significance simplification simulation singular site situation sizes sketch skewness slice slot smoothing softmax
    software solver span spec specification spectrum speech speed speed-up spot stack staff stand starting station stationarity statistic
    statistics status stimulus stop storage story strand stream strictness string structure student style subgroup submission subscript
    subsection subset subspace substitute substitution subtraction successor suffix suggestion suite superposition superscript supervision
    supervisor support supremum survey suspicion switch symmetry syntax system tag tail taxonomy team technique technology temperature
    tendency tenfold tensor terminology texture theme theorem theory thesis thought tick tie-break timeline timing tolerance topic topology
    trace track tradition trail trainer trajectory tranche transcript transfer transform transformation transition translation transparency
    transpose treatment tree triangle triple truncation trust truth try tuning tuple twofold typo unambiguity uncertainty underfitting
    understanding union universe upper usage use user utility validation validity variability variation verb verification vertex video
    viewpoint visualisation visualization vocabulary volume wait wall-clock warning weakness web weighting whitening wording workflow
    workload writing zeroth
    """
)
_KINDS = words_of(
    """
    soft alive deprecated unbiased redundant least unavoidable feasible evident practical dotted hatched shaded filled worth understood undergone underwent hidden bound unbound overwritten built forgotten laid led paid dealt sent lent split dark light dead slow outdated unchanged heavy strict coarse stale else bold faint loud tall thick thin young long-lived
    abstract academic accessible accordant actual acyclic adaptive adjacent administrative advance affine aggregate algebraic algorithmic
    alphabetical alternate alternative ambiguous amenable analytic analytical anisotropic annual anonymous anterior apparent applicable
    arbitrary architectural argumentative arithmetic artificial associated associative asymmetric asymptotic asynchronous attentive atypical
    auto automatic auxiliary aware backward bare basic behavioral behavioural bilinear biological blank blind block-wise bounded brief broad
    built-in calendar canonical careful categorical cautious central certain changed chronological circular classical closed-form coarse
    cognitive coincident collective colour-coded combinatorial commercial complementary complete complex component-wise composite compressed
    computational conceivable conceptual concrete concurrent confident confirmatory consecutive consequent contextual contiguous
    contradictory contrary contrastive controversial conventional convex convolutional coordinate-wise correlated corresponding
    countable coupled covariant cross-sectional cubic cumulative current-day custom customary cyclic daily deductive deep default definite
    degenerate deliberate demographic denominated descriptive detailed determinate diagnostic differentiable differential diffuse
    digital dimensional dimensionless direct disconnected discretised disjoint distant distributional diverse domain-specific
    double-blind downstream dual duplicate dynamic dynamical early-stage economic editable editorial eigen electronic element-wise
    elementary eligible empirical end-to-end endogenous entropic environmental episodic epistemic equal-sized equivalent erroneous ethical
    euclidean event-related eventual everyday evolutionary exhaustive existing exogenous expected experimental explanatory explicit
    expository extended extra factorial factual faint false familiar feasible federated few-shot fictitious figurative fine fine-grained
    finer first-letter fitted flat floating foreign formal former forthcoming forward foundational fractional free frequent frequentist
    full-batch full-size fully-connected functional fundamental fuzzy gaussian general-purpose generic geographic geometric given global
    gradual grammatical graphical greedy grouped half-open hand-labelled hard-coded harmonic held heterogeneous hidden hierarchical
    high-dimensional high-level higher-order historical homogeneous horizontal hourly human hybrid hyperbolic hypothetical identifiable
    idiosyncratic illustrative imaginary immediate imperfect implicit imprecise improper in-place incidental incoming incorrect incremental
    indefinite indicative indifferent individual inductive ineligible inert inexact inferential infinite informal informed inherent inner
    input-dependent instantaneous institutional integral intended intentional inter-quartile interim intermediate intermittent
    interquartile intrinsic inverse inverted involved irregular irreversible isolated isotropic iterative large-scale last-layer
    latter layer-wise layered leading-order learnable left-out legal lesser lexical lexicographic linguistic literal local log-linear
    logarithmic logical logistic lone long-range long-term longitudinal loose lossy low-dimensional low-level low-rank lower-case
    machine-readable macro manual material mathematical maximal mean-squared mechanical mechanistic medium mere methodological metric mid
    middle minimal minor mixed moderate modern modular monolithic monthly multi-seed multi-task multilingual multimodal multinomial multiple
    multiplicative multivariate naive named narrative national natural-language nearby nested neural neutral next-token non-linear
    non-negative non-parametric non-trivial nonlinear normalised null numeric numerical objective oblique observable observational observed
    obsolete occasional odd offline on-line one-dimensional ongoing online operational opposing ordered ordinal organisational original
    orthonormal outer outgoing outlying overcomplete overlapping pairwise parallelisable parametric parental particular passive past penal
    penultimate per-batch percentual periodic permanent permissible permuted perpendicular personal perturbed philosophical physical
    pictorial piecewise pixel-wise planned plausible plural point-wise pointwise pooled popular post-hoc posterior pre-registered
    pre-trained precautionary preceding precise predefined predictive prefixed preparatory prescribed present-day preset presumed pretrained
    previous primal prime principal private probabilistic procedural professional programmatic prospective provisional psychological public
    published pure qualitative quantitative quarterly quoted radial randomised rational real real-valued recent reciprocal rectangular
    recurrent recursive reduced referenced regional registered regular relational remaining remote repeated replicated reported
    representative residual resource-limited restrictive resulting retrospective reverse-mode rigid ringed rotated round routine rudimentary
    run-time running same-sized sampled scalar scarce scattered scheduled scholarly scientific seasonal selective self-supervised semantic
    semi-supervised sensitive sequential serial settable shallow shared shuffled side-by-side sigmoidal signed simultaneous single-layer
    single-seed singular skewed slack slight social sole spatial speculative spherical sporadic spurious standalone standard static
    stationary statistical stepwise straight stratified strict structural structured stylistic subjective subordinate
    subsequent subtle summary superficial supervised supplementary sure surplus surprised surprising symbolic synchronous synthetic
    systematic tabular tabulated tangential targeted technical temporal temporary tempting terminal tertiary textual thematic theoretical
    thorough three-fold tied time-consuming token-level topical topmost traditional trainable transcribed transient transitive translational
    transverse triangular trivial truncated two-dimensional two-sample typographical unable unanswered unaware unclear
    uncommon uncorrelated undefined undirected unequal uneven unexplained unidirectional unified unigram unimodal uninformative unintended
    unique unit-norm univariate unlabeled unlabelled unlinked unmodified unobserved unofficial unordered unpenalised unpublished
    unregularised unsigned unspecified unsupervised untied unused unusual unweighted upstream vague vector-valued verbal verbatim
    verifiable vertical virtual visible visual voluntary wall-clock weekly well-defined working written yearly zero-mean zero-shot
    """
)
_JUDGED = words_of(
    """
    improve outperform surpass exceed worsen degrade deteriorate decline increase decrease climb enhance boost elevate mitigate alleviate preserve
    establish demonstrate harm hurt impair damage benefit advantage attain beat capture clarify clean enlarge favor favour guarantee hinder inhibit lessen
    diminish maintain materialise prevent restore safeguard simplify specialise specialize discriminate disambiguate decorrelate distinguish
    justify confirm verify warrant tolerate resist realise refine refresh rejoin perform avoid fare lag
    """
)
"""Verbs that other rules judge, so that they are not strange beside what bears them; what is done by them is no description."""
_JUDGING = words_of(
    """
    enough superior inferior robust reproducible meaningful significant smooth bright perfect cheap quick fast stable difficult straightforward
    correct suitable valid true wrong hard easy interpretable unambiguous distinct
    """
)
"""The same of adjectives."""
ACTS = words_of(
    """
    dominate equal steer feel smooth arrive loosen blur unfreeze
    abbreviate abide absorb access accommodate account accrue acquire activate adhere adjoin administer advise aid alert align allot
    alter anticipate appear appraise approach approximate archive arise aspire assemble assert assist associate attribute
    audit author authorise automate await back base become behave bias blend block bound branch break broaden browse bundle calibrate
    cast categorise cause center centre characterise characterize circle class classify clear clone
    cluster coarsen code coincide comment commit communicate comply compress comprise concatenate conceive concur condition conduct
    configure conform confound confront connect constitute construct consult contact contend contradict contrast converge convey
    cooperate coordinate correlate couple create criticise crop cross cross-check customise cycle date deactivate deal debate debug
    deduce deem deepen defer deliberate delineate demote deny deploy desire detail detect determine develop
    deviate diagnose dictate differentiate diffuse digitise direct disagree disallow discard discern disclose
    disconnect discourage discover discretise disjoin dismiss dispatch disperse dispute disregard dissect distil
    diversify double-check download downsample downweight draft drift duplicate earmark edit elaborate elect elicit elongate embed emit
    employ encounter encourage endorse enforce engage engineer enlist enquire entail entitle enumerate equate equip err
    exchange excuse exempt exercise exert expand expend experiment export expose extract extrapolate factor fetch figure
    file filter finalise fine-tune finetune flag flip flow fluctuate focus fold forbid force forecast forego fork formalise format forward
    frame gate gauge generalise generate grade graph grid halt handle hash head hide hint identify imagine impact imply import impose
    imprint impute incline incorporate increment incur indicate individualise induce infer influence initiate inject input inquire
    insist inspire install instantiate instruct integrate interact intercept interchange interest interfere interleave intersect intervene
    invert invest invite invoke involve iterate level leverage live locate lock loop malfunction manage manifest
    manipulate manufacture map matter memorise migrate mind mislead misread mistake mock model moderate monitor narrate
    necessitate negate negotiate nest nominate notify number obey object occupy offer operationalise oppose oscillate outline output
    overestimate overfit overlay overlook owe own pad paraphrase park parse participate partition patch pause peak peer perceive
    permit persist personalise perturb phrase pin pinpoint populate pose position possess post postpone postulate practise pre-register
    predetermine prefer prefix premise prepare preprocess preregister prescribe preserve preset pressure presume pretend pretrain
    prioritise profile program prohibit prolong prompt propagate prune pursue qualify quantify quantise query question randomise
    rate react reappear rearrange reason reassign rebuild recast recede recognise recognize recommend reconfigure reconsider
    reconstruct redefine redesign redirect redistribute redo redraw refactor reflect reformulate regress reinitialise
    reinterpret reject relate relaunch relay relocate remain remark remember remind renormalise reopen reorder reorganise
    reparameterise repartition replay replicate reply repose request reread resample research resemble reside resize respect respond
    restate restrain result retire retrieve retry reveal reverse revisit revolve reweight rewrite rotate round route
    saturate scan scatter screen script search segment sense serialise sign signal signify simulate single sketch slice slow
    snapshot span speculate speed spell splice spot stand-in standardise stay stem step stipulate stratify stream
    strip subclass subject submit subsample subscribe substitute superimpose supervise supplement survey suspend symbolise synchronise
    synthesise tabulate tag tailor target teach tend term theorise thin threshold tile title tokenise tokenize total trace
    transcribe transfer transition translate transmit traverse trigger trim triple truncate trust type typify underestimate undergo underlie
    underline understand undertake unpack unroll upload upsample upweight utilise utilize value version view violate
    watch withdraw withhold witness wrap zero zoom
    """
)
"""Verbs of any report, in whatever form; that one is here does not make it a verb that may be said of a result."""
_ADVERBS = words_of(
    """
    whoever else minus plus everywhere nowhere
    abroad accordingly additionally afresh afterwards ahead alike alongside alternatively anew anyway apart approximately aside away back
    backward backwards barely beforehand besides broadly closely commonly consequently conversely correctly currently daily differently
    directly ditto downwards earlier early elsewhere equally especially etc evenly eventually exactly finally formally formerly forth
    forward frequently freshly fully furthermore generally gradually hardly hereafter herein identically immediately incorrectly
    individually informally initially instantly jointly largely late lately later latest likely likewise loosely mainly meanwhile merely
    monthly moreover mostly namely narrowly nearly nevertheless newly nonetheless occasionally often only originally otherwise overall
    particularly partly perhaps possibly presumably previously probably purely rarely recently repeatedly respectively rightly roughly
    scarcely seldom separately similarly simply simultaneously slightly solely sometimes somewhat sooner specifically strictly subsequently
    tenfold thereafter thereby therefore thereof thrice together twice typically ultimately unevenly unless upwards usually versus via
    weekly whereby wherein wrongly yearly
    """
)
_DESCRIPTIONS = _KINDS | {form for verb in ACTS for form in inflected(verb)}
_VERDICTS = frozenset(form for verb in _JUDGED for form in inflected(verb))
_FORMS = _DESCRIPTIONS | _VERDICTS | _JUDGING | _ADVERBS | _SIGNS


def is_plain(low: str) -> bool:
    """Whether a word, in small letters, is one of any report in any of its forms."""
    if low in _FORMS or low in NO_VERBS or any(form in THINGS for form in singulars(low)):
        return True
    return any(low.endswith(end) and _is_of_a_kind(low.removesuffix(end), end) for end in ("ly", "er", "est"))


def _is_of_a_kind(stem: str, end: str) -> bool:
    """`linearly`, `darker`, `slowest`: made from an adjective that is plain itself."""
    made_from = {
        stem,
        f"{stem}e",
        f"{stem}le" if end == "ly" else stem,
        re.sub(r"i\Z", "y", stem),
        stem.removesuffix("al"),
    }
    made_from |= {stem[:-1]} if stem[-2:-1] == stem[-1:] else set()
    return any(one in _KINDS or one in _JUDGING or is_state(one) or is_attributive(one) for one in made_from)


def is_descriptive(low: str) -> bool:
    """Whether an adjective or a participle says how a thing is, and not how good: `convex`, `rounded`."""
    return low in _DESCRIPTIONS or low.rpartition("-")[2] in _DESCRIPTIONS


def is_judging(low: str) -> bool:
    """Whether a verb says that something went well or ill: `prevents`, `captures`."""
    return low in _VERDICTS
