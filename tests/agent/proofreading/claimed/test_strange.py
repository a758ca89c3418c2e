"""Strange words: images and judgements wherever in a sentence they stand, and the plain words that a report is made of."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.claimed import plain_words, procedures
from agent.proofreading.claimed.grammar import common_words
from agent.proofreading.claimed.plain_words import is_plain
from agent.proofreading.problems import problems_of
from tests.world.study import REPORTED, results

EVIDENCE = Evidence(results(), REPORTED)


@pytest.mark.parametrize(
    "text",
    [
        "Features that used to quarrel over a token now divide the labour.",
        "A whisker is between run 2 and the baseline.",
        "No ifs, no buts.",
        "Quite a feat for one line of code.",
        "With the weight gone, the dictionary breathes again.",
        "Timing is the lever, and the rest is garnish.",
        "We compare four runs, of which one is a damp squib.",
    ],
)
def test_a_strange_word_is_a_claim_wherever_it_stands(text: str) -> None:
    """In a relative clause, in a subject, in a sentence without a verb, behind a preposition."""
    assert problems_of(text, EVIDENCE, latex=True)


@pytest.mark.parametrize(
    "text",
    [
        "Features may quarrel over a token; we did not look.",
        "F1 by the kind of latent (parents, children) for each run.",
        "\\citet{gao} let features quarrel over a token.",
        "We do not know whether features quarrel.",
        "[[if run_3.mse better]]On mse run 3 breathes again.[[else]]On mse it does not.[[end]]",
        "The corpus is split by document, and the tokenizer is that of the model.",
        "A logistic regression is fitted on the training half of the labelled examples.",
        "The matrix is symmetric, so only its upper triangle is stored in memory.",
        "Scores come from a separate process, which has no access to the scripts of the runs.",
        "By ``split'' we mean a latent whose occurrences are those of another's.",
        "Sparse autoencoders decompose the activations of a language model into a larger set of directions.",
    ],
)
def test_what_is_excused_or_plain_stands(text: str) -> None:
    """Supposed, another's, not known, under a condition; and what a method is told in."""
    assert problems_of(text, EVIDENCE, latex=True, free="tokenizer of the model, a child") == []


def test_a_method_may_use_any_word() -> None:
    """Where a section tells no results, strange words are not asked for."""
    text = "The penalty herds features into a corral."
    assert problems_of(text, EVIDENCE, latex=True)
    assert problems_of(text, EVIDENCE, latex=True, tells=False) == []


def test_plain_words_judge_nothing() -> None:
    """No word that praises, blames or moves a result is plain; a verb of any report is in each of its forms."""
    judged = (
        "good great excellent remarkable harmful impressive superb soar soars plummet trounce dwarf elegant triumph"
    )
    assert [word for word in judged.split() if is_plain(word)] == []
    assert all(
        is_plain(word) for word in ("rewrite", "tabulated", "tabulating", "corpora", "iteratively", "transposes")
    )


def test_no_word_stands_in_two_lists() -> None:
    """A noun that `common_words` has, or a verb that `procedures` has, is not listed again."""
    assert [word for word in plain_words.THINGS if common_words.is_singular_noun(word)] == []
    assert [word for word in plain_words.ACTS if procedures.is_listed(word)] == []


def test_a_folder_in_a_path_says_nothing() -> None:
    """A path, and what a package names in place of whoever's folder it was."""
    text = "The log is (home)/garnish/squib/notes.txt and on."
    assert problems_of(text, EVIDENCE, latex=False) == []
