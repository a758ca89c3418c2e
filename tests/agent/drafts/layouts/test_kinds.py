"""Kinds of folders and tables one by one: who owns settings, what repeats what, which columns and rows name a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.drafts.audit import audit_draft
from agent.drafts.records.columns import curve_of, laid_open
from agent.drafts.records.folder import read_folder
from agent.drafts.records.formats import flat, of_yaml
from agent.drafts.records.path_names import grid, pairs_in, slot, without_form, without_repeat
from agent.drafts.records.pool import Values
from agent.drafts.records.rows import runs_of_rows
from agent.drafts.records.runs import Key


def write(root: Path, **files: Any) -> Path:
    """`a__b` is a/b.json; a text with a dot in its name's place stays text."""
    for name, value in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path = path if "." in path.name else path.with_name(f"{path.name}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    return root


def statuses(root: Path, text: str) -> dict[str, str]:
    """Each printed number with its status."""
    (root / "draft.md").write_text(text)
    return {one.shown: one.status for one in audit_draft(root / "draft.md", root / "results").numbers}


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("mixup_seed0", "mixup"),
        ("seed_3", ""),
        ("run_seed0", ""),
        ("fold2-tree", "tree"),
        ("resnet50", "resnet50"),
        ("7", "7"),
    ],
)
def test_a_seed_is_no_part_of_a_name(name: str, bare: str) -> None:
    """In front, behind or alone; a size is no seed."""
    assert without_repeat(name) == bare


def test_names_say_settings_and_forms() -> None:
    """`lr=1e-3_seed=0` sets two things; `results_` and `_eval_results` only say that results are in a file."""
    assert pairs_in("lr=1e-3_seed=0") == {"lr": "1e-3", "seed": "0"}
    assert pairs_in("method=cut_mix,data=pets") == {"method": "cut_mix", "data": "pets"}
    assert (without_form("results_mixup"), without_form("mixup_eval_results"), without_form("results")) == (
        "mixup",
        "mixup",
        "results",
    )


def test_pairs_of_names_are_parted_where_most_are_there() -> None:
    """A method that was not tried on all data sets leaves the others parted; sizes that make no grid stay whole."""
    told = grid(["big_a", "big_b", "cut_mix_a", "cut_mix_b", "tiny_a"])
    assert told["cut_mix_b"] == ("cut_mix", "b") and told["tiny_a"] == ("tiny", "a")
    assert grid(["lr0.1_wd0", "lr0.1_wd5", "lr0.01_wd5"]) == {}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a/seed_0/m.json", "a/seed_1/m.json", True),
        ("a/x_s0.json", "a/x_s1.json", True),
        ("ab12cd34/m.json", "99ff00aa/m.json", True),
        ("a/train.json", "a/test.json", False),
        ("a/train/m.json", "a/test/m.json", False),
        ("a/checkpoint-10/m.json", "a/checkpoint-20/m.json", False),
        ("lr=0.1,seed=0/m.json", "lr=0.1,seed=1/m.json", True),
        ("lr=0.1/m.json", "lr=0.2/m.json", False),
    ],
)
def test_files_repeat_each_other_in_one_place_only(one: str, other: str, same: bool) -> None:
    """But for seeds, numbers and hashes their places are the same: splits, stages and settings are no repeats."""
    assert (slot(one) == slot(other)) is same


def test_two_files_of_a_run_are_no_seeds(tmp_path: Path) -> None:
    """What a training and a test file say of one metric has no mean and no spread."""
    write(tmp_path, a__train_results={"loss": 0.2}, a__test_results={"loss": 0.4})
    assert Values(read_folder(tmp_path)).computed == []


def test_settings_above_several_runs_are_theirs(tmp_path: Path) -> None:
    """`adam/config.yaml` is of `adam/pets` and `adam/cars`, not of SGD, and a value of the other's is misattributed."""
    results = tmp_path / "results"
    for method, rate in (("adam", 0.003), ("sgd", 0.07)):
        write(results, **{f"{method}__config_DOT_yaml": f"learning_rate: {rate}\n"})
        write(results, **{f"{method}__{data}__m": {"acc": 0.5 + rate} for data in ("pets", "cars")})
    told = {(one.run, one.value) for one in read_folder(results).configured}
    assert told == {("adam/pets", 0.003), ("adam/cars", 0.003), ("sgd/pets", 0.07), ("sgd/cars", 0.07)}
    assert statuses(tmp_path, "Adam is trained with a learning rate of 0.003.\n") == {"0.003": "setting"}
    assert statuses(tmp_path, "Adam is trained with a learning rate of 0.07.\n") == {"0.07": "misattributed"}


def test_a_folder_of_evaluations_belongs_to_its_run(tmp_path: Path) -> None:
    """`topk/evals/…` beside `topk/eval_results.json` is of topk, whatever its files are called."""
    for run in ("topk", "relu"):
        told = {"eval_config": {"k": 1}, "eval_result_metrics": {"score": 0.5}}
        write(
            tmp_path,
            **{f"{run}__eval_results": {"l0": 20.0}, f"{run}__evals__absorption": told, f"{run}__evals__probing": told},
        )
    assert set(read_folder(tmp_path).by_name) == {"topk", "relu"}


def test_a_sweep_without_words_has_a_run_for_each_setting(tmp_path: Path) -> None:
    """`rank,error` beside numbered runs: each row is a run, called by its rank."""
    write(
        tmp_path,
        run_0__final_info={"error": 4.2},
        run_1__final_info={"error": 4.1},
        sweep_DOT_csv="rank,error\n2,4.71\n4,4.52\n16,4.31\n",
    )
    assert set(read_folder(tmp_path).by_name) == {"run_0", "run_1", "rank=2", "rank=4", "rank=16"}


@pytest.mark.parametrize(
    "rows",
    [
        [{"round": 1, "acc": 0.523}, {"round": 2, "acc": 0.611}, {"round": 3, "acc": 0.688}],
        [{"acc": 0.523, "f1": 0.511}, {"acc": 0.611, "f1": 0.602}, {"acc": 0.688, "f1": 0.655}],
    ],
)
def test_a_curve_and_mere_measurements_are_no_sweep(rows: list[dict[str, float]]) -> None:
    """Rounds are steps of one training; rows without a setting tell no runs apart."""
    assert runs_of_rows(rows) == ()


def test_tables_are_laid_open() -> None:
    """A metric a row and a run a column is turned; a tracker's prefixes and groups go; `params_m` alone is a metric's own name."""
    turned = laid_open([{"metric": "acc", "a": 0.5, "b": 0.6}, {"metric": "f1", "a": 0.4, "b": 0.7}]).rows
    assert turned == [{"method": "a", "acc": 0.5, "f1": 0.4}, {"method": "b", "acc": 0.6, "f1": 0.7}]
    laid = laid_open([{"config.lr": 0.1, "summary.acc": 0.5}, {"config.lr": 0.2, "summary.acc": 0.6}])
    assert laid.rows[0] == {"lr": 0.1, "acc": 0.5} and laid.settings == {"lr"}
    assert laid_open([{"model": "a", "params_m": 1.1}, {"model": "b", "params_m": 2.1}]).settings == frozenset()


def test_a_scalar_is_called_by_its_file_or_its_tag() -> None:
    """`Step,Value` in loss.csv is the loss; rows of a tag and a value are a metric a column."""
    assert curve_of("loss", [{"Step": 1, "Value": 2.0}, {"Step": 2, "Value": 1.0}])[0] == {"Step": 1, "loss": 2.0}
    tagged = [{"step": 1, "tag": tag, "value": value} for tag, value in (("acc", 0.5), ("loss", 2.0))]
    assert curve_of("events", tagged) == [{"step": 1, "acc": 0.5, "loss": 2.0}]


def test_yaml_is_data_without_references() -> None:
    """`1e-3` is a number, a tracker's `{value: 3}` is 3; references, and tags of programs, are refused."""
    assert of_yaml("lr: 1e-3\n") == {"lr": 0.001}
    assert flat({"lr": {"desc": None, "value": 3}, "data": {"name": "pets"}}) == {"lr": 3, "data": "pets"}
    for text in ("a: &x [1]\nb: *x\n", "a: !!python/object:os.system {}\n", "a: [\n"):
        with pytest.raises(ValueError, match=r"."):
            of_yaml(text)


def test_a_single_mean_of_each_seed_is_no_mean_of_seeds(tmp_path: Path) -> None:
    """`mean` in each seed's file is that seed's; the run's value is the mean over its files."""
    write(tmp_path, **{f"a__seed_{n}__m": {"mean": {"acc": value}} for n, value in enumerate((0.5, 0.7))})
    assert Values(read_folder(tmp_path)).central[Key(("acc",))]["a"].value == pytest.approx(0.6)


def test_of_a_log_the_last_row_counts(tmp_path: Path) -> None:
    """Where nothing but a log says it."""
    write(
        tmp_path,
        **{f"run_{n}__log": [{"step": step, "acc": 0.5 + step / 10 + n / 100} for step in (0, 1, 2)] for n in (0, 1)},
    )
    assert Values(read_folder(tmp_path)).central[Key(("acc",))]["run_1"].value == pytest.approx(0.71)


def test_a_log_called_like_a_method_leaves_a_table_its_runs(tmp_path: Path) -> None:
    """`logs/eager.jsonl` beside a table with a row an engine, batch size and trial: its rows keep their sizes, the log's are no runs."""
    rows = [
        f"{name},{size},{trial},{100 + size + trial}.5"
        for name in ("eager", "draft")
        for size in (1, 16)
        for trial in (0, 1)
    ]
    log = "".join(json.dumps({"prompts_done": n, "exact_match": 0.4 + n / 1000}) + "\n" for n in (50, 100, 150))
    logs = {f"logs__{name}_DOT_jsonl": log for name in ("eager", "draft")}
    write(tmp_path, bench_DOT_csv="\n".join(["engine,batch_size,trial,tok_s", *rows]) + "\n", **logs)
    runs = {"eager", "draft", *(f"{name}/batch_size={size}" for name in ("eager", "draft") for size in (1, 16))}
    assert set(read_folder(tmp_path).by_name) == runs


def test_trials_of_a_search_are_runs(tmp_path: Path) -> None:
    """A study of four trials: each is a run called by its parameters, and four is their number, five is not."""
    rows = [
        f"{n},{0.81 + n / 97:.5f},{rate},{size},COMPLETE"
        for n, (rate, size) in enumerate(((0.011, 32), (0.0042, 64), (0.023, 32), (0.0017, 64)))
    ]
    study = "\n".join(["number,value,params_lr,params_batch_size,state", *rows]) + "\n"
    write(tmp_path / "results", study_DOT_csv=study)
    assert len(read_folder(tmp_path / "results").runs) == 4
    assert statuses(tmp_path, "We run 4 trials. The best uses a learning rate of 0.023.\n") == {
        "4": "derived",
        "0.023": "setting",
    }
    assert statuses(tmp_path, "We run 5 trials.\n") == {"5": "spread_without_seeds"}
