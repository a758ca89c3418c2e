"""Kinds that claim by a turn of phrase though each of their words is plain: praise by denial, and images in everyday words."""

from __future__ import annotations

from agent.proofreading.claimed.kinds.kind import NEVER, Kind
from agent.proofreading.claimed.kinds.phrases import phrases

LITOTES = Kind(
    "praise by denial",
    {
        "anything": phrases(
            r"(?:hard|difficult|impossible) (?:not )?to (?:see (?:how|why)|imagine|think of|argue|find (?:an?|any)|beat|overlook|miss|deny|resist|ignore|improve (?:up)?on|top|fault|escape|look at|look … not)",
            r"(?:there is|is there|with) (?:little|nothing|not much) (?:left|more|else) (?:to|for)|(?:anything|nothing|little|what) (?:is|was|has been) left (?:to|for)|nothing (?:that )?(?:stands|stood) (?:in|between)|little stands in",
            r"if anything(?=,)",
            r"should not (?:distract|detract|obscure|hide|blind|deceive|mislead|discourage)|how (?:well|good|little|far) (?:it|they|run|the|this) (?:\w+ )?(?:does|do|did|is|are|works?|gets?)",
            r"(?:might|may|could|can) (?:well )?be (?:forgiven|excused|pardoned)|we (?:now|finally|at last) (?:know|understand)|and it shows(?=[.,;])|follows? suit|without (?:any |further |much )?tuning|whether … (?:makes? (?:no|little)|is of no) (?:difference|matter)|not (?:exactly|by any means|in any way) (?:behind|inferior|worse|bad|harmful)|(?:nobody|no[ -]one) who [^.;,]{1,50} (?:would|could|will|can)|stood a chance|(?:not|no) (?:a |an )?(?:small|minor|trivial|negligible|modest) (?:effect|gain|difference|improvement|feat)s?|could (?:ask|want|hope|wish) (?:of|for)|as \w+ as (?:one|we|anybody|anyone|it) (?:can|could|gets?)|this is (?:how|when|where|what|why) … (?:should|must|ought)|(?:one|a single|a quick|a) (?:look|glance)\b[^.;]{0,40}? (?:suffices|is enough)|hard[- ]pressed|rest assured|for (?:all|everyone|anyone) to see",
            r"(?:little|no|hardly any) room (?:for|to|is left)|there (?:is|was) no (?:price|cost|downside|drawback|catch)|needs? no (?:tuning|defen[cs]e|excuse|introduction|comment\w*|explanation)|will do(?=[.,;])",
            r"(?:less is|luck is|this is|is) (?:often |sometimes |only )?more(?: than (?:luck|chance))?(?=[.,:;]| when| if)|so it is with|good things come|it (?:never |always |also )?pays to",
            r"(?:nobody|no[ -]one) (?:would|could|will|can) (?!tell|say|know|read)\w+",
            r"(?:would|will|should) (?:hardly|not|scarcely|never) (?:\w+ )?(?:be (?:regretted|missed|surprising)|hurt|disappoint|surprise|regret)",
            r"(?:hardly|scarcely|barely) (?:any other|anything|a |needs?|need)(?:\w+)?",
            r"not (?:a|one) single",
            r"nothing to (?:set|put|hold|match) (?:\w+ )?(?:against|beside)",
            r"(?:leaves?|left) (?:little|nothing|not much) to (?:be )?(?:desired|wanted|wished|asked|improve\w*)",
            r"nothing (?:else )?\w+s … (?:like|as (?:well|much|far|fast) as|(?:better|more|faster|further) than)",
            r"(?:no|not an?|not one) (?:metric|measure|score|axis|task|count|respect) (?:\w+ )?(?:that|which|who|where) … (?:not|n[’']t|fails?)",
            r"(?:nothing|little) (?:more |else )?(?:needs to be|need be|has to be|remains to be) (?:said|done|added|explained)",
            r"leaves? (?:no|little|hardly any) (?:room|space|doubt|choice)",
            r"(?<!we )(?:do|does|did) not have to|no longer (?:have|has|had|need|needs) to|needs no (?:longer|more)",
            r"(?:may|might|could) (?:just )?as well",
            r"not for nothing|no small|no mean|nothing short of|nothing of the (?:sort|kind)|none the (?:worse|less for it)",
            r"(?:more|better|less|worse) than (?:one|anyone|we|anybody) (?:could|would|had|might)",
            r"could (?:hardly|scarcely|not) (?:be|have been) (?:clearer|simpler|plainer|easier|\w+er|more)",
            r"as we (?:will|shall) (?:see|show)",
        )
    },
    NEVER,
    "a denial that praises; say what was measured, and leave this out",
    deniable=False,
    supposable=False,
)
IDIOM = Kind(
    "an image",
    {
        "anything": phrases(
            r"(?:makes?|made) (?:short|light) work|(?:falls?|fell|fall) (?:into (?:line|place)|flat|short|apart)|(?:gets?|got|stands?|stood) in the way",
            r"(?:comes?|came|springs?|back) (?:back )?to life|(?:comes?|came|all) together(?=[.,;])|(?:comes?|came) true|(?:keeps?|kept|holds?|held) (?:up|pace) with|goes? nowhere",
            r"(?:small|loose) change|in good hands|a matter of (?:timing|time|course)|(?:is|are|was) everything(?=[.,;])|first among|(?:on|at) (?:its|their) best|at (?:its|the) (?:heart|core|root)|by any (?:standard|measure|account)",
            r"(?:takes?|took|taken) (?:care of|root|turns|the lead|its place)|(?:bears?|bore|pays?|paid|paying) (?:fruit|its way|for itself)|(?:was|were) spared",
            r"(?:does|do|did|doing) the (?:rest|work|job|lifting|trick|heavy)|(?:holds?|held) the (?:key|reins|line)|(?:carries|carried|carry) the (?:day|weight|signal|effect)|treats? the (?:cause|disease|symptom|root)",
            r"(?:tells?|told|tell|sings?|with) (?:\w+ )?(?:the same|no other|one|a similar) (?:story|tale|song|picture|tune)",
            r"(?:is|are|was|were) (?:its|the|their) (?:alarm clock|destination|lever|answer|cure|remedy|culprit|heart|backbone|engine|future|point|lesson|exception that)",
            r"(?:to|of) (?:no|little) avail|for (?:free|nothing)(?=[.,;?])|comes? cheap\w*|(?:free|out) of (?:harm|charge|danger|trouble)|the price of (?:one|admission)",
            r"(?:now|from now|later) on,? |(?:these|those) days(?=[.,;])|at (?:long )?last(?=[.,; ])|once and for|(?:that|which|who) used to \w+|what (?:was|were|used to be) once|no longer what|used to be (?:a|the|an)",
            r"(?:earn|merit|deserve)(?:s|ed)? (?:its|the|their|a (?:place|name))|(?:finds?|found|lost|loses?|took|takes?) (?:its|their) (?:own )?(?:place|niche|way|footing|keep)",
            r"(?:hints?|hinted|points?|nods?) (?:at|towards?) (?:how|what|the|a|an|more)|(?:lay|lays|laid|laying) the (?:ground ?work|foundations?|basis)|(?<!to )(?:pins?|nails?|pinned|nailed) … down|(?:dealt|done) with|undo(?:es)? the",
            r"(?:has|have|had) (?:had )?(?:its|their) (?:day|say|cake|way)|the last (?:say|laugh|hurdle)|(?:a|its) run for (?:its|the|their|his)",
            r"(?:clos|shut)(?:es|e|ed|ing) the (?:book|door|chapter|case)|(?:turns?|turned) (?:the|a) (?:page|corner|tide|table)s?|(?:tips?|tipped) the (?:balance|scales?)",
            r"(?:has|have|had|get|gets|gives?|lets?) (?:us |one |you |it )?(?:have )?both(?=[.,;]| ways| at once)|the (?:other|right|wrong|bright|good) (?:side|way|place|hands) of",
            r"(?:pulls?|pulled|puts?|put|takes?|took|leaves?|left|sets?|kept|keeps?|ran|goes?|went|moves?|moved|stays?) (?:\w+ ){0,2}?(?:ahead|past|in front)(?=[.,;]| of| with)",
            r"(?:taken|take) (?:\w+ )?at face value|spea(?:k|ks|ke) (?:a|the) (?:\w+ )?language|(?:note|notice|observe) (?:the|how) [^.;]{0,40}(?:jump|leap|gap|drop|rise|fall|gain|separation|run)|seen at work",
            r"(?<!what )(?:looks?|looked) (?:after|back|good|bright|the part|like a)|(?:speaks?|spoke) (?:volumes|louder)|(?<!not )(?:says|shows|explains|tells us|tell us) why(?=[.,;])",
            r"(?:room|space|freedom) to (?:breathe|grow|move|spare)|(?:more|better) than (?:it|they) (?:looks?|seems?)|one (?:problem|worry) (?:fewer|less)|(?:part|thing)s? of the past",
        )
    },
    NEVER,
    "an image in everyday words, which no reference bears; say what was measured, and leave this out",
    deniable=False,
    supposable=False,
)
WEIGHED = Kind(
    "a weighing",
    {
        "anything": phrases(
            r"(?:matters?|mattered|weighs?|weighed) (?:far |much |even )?(?:more|most|less|least|little)",
            r"(?:effect|influence|impact|contribution|role)s? (?:of … )?(?:exceeds?|exceeded|outweighs?|outweighed|(?:is|was|are|were) (?:\w+ )?(?:larger|greater|stronger|smaller|weaker) than)",
            r"(?:is|are|was|were) (?:\w+ )?worth (?:more|less|it|the|any|every)",
            r"(?:does|do|has|have|brings?|gives?|makes?|gets?|shows?|needs?|loses?|keeps?|wastes?) the (?:most|least|fewest)",
            r"(?:class|league) of (?:its|their) own|(?:brings?|brought|comes?|came|push\w*|driv\w+) (?:\w+ ){0,3}?(?:close|near|down) to",
            r"(?:is|are|was|were) what (?:\w+ly )?(?:counts?|matters?|decides?|helps?|it takes)",
            r"it (?:is|was) (?:the |its |our |not )?[^.;:]{1,60}? that (?:counts?|matters?|decides?|does|did|do|drives?|makes?|gives?|brings?|helps?|buys?|wins?)(?=[.,; ])",
            r"(?:the|an?) \w+ (?:phase|part|step|half|stage|choice) (?:decides?|counts?|matters?)(?=[.,;])",
            r"(?:as|so) \w+ as (?:it|they) (?:is|are) \w+",
            r"we (?:\w+ )?(?:settled?|resolved?|solved?|closed?|cured?|end(?:ed)?|overc[oa]me|eliminated?|urge|trust) (?:the|this|that|it)",
            r"(?:not|hardly|scarcely|barely) matter(?:s|ed)? (?:to|for) the (?:rank|order|result|outcome|conclusion|picture|verdict)\w*|(?:hardly|scarcely|barely) matter(?:s|ed)?",
        )
    },
    frozenset({"modest"}),
    "what matters, and how much, was not measured; say what was, and leave the weighing out",
)
KINDS = (LITOTES, IDIOM, WEIGHED)
