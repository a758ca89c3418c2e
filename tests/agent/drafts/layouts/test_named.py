"""How papers name the metrics and runs of well-known tools: sizes of objects, averages over tasks, names that end in signs."""

from __future__ import annotations

from pathlib import Path

from tests.agent.drafts.layouts.test_tools import findings, put

_BOXES = {
    "faster_rcnn": {"AP": 37.4, "AP50": 58.1, "APs": 21.2, "APm": 41.0, "APl": 48.1},
    "detr": {"AP": 42.0, "AP50": 62.4, "APs": 20.5, "APm": 45.8, "APl": 61.1},
}


def test_metrics_of_sizes_are_no_plural(tmp_path: Path) -> None:
    """APs, APm and APl beside AP, under `AP_S` and in words."""
    put(tmp_path / "results", {f"{run}/eval.json": {"bbox": own} for run, own in _BOXES.items()})
    table = "| Model | AP | AP_S | AP_M | AP_L |\n|---|---|---|---|---|\n| Faster R-CNN | 37.4 | 21.2 | {} | 48.1 |\n| DETR | 42.0 | 20.5 | 45.8 | 61.1 |\n"
    line = "\nOn small objects, DETR has only {} AP.\n"
    assert findings(tmp_path, table.format("41.0") + line.format("20.5")) == []
    assert findings(tmp_path, table.format("48.1") + line.format("20.9")) == ["48.1", "20.9"]


_TASKS = {
    "bert": (("mrpc", "eval_f1", 0.8871), ("cola", "eval_matthews_correlation", 0.5712)),
    "roberta": (("mrpc", "eval_f1", 0.9114), ("cola", "eval_matthews_correlation", 0.6234)),
}


def test_an_average_is_over_the_cells_before_it(tmp_path: Path) -> None:
    """Each task has a metric of its own, one of which its header does not name."""
    for run, tasks in _TASKS.items():
        for task, metric, value in tasks:
            put(tmp_path / "results", {f"{run}/{task}/all_results.json": {metric: value, "eval_loss": 1.1 - value}})
    text = "| Model | MRPC (F1) | CoLA (Mcc) | Avg. |\n|---|---|---|---|\n| BERT | 88.7 | 57.1 | {} |\n| RoBERTa | 91.1 | 62.3 | 76.7 |\n"
    line = "\nRoBERTa reaches {} on MRPC and a Matthews correlation of 62.3 on CoLA.\n"
    assert findings(tmp_path, text.format("72.9") + line.format("91.1%")) == []
    assert findings(tmp_path, text.format("73.9") + line.format("90.1%")) == ["73.9", "90.1%"]


def test_a_name_may_end_in_pluses(tmp_path: Path) -> None:
    """U-Net++ of `unetpp` beside U-Net, DPM-Solver++ of `dpm_solver++` beside DPM-Solver."""
    names = {"unet": 0.7701, "unetpp": 0.7913, "dpm_solver": 0.7112, "dpm_solver++": 0.7264}
    put(tmp_path / "results", {f"{name}.json": {"dice": value} for name, value in names.items()})
    text = "U-Net++ has a Dice of {}, U-Net one of 0.7701. DPM-Solver++ has a Dice of {}.\n"
    assert findings(tmp_path, text.format("0.7913", "0.7264")) == []
    assert findings(tmp_path, text.format("0.7701", "0.7112")) == ["0.7701", "0.7112"]


def test_what_a_number_of_millions_counts_is_its_metric(tmp_path: Path) -> None:
    """`28.3M parameters` of `params_m`, behind another metric."""
    for name, top1, size in (("swin", 0.813, 28.3), ("vit", 0.812, 86.4)):
        put(tmp_path / "results", {f"accuracy/{name}.json": {"top1": top1}, f"size/{name}.json": {"params_m": size}})
    line = "Swin reaches 81.3% top-1 accuracy with only {}M parameters.\n"
    assert findings(tmp_path, line.format("28.3")) == []
    assert findings(tmp_path, line.format("29.3")) == ["29.3M"]


def test_a_title_gives_a_value_to_its_setting(tmp_path: Path) -> None:
    """`Masking with p=0.1`, where a run is titled `masked p=0.1`."""
    titles = {"run_0": "Baseline", "run_1": "masked p=0.1", "run_2": "masked p=0.3"}
    put(tmp_path / "results", {"titles.json": titles})
    for run, value in (("run_0", 2.311), ("run_1", 2.204), ("run_2", 2.268)):
        put(tmp_path / "results", {f"{run}/final_info.json": {"val_loss": value}})
    line = "Masking with p={} reduces the validation loss to 2.204.\n"
    assert findings(tmp_path, line.format("0.1")) == []
    assert findings(tmp_path, line.format("0.2")) == ["0.2"]
