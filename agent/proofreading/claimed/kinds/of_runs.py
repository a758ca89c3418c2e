"""Kinds that say how runs stand to one another: as good as, most of them, the first of all, and that something was found."""

from __future__ import annotations

from agent.proofreading.claimed.kinds.kind import ANY_REFERENCE, Kind
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.kinds.words import CAME_OUT, COMPARATIVE, IS, NUMBER, OUTCOME, SOFTENED
from agent.proofreading.sentences.names import CITED

_HARM = (
    r"(?:costs?|loss|losses|overhead|drops?|sacrifices?|degradations?|price|side[- ]effects?|regressions?|harm|damage|downsides?|drawbacks?|compromises?"
    r"|trade-?offs?|declines?|expense|deterioration|cut-?backs?|slow-?downs?)"
)
SAME = Kind(
    "sameness",
    {
        "anything": phrases(
            r"one and the same",
            r"(?:neither|no|none|nothing) … (?:changes?|alters?|affects?|moves?|shifts?|overturns?) (?:the |our |this |that )?(?:\w+ )?(?:rank\w*|verdicts?|results?|conclusions?|outcomes?|picture|order of (?:the |our )?(?:runs|schedules|variants|methods|models))",
            r"nothing (?:\w+ )?(?:distinguishes|separates|sets|divides|parts) … from",
            r"(?:metrics?|scores?|measures?|reconstruction|fidelity|probing|quality|others?|rest) (?:\w+ )?(?:was|were|is|are) (?:not|hardly|barely|never) (?:touched|affected|harmed|hurt|disturbed)",
            r"no (?:sign|trace|hint) of (?:an? |any |the )?(?:\w+ )?(?:penalty|costs?|loss|harm|damage|trade-?off|price|degradation|drop)",
            r"(?:neither|no|none|nothing) [^.;,]{1,60} (?:paid|pays?|suffers?|suffered) (?:for|from|under)",
        ),
        "metric": phrases(
            r"ha(?:s|ve|d) (?:no|little|hardly any) (?:\w+ )?(?:bearing|influence|effect|impact|say|hold) (?:on|over)"
        ),
        "study": phrases(
            rf"(?:at|with|for|of|has|have|is|are|adds?|incurs?|causes?|shows?|comes? (?:at|with)|brings?) (?:virtually |almost |essentially |practically |nearly |next to |little to )?(?:no|hardly any|barely any|zero|negligible|minimal|little) (?:\w+ )?{_HARM}",
            r"without (?:\w+ly )?(?:sacrificing|harming|hurting|compromising|degrading|affecting|losing|giving up|impairing|worsening|touching|changing|costing|paying|damaging|trading)",
            r"on (?:a )?par",
            r"(?:pays?|paid|costs?|loses?|lost|gives up|sacrifices?) (?:\w+ly |next to |almost |(?:the |its )?\w+(?: \d+)? )?nothing",
            r"(?:just |exactly |nearly |almost |about |roughly )?as (?:good|stable|accurate|fast|strong|faithful|cheap|effective|robust|bad) as",
            r"(?:perform|do|does|did|work|fare|reconstruct|fit|score|learn|train)\w* (?:just |exactly |nearly |almost |about )?as well as",
            r"(?:stays?|stayed|remains?|remained|is|are|was|were|left|kept) (?:\w+ly |left |kept |all |both )?(?:intact|unaffected|unharmed|untouched|unimpaired|unscathed|undiminished)",
            r"(?:leaves|keeps|leaving|keeping) … (?:intact|unaffected|unharmed|untouched|unimpaired|unscathed|undiminished)",
            r"(?:do|does|did) (?:not|n[’']t) (?:\w+ )?(?:suffer|change|deteriorate|degrade|drop|fall|decline|hurt|harm|worsen|budge|pay|cost|lose|sacrifice)",
            r"behaves? (?:\w+ )?(?:like|as|identically|the same)",
            r"(?:these|such) (?:gains|improvements|benefits|savings)(?=[.,;])",
            r"no worse|(?:is|are|was|were) (?:\w+ )?what (?:it|they) (?:was|were)|fraction of what|within reach of",
            r"nothing (?:is |was )?(?:lost|sacrificed|suffers)",
            r"(?:makes?|made|is|see|saw|find|found) (?:virtually |hardly |almost )?(?:no|any|little) (?:\w+ )?difference",
            r"(?:rivals?|equals|equalled|mirrors) (?:the|that|its|run|our)",
            r"(?:comes?|came) (?:very |quite |remarkably )?close to",
            r"(?:is|are|was|were) (?:very |quite |remarkably )?close to (?:that of |those of )?(?:the baseline|runs? \d|perfect)",
            r"(?:preserves|retains|maintains|recovers|sustains|preserved|retained|maintained|recovered|sustained)(?! the (?:baseline|original)[.,;]| (?:the|its|their) (?:\w+ )?(?:sum|order|number|distribution|shape|total|norms?|length|mean|counts?|scale|sign))",
            r"clos(?:es|ed|ing) (?:\w+ ){0,4}(?:gap|distance)|(?:gap|distance)s? … (?:is|was|are|were) (?:\w+ )?(?:filled|closed|bridged|gone)",
            rf"without (?:any |a |the |\w+ )?{_HARM}",
            r"equally (?:\w+)",
            r"(?:indistinguishable|interchangeabl[ey]|identically|on equal footing|neck and neck)",
            r"(?:never|hardly|barely|scarcely) (?:suffers?|changes?|moves?|drops?|falls?|budges?|differs?)",
            r"(?<!not )match(?:es|ed|ing)? (?:the|that|its|run|our|it|them|this|those|\w+[’']s)",
            r"almost (?:match\w*|reach\w*|equal\w*|catch\w*|vanish\w*|disappear\w*|perfect\w*)",
        ),
    },
    frozenset({"verdict"}),
    "that nothing changed is a verdict too; write [[RUN.METRIC.verdict]] or [[compare RUN RUN METRIC]] in this sentence, or leave it out",
    deniable=False,
)
_SORT = r"(?:\w+[- ]){0,2}?(?:runs?|variants?|models?|configurations?|settings|schedules?|methods?|ones|of them|weights|others?)"
MANY = Kind(
    "many runs",
    {
        "study": phrases(
            rf"(?:all|every|each|both|most|many|several|none|no|neither|few|some|half|(?:{NUMBER}|one|most|some|all|none) (?:out )?of|only) (?:of )?(?:(?:the|our|these|other|remaining|its|{NUMBER}) )*{_SORT}(?: \d+(?: and \d+)?)? (?:\w+ly |also |even |still |of (?:the|our) \w+ |with \w+ |with the \w+ |in which \w+ )*{CAME_OUT}",
            rf"(?:all|every|each|both|most|many|several|none|no|neither|few|(?:{NUMBER}|one|most|some|all|none) (?:out )?of|only) (?:of )?(?:(?:the|our|these|other|remaining|its|{NUMBER}) )*{_SORT}(?: \d+)? {IS} {SOFTENED}(?:{COMPARATIVE}|above|below|beyond)",
            rf"(?:typically|usually|mostly|in most cases|more often than not|(?:almost |nearly )always|as a rule|time and again|no matter \w+|whichever (?!way)|wherever) … {CAME_OUT}",
            rf"(?:every|each|all|both|any|no) (?:other )?(?:variants?|runs?|models?|one) (?:is|are|was|were) (?:an? )?(?:\w+ )?{OUTCOME}",
            rf"no (?:single )?(?:metrics?|measures?|scores?|evals?|values?) (?:\w+ )?(?:{IS} {SOFTENED}{COMPARATIVE}|{CAME_OUT})",
            rf"(?:roughly |about |nearly |almost |some |over )?(?<!run )(?<!runs )(?:one|{NUMBER}) (?:in|out of) (?:every )?{NUMBER} (?:of )?\w+",
            r"with the (?:sole |single |only |possible )?exception of run",
            r"(?:removed|reduced|improved|cut|eliminated|halved|lowered|raised|achieved|reached|attained|obtained|recovered|avoided|repaired|won) by (?:run \d|the (?:penalty|method|decay)|our)",
            r"(?:is|are|was|were) (?:present|visible|seen|found|there) (?:in|for|across|on) (?:every|all|each)",
            r"on (?:all|every|most|nearly all|almost all|each|virtually all|both) (?:\w+ )?(?:metrics?|counts?|fronts?|measures?|scores?|evals?|tasks|letters|items|criteria)",
            rf"(?:every|all|each|any) (?:other )?(?:metrics?|measures?|scores?|evals?)(?: \w+)? (?:{CAME_OUT}|{IS} {SOFTENED}{COMPARATIVE})",
            rf"(?:consistently|uniformly|invariably|without exception) (?:\w+ )?(?:{CAME_OUT}|above|below|better|worse|positive|lies)",
        )
    },
    frozenset({"several"}),
    "how many runs or metrics it holds for is counted by the tool; write [[count better METRIC]], [[list better METRIC]] or [[verdicts METRIC | RUN RUN]]",
    deniable=False,
)
_FIRST = (
    r"(?:best|worst|highest|lowest|strongest|weakest|largest|smallest|cleanest|fastest|slowest|poorest|richest|sharpest|closest|greatest|tightest"
    r"|(?<!at )(?:most|least) (?!of\b|likely\b|recent\b|one\b|two\b|three\b|once\b|runs?\b|common\b)\w+)"
)
EXTREME = Kind(
    "the first of all",
    {
        "study": phrases(
            rf"(?:the|our|its|a) (?:\w+ )?{_FIRST} (?!comparable)(?:\w+ ){{0,2}}?(?:runs?|models?|variants?|configurations?|trade-?offs?|results?|performance|scores?|compromise|balance|options?|choices?|schedules?|method|approach|reconstructions?|improvement|gain)",
            rf"(?:has|have|had|gives?|gave|attains?|attained|achieves?|achieved|reaches|reached|yields?|shows?|obtains?|offers?|delivers?) (?:the|its|their) (?:\w+ )?{_FIRST} (?:\w+ ){{0,2}}?(?:{OUTCOME}|trade-?off|balance|score|value)",
            rf"performs? {_FIRST}|to date(?=[.,;])",
            r"the (?!(?:large|small|high|low|long|short|earli|late|few|great|wide|narrow|near|new|old|inte)r?e?st\b)\w{3,}est (?:\w+ ){0,3}?(?:of all|of any|so far)\b",
            r"(?:none|no one|nothing|no other) … (?:comes? (?:close|near)|matches|rivals|beats|approaches|reaches|can compete)",
            r"(?:is|are|was|were|stands?|sits?|comes? out) on top(?! of)|(?:leads?|heads?|tops?) the (?:field|list|table|ranking|pack|others)|runs? \d+ (?:\w+ )?leads(?! to)",
            r"(?:winner|front-?runner|champion|top performer|number one)",
            r"(?:ranks?|ranked|comes?|came|placed|finishes) (?:first|last|top|second)",
        )
    },
    frozenset({"extreme", "verdict", "value", "modest"}),
    "who is first is read from the runs; write [[best METRIC]] or [[compare RUN RUN METRIC]] in this sentence",
    deniable=False,
)
FOUND = Kind(
    "a finding",
    {
        "study": phrases(
            r"(?<!it )(?<!they )(?:shows?|showed|shown|showing|demonstrat(?:es?|ed|ing)|reveal(?:s|ed|ing)?|indicates?|indicated|indicating|confirm(?:s|ed|ing)?|prov(?:es?|ed|en|ing)|establish(?:es|ed|ing)?|finds?|found|observes?|observed|sees?|saw|seen|suggest(?:s|ed|ing)?|mak(?:es?|ing) clear|impl(?:y|ies|ied)|evidences?) (?:\w+ly )?(?:that|why|how (?:well|effective\w*))",
            rf"(?:the|what) (?:\w+ ){{0,3}}?(?:that |which )?{CITED} (?:\w+ )?(?:sought|wanted|hoped|needed|promised|asked|expected|foresaw|anticipated|predicted|conjectured)",
            r"(?:suggests?|shows?|says?|indicates?) (?:the same|as much)(?=[.,;])|(?:holds?|is true|was true|is found|is seen|recurs?) here (?:as well|too|again|likewise)",
            r"(?:as|which) (?!the (?:logs?|records?|diff|code|figure|table|caption) )(?:\w+ ){1,3}(?:shows?|showed|demonstrates?|makes? clear|reveals?|confirms?|proves?|illustrates?|attests?|indicates?|suggests?)(?=[.,;]|$)",
            r"(?:it|this) (?:turns|turned) out that|(?:find|found) (?:the|it|this|that|them) … to be",
            r"(?:are|is|was|were) (?:well |fully |closely )?(?:in line|consistent|in agreement|in keeping|in accord\w*) with (?:the |our )?(?:theory|hypothes[ei]s|expectations?|predictions?|intuition|idea|what)",
        )
    },
    ANY_REFERENCE | {"modest"},
    "a finding, with no reference that says it; write the [[RUN.METRIC.verdict]] that shows it, or leave it out",
)
KINDS = (SAME, MANY, EXTREME, FOUND)
