"""Kinds that reach beyond the runs: to causes, laws, other models, advice, other seeds, statistics that nobody computed."""

from __future__ import annotations

from agent.proofreading.claimed.kinds.kind import NEVER, Kind
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.kinds.words import CAME_OUT, COMPARATIVE, GAIN, IS, NUMBER, OUTCOME

_FROM = (
    r"(?:stem|come|arise|result|derive|originate|follow|flow|benefit)s?(?:ed|ing)? (?:\w+ly )?from|came from|arose from"
)
CAUSE = Kind(
    "cause",
    {
        "anything": phrases(
            r"\A(?:this|that|it|which) (?:is|was) (?:\w+ )?(?:a|the) (?:\w+ )?(?:consequence|result|effect) of",
            r"(?:problem|trouble|difficulty|cause|reason|answer|secret|key) (?:\w+ )?(?:lies|lay) (?:in|with)",
        ),
        "study": phrases(
            rf"{GAIN} … (?:{_FROM})",
            rf"{CAME_OUT} … (?:because|since|thanks to|owing to|due to)",
            rf"{OUTCOME} … (?:because|thanks to|owing to|due to)",
            rf"(?:because|thanks to|owing to|due to) … {CAME_OUT}",
            r"(?:is|was|are|were) (?:thus |therefore |hence |simply |just )?(?:a|the) (?:\w+ )?(?:consequence|result|by-?product|outcome) of",
            r"what (?:really |actually |ultimately )?(?:drives|drove|causes|caused|explains|matters|makes|made|enables|counts|helps|hurts|does|is needed|buys)",
            rf"(?:drives|drove|causes|caused|produces|produced) (?:the|this|these|all|our|its) (?:\w+ )?{OUTCOME}",
            r"(?:caused|driven|produced|induced|enabled|explained|brought about) by",
            rf"(?:is|are|was|were) (?:\w+ )?(?:the|a) (?:(?:\w+ )?(?:reason(?! to (?:repeat|test|doubt|look|try|be)| (?:for|behind) (?:the|this|our|its|a) (?!(?:\w+ )?{OUTCOME})\w+)|cause|driver|key|culprit)|(?:main|key|decisive|deciding|driving|crucial|active|essential|missing|critical|central|secret|sole|only) (?:ingredient|factor|source|mechanism|bottleneck|component|part|element|piece|thing))",
            r"(?:accounts?|accounted) for (?:the|most|all|much|this|these|its)|responsible for",
            r"(?:enabl|allow|let)(?:s|es|ed|ing)? … (?:to )?(?:recover|reach|improve|retain|learn|capture|achieve|separate|attain|preserve|escape|avoid)",
            r"(?:necessary|sufficient|essential|crucial|indispensable|decisive|vital|instrumental|key) (?:for|to|in)(?! (?:tell|know|decide|say|compare|separate|judge|see|draw|answer))",
            r"owes? … to",
            r"\w{3,}s (?:[\w-]+ ){0,3}?(?!(?:penalty|weight|threshold|rate|loss|term|sum|norm|ramp|gradient|denominator|exponent|logarithm|value)s? )[\w-]+ from (?:being|(?!training|setting|running|scoring|sampling|beginning|meaning|finding|reading|learning|using)\w{3,}ing)",
            r"it (?:is|was) (?:the |this |that |our )?[^.;:]{1,60}? that (?:drives|drove|makes|made|buys|bought|gives|gave|brings|brought|causes|caused|matters|counts|helps|lowers|raises|explains|decides|pays|hurts|earns|yields|delivers|accounts|improves)",
            r"(?:buys?|bought) (?:the|an?|its|more|extra|us|some|back)|(?:unlocks?|frees|freed|liberates?) (?:up )?\w+",
            r"(?:points?|(?<!for )pointing|pointed) (?:\w+ly )?(?:to|towards?|at)",
            r"(?:missing piece|secret|magic)",
            r"explains (?:why|the|this|how|its|their|these|those|all|most|much)",
            r"(?:this|that|which) is (?:exactly |precisely |also )?(?:why|how|what) (?:run \d|the (?:penalty|method|decay)|our)",
            r"plays? (?:a|the|no) (?:\w+ )?(?:role|part)(?! of)",
            r"(?:the )?(?:engine|force|driver|secret|reason|key|mechanism|cause) behind",
            r"by \w+ing … , (?:runs? \d|it|we|the \w+) (?:\w+ )?(?:improves?|lowers?|reduces?|beats?|achieves?|recovers?|gains?|obtain|wins?|avoids?)",
            r"the credit",
            rf"without (?:the|this|that|it|any)(?: [\w-]+){{0,4}},? … (?:{CAME_OUT}|disappear\w*|vanish\w*|{COMPARATIVE})",
            rf"(?:removing|dropping|ablating|disabling|omitting|switching off|turning off|replacing|adding|using|switching on) … (?:{CAME_OUT}|{COMPARATIVE}|disappear\w*|vanish\w*|destroys?|costs?)",
        ),
    },
    frozenset({"several", "modest"}),
    "a cause, for which nothing is held against it in this sentence; say that it may be so, or compare with a run that lacks it: [[compare RUN RUN METRIC]]",
)
_HALF = r"(?:(?!\b(?:is|are|was|were|stays?|remains?) [\ue000-\uf8ff])[^.;:,])"
"""A character of a law's first half; where a reference says what the stronger *is*, the weaker behind it has an outcome of its own."""
LAW = Kind(
    "law",
    {
        "anything": phrases(
            rf"the (?:more|less|(?!other|latter|former|layer|order|number|paper)\w{{3,}}er) {_HALF}{{1,60}}, the (?:more|less|fewer|(?!other|latter|former|layer|order|number|paper|reader|encoder|decoder)\w{{3,}}er)|with (?:each|every) (?:doubling|halving)|(?:doubling|halving) [^.;,]{{1,40}} (?:doubles|halves)(?! (?:the|its|this) (?:penalty|term|weight|norm|gradient|sum|loss|threshold|cost|step))|trade-?off (?:curve|frontier|front)|(?:law-like|power[- ]law|scaling law|dose-response)",
            r"(?:benefits?|profits?) from (?:a|an|the|this|such)\b",
            r"(?:clear|strong|sharp|steep|fundamental|inherent) trade-?off",
            r"go(?:es)? hand in hand",
            r"(?:goes|go|going|comes|come) (?:along|together) with",
            r"(?:more|less|fewer|stronger|weaker|longer|shorter|higher|lower|larger|smaller|wider) \w+(?: \w+)? (?:means?|brings?|implies|buys?|gives?|costs?|leads? to|makes?|goes with|comes with|yields?) (?:more|less|fewer|(?!better|worse)\w{3,}er)",
            r"(?:rankings?|orderings?|order|results?|outcomes?|gains?|effects?) (?:of (?:the )?\w+ )?(?:follows?|mirrors?|tracks?|reflects?|parallels?|echoes) (?:the|that|those|its|their)",
        ),
        "study": phrases(
            r"\A(?:an?|more|less|fewer) \w+(?: \w+)? (?:makes?|gives?|yields?|brings?|means?|learns?) (?:an? |for an? )?(?:better|(?!other|larger|wider|smaller)\w{3,}er|more \w+) (?:dictionar\w+|features?|fit|models?|representations?|reconstructions?)"
        ),
        "metric": phrases(r"(?:predicts|determines|governs|dictates)"),
        "result": phrases(
            rf"the (?:larger|higher|stronger|more|longer|lower|smaller|weaker|greater|wider|less|slower|faster){_HALF}{{0,60}}, the (?:larger|higher|stronger|more|longer|lower|smaller|weaker|greater|better|worse|less|fewer|slower|faster|cleaner)",
            r"(?:relation(?:ship)?|link|dependence|association|correlation|connection|interplay) (?:between|of|with) … (?:is|are|was|follows|holds|emerges)",
            r"(?:anti-?|un)?correlat(?:es?|ed|ion) (?:\w+ly )?(?:with|between|is|are)|(?:strongly|weakly|negatively|positively|inversely|anti|tightly|closely)[- ](?:anti-?)?(?:correlated|linked|related|coupled|tied)",
            rf"{CAME_OUT} … (?:with|under) (?:increasing|growing|rising|decreasing|shrinking|stronger|larger)",
            r"in (?:proportion to|tandem|lockstep|step) ?(?:with)?",
            r"(?:close to |nearly |almost |roughly |approximately )linear(?:ly)?",
            r"(?:more|less|fewer|lower|higher) [\w-]+(?: \w+)?, (?:and )?(?:more|less|fewer|lower|higher|better|worse) [\w-]+",
            r"(?:pattern|picture|trend|tendency) (?:is|emerges|appears|holds|arises|can be seen)",
            r"tracks? (?:\w+ )?(?:closely|the|with)",
            r"(?:clear|steady|consistent|general|overall|same|similar) (?:trend|pattern|picture|tendency|story)",
        ),
    },
    NEVER,
    "how two things go together was not computed; give the values or verdicts of the runs, and leave the law out",
)
ELSEWHERE = Kind(
    "generality",
    {
        "anything": phrases(
            r"what (?:holds|is true|works|goes|applies) (?:for|in|on|at|of) … (?:holds|is true|works|goes|applies)"
        ),
        "study": phrases(
            r"generali[sz](?:es?|ed) (?:\w+ )?(?:to|across|beyond|over|well)|generali[sz]es?(?=[.,;]|$)",
            r"(?:transfers?|carr(?:y|ies)|carried|extends?|translates?|ports?) (?:over )?(?:\w+ly )?(?:to|across|into|over)",
            r"scales? (?:\w+ly )?(?:to|up|well|with|gracefully|beyond)",
            r"(?:holds?|held|applies|persists?|works?) (?:true |good |up |valid |up well )?(?:across|irrespective|regardless|in general|generally|everywhere|at scale|beyond|throughout|universally|for (?:all|any|every|other|larger)|in (?:all|any|every|other|larger)|under (?:all|any|every))",
            r"(?:irrespective|regardless|independent(?:ly)?) of (?:the )?(?:\w+ )?(?:scale|size|seed|model|layer|data|dictionary|width|setting|setup|choice|architecture|metric|task|hyper\w+|initiali[sz]ation|learning rate)",
            r"(?:at|of|with|for|in|on|to|under|across) any (?:\w+ )?(?:scale|size|model|layer|architecture|setting|schedule|dataset|task|condition|width|domain)",
            r"(?:works?|holds?|appl(?:y|ies|ied)|benefit\w*|helps?) (?:\w+ ){0,3}(?:to|for|in|on|with|at) any \w+",
            r"(?:in|under|across|for|over) (?:all|every) (?:the )?(?:\w+ )?(?:settings?|conditions?|cases?|scenarios?|circumstances|regimes?|tasks?|models|scales|layers|architectures)",
            r"(?:is|are) (?:\w+ )?the same (?:in|for|at|across|on) (?:larger|other|bigger|real)",
            r"(?:is|are|was|were) (?:always|invariably|universally|generally|broadly|widely|inherently|intrinsically) \w+",
            r"(?:broadly|widely|generally) applicable",
            r"(?:larger|other|bigger|deeper|frontier|production|real) (?:\w+ )?(?:models?|layers|architectures|scales?|data ?sets?|settings) (?:will|as well|too|alike)",
        ),
    },
    frozenset({"modest"}),
    "nothing else was run; say of what it was seen, or that it is open",
)
NOT_CHANCE = Kind(
    "no chance",
    {
        "anything": phrases(
            r"(?:can|may|could|should) (?:\w+ )?be (?:laid to rest|put to rest|considered (?:solved|settled|closed)|taken for granted)",
            r"every reason (?:to|why)",
            r"(?:than|what|that) (?:\w+ )?(?:noise|chance|luck|seeds?) (?:alone )?(?:can|could|would) (?:account|explain|produce)",
            r"only a (?:matter|question) of|(?:not|never|hardly) … by (?:mere |pure )?(?:accident|chance|luck|coincidence)",
            r"(?:gains?|benefits?|improvements?|effects?|advantages?) (?:is|are) (?:expected|likely|bound|sure|set) to|stands? to (?:benefit|gain|profit)",
            r"cannot be (?:an? |mere |pure |just )*(?:coinciden\w+|accident\w*|luck|chance)",
            r"(?:the only (?:remaining |possible )?|one )(?:reading|explanation|interpretation|conclusion) (?:left|only|standing|possible)|only one way to (?:read|explain|see)|can only (?:help|benefit|improve|gain|profit|grow)",
            r"would (?:also |surely |certainly |equally |still |just as well |have )?(?:hold|held) (?:for|at|in|on|across|under) (?:any|all|every|other|larger|wider|bigger)",
            r"(?:can|could|may) (?:\w+ )?(?:have|get|be had|obtain) … for free|(?:comes?|came|is|are|had|have|gets?|obtained?) (?:\w+ )?for free",
            r"(?:no|little|hardly any|scarcely any) (?:room for )?(?:reasonable |serious )?doubt",
        ),
        "result": phrases(
            r"(?:is|are|was|seems?|makes? it|hence|thus) (?:very |highly |most |extremely |quite )?unlikely (?:to be|that)"
        ),
        "study": phrases(
            r"cannot (?:be|have been|just be|simply be|merely be) (?:an? |mere |pure |just )*(?:explained|due|put down|(?:attributed|ascribed)(?! to (?![^.;]*\b(?:noise|chance|luck|seeds?|accidents?|coincidence|artefact|artifact|randomness|fluctuations?|variation)\b))|matter|noise|chance|luck|artefact|artifact|accident\w*|coinciden\w+|dismissed|down)",
            r"(?:one|we|you) (?:can|may|should|would|will) (?:safely |well |thus |therefore )?(?:expect|anticipate|count on|rely on|conclude|infer)",
            r"(?:we|i) (?:\w+ )?(?:expect|anticipate) (?:the same|these|similar|such|comparable|even|nothing but|equal|more|larger) (?:\w+ ){0,2}?(?:gains?|improvements?|benefits?|results?|effects?|advantages?|savings)",
            r"would have (?:\w+ )?(?:confirmed|shown|beaten|improved|come out|won|reached|matched|been better)",
            r"cannot (?:\w+ )?(?:compete|keep (?:up|pace)|match|rival)",
            r"would not have (?:changed|altered|mattered|made)",
            r"(?:larger|bigger|wider|deeper|other|frontier) (?:\w+ )?(?:models?|dictionaries|layers|networks) (?:can|will|would|should|must) (?:\w+ )?(?:benefit|gain|profit|improve|behave)",
            r"in all likelihood|surely|would (?:\w+ ){0,3}?(?:lead to|give|yield|show|reach|find|tell) (?:similar|the same|comparable)",
            r"no reason (?:why|to (?:think|believe|expect|doubt|suppose))(?! otherwise)",
        ),
    },
    NEVER,
    "what was not measured is taken for granted; say what was measured, or that it is open",
    deniable=False,
    supposable=False,
)
ADVICE = Kind(
    "advice",
    {
        "anything": phrases(
            r"practitioners",
            r"(?:anyone|everyone|whoever|those who|users|researchers|engineers|the community|people) … (?:should|must|ought|can|need)",
            r"(?:should|ought to|must|needs? to) (?:\w+ )?(?:be (?:used|adopted|applied|preferred|replaced|favou?red|avoided|standard)|become|replace|adopt|prefer|switch to)",
            r"(?:should|ought to|must) (?:(?!not|never)\w+ )?be (?!(?:regarded|considered|described|classed) (?:as )?(?:untested|open|preliminary|tentative|unknown|exploratory|provisional|unconfirmed|unverified|undecided)\b|read|taken|compared|repeated|tested|seen|interpreted|treated|understood|noted|checked|tried|measured|kept|used|expected|looked|told|judged|called|counted|studied|viewed|remembered|confirmed|made|run|added|set|fixed)\w+ed",
            r"so (?:should|will|must) (?:be )?(?:the|its|it|they)",
            r"(?:we|authors) (?:\w+ )?recommend|recommended (?:default|choice|setting|practice|method|schedule|approach|value)",
            r"of choice|calls? for (?:a|an) (?:change|shift|new|rethink\w*)|(?:ought to|should|must) change(?=[.,;])",
            r"(?:is|are|was|were) best (?!of\b|in\b|on\b|by\b|at\b)\w+(?:ed|en|ne|pt)|(?:is|are|was|were|would be) (?:an? )(?:\w+ )?(?:mistake|waste|must)|the wrong (?:\w+ )?(?:schedule|choice|approach|penalty|objective|moment|way|method)s?",
            r"(?:safe|ready|suitable|fit) (?:to|for) (?:use|production|practice|deploy\w*|adopt\w*|everyday)",
            r"(?:in|into) production",
            r"(?:no-brainer|easy win|safe bet|low-hanging)",
            r"worth (?:adopting|using)",
            r"(?:next generation|future (?!work|runs|experiments|studies)\w+|everyone|everybody|anybody|anyone) … will",
            r"whoever (?:\w+ ){0,3}?(?:trains?|uses?|builds?|designs?|tunes?|chooses|wants?|needs?|cares|adopts?|penali[sz]es) … will",
            r"(?:is|are) (?:strongly |highly |clearly )?(?:recommended|advisable)",
            r"(?:there is |we see )?(?:no|little) reason (?:not )?to (?:use|keep|prefer|retain|stick)",
            r"(?:the )?(?:preferred|preferable|right|sensible|obvious|natural|safe|safest) (?:default|choice|option|setting|way)",
        )
    },
    NEVER,
    "a recommendation to others is more than a few runs can bear; leave it out",
    supposable=False,
)
SEEDS = Kind(
    "another draw",
    {
        "study": phrases(
            r"(?:reproducib(?:le|ly|ility)|repeatable|reproduces?|reproduced)",
            rf"(?:{CAME_OUT}|{IS}(?! (?:\w+ )?(?:trained|launched|run|repeated|measured|evaluated|scored|made|tried)\b)|stable|robust|consistent|holds?|held|persist\w*) … (?:across|over|for|from|under|on|between) (?:all |every |different |several |multiple |random |other |each |both )+(?:random )?(?:seeds?|initiali[sz]ations?|draws)",
            r"from seed to seed",
            rf"(?:the|this|that|its) {GAIN} (?:is|was|are|were) (?:still |indeed |clearly |nonetheless )?(?:there|present|real|visible)",
            r"(?:with|to) (?:much |exactly |largely |essentially )?the same (?:outcome|result|conclusion|finding|effect|success)s?(?=[.,;])",
            r"(?:stable|robust|invariant|unchanged|insensitive|holds?|persists?|survives?) (?:under|to|across|against) (?:\w+ )?(?:resampling|seeds?|splits?|reruns?|subsets?|initiali[sz]ations?|perturbations?|noise|draws)",
            r"(?:leaves?|left|leaving) (?:the |this |our )?(?:\w+ )?(?:ranking|order|conclusion|result|picture|outcome|verdict)s? (?:unchanged|intact|as (?:it|they)|untouched|the same)",
            r"(?:gave|gives?|yields?|yielded|leads? to|led to|arrives? at|finds?|found|reach\w*|tells?|shows?|showed) the same (?:order|ranking|conclusion|picture|outcome|pattern|result|winner)s?",
            r"re-?(?:runs?|running|peating|peated) … (?:agree|confirm\w*|gave|gives|yields?|leads?|the same(?! (?:plan|code|seed|settings?|data|file|edit)))",
            r"(?:is|are|was|were) (?:therefore |thus |hence |so |indeed |clearly )?(?:real|genuine|trustworthy|not (?:a |an |just |mere |pure |due to )*(?:luck|lucky|fluke|chance|coincidence|accident|artefact|artifact|noise))",
            r"no (?:mere |statistical |lucky )?(?:fluke|coincidence|accident|artefact|artifact)",
            r"(?:the same|no other|no different)(?: \w+){0,3} (?:on|with|for|from|across|under) (?:the |all |other |fresh |new |three |any )*(?:seeds|draws?|repeats?)",
            r"(?:retrain\w*|repeat\w*|second|third|another|other|new|unseen|fresh) (?:\w+ ){0,4}?(?:seeds?|draws?|launch(?:es)?|search)[^.;]{0,40}? (?:same|no other|no different|reservations?|doubts?|where [^.;]{1,30} began)",
            r"(?:replications?|repetitions?|confirmations?|reproductions?) (?:\w+ ){0,4}?(?:removed|dispelled|settled|erased|swept|took|left no|put)",
            r"fresh seeds (?:\w+ )?(?:bear|bore|agree|say the same|tell the same|back|support|show|give the same|reproduce)",
        )
    },
    frozenset({"confirmed"}),
    "words of confirmation, with no outcome on fresh seeds beside them that bears them; write [[confirmed.METRIC]] and no more than it says",
)
STATISTICS = Kind(
    "statistics",
    {
        "study": phrases(
            rf"(?:by|than|over|beyond|within|outside|exceeds?|least|about|roughly|nearly|{NUMBER}) (?:\w+ )?(?:\w+ )?standard (?:deviations?|errors?)",
            rf"(?:{NUMBER}|several|many)[- ]sigmas?",
            r"times (?:the|its|that of the|as large as the) (?:baseline[’']s )?(?:noise|band|spread|standard)",
            r"dwarf(?:s|ed)?",
            r"(?:well|far|way|clearly|safely|comfortably) (?:outside|beyond|above|clear of) (?:the |its |any |all )?(?:\w+ )?(?:noise|bands?|chance|error|spread|luck)",
            r"(?:outside|beyond|more than|above) (?:\w+ )?(?:what )?(?:\w+ )?(?:chance|luck|randomness)",
            r"statistical(?:ly)?(?: \w+)? (?:evidence|difference|certainty|confidence|clear|real|solid|separable|support)",
            r"with (?:high|great|full|\d+\s?%) (?:confidence|certainty|probability)",
        )
    },
    NEVER,
    "no such statistic was computed; write [[RUN.METRIC.verdict]], which holds it against noise",
)
KINDS = (CAUSE, LAW, ELSEWHERE, NOT_CHANCE, ADVICE, SEEDS, STATISTICS)
