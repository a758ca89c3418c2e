"""A place of a text that names runs: as what is compared with, as the baseline, as one name with its setting behind it."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.drafts.naming import phrases
from agent.drafts.naming.mention import Mention


def with_what_stands_behind(found: list[Mention], text: str) -> list[Mention]:
    """`LoRA (r=4)` as one name, where what is in brackets is called so of some of the runs before it."""
    done: list[Mention] = []
    for one in found:
        last = done[-1] if done else None
        within = last is not None and one.runs and one.runs < last.runs and not (last.plain or last.ours)
        if (
            last
            and within
            and phrases.BEHIND.fullmatch(text[last.end : one.start])
            and re.search(r"\d", text[one.start : one.end])
        ):
            done[-1] = replace(last, end=one.end, runs=one.runs)
        else:
            done.append(one)
    return done


def is_target(text: str, start: int, end: int) -> bool:
    """Whether the run text[start:end] is what another is compared with: `than run 2`, `by 0.3 that of run 2`."""
    if phrases.TARGET.search(text[:start]):
        return True
    if phrases.SHARE_OF.search(text[:start]) and phrases.ENDS.match(text, end):
        return True  # `66% of the baseline's`
    return bool(phrases.THAT_OF.search(text[:start])) and not phrases.VERB.match(text, end)
