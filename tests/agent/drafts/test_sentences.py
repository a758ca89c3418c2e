"""How sentences say whose and of what a number is: lists in step, runs through others, brackets, ends, opposites; a folder of five runs on three corpora."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

CORPORA = ("shakespeare_char", "enwik8", "text8")
LOSSES = {
    "run_0": ("Baseline", (1.4655, 1.0055, 0.9800), 801.2, 0.913),
    "run_1": ("Cosine warm restarts", (1.4481, 0.9964, 0.9712), 812.6, 0.931),
    "run_2": ("Layer-wise dropout", (1.4522, 1.0102, 0.9835), 804.5, 0.887),
    "run_3": ("Grouped queries", (1.4728, 1.0121, 0.9871), 629.3, 0.942),
    "run_4": ("Warm restarts + layer-wise dropout", (1.4390, 0.9931, 0.9690), 816.3, 0.955),
}
"""Title, validation losses on the three corpora, seconds, the share of units that are alive."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for name, (_, losses, seconds, alive) in LOSSES.items():
        folder = root / name
        folder.mkdir()
        told = {
            corpus: {"means": {"val_loss": loss, "train_time_s": seconds, "frac_alive": alive}}
            for corpus, loss in zip(CORPORA, losses, strict=True)
        }
        (folder / "final_info.json").write_text(json.dumps(told))
    (root / "notes.txt").write_text("\n".join(f"Run {name[-1]}: {told[0]}" for name, told in LOSSES.items()))
    (root / "experiment.py").write_text("n_head = 6\ngrad_clip = 0.5\ncalibration_samples = 256\nprompt_tokens = 512\n")
    return root


def numbers(text: str, results: Path, root: Path) -> list[str]:
    """The status of each number, in order."""
    draft = root / "draft.md"
    draft.write_text(f"{text}\n")
    return [one.status for one in audit_draft(draft, results).numbers]


FINE, OF_ANOTHER, NONE, SETTING, DERIVED = "supported", "misattributed", "unsupported", "setting", "derived"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "On Shakespeare, enwik8 and text8 run 4 reaches validation losses of 1.4390, 0.9931 and 0.9690, respectively.",
            [FINE] * 3,
        ),
        (
            "On Shakespeare, enwik8 and text8 run 4 reaches validation losses of 1.4390, 0.9690 and 0.9931, respectively.",
            [FINE, OF_ANOTHER, OF_ANOTHER],
        ),
        (
            "Validation losses are 1.4481, 0.9964 and 0.9712 for warm restarts against 1.4655, 1.0102 and 0.9800 for the baseline.",
            [FINE] * 4 + [OF_ANOTHER, FINE],
        ),
        ("On text8 the baseline and warm restarts have validation losses of 0.9800 and 0.9712.", [FINE] * 2),
        ("On text8 the baseline and warm restarts have validation losses of 0.9712 and 0.9800.", [OF_ANOTHER] * 2),
    ],
)
def test_numbers_of_a_list_are_of_what_stands_in_their_place(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """The second of three numbers is of the second of three data sets; a run behind a list is that of all its numbers."""
    assert numbers(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("On enwik8 the combination has a validation loss of 0.9931.", [FINE]),
        ("On enwik8 the combination has a validation loss of 0.9964.", [OF_ANOTHER]),
        ("On enwik8 warm restarts and layer-wise dropout combined have a validation loss of 0.9931.", [FINE]),
        (
            "On enwik8 warm restarts with layer-wise dropout have a validation loss of 0.9931, and 0.9964 without it.",
            [FINE] * 2,
        ),
        ("On enwik8 the validation loss falls from 1.0055 to 0.9931 with both.", [FINE] * 2),
        ("On enwik8 warm restarts improve the validation loss by 0.0091.", [DERIVED]),
        ("On enwik8 warm restarts improve the validation loss by 0.0124.", [NONE]),
    ],
)
def test_a_run_is_named_through_others(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """The combination has the words of two, "warm restarts" are those of the shorter title, and what they change is no change of another."""
    assert numbers(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Run 1 has a validation loss of 0.9712 on text8. Run 4 is another 0.0022 lower.", [FINE, DERIVED]),
        ("Run 1 has a validation loss of 0.9712 on text8. Run 4 is another 0.0110 lower.", [FINE, NONE]),
        (
            "Averaged over the three corpora, run 4 has a validation loss of 1.1337, against 1.1503 for the baseline.",
            [DERIVED] * 2,
        ),
        (
            "Averaged over the three corpora, run 4 has a validation loss of 1.1137, against 1.1703 for the baseline.",
            [NONE] * 2,
        ),
        ("On text8 grouped queries lower the training time by 171.9 s (21.5%).", [DERIVED] * 2),
        ("On text8 grouped queries lower the training time by 171.9 s (27.3%).", [DERIVED, NONE]),
        ("Training on text8 is shorter by a factor of 1.27 with grouped queries than with the baseline.", [DERIVED]),
        ("On text8 run 3 improves the validation loss (0.9800 → 0.9871).", [FINE] * 2),
        ("On text8 run 3 improves the validation loss (0.9800 → 0.9835).", [FINE, OF_ANOTHER]),
        ("On text8 5.8% of the units of run 3 are dead.", [DERIVED]),
        ("On text8 7.8% of the units of run 3 are dead.", [NONE]),
        ("Grouped queries are the fastest with a training time of 629.3 s on text8.", [FINE]),
        ("Warm restarts are the fastest with a training time of 812.6 s on text8.", [OF_ANOTHER]),
    ],
)
def test_a_change_is_between_the_two_that_are_meant(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """Another goes on from the run before, a bracket says a change again, an arrow goes from the baseline, who is first is at an end."""
    assert numbers(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The transformer has 6 heads, and gradients are clipped at a norm of 0.5.", [SETTING] * 2),
        ("The transformer has 8 heads.", [NONE]),
        ("Gradients are clipped at a norm of 1.0.", [NONE]),
        ("We calibrate on 256 samples.", [SETTING]),
        ("We calibrate on 512 samples.", [NONE]),
        ("Readmission is a 30-day outcome.", []),
    ],
)
def test_a_setting_is_no_value_and_no_other_setting(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """A number that a setting's words stand beside is not excused by a result that happens to round to it, nor by another setting."""
    assert numbers(text, results, tmp_path) == wanted


def test_a_caption_may_say_that_all_are_means(results: Path, tmp_path: Path) -> None:
    """Cells under `averaged over the datasets` are means over them, a single data set's value is none."""
    text = (
        "Table 1: Results averaged over the three datasets.\n\n| Run | Val. loss |\n|---|---|\n| Baseline | 1.1503 |\n"
        "| Warm restarts | 1.1386 |\n| Grouped queries | 1.1403 |\n"
    )
    assert numbers(text, results, tmp_path) == [DERIVED, DERIVED, NONE]


STEPS = {"run_0": ("Baseline", 4182, 0.332), "run_1": ("MLP only", 2911, 0.871), "run_2": ("Restarts", 2670, 0.751)}
"""Steps until 99% of validation accuracy on division; final accuracy on permutations."""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("On division MLP-only decay cuts the updates until 99% validation accuracy from 4182 to 2911.", [FINE, FINE]),
        (
            "On division MLP-only decay cuts the updates until 99% validation accuracy from 4182 to 2670.",
            [FINE, OF_ANOTHER],
        ),
        ("On permutations restarts end at a final accuracy of 75.1%, above the baseline's 33.2%.", [FINE, FINE]),
        ("On permutations restarts end at a final accuracy of 75.1%, above the baseline's 87.1%.", [FINE, NONE]),
        ("With 40 steps in a batch of 512 runs take about 20,480 sequences.", [SETTING, SETTING, DERIVED]),
        ("With 40 steps in a batch of 512 runs take about 30,480 sequences.", [SETTING, SETTING, NONE]),
        ("We use a language model with 650M parameters on one A100 (80 GB).", []),
    ],
)
def test_words_of_keys_and_of_texts_meet(text: str, wanted: list[str], tmp_path: Path) -> None:
    """Updates are steps, division is `x_div_y`, the 99 is part of a name; a possessive names whose a value is; settings multiply."""
    results = tmp_path / "results"
    for name, (_, steps, accuracy) in STEPS.items():
        (results / name).mkdir(parents=True)
        told = {
            "x_div_y": {"means": {"step_val_acc_99": steps, "final_val_acc": 0.99}},
            "permutation": {"means": {"step_val_acc_99": 7000 + steps, "final_val_acc": accuracy}},
        }
        (results / name / "final_info.json").write_text(json.dumps(told))
    (results / "notes.txt").write_text("\n".join(f"Run {name[-1]}: {told[0]}" for name, told in STEPS.items()))
    (results / "experiment.py").write_text("num_steps = 40\nbatch_size = 512\n")
    assert numbers(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The peak error falls from 1.5853 to 1.4517, by 8.4%.", [FINE, FINE, DERIVED]),
        ("The peak error falls from 1.5853 to 1.4517, by 12.4%.", [FINE, FINE, NONE]),
        (
            "The smoothness prior lowers the peak error of plain least squares, 1.5853, by 8.4%, a loss of 0.03 points of NSE.",
            None,
        ),
        (
            "| Model | Peak error | Size (k) |\n|---|---|---|\n| ols | 1.5853 | 0.13 |\n| smooth | 1.4517 | 0.08 |",
            [FINE, NONE, FINE, NONE],
        ),
    ],
)
def test_a_unit_is_no_part_of_a_metric_s_name(text: str, wanted: list[str] | None, tmp_path: Path) -> None:
    """`peak_error_m3s` is the peak error; two printed values have their percentage; a plain cell is no difference of two values."""
    results = tmp_path / "results"
    results.mkdir()
    for name, error, nse in (("ols", 1.5853, 0.71), ("ridge", 1.5020, 0.73), ("smooth", 1.4517, 0.74)):
        (results / f"{name}.json").write_text(json.dumps({"peak_error_m3s": error, "nse": nse}))
    told = numbers(text, results, tmp_path)
    assert told == wanted if wanted else told[1] == DERIVED


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("All are evaluated by 5-fold cross-validation.", [SETTING]),
        ("All are evaluated by 10-fold cross-validation.", [NONE]),
        ("Wilcoxon tests give p = 0.062 on HIS3, p = 0.043 on BLAT.", [FINE, FINE]),
        ("Wilcoxon tests give p = 0.043 on HIS3, p = 0.062 on BLAT.", [OF_ANOTHER, OF_ANOTHER]),
    ],
)
def test_folds_are_no_factor_and_a_test_is_of_its_data_set(text: str, wanted: list[str], tmp_path: Path) -> None:
    """`5-fold cross-validation` is a setting; the p-value of another data set's test is that one's."""
    results = tmp_path / "results"
    results.mkdir()
    (results / "config.json").write_text(json.dumps({"n_folds": 5}))
    for name, rho in (("ridge", 0.61), ("cnn", 0.64), ("lora", 0.70)):
        told = {"spearman": {"HIS3": rho, "BLAT": rho + 0.01}, "wilcoxon": {"HIS3": {"p": 0.062}, "BLAT": {"p": 0.043}}}
        (results / f"{name}.json").write_text(json.dumps(told))
    assert numbers(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("LoRA averages 84.40, 0.90 points above full_ft (83.50).", [DERIVED, DERIVED, DERIVED]),
        ("LoRA averages 83.40, 0.40 points above full_ft (82.50).", [NONE, NONE, NONE]),
        ("LoRA trains 1.18M parameters.", [FINE]),
    ],
)
def test_a_method_averages_over_its_data_sets(text: str, wanted: list[str], tmp_path: Path) -> None:
    """The mean over the tasks of a table in long form, of each side of a gap; what lies under the method's name alone is its, too."""
    results = tmp_path / "results"
    results.mkdir()
    scores = {"lora": (94.7, 80.1, 78.4), "full_ft": (94.1, 78.2, 78.2), "bitfit": (93.4, 74.4, 77.4)}
    rows = [f"{task},{name},{scores[name][at]}" for at, task in enumerate(("sst2", "rte", "cola")) for name in scores]
    (results / "scores.csv").write_text("\n".join(["task,method,score", *rows]))
    costs = {
        name: {"trainable_params_m": size} for name, size in (("lora", 1.18), ("full_ft", 124.65), ("bitfit", 0.1))
    }
    (results / "cost.json").write_text(json.dumps(costs))
    assert numbers(text, results, tmp_path) == wanted
