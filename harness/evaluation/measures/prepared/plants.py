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

from harness.read.text import Split, labelled

_WOODY = re.compile(r"\b(?:trees?|shrubs?|shrubby|palms?|conifers?|pines?|oaks?)\b")
_HERBACEOUS = re.compile(
    r"\b(?:herbs?|herbaceous|grass\w*|ferns?|weeds?|orchids?|vines?|wildflowers?|mushrooms?|fung\w+)\b"
)
_GROUP = re.compile(r"\b(?:genus|genera|family|order|any of)\b")
QUADRANTS = [(growth, number) for growth in ("woody", "herbaceous") for number in ("group", "single")]
BOTH: tuple[Split, Split] = ("train", "heldout")


def growth_of(gloss: str) -> str | None:
    """`woody`, `herbaceous`, or None where the gloss has words of both or of neither."""
    woody, herbaceous = bool(_WOODY.search(gloss)), bool(_HERBACEOUS.search(gloss))
    return None if woody == herbaceous else "woody" if woody else "herbaceous"


def number_of(gloss: str) -> str:
    """`group` or `single`."""
    return "group" if _GROUP.search(gloss) else "single"


def texts() -> dict[tuple[str, str], list[str]]:
    """Glosses by (growth, number), in an order that depends on their text alone. Both splits: held-out ones are too few."""
    found: dict[tuple[str, str], list[str]] = {quadrant: [] for quadrant in QUADRANTS}
    plants = {gloss for split in BOTH for gloss, _ in labelled(split, ["noun.plant"])}
    for gloss in sorted(plants, key=lambda gloss: hashlib.sha256(gloss.encode()).digest()):
        if growth := growth_of(gloss):
            found[growth, number_of(gloss)].append(gloss)
    return found


def biased_and_balanced(train: int, test: int) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The six sets that SCR trains its probes on, and those it tests them on, from `train` and `test` glosses of each
    (growth, number).

    Under the names that sae-bench has for them: "professor / nurse" is here woody / herbaceous, "male / female" is
    group / single, and "male_professor / female_nurse" is the biased set: woody groups against herbaceous single.
    No text is in both parts. Raises ValueError where there are too few texts.
    """
    quadrants = texts()
    shortest = min(len(glosses) for glosses in quadrants.values())
    if shortest < train + test:
        raise ValueError(f"{train + test} texts of each growth and number were asked for, there are {shortest}")
    return _sets(quadrants, slice(0, train)), _sets(quadrants, slice(train, train + test))


def _sets(quadrants: dict[tuple[str, str], list[str]], rows: slice) -> dict[str, list[str]]:
    """Six sets of equal size: balanced ones have half of two quadrants, the biased ones all of one."""
    woody_group, woody_single, herb_group, herb_single = (quadrants[each][rows] for each in QUADRANTS)
    half = len(woody_group) // 2
    return {
        "male / female": woody_group[:half] + herb_group[:half],
        "female_data_only": woody_single[:half] + herb_single[:half],
        "professor / nurse": woody_group[:half] + woody_single[:half],
        "nurse_data_only": herb_group[:half] + herb_single[:half],
        "male_professor / female_nurse": woody_group[: 2 * half],
        "female_nurse_data_only": herb_single[: 2 * half],
    }
