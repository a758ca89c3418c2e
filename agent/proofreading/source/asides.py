"""Words in a section that are none of the paper: said to whoever asked for it, or in the place of what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TO_THE_ASKER = re.compile(
    r"(?:^|(?<=[.!?:}\[])\s?)\s*(?P<said>(?:I hope (?:this|that|it) (?:helps?|works?|is|meets|suits|fits)\b|(?:please )?let me know\b|please feel free\b"
    r"|(?:would|do) you (?:like|want) me\b|shall I\b|want me to\b|is there anything\b|let me (?:think|start|begin|write|revise|try|check|rewrite)\b"
    r"|(?:wait|hmm+|oops)[,.!]+ (?:(?:actually|so|no)[,.]? )?(?:I|that|this|let|the)\b"
    r"|I(?: will|[’']ll| need to| should) (?:now |also |first )?(?:write|rewrite|revise)\b"
    r"|I(?: have|[’']ve)? ?(?:now |also )?(?:rewritten|revised|removed|replaced|kept|fixed|addressed|mended) (?:the|all|your|every) (?:\w+ )?(?:sections?|texts?|drafts?|objections?|problems?|numbers?|paragraphs?)\b"
    r"|as (?:you )?(?:requested|asked|instructed),? (?:I|here|the (?:section|text|answer|numbers?))\b"
    r"|(?:(?:sure|certainly|of course|absolutely|okay|ok)\W{1,3})?(?:here(?:[’']s| is)|below is) (?:the|your|my|a) (?:\w+ ){0,2}(?:section|text|version|draft|answer|latex|abstract|rewrite|revision)\b"
    r"|(?:changes|edits) made\b|(?:end|start|beginning) of (?:the )?section\b)[^.!?\n\]]*|(?<=\n\n)(?:human|assistant): [^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_LEFT_OUT = re.compile(
    r"(?<![A-Za-z}*\]])\[\s*(?:\.{3}|…|\\[lc]?dots)?\s*[^\[\]]{0,60}\b(?:unchanged|omitted(?: for brevity)?|as before|same as (?:above|before)|to be (?:filled(?: in)?|written|added|completed)|continue[sd]?)\s*(?:\.{3}|…)?\s*\]"
    r"|\(\s*(?:\.{3}|…)?\s*(?:the )?(?:rest|remainder)\b[^()]{0,30}\b(?:unchanged|the same|omitted|as before|follows|continues)\s*\)"
    r"|^\s*(?:the )?section continues\b[^\n]{0,20}|(?<=[.!?] )(?:the )?section continues\b[^\n]{0,20}|\(citations? needed\)",
    re.IGNORECASE | re.MULTILINE,
)
_ESCAPES = re.compile(r"\\u[0-9a-fA-F]{4}(?![0-9a-fA-F])|\\x[0-9a-fA-F]{2}\b|\{\\?%-? ?\w[^{}\n]*%\}")
_BARE_NAME = re.compile(r"(?<![\w.\[\\])run\\?_\d+\.[a-z]\w+(?:\.\w+)*")


def asides(text: str) -> Iterator[str]:
    """A sentence for each, with what to do; `text` is without code, and without references."""
    for match in _TO_THE_ASKER.finditer(text):
        yield f"{_shown(match['said'])} is said to whoever asked for the section: leave it out"
    for match in _LEFT_OUT.finditer(text):
        yield f"{_shown(match.group())} stands where something was left out: give the section whole"
    for match in _ESCAPES.finditer(text):
        yield f"{_shown(match.group())} is an escape of another language: write the character, or leave it out"
    for match in _BARE_NAME.finditer(text):
        name = match.group().replace("\\", "")
        yield f"{name!r} is a name, and no value is printed there: write [[{name}]]"


def _shown(text: str) -> str:
    return repr(" ".join(text.split())[:60])
