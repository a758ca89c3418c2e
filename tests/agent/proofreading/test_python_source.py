"""Results typed into a figure's script are found; sizes, colours and widths are left alone."""

from __future__ import annotations

import pytest

from agent.proofreading.python_source import typed_result

INFOS = {
    "run_1": {
        "metrics": {"mse": {"mean": 0.48231, "spread": 0.00412, "n": 3}, "l0": {"mean": 16.0, "spread": None, "n": 1}}
    }
}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 0.48231", "run_1's mse"),
        ("x = 0.482", "run_1's mse"),
        ("x = 0.00412", "run_1's mse (spread)"),
        ("plot([0.4821, 0.4822, 0.4823])", "a list of decimals"),
        ("x = -0.482", "run_1's mse"),
        ("figsize = (6.4, 4.8)", ""),
        ("color = [0.1, 0.2, 0.3]", ""),
        ("alpha = 0.48", ""),
        ("x = 1e-3; y = 0.125", ""),
        ("colors = ['#4c72b0', '#dd8452']; w = 0.35; s = 16.0", ""),
        ("def broken(:", ""),
        ("x = '\\0'", ""),
    ],
)
def test_typed_results_are_found(source: str, found: str) -> None:
    """A metric's value at three digits or more, or a list of such decimals; sizes, colours and widths are not results."""
    assert (found in typed_result(source, INFOS)) if found else typed_result(source, INFOS) == ""


def test_a_typed_band_is_found() -> None:
    """The half-width of the noise is a result too: it is read from run_0's file, not typed."""
    infos = {"run_0": {"metrics": {"mse": {"mean": 0.5, "spread": 0.001, "n": 3, "noise": 0.00497}}}}
    assert "run_0's mse (noise)" in typed_result("band = 0.00497", infos)
