"""A reply that declines: no section, no title."""

from __future__ import annotations

import re

_DECLINES = re.compile(
    r"\W*(?:(?:i[’']m|i am|we are|we’re)\s+(?:sorry|afraid|unable|not able)\b|sorry\b|i apologi[sz]e\b|as an? (?:large |ai )*(?:ai|language model|assistant|model)\b"
    r"|(?:(?:could|can|would) you )?please (?:provide|share|send|give)\b|(?:could|can|would) you (?:provide|share|send|give)\b"
    r"|(?:unfortunately,?\s+)?i\s+(?:can[’']?t|cannot|can not|won[’']?t|will not|must decline)\b)",
    re.IGNORECASE,
)
_LONGEST = 600


def refusals(answer: str) -> list[str]:
    """The problem of an answer that is a short refusal; none otherwise. What is long enough to be a text is read as one."""
    if len(answer.strip()) <= _LONGEST and _DECLINES.match(answer.strip()):
        return ["it declines instead of giving the text that is asked for; write the text, from what you were given"]
    return []
