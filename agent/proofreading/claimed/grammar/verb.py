"""The verb of each part of a sentence, found by closed classes of words and by endings.

No dictionary of verbs is at hand, and none is needed: function words, irregular pasts and endings are closed classes. What stands
where a verb must stand is the verb, known or not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.proofreading.claimed.grammar import word_classes as words
from agent.proofreading.claimed.grammar.common_words import is_state
from agent.proofreading.claimed.grammar.parts import Part, Token, is_adverb, is_no_longer, parts_of, runs_ended
from agent.proofreading.sentences.names import CITED

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
_SINGLE = words.words_of("a an every each this that one no any")
"""Behind these one thing is told of, so that a word with an -s behind it is its verb."""
Knows = Callable[[str], bool]
"""Whether a word is a noun of which the text may speak, or a verb that may be said."""


@dataclass(frozen=True)
class Reader:
    """Finds the finite verb of each part of a sentence; `is_head` knows the nouns of which results are told, `is_verb` the verbs that may be said, `is_noun` nouns in
    the singular, `is_own` nouns of the session."""

    is_head: Knows
    is_verb: Knows
    is_noun: Knows
    is_own: Knows

    def parts(self, tokens: Sequence[Token]) -> list[Part]:
        """The parts of a sentence, each with the place of its verb; those without one are put to the part that they belong to."""
        found: list[Part] = []
        for part in parts_of(tokens):
            known = replace(part, verb=self._verb(part, found))
            if known.verb is None and part.opener in _MERGED and found and not part.mark:
                before = found.pop()
                opener = Token(part.opener, before.tokens[-1].end, before.tokens[-1].end) if before.tokens else None
                joined = replace(before, tokens=(*before.tokens, *((opener,) if opener else ()), *part.tokens))
                known = joined if joined.verb is not None else replace(joined, verb=self._verb(joined, found))
            main = self._main_behind(known, found)
            found += [known] if main is None else main
            if len(found) > 2 and _is_aside(*found[-3:]):
                joined = replace(found[-3], tokens=(*found[-3].tokens, *known.tokens))
                found[-3:] = [joined]
        if all(one.verb is None for one in found):
            return [replace(one, verb=self._loose(one)) for one in found]
        return found

    def _main_behind(self, part: Part, before: Sequence[Part]) -> list[Part] | None:
        """A relative clause and what its noun does behind it: `a penalty that never lets go | strangles the dictionary`."""
        if (
            part.verb is None
            or part.opener not in words.RELATIVES
            or part.mark
            or not before
            or before[-1].verb is not None
        ):
            return None
        tokens, subject = part.tokens, before[-1].tokens
        helped = self._helped_behind(part, before)
        if helped is not None:
            relative = replace(part, tokens=tokens[:helped], verb=0 if part.verb == helped else part.verb)
            return [relative, Part(before[-1].opener, (*subject, *tokens[helped:]), before[-1].mark, len(subject))]
        for place in range(part.verb + 1, len(tokens) - 1):
            low, last, after = tokens[place].low, tokens[place - 1].low, tokens[place + 1].low
            noun = last not in words.DETERMINERS | words.PREPOSITIONS | words.AUXILIARIES and not words.is_attribute(
                last
            )
            if words.ends_as_verb(low) and noun and after in words.DETERMINERS and not self.is_own(low):
                return [replace(part, tokens=tokens[:place]), Part("", (*subject, *tokens[place:]), "", len(subject))]
        return None

    def _helped_behind(self, part: Part, before: Sequence[Part]) -> int | None:
        """Where behind a relative clause an auxiliary begins what its noun does: `a reader who needs the values | will find them`."""
        tokens, verb = part.tokens, part.verb or 0
        if verb and tokens[verb].low in words.FINITE and self._may_be_verb(part, 0, before):
            return verb
        for place in range(verb + 2, len(tokens) - 1):
            between = tokens[place - 1]
            if tokens[place].low in words.FINITE and between.low not in words.AUXILIARIES and not is_adverb(between):
                return place if between.is_word and between.low not in words.FUNCTION else None
        return None

    def _loose(self, part: Part) -> int | None:
        """The verb of a sentence in which no word must be one: what stands between a noun and a determiner, or an unknown word
        behind a plural."""
        tokens = part.tokens
        for place in range(1, len(tokens) - 1):
            low, before, after = tokens[place].low, tokens[place - 1], tokens[place + 1].low
            if (
                before.low.endswith("s")
                and words.is_base(low)
                and self._is_strange(tokens[place])
                and before.low not in words.FUNCTION
            ):
                return place
            noun = before.is_word and before.low not in words.FUNCTION and not words.is_attribute(before.low)
            verb = words.ends_as_verb(low) or words.is_base(low)
            if (
                noun
                and verb
                and tokens[place].text.islower()
                and after in words.DETERMINERS | {"that", "itself", "themselves"}
                and low not in words.ADVERBS
            ):
                return place
        return None

    def _is_strange(self, token: Token) -> bool:
        """Whether nothing is known of a word, in small letters."""
        known = (
            self.is_noun(token.low)
            or self.is_own(token.low)
            or self.is_head(token.low)
            or words.is_attribute(token.low)
        )
        return token.text.isalpha() and token.text.islower() and not known and not is_adverb(token)

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
        if (
            not token.text[0].islower()
            or low in words.NO_VERBS
            or low in words.PREPOSITIONS
            or low in words.DETERMINERS
        ):
            return False
        if self.is_own(low) and low.endswith("s"):
            return False
        known = self.is_verb(low) or low in words.COPULAS
        if not known and low.endswith("s") and self.is_noun(low[:-1]):
            return False
        back = place - 1
        if back >= 0 and part.tokens[back].low in words.PREPOSITIONS:
            return False
        while back >= 0 and (is_adverb(part.tokens[back]) or is_no_longer(part.tokens, back)):
            back -= 1
        if back < 0:
            named = low in ("run", "runs") and place + 1 < len(part.tokens) and part.tokens[place + 1].is_number
            return (known or words.ends_as_verb(low)) and not named and _may_begin(part, token, before)
        after = part.tokens[place + 1].low if place + 1 < len(part.tokens) else ""
        twofold = low in words.IRREGULAR_PARTICIPLES and low not in words.PASTS_ALONE
        if twofold and part.tokens[back].low not in words.PRONOUNS and not part.tokens[back].is_number:
            # "the variance lost in training", which is no clause
            return self._follows(part.tokens, back, low, known, after) and (
                after in words.DETERMINERS or after in words.PRONOUNS
            )
        return self._follows(part.tokens, back, low, known, after)

    def _follows(self, tokens: Sequence[Token], back: int, low: str, known: bool, after: str) -> bool:
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
        if prev.low.endswith(("'s", "s'")) or (
            words.is_attribute(prev.low)
            and not (self.is_own(prev.low) or (self.is_head(prev.low) and not prev.low.endswith("ing")))
        ):
            return False
        if known:
            copula = low in words.COPULAS and low.endswith(("s", "ed", "came"))
            return ends or copula or prev.low.endswith("s") or (low in words.PLURALS and after in words.DETERMINERS)
        if (
            words.is_base(low)
            and not is_state(low)
            and prev.low.endswith("s")
            and (
                prev.low in words.TOLD_OF
                or self.is_own(prev.low)
                or (self.is_head(prev.low) and not prev.low.endswith("ss"))
            )
        ):
            return True
        if self.is_own(prev.low) and back and tokens[back - 1].low in _SINGLE:
            return ends
        return self.is_head(prev.low) and ends


def _is_aside(before: Part, aside: Part, behind: Part) -> bool:
    """Whether words between commas part "is" from what it says: `is, to our knowledge, the first`."""
    ends = before.verb is not None and before.verb == len(before.tokens) - 1 and before.tokens[-1].low in words.FINITE
    return ends and aside.verb is None and aside.opener == "," and behind.opener == "," and behind.verb is None


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
