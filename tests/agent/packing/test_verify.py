"""Whatever is changed in a package is found: by its manifest, and by what else it holds where the manifest was made anew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from agent.commands import verify as door
from agent.packing.checks.listing import changed_members
from agent.packing.container import decoded, encoded
from agent.packing.manifest import NAME, chain, listed, read_manifest
from agent.packing.pack import pack
from agent.packing.verify import verify
from tests.world.packed import worked_session

pytestmark = [pytest.mark.tex, pytest.mark.timeout(240)]
JOURNAL = "session/journal.jsonl"


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """An honest package's members."""
    return decoded(pack(worked_session(tmp_path_factory.mktemp("worked"))).data)


def written(members: Mapping[str, bytes], file: Path, seal: bool, **manifest: object) -> Path:
    """An archive of these members; `seal`: its manifest lists them as they are, and says what `manifest` gives."""
    whole = dict(members)
    if seal:
        told = {name: listed(content) for name, content in whole.items() if name != NAME}
        update = {"members": told, "journal_chain": chain(whole[JOURNAL]), **manifest}
        whole[NAME] = read_manifest(whole).model_copy(update=update).written()
    file.write_bytes(encoded(whole))
    return file


def flipped(content: bytes, place: int) -> bytes:
    """With one bit changed."""
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def test_an_honest_package_made_anew_holds(members: Mapping[str, bytes], tmp_path: Path) -> None:
    """The checks below are not tripped by the way in which the tests write."""
    assert verify(written(members, tmp_path / "a.tar.gz", seal=True)).differences == ()


def test_a_bit_of_any_member_is_found(members: Mapping[str, bytes]) -> None:
    """In every member, at its begin, in its middle, at its end: the manifest names the member."""
    manifest = read_manifest(members)
    for name, content in members.items():
        for place in {0, len(content) // 2, len(content) - 1} if content and name != NAME else ():
            changed = {**members, name: flipped(content, place)}
            found = list(changed_members(changed, manifest))
            assert [each.where for each in found] == [name], (name, place)


def test_a_bit_of_the_file_is_found(members: Mapping[str, bytes], tmp_path: Path) -> None:
    """Wherever in the file it lies, verifying does not end well; the manifest is among what is tried."""
    file = tmp_path / "a.tar.gz"
    data = written(members, file, seal=False).read_bytes()
    for place in range(0, len(data), len(data) // 12):
        file.write_bytes(flipped(data, place))
        assert verify(file).differences, place
    for place in (40, len(members[NAME]) // 2):
        changed = {**members, NAME: flipped(members[NAME], place)}
        assert verify(written(changed, file, seal=False)).differences, place


@pytest.mark.parametrize(
    "name", [JOURNAL, "session/notes.txt", "session/paper.pdf", "template/template.toml", "session/session.json"]
)
def test_a_member_that_is_missing_or_put_in_is_found(members: Mapping[str, bytes], tmp_path: Path, name: str) -> None:
    """By the manifest; and where that was made anew, by what needs it."""
    left = {other: content for other, content in members.items() if other != name}
    assert any(each.where == name for each in verify(written(left, tmp_path / "a.tar.gz", seal=False)).differences)
    if name != JOURNAL:
        assert verify(written(left, tmp_path / "b.tar.gz", seal=True)).differences
    more = {**members, "session/extra.json": b"{}"}
    assert any(
        "does not list" in each.what for each in verify(written(more, tmp_path / "c.tar.gz", seal=False)).differences
    )


def test_what_contradicts_is_found_though_all_hashes_were_made_anew(
    members: Mapping[str, bytes], tmp_path: Path
) -> None:
    """Each kind of evidence, changed by one bit in its middle by someone who lists the new hash: something else says otherwise.

    What nothing else tells of is not among them: a log of a launch that held a path, the idea's words, a time, what a baseline
    left that was measured in another session.
    """
    evidence = [
        name
        for name in members
        if name.startswith(("session/blobs", "session/figures", "session/run_", "session/latex/figures"))
    ]
    evidence += [
        name
        for name in members
        if name.endswith(("code/experiment.py", "code/plot.py", "notes.txt", "paper.tex", "titles.json"))
    ]
    evidence += [name for name in members if name.endswith(("metrics.json", "controls.json", "audit.json"))]
    missed = []
    one_of_each = {
        name.rpartition("/")[0] + name[-6:]: name for name in evidence if name != "session/run_0/answer.json"
    }
    for name in one_of_each.values():
        changed = {**members, name: flipped(members[name], len(members[name]) // 2)}
        if not verify(written(changed, tmp_path / "a.tar.gz", seal=True)).differences:
            missed.append(name)
    assert missed == []


def test_the_journal_s_changed_line_is_named(members: Mapping[str, bytes], tmp_path: Path) -> None:
    """The chain says in which line the first change stands."""
    lines = members[JOURNAL].splitlines(keepends=True)
    place = next(place for place, line in enumerate(lines) if place > 4 and b'"time":"2' in line)
    lines[place] = lines[place].replace(b'"time":"2', b'"time":"3', 1)
    file = written({**members, JOURNAL: b"".join(lines)}, tmp_path / "a.tar.gz", seal=False)
    assert any(f"first in line {place + 1}" in each.what for each in verify(file).differences)


def test_no_name_in_the_record_leads_out_of_the_package(members: Mapping[str, bytes], tmp_path: Path) -> None:
    """A version of the code that is a device, a figure or an editable file elsewhere: refused before it is read."""
    digest = read_digest(members)
    for name, old, new in (
        (JOURNAL, digest, b"/dev/zero"),
        (JOURNAL, b'"files":["excess_loss.pdf"', b'"files":["/dev/zero"'),
        (JOURNAL, b'"traces":["excess_loss.json"', b'"traces":["../../x.json"'),
        (JOURNAL, b'"code":{"experiment.py":', b'"code":{"../../x":'),
        ("template/template.toml", b'editable = ["experiment.py"]', b'editable = ["/dev/zero"]'),
    ):
        assert old in members[name], old
        file = written({**members, name: members[name].replace(old, new)}, tmp_path / "a.tar.gz", seal=True)
        (found,) = verify(file).differences
        assert "cannot be read" in found.what, found


def read_digest(members: Mapping[str, bytes]) -> bytes:
    """The hash of a version of the code."""
    return next(name.rpartition("/")[2] for name in members if name.startswith("session/blobs/")).encode()


def test_a_package_that_cannot_be_opened_is_told_in_words(members: Mapping[str, bytes], tmp_path: Path) -> None:
    """A damaged journal, a template that is none, a session.json that is none: a difference, no traceback."""
    for name in (JOURNAL, "template/template.toml", "session/session.json"):
        file = written({**members, name: b"{ no such thing\n\n"}, tmp_path / "a.tar.gz", seal=True)
        (found,) = verify(file).differences
        assert "cannot be read" in found.what and str(tmp_path) not in str(found)


@pytest.mark.parametrize("field", [{"format": 0}, {"format": 99}, {"zlib": "1.3\x1b[2J"}, {"labloop": "a\nb"}])
def test_a_manifest_that_says_what_none_says_is_refused(
    members: Mapping[str, bytes], tmp_path: Path, field: dict[str, object]
) -> None:
    """A form that never was, or a version that is none: this is no package."""
    (found,) = verify(written(members, tmp_path / "a.tar.gz", seal=True, **field)).differences
    assert "this is no package" in found.what


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("session/latex/references.bib", b"@article{a, title = {" * 20_000, "where it ends cannot be told"),
        ("template/template.toml", b"x = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        ("session/exchanges/0001.json", b"[" * 100_000, "cannot be looked at"),
        (
            "session/run_1/final_info.json",
            b'{"metrics": {"excess_loss": {"mean": ' + b"9" * 9000 + b"}}}",
            "cannot be read",
        ),
        ("session/latex/paper.tex", b"\\begin{document}" + b"{" * 100_000, "paper.tex"),
        ("session/paper.pdf", b"%PDF-1.5\n" + bytes(range(256)) * 40, "paper.pdf"),
        ("session/run_1", b"", "cannot be laid out"),
    ],
)
def test_a_member_made_to_stop_or_to_slow_the_tool_is_told(
    members: Mapping[str, bytes], tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    """Nested without end, longer than numbers are, never closed: a difference in words, in seconds."""
    file = written({**members, name: content}, tmp_path / "a.tar.gz", seal=True)
    assert any(says in str(each) for each in verify(file).differences)


def test_what_stands_behind_the_journal_s_last_line_is_told(members: Mapping[str, bytes], tmp_path: Path) -> None:
    """No reader takes a line that does not end, so nobody may hide one there; `pack` leaves out what a kill tore."""
    more = {**members, JOURNAL: members[JOURNAL] + b'{"kind":"advice","text":"It wins."'}
    assert any(
        "behind the last whole one" in str(each) for each in verify(written(more, tmp_path / "a", True)).differences
    )


def test_a_package_writes_no_lines_of_its_own(
    members: Mapping[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A title with an end of line, a sequence that clears the terminal and one that turns text round: each is shown as what it is."""
    forged = members[JOURNAL].replace(b'"title":"Average all iterates"', b'"title":"A\\u001b[2J\\u202e\\nall holds"')
    file = written({**members, JOURNAL: forged}, tmp_path / "a.tar.gz", seal=True)
    assert forged != members[JOURNAL] and door.main([str(file)]) == 5
    told = capsys.readouterr().out
    assert "\x1b" not in told and "\u202e" not in told and "␛[2J" in told
    assert not any(line.startswith("all holds") for line in told.splitlines())
