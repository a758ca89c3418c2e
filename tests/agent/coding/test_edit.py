"""What a turn changed is read from the files, hostile ones too; what it had no leave for is undone."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from agent.coding import edit
from agent.coding.coder import TurnReply
from agent.coding.edit import TurnOutcome, compare, compare_turn, snapshot
from agent.session.files import Blobs
from agent.session.versions import diff_between, unified_diff

EDITABLE = ("experiment.py",)
SILENT = TurnReply("Done, all of it!", edits_applied=7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    (root / "latex").mkdir(parents=True)
    (root / "experiment.py").write_text("x = 1\n")
    (root / "latex/template.tex").write_text("text\n")
    (root / "link").symlink_to("experiment.py")
    return root


def turned(folder: Path, change: str, reply: TurnReply = SILENT) -> TurnOutcome:
    """What a turn came to, after a shell command stood in for the coder."""
    before = snapshot(folder)
    assert os.system(f"cd '{folder}' && {change}") == 0
    result = compare_turn(before, folder, EDITABLE, reply)
    untouched = {name: entry for name, entry in before.items() if name not in EDITABLE}
    assert {name: entry for name, entry in snapshot(folder).items() if name not in EDITABLE} == untouched
    return result


def test_a_changed_file_is_applied(folder: Path) -> None:
    """New contents in an editable file are the edit; its diff is a unified one."""
    result = turned(folder, "echo 'x = 2' > experiment.py")
    assert (result.outcome, result.changed, result.outside) == ("applied", ("experiment.py",), ())
    assert result.diff == "--- a/experiment.py\n+++ b/experiment.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"


def test_the_coders_word_does_not_count(folder: Path) -> None:
    """A coder that says it applied seven edits and changed nothing made no edit, touched time stamps or not."""
    assert turned(folder, "touch experiment.py").outcome == "no_edit"
    assert turned(folder, "echo 'x = 1' > aside && mv aside experiment.py").outcome == "no_edit"


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (TurnReply("words"), "no_edit"),
        (TurnReply("words", edits_unmatched=1), "unmatched"),
        (TurnReply("an edit that was not found", tried=True), "unmatched"),
        (TurnReply("an edit of the same text", tried=True, edits_applied=1), "unchanged"),
        (TurnReply("one the same, one not found", tried=True, edits_applied=1, edits_left=1), "unmatched"),
        (TurnReply("words", edits_unmatched=1, refused=("/etc/passwd",)), "outside"),
    ],
)
def test_why_nothing_changed(folder: Path, reply: TurnReply, outcome: str) -> None:
    """No edit, an edit that did not match, and an edit that was refused are told apart."""
    assert turned(folder, "true", reply).outcome == outcome


@pytest.mark.parametrize(
    ("change", "outside"),
    [
        ("echo evil > latex/template.tex", ("latex/template.tex",)),
        ("rm latex/template.tex", ("latex/template.tex",)),
        ("rm -r latex", ("latex", "latex/template.tex")),
        ("mkdir -p a/b && echo x > a/b/c && mkfifo a/pipe", ("a", "a/b", "a/b/c", "a/pipe")),
        ("rm link && echo x > link", ("link",)),
        ("ln -sfn /etc/passwd link", ("link",)),
        ("rm -r latex && ln -s /usr/bin latex", ("latex", "latex/template.tex")),
        ("rm -r latex && echo x > latex", ("latex", "latex/template.tex")),
        ("rm link && mkdir link && echo x > link/y", ("link", "link/y")),
        ("chmod 777 latex/template.tex", ("latex/template.tex",)),
        ("printf '[core]\\nfsmonitor=evil' > .gitconfig", (".gitconfig",)),
        ("rm experiment.py", ("experiment.py",)),
        ("rm experiment.py && mkfifo experiment.py", ("experiment.py",)),
        ("rm experiment.py && ln -s /dev/zero experiment.py", ("experiment.py",)),
        ("rm experiment.py && mkdir experiment.py && echo x > experiment.py/y", ("experiment.py", "experiment.py/y")),
    ],
)
def test_changes_outside_are_undone_and_told(folder: Path, change: str, outside: tuple[str, ...]) -> None:
    """Whatever was made, changed, removed or swapped outside the editable files is as it was, and named."""
    result = turned(folder, change)
    assert (result.outcome, result.changed, result.outside) == ("outside", (), outside)
    assert (folder / "experiment.py").read_text() == "x = 1\n"


def test_an_undo_stays_inside_the_workspace(folder: Path, tmp_path: Path) -> None:
    """A folder swapped for a link to another is put back without touching that other folder's files."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "template.tex").write_text("precious")
    turned(folder, f"rm -r latex && ln -s {other} latex")
    assert (other / "template.tex").read_text() == "precious"


def test_an_edit_beside_an_outside_change_is_applied(folder: Path) -> None:
    """The leave that was given still holds: the edit counts, the rest is undone and reported."""
    result = turned(folder, "echo 'x = 2' > experiment.py && echo evil > plot.py")
    assert (result.outcome, result.changed, result.outside) == ("applied", ("experiment.py",), ("plot.py",))
    assert (folder / "experiment.py").read_text() == "x = 2\n"


def test_a_new_editable_file_brings_its_folder(folder: Path) -> None:
    """The folder that a new editable file needs is part of the edit, not a change outside."""
    before = snapshot(folder)
    (folder / "deep").mkdir()
    (folder / "deep/new.py").write_text("y\n")
    change = compare(before, snapshot(folder), ("deep/new.py",))
    assert change.changed == ("deep/new.py",)
    assert change.outside == ()


def test_hostile_files_hang_nothing(folder: Path) -> None:
    """FIFOs, devices behind links, loops of links, a sparse terabyte and odd names take no time to look at."""
    before = snapshot(folder)
    os.mkfifo(folder / "fifo")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(".")
    with open(folder / "huge", "wb") as file:
        file.truncate(2**40)
    open(os.fsencode(folder) + b"/\xff\nname", "w").close()
    started = time.monotonic()
    result = compare_turn(before, folder, EDITABLE, SILENT)
    assert time.monotonic() - started < 20
    assert set(result.outside) == {"fifo", "zero", "loop", "huge", "�\nname"}
    assert snapshot(folder) == before


def test_a_large_file_is_seen_but_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A change to a file past the limit is reported; its contents cannot come back, and the log says so."""
    monkeypatch.setattr(edit, "KEPT_BYTES", 100)
    (folder / "big").write_bytes(b"x" * 101)
    before = snapshot(folder)
    assert before["big"].data is None
    (folder / "big").write_bytes(b"y" * 101)
    result = compare_turn(before, folder, EDITABLE, SILENT)
    assert result.outside == ("big",)
    assert "cannot be brought back" in caplog.text


def test_a_diff_shows_a_missing_line_end_and_bad_bytes() -> None:
    """The diff can be read by people: a missing final newline is named, bytes that are no UTF-8 are marked."""
    assert unified_diff("f", b"a\nb", b"a\nb\n").endswith("-b\n\\ No newline at end of file\n+b\n")
    assert "+�\n" in unified_diff("f", b"", b"\xff\n")
    assert unified_diff("f", b"x", b"x") == ""
    assert unified_diff("f", b"a\x0cb\n", b"c\n").endswith("-a\x0cb\n+c\n")


def test_a_diff_between_recorded_versions_holds_the_named_files_that_both_have(tmp_path: Path) -> None:
    """What is equal, not named, or only in one of the two is left out."""
    blobs = Blobs(tmp_path)
    one, two = blobs.put(b"a\n"), blobs.put(b"b\n")
    before, after = {"x.py": one, "y.py": one, "z.py": one}, {"x.py": two, "y.py": one, "z.py": two, "new.py": two}
    diff = diff_between(blobs, before, after, ["x.py", "y.py", "new.py"])
    assert diff.startswith("--- a/x.py\n+++ b/x.py\n") and diff.endswith("-a\n+b\n") and diff.count("---") == 1
