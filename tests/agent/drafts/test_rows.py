"""Tables of results in long form: rows that are runs, rows that repeat one, curves that are neither."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.records.folder import read_folder
from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Key


def test_rows_are_runs_by_their_words_and_folds_are_repeats(tmp_path: Path) -> None:
    """A CSV of task, model and fold holds a run for each task and model, with as many repeats as folds."""
    rows = [
        f"{task},{model},{fold},{0.9 + fold / 100}" for task in "ab" for model in ("mlp", "tree") for fold in (0, 1)
    ]
    (tmp_path / "results.csv").write_text("\n".join(["task,model,fold,auc", *rows]))
    records = read_folder(tmp_path)
    assert set(records.by_name) == {"a/mlp", "a/tree", "b/mlp", "b/tree"}
    assert Values(records).repeats["a/mlp", Key(("auc",))] == [0.9, 0.91]


def test_a_whole_number_that_tells_rows_apart_is_a_setting_of_its_run(tmp_path: Path) -> None:
    """Records in the one list of an object: method and bits name the run, what stands beside the list is everybody's."""
    rows = [{"method": m, "bits": b, "ppl": 9 + b / 10} for m in ("rtn", "gptq") for b in (3, 4)]
    (tmp_path / "bench.json").write_text(json.dumps({"batch": 8, "results": rows}))
    records = read_folder(tmp_path)
    assert set(records.by_name) == {"rtn/bits=3", "rtn/bits=4", "gptq/bits=3", "gptq/bits=4"}
    assert {(one.run, one.key.path[-1], one.value) for one in records.configured} >= {
        ("", "batch", 8.0),
        ("gptq/bits=3", "bits", 3.0),
    }


def test_a_training_curve_is_no_table_of_runs(tmp_path: Path) -> None:
    """Rows that count epochs stay one run's, whatever words they hold."""
    rows = [{"epoch": e, "phase": p, "head": p, "accuracy": 0.5 + e / 10} for e in (1, 2) for p in ("warm", "main")]
    (tmp_path / "history.json").write_text(json.dumps(rows))
    assert set(read_folder(tmp_path).by_name) == {"history"}


@pytest.mark.parametrize(
    ("curve", "says"),
    [
        ([None, None], "null"),
        ([2.0, 1.0, float("nan")], "ends at nan"),
        ([2.0, 2.0, 2.0], "2 throughout"),
        ([2.0, None, 1.0], ""),
        ([2.0, 1.0], ""),
    ],
)
def test_a_curve_of_losses_says_that_nothing_was_trained(curve: list[float | None], says: str, tmp_path: Path) -> None:
    """As a list, and as a field of a log's rows; one that is left out now and then is no sign."""
    for name, payload in (
        ("a", {"train_loss": curve}),
        ("b", [{"step": n, "loss": each} for n, each in enumerate(curve)]),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log.json").write_text(json.dumps(payload))
        (tmp_path / name / "final_info.json").write_text(json.dumps({"accuracy": 0.5 if name == "a" else 0.6}))
    unproven = [run.unproven for run in read_folder(tmp_path).runs]
    assert all(says in each if says else not each for each in unproven), unproven


def test_a_curve_is_no_number_of_repeats(tmp_path: Path) -> None:
    """Five losses of a training are not five seeds."""
    (tmp_path / "run_0").mkdir()
    (tmp_path / "run_0" / "log.json").write_text(json.dumps({"train_loss": [5, 4, 3, 2, 1]}))
    assert Values(read_folder(tmp_path)).counts == {"run_0": {1}}


def test_a_folder_of_settings_belongs_to_the_runs_that_are_called_like_its_files(tmp_path: Path) -> None:
    """`configs/mlp.json` is of every run of the MLP, a `config.yaml` in a run's folder of that run, one beside them of all."""
    rows = [f"{task},{model},0.{n}" for n, (task, model) in enumerate((t, m) for t in "ab" for m in ("mlp", "tree"))]
    (tmp_path / "results.csv").write_text("\n".join(["task,model,auc", *rows]))
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "mlp.json").write_text('{"lr": 0.01}')
    (tmp_path / "configs" / "other.yaml").write_text("folds: 3")
    (tmp_path / "config.json").write_text('{"device_batch": 64}')
    told = {(one.run, one.key.path[-1], one.value) for one in read_folder(tmp_path).configured}
    assert {("a/mlp", "lr", 0.01), ("b/mlp", "lr", 0.01), ("", "folds", 3.0), ("", "device_batch", 64.0)} <= told
    assert not {run for run, name, _ in told if name == "lr"} & {"a/tree", "b/tree", ""}
