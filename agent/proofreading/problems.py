"""What is wrong with a text, a sentence each: references, typed numbers, claims; LaTeX where it is a section."""

from __future__ import annotations

import re

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.proofreading import finality
from agent.proofreading.compared.comparing import asserted
from agent.proofreading.occurrence import Grounds
from agent.proofreading.sentences.argued import read_texts
from agent.proofreading.source.latex import Surroundings, structure_problems
from agent.proofreading.source.leftovers import leftovers
from agent.proofreading.typed_numbers import typed_findings
from agent.session.idea import Idea

_CLAIM = re.compile(r"\b(improv\w+|better|outperform\w*|superior|reduc\w+|enhanc\w+|state.of.the.art)\b", re.IGNORECASE)
_LONGEST_TITLE = 250
_LONGEST_WORD = 60
_CHAT = re.compile(
    r"\s*(?:sure|certainly|of course|okay|here (?:is|are)|here[’']s|the title (?:is|could|would)|title:|i (?:would|suggest|propose)|how about|hello|hi\b)[^\w]",
    re.IGNORECASE,
)
_RESULT = re.compile(r"\d+(?:\.\d+)?\s*\\?%|\d\.\d")


def problems_of(
    text: str, evidence: Evidence, free: str = "", latex: bool = False, proposing: bool = False, tells: bool = True
) -> list[str]:
    """What is wrong with a text's references, typed numbers and claims, and which of its passages is stale.

    `tells`: whether the text tells results; of a method or of others' work a model may speak in words that nobody foresaw.
    """
    filled = fill(text, evidence, "latex" if latex else "text")
    typed = typed_findings(text, Grounds(evidence, free, tells=tells), latex, proposing)
    return list(dict.fromkeys([*filled.problems, *filled.stale, *map(str, typed)]))


def section_problems(text: str, evidence: Evidence, free: str, around: Surroundings, tells: bool = True) -> list[str]:
    """All that is wrong with a section's LaTeX; `tells` as in `problems_of`."""
    found = [] if text.strip() else ["the section is empty"]
    for read in read_texts(text, evidence):
        found += [*structure_problems(read, around), *leftovers(read)]
    return list(dict.fromkeys([*found, *problems_of(text, evidence, free, latex=True, tells=tells)]))


def title_problems(title: str, idea: Idea) -> list[str]:
    """What is wrong with a title: it stands whatever was measured, so it may hold neither result nor claim."""
    if not title.strip():
        return ["the title is missing; give it as \\title{…}"]
    found = [*structure_problems(title, Surroundings((), (), ())), *_not_a_title(title)]
    if "[[" in title or _RESULT.search(title):
        found.append("the title must not hold a result")
    claim = "" if title.rstrip().endswith("?") else _claim_in(title)
    if claim and claim.lower() not in idea.Title.lower():
        found.append(f"the title claims a result ({claim!r}); name the question or the method instead")
    return found


def _claim_in(title: str) -> str:
    """The first word of a title that compares, or says that something is settled; a question claims nothing."""
    found = _CLAIM.search(title) or finality.FINAL.search(title)
    return found.group() if found else asserted(title)


def _not_a_title(title: str) -> list[str]:
    """Words to the one who asked, another format's marks, or more than a line can hold."""
    if _CHAT.match(title):
        return [f"{title[:40]!r} speaks to the one who asked: give the title alone, as \\title{{…}}"]
    if len(title) > _LONGEST_TITLE:
        return [f"the title has {len(title)} characters; {_LONGEST_TITLE} at most"]
    if long := next((word for word in title.split() if len(word) > _LONGEST_WORD), ""):
        return [f"{long[:40]!r} … is no word: give the title in words"]
    marked = re.search(r"\*\*|^#+ |</?\w+>|`", title)
    return [f"{marked.group()!r} is no part of a title: give its words alone"] if marked else []


def free_text(idea: Idea, title: str) -> str:
    """What was known before any run, whose numbers a text may repeat: the idea's own words, the template's title."""
    told = (idea.Title, idea.Experiment, idea.Technical_Details, idea.Implementation_Plan, idea.Abstract, title)
    return "\n".join(told)
