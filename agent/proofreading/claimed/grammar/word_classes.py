"""Classes of English words that are closed: what is none of them, and stands where a verb must stand, is a verb."""

from __future__ import annotations

import re


def words_of(listed: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(listed.split())


DETERMINERS = words_of(
    "a an the this that these those its their our his her my your each every any some no another both either neither"
    " which whose what such same other all several many few most more less two three four five six seven eight nine ten"
)
PREPOSITIONS = words_of(
    "of in on at by for from with without to into onto over under between among against than as like unlike beside besides"
    " beyond behind before after during through throughout until per via within across around about above below near"
    " along alongside amid among amongst aside toward towards up down off out upon despite except since at"
)
PRONOUNS = words_of(
    "it they we this that these those which who what one nothing none nobody everything everyone something anything anyone anybody someone somebody all"
    " both each either neither he she i you there here"
)
SINGULAR_PRONOUNS = words_of(
    "it this that which who what one nothing none nobody everything everyone something anything anyone anybody someone somebody each either neither he she there here"
)
BE = words_of("is are was were be been being 's 're isn't aren't wasn't weren't")
HAVE = words_of("has have had having hasn't haven't hadn't")
DO = words_of("does do did doesn't don't didn't")
MODALS = words_of(
    "may might could would should can will must shall cannot can't won't couldn't wouldn't shouldn't mustn't"
)
AUXILIARIES = BE | HAVE | DO | MODALS
FINITE = (BE - words_of("be been being")) | (HAVE - words_of("having")) | DO | MODALS
COPULAS = words_of(
    "become becomes became remain remains remained stay stays stayed seem seems seemed look looks looked appear appears appeared"
    " prove proves proved feel feels felt sound sounds sounded"
)
ADVERBS = words_of(
    "also next halfway then still again always never often only even just now here yet already soon once twice almost nearly quite"
    " rather very too so thus hence therefore thereby thereafter however indeed instead alone together alike far much well further first last both all each"
    " either neither otherwise beforehand afterwards elsewhere not longer hardly ever at perhaps maybe by as hence itself themselves"
)
NEGATIONS = words_of(
    "not no never neither nor cannot none nothing nobody without isn't aren't wasn't weren't hasn't haven't"
)
CONDITIONS = words_of("if unless were had without with until otherwise provided")
"""What makes a "would" say what would be so."""
OPENS = words_of(
    "and but or nor yet while whereas because since although though so if unless whether that which who whom whose where"
    " when whenever once until after before as than what how why wherever whichever whatever"
)
"""Words with which a clause may begin."""
RELATIVES = words_of("which who that whose whom")
COORDINATES = words_of("and but or nor yet")
SUPPOSES = words_of("if unless whether")
NO_VERBS = words_of(
    "this its as us thus plus minus versus vs always perhaps less unless across besides towards upwards downwards afterwards"
    " onwards sometimes his hers ours theirs yes whereas indeed them him her us me"
)
"""Words with a verb's ending that are none."""
PLURALS = words_of(
    "runs seeds values results steps metrics figures tables sections settings variants models configurations methods schedules"
    " baselines controls hypotheses findings experiments gains differences improvements effects losses costs scores numbers points"
    " lines bars bands weights terms curves batches tokens samples layers parameters launches attempts looks verdicts outcomes"
    " comparisons words reasons parts pairs units features directions rows columns cells panels axes titles labels circles squares"
    " crosses hours minutes seconds days times digits percent percents limits bounds ranges levels others ones cases kinds names tests"
    " trials rates sizes counts sums means shares ratios measures changes plans questions answers claims notes remarks reviews drafts"
    " tasks classes examples groups sets splits letters texts documents sources authors readers studies works papers"
    " repeats replicates widths depths targets states stages phases periods epochs iterations updates gradients norms lengths angles"
    " trends patterns sums shapes forms ways sides ends halves thirds quarters tenths fifths"
)
"""Plural nouns of any report, which end as verbs do."""
TOLD_OF = words_of(
    "runs variants models configurations methods results findings experiments ablations gains improvements benefits effects"
    " differences features scores metrics schedules penalties controls baselines approaches representations reconstructions"
)
"""Plural nouns of which a report tells, behind which a verb has no ending."""
_IRREGULAR = (
    "ate became began bent bet bit bled blew bore bought broke brought built burnt burst came cast caught chose clung cost crept cut"
    " dealt did dove drank drew drove dug fed fell fled flew forbade forgot fought found froze gave ground grew got hid hit held hung"
    " hurt kept knelt knew laid lay led leapt leant left lent let lit lost made meant met outdid outran outshone overcame overtook"
    " paid put quit ran rang read rebuilt rode rose said sang sank sat saw sent set shone shot shook shrank shut slept slid slung sold sought"
    " spent split spoke sprang spread spun stole stood stood struck stuck stung stunk swam swept swore swung taught thought threw told took"
    " tore understood undid upset went wept withstood woke won wore wound wove wrote"
)
IRREGULAR_PASTS = words_of(_IRREGULAR)
IRREGULAR_PARTICIPLES = IRREGULAR_PASTS | words_of(
    "beaten become begun bitten blown borne broken chosen done drawn driven drunk eaten fallen flown forbidden forgotten frozen given"
    " gone grown hidden known lain outdone overcome overtaken proven ridden risen run rung seen shaken shown shrunk spoken stolen"
    " stricken sung sunk sworn swollen swum taken thrown torn undone woken worn woven written"
)
PASTS_ALONE = words_of(
    "ate became began blew broke came chose did dove drank drew drove fell flew forgot froze gave grew hid knew lay outdid outran outshone"
    " overcame overtook ran rang rode rose sang sank saw shook shrank spoke sprang stole swam swore threw took tore undid went withstood"
    " woke wore wove wrote"
)
"""Of these those that are no participle too."""
FUNCTION = DETERMINERS | PREPOSITIONS | PRONOUNS | AUXILIARIES | ADVERBS | OPENS
"""Words that name nothing."""
_ATTRIBUTE = re.compile(
    r"\w+-[\w-]+|\w{2,}(?:al|[ts]ive|ic|ous|able|ible|ful|less|ary|ent|ant|ed|ing|ised|ized)", re.IGNORECASE
)
_PREFIX = r"(?:(?:over|under|re|pre|co|mis|out|de)-)?"
_S = re.compile(rf"{_PREFIX}(?:[a-z]{{2,}}(?<![suiy])s|[a-z]{{2,}}[aeo]ys)", re.IGNORECASE)
_ED = re.compile(rf"{_PREFIX}[a-z]{{2,}}ed", re.IGNORECASE)


def is_attribute(word: str) -> bool:
    """Whether a word looks like an adjective or participle, behind which a noun follows."""
    return _ATTRIBUTE.fullmatch(word) is not None and word not in AUXILIARIES


def ends_as_verb(word: str) -> bool:
    """Whether a word ends as a finite verb of the third person, or of the past, does."""
    if word in NO_VERBS or word in PLURALS or word in FINITE:
        return False
    return bool(_S.fullmatch(word) or _ED.fullmatch(word)) or word in IRREGULAR_PASTS


def is_participle(word: str) -> bool:
    """Whether a word may be a past participle."""
    return _ED.fullmatch(word) is not None or word in IRREGULAR_PARTICIPLES


def is_base(low: str) -> bool:
    """Whether a word may be the plain form of a verb."""
    return (
        len(low) > 2
        and low.isalpha()
        and not low.endswith("s")
        and low not in OPENS | PREPOSITIONS | DETERMINERS | PRONOUNS | ADVERBS | AUXILIARIES
        and low not in NO_VERBS
        and not is_attribute(low)
    )
