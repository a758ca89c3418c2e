"""A clause: a finite verb with its subject and with what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.proofreading.claimed.grammar import word_classes as words
from agent.proofreading.claimed.grammar.parts import MARKS, Part, Token, is_adverb


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
    tail: tuple[Token, ...] = ()
    """References in brackets or between commas right behind it."""
    announced: tuple[Token, ...] = ()
    """References alone behind a colon, which bear all that stands before it."""

    @property
    def is_denied(self) -> bool:
        no_longer = "longer" in self.chain
        return any(word in words.NEGATIONS or word.endswith("n't") for word in self.chain if not no_longer)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its own words; a subject that stands in another clause is none of them."""
        own = () if self.inherited else self.subject
        return (*own, *((self.main,) if self.main else ()), *self.rest, *self.tail)


def clauses_of(parts: Sequence[Part]) -> Iterator[Clause]:
    """Every clause with a finite verb, and every participle behind a comma, in order."""
    subject: tuple[Token, ...] = ()
    last: Clause | None = None
    for place, part in enumerate(parts):
        if part.verb is None:
            if last is not None and part.tokens and all(token.is_reference for token in part.tokens):
                last = replace(
                    last, tail=(*last.tail, *part.tokens), announced=part.tokens if part.opener == ":" else ()
                )
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
        own_words = [token for token in own if not is_adverb(token)]
        if own_words and not (part.opener in words.RELATIVES and _is_relative_verb(own_words)):
            whose = own
        elif (
            part.opener in words.RELATIVES and place and parts[place - 1].verb is None and _is_relative_verb(own_words)
        ):
            whose, part = parts[place - 1].tokens, replace(part, opener=parts[place - 1].opener)
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


def _is_relative_verb(tokens: Sequence[Token]) -> bool:
    """Whether all that stands before a verb is another one: `two of the metrics that matter were …`."""
    return len(tokens) == 1 and words.is_base(tokens[0].low)


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
    return not last and is_adverb(tokens[place])


def _is_participle(part: Part) -> bool:
    low = part.tokens[0].low if part.tokens else ""
    return low.endswith("ing") and len(low) > 5
