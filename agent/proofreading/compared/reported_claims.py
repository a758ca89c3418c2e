"""What a text may not do with a reported value: pass it off as measured, or compare with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.reference import REPORTED
from agent.proofreading.compared.comparing import claims_in
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.prose import Sentence

_SAYS_SO = re.compile(r"\b(?:report(?:s|ed)?|publish(?:ed|es)?|literature|according to|as stated)\b", re.IGNORECASE)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) for each wrong use of a reported value in a sentence."""
    reported = [reference for reference in sentence.references if reference.head == REPORTED]
    if not reported:
        return
    shown = f"[[{reported[0].text}]]"
    if not _SAYS_SO.search(sentence.text):
        yield shown, "others reported this value, nobody measured it here, and the sentence does not say so"
    if claim := next(claims_in(sentence, names), None):
        yield (
            claim.word,
            f"a comparison in a sentence with {shown}, which was not measured here under the same conditions; state the "
            "values and leave the comparison out",
        )
    runs = [named.run for named in named_runs(sentence.text)]
    if runs and not any(reference.tells_a_result and reference.head != REPORTED for reference in sentence.references):
        yield shown, f"the sentence speaks of run {runs[0].number}, the value is one that others reported"
