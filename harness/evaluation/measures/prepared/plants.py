"""Texts with two attributes for SCR: WordNet glosses about plants, woody or herbaceous, about a group or a single one.

    group     is about many: "genus of Eurasian herbs", "family of chiefly tropical trees", "any of several annual herbs"
    single    is not: "small evergreen shrub of Pacific coast"
    woody     has a word such as tree, shrub, palm and none such as herb, grass, fern; herbaceous the other way round

Both are words that a reader looks at, the language model knows both (a probe tells woody from herbaceous in 88 of 100
glosses and group from single in 98), and a probe trained where they go together learns something of each (67 and 81).
So there is a false connection to remove. Animals or plants, say, would not do: that is so easy to tell that a probe
learns nothing else.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from harness.read.splits import Split
from harness.read.text import labelled

_WOODY = re.compile(r"\b(?:trees?|shrubs?|shrubby|palms?|conifers?|pines?|oaks?)\b")
_HERBACEOUS = re.compile(
    r"\b(?:herbs?|herbaceous|grass\w*|ferns?|weeds?|orchids?|vines?|wildflowers?|mushrooms?|fung\w+)\b"
)
_GROUP = re.compile(r"\b(?:genus|genera|family|order|any of)\b")
QUADRANTS = [(growth, number) for growth in ("woody", "herbaceous") for number in ("group", "single")]


def growth_of(gloss: str) -> str | None:
    """`woody`, `herbaceous`, or None where the gloss has words of both or of neither."""
    woody, herbaceous = bool(_WOODY.search(gloss)), bool(_HERBACEOUS.search(gloss))
    return None if woody == herbaceous else "woody" if woody else "herbaceous"


def number_of(gloss: str) -> str:
    """`group` or `single`."""
    return "group" if _GROUP.search(gloss) else "single"


def texts(tokenizer: Any, split: Split) -> dict[tuple[str, str], list[str]]:
    """A split's glosses by (growth, number), in an order that depends on their text alone."""
    found: dict[tuple[str, str], list[str]] = {quadrant: [] for quadrant in QUADRANTS}
    plants = {gloss for gloss, _ in labelled(tokenizer, split, ["noun.plant"])}
    for gloss in sorted(plants, key=lambda gloss: hashlib.sha256(gloss.encode()).digest()):
        if growth := growth_of(gloss):
            found[growth, number_of(gloss)].append(gloss)
    return found


def biased_set(tokenizer: Any, count: int) -> dict[str, list[str]]:
    """The six sets that SCR trains its probes on, from `count` glosses of the training split of each (growth, number).

    Under the names that sae-bench has for them: "professor / nurse" is here woody / herbaceous, "male / female" is group /
    single, and "male_professor / female_nurse" is the biased set: woody groups against herbaceous single. Raises
    ValueError where there are too few texts.
    """
    return _sets(texts(tokenizer, "train"), count)


def balanced_set(tokenizer: Any, split: Split, trained: int, count: int) -> dict[str, list[str]]:
    """The six sets that SCR tests on: all of the split's own glosses, and as many more of the training split as are needed.

    A held-out split has too few, so those behind the first `trained` are shared by all splits. Raises ValueError where
    there are too few texts.
    """
    own, shared = texts(tokenizer, split), texts(tokenizer, "train")
    return _sets({each: [*own[each], *shared[each][trained:]] for each in QUADRANTS}, count)


def _sets(quadrants: dict[tuple[str, str], list[str]], count: int) -> dict[str, list[str]]:
    """Six sets of equal size: balanced ones have half of two quadrants, the biased ones all of one."""
    shortest = min(map(len, quadrants.values()))
    if shortest < count:
        raise ValueError(f"{count} texts of each growth and number were asked for, there are {shortest}")
    woody_group, woody_single, herb_group, herb_single = (quadrants[each][:count] for each in QUADRANTS)
    half = len(woody_group) // 2
    return {
        "male / female": woody_group[:half] + herb_group[:half],
        "female_data_only": woody_single[:half] + herb_single[:half],
        "professor / nurse": woody_group[:half] + woody_single[:half],
        "nurse_data_only": herb_group[:half] + herb_single[:half],
        "male_professor / female_nurse": woody_group[: 2 * half],
        "female_nurse_data_only": herb_single[: 2 * half],
    }
