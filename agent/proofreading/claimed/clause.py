"""A clause: a finite verb with what stands before and behind it, found by closed classes of words and by endings.

No dictionary of verbs is at hand, and none is needed: function words, irregular pasts and endings are closed classes. What stands
where a verb must stand is the verb, known or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from agent.proofreading.claimed import word_classes as words
from agent.proofreading.claimed.parts import MARKS, Part, Token, parts_of, runs_ended, tokens_of
from agent.proofreading.names import CITED
from agent.proofreading.prose import Sentence

_MERGED = words.COORDINATES | {
    "than",
    "as",
    "after",
    "before",
    "until",
    "since",
    "once",
    "so",
    "when",
    "where",
    "while",
    "if",
}
"""Words behind which a part without a verb belongs to the part before it."""


@dataclass(frozen=True)
class Clause:
    """What is said of a subject: `opener` is the word or mark that opens it, `mark` the mark before that, `chain` are the auxiliaries, `main` the word that says it, `rest` what stands behind that."""

    opener: str
    mark: str
    subject: tuple[Token, ...]
    chain: tuple[str, ...]
    main: Token | None
    rest: tuple[Token, ...]
    start: int
    end: int
    inherited: bool = False
    """Whether its subject is that of the clause before it."""
    tail: tuple[Token, ...] = field(default=())
    """References in brackets or between commas right behind it."""

    @property
    def is_denied(self) -> bool:
        return any(word in words.NEGATIONS or word.endswith("n't") for word in self.chain)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its own words; a subject that stands in another clause is none of them."""
        own = () if self.inherited else self.subject
        return (*own, *((self.main,) if self.main else ()), *self.rest, *self.tail)


Knows = Callable[[str], bool]
"""Whether a word is a noun of which the text may speak, or a verb that may be said."""


@dataclass(frozen=True)
class Reader:
    """Cuts sentences into clauses; `is_head` knows the nouns of which results are told, `is_verb` the verbs that may be said, `is_noun` nouns in the singular."""

    is_head: Knows
    is_verb: Knows
    is_noun: Knows

    def clauses(self, sentence: Sentence) -> list[Clause]:
        """Every clause with a finite verb, and every participle behind a comma, in order."""
        return list(_told(self._parts(tokens_of(sentence.text))))

    def _parts(self, tokens: Sequence[Token]) -> list[Part]:
        found: list[Part] = []
        for part in parts_of(tokens):
            known = replace(part, verb=self._verb(part, found))
            if known.verb is None and part.opener in _MERGED and found and not part.mark:
                before = found.pop()
                opener = Token(part.opener, before.tokens[-1].end, before.tokens[-1].end) if before.tokens else None
                joined = replace(before, tokens=(*before.tokens, *((opener,) if opener else ()), *part.tokens))
                known = joined if joined.verb is not None else replace(joined, verb=self._verb(joined, found))
            found.append(known)
        return found

    def _verb(self, part: Part, before: Sequence[Part]) -> int | None:
        lows = [token.low for token in part.tokens]
        for place, low in enumerate(lows):
            if low in words.FINITE and (not place or lows[place - 1] != "to"):
                return place
        for place in range(len(lows)):
            if self._may_be_verb(part, place, before):
                return place
        return None

    def _may_be_verb(self, part: Part, place: int, before: Sequence[Part]) -> bool:
        token = part.tokens[place]
        low = token.low
        if not token.is_word or low in words.NO_VERBS or low in words.PREPOSITIONS or low in words.DETERMINERS:
            return False
        known = self.is_verb(low) or low in words.COPULAS
        back = place - 1
        while back >= 0 and _is_adverb(part.tokens[back]):
            back -= 1
        if back < 0:
            named = low in ("run", "runs") and place + 1 < len(part.tokens) and part.tokens[place + 1].is_number
            return (known or words.ends_as_verb(low)) and not named and _may_begin(part, token, before)
        after = part.tokens[place + 1].low if place + 1 < len(part.tokens) else ""
        if (
            low in words.IRREGULAR_PARTICIPLES
            and part.tokens[back].low not in words.PRONOUNS
            and not part.tokens[back].is_number
        ):
            # "the variance lost in training", which is no clause
            return self._follows(part.tokens, back, low, known) and (
                after in words.DETERMINERS or after in words.PRONOUNS
            )
        return self._follows(part.tokens, back, low, known)

    def _follows(self, tokens: Sequence[Token], back: int, low: str, known: bool) -> bool:
        """Whether a verb may stand behind tokens[back]."""
        prev = tokens[back]
        ends = words.ends_as_verb(low)
        if prev.is_reference or prev.text == CITED:
            return known or ends
        if prev.is_number:
            several = runs_ended(tokens, back)
            return bool(several) and (known or ends or (several > 1 and words.is_base(low)))
        if prev.low in words.PRONOUNS:
            if prev.low in words.SINGULAR_PRONOUNS:
                return (known or ends) and not self.is_noun(low)
            return (
                (known and not low.endswith("s"))
                or (ends and not low.endswith("s"))
                or (prev.low in ("they", "we") and words.is_base(low))
            )
        if prev.low in words.DETERMINERS or prev.low in words.PREPOSITIONS or prev.low == "to":
            return False
        if words.is_attribute(prev.low):
            return False
        if known:
            return ends or low in words.COPULAS or prev.low.endswith("s")
        if not self.is_head(prev.low):
            return False
        return ends or (prev.low in words.TOLD_OF and words.is_base(low))


def _told(parts: Sequence[Part]) -> Iterator[Clause]:
    subject: tuple[Token, ...] = ()
    last: Clause | None = None
    for place, part in enumerate(parts):
        if part.verb is None:
            if last is not None and part.tokens and all(token.is_reference for token in part.tokens):
                last = replace(last, tail=(*last.tail, *part.tokens))
                continue
            if last is not None and part.mark in (",", "–", "—") and part.opener in MARKS and _is_participle(part):
                yield last
                last = _clause(replace(part, verb=0), subject, inherited=True)
                continue
            if part.opener not in ("(", ")") and last is None:
                subject = (*subject, *part.tokens)
            continue
        own = part.tokens[: part.verb]
        if last is not None:
            yield last
        own_words = [token for token in own if not _is_adverb(token)]
        if own_words:
            whose = own
        elif part.opener in words.RELATIVES and place:
            whose = _antecedent(parts[place - 1].tokens) or subject
        else:
            whose = subject
        last = _clause(part, whose, inherited=not own_words)
        last = (
            replace(last, chain=(*(token.low for token in own if token.low in words.NEGATIONS), *last.chain))
            if not own_words
            else last
        )
        if own_words and part.opener not in words.RELATIVES:
            subject = own
    if last is not None:
        yield last


def _antecedent(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """What a relative clause behind these words is about: those since the last preposition."""
    while tokens and tokens[-1].low in words.PREPOSITIONS:
        tokens = tokens[:-1]
    last = max((place for place, token in enumerate(tokens) if token.low in words.PREPOSITIONS), default=-1)
    return tuple(tokens[last + 1 :])


def _clause(part: Part, subject: tuple[Token, ...], inherited: bool) -> Clause:
    place, chain = part.verb or 0, list[str]()
    tokens = part.tokens
    while place < len(tokens) and (tokens[place].low in words.AUXILIARIES or _is_skipped(tokens, place)):
        chain.append(tokens[place].low)
        place += 1
    main = tokens[place] if place < len(tokens) else None
    first = tokens[0] if tokens else None
    return Clause(
        opener=part.opener,
        mark=part.mark,
        subject=subject,
        chain=tuple(chain),
        main=main,
        rest=tuple(tokens[place + 1 :]),
        start=first.start if first else 0,
        end=tokens[-1].end if tokens else 0,
        inherited=inherited,
    )


def _is_skipped(tokens: Sequence[Token], place: int) -> bool:
    """Adverbs between auxiliaries and what they help; not a last word, which is what is said."""
    low, last = tokens[place].low, place + 1 >= len(tokens)
    if low == "no":
        return not last and tokens[place + 1].low == "longer"
    return not last and _is_adverb(tokens[place])


def _is_adverb(token: Token) -> bool:
    low = token.low
    return low in words.ADVERBS or (low.endswith("ly") and len(low) > 4)


def _may_begin(part: Part, token: Token, before: Sequence[Part]) -> bool:
    """Whether a verb may stand first in a part: of a relative clause, or of one that goes on with the subject before it."""
    if part.opener in words.RELATIVES or part.opener == "what":
        return True
    if not before or token.text[0].isupper():
        return False
    last = before[-1].tokens[-1] if before[-1].tokens else None
    if part.opener in words.COORDINATES:
        told = any(one.verb is not None for one in before)
        return told and not (
            last is not None and last.low.endswith("s") and token.low.endswith("s") and not last.is_reference
        )
    alone = all(one.verb is None for one in before)
    return part.opener == "," and len(before) > 1 and alone and token.low not in words.PLURALS


def _is_participle(part: Part) -> bool:
    low = part.tokens[0].low if part.tokens else ""
    return low.endswith("ing") and len(low) > 5
