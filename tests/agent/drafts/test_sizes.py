"""Sizes in runs' names, units and scales of captions, tasks of a benchmark, names of metrics that hold a superlative."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

OPERATORS = {"fno": (0.0142, 0.128, 0.0031), "unet": (0.0297, 0.253, 0.0048)}
TASKS = {"run_0": (0.932, 0.846, 0.583, 109.5, 41.2), "run_1": (0.904, 0.792, 0.412, 52.2, 14.9)}


@pytest.fixture(scope="module")
def operators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("operators")
    for model, (error, worst, seconds) in OPERATORS.items():
        for size, more in ((64, 1.0), (128, 1.25)):
            for seed in (0, 1):
                told = {
                    "rel_l2": error * more,
                    "max_error": worst * more + (seed - 0.5) / 50,
                    "inference_s": seconds * more + (seed - 0.5) / 10000,
                }
                path = root / model / f"res{size}" / f"seed{seed}" / "result.json"
                path.parent.mkdir(parents=True)
                path.write_text(json.dumps({name: round(value, 6) for name, value in told.items()}))
    return root


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tasks")
    for run, (sst2, mnli, cola, params, latency) in TASKS.items():
        glue = {"sst2": {"accuracy": sst2}, "mnli": {"accuracy": mnli}, "cola": {"matthews_corr": cola}}
        (root / run).mkdir()
        (root / run / "final_info.json").write_text(
            json.dumps({"glue": glue, "size": {"params_m": params, "latency_ms": latency}})
        )
    (root / "notes.txt").write_text("Run 0: Teacher\nRun 1: Student\n")
    return root


def statuses(text: str, results: Path, root: Path) -> dict[str, str]:
    """Each printed number with its status."""
    (root / "draft.md").write_text(text)
    return {f"{number.value:g}": number.status for number in audit_draft(root / "draft.md", results).numbers}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("At resolution 64, the FNO has a maximum error of 0.128.", {"0.128": "derived"}),
        ("At resolution 128, the FNO has a maximum error of 0.128.", {"0.128": "misattributed"}),
        ("The maximum error of the U-Net at 64 is 0.253.", {"0.253": "derived"}),
        ("The worst single seed of the U-Net at 64 has a maximum error of 0.263.", {"0.263": "supported"}),
        ("Going from 64 to 128 raises the maximum error of the U-Net by 25%.", {"25": "derived"}),
        ("At 128 the FNO needs 3.9 ms, 1.3 times as much as at 64.", {"3.9": "derived", "1.3": "derived"}),
    ],
)
def test_a_size_in_a_name_tells_runs_apart(text: str, wanted: dict[str, str], operators: Path, tmp_path: Path) -> None:
    """`fno/res64` is "the FNO at resolution 64", "at 64"; the maximum error is no superlative; a factor has the unit before it."""
    assert statuses(text, operators, tmp_path) == wanted


def test_a_table_of_sizes_is_read_by_its_headers(operators: Path, tmp_path: Path) -> None:
    """`64×64` heads the runs of that size."""
    rows = "| FNO | 1.42% | 1.78% |\n| U-Net | 3.71% | 2.97% |\n"
    told = statuses(
        f"Table 1: relative L2 error\n\n| Model | 64×64 | 128×128 |\n|---|---|---|\n{rows}", operators, tmp_path
    )
    assert told == {"1.42": "supported", "1.78": "supported", "3.71": "misattributed", "2.97": "misattributed"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The size drops from 109.5M to 52.2M parameters.", {"1.095e+08": "supported", "5.22e+07": "supported"}),
        (
            "The student is worse by 2.8 points on SST-2 than the teacher, and by 5.4 points on MNLI.",
            {"2.8": "derived", "5.4": "derived"},
        ),
        ("The student is 2.8x faster than the teacher.", {"2.8": "derived"}),
        (
            "Latency (ms) falls: the teacher needs 41.2 vs 14.9 ms with the student.",
            {"41.2": "supported", "14.9": "supported"},
        ),
        ("All models except the student have an accuracy above 0.84.", {"0.84": "derived"}),
        ("All models have an accuracy above 0.84.", {"0.84": "unsupported"}),
    ],
)
def test_tasks_and_units_say_of_what_a_number_is(
    text: str, wanted: dict[str, str], tasks: Path, tmp_path: Path
) -> None:
    """A task alone names its metric, M is the unit of `params_m`, what is excepted is not bounded."""
    assert statuses(text, tasks, tmp_path) == wanted


def test_a_caption_scales_only_what_it_speaks_of(tasks: Path, tmp_path: Path) -> None:
    """`Params in millions, latency in ms`: the accuracies are no millions."""
    rows = "".join(
        f"{name} & {v[3]} & {v[4]} & {100 * v[0]:.1f} & {100 * v[2]:.1f} \\\\\n"
        for name, v in zip(("Teacher", "Student"), TASKS.values(), strict=True)
    )
    table = (
        "\\begin{document}\\begin{table}\\caption{Matthews correlation for CoLA, accuracy for the rest, in \\%. Params in millions, latency in ms.}\n"
        f"\\begin{{tabular}}{{lrrrr}}Model & Params & Latency & SST-2 & CoLA \\\\ \\hline\n{rows}\\end{{tabular}}\\end{{table}}\\end{{document}}"
    )
    (tmp_path / "draft.tex").write_text(table)
    told = audit_draft(tmp_path / "draft.tex", tasks).numbers
    assert len(told) == 8 and {one.status for one in told} == {"supported"}, [str(one) for one in told]


@pytest.mark.parametrize(
    ("caption", "column", "printed"),
    [
        ("Results. Alive: latents alive (in thousands).", "Alive", "14.91"),
        ("Accuracy of the probe. Latents in thousands.", "Alive", "14.91"),
        ("Latents alive (in thousands) for each run.", "Probe acc.", "0.816"),
        ("Latents alive (in thousands) for each run.", "Dead", "3.85"),
        ("All runs.", "Dead (K)", "3851"),
    ],
)
def test_a_scale_holds_for_what_it_makes_right(caption: str, column: str, printed: str, tmp_path: Path) -> None:
    """`in thousands` may be said of any column of its table, of two in one word, of one in its own; `(K)` is Kelvin, too."""
    for n in range(3):
        told = {"n_alive": 14912 - 777 * n, "dead_latents": 3851 + 313 * n, "probe_acc": 0.8162 + n / 31}
        (tmp_path / "results" / f"run_{n}").mkdir(parents=True)
        (tmp_path / "results" / f"run_{n}" / "final_info.json").write_text(json.dumps(told))

    def status(number: str) -> str:
        draft = tmp_path / "draft.md"
        draft.write_text(f"Table 1: {caption}\n\n| Run | {column} |\n|---|---|\n| run_0 | {number} |\n")
        return audit_draft(draft, tmp_path / "results").numbers[0].status

    assert status(printed) == "supported"
    assert status(f"{1.3 * float(printed):.2f}") == "unsupported"
