"""A claim by default: whatever is said of what was found, unless it is known to claim nothing or evidence stands beside it.

The other rules know words that claim; this one knows words that do not. A verb, an adjective or a noun that nobody thought of is a
claim until a reference in its clause, a condition around it or a cited work bears it, or the clause says that it may be so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from agent.proofreading.claimed import added, asked, concluded
from agent.proofreading.claimed.case import Case, is_negative
from agent.proofreading.claimed.excused import is_legend
from agent.proofreading.claimed.grammar.clause import Clause, clauses_of
from agent.proofreading.claimed.grammar.common_words import is_singular_noun
from agent.proofreading.claimed.grammar.parts import SHOWN_WORDS, tokens_of
from agent.proofreading.claimed.grammar.verb import Reader
from agent.proofreading.claimed.grammar.word_classes import (
    AUXILIARIES,
    BE,
    COPULAS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    OPENS,
    PREPOSITIONS,
    RELATIVES,
    ends_as_verb,
    is_participle,
)
from agent.proofreading.claimed.of_whom import Vocabulary, Whose
from agent.proofreading.claimed.outcomes import is_told_of_an_outcome
from agent.proofreading.claimed.procedures import forms_of, is_listed
from agent.proofreading.claimed.stands import (
    denies_harm,
    evidence,
    is_borne,
    is_excused,
    is_of_our_work,
    is_short_for_a_result,
)
from agent.proofreading.claimed.state_claimed import is_claimed_state
from agent.proofreading.claimed.strange import strange_words
from agent.proofreading.claimed.strange import told as told_strange
from agent.proofreading.claimed.verb_claimed import is_claimed_verb, is_scheduled
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.prose import Sentence

_FOUND = forms_of(
    "confirm establish prove detect replicate resolve settle demonstrate see favour favor support prefer exclude certain clear"
) | {"proven", "performed"}
"""What may be said not to have been."""
_THAT = re.compile(r"([A-Za-z-]+)\s+that\s*\Z")


def check(sentence: Sentence, names: Names, tells: bool = True, prose: bool = True) -> Iterator[tuple[str, str]]:
    """(what is said, why it cannot stand) of the first clause that says of a result what nothing bears.

    Where a text does not tell results (a method, others' work), that is asked of runs by their number and of
    what is called ours alone; plain words are asked for in `prose`.
    """
    if tells and (said := next(asked.check(sentence), None)) is not None:
        yield said
        return
    if is_legend(sentence):
        return
    if (said := next(chain(added.check(sentence, names), concluded.check(sentence, tells)), None)) is not None:
        yield said
        return
    vocabulary = Vocabulary(names)
    reader = Reader(vocabulary.is_head, is_listed, is_singular_noun, vocabulary.is_own_noun)
    tokens = tokens_of(sentence.text)
    clauses = list(clauses_of(reader.parts(tokens)))
    references = dict(sentence.placed)
    excused: list[tuple[int, int]] = []
    for place, clause in enumerate(clauses):
        case = Case(
            clause, _whose(clause, clauses[:place], vocabulary), tuple(clauses[:place]), sentence, vocabulary, tells
        )
        borne = is_borne(clause, [references[token.start] for token in evidence(place, clauses) if token.is_reference])
        free = borne or is_excused(case, clauses[place + 1 :], references)
        excused += [(clause.start, clause.end)] if free else []
        if _tells_which(case) or not (tells or _is_of_a_run(clause) or is_of_our_work(case)):
            continue
        if not borne and ((_claims(case) and not free) or _is_praised(case)):
            yield _told(case)
            return
    if tells and prose and (word := next(strange_words(sentence, tokens, excused, vocabulary), None)) is not None:
        yield told_strange(word, sentence)


def _whose(clause: Clause, before: Sequence[Clause], vocabulary: Vocabulary) -> Whose:
    whose = vocabulary.whose(clause.subject)
    return "other" if whose == "that" and not _goes_on(clause, before, vocabulary) else whose


def _tells_which(case: Case) -> bool:
    """Whether a clause only tells which one is meant: `the part that the penalty covers`."""
    clause = case.clause
    return (
        case.whose in ("part", "other")
        and clause.opener in RELATIVES | {"what", "how", "why", "where"}
        and clause.mark != ","
        and "will" not in clause.chain
        and not _is_said_that(clause, case.sentence)
        and not (clause.opener == "what" and not case.before and clause.chain[:1] and clause.chain[0] in BE)
    )


def _is_said_that(clause: Clause, sentence: Sentence) -> bool:
    """`It follows that the penalty is free`, and not `the part that the penalty covers`."""
    led = _THAT.search(sentence.text[: clause.start])
    return clause.opener == "that" and led is not None and (is_listed(led[1].lower()) or ends_as_verb(led[1].lower()))


def _is_of_a_run(clause: Clause) -> bool:
    """Whether a run by its number is its subject, and does not merely stand beside it."""
    head = []
    for token in clause.subject:
        if token.low in PREPOSITIONS:
            break
        head.append(token.text)
    return bool(named_runs(" ".join(head)))


def _goes_on(clause: Clause, before: Sequence[Clause], vocabulary: Vocabulary) -> bool:
    """Whether "it" goes on to speak of a result: of a clause before it, or of another sentence where it begins its own."""
    if not before:
        return clause.opener not in OPENS or clause.opener == "because"
    for told in before:
        if vocabulary.whose(told.subject) in ("result", "part") and told.subject[0].low != "we":
            return True
        if any(token.is_reference for token in told.tokens) or vocabulary.names_a_result(told.tokens):
            return True
    return False


def _claims(case: Case) -> bool:
    """Whether the clause says something that is on no list of what may be said."""
    clause, main = case.clause, case.clause.main
    if (
        _is_advice(case)
        or is_told_of_an_outcome(case)
        or denies_harm(clause)
        or is_short_for_a_result(clause, case.sentence.cites)
    ):
        return True
    if main is None or (case.whose == "other" and not case.is_open):
        return False
    if is_scheduled(case):
        return False
    if is_negative(clause.subject) and not _denies_a_result(case):
        return False
    helpers = [word for word in clause.chain if word in AUXILIARIES]
    last = helpers[-1] if helpers else ""
    if last in BE or (not helpers and main.low in COPULAS):
        return is_claimed_state(case, case.behind if last in BE else clause.rest)
    if main.low == "to" and last in HAVE:
        return not case.knows(clause.rest)
    if last in HAVE and not is_participle(main.low):
        return not (case.knows(case.behind) or case.names_a_setting(case.behind) or main.low in ("another", "other"))
    if last in DO and main.low in DETERMINERS:
        return not case.knows(clause.rest)
    return is_claimed_verb(case, main)


def _denies_a_result(case: Case) -> bool:
    """`Nothing comes near run 3`, `nobody will miss the pattern`: a claim by negation; not that nothing was shown."""
    if case.vocabulary.names_what_was_found(case.behind) or "will" in case.clause.chain:
        return True
    main = case.clause.main
    told = main is not None and (is_listed(main.low) or main.low in _FOUND)
    if case.vocabulary.names_a_metric(case.clause.subject) and not told:
        return True
    return case.tells and main is not None and main.is_word and not told and not case.vocabulary.is_known(main)


def _is_praised(case: Case) -> bool:
    """`its triumph`: a noun that nobody knows, of a result."""
    tokens = case.behind
    return (
        case.whose != "other"
        and not case.is_anothers
        and any(
            token.low in ("its", "their", "our")
            and tokens[place + 1].is_word
            and not case.knows(tokens[place + 1 : place + 2])
            and not tokens[place + 1].low.endswith(("ed", "ing", "al"))
            for place, token in enumerate(tokens[:-1])
        )
    )


def _is_advice(case: Case) -> bool:
    """`Engineers may simply copy run 3`: what others can do, whoever they are."""
    return case.is_of_strangers and any(word in MODALS for word in case.clause.chain)


def _told(case: Case) -> tuple[str, str]:
    """What the clause says, and what would be taken in its place."""
    clause, results = case.clause, case.vocabulary.names.evidence.results
    said = (clause.main or clause.subject[-1], *clause.rest)
    text = case.sentence.text[said[0].start : said[min(len(said), SHOWN_WORDS) - 1].end]
    runs = [str(one.run) for one in named_runs(case.sentence.text) if not one.run.is_baseline]
    metric = next(iter(case.vocabulary.names.metrics(case.sentence.text)), results.primary)
    run = runs[0] if runs else "RUN"
    known = results.get(run)
    verdict = f"[[{run}.{metric}.verdict]]"
    if known is not None and known.differences:
        instead = f"{known.name} is not comparable with the baseline: write {verdict}, which says so"
    else:
        instead = (
            f"write the verdict there ({verdict}, [[compare {run} RUN {metric}]]), "
            f"print it where it holds ([[if {run}.{metric} better]] … [[end]]), write that it may be so"
        )
    return (
        " ".join((*clause.chain, text)),
        "it says how something came out, or how good it is, and no reference of its clause says so; "
        f"{instead}, or say how it was made, set or measured instead",
    )
