"""Numbers of which the sentence or the table does not say at once whose and of what they are: read again before they are called wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.drafts.audit import audit_draft

SPEECH = {
    "run_0": {
        "clean": {"wer": 4.82, "cer": 1.71},
        "other": {"wer": 11.36, "cer": 4.65},
        "latency_ms": 412,
        "rtf": 0.184,
    },
    "run_1": {
        "clean": {"wer": 4.31, "cer": 1.53},
        "other": {"wer": 9.87, "cer": 4.01},
        "latency_ms": 415,
        "rtf": 0.186,
    },
    "run_2": {
        "clean": {"wer": 5.07, "cer": 1.81},
        "other": {"wer": 11.92, "cer": 4.89},
        "latency_ms": 138,
        "rtf": 0.121,
    },
    "run_3": {
        "clean": {"wer": 4.49, "cer": 1.60},
        "other": {"wer": 10.21, "cer": 4.18},
        "latency_ms": 139,
        "rtf": 0.122,
    },
}
TITLES = "Run 0: Baseline\nRun 1: SpecAugment\nRun 2: Chunked attention\nRun 3: SpecAugment + chunked attention\n"


def statuses(folder: Path, text: str, runs: Mapping[str, Any] = SPEECH, notes: str = TITLES) -> dict[str, str]:
    """Each number of a draft, as it is printed, with its status."""
    folder.mkdir(exist_ok=True)
    results = folder / "results"
    for name, payload in runs.items():
        (results / name).mkdir(parents=True)
        (results / name / "final_info.json").write_text(json.dumps(payload))
    (results / "notes.txt").write_text(notes)
    draft = folder / "draft.md"
    draft.write_text(text)
    return {one.shown: one.status for one in audit_draft(draft, results).numbers}


def test_a_row_is_of_the_run_whose_title_its_header_is_like(tmp_path: Path) -> None:
    """A header that is a run's title but for its last word is that run's, not that of the shorter title within it; another's value stays wrong."""
    told = statuses(
        tmp_path,
        "| Model | Latency (ms) | RTF |\n|---|---|---|\n| SpecAugment + chunked | 139 | 0.122 |\n| SpecAugment | 415 | 0.121 |\n",
    )
    assert told == {"139": "supported", "0.122": "supported", "415": "supported", "0.121": "misattributed"}


def test_a_row_that_adds_is_read_with_the_row_above(tmp_path: Path) -> None:
    """`+ SpecAugment` under the chunked model is both together; under the baseline it is that alone."""
    told = statuses(
        tmp_path,
        "| Model | Latency (ms) | RTF |\n|---|---|---|\n| Baseline | 412 | 0.184 |\n| + SpecAugment | 415 | 0.186 |\n"
        "| Chunked attention | 138 | 0.121 |\n| + SpecAugment | 139 | 0.122 |\n",
    )
    assert set(told.values()) == {"supported"} and len(told) == 8


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The baseline has a CER of 1.71% on clean speech; chunking raises it to 1.81%.", "1.81%"),
        ("The augmented full model is the slowest: 415 ms.", "415"),
        ("It needs a real-time factor of 0.186, and 415 ms, with SpecAugment.", "0.186"),
        ("WERs on other speech are 9.87 (SpecAugment) and 11.36 (baseline).", "9.87"),
    ],
)
def test_words_that_are_like_a_name_bear_its_value(text: str, number: str, tmp_path: Path) -> None:
    """A run that is called by another form of its words, or a metric in the plural or by its initials written out, is no other's."""
    assert statuses(tmp_path, text)[number] == "supported"


@pytest.mark.parametrize(
    "text",
    [
        "SpecAugment reaches a latency of 138 ms.",
        "The latency of the baseline is 138 ms.",
        "With a latency of 139 ms, SpecAugment is slow.",
        "SpecAugment is slow. It has a latency of 138 ms.",
    ],
)
def test_what_is_named_beside_its_number_is_not_read_again(text: str, tmp_path: Path) -> None:
    """A second reading absolves nothing whose run and metric both are named: another run's value is misattributed."""
    assert set(statuses(tmp_path, text).values()) == {"misattributed"}


def test_a_change_goes_from_one_data_set_to_another(tmp_path: Path) -> None:
    """A run loses from one data set to the next, in percentage points of what is kept as a share; another number fits nothing."""
    runs = {
        f"{name}/{place}": {"test_acc": value, "upload_gb": gb}
        for name, place, value, gb in [
            ("fedavg", "iid", 0.8412, 3.1),
            ("fedavg", "noniid", 0.6893, 8.6),
            ("scaffold", "iid", 0.8465, 5.1),
            ("scaffold", "noniid", 0.7588, 11.2),
        ]
    }
    text = "From IID to non-IID data, the test accuracy of FedAvg drops by 15.19 points. SCAFFOLD loses 8.77. FedAvg loses 13.33."
    assert statuses(tmp_path, text, runs, "") == {"15.19": "derived", "8.77": "derived", "13.33": "unsupported"}


def test_a_column_of_a_setting_is_no_column_of_the_caption(tmp_path: Path) -> None:
    """Bits stand in a table of perplexities; a metric with the data set behind it is called by its first word, a digit alone calls none."""
    runs = {
        f"run_{place}": {"config": {"method": method, "bits": bits}, "ppl_wikitext": wiki, "ppl_c4": c4}
        for place, (method, bits, wiki, c4) in enumerate(
            [("fp16", 16, 5.47, 7.26), ("gptq", 4, 5.61, 7.43), ("awq", 4, 5.60, 7.41), ("gptq", 3, 6.29, 8.36)]
        )
    }
    text = (
        "**Table 1.** PPL: perplexity.\n\n| Method | Bits | Wiki PPL | C4 PPL |\n|---|---|---|---|\n| FP16 | 16 | 5.47 | 7.26 |\n"
        "| GPTQ | 4 | 5.61 | 7.43 |\n| GPTQ | 3 | 6.29 | 8.36 |\n\nOn Wikitext, 4-bit AWQ has a perplexity of 5.60.\n"
    )
    told = statuses(tmp_path, text, runs, "")
    assert {told["16"], told["3"]} == {"setting"}
    assert {told[each] for each in ("5.47", "7.26", "5.61", "7.43", "6.29", "8.36", "5.60")} == {"supported"}


def test_a_number_that_is_a_data_set_claims_nothing(tmp_path: Path) -> None:
    """Results that lie under `96` and `336` are called by these; the same number elsewhere is judged."""
    one = {"horizons": {"96": {"mse": 0.378, "mae": 0.399}, "336": {"mse": 0.431, "mae": 0.443}}, "params": 18624}
    text = "At horizon 96 the MSE is 0.378, and at 336 it is 0.431. The model has 18.6k parameters and an MAE of 0.96."
    told = statuses(tmp_path, text, {"run_0": one}, "")
    assert told == {"0.378": "supported", "0.431": "supported", "18.6k": "supported", "0.96": "unsupported"}


IMAGES = {
    "baseline": {
        "test": {"acc": 0.9400, "ece": 0.0310},
        "corrupted_acc": 0.7240,
        "params_m": 11.17,
        "epoch_seconds": 14.2,
    },
    "mixup": {
        "test": {"acc": 0.9560, "ece": 0.0187},
        "corrupted_acc": 0.7740,
        "params_m": 11.17,
        "epoch_seconds": 15.0,
    },
}


@pytest.mark.parametrize(
    ("text", "number", "status"),
    [
        ("Mixup has a calibration error of 1.87%.", "1.87%", "supported"),
        ("Mixup makes 27% fewer mistakes on the test set than the baseline, by accuracy.", "27%", "derived"),
        ("Mixup makes 37% fewer mistakes on the test set than the baseline, by accuracy.", "37%", "unsupported"),
        ("On the test set, the accuracy of mixup gains 1.6 points.", "1.6", "derived"),
        ("On the test set, the accuracy of mixup gains 1.7 points.", "1.7", "unsupported"),
        ("Mixup keeps 60% of the calibration error of the baseline.", "60%", "derived"),
        ("The network has 11.17 million parameters.", "11.17", "supported"),
        ("The network has 12.17 million parameters.", "12.17", "unsupported"),
        ("The epoch seconds of mixup vary by 0.8 s between seeds.", "0.8", "spread_without_seeds"),
        ("The gap between test and corrupted accuracy is 21.6 points for the baseline.", "21.6", "derived"),
    ],
)
def test_a_change_is_of_what_its_words_say(text: str, number: str, status: str, tmp_path: Path) -> None:
    """Mistakes are what an accuracy leaves over, points are no percent, a share is kept, a spread needs seeds; each beside one that is wrong."""
    assert statuses(tmp_path, text, IMAGES, "")[number] == status


def test_what_a_machine_has_claims_nothing(tmp_path: Path) -> None:
    """The memory of a machine is left out, that of a run is judged."""
    runs = {"run_0": {"memory_gb": 13.5, "accuracy": 0.9}, "run_1": {"memory_gb": 3.9, "accuracy": 0.8}}
    assert statuses(tmp_path, "We use one A100 with 80 GB. Run 1 needs 4.9 GB.", runs, "") == {"4.9": "unsupported"}


def test_rows_of_a_log_are_no_repeats(tmp_path: Path) -> None:
    """What a run came to over seeds is the mean of the last rows; its log names no metric that its results name."""
    for seed, last in enumerate((0.91, 0.93)):
        folder = tmp_path / "results" / "adam" / f"seed_{seed}"
        folder.mkdir(parents=True)
        rows = [{"epoch": epoch, "acc": value} for epoch, value in enumerate((0.2, 0.6, last))]
        (folder / "log.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert statuses(tmp_path, "Adam has an accuracy of 0.920.", {}, "") == {"0.920": "derived"}


def test_a_row_with_a_word_more_is_of_a_run_that_shares_its_name(tmp_path: Path) -> None:
    """`INT4 + window` is the run of its family that most of its values are of, and the text may call it by the window."""
    runs = {
        name: {"latency_ms": latency, "memory_gb": memory, "perplexity": loss}
        for name, latency, memory, loss in [
            ("fp16", 28.7, 16.64, 5.68),
            ("int4", 22.0, 4.83, 6.02),
            ("int4_residual", 23.6, 5.37, 5.74),
        ]
    }
    text = (
        "| Cache | Latency (ms) | Memory (GB) |\n|---|---|---|\n| FP16 | 28.7 | 16.64 |\n| INT4 | 22.0 | 4.83 |\n"
        "| INT4 + window | 23.6 | 5.37 |\n\nPerplexity is 5.68 for FP16, 6.02 for INT4 and 5.74 with the window.\n"
    )
    assert set(statuses(tmp_path, text, runs, "").values()) == {"supported"}


TASKS = {
    f"run_{place}": {"config": {"num_envs": 8, "update_epochs": 4, "epochs": 150}, **metrics}
    for place, metrics in enumerate(
        [
            {"pole": {"final_return": 487.0}, "lander": {"final_return": 191.8}, "epoch_seconds": 14.2},
            {"pole": {"final_return": 498.0}, "lander": {"final_return": 238.1}, "epoch_seconds": 14.6},
        ]
    )
}


@pytest.mark.parametrize(
    ("text", "number", "status"),
    [
        ("We use 8 parallel environments.", "8", "setting"),
        ("There are 10 update epochs.", "10", "unsupported"),
        ("There are 4 update epochs.", "4", "setting"),
        ("A full training of the baseline takes about 36 minutes.", "36", "derived"),
        ("A full training of the baseline takes about 56 minutes.", "56", "unsupported"),
        (
            "The final returns are 498.0 and 238.1 for run 1 against 487.0 and 191.8 for a constant coefficient.",
            "191.8",
            "supported",
        ),
        ("In total, the two runs took 72 minutes.", "72", "derived"),
    ],
)
def test_settings_totals_and_lists_are_read(text: str, number: str, status: str, tmp_path: Path) -> None:
    """A setting by a longer word, its whole name with another value; seconds an epoch times epochs; the second list of two is of another run."""
    if "In total" in text:
        runs = {"run_0": {"train_minutes": 35.5, "acc": 0.1}, "run_1": {"train_minutes": 36.5, "acc": 0.2}}
        assert statuses(tmp_path, text, runs, "")[number] == status
    else:
        assert statuses(tmp_path, text, TASKS, "")[number] == status


def test_what_a_cited_work_reaches_is_its_own(tmp_path: Path) -> None:
    """A subject with a citation behind it is no run's; a run with one is."""
    text = "A forest on fingerprints [3] reaches a final return of 401.5 on pole. Run 1 [3] reaches a final return of 401.5 on pole."
    assert list(statuses(tmp_path, text, TASKS, "").values()) == ["unsupported"]


def test_repeats_of_a_table_are_no_curve(tmp_path: Path) -> None:
    """The training times of a CSV with a row a seed are repeats, whatever their column is called."""
    rows = [f"{model},{seed},{base + seed}" for model, base in (("gcn", 40), ("gat", 62)) for seed in range(3)]
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "results.csv").write_text("model,seed,train_time_s\n" + "\n".join(rows) + "\n")
    told = statuses(tmp_path, "GAT trains in 63 s, GCN in 41 s; GAT is 54% slower than GCN.", {}, "")
    assert told == {"63": "derived", "41": "derived", "54%": "derived"}


def test_a_gap_is_closed_by_a_third_value(tmp_path: Path) -> None:
    """The share of the way from one run to another that a third has come; another share fits nothing."""
    text = "On clean speech, chunked attention and SpecAugment are apart: the WER of the baseline closes 33% of the gap between them."
    assert statuses(tmp_path, text)["33%"] == "derived"
    wrong = statuses(tmp_path / "wrong", text.replace("33%", "43%"))
    assert wrong["43%"] == "unsupported"


def test_files_of_the_root_that_say_the_same_are_runs(tmp_path: Path) -> None:
    """`mlp.json` beside others of its form is a run, whatever parts it has; a column says of which part it is, and a row of spreads of which metric."""
    results = tmp_path / "results"
    results.mkdir()
    for name, folds, external in (
        ("logistic", (0.77, 0.79), 0.752),
        ("mlp", (0.81, 0.83), 0.748),
        ("forest", (0.80, 0.82), 0.769),
    ):
        measured = {"folds": folds, "mean": sum(folds) / 2, "std": 0.0141}
        payload = {
            "model": name,
            "internal": {"auroc": measured, "brier": measured},
            "external": {"auroc": external, "brier": 0.1},
        }
        (results / f"{name}.json").write_text(json.dumps(payload))
    text = (
        "### Internal\n\n| | Logistic | MLP | Forest |\n|---|---|---|---|\n| AUROC | 0.78 | 0.82 | 0.81 |\n| SD | 0.0141 | 0.0141 | 0.0200 |\n\n"
        "### External\n\n| Model | AUROC | Change |\n|---|---|---|\n| Logistic | 0.752 | -0.028 |\n| MLP | 0.769 | -0.072 |\n"
    )
    draft = tmp_path / "draft.md"
    draft.write_text(text)
    told = [(one.shown, one.status) for one in audit_draft(draft, results).numbers]
    assert [status for _, status in told if status in ("unsupported", "misattributed")] == [
        "unsupported",
        "misattributed",
    ]
    assert ("0.0200", "unsupported") in told and ("0.769", "misattributed") in told


def test_a_word_that_another_tells_is_no_part_of_a_name(tmp_path: Path) -> None:
    """Where each task has one metric, its column names no run: a method's average is over its tasks, and its cost is its own."""
    results = tmp_path / "results"
    results.mkdir()
    rows = [f"sst2,full_ft,{seed},acc,{94 + seed}\nmrpc,full_ft,{seed},f1,{90 + seed}" for seed in (0, 1)]
    rows += [f"sst2,lora_r4,{seed},acc,{93 + seed}\nmrpc,lora_r4,{seed},f1,{88 + seed}" for seed in (0, 1)]
    (results / "scores.csv").write_text("task,method,seed,metric,score\n" + "\n".join(rows) + "\n")
    text = "| Method | SST-2 | MRPC | Avg. |\n|---|---|---|---|\n| Full fine-tuning | 94.5 | 90.5 | 92.5 |\n| LoRA (r=4) | 93.5 | 88.5 | 92.0 |\n"
    draft = tmp_path / "draft.md"
    draft.write_text(text)
    told = {one.shown: one.status for one in audit_draft(draft, results).numbers}
    assert told["92.5"] == "derived" and told["92.0"] == "unsupported"
    assert {told[each] for each in ("94.5", "90.5", "93.5", "88.5")} == {"derived"}
