"""Folders of results of any nesting are read into runs, with their settings, names and proofs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.drafts.records.code_settings import of_python, of_text
from agent.drafts.records.folder import read_folder
from agent.drafts.records.payload import read_payload
from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Records


def folder(root: Path, **files: Any) -> Records:
    """The records of these files; `a__b` is a/b.json."""
    for name, value in files.items():
        path = root / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    return read_folder(root)


@pytest.mark.parametrize(
    ("files", "runs"),
    [
        (("run_0__final_info", "run_1__eval__scores", "run_1__final_info"), ["run_0", "run_1"]),
        (("adam__seed_0__m", "adam__seed_1__m", "sgd__metrics"), ["adam", "sgd"]),
        (("rk4", "euler"), ["euler", "rk4"]),
        (("results__rk4", "results__euler"), ["euler", "rk4"]),
        (("cnn__mnist__m", "cnn__cifar__m"), ["cnn/cifar", "cnn/mnist"]),
        (("cifar__erm", "cifar__mixup", "svhn__erm"), ["cifar/erm", "cifar/mixup", "svhn"]),
        (("adam__train_loss", "adam__test_loss"), ["adam"]),
        (("adam__seed_0", "adam__seed_1"), ["adam"]),
    ],
)
def test_files_are_given_to_runs(tmp_path: Path, files: tuple[str, ...], runs: list[str]) -> None:
    """Numbered folders, folders of seeds, files beside one another, models by data set, data sets by model; splits and seeds are no runs."""
    records = folder(tmp_path, **{name: {"loss": place + 0.5} for place, name in enumerate(files)})
    assert sorted(run.name for run in records.runs) == runs


def test_a_summary_holds_several_runs(tmp_path: Path) -> None:
    """An object or a list of records of one form; each is a run of its own."""
    records = folder(tmp_path, all={"a": {"loss": 1.0, "acc": 0.1}, "b": {"loss": 2.0, "acc": 0.2}})
    assert [run.name for run in records.runs] == ["a", "b"]
    again = folder(tmp_path / "list", all=[{"model": "x", "acc": 0.1}, {"model": "y", "acc": 0.2}])
    assert [run.name for run in again.runs] == ["x", "y"]


def test_what_lies_beside_numbered_runs_is_no_run(tmp_path: Path) -> None:
    """Ideas and reviews in a session's folder are named as unread; a summary by run is given to the runs."""
    files = {"run_0__final_info": {"acc": 0.1}, "run_1__final_info": {"acc": 0.2}, "seed_ideas": [{"Novelty": 8}]}
    records = folder(tmp_path, **files, summary={"run_0": {"f1": 0.3}, "run_1": {"f1": 0.4}})
    assert [run.name for run in records.runs] == ["run_0", "run_1"]
    assert sorted(one.key.name for one in records.runs[1].quantities) == ["acc", "f1"]
    assert records.unread == ("seed_ideas.json: it belongs to none of the runs beside it",)


def test_means_errors_and_lists_are_one_metric() -> None:
    """AI-Scientist's three forms of the same are one key: a value, its spread, its seeds."""
    found = read_payload(
        "run_0",
        "final_info.json",
        {
            "news": {
                "means": {"loss_mean": 0.5},
                "stderrs": {"loss_stderr": 0.1},
                "final_info_dict": {"loss": [0.4, 0.6]},
            }
        },
    )
    assert {one.key.path for one in found.quantities} == {("news", "loss")}
    assert {one.role for one in found.quantities} == {"value", "spread"}
    assert found.series[0].values == (0.4, 0.6)


def test_settings_stand_apart_from_results() -> None:
    """What lies under config, args and the like was not measured."""
    found = read_payload("r", "f", {"config": {"lr": 0.1}, "eval_cfg": {"k": [1, 5]}, "loss": 0.3})
    assert {(one.key.path[-1], one.role) for one in found.quantities} == {
        ("lr", "setting"),
        ("k", "setting"),
        ("loss", "value"),
    }


def test_of_a_long_curve_its_ends_are_kept() -> None:
    """First, last, least and greatest, not thousands of values among which any number is found."""
    found = read_payload("r", "f", {"curve": [float(step) for step in range(1000)]})
    assert sorted(one.value for one in found.quantities) == [0, 0, 999, 999]


def test_seeds_give_means_and_spreads(tmp_path: Path) -> None:
    """Computed, each with its formula; what is the same for all seeds has no mean of its own, and no spread."""
    records = folder(tmp_path, a__seed_0__m={"acc": 0.1, "n_params": 5}, a__seed_1__m={"acc": 0.3, "n_params": 5})
    computed = Values(records).computed
    told = {one.formula: round(one.value, 4) for one in computed if one.key.name == "acc"}
    alike = [one for one in computed if one.key.name == "n_params"]
    assert alike and {(one.role, one.value) for one in alike} == {("spread", 0.0)}
    assert told["mean of 2 seeds"] == 0.2 and told["standard deviation of 2 seeds"] == 0.1414
    assert told["range of 2 seeds"] == 0.2 and len(told) == 7


def test_settings_of_code_and_logs_are_read() -> None:
    """Constants, powers, keywords, defaults, flags, fields of a class, both sides of a choice, `name=value`; code that cannot be read is told."""
    code = (
        "LR = 1e-3\nsize: int = 2**14\ndef f(k=40): pass\nadam(betas=(0.9, 0.98))\n"
        'p.add_argument("--batch-size", default=64)\ncfg = {"depth": 3 * 4}\n'
        'iters = 5000 if corpus == "small" else 100_000\n'
    )
    read = of_python("x.py", code)
    assert not isinstance(read, str)
    assert {(one.key.path[0], one.value) for one in read} >= {
        ("LR", 1e-3),
        ("size", 16384),
        ("k", 40),
        ("betas", 0.98),
        ("batch_size", 64),
        ("depth", 12),
        ("iters", 5000),
        ("iters", 100_000),
    }
    assert {(one.key.path[0], one.value) for one in of_text("log", "seed=3 lr: 2e-5, --k=7\n")} == {
        ("seed", 3),
        ("lr", 2e-5),
        ("k", 7),
    }
    assert "not Python" in str(of_python("x.py", "def ("))


def test_runs_are_called_by_titles(tmp_path: Path) -> None:
    """In a plot's labels and in notes."""
    (tmp_path / "plot.py").write_text('labels = {"run_1": "Tied heads"}\n')
    (tmp_path / "notes.txt").write_text("## Run 1: Shared keys\nwords\n")
    records = folder(tmp_path, run_1__final_info={"loss": 1.0})
    assert records.runs[0].labels == ("Tied heads", "Shared keys")


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ({"loss": 0.4, "training_steps": 0}, "training_steps is 0"),
        ({"loss": None, "acc": 0.5}, "loss is null"),
        ({"train_loss": [2.0, 2.0, 2.0], "acc": 0.5}, "throughout"),
        ({"acc": 0.7, "f1": 0.6}, "equals that of run_0"),
        ({"config": {"lr": 1}}, "no measured value"),
        ('{"acc": 0.7', "cannot be read"),
        ({"acc": 0.71, "f1": 0.6, "steps": 100}, ""),
        ({"acc": 0.71, "f1": 0.6, "config": {"iterations": 0}}, "iterations is 0"),
        ({"acc": 0.71, "f1": 0.6, "config": {"iterations": 0, "tokens": 0}}, "tokens is 0"),
        ({"acc": 0.71, "f1": 0.6, "iterations": 0, "config": {"tokens": 9000}}, "iterations is 0"),
        ({"acc": 0.71, "f1": 0.6, "config": {"iterations": 0, "tokens": 9000}}, ""),
    ],
)
def test_a_run_that_was_not_trained_is_not_proven(tmp_path: Path, second: Any, says: str) -> None:
    """Zero steps, losses null or constant, another's results, none at all; an honest run stays proven, also where it was
    trained without a component."""
    records = folder(tmp_path, run_0__final_info={"acc": 0.7, "f1": 0.6}, run_1__final_info=second)
    first, other = records.runs
    assert first.unproven == ""
    assert (says in other.unproven) if says else other.unproven == ""


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Binaries, a link, damaged JSON, an empty folder."""
    (tmp_path / "w.npz").write_bytes(b"x")
    (tmp_path / "l.json").symlink_to(tmp_path / "nowhere")
    records = folder(tmp_path, bad="{")
    assert len(records.unread) == 3
    (tmp_path / "empty").mkdir()
    assert "no results" in read_folder(tmp_path / "empty").unread[0]


@pytest.mark.parametrize(
    "text",
    [
        "3.5",
        "null",
        "[[1, 2], [3]]",
        '{"": {"": 1.5}}',
        '{"a": 1e999, "b": NaN}',
        '{"big": ' + "9" * 400 + "}",
        '{"_": 1, "λ": 0.5}',
    ],
)
def test_odd_results_are_read_or_told(tmp_path: Path, text: str) -> None:
    """Whatever JSON lies there, the other runs are read."""
    records = folder(tmp_path, run_0__final_info=text, run_1__final_info={"loss": 0.5})
    assert any(one.value == 0.5 and one.run == "run_1" for one in records.measured)


def test_a_result_is_taken_from_no_log(tmp_path: Path) -> None:
    """A log gives settings; what it prints of a metric is none, and no value either."""
    (tmp_path / "train.log").write_text("lr=0.01 loss=0.4 acc=0.9\n")
    records = folder(tmp_path, a={"acc": 0.8}, b={"acc": 0.7})
    assert [(one.key.name, one.value) for one in records.settings] == [("lr", 0.01)]
