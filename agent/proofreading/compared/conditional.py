"""Claims within a passage: its condition bears those that say no more than it, and no others.

What is borne is left out before the rules for claims read a sentence, so that they need not know of passages; what is left is
judged as anywhere, and a verdict in words that contradicts the condition, or goes beyond it, is told here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.proofreading.compared.borne import Word, confirmed_given, is_borne, outcomes_given
from agent.proofreading.compared.claims import claims_a_result
from agent.proofreading.compared.comparing import claims_in, is_said_otherwise
from agent.proofreading.compared.hypotheses import HYPOTHESIS
from agent.proofreading.sentences.names import Names, names_a_run, names_method
from agent.proofreading.sentences.prose import Sentence

_COMPARES = re.compile(
    r"\b(?:improv(?:es?|ed|ing|ements?)|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|beats?|superior|inferior"
    r"|better|worse|(?:higher|lower|larger|smaller|greater|fewer|more|less)(?=(?:\s+\w+){0,3}\s+than\b)"
    r"|reduc(?:es?|ed|ing|tions?)|increas(?:es?|ed|ing)|decreas(?:es?|ed|ing)|lowers|lowered|raises|raised|gains?"
    r"|degrad(?:es?|ed|ation)|drops?|dropped|falls|fell|rises|rose|climbs|climbed|shrinks|shrank|grows|grew|declines|declined"
    r"|within\s+(?:the\s+)?noise|not\s+comparable|equal\s+to)\b",
    re.IGNORECASE,
)
"""Words that a condition on the same runs and metric can bear; ratios, superlatives and significance are never among them."""
_JUDGES = re.compile(
    r"\b(?:better|worse)\b|\bwithin\s+(?:the\s+)?noise\b|\bnot\s+comparable\b|\bequal\s+to\b", re.IGNORECASE
)
_CONFIRMS = re.compile(
    r"\b(?:re-?)?confirm(?:s|ed|ing|ations?)?\b|\breplicat(?:es?|ed|ing|ions?)\b|\b(?:holds?|held|stands?|stood)\s+up\b"
    r"|\b(?:fresh|new|other|unseen|further|additional|across|held-?out)\s+(?:random\s+)?seeds\b",
    re.IGNORECASE,
)
_OUTCOMES = (
    (
        re.compile(
            r"\bnot\s+(?:held|hold|supported|confirmed)\b|\b(?:reject|refut)(?:s|es|ed)\b|\bfail(?:s|ed)\b|\bfalsified\b",
            re.I,
        ),
        {"not held"},
    ),
    (re.compile(r"\b(?:held|holds|hold|support(?:s|ed)|confirm(?:s|ed)|verified|validated)\b", re.I), {"held"}),
    (re.compile(r"\bundecided\b", re.I), {"undecided within noise"}),
)
"""Words for what came of a hypothesis, with the outcome that they say; the first that fits counts."""


def borne_left_out(sentence: Sentence, names: Names) -> Sentence:
    """The sentence with the words struck out that its passage's conditions bear."""
    if not sentence.under:
        return sentence
    words = [Word(sentence, *match.span()) for match in _COMPARES.finditer(sentence.text)]
    words += [Word(sentence, claim.start, claim.end, claim.way) for claim in claims_in(sentence, names)]
    spans = [(word.start, word.end) for word in words if is_borne(word, names)]
    spans += [
        match.span() for match in _CONFIRMS.finditer(sentence.text) if confirmed_given(sentence.given(*match.span()))
    ]
    spans += list(_outcomes(sentence))
    text = sentence.text
    for start, end in spans:
        text = text[:start] + re.sub(r"\w", "x", text[start:end]) + text[end:]
    return replace(sentence, text=text)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) for a verdict in words that neither its passage's condition nor a reference says."""
    if any(reference.judges for reference in sentence.references):
        return
    of_a_run = names_a_run(sentence.text) or names_method(sentence.text) or claims_a_result(sentence, names)
    for match in _JUDGES.finditer(sentence.text) if of_a_run else ():
        given = sentence.given(*match.span())
        if given and not is_said_otherwise(sentence.text, *match.span()):
            told = " and ".join(condition.text for condition in given)
            yield (
                match.group(),
                f"it is printed where {told}, which does not say this; say what that says, of the same run and metric",
            )
            return


def _outcomes(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Where a word stands that says of a hypothesis what the conditions say of it."""
    named = {f"H{match[1] or match[2]}" for match in HYPOTHESIS.finditer(sentence.text)}
    named |= {reference.head for reference in sentence.references if reference.rest == () and reference.head[:1] == "H"}
    for pattern, outcomes in _OUTCOMES:
        for match in pattern.finditer(sentence.text):
            given = sentence.given(*match.span())
            known = [outcomes_given(name, given) for name in named]
            if known and all(found and found <= outcomes for found in known):
                yield match.span()
