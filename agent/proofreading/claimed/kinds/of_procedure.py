"""Kinds that say more of the study than was done: procedures that no session has, novelty, harm looked for, limits played down."""

from __future__ import annotations

from agent.proofreading.claimed.kinds.kind import NEVER, Kind
from agent.proofreading.claimed.kinds.phrases import phrases

_SEARCH = r"(?:grid|random|bayesian|hyper-?parameter) search(?:es)?|cross-validation|(?:validation|separate|development|held-out|other) (?:set|split|subset|data|performance|loss)"
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
            r"(?:tuned|optimi[sz]ed|configured) (?:\w+ )?(?:\w+ly|with (?:\w+ )?care|as \w+ as)|(?:\w+ly|well) tuned",
            r"(?:selected|chose|picked|took|kept|given|used|report(?:ed)?) the best (?:of|among|out|settings|values?)",
            r"(?:check|inspect|look|read|label|judg|verif|examin|count|sort|compar|select|pick|ch[oo]{1,2}se|rate|scor)\w* … (?:by (?:hand|eye)|manually)|manual (?!for|page|of)\w+|(?:two|three|four|several|both|all) of us (?:\w+ly )?(?!are|were|thank|wish|have)\w+|(?:repeated|retrained|re-?run|relaunched|tuned|searched) until",
            r"(?:every |great |much )?care (?:was|has been) taken",
            r"matched (?:for|in|on) (?:\w+ )?(?:compute|cost|time|memory|tuning|effort)",
            r"(?:comparison|competition) (?:is|was|stays|remains) (?:\w+ )?(?:fair|even)|fair (?:comparison|chance|fight)|to be fair|the best settings",
            r"(?:our|the) (?:ablations?|controls?|comparisons?) (?:\w+ )?(?:isolates?|disentangles?|pins? down|identif(?:y|ies)) the (?:contribution|effect|role|cause)s? of",
            r"no (?:additional|new|extra|further) (?:hyper-?parameters?|tuning)",
            r"(?:annotators?|human raters|human evaluators|domain experts|blinded raters) (?:\w+ )?(?:rated|judged|scored|labell?ed|agreed|compared|inspected|assessed)",
            r"(?:picked|chose|selected|kept|dropped|discarded) the (?:seeds?|checkpoints?|batches|tokens) (?:that|which|with|where)",
            r"(?:averaged?|means?) (?:is |are |taken )?over (?:two|three|four|five|several|multiple|all|independent|repeated|\d+) (?:\w+ )?(?:runs|trials|repetitions|repeats|initiali[sz]ations)",
            r"we also (?:evaluated|tested|tried|trained|repeated|ran|checked|verified)(?: \w+){0,3} (?:on|with|for|at) (?:an?|the|two|three|several) (?:other|larger|second|different|bigger|deeper|further|third) (?:\w+ )?(?:models?|layers?|data ?sets?|corpus|corpora|architectures?)",
            r"by (?:an?|two|three|the) (?:second|independent|other|third|outside|external) (?:person|annotator|researcher|reader|team|rater|lab|group)s?",
        )
    },
    NEVER,
    "a procedure that no session of this tool follows: seeds, noise, and how settings came about are told by what was done; leave it out",
)
_RESEARCH = r"(?:works?|stud(?:y|ies)|methods?|papers?|approach(?:es)?|penalt(?:y|ies)|loss(?:es)?|schedules?|techniques?|regulari[sz]ers?|authors?|researchers?)"
_OTHERS = rf"(?:(?:prior|previous|existing|earlier|past|published) (?:\w+ )?{_RESEARCH}|the (?:\w+ )?literature)"
NOVEL = Kind(
    "novelty",
    {
        "anything": phrases(
            r"to (?:the best of )?our knowledge,? … (?:first|no (?:prior|previous|other|existing|earlier))",
            r"(?:is|are|presents?|offers?|provides?) the (?:very )?first (?:\w+ )?(?:work|study|paper|method|attempt|evidence|analysis|systematic|to)\b",
            r"(?:we are|ours is|are we) the first|not aware of any|(?:we|i) know of no(?! such)|the most \w+ way yet",
            r"no(?:body|[ -]one)(?: else)? (?:\w+ ){1,8}(?:before|so far|until now|to date|hitherto)(?=[.,;])",
            r"no(?:body|[ -]one)(?: else)? (?:has|had)\b(?![^.;]*\b(?:here|these|our|the runs|runs? \d+)\b)",
            rf"no (?:\w+ )?(?:before (?:ours|this)|{_RESEARCH} (?:before (?!the\b|step|training)|in the literature|to date|so far|until now|hitherto))",
            rf"no (?:prior|previous|existing|earlier|other) {_RESEARCH} (?:has|have|had|did|does|do|examine[sd]?|stud(?:y|ies|ied)|consider\w*|address\w*)",
            rf"{_OTHERS} (?:\w+ )?(?:(?:do|does|did|have|has|had) (?:not|never|yet to)|cannot|never|lacks?|(?:\w+ly |has |have |had )?(?:overlook\w*|neglect\w*|ignor\w+|miss(?:es|ed)?|fail\w*)|(?:leaves?|left) … (?:aside|out)|\w+ (?:no|nothing|none|silent))",
            rf"(?:absent from|missing (?:from|in)|unknown (?:to|in)|new to) {_OTHERS}",
            r"\A(?!(?:the|this|that|these|those|our|its|their|runs?|it|they|we|no|on|in|at|since|as|for)\b)(?![^.,;:]*\b(?:runs?|seeds?|candidate|baseline)\b)[^.,;:]{3,60} ha(?:s|ve) never (?:\w+ )?been \w+(?![^.;]*\b(?:here|runs? \d+)\b)",
            r"(?:our|these) (?:\w+ )?(?:results?|findings?) (?:\w+ly |also |thus )?(?:extends?|generali[sz]es?|go(?:es)? beyond|challenges?|overturns?)|(?:our|this|the present) (?:\w+ )?(?:contribution|work|study|paper|analysis|results?|findings?) (?:\w+ly |also |thus )?(?:fills?|bridges?|closes?|advances?|challenges?|overturns?|settles?|goes beyond)",
            r"unlike (?:all|any|every|most|other|existing|previous|earlier|prior)(?: \w+){1,3}, (?:ours?|we|this|it|run \d+|the) (?!\[)\w+",
            r"(?:the )?first \w+ of its kind|(?:\A|here,? )for the first time|opens? (?:up )?(?:a|the) (?:new|whole|entire) \w+",
        )
    },
    NEVER,
    "novelty, which nothing here shows; say what the cited works do and what is done here",
    deniable=False,
    supposable=False,
)
HARMLESS = Kind(
    "no harm",
    {
        "anything": phrases(
            r"no (?:sign|trace|hint) that",
            r"(?:see|saw|find|found|observed?|notice|noticed) no (?:harm|cost|loss|damage|drop|price|degradation|penalty)(?! term)",
            r"(?:no|without(?: any)?|not (?:observe|see|find|notice|detect)(?: any)?|free of|any) (?:(?:adverse|negative|harmful|detrimental|unwanted|undesired|undesirable|deleterious) (?:side[- ])?(?:effects?|impacts?|consequences?)|side[- ]effects?)",
        ),
        "metric": phrases(
            r"(?:cannot|can not|could not) be (?:told apart|distinguished)",
            r"(?:nothing|little|not much|hardly anything) (?:lies |stands |to (?:choose|pick|tell|separate|decide) )?(?:between|separates|divides|sets|parts)(?! (?:the (?:cause|two explanation|reading)))",
        ),
        "study": phrases(
            r"(?:cannot|can not|could not) be (?:told apart|distinguished) (?:on|by|in) (?:any|every|all|either|both)"
        ),
    },
    frozenset({"verdict"}),
    "that nothing was harmed, or differs, is a verdict of each metric; write [[RUN.METRIC.verdict]] or [[verdicts METRIC | RUN RUN]]",
    deniable=False,
    supposable=False,
)
PLAYED_DOWN = Kind(
    "a limit played down",
    {
        "anything": phrases(
            r"(?:is|are|seems?|appears?|remains?) (?:\w+ )?unlikely (?:to|that) … (?:affect|change|alter|influence|matter|differ|depend|overturn|bias)\w*",
            r"would (?:not|hardly|scarcely|only|merely|never|just) (?:have )?(?:\w+ly )?(?:mov|chang|alter|shift|affect|overturn|widen|strengthen|matter|add|confirm|underlin)\w*",
            r"we (?:\w+ )?(?:expect|anticipate|foresee) no|nothing (?:about|in) (?:the|this|it|our) [^.;]{1,40} (?:ties|tied|limits|limited|binds|bound|restricts)",
            r"(?:little|no) reason to (?:believe|think|suspect|expect|doubt|assume)(?! otherwise)",
            r"we (?:\w+ )?expect … to (?:hold|transfer|carry over|extend|generali[sz]e)",
            r"the same (?:\w+ )?(?:should|will|must) (?:also )?(?:hold|be|apply|act)|nothing (?:special|particular|peculiar|unique) (?:about|to)",
        )
    },
    NEVER,
    "what was not tested is taken for granted; say that it was not tested",
    deniable=False,
    supposable=False,
)
_LEFT = r"(?:leaving|setting|putting) (?:out|aside)|(?:once|when|if|after|with) … (?:set aside|excluded|left out|removed|ignored|discounted|discarded|dropped|filtered|smoothed)|(?:excluding|discounting|discarding|ignoring|disregarding|apart from|but for|save for|except for|barring|filtering|omitting)|set aside|left out"
_PICKED = r"(?:(?:the|a|an|one|two|three|some|few|those|these|its|our) (?:\w+ )?(?:outliers?|letters?|tasks?|seeds?|probes?|examples?|batch(?:es)?|spikes?|prompts?)|outliers|noisy|noisiest|unlucky|unstable|worst|bad)"
SELECTED = Kind(
    "a selection",
    {
        "anything": phrases(
            rf"(?:{_LEFT}) … {_PICKED} … ,|{_PICKED} … (?:set aside|excluded|left out|removed|ignored|discounted|discarded|filtered out)(?: …)?,",
            rf"(?:we|i) (?:\w+ )?(?:set aside|leave out|left out|exclude|excluded|discard|discarded|drop|dropped|remove|removed|ignore|ignored) {_PICKED}",
            r"(?:we|i) (?:report|show|plot|present|give|list|pick|picked|chose|choose|selected|quote) … (?:seed|checkpoint|step|task|letter|example|point|split|subset|metric)s? (?:on|at|for|in|where|with) (?:which|whom|the|its)? … (?:most|best|largest|clearest|strongest|lowest|highest|shows?|visible|wins?)",
            r"after (?:\w+ )?smoothing",
            r"representative (?:seed|run|example)s?|(?:best|luckiest|better) of (?:the )?(?:two|three|four|five|several|\d+)? ?(?:seeds|attempts|launches|tries|draws)",
        )
    },
    NEVER,
    "results are told of a part that was picked out of them; tell those of all that was measured",
    supposable=False,
)
_ENDED = r"(?:failed|failing|fail|crashed|crash|crashing|dropped|abandoned|aborted|unfinished|discarded|given up|gave up|giving up|give up|lost|removed)"
_LEARNT = (
    r"(?:told|tells?|taught|teach\w*|learn\w*|show(?:s|ed|n)?|suggest\w*|indicates?|indicated|hint\w*|promising|promises?|promised|ahead|on course|on track|on its way|would have|had been|already|looked|looking"
    r"|best|better|strong\w*|fast\w*|casualty|victim|bad luck|confirm\w*|support\w*|prov\w+|convinc\w+|knew|know that|reveal\w*)"
)
OF_THE_ENDED = Kind(
    "a lesson of a run without results",
    {
        "anything": phrases(
            rf"{_ENDED},? (?:[\w-]+ )?(?:runs?|variants?|models?|attempts?|configurations?|one)(?: …)? {_LEARNT}",
            r"had (?:it|the [\w -]{1,40}?) (?:not )?(?:finished|survived|run|failed|crashed|completed|been)[^.;]* would have",
            rf"(?:run|variant|model|attempt|one)s? that (?:[\w-]+ ){{0,4}}?{_ENDED}(?: …)? {_LEARNT}",
            rf"(?:before|until|when|had|though|although) (?:it|the run|they|that)?(?: …)? ?{_ENDED},? (?:…)?{_LEARNT}",
        )
    },
    NEVER,
    "a run that failed, was dropped or never made says nothing of results; say that it has none, or that it is open",
    supposable=False,
)
BLAMED = Kind(
    "an excuse",
    {
        "anything": phrases(
            r"(?:is|are|was|were|be|lies?|lay) (?:\w+ )?(?:to blame|at fault|the (?:real |true )?culprit|the fault of)|the fault (?:is|lies|of)",
            r"(?:be |is |are |was |were )?(?:blamed on|held back by|held back|a casualty of|a victim of|down to (?:its|bad))",
            r"(?:merely|simply|only|just) (?:an? )?(?:artefact|artifact|quirk|matter|victim|accident|question) of",
            r"(?:offset|outweighed|excused|redeemed|forgiven|justified|compensated|made up|made good) (?:for )?by",
            r"(?:do|does|did|would|should) not (?:\w+ )?(?:diminish|weaken|undermine|invalidate|lessen|detract|devalue|belittle|call into question)",
            r"need not (?:concern|worry|trouble|bother|detain)",
            r"of (?:no|little) (?:consequence|importance|concern|account|relevance)|beside the point|takes? nothing away",
            r"(?:a|one|single|lone|three|few|more) (?:\w+ )?seeds? (?:\w+ )?(?:is|are|was|were|would be|suffices?|sufficed) (?!(?:not|never|hardly|rarely) )(?:\w+ )?(?:all(?! (?:we|there|that))|plenty|enough|sufficient|customary|adequate|ample|harmless|fine|not (?:the |an? )?(?:issue|problem|concern|needed))",
            r"seeds? (?:is|are) (?:not|hardly|never|no) (?:the |an? )?(?:issue|problem|concern|question|limitation)",
            r"(?:only|sole|one|single) (?:\w+ )?(?:limitation|drawback|weakness|caveat|downside|open (?:point|question|issue)) (?:\w+ ){0,3}(?:is|was)",
            r"makes? (?:this|it|them|our|the) (?:\w+ )?(?:all the|even|only) more",
            r"all the (?:more|stronger|better|clearer)",
            r"(?:none|nothing|no part) of (?:this|that|it|these (?:caveats|limits|limitations|points|objections)) (?:depends?|hinges?|rests?|turns?|affects?|changes?|alters?|matters?)",
            r"(?:do|does|did) not (?:depend|hinge|rest|turn) on (?:the |a |its |our |any )?(?:\w+ )?(?:seeds?|size|scale|choice|model|layer|data|split|width|weight|luck|chance|noise)",
        )
    },
    NEVER,
    "what speaks against a result is explained away, and nothing here shows that; say what was measured, and that it is open",
    deniable=False,
    supposable=False,
)
KINDS = (NEVER_DONE, NOVEL, HARMLESS, PLAYED_DOWN, SELECTED, OF_THE_ENDED, BLAMED)
