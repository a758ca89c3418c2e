"""Results as a program prints them into a text, as a data frame writes its headers, and as a tool counts its folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft
from agent.drafts.records.folder import read_folder
from agent.drafts.records.printed import is_printed, of_printed
from agent.drafts.records.tabular import levelled, nested
from tests.agent.drafts.layouts.test_tools import findings, put

_REPORT = """              precision    recall  f1-score   support

         ham     0.9712    0.9534    0.9622       965
        spam     0.7391    {recall}    0.7805       150

    accuracy                         0.9363      1115
   macro avg     0.8552    0.8901    0.8714      1115
"""


def test_a_report_of_classes_is_read_as_it_is_printed(tmp_path: Path) -> None:
    """Columns under a header, the classes before them, the accuracy of the whole in its own line."""
    put(
        tmp_path / "results",
        {
            f"{name}/report.txt": _REPORT.format(recall=recall)
            for name, recall in (("bayes", "0.8267"), ("svm", "0.8867"))
        },
    )
    line = "Bayes has an accuracy of 93.6% and a recall of {} on spam, the SVM one of 88.7%.\n"
    assert findings(tmp_path, line.format("82.7%")) == []
    assert findings(tmp_path, line.format("81.7%")) == ["81.7%"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Test accuracy: 71.3%\nTest loss = 0.91\n", {"Test accuracy": 71.3, "Test loss": 0.91}),
        ("=== adam ===\nacc: 0.9\n\n=== sgd ===\nacc: 0.8\n", {"adam": {"acc": 0.9}, "sgd": {"acc": 0.8}}),
        ("Final results\n====\nacc: 0.9, loss: 0.3\n", {"acc": 0.9, "loss": 0.3}),
        ("| model | acc |\n|---|---|\n| mlp | 0.9 |\n", [{"model": "mlp", "acc": 0.9}]),
        (
            ':::LOG {"key": "acc", "value": 0.7}\n:::LOG {"key": "acc", "value": 0.8}\n:::LOG {"key": "done", "value": null}\n',
            {"acc": 0.8},
        ),
        ('{"acc": 0.9}', {"acc": 0.9}),
    ],
)
def test_a_printed_text_is_read_in_the_form_that_it_has(text: str, told: object) -> None:
    """Names with values, under headings or not; a table between bars; records with words before them."""
    assert of_printed(text) == told


@pytest.mark.parametrize("text", ["", "We tried a higher rate.\nIt was worse: 0.81 of them fell.\n", "cat\ndog\n"])
def test_prose_is_no_result(text: str) -> None:
    """A text in which most lines say no value is left alone."""
    with pytest.raises(ValueError, match="no results"):
        of_printed(text)


def test_a_text_that_was_written_again_is_read_again(tmp_path: Path) -> None:
    """A long program asks twice: what a text held before is no answer."""
    text = tmp_path / "eval.txt"
    text.write_text("Nothing was measured yet.\n")
    assert not is_printed(text)
    text.unlink()
    text.write_text("accuracy: 0.8713\nnll: 0.4021\n")
    assert is_printed(text)


def test_notes_and_settings_in_text_are_no_results(tmp_path: Path) -> None:
    """`notes.txt` and `args.txt` may hold values, and none was measured."""
    put(tmp_path, {"notes.txt": "acc: 0.9\n", "args.txt": "lr: 0.1\n", "run_0/final_info.json": {"acc": 0.8}})
    assert {one.key.name for one in read_folder(tmp_path).measured} == {"acc"}
    assert [one.value for one in read_folder(tmp_path).measured] == [0.8]


def test_headers_of_several_levels_are_one_within_the_other(tmp_path: Path) -> None:
    """As a data frame writes them, with the name of its index in a row of its own; means with their spreads."""
    table = ",accuracy,accuracy,loss,loss\n,mean,std,mean,std\nmodel,,,,\nmlp,0.8713,0.0042,0.4127,0.0091\ncnn,0.9246,0.0031,0.2718,0.0064\n"
    put(tmp_path / "results", {"summary.csv": table})
    text = "| Model | Accuracy |\n|---|---|\n| MLP | 87.13 ± {} |\n| CNN | 92.46 ± 0.31 |\n\nThe loss of the CNN is 0.272.\n"
    assert findings(tmp_path, text.format("0.42")) == []
    assert findings(tmp_path, text.format("0.31")) == ["0.31"]


def test_a_table_of_one_header_has_no_levels() -> None:
    """A row of words below a header that repeats no name is a row."""
    assert levelled([["a", "b"], ["x", "y"], ["1", "2"]]) == ([], [], [])
    assert nested(["m"], [["acc", "mean"], ["n"]], ["mlp", 0.5, 3]) == {"m": "mlp", "acc": {"mean": 0.5}, "n": 3}


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (("unet/version_0", "segformer/version_0"), {"unet", "segformer"}),
        (("unet/version_1", "segformer/version_0"), {"unet", "segformer"}),
        (("adam/trial_0", "adam/trial_1", "sgd/trial_0", "sgd/trial_1"), {"adam", "sgd"}),
        (("a/run_0", "a/run_1", "b/run_0"), {"a/run_0", "a/run_1", "b/run_0"}),
        (("run_0", "run_1"), {"run_0", "run_1"}),
        (("logs/sac_0", "logs/sac_1", "logs/td3_0", "logs/td3_1"), {"sac", "td3"}),
        (
            ("gated_layer_0", "gated_layer_1", "topk_layer_0", "topk_layer_1"),
            {"gated/layer_0", "gated/layer_1", "topk/layer_0", "topk/layer_1"},
        ),
        (("lora_1", "lora_2", "full_1", "full_2"), {"lora/1", "lora/2", "full/1", "full/2"}),
    ],
)
def test_a_number_below_methods_is_no_name(tmp_path: Path, folders: tuple[str, ...], names: set[str]) -> None:
    """Folders that a tool counts below each method are the method's, and its repeats where each has the same; a layer is none."""
    put(tmp_path, {f"{folder}/metrics.json": {"dice": 0.71 + n / 97} for n, folder in enumerate(folders)})
    assert set(read_folder(tmp_path).by_name) == names


def test_counted_folders_are_seeds_of_a_table_with_spreads(tmp_path: Path) -> None:
    """`sac_0` to `sac_2` on each of two tasks."""
    for task, most in (("hopper", 3000), ("walker", 5000)):
        for method, share in (("sac", 0.9), ("td3", 0.8)):
            for seed in range(3):
                put(tmp_path / "results", {f"{task}/{method}_{seed}/m.json": {"reward": share * most + 20 * seed}})
    text = "Table: reward, mean ± std over 3 seeds.\n\n| | Hopper | Walker |\n|---|---|---|\n| SAC | 2720 ± 20 | 4520 ± {} |\n| TD3 | 2420 ± 20 | 4020 ± 20 |\n"
    assert findings(tmp_path, text.format("20")) == []
    assert findings(tmp_path, text.format("31")) == ["31"]


def test_what_one_file_says_beside_its_repeats_is_the_runs(tmp_path: Path) -> None:
    """A summary that rounds in its own way is no seed of those beside it."""
    for seed, value in enumerate((0.7588, 0.7593, 0.7597)):
        put(tmp_path / "results", {f"resnet/seed_{seed}.json": {"accuracy": value}})
        put(tmp_path / "results", {f"bert/seed_{seed}.json": {"accuracy": value - 0.1}})
    put(tmp_path / "results", {"summary.json": {"resnet": {"accuracy": 0.7591}, "bert": {"accuracy": 0.6591}}})
    assert findings(tmp_path, "ResNet has an accuracy of 0.7591.\n") == []
    assert findings(tmp_path, "ResNet has an accuracy of 0.7597.\n") == ["0.7597"]


def test_values_that_part_a_file_are_settings(tmp_path: Path) -> None:
    """`{"0.1": {"acc": …}}` may be called anything: alpha = 0.1."""
    told = {
        "fedavg": {"0.1": 0.6812, "0.5": 0.7423, "1.0": 0.7613},
        "fedprox": {"0.1": 0.6987, "0.5": 0.7465, "1.0": 0.7622},
    }
    payload = {name: {at: {"acc": value} for at, value in own.items()} for name, own in told.items()}
    put(tmp_path / "results", {"results.json": json.dumps(payload)})
    line = "With alpha = {} FedProx has an accuracy of 76.2%.\n"
    assert findings(tmp_path, line.format("1.0")) == []
    assert findings(tmp_path, line.format("1.5")) == ["1.5"]


def test_a_draft_in_the_folder_bears_nothing_of_its_own(tmp_path: Path) -> None:
    """A text whose lines say values would else be read as results."""
    put(tmp_path, {"run_0/final_info.json": {"accuracy": 0.8}, "report.txt": "accuracy: 0.9\n"})
    assert [one.shown for one in audit_draft(tmp_path / "report.txt", tmp_path).findings] == ["0.9"]


def test_a_column_a_seed_is_a_list_of_what_the_file_is_called(tmp_path: Path) -> None:
    """`method,seed_0,seed_1,seed_2` in `accuracy.csv`."""
    table = "method,seed_0,seed_1,seed_2\nmlp,0.812,0.819,0.807\ncnn,0.904,0.911,0.899\n"
    put(tmp_path / "results", {"accuracy.csv": table})
    line = "Over 3 seeds, the CNN has an accuracy of {}, the MLP one of 81.3%.\n"
    assert findings(tmp_path, line.format("90.5%")) == []
    assert findings(tmp_path, line.format("91.5%")) == ["91.5%"]


def test_metrics_may_stand_above_the_runs(tmp_path: Path) -> None:
    """`{"accuracy": {"mlp": …, "cnn": …}, "nll": {…}}`, with one value or one a seed."""
    put(
        tmp_path / "results",
        {"all.json": {"accuracy": {"mlp": 0.8123, "cnn": 0.9041}, "nll": {"mlp": 0.6123, "cnn": 0.3214}}},
    )
    assert set(read_folder(tmp_path / "results").by_name) == {"mlp", "cnn"}
    line = "The CNN reaches {} accuracy. The NLL of the MLP is 0.612.\n"
    assert findings(tmp_path, line.format("90.4%")) == []
    assert findings(tmp_path, line.format("81.2%")) == ["81.2%"]


def test_at_which_value_of_another_is_not_the_metric(tmp_path: Path) -> None:
    """`0.021 at L0 = 80` is no L0; nor is a folder `eval_results` a part of a name."""
    for name, size, value in (("topk_80", 80.3, 0.062), ("matryoshka_80", 80.1, 0.021), ("matryoshka_20", 20.2, 0.027)):
        put(
            tmp_path / "results",
            {f"eval_results/core/{name}_eval_results.json": {"l0": size, "explained": 0.7 + value}},
        )
        put(tmp_path / "results", {f"eval_results/absorption/{name}_eval_results.json": {"absorption": value}})
    assert set(read_folder(tmp_path / "results").by_name) == {"topk_80", "matryoshka_80", "matryoshka_20"}
    line = "Matryoshka has the lowest absorption, {} at L0 = 80.\n"
    assert "0.021" not in findings(tmp_path, line.format("0.021"))
    assert "0.031" in findings(tmp_path, line.format("0.031"))
