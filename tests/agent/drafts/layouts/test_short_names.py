"""Keys called by an initial, rows called by a value, settings that depend on a choice, files that set and measure nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.drafts.records.code_settings import of_python
from agent.drafts.records.folder import read_folder
from tests.agent.drafts.layouts.test_tools import findings, put


def test_an_initial_is_of_the_one_key_that_goes_on_so(tmp_path: Path) -> None:
    """`AP_S` is AP_small, and neither AP nor the parameters."""
    for name, more in (("base", 0.0), ("neck", 1.81), ("both", 2.74)):
        told = {"AP": 36.41 + more, "AP_small": 19.04 + more, "AP_medium": 40.12 + more, "params_m": 37.7}
        put(tmp_path / "results", {f"{name}/eval.json": told, "train_cfg.json": {"epochs": 12, "lr": 0.02}})
    assert set(read_folder(tmp_path / "results").by_name) == {"base", "neck", "both"}
    table = (
        "| Model | AP | AP_S | AP_M |\n|---|---|---|---|\n| Base | 36.4 | {} | 40.1 |\n| Neck | 38.2 | 20.9 | 41.9 |\n"
    )
    assert findings(tmp_path, table.format("19.0")) == []
    assert findings(tmp_path, table.format("36.4")) == ["36.4"]


def test_a_row_may_be_called_by_a_value(tmp_path: Path) -> None:
    """`Critics | Score`, rows 1 and 2: a number of critics is no loss of theirs."""
    for n in (1, 2, 4):
        put(
            tmp_path / "results",
            {f"ours_ens{n}/m.json": {"score": 61.21 + 3.3 * n, "critic_loss": 1.12 / n, "ensemble_size": n}},
        )
    table = "| Critics | Score |\n|---|---|\n| 1 | 64.5 |\n| 2 | {} |\n| 4 | 74.4 |\n"
    assert findings(tmp_path, table.format("67.8")) == []


def test_both_sides_of_a_choice_are_settings() -> None:
    """`5000 if small else 100000`: each is the number of iterations of one of the two."""
    found = of_python("train.py", "def main(small):\n    max_iters = 5000 if small else 100000\n")
    assert not isinstance(found, str) and {one.value for one in found} == {5000.0, 100000.0}


@pytest.mark.parametrize("hour", ["{}h", "lead_{}h", "h{}"])
def test_names_of_a_letter_with_digits_are_said_whole(tmp_path: Path, hour: str) -> None:
    """`T2m | 24 h` is t2m at 24h: neither another variable that has an m, nor another hour; `10 m wind` is no t2m."""
    told: dict[str, dict[str, dict[str, float]]] = {}
    for n, name in enumerate(("persistence", "unet", "sfno")):
        told[name] = {
            variable: {hour.format(lead): 1.313 + 0.37 * n + 0.91 * at + lead / 71 for lead in (24, 72)}
            for at, variable in enumerate(("t2m", "msl", "u10", "z500"))
        }
        put(tmp_path / "results", {f"{name}/scores.json": {"rmse": told[name]}})
    head = "Table 1: RMSE of each variable.\n\n| Model | T2m 24 h | T2m 72 h | MSL 24 h | 10 m wind 72 h |\n|---|---|---|---|---|\n"

    def rows(first: int) -> str:
        cells = [("t2m", first), ("t2m", 72), ("msl", 24), ("u10", 72)]
        return head + "".join(
            f"| {name} | " + " | ".join(f"{own[v][hour.format(h)]:.2f}" for v, h in cells) + " |\n"
            for name, own in told.items()
        )

    assert findings(tmp_path, rows(24)) == []
    assert len(findings(tmp_path, rows(72))) == 3
