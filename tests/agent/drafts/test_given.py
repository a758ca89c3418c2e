"""How papers give what was set, what a share leaves over, and abbreviations of their own: a folder of two models and three methods."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft
from agent.drafts.naming.glossary import glossary

RUNS = {
    "run_0": ("TopK", {"small": (39.8, 0.741, 0.971), "large": (40.3, 0.812, 0.945)}, 0.01, 4310),
    "run_1": ("BatchTopK", {"small": (41.7, 0.753, 0.983), "large": (42.2, 0.823, 0.963)}, 0.1, 2870),
    "run_2": ("Matryoshka BatchTopK", {"small": (40.9, 0.729, 0.895), "large": (39.1, 0.802, 0.887)}, 1.0, 1450),
}
CODE = "K = 40\nAUX_COEF = 1 / 32\nPREFIXES = [1024, 2048, 4096, 8192, 16384]\nPRIME = 97\nREPEATS = 20\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for name, (_, models, decay, steps) in RUNS.items():
        (root / name).mkdir()
        told = {
            model: {"means": dict(zip(("l0", "explained_variance", "frac_alive"), values, strict=True))}
            for model, values in models.items()
        }
        (root / name / "final_info.json").write_text(json.dumps({**told, "steps_to_converge": steps}))
        (root / name / "config.json").write_text(json.dumps({"weight_decay": decay}))
    (root / "notes.txt").write_text("\n".join(f"Run {name[-1]}: {told[0]}." for name, told in RUNS.items()))
    (root / "experiment.py").write_text(CODE)
    return root


def statuses(text: str, results: Path, root: Path) -> dict[str, str]:
    """Each printed number with its status; what claims nothing is not there."""
    draft = root / "draft.tex"
    draft.write_text(f"\\begin{{document}}\n{text}\n\\end{{document}}\n")
    return {f"{number.value:g}": number.status for number in audit_draft(draft, results).numbers}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("BatchTopK ends with an $L_0$ of 41.7 on the small model.", {"41.7": "supported"}),
        ("BatchTopK ends with an $\\ell_{0}$ of 40.9 on the small model.", {"40.9": "misattributed"}),
        ("BatchTopK has an $L_0$ of 41.7, above the target of 40.", {"41.7": "supported", "40": "setting"}),
        ("The auxiliary loss has a coefficient of $1/32$.", {"32": "setting"}),
        ("The auxiliary loss has a coefficient of $1/33$.", {"33": "unsupported"}),
        ("We train 5 prefixes with arithmetic modulo a prime, 97.", {"5": "setting", "97": "setting"}),
        ("Timings are medians of 20 repeats.", {"20": "setting"}),
        ("Timings are medians of 21 repeats.", {"21": "spread_without_seeds"}),
        (
            "On the small model 89.5\\% of the latents of Matryoshka BatchTopK are alive, 10.5\\% are dead.",
            {"89.5": "supported", "10.5": "derived"},
        ),
        ("On the small model 12.5\\% of the latents of Matryoshka BatchTopK are dead.", {"12.5": "unsupported"}),
        ("The Matryoshka SAE has an explained variance of 0.741 on the small model.", {"0.741": "misattributed"}),
        ("We report the explained variance (EV). TopK has an EV of 0.741 on the small model.", {"0.741": "supported"}),
        ("Explained var. of TopK is 0.812 on the small model.", {"0.812": "misattributed"}),
        (
            "BatchTopK's explained variance is highest on both models, 0.753 and 0.823.",
            {"0.753": "supported", "0.823": "supported"},
        ),
        (
            "With a weight decay of 1.0 it converges after 1{,}450 steps, faster than TopK, which takes 4{,}310.",
            {"1": "setting", "1450": "supported", "4310": "supported"},
        ),
        ("A weight decay of 0.1 saves 1{,}440 steps.", {"0.1": "setting", "1440": "derived"}),
        ("All runs have an explained variance of more than 0.72.", {"0.72": "derived"}),
        ("All runs have an explained variance of more than 0.75.", {"0.75": "unsupported"}),
        ("Power et al.\\ needed up to $10^5$ steps on division.", {}),
        ("It needs Python 3.10 and gizmo 2.4, see issue \\#14. The stream has 2{,}304 dimensions.", {}),
        ("Whether it holds at 65k latents is open.", {}),
    ],
)
def test_a_sentence_gives_each_number_its_status(
    text: str, wanted: dict[str, str], results: Path, tmp_path: Path
) -> None:
    """Targets, fractions, lengths of lists, repeats of a timing, what is left over, short names, pronouns, other people's findings."""
    assert statuses(text, results, tmp_path) == wanted


def test_a_table_of_two_blocks_is_read_by_its_spanned_rows_and_its_legend(results: Path, tmp_path: Path) -> None:
    r"""Each \multirow heads its own rows only, and the caption says what `EV` and `Alv.` are."""
    rows = ["TopK", "BatchTopK", "Matryoshka BatchTopK"]
    blocks = []
    for model in ("small", "large"):
        blocks.append(f"\\multirow{{3}}{{*}}{{{model}}}")
        for place, name in enumerate(rows):
            l0, ev, alive = RUNS[f"run_{place}"][1][model]
            blocks.append(f" & {name} & {l0} & {ev} & {100 * alive:.1f} \\\\")
        blocks.append("\\midrule")
    table = (
        "\\begin{table}\\caption{EV: explained variance; Alv.: alive fraction (\\%).}\\begin{tabular}{llccc}\n"
        "\\toprule Model & Method & $L_0$ & EV (↑) & Alv. $\\uparrow$ \\\\ \\midrule\n"
        + "\n".join(blocks)
        + "\\end{tabular}\\end{table}"
    )
    told = statuses(table, results, tmp_path)
    assert len(told) == 18 and set(told.values()) == {"supported"}, told


def test_a_glossary_takes_only_what_the_letters_bear() -> None:
    """Brackets behind words and entries of a legend; a data set in brackets is no abbreviation of what stands before it."""
    texts = [
        "the expected calibration error (ECE) and the area under the curve (AUC)",
        "robust under AutoAttack (AA)",
        "the model (CIFAR)",
    ]
    known = glossary(texts, ["CE Rec.: cross-entropy loss recovered; Note: lower is better."])
    assert known == {
        "ECE": "expected calibration error",
        "AUC": "area under curve",
        "AA": "AutoAttack",
        "CE Rec.": "cross-entropy loss recovered",
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The explained variance of the small model goes from 0.741 (TopK) to 0.753.",
            {"0.741": "supported", "0.753": "supported"},
        ),
        ("On the small model the matryoshka variant has an explained variance of 0.729.", {"0.729": "supported"}),
        ("All models stay above an explained variance of 0.72.", {"0.72": "derived"}),
        ("All models stay above an explained variance of 0.75.", {"0.75": "unsupported"}),
    ],
)
def test_what_a_value_came_to_is_another_runs(text: str, wanted: dict[str, str], results: Path, tmp_path: Path) -> None:
    """From one run's value to another's that is not named; a variant by the word of its title; a bound of what is named between."""
    assert statuses(text, results, tmp_path) == wanted


RATES = r"""\begin{table}
\caption{Cost of total precision (TP). Tok/s: training tokens per second in thousands.}
\begin{tabular}{lrrr}
 & Tok/s $\uparrow$ & GFLOPs & TP, day 1 \\
Baseline & 38.1 & 2.24 & 0.412 \\
Run 1 & 52.8 & 1.31 & 0.538 \\
\end{tabular}
\end{table}"""


def test_an_abbreviation_that_names_a_key_names_it_and_a_rate_is_per_second(tmp_path: Path) -> None:
    """`TP`, which the caption writes out, is the key `tp`; `Tok/s` is tokens per second, not GFLOPs per token; a wrong value is found."""
    folder = tmp_path / "results"
    told = {"run_0": (38148.3, 2.24, 0.4121, 0.655), "run_1": (52778.2, 1.31, 0.5379, 0.712)}
    for run, (rate, gflops, tp, z500) in told.items():
        (folder / run).mkdir(parents=True)
        scores = {"tp": {"day1": tp, "day3": tp / 2}, "z500": {"day1": z500, "day3": z500 / 2}}
        values = {"tokens_per_second": rate, "gflops_per_token": gflops, "variables": scores}
        (folder / run / "final_info.json").write_text(json.dumps(values))
    assert set(statuses(RATES, folder, tmp_path).values()) == {"supported"}
    assert (
        statuses(RATES.replace("52.8", "58.2").replace("0.538", "0.712"), folder, tmp_path)["0.712"] == "misattributed"
    )
