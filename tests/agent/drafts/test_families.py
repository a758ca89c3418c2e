"""Methods on several data sets: averages over them, counts, what is best where, tables of plain text, words spelt otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

BLEU = {  # means of two seeds: 27.4, 39.0, 18.6; 28.4, 40.1, 19.5; 28.0, 39.5, 20.7; 29.4, 41.2, 21.9
    "baseline": (27.4, 39.0, 18.6),
    "rdrop": (28.4, 40.1, 19.5),
    "backtrans": (28.0, 39.5, 20.7),
    "rdrop_backtrans": (29.4, 41.2, 21.9),
}
HOURS = {
    "baseline": (6.1, 6.7, 7.3),
    "rdrop": (11.8, 13.0, 14.2),
    "backtrans": (8.3, 9.1, 10.0),
    "rdrop_backtrans": (15.9, 17.5, 19.1),
}
PAIRS = ("en-de", "en-fr", "en-tr")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for method, values in BLEU.items():
        (root / method).mkdir()
        for pair, value, hours in zip(PAIRS, values, HOURS[method], strict=True):
            told = {
                "bleu": [value - 0.2, value + 0.2],
                "oov": [0.0, 0.0],
                "train_hours": hours,
                "val_nll": round(3 - value / 30, 3),
            }
            (root / method / f"{pair}.json").write_text(json.dumps(told))
    return root


def statuses(text: str, results: Path, root: Path, name: str = "draft.md") -> dict[str, str]:
    """Each printed number with its status."""
    (root / name).write_text(text)
    return {f"{number.value:g}": number.status for number in audit_draft(root / name, results).numbers}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("R-Drop reaches 28.4 BLEU on En-De.", {"28.4": "derived"}),
        ("Back-translation reaches 28.4 BLEU on En-De.", {"28.4": "misattributed"}),
        ("Averaged over pairs, back-translation has a BLEU of 29.4.", {"29.4": "derived"}),
        ("Averaged over pairs, back-translation has a BLEU of 30.4.", {"30.4": "unsupported"}),
        ("R-Drop takes 2.6 times as long to train as the baseline on En-De.", {"2.6": "unsupported"}),
        ("The combination takes 2.6 times as long to train as the baseline on En-De.", {"2.6": "derived"}),
        ("R-Drop is best on 0 of 3 language pairs in BLEU.", {"0": "derived", "3": "supported"}),
        ("The combination is best on 2 of 3 language pairs in BLEU.", {"2": "unsupported", "3": "supported"}),
        ("R-Drop beats back-translation on 0 of 3 language pairs in BLEU.", {"0": "unsupported", "3": "supported"}),
        ("R-Drop beats back-translation on 2 of 3 language pairs in BLEU.", {"2": "derived", "3": "supported"}),
        ("R-Drop beats back-translation on 2 of 5 language pairs in BLEU.", {"2": "unsupported"}),
        ("The highest BLEU of any seed is 41.4.", {"41.4": "supported"}),
        ("The highest BLEU of any seed is 40.3.", {"40.3": "misattributed"}),
        (
            "The combination has the highest BLEU on all pairs: 29.4, 41.2 and 21.9 on En-De, En-Fr and En-Tr.",
            {"29.4": "derived", "41.2": "derived", "21.9": "derived"},
        ),
        ("R-Drop has the highest BLEU on all pairs, 28.4 on En-De.", {"28.4": "misattributed"}),
        (
            "R-Drop has 28.4 BLEU on En-De, where the baseline has 27.4. BLEU rises by 1.0.",
            {"28.4": "derived", "27.4": "derived", "1": "derived"},
        ),
        ("The combination is slow. In BLEU, it gains 2.2 on En-Fr.", {"2.2": "derived"}),
        ("The baseline's out-of-vocabulary rate (OOV) is 0.0 ± 0.0 on En-De.", {"0": "derived"}),
    ],
)
def test_a_method_on_several_sets_is_spoken_of_as_one(
    text: str, wanted: dict[str, str], results: Path, tmp_path: Path
) -> None:
    """Means over the sets, on how many it is best or ahead, the best seed, what a sentence goes on with."""
    assert statuses(text, results, tmp_path) == wanted


def test_a_table_of_plain_text_is_read_by_its_columns(results: Path, tmp_path: Path) -> None:
    """Lines whose cells are parted by two spaces; a value in another's column is misattributed, an average is derived."""
    rows = [
        f"{method:<18}" + "  ".join(f"{each:.2f}" for each in (*values, sum(values) / 3))
        for method, values in BLEU.items()
    ]
    rows[1] = rows[1].replace("28.40  40.10", "40.10  28.40")
    text = (
        "BLEU, mean of 2 seeds\n\nsystem            En-De  En-Fr  En-Tr  Avg.\n"
        + "\n".join(rows)
        + "\n\nThat is all.\n"
    )
    told = statuses(text, results, tmp_path, "report.txt")
    assert {value for value, status in told.items() if status == "misattributed"} == {"40.1", "28.4"}
    assert {value for value, status in told.items() if status == "derived"} >= {"27.4", "39", "18.6", "28.33", "30.83"}
    assert set(told.values()) <= {"misattributed", "derived", "supported"}
