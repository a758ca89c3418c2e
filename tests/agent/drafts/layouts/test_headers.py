"""Tables and names one by one: which columns, rows and headers say which run and which metric."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.drafts.layouts.test_kinds import statuses, write

_SIZES = {("dense", 8): 0.7312, ("dense", 16): 0.7741, ("sparse", 8): 0.7023, ("sparse", 16): 0.7519}


@pytest.fixture
def sizes(tmp_path: Path) -> Path:
    """Two architectures at two sizes, in folders that do not say which, and their loss."""
    for n, ((name, k), value) in enumerate(_SIZES.items()):
        told = {"accuracy_top_1": value, "accuracy_top_5": value + 0.1111, "frac_recovered": value + 0.2}
        write(
            tmp_path / "results",
            **{f"{name}__trainer_{n % 2}__config": {"k": k}, f"{name}__trainer_{n % 2}__eval": told},
        )
    return tmp_path


def _rows(values: dict[tuple[str, int], float]) -> str:
    return "".join(f"| {name.capitalize()} | {k} | {value:.4f} |\n" for (name, k), value in values.items())


def test_a_column_of_a_setting_says_which_run_a_row_is(sizes: Path) -> None:
    """The k of a row narrows its architecture to one run: the value of another k is misattributed."""
    head = "Table 1: Results.\n\n| Arch. | k | Accuracy top 1 |\n|---|---|---|\n"
    assert set(statuses(sizes, head + _rows(_SIZES)).values()) <= {"supported", "setting"}
    swapped = {**_SIZES, ("dense", 8): _SIZES["dense", 16], ("dense", 16): _SIZES["dense", 8]}
    told = statuses(sizes, head + _rows(swapped))
    assert (told["0.7312"], told["0.7741"], told["0.7023"]) == ("misattributed", "misattributed", "supported")


def test_a_legend_of_two_entries_says_two_metrics(sizes: Path) -> None:
    """`T1/T5: accuracy with the top 1 or 5`: values in the other's column are misattributed."""
    head = "Table 1: Results. T1/T5: accuracy with the top 1 or 5.\n\n| Arch. | k | T1 | T5 |\n|---|---|---|---|\n"
    assert statuses(sizes, head + "| Dense | 8 | 0.7312 | 0.8423 |\n")["0.8423"] == "supported"
    told = statuses(sizes, head + "| Dense | 8 | 0.8423 | 0.7312 |\n")
    assert (told["0.8423"], told["0.7312"]) == ("misattributed", "misattributed")


_RETURNS = {"td3": (3046.2, 0.774), "td3_hindsight": (3056.8, 0.849)}


@pytest.fixture
def returns(tmp_path: Path) -> Path:
    """A method and one that goes on it, on two tasks."""
    for method, (value, rate) in _RETURNS.items():
        for n, task in enumerate(("hopper", "ant")):
            write(
                tmp_path / "results",
                **{f"{method}__{task}__m": {"mean_return": value + 400 * n, "success_rate": rate - n / 10}},
            )
    return tmp_path


def test_a_second_row_of_headers_is_read(returns: Path) -> None:
    """A group stands over its columns though the cells behind it are empty; a column's own name is in the row below."""
    head = "| | Return | | Success rate | |\n|---|---|---|---|---|\n| | Hopper | Ant | Hopper | Ant |\n"
    right = head + "| TD3 | 3046.2 | 3446.2 | 0.774 | 0.674 |\n"
    assert set(statuses(returns, right).values()) == {"supported"}
    told = statuses(returns, head + "| TD3 | 3446.2 | 3046.2 | 0.674 | 0.774 |\n")
    assert set(told.values()) == {"misattributed"}


def test_a_name_that_goes_on_another_is_the_longer_one(returns: Path) -> None:
    """`TD3+HER` is the run of HER, which a legend below the table explains, and not that of TD3."""
    legend = "\n(PER: prioritised replay; HER: hindsight experience replay.)\n"
    head = "| Method | Return on Hopper |\n|---|---|\n"
    assert statuses(returns, head + "| TD3+HER | 3056.8 |\n" + legend)["3056.8"] == "supported"
    assert statuses(returns, head + "| TD3+HER | 3046.2 |\n" + legend)["3046.2"] == "misattributed"


def test_a_name_in_brackets_behind_a_name_is_one_with_it(tmp_path: Path) -> None:
    """`LoRA (r=4)` is lora_r4 alone, `BatchNorm` batch_norm."""
    runs = {"lora_r4": 0.81, "lora_r16": 0.84, "batch_norm": 0.77}
    write(tmp_path / "results", **{name: {"accuracy": value, "loss": 1 - value} for name, value in runs.items()})
    assert statuses(tmp_path, "LoRA (r=4) has an accuracy of 0.81.\n") == {"0.81": "supported"}
    assert statuses(tmp_path, "LoRA (r=4) has an accuracy of 0.84.\n") == {"0.84": "misattributed"}
    assert statuses(tmp_path, "BatchNorm has an accuracy of 0.84.\n") == {"0.84": "misattributed"}


def test_a_sweep_under_random_names_is_called_by_its_settings(tmp_path: Path) -> None:
    """A tracker's export whose rows differ in settings alone: rows of a table are told apart by both columns, prose by values."""
    rates, decays = (0.001, 0.003, 0.01), (0, 0.0005)
    values = {
        (rate, decay): round(0.81 + 0.0137 * n, 4)
        for n, (rate, decay) in enumerate((r, d) for r in rates for d in decays)
    }
    rows = [
        f"fiery-sun-{n},finished,{1200 + n},{rate},{decay},{value}"
        for n, ((rate, decay), value) in enumerate(values.items())
    ]
    export = "\n".join(["Name,State,Runtime,lr,weight_decay,val/accuracy", *rows]) + "\n"
    write(tmp_path / "results", export_DOT_csv=export)
    head = "Table 1: Validation accuracy.\n\n| LR | Weight decay | Val. acc. |\n|---|---|---|\n"
    table = "".join(f"| {rate} | {decay} | {value:.4f} |\n" for (rate, decay), value in values.items())
    assert set(statuses(tmp_path, head + table).values()) <= {"supported", "setting"}
    told = statuses(
        tmp_path, head + table.replace("0.8100", "0.8237").replace("| 0.0005 | 0.8237", "| 0.0005 | 0.8100")
    )
    assert (told["0.8237"], told["0.8100"]) == ("misattributed", "misattributed")


def test_headers_that_are_numbers_are_values_of_a_setting(tmp_path: Path) -> None:
    """Columns `1e-4` and `3e-4` of a launcher's jobs; values in the other's column are misattributed."""
    values = {("adamw", 1e-4): 2.913, ("adamw", 3e-4): 2.527, ("sgd", 1e-4): 3.214, ("sgd", 3e-4): 3.018}
    for n, ((name, rate), value) in enumerate(values.items()):
        job = f"multirun__2026-03-01__10-00-00__{n}__"
        write(
            tmp_path / "results",
            **{
                f"{job}_DOT_hydra__config_DOT_yaml": f"optimizer:\n  name: {name}\n  lr: {rate}\n",
                f"{job}metrics": {"val_loss": value, "steps": 50 + n},
            },
        )
    head = "Table 1: Validation loss.\n\n| Optimizer | 1e-4 | 3e-4 |\n|---|---|---|\n"
    assert set(statuses(tmp_path, head + "| AdamW | 2.913 | 2.527 |\n| SGD | 3.214 | 3.018 |\n").values()) == {
        "supported"
    }
    told = statuses(tmp_path, head + "| AdamW | 2.527 | 2.913 |\n| SGD | 3.214 | 3.018 |\n")
    assert told == {"2.527": "misattributed", "2.913": "misattributed", "3.214": "supported", "3.018": "supported"}


def test_headers_under_groups_are_headers_whatever_stands_in_their_corner(tmp_path: Path) -> None:
    """`Engine | bs=1 | bs=16 | bs=1 | bs=16` under `Throughput | | Latency |`; `Speculative (draft)` is no number of draft calls."""
    rows = [f"{name},{size},{a},{b}" for name, size, a, b in _ENGINES]
    write(
        tmp_path / "results",
        bench_DOT_csv="\n".join(["engine,batch_size,throughput,latency_ms", *rows]) + "\n",
        accepted={
            "spec_draft": {"draft_calls": 10407, "rate": 0.71},
            "spec_ngram": {"draft_calls": 18211, "rate": 0.41},
        },
    )
    head = "| | Throughput | | Latency (ms) | |\n|---|---|---|---|---|\n| Engine | bs=1 | bs=16 | bs=1 | bs=16 |\n"
    right = head + "| Eager | 31.2 | 401.3 | 36.4 | 51.7 |\n| Speculative (draft) | 80.1 | 462.4 | 24.9 | 68.2 |\n"
    assert set(statuses(tmp_path, right).values()) == {"supported"}
    told = statuses(tmp_path, right.replace("24.9 | 68.2", "68.2 | 24.9"))
    assert [shown for shown, status in told.items() if status != "supported"] == ["68.2", "24.9"]


_ENGINES = [
    ("eager", 1, 31.2, 36.4),
    ("eager", 16, 401.3, 51.7),
    ("spec_draft", 1, 80.1, 24.9),
    ("spec_draft", 16, 462.4, 68.2),
]


def test_tasks_in_signs_are_called_so(tmp_path: Path) -> None:
    """Rows `x - y` and `x + y` are x_minus_y and x_plus_y: swapped, they are found."""
    for n, run in enumerate(("run_0", "run_1")):
        told = {"x_minus_y": {"steps": 4590 + 7 * n}, "x_plus_y": {"steps": 2459 + 9 * n}}
        write(tmp_path / "results", **{f"{run}__final_info": told})
    head = "Table 1: Steps.\n\n| Task | Run 0 | Run 1 |\n|---|---|---|\n"
    assert set(statuses(tmp_path, head + "| $x - y$ | 4590 | 4597 |\n| $x + y$ | 2459 | 2468 |\n").values()) == {
        "supported"
    }
    assert set(statuses(tmp_path, head + "| $x + y$ | 4590 | 4597 |\n| $x - y$ | 2459 | 2468 |\n").values()) == {
        "misattributed"
    }
