"""A person signs a draft off: journalled with its hash, said in paper, page and package, void once the draft is another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.commands import sign
from agent.packing.container import decoded, encoded
from agent.packing.manifest import NAME, chain, listed, read_manifest
from agent.packing.pack import pack
from agent.packing.verify import verify
from agent.page.write import write_page_of
from agent.printing.pdf_text import text_of
from agent.results.story import story_of
from agent.session.events import SignedOff
from agent.session.session import open_session
from tests.world.packed import worked_session

pytestmark = [pytest.mark.tex, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole toy session with a clean paper."""
    return worked_session(tmp_path_factory.mktemp("worked")).paths.root


@pytest.fixture
def root(worked: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(worked, tmp_path / worked.name, symlinks=True))


def signed(root: Path, *flags: str) -> int:
    return sign.main([str(root), *flags])


def pdf_of(root: Path) -> str:
    return " ".join(text_of(root / "paper.pdf").split())


def test_a_signature_stands_in_journal_paper_page_and_package(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the hash of the draft; the audit stays clean, the session is done as before, and a stranger is told that it is a statement."""
    before = (root / "latex/paper.tex").read_bytes()
    assert "Nobody has signed this draft off" in pdf_of(root)
    assert signed(root, "--name", "Ada Lovelace", "--note", "read twice; Method & code compared") == 0
    assert "Signed off by Ada Lovelace on 20" in capsys.readouterr().out
    session = open_session(root)
    (event,) = session.journal.all(SignedOff)
    assert (event.name, event.findings, len(event.draft_sha256), event.step) == ("Ada Lovelace", 0, 64, "signed/1")
    assert (root / "latex/paper.tex").read_bytes() == before, "the hash is of a file that signing does not change"
    printed = pdf_of(root)
    assert printed.count("Signed off by Ada Lovelace") == 2 and "read twice; Method & code compared" in printed
    assert "Nobody has signed" not in printed and "no cryptography" in printed
    page = (root / "index.html").read_text()
    assert "Signed off by Ada Lovelace" in page and "changed since" not in page
    assert story_of(session).state(False).word == "done" and not audit_session(session).findings
    file = root.parent / "a.labloop"
    file.write_bytes(pack(session).data)
    verified = verify(file)
    assert verified.differences == () and any(
        "Ada Lovelace" in each and "no cryptography" in each for each in verified.remarks
    )


def test_two_people_may_sign_and_one_may_sign_again(root: Path) -> None:
    """Both are named; a person's later word takes the place of the earlier."""
    assert signed(root, "--name", "Ada") == 0 and signed(root, "--name", "Grace", "--note", "once") == 0
    assert signed(root, "--name", "Ada", "--note", "again") == 0
    printed = pdf_of(root)
    assert (
        printed.count("Signed off by Ada") == 2 and printed.count("Signed off by Grace") == 2 and ": again" in printed
    )
    assert len(list(open_session(root).journal.all(SignedOff))) == 3


def test_a_change_afterwards_voids_it_visibly(root: Path) -> None:
    """A word put into paper.tex by hand: the page says it at once, and so does the paper where it is set again."""
    assert signed(root, "--name", "Ada") == 0
    tex = root / "latex/paper.tex"
    tex.write_text(tex.read_text().replace("\\begin{abstract}", "\\begin{abstract} Indeed.", 1))
    assert "the draft was changed since, so this no longer holds" in write_page_of(root).read_text()
    assert signed(root, "--name", "Grace", "--despite-findings") == 0
    printed = pdf_of(root)
    assert "the draft was changed since, so this no longer holds" in printed and "Signed off by Grace" in printed
    assert ", despite 1 finding" in printed


def test_open_findings_are_not_signed_unless_it_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first is named, and nothing is journalled; with the flag the signature says how many there were."""
    tex = root / "latex/paper.tex"
    tex.write_text(tex.read_text().replace("\\begin{abstract}", "\\begin{abstract} It reached 0.97531.", 1))
    assert signed(root, "--name", "Ada") == 2
    assert "open findings" in capsys.readouterr().err and not list(open_session(root).journal.all(SignedOff))
    assert signed(root, "--name", "Ada", "--despite-findings", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] > 0 and told["printed"]
    (event,) = open_session(root).journal.all(SignedOff)
    assert event.findings == told["findings"]


@pytest.mark.parametrize("flags", [["--name", "  "], ["--name", "x" * 121], ["--name", "a", "--note", "x" * 501]])
def test_a_name_is_one_that_can_be_printed(root: Path, flags: list[str]) -> None:
    """None at all, or a page of it, is refused."""
    assert signed(root, *flags) == 2 and not list(open_session(root).journal.all(SignedOff))


def test_what_is_not_there_is_not_signed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A session without an audited draft."""
    (root / "audit.json").unlink()
    assert signed(root, "--name", "Ada") == 2
    assert "no audited draft" in capsys.readouterr().err


def test_a_name_that_tex_would_read_is_printed_as_it_is(root: Path) -> None:
    """Signs of TeX are letters in a name."""
    assert signed(root, "--name", r"A. & B. \input{x} 100%", "--note", "#1 $x$ _y_") == 0
    assert r"A. & B. \input{x} 100%" in pdf_of(root)


@pytest.mark.parametrize("what", ["name", "void", "hash"])
def test_a_signature_that_was_tampered_with_is_found(root: Path, tmp_path: Path, what: str) -> None:
    """Another name in the journal, a void taken off the paper, a hash made to fit another draft: the manifest made anew hides none."""
    assert signed(root, "--name", "Ada") == 0
    members = decoded(pack(open_session(root)).data)
    journal, tex = "session/journal.jsonl", "session/latex/signed.tex"
    changed = dict(members)
    if what == "name":
        changed[journal] = members[journal].replace(b'"name":"Ada"', b'"name":"Eve"')
    elif what == "void":
        changed["session/latex/references.bib"] = members["session/latex/references.bib"] + b"\n"
    else:
        (event,) = open_session(root).journal.all(SignedOff)
        changed[journal] = members[journal].replace(event.draft_sha256.encode(), b"0" * 64)
    update = {
        "members": {name: listed(content) for name, content in changed.items() if name != NAME},
        "journal_chain": chain(changed[journal]),
    }
    changed[NAME] = read_manifest(members).model_copy(update=update).written()
    (tmp_path / "b").write_bytes(encoded(changed))
    assert any(found.where == "latex/signed.tex" for found in verify(tmp_path / "b").differences)
    assert tex in members
