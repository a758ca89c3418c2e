"""Numbers and comparisons typed by a model are judged by what their sentence names."""

from __future__ import annotations

import pytest

from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import TypedFinding, typed_findings
from tests.world.study import evidence

IDEA = "The threshold is base times (1-p) with base 0.9. Hidden width 5,000; cosine from 0.001; 10% warm-up."

GOOD = [
    "The spread of its seeds tells how large a difference must be to count.",
    "By mse the stronger penalty is [[run_3.mse.verdict]], the weaker is [[run_1.mse.verdict]].",
    "Run 3 uses a decay of 0.98 for the moving average.",
    "With lambda_max = 0.02 the penalty is weak.",
    "We raise $\\lambda_{\\max}$ from 0.02 to 0.2 in run 1.",
    "The dictionary has [[run_0.config.d_sae]] latents of which $k = 16$ are active.",
    "Training takes 400 steps of a batch of 2,048 tokens.",
    "Explained variance is [[run_3.explained_variance]], [[run_3.explained_variance.verdict]].",
    "A 95\\% prediction interval is used throughout.",
    "In 2013, $k$-sparse autoencoders were proposed.",
    "Sparse autoencoders (Bricken et al., 2023) improve interpretability \\citep{bricken2023}.",
    "Gated SAEs improve explained variance \\citep{rajamanoharan2024gated}.",
    "We ask whether the penalty improves explained variance.",
    "The results don't show that run 1 is the best.",
    "The results don’t show that run 1 is the best.",
    "The penalty should reduce absorption without hurting the rest.",
    "As Figure 2 and Section 4 show, layer 2 was used.",
    "\\includegraphics[width=0.85\\textwidth]{separation.pdf}",
    "\\begin{tabular}{p{3.5cm}r} Run 3 & [[run_3.mse]] \\\\ \\end{tabular}",
    "The weight is $\\lambda_2(p) = \\lambda_{2,\\max}(1-p)^2$ with progress $p = t/T$.",
    "$c_{ij} = \\mathrm{clamp}((n_{ij} - \\tau)/\\tau, 0, 1)$ where $\\tau = 0.9(1-p)$.",
    "The loss is $\\frac{1}{2}\\|x-\\hat x\\|^2 + 0.5\\,\\Omega$.",
    "The threshold starts at 0.9 and falls to zero.",
    "The cosine schedule ends at 0.001 of its start.",
    "The model has the Gemma-2 architecture; top-5 probing and L0 are measured in fp16.",
    "The baseline was run with 3 seeds, every other run with one.",
    "The baseline was run with three seeds.",
    "Higher is better for explained variance, lower is better for mse.",
    "Of [[count runs]] runs, [[count better explained_variance]] improved explained variance ([[list better explained_variance]]).",
    "Run 2 is [[compare run_2 run_3 explained_variance]] in explained variance, more than run 1.",
    "The weight increases during warm-up and decreases afterwards.",
    "1. First, the statistics are collected.",
    "- 2 of the 4 runs use the moving average.",
    "No significance test was made; there are no p-values.",
    "% reaches 0.93 explained variance\nThe text follows.",
    "Runs 1, 2 and 3 share the seed.",
    "Values are given to 4 significant digits.",
    "Its feature separation is [[run_2.feature_separation]] against [[baseline.feature_separation]] for the baseline.",
    "A $2048 \\times 128$ decoder: d_sae is 2048.",
    "The first 10% of training is a warm-up.",
    "\\vspace{-0.15cm} \\setlength{\\tabcolsep}{4.5pt} Text.",
    "An explained variance of 1 means perfect reconstruction; chance is an absorption of 0.5.",
    "The auxiliary loss has the weight $\\frac{1}{32}$; all 5 metrics are listed.",
    "Run 3 is [[run_3.mse.verdict]] on mse; on explained variance it is [[compare run_3 run_2 explained_variance]].",
    "The mse drops by [[run_3.mse.delta]], a drop that absorption does not share ([[run_3.absorption_fraction.verdict]]).",
    "Matryoshka SAEs~\\citep{bussmann2025matryoshka} train nested dictionaries of 16 to 4096 latents.",
]

BAD = [
    ("The stronger the penalty, the lower the mse ([[run_3.mse.verdict]]).", "The stronger", "leave the law out"),
    ("We see a large difference in mse.", "large", ""),
    ("Explained variance reaches 0.8971 in run 3.", "0.8971", "typed result"),
    ("Run 3 reaches an explained variance of 0.751.", "0.751", "it is the value of [[run_3."),
    ("Our method reaches an explained variance of 0.8912.", "0.8912", "not the value of"),
    ("Absorption falls to 10.2%.", "10.2%", "absorption"),
    ("We find 29% lower error in practice.", "29%", "typed number"),
    ("The static SAE & 0.016 & 0.6449 \\\\", "0.016", "typed number"),
    ("Run 9 has the best separation.", "9", "no accepted run 9"),
    ("The result is 0.8971 ± 0.0004.", "±", "spread"),
    ("The result is $[[run_3.mse]] \\pm 0.01$.", "± 0.01", "spread"),
    ("The difference holds with p < 0.05.", "p < 0.0", "p-value"),
    ("Run 3 significantly changes feature separation.", "significantly", "verdict"),
    ("Run 3 improves explained variance.", "improves", "comparison"),
    ("Our method outperforms the baseline in quality.", "outperforms", "comparison"),
    ("The penalty reduces absorption.", "reduces", "comparison"),
    ("Explained variance is higher than before.", "higher than", "comparison"),
    ("Feature separation improves by [[run_3.feature_separation.noise]].", "improves", "comparison"),
    (
        "Run 3 is [[run_3.mse.verdict]] on mse, and it reduces absorption.",
        "reduces",
        "comparison of absorption_fraction",
    ),
    ("[[conclusion]] and the penalty lowers mse", "lowers", "comparison of mse"),
    ("Training with 17 metrics is fine.", "17", "typed number"),
    ("The penalty makes training 3x slower.", "3x", "typed number"),
    ("Separation doubles in run 2.", "doubles", "comparison"),
    ("Results are averages over five seeds.", "five seeds", "3 seeds"),
    ("We averaged 10 random seeds.", "10 random seeds", "3 seeds"),
    ("Results are averages over twenty-three seeds.", "twenty-three seeds", "3 seeds"),
    ("Run 3 sets lambda_max to 0.2.", "0.2", "no setting named"),
    ("The dictionary holds 2048 directions in all.", "2048", "run_0.config.d_sae"),
    ("About 82% of features are stable.", "82%", "typed number"),
    ("Loss falls below 0.1084 at the end.", "0.1084", "typed"),
    ("Training took 2441 steps.", "2441", "typed number"),
    ("A mean EV of 0.89 was seen.", "0.89", "typed result"),
]


def check(text: str, latex: bool = True, proposing: bool = False) -> list[TypedFinding]:
    return typed_findings(text, Grounds(evidence(), IDEA), latex, proposing)


@pytest.mark.parametrize("text", GOOD)
def test_leaves_honest_sentences_alone(text: str) -> None:
    """Settings by name, structure, formulas, citations, hopes and referenced results raise nothing."""
    assert [str(found) for found in check(text, latex=True)] == []


@pytest.mark.parametrize(("text", "typed", "why"), BAD)
def test_finds_what_no_evidence_bears(text: str, typed: str, why: str) -> None:
    """Each planted fraud is found at the right word, with its reason."""
    found = check(text, latex=True)
    assert any(typed in finding.typed and why in str(finding) for finding in found), [str(f) for f in found]


def test_what_an_adverb_hides_is_told_with_it() -> None:
    """Both problems of a clause at once: the adverb that may be left out, and what it claims without it."""
    found = typed_findings("Run 2 clearly keeps the crown.", Grounds(evidence()), latex=True)
    assert [one.typed for one in found] == ["clearly", "keeps the crown"]


def test_matches_by_name_and_never_by_value_alone() -> None:
    """0.751 is run 3's absorption, so it may be named so; the same number as a separation is refused."""
    grounds = Grounds(evidence(), IDEA, strict=False)
    assert not typed_findings("Run 3 has an absorption of 0.751.", grounds, latex=True)
    assert typed_findings("Run 3 has a feature separation of 0.751.", grounds, latex=True)


def test_refuses_a_right_number_where_the_text_must_hold_elsewhere() -> None:
    """A result that is right here would be wrong on the next machine: strict checking asks for the reference."""
    found = check("Run 3 has an absorption of 0.751.", latex=False)
    assert "[[run_3.absorption_fraction]]" in str(found[0])


def test_a_number_of_another_run_is_told_apart_and_nothing_is_guessed() -> None:
    """The advice is the reference that holds the typed value; where none does and several metrics are named, none is picked."""
    base = evidence().results.baseline.values["mse"].mean
    found = check(f"In run 3 the mse is {base:.4f} at last.", latex=True)
    assert "it is [[run_0.mse]]" in str(found[0])
    found = check("Run 3 moves mse and absorption to 0.4321.", latex=True)
    assert "write [[run_3.METRIC]]" in str(found[0])


def test_a_proposal_may_ask_for_more_seeds() -> None:
    """ "Next: ten seeds" is no claim; the same words about what was done are one."""
    assert check("Next: ten seeds.", latex=False, proposing=True) == []
    assert check("We ran ten seeds.", latex=False)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("All runs were repeated with three seeds.", False),
        ("Each variant was trained on three seeds, and we report the mean.", False),
        ("The baseline was trained on three seeds.", True),
        ("Each run changes one thing and is compared with a baseline of three seeds.", True),
        ("Each variant is run once and compared with the noise of a baseline that was trained on three seeds.", True),
        ("Each variant is run once, and the baseline was trained on three seeds.", True),
        ("Each variant and the baseline that is its parent were trained on three seeds.", False),
        ("Run 2 was dropped because it saw twice the baseline's tokens.", True),
    ],
)
def test_seeds_of_all_runs_are_those_that_they_had(text: str, stands: bool) -> None:
    """The baseline alone has several here, so that all runs had them is untrue; what a run was given is no comparison."""
    assert (check(text, latex=True) == []) is stands
