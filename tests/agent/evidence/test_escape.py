"""Any text can be set by LaTeX, and shows what it says."""

from __future__ import annotations

import pytest

from agent.evidence.escape import ascii_latex, escape_latex, number_latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% of a_b & #1", "50\\% of a\\_b \\& \\#1"),
        ("λ ± 1", "\\ensuremath{\\lambda} \\ensuremath{\\pm} 1"),
        ("2 × 3 → 4", "2 \\ensuremath{\\times} 3 \\ensuremath{\\to} 4"),
        ("\\input{x}", "{\\textbackslash}input\\{x\\}"),
        ("a\x00b\nc", "a b c"),
        ("中", "?"),
    ],
)
def test_text_is_shown_as_it_is(text: str, latex: str) -> None:
    """Special characters, symbols, commands, control characters and glyphs that no font has."""
    assert escape_latex(text) == latex


def test_a_negative_number_has_a_true_minus() -> None:
    """Only before a number, not in a word."""
    assert number_latex("-0.5") == "\\ensuremath{-}0.5" and number_latex("top-1") == "top-1"


def test_latex_keeps_its_commands() -> None:
    """A writer's LaTeX is left alone but for its characters beyond ASCII, and ASCII is left alone altogether."""
    source = "\\emph{50\\%} of $x_1$\n\\evid{run_1.mse}{\\ensuremath{-}0.5}"
    assert ascii_latex(source) == source
    assert ascii_latex("$é$") == "$\\'e$"
