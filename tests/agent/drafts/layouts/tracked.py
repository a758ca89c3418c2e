"""The study as trackers, trainers, launchers and evaluation harnesses keep it."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

from tests.agent.drafts.layouts.kept import Writer, curve, lines, put, settings_of, table
from tests.agent.drafts.layouts.study import CELLS, METHODS, SETS, SETTINGS


def tracked_csv(root: Path) -> None:
    """A tracker's export: a random name, a state, a date; settings and results side by side."""
    put(
        root / "export.csv",
        table(
            {
                "Name": f"crimson-sky-{n}",
                "State": "finished",
                "Created": f"2026-03-{n + 1:02}T10:00:00.000Z",
                "Runtime": 2478 + 13 * n,
                "ID": f"x{n}ab{n}",
                **settings_of(one),
                **one.results,
            }
            for n, one in enumerate(CELLS)
        ),
    )


def tracked_folders(root: Path) -> None:
    """A tracker's folders: settings as {value: …}, a summary with its own bookkeeping."""
    for n, one in enumerate(CELLS):
        files = root / "wandb" / f"run-20260301_1000{n:02}-a{n}b{n}c" / "files"
        config = "wandb_version: 1\n\n" + "".join(
            f"{name}:\n  desc: null\n  value: {value}\n" for name, value in settings_of(one).items()
        )
        put(files / "config.yaml", config)
        put(
            files / "wandb-summary.json",
            {**one.results, "_step": 180, "_runtime": 2478.2 + n, "_timestamp": 1772360000.1 + n},
        )


def job_folders(root: Path) -> None:
    """A sweep's jobs in numbered folders under a date, the settings in a hidden folder."""
    for n, one in enumerate(CELLS):
        job = root / "multirun" / "2026-03-01" / "10-00-00" / str(n)
        put(
            job / ".hydra" / "config.yaml",
            f"method: {one.method}\ndata:\n  name: {one.data}\nseed: {one.seed}\noptim:\n" + lines(SETTINGS, "  "),
        )
        put(job / ".hydra" / "overrides.yaml", f"- method={one.method}\n- data.name={one.data}\n- seed={one.seed}\n")
        put(job / "metrics.json", one.results)


def versions(root: Path) -> None:
    """A trainer's versions: hparams.yaml and a CSV of which each row fills some columns."""
    for n, one in enumerate(CELLS):
        folder = root / "lightning_logs" / f"version_{n}"
        put(folder / "hparams.yaml", lines(settings_of(one)))
        rows = [f"{row['epoch']},{row['epoch'] * 20},{row['train_loss']},{row['val_accuracy']},," for row in curve(one)]
        put(
            folder / "metrics.csv",
            "\n".join(
                [
                    "epoch,step,train_loss,val_accuracy,test_accuracy,test_loss",
                    *rows,
                    f"180,3600,,,{one.accuracy},{one.loss}",
                ]
            )
            + "\n",
        )


def trainer_states(root: Path) -> None:
    """A trainer's folders, named by method, data set and seed, with checkpoints inside."""
    for one in CELLS:
        folder = root / "outputs" / f"{one.method}-{one.data}-seed{one.seed}"
        log = [
            {
                "epoch": row["epoch"],
                "step": row["epoch"] * 20,
                "loss": row["train_loss"],
                "learning_rate": 0.05 - row["epoch"] / 4000,
            }
            for row in curve(one)
        ]
        for step in (1800, 3600):
            put(
                folder / f"checkpoint-{step}" / "trainer_state.json",
                {"best_metric": one.accuracy - 0.01, "epoch": step / 20, "global_step": step, "log_history": log},
            )
        put(
            folder / "all_results.json",
            {
                "epoch": 180.0,
                **one.results,
                "test_runtime": 3.11,
                "test_samples": 1711,
                "train_loss": round(one.loss / 3, 4),
            },
        )
        put(folder / "test_results.json", {"epoch": 180.0, **one.results, "test_runtime": 3.11, "test_samples": 1711})
        put(
            folder / "training_args.json",
            {"seed": one.seed, "learning_rate": 0.05, "per_device_train_batch_size": 96, "num_train_epochs": 180},
        )


def tagged(root: Path) -> None:
    """Scalars in long form: a tag, a step, a value a line."""
    for one in CELLS:
        rows = [
            {"wall_time": 1772360000 + row["epoch"], "step": row["epoch"], "tag": f"train/{name}", "value": row[name]}
            for row in curve(one)
            for name in ("train_loss", "val_accuracy")
        ]
        rows += [
            {"wall_time": 1772370000, "step": 180, "tag": name.replace("_", "/", 1), "value": value}
            for name, value in one.results.items()
        ]
        folder = root / "runs" / one.method / one.data / f"seed={one.seed}"
        put(folder / "scalars.jsonl", "\n".join(map(json.dumps, rows)) + "\n")
    put(root / "config.yaml", lines(SETTINGS))


def text_files(root: Path) -> None:
    """A tracking server's store: a text file a metric, a parameter, a tag."""
    for n, one in enumerate(CELLS):
        run = root / "mlruns" / "417" / f"{n:02}3fa9c1e0b24d6f8a7c5e1d2b3a4f{n:02}"
        put(
            run / "meta.yaml",
            f"run_id: {run.name}\nrun_name: calm-owl-{n}\nstart_time: 1772360000000\nlifecycle_stage: active\n",
        )
        for name, value in one.results.items():
            put(run / "metrics" / name, f"1772360000000 {value - 0.02:.4f} 90\n1772360900000 {value} 180\n")
        for name, value in settings_of(one).items():
            put(run / "params" / name, str(value))
        put(run / "tags" / "mlflow.runName", f"calm-owl-{n}")


def trials_csv(root: Path) -> None:
    """A study's trials: `params_…`, `user_attrs_…`, a date, a state."""
    put(
        root / "trials.csv",
        table(
            {
                "number": n,
                "value": one.accuracy,
                "datetime_start": "2026-03-01 10:00:00",
                "duration": "0 days 00:41:18",
                **{f"params_{name}": value for name, value in settings_of(one).items()},
                **{f"user_attrs_{name}": value for name, value in one.results.items()},
                "state": "COMPLETE",
            }
            for n, one in enumerate(CELLS)
        ),
    )


def harness_results(root: Path) -> None:
    """An evaluation harness: a folder a model, a dated file, tasks with `name,filter`; seeds as folders above."""
    for method, seed in product(METHODS, (0, 1, 2)):
        own = {
            one.data: {"alias": one.data, "test_accuracy,none": one.accuracy, "test_loss,none": one.loss}
            for one in CELLS
            if (one.method, one.seed) == (method, seed)
        }
        told = {
            "results": own,
            "n-shot": dict.fromkeys(SETS, 0),
            "versions": dict.fromkeys(SETS, 1.0),
            "n-samples": {data: {"original": 1711} for data in SETS},
            "config": {"model": "local", "model_args": f"pretrained=lab/{method}", **SETTINGS},
            "date": 1772360000.5,
            "git_hash": "ab12cd3",
            "model_name": f"lab/{method}",
        }
        put(root / f"seed{seed}" / f"lab__{method}" / "results_2026-03-01T10-00-00.123456.json", told)


def per_evaluation(root: Path) -> None:
    """A folder an evaluation, in each a file a subject with the same ending, settings and results in groups of their own."""
    for one in CELLS:
        told = {
            "eval_type_id": one.data,
            "eval_config": {"random_seed": one.seed, **SETTINGS},
            "eval_result_metrics": {"mean": one.results},
            "eval_result_details": [],
            "eval_id": "f3",
        }
        put(root / f"seed_{one.seed}" / one.data / f"{one.method}_eval_results.json", told)


def tuned(root: Path) -> None:
    """A tuner's trials in folders with random names: settings, and a record a line in a file `.json`."""
    for n, one in enumerate(CELLS):
        folder = (
            root
            / "ray_results"
            / "exp"
            / f"train_fn_a{n % 10}b2c_{n:05}_{n}_lr=0.05,seed={one.seed}_2026-03-01_10-00-00"
        )
        put(folder / "params.json", settings_of(one))
        rows = [
            {"training_iteration": n + 1, "val_accuracy": row["val_accuracy"], "config": settings_of(one)}
            for n, row in enumerate(curve(one))
        ]
        put(
            folder / "result.json",
            "\n".join(json.dumps(row) for row in [*rows, {**rows[-1], **one.results, "training_iteration": 180}])
            + "\n",
        )


TRACKED: tuple[Writer, ...] = (
    tracked_csv,
    tracked_folders,
    job_folders,
    versions,
    trainer_states,
    tagged,
    text_files,
    trials_csv,
    harness_results,
    per_evaluation,
    tuned,
)
