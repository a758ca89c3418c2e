"""Texts of an older version are held to their numbers, not to the words and digits of today."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.auditing.older import decides_alike, says_as_much
from agent.auditing.session import audit_session
from agent.session.session import open_session

STORED = Path(__file__).parents[2] / "release" / "journals" / "format-1"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A copy of the session that an older version left, its template where it lies here."""
    root = Path(shutil.copytree(STORED, tmp_path / "older"))
    spec = json.loads((root / "session.json").read_text())
    spec["template"] = str(Path(__file__).parents[3] / "templates" / "toy")
    (root / "session.json").write_text(json.dumps(spec))
    return root


def harm(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_words_of_today_are_not_asked_of_older_notes(older: Path) -> None:
    """The verdict in a note's table may read otherwise than it would today."""
    harm(older / "journal.jsonl", "within noise of the baseline |", "lost in the noise of the baseline |")
    assert [found for found in audit_session(open_session(older)).findings if "journal" in found.where] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "held"),
    [
        ("journal.jsonl", "within noise of the baseline |", "better than the baseline, beyond noise |", False),
        ("journal.jsonl", "within noise of the baseline |", "equal to the baseline |", True),
        ("latex/paper.tex", "{within noise of the baseline}", "{better than the baseline, beyond noise}", False),
        ("latex/paper.tex", "{within noise of the baseline}", "{within the noise}", True),
    ],
)
def test_what_older_verdicts_decide_is_held(older: Path, file: str, old: str, new: str, held: bool) -> None:
    """Their words may be others than today's; one that calls better what is within noise is a finding, in notes and paper."""
    harm(older / file, old, new)
    found = [each for each in audit_session(open_session(older)).findings if each.where != "notes.txt"]
    assert (found == []) is held, found


@pytest.mark.parametrize(
    ("older_words", "today", "alike"),
    [
        ("better than the baseline, beyond noise", "worse than the baseline, beyond noise", False),
        ("better than run 5 by 0.01, beyond noise", "within noise of run 5 (better by 0.01)", False),
        ("worse than run 5 by 0.01, within noise", "within noise of run 5 (worse by 0.01)", True),
        ("better than the baseline, beyond noise", "better than the baseline, beyond noise (one look)", True),
        ("better than the baseline", "not judged against the baseline, whose noise is unknown", True),
        ("held (better)", "not held (worse than the baseline by 0.1, beyond the noise of 0.01)", False),
        ("No run is better beyond noise.", "On mse, within noise is all that is to be said.", True),
        ("0.0055", "0.0055", True),
    ],
)
def test_words_that_decide_are_compared_and_no_others(older_words: str, today: str, alike: bool) -> None:
    """More may be told than today, or less; sentences, and what cannot be judged today, are left alone."""
    assert decides_alike(older_words, today) is alike


def test_numbers_of_older_notes_are_held(older: Path) -> None:
    """A value in the table that is not the run's is a finding as ever."""
    note = next(line for line in (older / "journal.jsonl").read_text().splitlines() if '"kind":"note"' in line)
    row = next(line for line in json.loads(note)["text"].splitlines() if line.startswith("| distance"))
    value = row.split("|")[2].strip()
    harm(older / "journal.jsonl", f"| {value} |", "| 0.123 |")
    found = [each for each in audit_session(open_session(older)).findings if "journal, note" in each.where]
    assert found and "0.123" in found[0].what


def test_the_order_of_today_is_not_asked_of_older_texts(older: Path) -> None:
    """An idea whose Metrics lead since then: its notes and tables have the template's order, and hold the same values."""
    spec = json.loads((older / "session.json").read_text())
    spec["idea"]["Metrics"] = ["distance"]
    (older / "session.json").write_text(json.dumps(spec))
    assert audit_session(open_session(older)).findings == []


@pytest.mark.parametrize(
    ("words", "held"), [(", at 1.9 times the baseline's compute", True), (", as everybody expected", False)]
)
def test_what_a_run_cost_may_stand_behind_each_claim_of_an_older_note(older: Path, words: str, held: bool) -> None:
    """That is said once by now; any other words that its source has not are a finding."""
    journal = older / "journal.jsonl"
    verdict = "is within noise of the baseline"
    harm(journal, verdict, f"{verdict}{words}")
    found = [each for each in audit_session(open_session(older)).findings if "journal, note" in each.where]
    assert (found == []) is held


@pytest.mark.parametrize(
    ("value", "alike"),
    [("1e-05", True), ("\\ensuremath{10^{-5}}", True), ("2e-05", False), ("1e-04", False), ("1", False)],
)
def test_a_power_of_ten_is_the_number_that_it_was(value: str, alike: bool) -> None:
    """Older versions printed it as Python writes it."""
    assert says_as_much(value, "\\ensuremath{10^{-5}}") is alike
