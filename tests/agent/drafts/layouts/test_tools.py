"""What tools leave behind, as they leave it: an evaluation harness, a trainer, a search, benchmarks. Honest lines pass, a false one is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.drafts.audit import audit_draft
from agent.drafts.records.folder import read_folder


def put(root: Path, files: dict[str, Any]) -> Path:
    """Text as it is, all else as JSON."""
    for name, value in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    return root


def findings(root: Path, text: str) -> list[str]:
    """The printed numbers that are findings."""
    (root / "draft.md").write_text(text)
    return [one.shown for one in audit_draft(root / "draft.md", root / "results").findings]


_HARNESS = {
    f"lm-410m{ending}/results_2026-02-03T11-22-33.json": {
        "results": {
            "hellaswag": {"alias": "hellaswag", "acc_norm,none": 0.4061 + better, "acc_norm_stderr,none": 0.0049},
            "arc_easy": {"alias": "arc_easy", "acc,none": 0.5191 + better / 2, "acc_stderr,none": 0.0102},
        },
        "n-shot": {"hellaswag": 0, "arc_easy": 0},
        "config": {"model": "hf", "batch_size": "16"},
    }
    for ending, better in (("", 0.0), ("-sft", 0.031), ("-dpo", 0.052))
}


def test_percentages_need_no_sign(tmp_path: Path) -> None:
    """`40.6` under a metric that is kept as 0.4061, in a table and in a sentence; a wrong one stays wrong."""
    put(tmp_path / "results", _HARNESS)
    table = "| Model | HellaSwag | ARC-e |\n|---|---|---|\n| Base | 40.6 | 51.9 |\n| SFT | 43.7 | {} |\n| DPO | 45.8 | 54.5 |\n"
    line = "\nDPO raises the normalized accuracy on HellaSwag from {} to 45.8.\n"
    assert findings(tmp_path, table.format("53.5") + line.format("40.6")) == []
    assert findings(tmp_path, table.format("55.1") + line.format("41.9")) == ["55.1", "41.9"]


def test_the_run_with_whose_name_all_others_begin_is_their_base(tmp_path: Path) -> None:
    """`lm-410m` beside `lm-410m-sft`: `the base model`, and what a bracket says of it; the data set of the clause before counts."""
    put(tmp_path / "results", _HARNESS)
    line = (
        "On ARC-easy the SFT model scores 53.5% (base: {}%).\n\nThe base model has an accuracy of 51.9% on ARC-easy.\n"
    )
    assert findings(tmp_path, line.format("51.9")) == []
    assert findings(tmp_path, line.format("54.5")) == ["54.5%"]


def test_a_trainers_log_tells_of_its_epochs(tmp_path: Path) -> None:
    """`log_history` holds the metric that the results hold, at other times."""
    for run, better in (("small", 0.0), ("large", 0.02)):
        rows = [{"epoch": n, "step": 100 * n, "eval_accuracy": 0.8112 + 0.01 * n + better} for n in (1, 2, 3)]
        put(
            tmp_path / "results" / run,
            {"trainer_state.json": {"log_history": rows, "global_step": 300}, "all_results.json": rows[-1]},
        )
    line = "After the first epoch the small model has an accuracy of {}; after the second, 83.1%.\n"
    assert findings(tmp_path, line.format("82.1%")) == []
    assert findings(tmp_path, line.format("81.7%")) == ["81.7%"]


_SEARCH = "number,value,datetime_start,params_dropout,params_lr,state\n" + "".join(
    f"{n},{0.7123 + n % 7 / 100 + n / 10000:.4f},2026-01-01 10:00:00,{n % 3 / 10},{0.00130019 * (n + 1)},COMPLETE\n"
    for n in range(12)
)


def test_trials_of_a_search_are_called_by_their_numbers(tmp_path: Path) -> None:
    """Settings that were drawn call no run; they are told in fewer digits than they have, and as many trials ran as there are rows."""
    study = {"n_trials": 12, "best_trial": 6, "best_value": 0.7729, "best_params": {"lr": 0.00910133}}
    put(tmp_path / "results", {"trials.csv": _SEARCH, "study.json": study})
    text = "We ran 12 trials. The best has a learning rate of {}. Trial 4 scored 0.7527.\n"
    assert findings(tmp_path, text.format("9.1e-3")) == []
    assert findings(tmp_path, text.format("9.4e-3")) == ["9.4e-3"]
    assert "trial_4" in read_folder(tmp_path / "results").by_name


def test_trials_of_a_grid_are_called_by_their_settings(tmp_path: Path) -> None:
    """A record a trial, its settings in a group: a number that tells each trial from all others numbers no repeats."""
    trials = [
        {
            "trial_id": n,
            "params": {"optimizer": optimizer, "lr": lr},
            "metrics": {"val_auc": round(0.861 + 0.007 * n, 4)},
        }
        for n, (optimizer, lr) in enumerate((one, two) for one in ("adamw", "lion") for two in (1e-4, 3e-4))
    ]
    put(tmp_path / "results", {"trials.jsonl": "\n".join(map(json.dumps, trials))})
    assert len(read_folder(tmp_path / "results").runs) == len(trials)
    text = "| Learning rate | AdamW | Lion |\n|---|---|---|\n| 1e-4 | 0.861 | {} |\n| 3e-4 | 0.868 | 0.882 |\n"
    assert findings(tmp_path, text.format("0.875")) == []
    assert findings(tmp_path, text.format("0.868")) == ["0.868"]
    line = "Lion at {} ends at a validation AUC of 0.882.\n"
    assert findings(tmp_path, line.format("3e-4")) == []
    assert findings(tmp_path, line.format("5e-4")) == ["5e-4"]


def test_benchmarks_beside_a_machine_are_runs(tmp_path: Path) -> None:
    """A list of records beside groups that say where it was measured; times without a unit are seconds, `min` is a minimum."""
    times = {"test_encode": 3.87e-3, "test_decode": 2.115e-3, "test_pack": 8.41e-6}
    records = [
        {
            "name": name,
            "fullname": f"tests/t.py::{name}",
            "options": {"min_rounds": 5},
            "stats": {"min": 0.9 * t, "mean": t},
        }
        for name, t in times.items()
    ]
    put(tmp_path / "results", {"b.json": {"machine_info": {"cpu": {"count": 16}}, "benchmarks": records}})
    assert set(read_folder(tmp_path / "results").by_name) == set(times)
    table = "| Benchmark | Mean | Min |\n|---|---|---|\n| encode (ms) | {} | 3.48 |\n| decode (ms) | 2.12 | 1.90 |\n| pack (µs) | 8.41 | 7.57 |\n"
    assert findings(tmp_path, table.format("3.87")) == []
    assert findings(tmp_path, table.format("3.57")) == ["3.57"]


@pytest.mark.parametrize(
    ("sizes", "seeds"), [((30, 50, 70), False), ((2, 4, 8), False), ((0, 1, 2), True), ((1, 2), True)]
)
def test_a_short_ending_may_be_a_setting(tmp_path: Path, sizes: tuple[int, ...], seeds: bool) -> None:
    """`wanda_s50` is no seed where all are round or doubled, and what the names say of their files was chosen."""
    for method in ("wanda", "magnitude"):
        for size in sizes:
            put(tmp_path, {f"{method}_s{size}.json": {"ppl": 5.1234 + size / 7, "sparsity": size / 100}})
    records = read_folder(tmp_path)
    assert (set(records.by_name) == {"wanda", "magnitude"}) is seeds
    assert ("sparsity" in {one.key.name for one in records.configured}) is not seeds


def test_a_condition_may_open_a_sentence(tmp_path: Path) -> None:
    """`With 30% of the weights removed`: a setting in which runs differ, though it is not called."""
    for size in (30, 50, 70):
        put(tmp_path / "results", {f"wanda_s{size}.json": {"accuracy": 0.6511 - size / 900, "sparsity": size / 100}})
    text = "With {}% of the weights removed, Wanda keeps an accuracy of 61.8%.\n"
    assert findings(tmp_path, text.format(30)) == []
    assert findings(tmp_path, text.format(35)) == ["35%"]


def test_counts_of_operations_are_called_by_their_unit(tmp_path: Path) -> None:
    """`4.46 GFLOPs` of `flops_g`, in a sentence on accuracy and under a header."""
    rows = "model,top1,flops_g\nresnet18,69.76,1.82\nconvnext,82.10,4.46\nvit,79.83,4.61\n"
    put(tmp_path / "results", {"results.csv": rows})
    text = "| Model | GFLOPs |\n|---|---|\n| ResNet-18 | 1.82 |\n\nConvNeXt is best with 82.1% top-1 at {} GFLOPs.\n"
    assert findings(tmp_path, text.format("4.46")) == []
    assert findings(tmp_path, text.format("4.61")) == ["4.61"]


def test_longer_is_a_change(tmp_path: Path) -> None:
    """`training takes 2.6 seconds longer`, behind a clause on another metric."""
    for n, (kl, time) in enumerate(((0.67, 38.1), (0.611, 40.7), (0.583, 44.9))):
        put(tmp_path / "results", {f"run_{n}/final_info.json": {"kl_divergence": kl, "training_time": time}})
    text = "Run 1 improves the KL divergence from 0.670 to 0.611, but training takes {} seconds longer.\n"
    assert findings(tmp_path, text.format("2.6")) == []
    assert findings(tmp_path, text.format("6.2")) == ["6.2"]
