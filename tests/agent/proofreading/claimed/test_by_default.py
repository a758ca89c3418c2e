"""A claim by default: words that no list has are refused where they are said of a result, and everything that ships stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.claimed import table
from agent.proofreading.claimed.by_default import check
from agent.proofreading.claimed.kinds import of_turns
from agent.proofreading.claimed.kinds.of_procedure import BLAMED, OF_THE_ENDED, SELECTED
from agent.proofreading.problems import problems_of
from agent.proofreading.sentences.argued import argued_sentences
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import sentences
from agent.session.paths import REPOSITORY
from tests.agent.proofreading.said import said
from tests.world import recorded_texts
from tests.world.fresh_seeds import confirmed_and_not, tried
from tests.world.study import REPORTED, results

EVIDENCE = Evidence(results(), REPORTED)
CONFIRMED = Evidence(tried(confirmed_and_not()), REPORTED)
RECORDINGS = sorted([*REPOSITORY.glob("ideas/*.recording.jsonl"), *REPOSITORY.glob("templates/*/*.recording.jsonl")])


def found(
    text: str, evidence: Evidence = EVIDENCE, free: str = "", latex: bool = True, tells: bool = True
) -> list[str]:
    """What this rule alone says of a text."""
    names = Names(evidence, free)
    return [said for sentence in argued_sentences(text, latex, evidence) for said, _ in check(sentence, names, tells)]


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 sparkles.",
        "The penalty trounces its rivals.",
        "Run 3 blew every competitor away.",
        "Runs 2 and 3 humble the baseline.",
        "All variants trounce the baseline.",
        "The mse of run 3 is breathtaking.",
        "Our method is a triumph.",
        "Run 3 is in a league of its own.",
        "Run 3 has the wind at its back.",
        "Run 2 takes the crown.",
        "The decay leaves the baseline in the dust.",
        "Run 3 holds up.",
        "On mse run 3 is [[run_3.mse.verdict]] and sparkles.",
        "On mse run 3 is [[run_3.mse.verdict]], which sparkles.",
        "The mse of run 3 is [[run_3.mse]], dwarfing the baseline.",
        "Run 3 trounces the baseline at an mse of [[run_3.mse]].",
        "Nothing holds a candle to run 3.",
        "As \\citet{gao} report, codes improve, and run 3 trounces the baseline.",
        "We nailed absorption.",
        "Run 3 can do what the baseline only dreams of.",
        "The overlap between latents all but evaporates.",
        "A penalty that never lets go strangles the dictionary.",
        "Our penalty ends the long quarrel between separation and fidelity.",
        "The decay does the heavy lifting.",
        "There was never any danger to reconstruction.",
        "Seeds would hardly alter this ranking.",
        "Larger models should reap even more.",
        "Future dictionaries will want a decay.",
        "Engineers in a hurry may simply copy the settings of run 3.",
        "A whisker separates run 2 from the baseline.",
        "That run 1 loses some mse should not distract from its triumph.",
        "In line with \\citet{gao}, run 3 no longer exhibits the hedging of its parents.",
        "Mse drops like a stone.",
        "Cosine decay is, to our knowledge, the sharpest blade in the drawer.",
        "Two of the metrics that matter were swept by run 3.",
        "The mechanism is plain.",
        "Absorption met its match.",
    ],
)
def test_a_word_that_nobody_foresaw_is_a_claim(text: str) -> None:
    """Verbs, adjectives, nouns and phrases that are on no list, said of a run, the method or a metric."""
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 trounces the baseline on mse ([[run_3.mse.verdict]]).",
        "Against the baseline run 3 sparkles: on mse it is [[run_3.mse.verdict]].",
        "[[if run_3.mse better]]Run 3 outstrips its rivals on mse.[[else]]It does not.[[end]]",
        "Run 3 may sparkle on other data.",
        "We do not know whether run 3 sparkles.",
        "Run 3 does not sparkle.",
        "Perhaps run 3 sparkles on other data.",
        "\\citet{gao} dazzle with their variants.",
        "Does run 3 sparkle?",
        "Run 3 keeps the weight constant and lets the threshold fall to zero.",
        "Run 2 takes the code of run 1 and adds a schedule.",
        "The penalty is the sum of the squared weights over all pairs.",
        "Run 4 is not comparable, and run 5 was never launched.",
        "Run 3 has the same budget as the baseline and three seeds.",
        "The control is equal in rule.",
        "This is hard to tell from one seed.",
        "The mse of run 3 is [[run_3.mse]].",
        "Figure 1 shows the mse of each run by step.",
        "Nothing here speaks of quality.",
        "The variance lost in training is not recorded.",
        "For run 3 the control is as telling as the rest: [[verdicts mse | run_1 run_3]].",
        "If the decay mattered, a constant weight would fare otherwise.",
        "We would next repeat the control on fresh seeds.",
        "An untrained model can score high on separation.",
        "Run 2 smooths the statistics with a weight of [[run_2.config.lambda_max]].",
        "That run 3 separates features is [[run_3.feature_separation.verdict]].",
        "The launches of run 3 ran out of memory twice.",
        "A reader may compare the two.",
    ],
)
def test_what_is_borne_or_claims_nothing_stands(text: str) -> None:
    """Beside a verdict, under a condition, supposed, denied, asked, another's, or of how a thing was made."""
    assert found(text) == []


def test_a_method_is_told_in_any_words() -> None:
    """Where a section does not tell results only runs by their number are looked at."""
    text = "The penalty herds latents like cattle."
    assert found(text)
    assert found(text, tells=False) == []
    assert found("Run 3 sparkles.", tells=False)


@pytest.mark.parametrize("name", ["honest", "honest_confirmed"])
def test_no_honest_sentence_is_refused_by_default(name: str) -> None:
    """Four hundred of them, alone and without the words of an idea."""
    evidence = CONFIRMED if name.endswith("confirmed") else EVIDENCE
    assert [text for _, text in said(name) if found(text, evidence)] == []


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_no_text_that_ships_is_refused_by_default(recording: Path) -> None:
    """Every note and every section of the four recordings, each form of it."""
    world = recorded_texts.world_of(recording)
    texts = [*recorded_texts.told(recording)]
    assert len(texts) > 30
    refused = [(each.step, found(each.text, world.evidence, world.free, each.latex, each.tells)) for each in texts]
    assert [told for told in refused if told[1]] == []


def test_it_is_told_with_what_would_stand() -> None:
    """The clause, and the reference or wording that would be taken in its place."""
    (problem,) = problems_of("On mse the third run, run 3, sparkles.", EVIDENCE, latex=True)
    assert "'sparkles'" in problem
    assert "[[run_3.mse.verdict]]" in problem
    assert "[[if run_3.mse better]]" in problem


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Against run 1 only the schedule differs: the weight stays at a third and the threshold at a half.", False),
        ("The threshold starts at its base value and shrinks to zero as training proceeds.", False),
        ("The log is /scratch/somebody/what/breaks/everything/does/notes.txt and so on.", False),
        ("The weight hits the sweet spot.", True),
        ("The penalty drops like a stone to zero cost.", True),
    ],
)
def test_how_a_quantity_that_is_set_runs_claims_nothing(text: str, claims: bool) -> None:
    """A schedule is told in verbs of movement, and no word of a path is one; an idiom with the same noun is a claim."""
    assert bool(found(text)) == claims


@pytest.mark.parametrize(
    "text",
    [
        "Fixed weights are known to waste capacity, which our schedule remedies.",
        "Our schedule achieves the same effect.",
        "Prior penalties were blunt; ours is a scalpel.",
        "The proposed penalty unlocks features.",
    ],
)
def test_what_is_ours_is_asked_for_where_no_results_are_told(text: str) -> None:
    """An introduction, a background and others' work may praise the authors' own no more than results may."""
    assert found(text, tells=False)


@pytest.mark.parametrize(
    "text",
    [
        "Our question is how long a penalty has to last.",
        "Our penalty sums the squares of all pairs and is added to the loss.",
        "Our term weighs a pair by how often both are on.",
        "The proposed schedule is the half cosine of run 3.",
        "Penalties herd features like cattle.",
    ],
)
def test_how_ours_is_made_is_told_in_plain_words(text: str) -> None:
    """A method, a question, and what is said of others."""
    assert found(text, tells=False) == []


@pytest.mark.parametrize(
    "text",
    [
        "Its advantage grows with the length of the schedule.",
        "The gain comes cheap.",
        "Nearly all features of run 3 take part in the code.",
        "Run 3 is used more evenly.",
        "The mse of run 3 stays at the level of the baseline.",
        "Run 3 has a slight edge over run 2.",
        "The curves of run 1 fall early.",
    ],
)
def test_plain_words_claim_of_an_outcome(text: str) -> None:
    """Of an advantage whatever is said, of most parts, to a degree, beside the baseline, of a curve that is drawn."""
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "A gain counts only where it leaves the band.",
        "Whether its advantage is one of the schedule is open.",
        "The curves of run 1 end where training ends.",
        "A schedule has an advantage of its own only if it does not lose elsewhere.",
        "The mse of run 3 is [[run_3.mse]], at the level of run 2.",
        "Run 3 has no advantage that we know of.",
    ],
)
def test_what_is_no_outcome_stands(text: str) -> None:
    """What counts as one, that it is open, how a curve is drawn, a condition, a value, a denial."""
    assert found(text) == []


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_no_turn_of_phrase_ships(recording: Path) -> None:
    """Nor does a selection, a lesson of an ended run, or an excuse: by the kinds alone, whatever was measured."""
    world = recorded_texts.world_of(recording)
    names = Names(world.evidence, world.free)
    texts = [re.sub(r"\[\[(?:if|else|end)[^\]]*\]\]", " ", each.text) for each in recorded_texts.told(recording)]
    read = {sentence for text in texts for sentence in sentences(text, latex=True)}
    read = {one for one in read if all(names.evidence.says(each) for each in one.references if each.judges)}
    kinds = {kind.why for kind in (*of_turns.KINDS, SELECTED, OF_THE_ENDED, BLAMED)}
    assert [(one.text, said) for one in read for said, why in table.check(one, names) if why in kinds] == []


def test_what_to_write_of_a_run_that_is_not_comparable_is_that() -> None:
    """No passage on it can ever hold as better."""
    names = Names(EVIDENCE)
    told = [why for each in sentences("Run 4 tames mse.", latex=True) for _, why in check(each, names)]
    assert told and "run 4 is not comparable" in told[0].replace("_", " ") and "better]]" not in told[0]
