"""The clause that a cited work says is freed, not the sentence in which it stands."""

from __future__ import annotations

import pytest

from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from tests.world.study import evidence


def found(text: str) -> list[str]:
    return [str(finding) for finding in typed_findings(text, Grounds(evidence()), latex=True)]


@pytest.mark.parametrize(
    "text",
    [
        r"Smith et al. report an absorption rate of 0.05 \citep{s}.",
        r"\citet{s} report an absorption fraction of 0.05, and an mse of 0.07.",
        r"According to \citet{s}, absorption is 0.05.",
        r"In \citet{s}, the absorption falls by a fifth.",
        r"\citet{s} (\citeyear{s}) find an mse of 0.05 $\pm$ 0.01.",
        r"Smith et al. \citep{s} reach an absorption of 0.05 with 4096 latents, which is lower than that of plain SAEs.",
        r"Their baseline has an absorption of 0.05 \citep{s}.",
        r"Gated SAEs have an absorption ten times lower \citep{g}.",
        r"Nested dictionaries reduce absorption, at some cost in mse \citep{g}.",
        r"Absorption falls by a fifth, as \citet{s} report.",
        r"\citet{s} report an mse of 0.5; they reach 0.37 with averaging.",
    ],
)
def test_what_a_cited_work_found_stands(text: str) -> None:
    """Its numbers, spreads, ratios and comparisons, beside the name of a metric too."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        (r"All runs have lower absorption than the baseline, which agrees with \citet{s}.", "lower absorption than"),
        (r"Run 3 improves explained variance and reduces absorption significantly \citep{s}.", "significantly"),
        (r"Run 3 has an absorption of 0.05, as \citet{s} report.", "0.05"),
        (r"\citet{s} find an mse of 0.05; our mse is 0.03.", "0.03"),
        (r"\citet{s} reach an absorption of 0.05, while run 3 is at 0.7.", "0.7"),
        (r"\citet{s} report 0.5; with averaging the mse becomes 0.37.", "0.37"),
        (r"The mse becomes 0.37 with averaging; \citet{s} report 0.5.", "0.37"),
        (r"We find an mse of 0.05, like \citet{s}.", "0.05"),
        (r"Absorption is 0.05, in line with \citet{s}.", "0.05"),
        (r"\citet{s} train nested dictionaries. Absorption is 0.05.", "0.05"),
    ],
)
def test_a_citation_frees_nothing_of_ours(text: str, typed: str) -> None:
    """What runs, the method or the baseline did is a claim of this study, whoever is cited beside it."""
    assert any(finding.startswith(f"'{typed}'") for finding in found(text)), found(text)
