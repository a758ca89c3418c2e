"""The texts of SCR: their two attributes, and the sets that are made of them."""

from __future__ import annotations

import pytest

from harness.evaluation.measures.prepared.plants import balanced_set, biased_set, growth_of, number_of
from harness.evaluation.measures.prepared.sizes import SIZES
from harness.read.lm import LM
from harness.read.splits import Split
from harness.read.text import split_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("gloss", "growth", "number"),
    [
        ("genus of Eurasian herbs", "herbaceous", "group"),
        ("small evergreen shrub of Pacific coast", "woody", "single"),
        ("any of various trees of the genus Quercus", "woody", "group"),
        ("any plant of the family, a herb or a shrub", None, "group"),
        ("a street with treeless borders", None, "single"),
    ],
)
def test_attributes_are_read_off_whole_words(gloss: str, growth: str | None, number: str) -> None:
    """Words of both sides, or parts of words, do not make an attribute."""
    assert (growth_of(gloss), number_of(gloss)) == (growth, number)


@pytest.mark.parametrize("split", ["heldout", "confirm"])
def test_the_sets_of_scr_are_balanced_biased_and_apart(lm: LM, split: Split) -> None:
    """Balanced sets have half of two combinations, biased ones all of one; no text is trained and tested on."""
    train, test = biased_set(lm.tokenizer, 40), balanced_set(lm.tokenizer, split, 40, 20)
    for sets, size in ((train, 40), (test, 20)):
        assert {len(set(found)) for found in sets.values()} == {size}
        kinds = {name: {(growth_of(g), number_of(g)) for g in found} for name, found in sets.items()}
        assert kinds["male_professor / female_nurse"] == {("woody", "group")}
        assert kinds["female_nurse_data_only"] == {("herbaceous", "single")}
        assert kinds["male / female"] == {("woody", "group"), ("herbaceous", "group")}
        assert kinds["nurse_data_only"] == {("herbaceous", "group"), ("herbaceous", "single")}
    assert not {g for found in train.values() for g in found} & {g for found in test.values() for g in found}
    assert {split_of(g) for found in test.values() for g in found} == {split}
    train = biased_set(lm.tokenizer, SIZES.scr_train)  # there are enough
    test = balanced_set(lm.tokenizer, split, SIZES.scr_train, SIZES.scr_test)
    assert not {g for found in train.values() for g in found} & {g for found in test.values() for g in found}
    with pytest.raises(ValueError, match="texts of each growth and number were asked for"):
        biased_set(lm.tokenizer, 10_000)
