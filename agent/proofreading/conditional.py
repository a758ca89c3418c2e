"""Claims within a passage that say another thing than its condition: they would be printed with it, and nothing bears them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.borne import is_borne
from agent.proofreading.cited import of_a_cited_work
from agent.proofreading.claims import claims_a_result
from agent.proofreading.names import Names, names_a_run, names_method
from agent.proofreading.prose import Sentence
from agent.proofreading.supposed import is_supposed

_JUDGES = re.compile(
    r"\b(?:better|worse)\b|\bwithin\s+(?:the\s+)?noise\b|\bnot\s+comparable\b|\bequal\s+to\b", re.IGNORECASE
)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) for a verdict in words that neither its passage's condition nor a reference says."""
    if any(reference.judges for reference in sentence.references):
        return
    of_a_run = names_a_run(sentence.text) or names_method(sentence.text) or claims_a_result(sentence, names)
    for match in _JUDGES.finditer(sentence.text) if of_a_run else ():
        given = sentence.given(*match.span())
        excused = is_supposed(sentence.text, *match.span()) or of_a_cited_work(sentence.text, *match.span())
        if given and not excused and not is_borne(sentence, match, names):
            told = " and ".join(condition.text for condition in given)
            yield (
                match.group(),
                f"it is printed where {told}, which does not say it; say what the condition says, of the same run and metric",
            )
            return
