"""The tables of what methods and architectures come to: whose code is measured, and how a row is written."""

from __future__ import annotations

from pathlib import Path

from benchmarks import moved
from harness.build.noise import insert


def test_each_method_is_the_recorded_run_s_code(tmp_path: Path) -> None:
    """The baseline is experiment.py itself; a run's script has its own schedule, and differs from the others'."""
    found = moved.methods(tmp_path)
    assert [one.name for one in found] == list(moved.METHODS) and found[0].script == moved.REPOSITORY / "experiment.py"
    code = {one.name: one.script.read_text(encoding="utf-8") for one in found}
    assert len(set(code.values())) == len(code) and '= "constant"  #' in code["run_2"]


def test_a_row_has_mean_and_spread_over_seeds() -> None:
    """In the metric's own digits; of one seed there is no spread to tell."""
    one, two = {"l0": {"mean": 16.0}}, {"l0": {"mean": 18.0}}
    lines = moved.table({"a": [one, two], "b": [two]}, "kind", ["l0"]).splitlines()
    assert lines == ["| kind | `l0` |", "|---|---|", "| a | 17.00 ± 1.41 |", "| b | 18.00 |"]


def test_each_page_has_a_place_for_its_table() -> None:
    """Before anything is trained: the markers stand there once, in their order."""
    for page, name in (("metrics.md", "methods"), ("architectures.md", "architectures")):
        text = (moved.REPOSITORY / "docs" / page).read_text(encoding="utf-8")
        assert "new table" in insert(text, name, "new table")


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    """Scores that lie in the folder are read; nothing is launched."""
    out = tmp_path / "topk" / "seed_0" / "scores.json"
    out.parent.mkdir(parents=True)
    out.write_text('{"metrics": {"l0": {"mean": 3}}}')
    assert moved.scores(moved.kinds(tmp_path)[0], 0, tmp_path, "core") == {"l0": {"mean": 3}}
