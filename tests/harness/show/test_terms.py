"""Curves under other names, and curves that stand still."""

from __future__ import annotations

from harness.show.runs import Run
from harness.show.terms import moving, term

STEPS = [0, 10, 20, 30]
FALLS = [0.9, 0.5, 0.3, 0.25]


def run(number: int, **curve: list[float]) -> Run:
    return Run(name=f"run_{number}", title="t", info={"training": {"curve": {"step": STEPS, **curve}}})


def test_a_renamed_term_is_found_where_it_runs_beside_the_baseline_s() -> None:
    """By the values, not by the name: of two new terms the one that stays within a factor of two."""
    runs = [run(0, reconstruction=FALLS), run(1, penalty=[0.01, 0.02, 0.02, 0.01], recon=[0.95, 0.52, 0.33, 0.28])]
    assert term(runs[0], "reconstruction", runs) == "reconstruction"
    assert term(runs[1], "reconstruction", runs) == "recon"


def test_a_term_that_is_something_else_is_not_taken_for_it() -> None:
    """A penalty far from the baseline's term, one that the baseline logs itself, and zeros are no reconstruction."""
    base = run(0, reconstruction=FALLS, loss=FALLS)
    for other in (run(1, penalty=[0.01] * 4), run(1, loss=FALLS), run(1, zero=[0.0] * 4)):
        assert term(other, "reconstruction", [base, other]) == ""
    assert term(run(1, recon=FALLS), "reconstruction", [run(1, recon=FALLS)]) == "", (
        "without a baseline nothing is known"
    )


def test_what_stands_still_is_left_out_and_said() -> None:
    """L0 at 16 in every run is words, not a panel; where one run moves it is drawn, and what nobody logs is neither."""
    shown = {"reconstruction": "unexplained", "l0": "latents on", "dead": "dead latents"}
    runs = [run(0, reconstruction=FALLS, l0=[16.0] * 4), run(1, reconstruction=FALLS, l0=[16.0] * 4)]
    assert moving(runs, shown) == (
        {"reconstruction": "unexplained"},
        "not drawn, since it does not move: latents on (16 throughout)",
    )
    jitters = run(1, l0=[16.0, 16.0005, 16.0, 16.0])
    assert moving([runs[0], jitters], shown)[0] == {"reconstruction": "unexplained"}, (
        "the last digits of a float are no move"
    )
    drawn, still = moving([runs[0], run(1, l0=[16.0, 16.0, 15.0, 15.0])], shown)
    assert list(drawn) == ["reconstruction", "l0"] and still == ""
    assert moving([run(0, l0=[99.0, 16.0, 16.0, 16.0])], {"l0": "latents on"}, skip=1)[0] == {}
