"""The audit of any draft finds the labels that people gave: papers of three styles of results, clean and faulty."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.drafts.labelled import SILENT, STATUS, compared, labelled_drafts

_ENOUGH = 0.9


@pytest.mark.parametrize("draft", labelled_drafts(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nine_of_ten_numbers_get_their_label(draft: Path, tmp_path: Path) -> None:
    """In no draft are more than a tenth of the statuses wrong, numbers that claim nothing included."""
    pairs = compared(draft, tmp_path)
    wrong = [
        f"{label.line}: {label.value:g} is {label.status}, not {said}" for label, said in pairs if label.status != said
    ]
    assert len(wrong) <= (1 - _ENOUGH) * len(pairs), wrong


def test_every_status_is_found_and_found_alone(tmp_path: Path) -> None:
    """Over all drafts together each status has a precision and a recall of 0.9 at least."""
    pairs = [(label.status, said) for draft in labelled_drafts() for label, said in compared(draft, tmp_path)]
    right = Counter(said for label, said in pairs if label == said)
    labelled, called = Counter(label for label, _ in pairs), Counter(said for _, said in pairs)
    for status in STATUS.values():
        assert right[status] >= _ENOUGH * labelled[status] > 0, status
        assert right[status] >= _ENOUGH * called[status], status
    assert called[SILENT] <= 0.1 * len(pairs)
