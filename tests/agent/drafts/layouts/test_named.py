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


def test_a_word_of_a_name_is_no_metrics(tmp_path: Path) -> None:
    """ImageNet-100 is no `img_per_s`, the draft model no `draft_params_m`, MT-Bench no `max_new_tokens`."""
    for number, run in enumerate(("ngram", "draft_model")):
        for data in ("imagenet100", "mtbench"):
            more = 7 * number + 3 * len(data)
            own = {"tokens_per_s": 61.24 + more, "img_per_s": 811.0 + more, "draft_params_m": 1236.0 - 5 * more}
            put(tmp_path / "results", {f"{run}/{data}.json": own})
    text = "Table 1: tokens per second.\n\n| Method | ImageNet-100 | MT-Bench |\n|---|---|---|\n| N-gram | 94.2 | {} |\n| Draft model | 101.2 | 89.2 |\n"
    assert findings(tmp_path, text.format("82.2")) == []
    assert findings(tmp_path, text.format("89.2")) == ["89.2"]


def test_a_group_of_what_is_the_same_in_all_runs_was_chosen(tmp_path: Path) -> None:
    """`engine: {…}` holds settings, whatever it is called."""
    for number, run in enumerate(("greedy", "beam", "tree")):
        engine = {"gamma": 5, "temperature": 0.0, "max_new_tokens": 512, "nodes": 26}
        put(tmp_path / "results", {f"{run}.json": {"engine": engine, "speed": {"tokens_per_s": 61.24 + 9 * number}}})
    line = "We generate at most {} new tokens, with a gamma of 5. The tree reaches 79.2 tokens per second.\n"
    assert findings(tmp_path, line.format(512)) == []


_GRID = {
    (prop, distil, data): 80.13 + 2.2 * prop + 1.4 * distil + 5.3 * (data == "pets")
    for prop in (True, False)
    for distil in (True, False)
    for data in ("imagenet", "pets")
}


def _grid(root: Path) -> None:
    rows = "".join(f"{data},{prop},{distil},{value:.2f}\n" for (prop, distil, data), value in _GRID.items())
    put(root / "results", {"all.csv": f"dataset,prop_attn,distill,top1\n{rows}"})


def test_a_column_of_ticks_says_no_where_it_says_nothing(tmp_path: Path) -> None:
    """Empty cells beside ticks, on each data set."""
    _grid(tmp_path)
    text = "| Prop. attn. | Distill. | ImageNet | Pets |\n|---|---|---|---|\n| | | 80.1 | {} |\n| ✓ | | 82.3 | 87.6 |\n| | ✓ | 81.5 | 86.8 |\n| ✓ | ✓ | 83.7 | 89.0 |\n"
    text = "Top-1 accuracy.\n\n" + text
    assert findings(tmp_path, text.format("85.4")) == []
    assert findings(tmp_path, text.format("86.8")) == ["86.8"]


def test_a_row_that_another_goes_on_from_has_nothing_on(tmp_path: Path) -> None:
    """`Merging` beside `Merging, both tricks` is that with neither."""
    for name, value in (("no_prop/no_distil", 80.1), ("prop/no_distil", 82.3), ("no_prop/distil", 81.5)):
        put(tmp_path / "results", {f"vit/{name}/m.json": {"top1": value}})
    put(tmp_path / "results", {"vit/prop/distil/m.json": {"top1": 83.7}})
    text = "| Model | Top-1 |\n|---|---|\n| ViT | {} |\n| ViT prop distil | 83.7 |\n"
    assert findings(tmp_path, text.format("80.1")) == []
    assert findings(tmp_path, text.format("82.3")) == ["82.3"]


def test_times_and_rates_alone_are_measured(tmp_path: Path) -> None:
    """A study of speed holds nothing else, and its runs are no less proven."""
    for number, run in enumerate(("grep", "ripgrep")):
        put(tmp_path / "results", {f"{run}.json": {"wall_s": 1.2417 - number}})
    assert findings(tmp_path, "ripgrep takes 0.242 s.\n") == []
