"""Cells that are of other cells: ranks, changes against a row or a column, ends of repeats; headers that are numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.drafts.text.numerals import numerals
from tests.agent.drafts.layouts.test_tools import findings, put

_SCORES = {"bc": (52.9, 75.3, 42.6), "cql": (58.5, 72.5, 44.0), "iql": (66.3, 78.3, 47.4), "edac": (101.6, 92.5, 65.9)}
_TASKS = ("hopper", "walker", "ant")


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """Four methods on three tasks, and how long each took; none is called a baseline."""
    told = {
        f"{method}/{task}/eval.json": {"score": score, "minutes": round(score / 7 + n, 2)}
        for method, own in _SCORES.items()
        for n, (task, score) in enumerate(zip(_TASKS, own, strict=True))
    }
    put(tmp_path / "results", told)
    return tmp_path


_HEAD = "Table 1: Score.\n\n| Task | BC | CQL | IQL | EDAC |\n|---|---|---|---|---|\n"
_ROWS = "".join(
    f"| {task} | " + " | ".join(f"{own[n]}" for own in _SCORES.values()) + " |\n" for n, task in enumerate(_TASKS)
)


def test_ranks_are_of_the_rows_above(scores: Path) -> None:
    """The mean rank over the rows; one that is another's is found."""
    row = "| Avg. rank | {} | 3.33 | 2.0 | 1.0 |\n"
    assert findings(scores, _HEAD + _ROWS + row.format("3.67")) == []
    assert findings(scores, _HEAD + _ROWS + row.format("2.67")) == ["2.67"]


def test_changes_are_against_the_row_that_most_are_against(scores: Path) -> None:
    """`58.5 (+5.6)` under `hopper (Δ)`: the mean is no change, the bracket one against the first row, which nobody calls a base."""
    text = (
        "Table 1: Score.\n\n| Method | hopper (Δ) | walker (Δ) | ant (Δ) |\n|---|---|---|---|\n| BC | 52.9 | 75.3 | 42.6 |\n"
        "| CQL | 58.5 (+5.6) | 72.5 (-2.8) | 44.0 (+1.4) |\n| IQL | 66.3 (+13.4) | 78.3 ({}) | 47.4 (+4.8) |\n"
        "| EDAC | 101.6 (+48.7) | 92.5 (+17.2) | {} (+23.3) |\n"
    )
    assert findings(scores, text.format("+3.0", 65.9)) == []
    assert findings(scores, text.format("+3.9", 66.9)) == ["+3.9", "66.9"]


def test_factors_are_of_one_row_and_one_column(scores: Path) -> None:
    """`Relative to BC` two rows behind what it is relative of."""
    text = (
        "Table 1: Cost.\n\n| | BC | CQL | IQL | EDAC |\n|---|---|---|---|---|\n| Minutes, hopper | 7.56 | 8.36 | 9.47 | 14.51 |\n"
        "| Minutes, walker | 11.76 | 11.36 | 12.19 | 14.21 |\n| Relative to BC (hopper) | 1.00× | 1.11× | {}× | 1.92× |\n"
    )
    assert findings(scores, text.format("1.25")) == []
    assert findings(scores, text.format("1.35")) == ["1.35×"]


def test_a_column_of_ends_is_of_the_repeats(tmp_path: Path) -> None:
    """`min` and `max` over seeds; what lies between is no end."""
    for method, first in (("bc", 50.1), ("cql", 58.3)):
        for seed in range(3):
            put(tmp_path / "results", {f"{method}/seed_{seed}/eval.json": {"score": first + 1.7 * seed}})
    text = "Table 1: Score over seeds.\n\n| Method | Mean | min | max |\n|---|---|---|---|\n| BC | 51.8 | 50.1 | {} |\n| CQL | 60.0 | 58.3 | 61.7 |\n"
    assert findings(tmp_path, text.format(53.5)) == []
    assert findings(tmp_path, text.format(51.8)) == ["51.8"]


def test_numbers_may_head_the_columns_of_a_group(tmp_path: Path) -> None:
    """`| | 1e-4 | 3e-4 |` under `| Method | AUC | | Loss | |` is a second row of headers."""
    for method, first in (("adamw", 0.861), ("lion", 0.872)):
        for n, lr in enumerate((1e-4, 3e-4)):
            told = {"lr": lr, "auc": first + 0.0071 * n, "loss": 1.3 - first - 0.013 * n}
            put(tmp_path / "results", {f"{method}_lr{n}.json": told})
    text = (
        "| Method | AUC | | Loss | |\n|---|---|---|---|---|\n| | 1e-4 | 3e-4 | 1e-4 | 3e-4 |\n"
        "| AdamW | 0.8610 | {} | 0.439 | 0.426 |\n| Lion | 0.8720 | 0.8791 | 0.428 | 0.415 |\n"
    )
    assert findings(tmp_path, text.format("0.8681")) == []
    assert findings(tmp_path, text.format("0.8791")) == ["0.8791"]


def test_an_interval_in_percent_makes_no_percentages(scores: Path) -> None:
    """A mean over the rows below a caption on 95% intervals."""
    head = _HEAD.replace("Score.", "Score, with 95% intervals.")
    assert findings(scores, head + _ROWS + "| Avg. | 56.9 | 58.3 | 64.0 | 86.7 |\n") == []
    assert findings(scores, head + _ROWS + "| Avg. | 56.9 | 58.3 | 64.0 | 81.7 |\n") == ["81.7"]


def test_a_metric_may_be_a_change_by_its_name(tmp_path: Path) -> None:
    """`ΔCE` of `ce_loss_delta` is no change of the column before it; a sign of percent behind a spread is its mean's, too."""
    for name, own in {"topk": (0.296, 0.935), "relu": (0.405, 0.910)}.items():
        put(tmp_path / "results", {f"{name}/m.json": {"ce_loss_delta": own[0], "variance_explained": own[1]}})
    text = "| Model | Variance explained | ΔCE |\n|---|---|---|\n| TopK | 0.935 | {} |\n| ReLU | 0.910 | 0.405 |\n"
    assert findings(tmp_path, text.format("0.296")) == []
    assert findings(tmp_path, text.format("0.405")) == ["0.405"]
    assert [one.percent for one in numerals("5.6 ± 0.7% of 3 runs")] == [True, True, False]


@pytest.fixture
def widths(tmp_path: Path) -> Path:
    """Two architectures in two widths, of which only the folders say which."""
    for n, (name, width) in enumerate((one, two) for one in ("topk", "relu") for two in ("16k", "65k")):
        told = {"ev": round(0.7412 + 0.0131 * n, 4), "peak_memory_mb": 512.4 + 211 * n}
        put(tmp_path / "results", {f"layer_8/{name}_width_{width}/m.json": told})
    return tmp_path


def test_a_column_may_be_a_part_of_names(widths: Path) -> None:
    """`16k` under `Width` says which run a row is, and is no result; memory in GB of megabytes."""
    text = "| Model | Width | EV | Memory (GB) |\n|---|---|---|---|\n| TopK | 16k | {} | 0.51 |\n| TopK | 65k | 0.7543 | 0.72 |\n| ReLU | 16k | 0.7674 | 0.93 |\n"
    assert findings(widths, text.format("0.7412")) == []
    assert findings(widths, text.format("0.7543")) == ["0.7543"]


def test_letters_may_head_columns(tmp_path: Path) -> None:
    """P and R of a caption that says what they are for: one in the other's column is found."""
    for name, own in {"vit": (0.911, 0.874), "resnet": (0.862, 0.823)}.items():
        put(tmp_path / "results", {f"{name}.json": {"precision": own[0], "recall": own[1]}})
    text = "Table 1: Precision (P) and recall (R).\n\n| Model | P | R |\n|---|---|---|\n| ViT | {} | {} |\n| ResNet | 0.862 | 0.823 |\n"
    assert findings(tmp_path, text.format("0.911", "0.874")) == []
    assert findings(tmp_path, text.format("0.874", "0.911")) == ["0.874", "0.911"]


def test_whom_a_row_is_held_against_does_not_name_it(tmp_path: Path) -> None:
    """`Skill vs. persistence` over columns of others, and `u10` beside a U-Net."""
    for name, error in {"persistence": 2.17, "unet": 1.61, "fno": 1.35}.items():
        put(tmp_path / "results", {f"{name}.json": {"rmse": {"u10": error, "t850": error + 0.3}}})
    text = "Table 1: RMSE.\n\n| | U-Net | FNO |\n|---|---|---|\n| u10 | 1.61 | {} |\n| t850 | 1.91 | 1.65 |\n| Skill vs. persistence (u10) | 26% | {}% |\n"
    assert findings(tmp_path, text.format("1.35", 38)) == []
    assert findings(tmp_path, text.format("1.61", 34)) == ["1.61", "34%"]


def test_a_caption_below_its_table_goes_before_a_heading(tmp_path: Path) -> None:
    """`Table 2. Latency on FiQA` under a table below `3 Cost`: of that data set, but for what the method costs as a whole."""
    for name, first in (("bm25", 6.1), ("splade", 39.5)):
        for n, data in enumerate(("fiqa", "touche")):
            put(tmp_path / "results", {f"{name}/{data}/m.json": {"p50_ms": first + 7.3 * n}})
    text = "## 3 Cost\n\n| System | p50 (ms) |\n|---|---|\n| BM25 | {} |\n| SPLADE | 39.5 |\n\nTable 2. Latency on FiQA.\n\nNext.\n"
    assert findings(tmp_path, text.format("6.1")) == []
    assert findings(tmp_path, text.format("13.4")) == ["13.4"]
