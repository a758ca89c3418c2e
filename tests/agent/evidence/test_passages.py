"""Passages: of each one branch is printed, by verdicts, fresh seeds and hypotheses; none is printed as true that does not hold."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill, printed, settled, unfill, why_not_printed
from agent.evidence.passages import without_torn_end
from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from agent.results.registered.outcomes import Judged, Registration
from agent.results.results import Results
from agent.results.values import Value
from agent.session.events.hypothesis import Hypothesis
from agent.session.steps import RunName
from tests.agent.results.test_compute import costing as study_costing
from tests.world.fresh_seeds import EV, HOLDS, LUCKY, confirmation, tried
from tests.world.study import controlled, evidence, results

H1 = Hypothesis(name="H1", metric="mse", run="run_3", relation="better than", against="run_1")
TOLD = replace(evidence(), registration=Registration((Judged(H1, "not held", "equal to run 1"),)))


def holding(condition: str, known: Evidence = TOLD) -> str:
    """What a passage with this condition prints."""
    found = fill(f"[[if {condition}]]yes[[else]]no[[end]]", known, "text")
    assert found.problems == ()
    return found.text


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("run_3.explained_variance better", "yes"),
        ("run_1.explained_variance worse", "yes"),
        ("run_2.explained_variance within noise", "yes"),
        ("run_3.explained_variance within noise", "no"),
        ("run_3.mse better", "no"),
        ("run_3.mse better once", "yes"),
        ("run_4.explained_variance better", "no"),
        ("run_4.explained_variance not comparable", "yes"),
        ("run_4 comparable", "no"),
        ("run_1.l0 noise unknown", "no"),
        ("run_1.l0 within noise", "yes"),
        ("run_1.l0 equal", "yes"),
        ("compare run_3 run_1 explained_variance better", "yes"),
        ("compare run_1 run_3 explained_variance better", "no"),
        ("compare run_1 run_4 mse not comparable", "yes"),
        ("any better explained_variance", "yes"),
        ("any better mse", "no"),
        ("any within explained_variance", "yes"),
        ("best.explained_variance better", "yes"),
        ("H1 held", "no"),
        ("H1 not held", "yes"),
        ("not H1 undecided and run_3.explained_variance better", "yes"),
        ("H1 held and run_3.explained_variance better", "no"),
        ("H1 held or run_3.explained_variance better", "yes"),
    ],
)
def test_a_condition_holds_as_its_verdict_says(condition: str, said: str) -> None:
    """Better means beyond the noise of all looks; one look is another word, and what cannot be compared is neither."""
    assert holding(condition) == said


def test_a_condition_on_fresh_seeds_holds_as_they_say() -> None:
    """Held where they confirm a run better; not confirmed is what it is, and a metric that was not to be confirmed is refused."""
    held, lost = Evidence(tried(confirmation(HOLDS))), Evidence(tried(confirmation(LUCKY)))
    told = [(holding(f"confirmed.{EV} held", of), holding(f"confirmed.{EV} not confirmed", of)) for of in (held, lost)]
    assert told == [("yes", "no"), ("no", "yes")]
    assert "nearest" in fill("[[if confirmed.explained_varianc held]]x[[end]]", held, "text").problems[0]
    assert "nothing has been confirmed" in fill(f"[[if confirmed.{EV} held]]x[[end]]", TOLD, "text").problems[0]


def test_a_condition_on_a_metric_that_tells_nothing_does_not_hold() -> None:
    """Where an untrained model does as well as the baseline, no run is better and none is worse, whatever the difference."""
    known = Evidence(controlled())
    assert [holding(f"run_1.feature_separation {word}", known) for word in ("better", "worse", "better once")] == [
        "no"
    ] * 3
    assert holding("untrained.mse worse", known) == "yes"


def test_the_run_it_began_from_can_be_asked() -> None:
    """`parent` compares with that run; the baseline has none."""
    first, *runs = results().runs
    runs[2] = replace(runs[2], parent=RunName.of(1))
    known = Evidence(Results(results().metrics, results().primary, (first, *runs)))
    assert holding("run_3.explained_variance.parent better", known) == "yes"
    assert "began from no run" in fill("[[if run_1.mse.parent better]]x[[end]]", known, "text").problems[0]


def test_the_first_branch_that_holds_is_printed() -> None:
    """An else-if is asked where those before it do not hold; the references of what is printed are filled in."""
    text = "A [[if run_2.mse better]]B[[else if run_3.explained_variance better]]C [[run_3.mse]][[elif run_1.mse worse]]D[[else]]E[[end]] F"
    assert fill(text, evidence(), "text").text == "A C 0.1029 F" and printed(text, evidence()) == "A C [[run_3.mse]] F"


def test_the_same_text_argues_otherwise_on_other_values() -> None:
    """On a machine where the run is worse, the other branch is printed."""
    study = results()
    worse = replace(study.runs[3], values={**study.runs[3].values, "explained_variance": Value(0.87)})
    other = Evidence(Results(study.metrics, study.primary, (*study.runs[:3], worse)))
    text = "[[if run_3.explained_variance better]]It helps.[[else]]It does not.[[end]]"
    assert [fill(text, known, "text").text for known in (evidence(), other)] == ["It helps.", "It does not."]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A.\n[[if run_1.mse better]]\nB.\n[[else]]\nC.\n[[end]]\nD.", "A.\nC.\nD."),
        ("A.\n[[if run_1.mse better]]\nB.\n[[else]][[end]]\nD.", "A.\nD."),
        ("A [[if run_1.mse better]]B[[else]][[end]] D.", "A D."),
        ("A[[if run_1.mse better]] B[[else]] C[[end]], D.", "A C, D."),
        ("A [[if run_1.mse better:]]B[[else]]C[[end if]] D.", "A C D."),
        ("A [[If run_1.mse == better]]B[[Else]]C[[/if]] D.", "A C D."),
        ("A [[if run_1.mse better]]B[[elseif run_1.mse worse]]C[[endif run_1.mse better]] D.", "A C D."),
        ("\n\nA [[run_1.name]]", "\n\nA run 1"),
    ],
)
def test_marks_leave_no_gap(text: str, read: str) -> None:
    """A mark on a line of its own leaves no empty line, which would end a paragraph, and none leaves two blanks."""
    assert fill(text, evidence(), "text").text == read


@pytest.mark.parametrize(
    ("text", "shown", "why"),
    [
        ("a [[if run_9.mse better]]b[[end]] c", "a [unknown: if run_9.mse better] c", "'run_9' is no accepted run"),
        ("a [[if run_1.mze better]]b[[end]] c", "a [unknown: if run_1.mze better] c", "no metric 'mze'; nearest: mse"),
        ("a [[if H7 held]]b[[end]] c", "a [unknown: if H7 held] c", "there is no hypothesis H7; registered are H1"),
        (
            "a [[if run_1.mse grand]]b[[else]]d[[end]] c",
            "a [unknown: if run_1.mse grand] c",
            "stands 'grand'; it can be better",
        ),
        ("a [[if H1 held]]b", "a [unknown: if H1 held]b", "[[if H1 held]] has no [[end]]"),
        ("a [[end]] b", "a [unknown: end] b", "[[end]] with no [[if …]] before it"),
        ("a [[else]] b", "a [unknown: else] b", "[[else]] with no [[if …]] before it"),
        (
            "a [[if H1 held]]b[[if run_1.mse worse]]c[[end]]d[[end]] e",
            "a [unknown: if H1 held] e",
            "passages are not nested",
        ),
        ("a [[if H1 held]]b[[else]]c[[else]]d[[end]] e", "a [unknown: if H1 held] e", "behind the [[else]]"),
        ("a [[if H1 held]]b[[else]]c [[run_9.mse]][[end]]", None, "'run_9' is neither an accepted run"),
        ("a [[if H1 not held]]b[[else]]c [[run_9.mse]][[end]]", "a b", "'run_9' is neither an accepted run"),
        ("a [[if run_1.mse worse", "a [[if run_1.mse worse", "brackets that do not close"),
    ],
)
def test_what_is_wrong_with_a_passage_is_told_and_shown(text: str, shown: str | None, why: str) -> None:
    """Unknown names, unknown words, marks without partners, nesting; a branch that is not printed is checked too."""
    found = fill(text, TOLD, "text")
    assert any(why in problem for problem in found.problems)
    assert shown is None or found.text == shown


def test_a_passage_that_nothing_stands_for_is_stale() -> None:
    """Where no condition holds and there is no else, a mark says what is so; an empty else says that nothing is meant to stand."""
    text = "A [[if run_1.mse better]]B[[end]] C"
    found = fill(text, evidence(), "text")
    why = "a passage for the case “run_1.mse better”, which does not hold: run_1.mse is worse"
    assert (found.text, found.stale, found.problems) == (f"A [stale: {why}] C", (why,), ())
    assert "\\evidstale{stale: a passage" in fill(text, evidence(), "latex").text and "B" not in found.text
    assert fill("A [[if run_1.mse better]]B[[else]][[end]] C", evidence(), "text").stale == ()


def test_what_a_run_cost_stands_behind_a_claim_that_its_condition_bears() -> None:
    """As behind every verdict: in the branch that says better or worse of it, before its last full stop, and in no other."""
    known = Evidence(study_costing(30.0, 10.0))
    text = "[[if run_1.mse worse]]It is worse.\n[[else]]It is not.[[end]]"
    assert fill(text, known, "text").text == "It is worse (run 1 at 3.0 times the baseline's compute)."
    latex = fill(text, known, "latex").text
    assert (
        "(\\evidwords{run_1.name}{run 1} \\evidwords{run_1.compute.far}{at 3.0 times the baseline's compute})." in latex
    )
    assert why_not_printed("run_1.mse worse", known) == ""
    assert fill("[[if not run_1.mse better]]A.[[else]]B.[[end]]", known, "text").text == "A."
    assert fill("[[if run_2.mse better]]A.[[else]]B.[[end]]", known, "text").text == "B."
    assert fill("[[run_1.compute.far]], [[run_2.compute.far]]", known, "text").text == (
        "at 3.0 times the baseline's compute, at about the baseline's compute"
    )


def test_a_text_that_was_cut_off_loses_the_passage_that_the_cut_fell_into() -> None:
    """What is shown shortened to a writer holds no passage without its end."""
    whole = "A. [[if H1 held]]B.[[end]] C."
    assert without_torn_end(f"{whole} [[if H1 held]]D. [[else]]E") == whole and without_torn_end(whole) == whole


def test_latex_keeps_the_conditions_of_what_it_prints() -> None:
    """Two empty macros hold them, so that the audit of paper.tex finds the passage again with the branch that is printed."""
    text = "[[if run_3.explained_variance better]]B [[run_3.mse]][[else]]C[[end]] [[if run_1.mse better]]D[[else if H1 held]]E[[else]]F[[end]]"
    found = fill(text, TOLD, "latex")
    assert found.text == (
        "\\evidif{run_3.explained_variance better}B \\evid{run_3.mse}{0.1029}\\evidend{} "
        "\\evidif{run_1.mse better / H1 held / else}F\\evidend{}"
    )
    assert unfill(found.text) == (
        "[[if run_3.explained_variance better]]B [[run_3.mse]][[end]] [[if run_1.mse better]][[else if H1 held]][[else]]F[[end]]"
    )
    assert found.conditions["if run_3.explained_variance better"] == (("run_3", "explained_variance"),)


def test_any_order_of_marks_is_read() -> None:
    """Of five hundred texts drawn from marks and words nothing breaks, each piece stands where it says, and what does not hold is not printed."""
    draw = random.Random(11)
    marks = [
        "[[if H1 not held]]",
        "[[if H1 held]]",
        "[[else if run_3.mse better]]",
        "[[else]]",
        "[[end]]",
        "[[if x y z]]",
        "\n",
        " ",
        "A.",
        "B",
    ]
    for _ in range(500):
        text = "".join(draw.choice(marks) for _ in range(draw.randint(1, 12)))
        read = settled(text, TOLD)
        assert all(text[piece.start : piece.start + len(piece.text)] == piece.text for piece in read), text
        found = fill(text, TOLD, "latex")
        assert bool(found.problems) == any(piece.why for piece in read), text
        typed_findings(text, Grounds(TOLD), latex=True)
        if not found.problems:
            held = re.sub(r"\[\[if H1 held\]\].*?(?=\[\[else|\[\[end)", "", text, flags=re.S)
            assert printed(text, TOLD).count("B") <= held.count("B"), text
