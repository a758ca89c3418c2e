"""Grids of settings and long tables: what tells their rows apart, and how headers call them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from agent.drafts.records.folder import read_folder
from agent.drafts.records.rows import goes_on
from agent.drafts.text.numerals import written_out
from tests.agent.drafts.layouts.test_tools import findings, put

_GRID = {
    "task": "passages",
    "results": [
        {
            "config": {"negatives": negatives, "distill": distill, "dim": dim},
            "metrics": {
                "mrr@10": round(base + 0.0181 * distill + dim / 76800, 4),
                "recall@100": round(base + 0.5123, 4),
            },
        }
        for (negatives, base), distill, dim in product((("bm25", 0.3011), ("mined", 0.3423)), (False, True), (256, 768))
    ],
}


def test_a_switch_tells_entries_apart(tmp_path: Path) -> None:
    """`distill` on and off are two runs, called by it: in a column of yes and no, in `without distillation`."""
    put(tmp_path / "results", {"grid.json": _GRID})
    assert "bm25/no_distill/dim=256" in read_folder(tmp_path / "results").by_name
    table = "Models of 256 dimensions.\n\n| Negatives | Distill. | MRR@10 | R@100 |\n|---|---|---|---|\n| bm25 | no | {} | 81.3 |\n| bm25 | yes | {} | 81.3 |\n| mined | no | 34.6 | 85.5 |\n| mined | ✓ | 36.4 | 85.5 |\n"
    assert findings(tmp_path, table.format("30.4", "32.3")) == []
    assert findings(tmp_path, table.format("32.3", "30.4")) == ["32.3", "30.4"]


def test_a_rank_is_of_the_one_metric_that_begins_so(tmp_path: Path) -> None:
    """`R@100` is recall@100; nobody has a precision."""
    put(tmp_path / "results", {"grid.json": _GRID})
    line = "With mined negatives and distillation, R@100 is {} at 768 dimensions.\n"
    assert findings(tmp_path, line.format("85.5%")) == []
    assert findings(tmp_path, line.format("81.3%")) == ["81.3%"]


def test_a_share_that_is_crossed_with_all_else_is_a_setting(tmp_path: Path) -> None:
    """Records a seed at two shares of noise are two runs of three seeds; where each has its own share, it was measured."""
    rows: list[dict[str, Any]] = [
        {"method": method, "noise": noise, "seed": seed, "acc": round(acc - noise / 5 + seed / 1000, 4)}
        for noise, seed, (method, acc) in product((0.4, 0.05), (3, 1, 2), (("erm", 0.8013), ("gce", 0.8227)))
    ]
    put(tmp_path / "results", {"all.json": rows})
    assert read_folder(tmp_path / "results").by_name.keys() == {
        f"{method}/noise={noise}" for method in ("erm", "gce") for noise in (0.4, 0.05)
    }
    table = "| Method | noise 0.05 | noise 0.4 |\n|---|---|---|\n| ERM | 79.3 | 72.3 |\n| GCE | 81.5 | {} |\n"
    assert findings(tmp_path, table.format("74.5")) == []
    assert findings(tmp_path, table.format("79.3")) == ["79.3"], "its neighbours stay what they are"
    measured = [row | {"noise": round(row["noise"] + number / 97, 3)} for number, row in enumerate(rows)]
    put(tmp_path / "results", {"all.json": measured})
    assert read_folder(tmp_path / "results").by_name.keys() == {"erm", "gce"}


def test_a_setting_in_a_header_is_called_by_its_last_word(tmp_path: Path) -> None:
    """`alpha=1.0` is a run's whose dirichlet_alpha is 1: two columns that were exchanged are found."""
    rows = [
        {"method": method, "dirichlet_alpha": alpha, "seed": seed, "accuracy": round(acc + alpha / 9 + seed / 1000, 4)}
        for alpha, seed, (method, acc) in product((0.1, 1.0), (3, 1, 2), (("fedavg", 0.6013), ("scaffold", 0.6227)))
    ]
    put(tmp_path / "results", {"all.json": rows})
    table = "Accuracy in percent.\n\n| Method | $\\alpha=0.1$ | $\\alpha=1.0$ |\n|---|---|---|\n| FedAvg | {} | {} |\n| SCAFFOLD | 63.6 | 73.6 |\n"
    assert findings(tmp_path, table.format("61.4", "71.4")) == []
    assert findings(tmp_path, table.format("71.4", "71.4")) == ["71.4"]


def test_iterations_that_were_needed_are_no_steps() -> None:
    """What no two methods have alike is measured; equal steps, the same steps of several, or a single row of them are a curve."""
    needed = [
        {"method": m, "n": n, "iters": i}
        for m, told in (("cg", (157, 314, 624)), ("mg", (8, 9, 9)))
        for n, i in zip((1, 2, 3), told, strict=True)
    ]
    assert not goes_on(needed)
    assert goes_on([{"method": m, "epoch": n, "loss": 0.1} for m in "ab" for n in (1, 5, 7)])
    assert goes_on([{"step": n, "loss": 0.1} for n in (1, 5, 7)])


def test_a_method_may_lack_the_setting_of_another(tmp_path: Path) -> None:
    """`max_depth` of trees tells these apart beside a model that has none."""
    rows = "params.model,params.max_depth,metrics.auc\nxgb,6,0.8712\nxgb,10,0.8795\nlogreg,,0.8214\nmlp,,0.8603\n"
    put(tmp_path, {"runs.csv": rows})
    assert set(read_folder(tmp_path).by_name) == {"xgb/max_depth=6", "xgb/max_depth=10", "logreg", "mlp"}


_SETS = {
    "config": {"batch_size": 128},
    "datasets": {"pets": {"lr": 0.1, "epochs": 200}, "cars": {"lr": 0.05, "epochs": 300}},
    "results": [
        {"method": m, "dataset": d, "acc": acc, "hours": hours}
        for m, d, acc, hours in (
            ("erm", "pets", 0.9312, 1.2),
            ("erm", "cars", 0.7423, 1.3),
            ("mixup", "pets", 0.9401, 1.4),
            ("mixup", "cars", 0.7588, 1.5),
        )
    ],
}


def test_a_setting_may_depend_on_the_data_set(tmp_path: Path) -> None:
    """Records beside groups of settings are runs, and `0.1 on pets and 0.05 on cars` are the rates of these."""
    put(tmp_path / "results", {"results.json": _SETS})
    assert "erm/pets" in read_folder(tmp_path / "results").by_name
    line = "The lr is 0.1 on pets and {} on cars; we train for 200 epochs on pets and 300 on cars.\n"
    assert findings(tmp_path, line.format("0.05")) == []
    assert findings(tmp_path, line.format("0.07")) == ["0.07"]


def test_a_percentage_is_of_no_time(tmp_path: Path) -> None:
    """Hours of the sentence before are not what `94.0%` is of."""
    put(tmp_path / "results", {"results.json": _SETS})
    line = "Training takes 1.2 hours for ERM on pets. Mixup reaches {} on pets, and ERM 93.1%.\n"
    assert findings(tmp_path, line.format("94.0%")) == []
    assert findings(tmp_path, line.format("94.9%")) == ["94.9%"]


def test_what_stands_behind_a_number_is_its_own(tmp_path: Path) -> None:
    """`92.2% accuracy, with a loss of 0.41 and 0.31`: two losses, and no accuracy and a loss."""
    for run, acc, loss in (("plain", 0.912, 0.413), ("warm", 0.922, 0.314)):
        put(tmp_path / "results", {f"{run}/final.json": {"test_acc": acc, "test_loss": loss}})
    line = "Plain reaches 91.2% and warm 92.2% test accuracy; plain has 91.2% accuracy, with a test loss of {}.\n"
    assert findings(tmp_path, line.format("0.413")) == []
    assert findings(tmp_path, line.format("0.514")) == ["0.514"]


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        (r"\SI{15.7}{\milli\second}", "15.7 ms"),
        (r"\qty{2.1}{\giga\byte}", "2.1 GB"),
        (r"\SI{3}{\second}", "3 s"),
        (r"\SI{37}{\percent}", r"37 \%"),
    ],
)
def test_units_of_siunitx_are_units(printed: str, read: str) -> None:
    """With their prefixes, as they are printed."""
    assert written_out(printed) == read
