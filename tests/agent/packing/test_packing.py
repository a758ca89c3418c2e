"""A session as one file: it verifies, it is the same each time, and nothing of the machine is in it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from agent.coding.coder import Ask, TurnReply, TurnRequest
from agent.commands import pack as pack_door
from agent.commands import verify as verify_door
from agent.experiment.launch_end import left_sha256
from agent.models.exchanges import Exchange, messages_sha256
from agent.models.protocol import Message
from agent.packing.checks import said
from agent.packing.container import decoded
from agent.packing.gather import gather
from agent.packing.manifest import NAME
from agent.packing.opened import Opened
from agent.packing.pack import pack
from agent.packing.verify import verify
from agent.printing.latex import compile_paper, tex_in
from agent.results.story import story_of
from agent.sandbox.plain import Plain
from agent.session.events import Event, LaunchEnded, Noted, Reviewed, SectionWritten, SessionJournal
from agent.session.files import sha256
from agent.session.paths import AttemptPaths
from agent.session.session import Session, open_session
from agent.session.spoken import Word, leave
from agent.session.steps import RunName
from agent.writing.notes.salvaged import LEFT_OUT
from tests.agent.reviewing.reviews import METHOD, REVIEWED
from tests.world.packed import packed_in, worked_session
from tests.world.toy import ANSWERS, BlockCoder, note

pytestmark = [pytest.mark.tex, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return worked_session(tmp_path_factory.mktemp("worked"))


@pytest.fixture
def session(worked: Session, tmp_path: Path) -> Session:
    """A copy of it, to do harm to."""
    return open_session(Path(shutil.copytree(worked.paths.root, tmp_path / worked.name)))


def test_a_session_verifies_from_its_file_alone(worked: Session, tmp_path: Path) -> None:
    """Nothing differs though its folder is not looked at, and the counts say what was derived."""
    file = packed_in(worked, tmp_path / "a.tar.gz")
    verified = verify(file)
    assert verified.differences == ()
    assert verified.checked["numbers"] > 10 and verified.checked["runs"] == 3 and verified.checked["figures"] == 2


def test_a_section_that_was_changed_for_its_reviewer_is_the_writer_s(tmp_path: Path) -> None:
    """What the writer changed stands in the answers to the review; a word put into it by hand is found."""
    reviewed = worked_session(tmp_path, REVIEWED)
    section = next(each for each in reviewed.journal.all(SectionWritten) if each.step == "draft/Method/reviewed")
    assert section.source == METHOD
    assert verify(packed_in(reviewed, tmp_path / "a.tar.gz")).differences == ()
    lines = reviewed.paths.journal.read_text().splitlines()
    at = next(place for place, line in enumerate(lines) if '"draft/Method/reviewed"' in line)
    lines[at] = lines[at].replace("last steps of a run", "first steps of a run")
    reviewed.paths.journal.write_text("\n".join(lines) + "\n")
    found = verify(packed_in(open_session(reviewed.paths.root), tmp_path / "b.tar.gz")).differences
    assert any("draft/Method/reviewed" in str(each) and "no reply" in str(each) for each in found)


def test_an_objection_that_is_left_out_is_found(tmp_path: Path) -> None:
    """Each objection of the review that was taken is told: one that a forger drops stands in the reply all the same."""
    reviewed = worked_session(tmp_path, REVIEWED)
    (review,) = reviewed.journal.all(Reviewed)
    dropped = review.model_copy(update={"objections": review.objections[:1]})
    opened = Opened(replace(reviewed, journal=with_event(reviewed, dropped)), pack(reviewed).manifest, {})
    assert [each.why for each in said.objections(opened)] == ["the review holds 2 objections, 1 are told"]
    assert list(said.objections(Opened(reviewed, opened.manifest, {}))) == []
    uncheckable = dropped.model_copy(update={"left_out": ["objection 2: its quote does not stand in the draft"]})
    told = Opened(replace(reviewed, journal=with_event(reviewed, uncheckable)), opened.manifest, {})
    assert list(said.objections(told)) == []


def with_event(session: Session, event: Event) -> SessionJournal:
    """The session's journal with an event in the place of the one with its number."""
    events = [event if each.seq == event.seq else each for each in session.journal.events]
    return SessionJournal(session.paths.journal, session.journal.form, events=events)


def test_packing_twice_gives_the_same_bytes(worked: Session) -> None:
    """Equal sessions give equal files, so that a hash may be told beforehand."""
    assert pack(worked).data == pack(open_session(worked.paths.root)).data


def hashes_of(exchange: Path, attempt: AttemptPaths) -> tuple[str, str]:
    """The hashes of a call and of what a launch left, as the journal holds them."""
    held = Exchange.model_validate_json(exchange.read_bytes())
    return messages_sha256([*held.messages, Message("assistant", held.reply)]), left_sha256(attempt)


def test_secrets_and_machine_paths_stay_behind(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of the environment, one in a header, a home folder and the session's own place are placeholders everywhere,
    and the package verifies all the same."""
    key, header = "sk-live-0123456789abcdefABCDEF", "Zm9vYmFyYmF6cXV4MTIzNA"
    monkeypatch.setenv("SOME_API_KEY", "a-value-without-a-shape")
    number = story_of(session).runs[0].attempt or 0
    exchange, log = session.paths.exchange(2), session.paths.attempt(number).stderr
    ended = next(event for event in session.journal.all(LaunchEnded) if event.number == number)
    before = hashes_of(exchange, session.paths.attempt(number))
    assert before[1] == ended.left_sha256
    held = json.loads(exchange.read_text())
    held["messages"][0]["content"] += (
        f'\nkey {key} a-value-without-a-shape "Authorization": "Bearer {header}" /home/alice_b/x.py {session.paths.root}/y'
    )
    exchange.write_text(json.dumps(held))
    log.write_text(f"File /home/alice_b/lib/x.py, line 3\nAPI key {key}\n")
    record = session.paths.journal.read_text()
    for old, new in zip(before, hashes_of(exchange, session.paths.attempt(number)), strict=True):
        assert old in record
        record = record.replace(old, new)
    session.paths.journal.write_text(record)
    session = open_session(session.paths.root)
    file = packed_in(session, tmp_path / "a.tar.gz")
    whole = b"\n".join(decoded(file.read_bytes()).values())
    for secret in (
        key,
        header,
        "a-value-without-a-shape",
        "alice_b",
        str(session.paths.root),
        str(session.template.root),
    ):
        assert secret.encode() not in whole, secret
    assert b"(secret)" in whole and b"(secret-2)" in whole and b"(home)/lib/x.py" in whole
    assert verify(file).differences == ()


def test_a_blob_that_held_a_path_is_named_by_its_new_hash(tmp_path: Path) -> None:
    """Code, diff and reply change by one rule, so the hashes and what follows from them still hold."""
    step = ("coder", "run_1/turn_2/1")
    held = ANSWERS[step].replace("AVERAGE_FROM = 0.0", "AVERAGE_FROM = 0.0  # as in /home/alice_b/notes.txt", 1)
    assert held != ANSWERS[step]
    noted = ("writer", "run_1/note/1")
    path = "/home/alice_b/a/very/long/folder/name/that/breaks/lines/elsewhere/than/its/placeholder/does/notes.txt and so on and on"
    told = ANSWERS[noted].replace("One seed was run.", f"One seed was run. The log is {path}.")
    session = worked_session(tmp_path, {step: held, noted: told}, paper=False)
    code = story_of(session).runs[0].code["experiment.py"]
    assert b"alice_b" in session.blobs.get(code)
    file = packed_in(session, tmp_path / "a.tar.gz")
    members = decoded(file.read_bytes())
    assert [name for name, content in members.items() if b"alice_b" in content or code.encode() in content] == []
    assert verify(file).differences == ()


@pytest.mark.parametrize("told", ["manifest", "file"])
def test_the_hash_that_the_maker_told_is_compared(worked: Session, tmp_path: Path, told: str) -> None:
    """The manifest's or the file's own; another one is a difference."""
    file = packed_in(worked, tmp_path / "a.tar.gz")
    package = pack(worked)
    right = package.sha256 if told == "manifest" else sha256(package.data)
    assert verify(file, right).differences == ()
    (wrong,) = verify(file, "0" * 64).differences
    assert wrong.where == NAME and "you were told 000" in wrong.why


def test_the_doors_say_where_and_how_to_check(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`pack` prints the file and its hash; `verify` exits 0, or 5 with each difference named in words and as JSON."""
    file = tmp_path / "out.tar.gz"
    assert pack_door.main([str(session.paths.root), "--out", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["file"] == str(file) and told["differences"] == []
    assert verify_door.main([str(file), "--sha256", told["manifest_sha256"]]) == 0
    assert "all holds" in capsys.readouterr().out
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    assert verify_door.main([str(file), "--json"]) == 5
    assert json.loads(capsys.readouterr().out)["differences"]
    assert verify_door.main([str(tmp_path / "nothing.tar.gz")]) == 2


def test_a_dropped_run_and_a_word_are_in_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person drops a run and says something while the session works: the package holds without a difference."""
    work, turns = BlockCoder.work, [0]

    def told(self: BlockCoder, request: TurnRequest, ask: Ask) -> TurnReply:
        turns[0] += 1
        folder = request.workspace.parent / "say"
        if turns[0] == 4:  # the last turn of run_2: both are read before the next
            leave(folder, Word(drop=RunName.of(1), why="not what was asked"))
            leave(folder, Word(say="Mind the noise."))
        return work(self, request, ask)

    monkeypatch.setattr(BlockCoder, "work", told)
    session = worked_session(tmp_path, states=("done", "findings"), paper=False)
    assert {"dropped", "said"} <= {event.kind for event in session.journal.events}
    assert verify(packed_in(session, tmp_path / "a.tar.gz")).differences == ()


def test_a_note_of_which_a_part_could_stand_is_the_writer_s(tmp_path: Path) -> None:
    """One label is left out by the tool, another note's title is the run's own: honest; another word under a label is found."""
    instead = {
        ("writer", "run_1/note/1"): note("run_1").replace("One seed was run.", "The loss fell by 97.3 percent."),
        ("writer", "run_2/note/1"): note("run_2").replace("Averaging, run_2", "A gain of 97.3 percent"),
        ("writer", "run_2/note/2"): note("run_2").replace("Averaging, run_2", "A gain of 97.3 percent"),
    }
    session = worked_session(tmp_path, instead, states=("done", "findings"), paper=False)
    notes = {str(event.subject): event for event in session.journal.all(Noted)}
    assert LEFT_OUT in notes["run_1"].source and notes["run_2"].title == "Average the last half"
    assert verify(packed_in(session, tmp_path / "a.tar.gz")).differences == ()
    for run, old, new in (("run_1", "how much of", "why some of"), ("run_2", "One seed", "No seed")):
        turned = notes[run].model_copy(update={"source": notes[run].source.replace(old, new)})
        opened = Opened(replace(session, journal=with_event(session, turned)), pack(session).manifest, {})
        assert [each.where for each in said.whole_texts(opened)] == [f"journal.jsonl, {run}/note"]


def test_findings_of_its_own_audit_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A session whose audit had findings, its paper marked, holds what it says: nothing differs, and the exit code is 5."""
    step = ("writer", "draft/Conclusion/refine/1")
    session = worked_session(tmp_path, {step: "[[conclusion]] The loss fell by 97.3 percent."}, states=("findings",))
    file = packed_in(session, tmp_path / "a.tar.gz")
    verified = verify(file)
    assert verified.differences == () and any("97.3" in str(finding) for finding in verified.findings)
    assert verify_door.main([str(file)]) == 5 and "marked as a draft" in capsys.readouterr().out


def test_a_pdf_set_from_another_text_is_found(session: Session, tmp_path: Path) -> None:
    """Both PDFs are one and paper.tex is the honest one; a value in print is not its."""
    folder = session.paths.latex
    tex = folder / "paper.tex"
    honest = tex.read_text()
    value = re.findall(r"\\evid\{run_1\.distance\.mean\}\{([\d.]+)\}", honest)[0]
    tex.write_text(honest.replace(f"{{run_1.distance.mean}}{{{value}}}", "{run_1.distance.mean}{0.0009}", 1))
    assert compile_paper(folder, tex_in(Plain(), tmp_path / "scratch")).pdf is not None
    tex.write_text(honest)
    session.paths.paper.write_bytes((folder / "paper.pdf").read_bytes())
    found = [str(finding) for finding in verify(packed_in(session, tmp_path / "a.tar.gz")).differences]
    assert found[0] == "paper.pdf: 0.0009 is printed 1 times: paper.tex holds it 0 times"
    assert all("is not printed so" in each and value in each for each in found[1:])


def test_what_a_queue_was_told_stays_behind(session: Session) -> None:
    """The folders of an attempt's jobs hold environments and names of nodes; a folder of that name which code left is evidence."""
    attempt = session.paths.attempt(1)
    for folder in (attempt.job, attempt.scores.with_name("scores_job"), attempt.code / "job"):
        folder.mkdir(parents=True)
        (folder / "told.json").write_text("{}")
    names = [name for name in gather(session).members if name.endswith("told.json")]
    assert names == ["session/attempts/001/code/job/told.json"]
