"""Of whom a clause says something: of what was found or measured here, of a part of the method, or of something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from agent.proofreading.claimed.grammar.common_words import is_attributive, is_common_noun, is_state, singulars
from agent.proofreading.claimed.grammar.parts import Token
from agent.proofreading.claimed.grammar.word_classes import ADVERBS, DETERMINERS, FUNCTION, PREPOSITIONS, words_of
from agent.proofreading.claimed.procedures import is_listed
from agent.proofreading.claimed.whose import called
from agent.proofreading.sentences.names import CITED, Names, named_runs, names_baseline, names_method
from agent.proofreading.sentences.number_words import IN_WORDS

Whose = Literal["result", "that", "part", "other"]
"""Of a run, the method, a metric or what was found; of what was spoken of before; of what the method is made of; of anything else."""

_TOLD = words_of(
    """
    run runs baseline baselines method approach model variant variants configuration ablation ablations result results finding
    findings experiment experiments evidence verdict verdicts outcome outcomes gain gains improvement improvements benefit benefits
    advantage reduction increase decrease drop effect effects difference gap win progress success recipe proposal solution
    technique contribution advantages conclusion picture story work combination
    """
)
LEARNT = words_of(
    """
    performance quality accuracy reconstruction reconstructions fidelity convergence feature features representation representations
    robustness stability interpretability separation dictionary dictionaries
    """
)
"""Nouns of what training leaves."""
SET = words_of(
    """
    weight weights coefficient coefficients threshold thresholds rate rates schedule schedules factor factors strength temperature
    probability width size share margin penalty ramp ramps warm-up window phase
    """
)
"""Quantities that are set; not where a metric is called so."""
_RESULT = _TOLD | LEARNT
"""Nouns of which a result is told."""
_ANAPHORA = words_of(
    """
    it they this that these those which what nothing none neither nobody everything one we all each both others either
    """
)
_OTHERS = words_of(
    """
    reader readers study studies work works author authors evaluator figure figures table tables section sections caption appendix
    question questions paper papers literature researchers page plot panel line lines curve curves band bar bars cross circles
    squares point points row rows column columns cell cells axis axes dot dots marker markers step steps limitation limitations word words text texts sentence sentences equation equations reviewer reading readings note notes objection objections advice answer answers plan plans
    """
)
"""Nouns of which no result is told, though a run stands beside them: "a reader of run 3", "the figure of run 3"."""
_OWN_WORK = frozenset({"work", "study", "paper"})
"""`This work`: of it a claim is one of the authors."""
_STEM = 5
_NUMBER = re.compile(IN_WORDS)
_HYPOTHESIS = re.compile(r"H\d{1,2}")
_LETTERS = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True)
class Vocabulary:
    """The words of a session: those by which its runs are called, its metrics and settings, and those of what was known beforehand."""

    names: Names

    @cached_property
    def _known(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        results = self.names.evidence.results
        return _vocabulary(
            tuple(run.title for run in results.runs[1:]),
            tuple(results.metrics),
            (
                *(str(metric.description) for metric in results.metrics.values()),
                *self.names.evidence.setting_names,
                *self.names.evidence.written_names,
                self.names.free_text,
            ),
        )

    def is_metric_word(self, word: str) -> bool:
        """Whether it ends the name of a metric: the noun of "explained variance"."""
        return word in self._known[1]

    def is_part(self, word: str) -> bool:
        """Whether a run is called by it: the decay of "Cosine decay"."""
        return word[:_STEM] in self._known[0] and not is_common_noun(word)

    def is_own(self, word: str) -> bool:
        """Whether it is a word of the session."""
        return self.is_part(word) or any(form in self._known[2] for form in singulars(word))

    def is_own_noun(self, word: str) -> bool:
        """Whether a word is the session's alone."""
        plain = word in FUNCTION or is_listed(word) or is_common_noun(word) or is_state(word)
        return len(word) > 3 and not plain and self.is_own(word)

    def is_head(self, word: str) -> bool:
        """Whether a result may be told of it."""
        return (
            word in _RESULT
            or re.fullmatch(r"h\d{1,2}", word) is not None
            or self.is_metric_word(word)
            or self.is_part(word)
            or word in _HEADS
        )

    def is_known(self, token: Token) -> bool:
        """Whether a token says nothing by itself: a function word, a number, a noun of any report, a word of the session."""
        low = token.low
        if not token.is_word or len(low) < 3:
            return True
        if low in FUNCTION or (len(low) > 5 and low.endswith(("ly", "est"))):
            return True
        if token.text[1:] != token.text[1:].lower() or (token.start and token.text[0].isupper()):
            return True
        parts = [part for part in low.split("-") if len(part) > 2] or [low]
        return all(self.is_known_word(part) for part in parts)

    def is_known_word(self, low: str) -> bool:
        """Whether a word in small letters is a function word, one of any report or one of the session."""
        known = is_attributive(low) or is_common_noun(low) or is_listed(low) or is_state(low)
        return known or self.is_own(low) or self.is_head(low) or low in FUNCTION or _NUMBER.fullmatch(low) is not None

    def whose(self, subject: Sequence[Token]) -> Whose:
        """Of whom these words, as a subject, are."""
        words = [token for token in subject if token.text not in ("(", ")")]
        if not words:
            return "other"
        head = head_of(words)
        if CITED in {token.text for token in words}:
            return "other"
        if words[0].low in ("our", "ours"):
            return "result"
        if words[-1].low in _OWN_WORK and (words[0].low == "this" or "present" in {token.low for token in words}):
            return "that"
        if head is not None and head.low in _OTHERS:
            return "other"
        text = " ".join(token.text for token in words)
        if all(token.is_reference or token.low in DETERMINERS for token in words):
            return "result"
        if (
            _HYPOTHESIS.fullmatch(words[-1].text)
            or self.names.metrics(text)
            or named_runs(text)
            or any(token.low in _RESULT for token in words)
        ):
            return "result"
        said = [token for token in words if token.low not in ADVERBS or token.low in _ANAPHORA]
        if said and len(said) <= 2 and said[-1].low in _ANAPHORA:
            return "that"
        if any(self.is_part(token.low) or self.is_own_noun(token.low) for token in words):
            return "part"
        return "other"

    def is_of_others(self, subject: Sequence[Token]) -> bool:
        """Whether a subject is a reader, a figure, a cited work: what is said of these tells no result."""
        head = head_of(subject) if subject and subject[0].low not in ("our", "this") else None
        return not subject or CITED in {token.text for token in subject} or (head is not None and head.low in _OTHERS)

    def names_a_result(self, tokens: Sequence[Token]) -> bool:
        """Whether words name a run, a metric, the baseline or the method."""
        text = " ".join(token.text for token in tokens)
        return bool(named_runs(text) or self.names.metrics(text)) or names_baseline(text) or names_method(text)

    def names_what_was_found(self, tokens: Sequence[Token]) -> bool:
        """Whether words name a result in any way: also "the result", "the conclusion"."""
        return self.names_a_result(tokens) or any(token.low in _RESULT for token in tokens)

    def names_what_is_learnt(self, tokens: Sequence[Token]) -> bool:
        """Whether words name a metric, or what training leaves."""
        return self.names_a_metric(tokens) or any(token.low in LEARNT for token in tokens)

    def names_a_metric(self, tokens: Sequence[Token]) -> bool:
        """Whether words name a metric."""
        return bool(self.names.metrics(" ".join(token.text for token in tokens)))


_HEADS = words_of(
    """
    term schedule training optimisation optimization loss hypothesis claim comparison control noise code idea averaging average
    candidate setup system network objective design choice behaviour behavior advantage strategy variance
    """
)


def head_of(words: Sequence[Token]) -> Token | None:
    """The noun of a subject: the last word before its first preposition."""
    behind = next((place for place, token in enumerate(words) if token.low in PREPOSITIONS), len(words))
    if behind == 0:
        return words[-1] if len(words) == 1 else None
    return words[behind - 1]


@lru_cache(maxsize=16)
def _vocabulary(
    titles: tuple[str, ...], metrics: tuple[str, ...], texts: tuple[str, ...]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    ends = {part for name in metrics for part in name.split("_") if part.isalpha() and len(part) > 4}
    ends |= {name.split("_")[-1] for name in metrics if name.split("_")[-1].isalpha()}
    ends |= set(metrics)
    own = {
        form
        for text in (*texts, *titles, *metrics)
        for word in _LETTERS.findall(text.replace("_", " "))
        for form in singulars(word.lower())
    }
    return called(titles), frozenset(ends), frozenset(own)
