"""What of an answer stands beside the section that it gives: no word of it goes without a problem that says so.

Only what is plainly said to the one who asked may go: a line that leads to the block and ends in a colon, and a closing offer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.reference import REFERENCE

FENCE = re.compile(
    r"(?:```|~~~)[ \t]*[\w.+:/-]*(?:[ \t]*(?:(?:title|name|file|filename)=\S+|\{[^}\n]*\}|\([^)\n]{0,20}\)|#[^\n`]{0,30}))?:?[ \t]*\n(.*?)(?:```|~~~)",
    re.DOTALL,
)
"""A block, whatever stands behind its opening marks as its language, name or attributes; a sentence there is none."""
_LEADS = re.compile(
    r"\b(?:here(?:[’']s| it is| they are| is| are| you (?:are|go))|below (?:is|are|you)|sure|certainly|of course|as requested|(?:the|my|your) answer|in full"
    r"|(?:revised|updated|corrected|improved|final|full|complete|whole|requested|rewritten|mended|fixed|polished|refined) "
    r"(?:\w+ )?(?:section|version|text|latex|draft|abstract|answer|block|source|code)|the (?:section|latex|abstract|text|draft)|latex)\b",
    re.IGNORECASE,
)
_ASSENT = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|ok|understood|gladly|yes|no problem|thanks?(?: you)?)\W*(?:(?:i|i[’']ve|here|below|this)\b[^.!?\\]{0,80}[.:!]?\W*)?",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\W*(?:please )?(?:let me know|feel free|i hope (?:this|that|it)\b|hope (?:this|that|it)\b|(?:i[’']?m |i am |i would be |i[’']d be )?(?:glad|happy) to"
    r"|(?:would|do) you (?:like|want|need)|if you (?:want|need|would like|[’']d like|have any|prefer)|shall i|want me to|is there anything|anything else"
    r"|i can (?:also )?(?:adjust|revise|expand|shorten|change))\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\d|\\|\b(?:that|which|because|since|worse|better|lower|higher|baseline|runs?|noise|metrics?|pro(?:of|ves?|ved)|shows?|finds?|found|means?|suggests?"
    r"|claims?|assume[ds]?|assuming|assumptions?|results?|averag\w+|seeds?|loss|figures?|tables?|equations?)\b",
    re.IGNORECASE,
)
"""What talk to the one who asked never says: then it is a sentence of the paper, or a remark that is to be read."""
_COURTESY = re.compile(
    r"\b(?:i )?hope (?:this|that|it)(?: \w+){0,2} (?:helps?|works?|fits|suits|meets|is (?:what|fine|useful|helpful|good|ok\w*))\b"
    r"|\b(?:the|a|this) (?:\w+ ){0,2}results? section\b|\bthat (?:you|was|is) (?:asked|wanted|requested|needed)\b",
    re.IGNORECASE,
)
_LONGEST_LEAD_WORDS = 40
_SCAFFOLD = re.compile(
    r"\\(?:documentclass|usepackage|RequirePackage|author|date|geometry|pagestyle|bibliographystyle|hypersetup|setlength|graphicspath|linespread"
    r"|setcounter|maketitle|thispagestyle|bibliography|PassOptionsToPackage|inputencoding|pdfoutput)\*?"
    r"(?:\s*\[[^\]]*\])*(?:\s*=?\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\d+))*|^\s*%.*$|\\make(?:at(?:letter|other))",
    re.MULTILINE,
)
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]*\])?\{(?:[^{}]|\{[^{}]*\})*\}")
_HEADING = re.compile(r"\A\s*\\section\*?\{([^{}]*)\}")
_COMMON_LETTERS = 5


def lost_words(answer: str, name: str = "", titled: bool = False) -> list[str]:
    """A sentence for each part of an answer that is no part of the text that is taken from it though it may belong to it.

    `name` is the section's, which its own heading may repeat; `titled`: the paper's title is given with it.
    """
    blocks = [block for block in FENCE.findall(answer) if block.strip()]
    problems = []
    if len(blocks) > 1:
        problems.append(
            f"the answer holds {len(blocks)} blocks and only the longest was taken: give the whole section in one block"
        )
    if blocks:
        problems += [
            f"text outside of the block is no part of the section ({paragraph[:60]!r}): put all of the section into the block"
            for paragraph in _outside(answer, name)
        ]
    text = max(blocks, key=len) if blocks else answer
    problems += _around_document(text, titled)
    heading = _HEADING.search(text.split("\\begin{document}", 1)[-1])
    if heading and name and not _same(heading[1], name):
        problems.append(
            f"the heading {heading[1]!r} is no part of the section, which is called {name}: use \\subsection or \\paragraph for it"
        )
    return problems


def _outside(answer: str, name: str) -> Iterator[str]:
    """Paragraphs outside of all blocks that are not plainly said to the one who asked."""
    begins = next(FENCE.finditer(answer)).start()
    ends = [match.end() for match in FENCE.finditer(answer)][-1]
    for start, end in _gaps(answer):
        parts = [part.strip() for part in re.split(r"\n\s*\n", answer[start:end]) if re.search(r"\w", part)]
        for place, part in enumerate(parts):
            leads = end <= begins and place == len(parts) - 1 and _is_lead(part)
            assents = end <= begins and place == 0 and _ASSENT.fullmatch(part) and not _says_something(part)
            headed = end <= begins and name and part.strip("#*_: ").lower() == name.lower()
            if part.startswith("```") or headed or leads or assents or (start >= ends and _is_offer(part)):
                continue
            yield part


def _gaps(answer: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in FENCE.finditer(answer):
        yield at, match.start()
        at = match.end()
    yield at, len(answer)


def _is_lead(part: str) -> bool:
    """`Sure, here is the section:`"""
    chat = part.endswith(":") and _LEADS.search(part) and len(part.split()) <= _LONGEST_LEAD_WORDS
    return bool(chat) and not _says_something(part)


def _is_offer(part: str) -> bool:
    """`Let me know if it should be shorter.`, and nothing else."""
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+", part) if re.search(r"\w", sentence)]
    return all(_OFFER.match(sentence) for sentence in sentences) and not _says_something(part)


def _says_something(part: str) -> bool:
    """Whether talk holds more than talk."""
    return bool(REFERENCE.search(part) or _SAYS.search(_COURTESY.sub(" ", part)))


def _around_document(text: str, titled: bool) -> Iterator[str]:
    """What a whole document holds outside of its body, beside what every document has."""
    before, begins, rest = text.partition("\\begin{document}")
    if not begins:
        return
    kept = _SCAFFOLD.sub("", _TITLE.sub("", before) if titled else before).strip()
    if re.search(r"\w", kept):
        yield (
            f"what stands before \\begin{{document}} is no part of the section ({_shown(kept)}): write definitions out where they "
            "are used, and give the section alone"
        )
    after = _SCAFFOLD.sub("", rest.partition("\\end{document}")[2]).strip().strip("`").strip()
    if re.search(r"\w", after):
        yield f"what stands behind \\end{{document}} is no part of the section ({_shown(after)}): put all of it before"


def _shown(text: str) -> str:
    return repr(" ".join(text.split())[:60])


def _same(heading: str, name: str) -> bool:
    """Whether a heading says no more than the section's name: `Our Method`, `Experiments` for Experimental Setup."""
    stems = [{word[:_COMMON_LETTERS] for word in re.findall(r"[a-z]{3,}", text.lower())} for text in (heading, name)]
    return (bool(stems[0] & stems[1]) and len(stems[0] - stems[1]) <= 1) or not stems[0]
