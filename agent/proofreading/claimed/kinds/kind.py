"""A kind of claim: the words that make it, of whom it must be said, and what a sentence must hold for it to stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["value", "verdict", "decided", "undecided", "several", "extreme", "confirmed", "modest"]
"""What a sentence gives beside its words: a measured value; a verdict, that decides something or nothing; verdicts of several
runs; who is the first of all; an outcome on fresh seeds that bears the claim; or it says itself that it is a guess."""
NEVER: frozenset[State] = frozenset()
ANY_REFERENCE: frozenset[State] = frozenset({"value", "verdict"})

Scope = Literal["anything", "study", "result", "metric"]
"""Of what it is a claim: whatever it speaks of; runs, method or findings of this study; these where a metric or an outcome is named; a metric."""


@dataclass(frozen=True)
class Kind:
    """Words that claim one kind of thing; `words` by the scope in which they do."""

    name: str
    words: Mapping[Scope, re.Pattern[str]]
    stands_with: frozenset[State]
    """What bears it: one of these in its sentence is enough; none where nothing does."""
    why: str
    deniable: bool = True
    """Whether a "no" or "not" in its clause takes it back; not where the words are a denial themselves."""
    supposable: bool = True
    """Whether "may", "should" or "cannot" in its clause makes a supposition of it; not where advice is given by such a word."""
