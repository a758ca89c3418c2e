"""Numbers and comparisons that a model typed instead of referring to them, judged by what the sentence names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent.evidence.evidence import Evidence
from agent.proofreading import causes, finality, praise, reach, spread
from agent.proofreading.claimed import by_default, confirmation, gainsaid, of_a_run, table
from agent.proofreading.claimed.ended import tells_its_end
from agent.proofreading.compared import (
    claims,
    conditional,
    held,
    hypotheses,
    multiples,
    reported_claims,
    superlatives,
    unborne,
)
from agent.proofreading.occurrence import Grounds, Occurrence
from agent.proofreading.rules import why_not
from agent.proofreading.sentences.argued import argued_sentences
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.number_words import SEVERAL_IN_WORDS, count_of
from agent.proofreading.sentences.numbers import find_numbers
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_plan, is_supposed

_SEEDS = re.compile(rf"\b(\d+|{SEVERAL_IN_WORDS})\s+(?!single\b)(?:\w+\s+)?seeds\b", re.IGNORECASE)
_OF_ALL_RUNS = re.compile(
    r"\b(?:all|each|every|both)\s+(?:of\s+)?(?:the\s+|our\s+|these\s+)?(?:\w+\s+)?(?:runs?|variants?|models?|configurations?|methods?|experiments?)\b[^,;:.]*\b(?:repeated|trained|launched|averaged|run|evaluated|made|tried|on|over|with|across)\b(?:(?!baseline)[^,;:.])*\Z",
    re.IGNORECASE,
)
_OF_A_BASELINE = re.compile(
    r"(?<!\band )(?<!\blike )(?<!\bas )\b(?:a|the|our)\s+baseline,?\s+(?:(?:that|which)\s+(?:was|is|has|had)|(?:was|is|has|had)\b)[^,;:]*\Z",
    re.IGNORECASE,
)
"""The baseline is the subject of what is said last: "… the noise of a baseline that was trained on …"."""
_ADVERB = re.compile(r"[a-z]{3,}ly")
_SHOWN_CHARACTERS = 180


@dataclass(frozen=True)
class TypedFinding:
    """Something typed that no evidence bears: what, in which sentence, and why it cannot stand."""

    typed: str
    sentence: Sentence
    why: str

    def __str__(self) -> str:
        shown = self.sentence.shown
        shown = shown if len(shown) <= _SHOWN_CHARACTERS else shown[: _SHOWN_CHARACTERS - 3] + "…"
        return f"{self.typed!r} in “{shown}”: {self.why}"


def typed_findings(text: str, grounds: Grounds, latex: bool, proposing: bool = False) -> list[TypedFinding]:
    """Everything typed that nothing bears, in a text whose references are not filled in yet.

    A text that proposes what to try next may name settings and runs that do not exist yet, but no result.
    """
    return [
        TypedFinding(sentence.shown_of(typed), sentence, why)
        for sentence in argued_sentences(text, latex, grounds.evidence)
        for typed, why in _check(sentence, grounds, proposing)
    ]


Rule = Callable[[Sentence, Names], Iterator[tuple[str, str]]]
OF_WHAT_IS_BORNE: frozenset[Rule] = frozenset(
    {claims.check, unborne.check, conditional.check, confirmation.check, table.check}
)
"""Rules that ask what bears a claim: they read a sentence without the words that its passage's condition bears."""
OF_ANY_TEXT: tuple[Rule, ...] = (claims.check, unborne.check, conditional.check, reported_claims.check)
"""What no text may say, one that proposes what to try next as little."""
OF_A_REPORT: tuple[Rule, ...] = (
    held.check,
    gainsaid.check,
    multiples.check,
    finality.check,
    superlatives.check,
    reach.check,
    praise.check,
    spread.check,
    confirmation.check,
    table.check,
)
"""What a text that tells results may not say: each yields (what was typed, why it cannot stand)."""


def _check(sentence: Sentence, grounds: Grounds, proposing: bool) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand); what is said of a run counts where no other rule has told it already.

    What a comparison says that cannot be filled in nobody knows: its sentence's words are judged once it is mended.
    """
    proposing = proposing or is_plan(sentence.text)
    told = [*_of_numbers(sentence, grounds, proposing)]
    known = all(grounds.evidence.says(reference) for reference in sentence.references if reference.judges)
    told += _of_words(sentence, grounds, proposing) if known else ()
    yield from told
    if not known or proposing:
        return
    bare = _without(sentence, [typed for typed, _ in told])
    if bare is None:
        return
    of_runs = [*of_a_run.check(bare, grounds.names)]
    yield from of_runs or by_default.check(bare, grounds.names, grounds.tells, grounds.prose)


def _without(sentence: Sentence, typed: Sequence[str]) -> Sentence | None:
    """The sentence as it would be read without these words, where each is an adverb: what it claims then is told at once.

    None where more than an adverb would go: with that its clause goes, too.
    """
    text = sentence.text
    for words in typed:
        place = text.find(words)
        if place < 0 or not _ADVERB.fullmatch(words):
            return None
        text = text[:place] + " " * len(words) + text[place + len(words) :]
    return replace(sentence, text=text)


def _of_numbers(sentence: Sentence, grounds: Grounds, proposing: bool) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand), by the rules on numbers, seeds and runs."""
    if not proposing:
        yield from _wrong_seeds(sentence, grounds.evidence)
        yield from _unknown_runs(sentence, grounds)
    yield from _wrong_numbers(sentence, grounds, proposing)


def _of_words(sentence: Sentence, grounds: Grounds, proposing: bool) -> Iterator[tuple[str, str]]:
    """The same by every rule on words that has a say."""
    unborne_words = conditional.borne_left_out(sentence, grounds.names)
    for rule in OF_ANY_TEXT if proposing else (*OF_ANY_TEXT, *OF_A_REPORT):
        yield from rule(unborne_words if rule in OF_WHAT_IS_BORNE else sentence, grounds.names)
    if not proposing:
        yield from causes.check(causes.effects_alone(sentence, unborne_words), grounds.names)
    yield from hypotheses.typed_outcomes(unborne_words, grounds.evidence.registration)


def _wrong_seeds(sentence: Sentence, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Only the baseline has several seeds, and it has so many; candidate and baseline have the fresh ones."""
    seeds = max((value.n for value in evidence.results.baseline.values.values()), default=1)
    known = evidence.results.confirmation
    fresh = len(known.seeds) if known is not None else 0
    repeated = {len(run.seeds) or 1 for run in evidence.results.runs[1:]}
    for match in _SEEDS.finditer(sentence.text):
        count = count_of(match.group(1))
        if (
            count > 1
            and repeated <= {1}
            and "baseline" not in match.group()
            and _OF_ALL_RUNS.search(before := sentence.text[: match.start()])
            and not _OF_A_BASELINE.search(before)
            and not sentence.cites
        ):
            yield match.group(), f"only the baseline has {seeds} seeds, every other run one"
        elif (
            count not in (1, seeds, fresh, *repeated)
            and not sentence.cites
            and not is_supposed(sentence.text, *match.span())
        ):
            others = (
                "every other run one" if repeated <= {1} else f"the other runs {', '.join(map(str, sorted(repeated)))}"
            )
            yield match.group(), f"the baseline has {seeds} seeds, {others}"


def _unknown_runs(sentence: Sentence, grounds: Grounds) -> Iterator[tuple[str, str]]:
    """Runs without results, of which more is said than that they have none."""
    text = sentence.text
    for named in named_runs(text):
        known = grounds.evidence.results.get(named.run) is not None or is_supposed(text, named.start, named.end)
        if not known and not tells_its_end(text, named, grounds.names):
            yield text[named.start : named.end], f"there is no accepted run {named.run.number}"


def _wrong_numbers(sentence: Sentence, grounds: Grounds, proposing: bool) -> Iterator[tuple[str, str]]:
    """Numbers that no rule lets stand; those of runs and of seeds are judged apart."""
    taken = [(named.start, named.end) for named in named_runs(sentence.text)]
    taken += [match.span(1) for match in _SEEDS.finditer(sentence.text)]
    for number in find_numbers(sentence.text):
        if any(start <= number.start < end or start < number.end <= end for start, end in taken):
            continue
        supposed = proposing or is_supposed(sentence.text, number.start, number.end)
        if supposed and not grounds.names.metrics(sentence.clause(number.start, number.end)):
            continue
        if why := why_not(Occurrence(number, sentence, grounds)):
            yield number.shown, why
