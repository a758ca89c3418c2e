"""Kinds that say how good: finality, praise, certainty, qualities that nobody measured, that something worked."""

from __future__ import annotations

from agent.proofreading.claimed.kinds.kind import NEVER, Kind
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.kinds.words import COMPARATIVE, GAIN, IS, OUTCOME, SOFTENED

_GOOD = (
    r"(?:excellent|impressive|remarkable|striking|outstanding|robust|promising|encouraging|convincing|compelling|reliable|effective|efficient|successful"
    r"|solid|substantial|considerable|sizeable|sizable|dramatic|meaningful|genuine|decisive|superior|optimal|ideal|beneficial|helpful|useful|valuable"
    r"|interpretable|faithful|crisp|favou?rable|harmful|detrimental|unstable|stable|consistent|pronounced|powerful|persuasive|tangible|practical"
    r"|overwhelming|profound|noteworthy|exceptional|spectacular|satisfying|satisfactory|competitive|human-readable|worthwhile|free of|preferable)"
)
_SIZE = r"(?:small|medium|moderate|modest|large|tiny|slight|minor|sizeable|sizable|substantial|considerable|appreciable|weak|mild)"
_SIZED = r"(?:effects?|differences?|gains?|improvements?|advantages?|benefits?|gaps?)"
FINAL = Kind(
    "finality",
    {
        "anything": phrases(
            r"(?:puts?|laid|lays?) … to rest",
            "case closed",
            r"beyond (?:all )?(?:dispute|question)|if there (?:was|were|is|are|had been) (?:any |ever a |ever any )(?:doubt|question)s?",
            r"(?:they|he|she|it|we) (?:was|were|is|are|proved) (?:\w+ )?right(?=[.,;])",
            "silver bullet",
            "panacea",
            "holy grail",
            r"game[- ]chang\w+",
            r"break-?throughs?",
            r"(?:is|are) here to stay",
            r"(?:strictly|plainly|uniformly) (?:better|worse)",
            r"(?:paves?|paving) the way",
            r"opens? (?:up )?(?:the door|new avenues|a new path|the path)",
            r"the first (?:demonstration|method|approach|technique|penalty) (?:to|that|of)",
            r"(?:largest|strongest|best|highest|lowest|smallest|biggest) (?:\w+ ){0,3}?(?:reported|published|known|seen|observed|to date|so far|in the literature)",
            r"(?:the )?last word|(?:is|are|lies) (?:now |finally |safely )?behind us",
            r"all (?:that )?(?:it|one|you|we) (?:takes?|needs?|wants?)",
            r"(?:problem|thing|matter|issue|worry|concern) of the past",
            r"(?:comes?|came|go|goes|went|gone) (?:a|some|this) (?:\w+ )?(?:long )?way(?! of| to (?:compare|measure|compute))",
            r"after all(?=[.,;!]|$)",
            r"how \w{3,}ly(?! (?:often|many|much|the|a|it is|they are))",
            r"(?:the|our|its) only (?:\w+ )?(?:drawback|weakness|price|downside|caveat|cost) (?:\w+ )?(?:is|was|being)",
            r"guarantees? that (?:no|every|all|each) \w+",
        ),
        "study": phrases(
            r"vindicat\w+",
            r"(?:is|are|was|were|becomes?|makes? (?:it )?) ?(?:now |thus |therefore |hence |then |so |by now )?(?:clear|evident|obvious|undeniable|certain|established|settled|apparent|plain)(?: that)?",
            r"(?:resolves|cures?|eliminates?|eradicates?|overcomes?|remedies (?:the|this|that|it|them)|solves?|eliminating|settles (?:the|this|that|whether))",
            r"(?:rules?|ruled|ruling) out",
            r"hypothes[ie]s … (?:was|were|is|are|proved|proves|turned out) (?:(?!neither|not|never|un)\w+ )?(?:correct|right|true|accurate|confirmed|supported|borne)",
            r"(?:supports?|confirms?|validates?|justif(?:y|ies)|underscores?|highlights?|underlines?|attests? to) (?:our|the|this|that) (?:\w+ )?(?:claim|hypothesis|view|idea|conclusion|intuition|thesis|premise|notion|conjecture|importance|value|benefit|role|need)s?",
            r"(?:as|just as) (?:expected|predicted|hypothesi[sz]ed|intended|hoped|anticipated|designed)",
            r"proofs? (?:that|of)",
            r"(?:clear|strong|solid|conclusive|direct|compelling|convincing|firm|ample|unambiguous|causal) (?:evidence|support|proof|indication|confirmation|demonstration)",
            r"not an issue",
            r"non-issue",
            r"(?:stood|stands|passe[sd]) the test|lends? (?:\w+ )?(?:weight|support|credence|credibility) to",
        ),
    },
    NEVER,
    "more than measurements against noise can bear; say what was measured, and leave this out",
)
PRAISE = Kind(
    "praise",
    {
        "anything": phrases(
            r"the best of \w+ and \w+",
            r"(?:with )?nothing (?:is |was |being )?(?:given up|lost|sacrificed|paid|to lose)",
            r"(?:a|one) (?:\w+ )?(?:step|leap|move|jump) (?:forward|up|ahead|in the right direction|towards?)",
            r"win-win",
            rf"turn(?:s|ed)? out to be (?:\w+ly )?{_GOOD}",
            r"(?:sweet spot|gold standard|new standard|new bar)",
        ),
        "study": phrases(
            rf"{IS} {SOFTENED}(?:an? )?{SOFTENED}{_GOOD}(?! to (?:know|tell|note|ask|compare|see|report))",
            rf"(?<!for )(?<!even )(?<!how )(?<!only )(?<!any )(?<!no )(?:strong|clear|large|big|huge|nice|great|good|major|marked|massive|healthy|notable|visible|noticeable|measurable|positive|steady|systematic) (?!the )(?:\w+ )?{OUTCOME}",
            rf"(?:though|although|albeit|while|if) (?:\w+ )?{_GOOD}",
            r"(?:excels?|shines?|thrives?|triumphs?|prevails?|stands? out|boasts?|reigns?)",
            r"(?:a|the) (?:success|victory|triumph|winner)",
            r"lives? up to",
            r"hand(?:s down|ily)",
            r"(?:offset|outweighed|compensated|more than made up) (?:for )?by",
            r"favou?rs? (?:the|our|run|this) \w+",
            r"how (?:well|effective\w*|powerful\w*|much room) … (?:is|are|has|have|does|do|can|works?)",
            r"(?:makes?|renders?) … (?:attractive|appealing|promising|practical|viable|robust|stable|insensitive|effective|reliable|efficient|easier|better|unstable|worse)(?! than (?:it|they) (?:is|are)\b)",
        ),
    },
    NEVER,
    "praise, which no reference bears; say what was measured, and leave the judgement to the reader",
)
CERTAIN = Kind(
    "certainty",
    {
        "anything": phrases(
            r"\A(?:remarkably|strikingly|impressively|astonishingly|amazingly|best of all|most impressively|most strikingly)",
            rf"(?<!to )(?:is|are|was|were|ha(?:s|ve|d)|shows?|showed|observe[sd]?|sees?|saw|finds?|found|amounts? to|constitutes?|produces?|yields?|gives?|gave) (?:only )?(?:an? )?(?:\w+ly )?{_SIZE}(?:-to-{_SIZE})?(?:[- ]sized)? (?:\w+ )?{_SIZED}",
            rf"{_SIZED}[^.;:]{{0,40}}, (?:though|although|albeit|if) (?:only )?{_SIZE}(?=[,.;])",
            rf"{_SIZED} … of (?:an? )?(?:\w+ly )?(?:{_SIZE}|relevant|meaningful) (?:size|magnitude)",
        ),
        "study": phrases(
            r"(?:remarkably|strikingly|impressively|undoubtedly|unquestionably|undeniably|indisputably|clearly|evidently|obviously|unmistakably|dramatically|markedly|substantially|decisively|convincingly|overwhelmingly|comfortably|handily|drastically|plainly|patently|manifestly|decidedly|massively|hugely|enormously|immensely|considerably|vastly|noticeably|appreciably|tremendously)"
        ),
    },
    frozenset({"decided"}),
    "a word of certainty or size, and no verdict beside it; write [[RUN.METRIC.verdict]] or [[RUN.METRIC.percent]], or leave it out",
)
_HAVE = (
    r"(?:learn|yield|give|produce|reach|achieve|obtain|deliver|find|found|get|got|lead to|result in|leads to|results in|leading to|resulting in|offer|provide"
    r"|show|exhibit|make|discover|extract|uncover|form|build|create|encourage|promote|bring|afford|take|took|gave|led to|settles? (?:at|on|into)|converges? (?:to|at|on)|arrives? at|ends? (?:at|with)|toward)"
)
QUALITY = Kind(
    "quality",
    {
        "anything": phrases(
            r"(?:lines?|lined) up with human|aligns? (?:\w+ )?with human",
            rf"(?:intrinsically|inherently|naturally|necessarily) {COMPARATIVE}",
        ),
        "study": phrases(
            rf"(?<!there ){IS} {SOFTENED}{COMPARATIVE}(?! to (?:tell|say|know|read|judge|see|compare|state))",
            rf"{_HAVE}(?:s|es|ed|ing)? {SOFTENED}(?:a |an |the |in |us |to |out |away )?{SOFTENED}{COMPARATIVE}",
            r"(?:distinct|separated|disentangled|interpretable|meaningful|well-separated|high-quality|low-quality|clean|redundant|redundancy|duplicates?|human-readable) (?:features?|concepts?|directions?|units?|representations?|codes?|dictionar(?:y|ies))",
            r"(?:well |far |clearly |just |slightly |still |always |everywhere )?(?:above|below|beyond|under) (?:what|that of|those of|where|all|every|the baseline(?! of)|runs? \d)",
            r"(?!(?:larger|smaller|higher|lower|longer|shorter|earlier|later|wider|narrower|rather|other|either|whether|neither|fewer|greater)\b)\w{2,}er than (?:the |that of |those of |in )?(?:baseline|runs? \d|its|any|all|every|other|constant|plain|usual|unpenalised)",
            r"at the (?:expense|price|cost) of",
            r"(?:wastes?|duplicates?|misses|loses?|confuses?|mixes|merges|splits|leaks?|forgets?|drops?) (?:far |much )?(?:fewer|less|more) \w+",
            r"(?:trims?|shaves?|slashes|sharpens?|sharpening|polishes|tightens|refines|enriches|cleans? up|untangles?|tames?|tamed|heals?|purifies|boosts?|elevates?|streamlines?)",
            r"(?:intrinsically|inherently|naturally|visibly|plainly|demonstrably|qualitatively|perceptibly|discernibly|tangibly) \w+",
            r"(?:hardly|barely|scarcely) ever \w+",
            r"(?:reaches|converges|gets|arrives|takes|needs|requires) … (?:earlier|sooner|faster|later|(?:half|third|quarter|fifth|tenth|fraction) (?:of )?the \w+)",
        ),
    },
    frozenset({"verdict", "modest"}),
    "a quality that is claimed and that no reference bears; write the [[RUN.METRIC.verdict]] that shows it, or leave it out",
)
MANNER = Kind(
    "manner",
    {
        "study": phrases(
            rf"(?:perform|behave|converge|train|generali[sz]e|fare|do|does|did|work|reconstruct|learn|run|scale|fit|score|separate|capture|represent|explain|trained|act|(?:loss|error|curve) … (?:comes? down|falls?|drops?|settles?|bottoms? out|levels? off))(?:s|es|d|ed)? {SOFTENED}(?:better|worse|faster|slower|earlier|later|sooner|(?:more|less) \w+ly|well|best|worst|poorly|badly|flawlessly|admirably|perfectly|nicely)"
        )
    },
    frozenset({"decided", "modest"}),
    "how well something does is a verdict; write the [[RUN.METRIC.verdict]] that says so in this sentence, or leave it out",
)
SUCCESS = Kind(
    "success",
    {
        "anything": phrases(r"\A(?:it|this|that) works(?=[.!])"),
        "study": phrases(
            r"(?:helps?|helped|succeeds?|succeeded|pays? off|paid off|(?:does|did|do|done) (?:(?:its|the|their) (?:job|trick|work|part|duty)|what (?:it|they) (?:was|were|is|are) (?:designed|meant|supposed|intended|expected) to)|pays? for itself|makes? the difference|proves? its worth)",
            r"(?<!these )(?<!other )(?<!several )(?<!such )(?<!prior )(?<!previous )(?<!recent )(?<!earlier )(?<!both )(?<!related )(?<!all )(?<!their )(?<!cited )(?:works|worked)(?! (?:by|on|with|as follows|in|at|for|like|through|of|from|best))",
            r"(?:achieves?|achieved|meets?|met|fulfils?|fulfilled|reaches|reached|attains?) (?:its|our|the|all|both) (?:\w+ )?(?:goals?|aims?|objectives?|purpose|promise|targets)",
            r"(?:profits?|profited|gains|gained|benefits) (?:\w+ )?from",
            r"holds? (?:its|their) (?:own|ground)",
            r"(?:targets?|goals?|aims?|hopes?|promises?|expectations?|objectives?) … (?:is|are|was|were) (?:(?!not|never)\w+ )?(?:met|reached|fulfilled|achieved|attained)",
            r"(?:edges?|noses?|inches|pulls?) (?:out|ahead|past|away)",
            r"(?:turns?|turned|transforms?|converts?) (?:a|the) (?:\w+ )?(?:harmful|useless|weak|weakness|bad|poor|costly|liability|problem|vice) … into",
            r"(?:wrecks?|ruins?|destroys?|spoils?|cripples?|undermines?|erodes?|breaks|damages|worsens|cures|fixes) (?:the |its |all |\w+[’'] )?(?:\w+ )?(?:reconstruction|training|quality|performance|fidelity|separation|features?|absorption|convergence|problem)",
            r"(?:speaks?|spoke|argues?|argued) (?:\w+ )?(?:for|in favou?r|against|volumes|to|louder)",
            r"in favou?r of",
            r"(?:tells?|told) (?:a|the|one) (?:\w+ )?(?:same|clear|consistent|coherent|simple)? ?story",
            r"(?:our|the proposed) (?:\w+ )?(?:penalty|method|approach|variant|model|schedule)s? (?:does|do|is|are|has|have) (?:not|none|no such)(?: \w+)?[.]",
            r"(?:has|have|had|holds?|keeps?|gains?) (?:the|an?) (?:\w+ )?(?:edge|upper hand|lead|head start)",
            r"(?:falls|fell|lags|lagged|trails|trailed|drops|dropped) (?:\w+ly |far |clearly |well )?behind",
            r"(?:rescues?|salvages?|redeems?|repairs?|restores?|recoups?)",
            r"(?:no|non|none)[- ]?(?:\w+ )?comes? close",
            rf"the (?:\w+ )?{GAIN} (?:that |which )?(?:we|i|runs? \d+) (?:\w+ )?(?:see|saw|find|found|observe|report|measure|obtain|achieve|show)\w*",
        ),
    },
    frozenset({"decided"}),
    "that it worked is a verdict; write [[RUN.METRIC.verdict]] in this sentence, which must say so, or leave it out",
)
KINDS = (FINAL, PRAISE, CERTAIN, QUALITY, MANNER, SUCCESS)
