"""Whose a number is where folders say how something was tried, where names have words of metrics, where a file mixes what was set with results."""

from __future__ import annotations

from pathlib import Path

from agent.drafts.records.folder import read_folder
from tests.agent.drafts.layouts.test_tools import findings, put


def _evaluated(root: Path) -> None:
    for method, score in (("topk", 0.7512), ("gated", 0.8013)):
        details = [
            {"dataset_name": f"{name}_results", "top_1_accuracy": score + more}
            for name, more in (("news", 0.02), ("bios", -0.02))
        ]
        core = {"eval_result_metrics": {"quality": {"variance_kept": score - 0.1}, "sparsity": {"l0": 80.3}}}
        probing = {"eval_result_metrics": {"sae": {"top_1_accuracy": score}}, "eval_result_details": details}
        put(root, {f"core/{method}_eval_results.json": core, f"probing/{method}_eval_results.json": probing})


def test_folders_of_evaluations_hold_one_run(tmp_path: Path) -> None:
    """`core/topk` and `probing/topk`, which measure nothing alike, are topk, tried in two ways; a folder a data set is not."""
    _evaluated(tmp_path / "results")
    assert set(read_folder(tmp_path / "results").by_name) == {"topk", "gated"}
    for data in ("pets", "cars"):
        put(tmp_path / "sets", {f"{data}/{method}.json": {"acc": 0.5, "loss": 0.7} for method in ("a", "b")})
    assert "pets/a" in read_folder(tmp_path / "sets").by_name
    table = "| | Variance kept | Probing (top-1) |\n|---|---|---|\n| TopK | 0.651 | {} |\n| Gated | 0.701 | 0.801 |\n"
    assert findings(tmp_path, table.format("0.751")) == []
    assert findings(tmp_path, table.format("0.801")) == ["0.801"]


def test_a_data_set_is_asked_for_before_the_mean_of_all(tmp_path: Path) -> None:
    """`On news` of what is kept over all data sets, and of each."""
    _evaluated(tmp_path / "results")
    line = "On news, TopK has a top-1 accuracy of {}.\n"
    assert findings(tmp_path, line.format("0.771")) == []
    assert findings(tmp_path, line.format("0.731")) == ["0.731"]


def test_words_of_a_methods_name_are_no_metrics(tmp_path: Path) -> None:
    """`Noise scale` and `Focal loss` are methods: what their rows hold is neither a spread nor a loss."""
    for run, name, kl, more in (
        (0, "Baseline", 0.613, 0),
        (1, "Learned noise scale", 0.573, 1),
        (2, "Focal loss", 0.551, 2),
    ):
        put(
            tmp_path / "results",
            {f"run_{run}/final_info.json": {"kl": {"means": {"kl": kl}}, "loss": {"means": {"loss": 0.4 + more / 91}}}},
        )
        with (tmp_path / "results" / "notes.txt").open("a") as notes:
            notes.write(f"Run {run}: {name}\n")
    table = "| Method | KL |\n|---|---|\n| Baseline | 0.613 |\n| Noise scale | {} |\n| Focal loss | 0.551 |\n"
    assert findings(tmp_path, table.format("0.573")) == []
    assert findings(tmp_path, table.format("0.537")) == ["0.537"]


def test_a_row_of_a_log_is_no_length_of_a_training(tmp_path: Path) -> None:
    """`trained for 50 epochs`, where a log has a row 50 of 60; after 50 epochs it has a loss."""
    for run, better in (("plain", 0.0), ("warm", 0.1)):
        log = "epoch,val_loss\n" + "".join(f"{n},{2.417 - n / 40 - better:.3f}\n" for n in range(61))
        put(
            tmp_path / "results",
            {f"{run}/log.csv": log, f"{run}/final.json": {"acc": 0.912 + better / 9, "epochs": 60, "batch_size": 64}},
        )
    assert findings(tmp_path, "Training runs for 60 epochs with a batch size of 64.\n") == []
    assert findings(tmp_path, "Training runs for 50 epochs.\n") == ["50"]
    told = {one.key.name for one in read_folder(tmp_path / "results").configured}
    assert {"epochs", "batch_size"} <= told


def test_how_many_points_a_data_set_has_claims_nothing(tmp_path: Path) -> None:
    """`Each data set has 100,000 points`."""
    put(
        tmp_path / "results",
        {f"{run}.json": {"acc": 0.8 + at / 17, "loss": 0.4 + at / 13} for at, run in enumerate(("a1", "b1", "c1"))},
    )
    assert findings(tmp_path, "Each dataset has 100,000 points.\n") == []
