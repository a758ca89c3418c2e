"""The page of whole, unfinished and damaged sessions."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from agent.errors import SessionError, UsageError
from agent.page.runs import as_markdown
from agent.page.write import write_page, write_page_of
from agent.session.session import Session
from agent.session.steps import RunName
from tests.world.reading import ReadPage, read_page
from tests.world.sessions import Texts, cut_journal, load_json, make_session, png

PLANT = "</style></pre></textarea><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
NASTY = f"{PLANT}\x1b[31m\u202e' onfocus=alert(1) autofocus x='\x07{{{{ 7*7 }}}}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """One session that no test changes."""
    session = make_session(tmp_path_factory.mktemp("whole"))
    write_page(session)
    return session


def page_of(session: Session) -> ReadPage:
    """The page, written anew."""
    return read_page(write_page(session).read_text(encoding="utf-8"))


def test_the_page_tells_the_whole_story(whole: Session) -> None:
    """Conclusion, metrics, verdicts in words, notes, advice, causes, audit, transcript and plan are all there."""
    page = page_of(whole)
    for text in (
        "run_1 is best: explained_variance 0.8993, +0.0183 against the baseline, better beyond noise (±0.0099) (1 not comparable left aside).",
        "done, with findings",
        "84\u202f900",
        "test/scripted",
        "within noise",
        "not comparable",
        "config.k: 16 → 32",
        "Advice for the next run",
        "mat1 and mat2 shapes cannot be multiplied",
        "The edit did not match the file",
        "The coder said that all is completed",
        "no result is 0.917",
        "marked DRAFT",
        "41 numbers checked, 1 finding",
        "69 events",
        "draft/Results/refine/1",
        "1 retries",
        "attempt 5: crashed",
        "a control",
        "+    return run_2/turn_2",
        "harness/evaluation.py",
        "Overfull hbox",
    ):
        assert text in page.text, text


def test_headings_are_in_order_and_unique_ids_lead_to_sections(whole: Session) -> None:
    """One h1, no level skipped downwards, every link of the contents has its target."""
    page = page_of(whole)
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), page.headings
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    targets = [unquote(link["href"][1:]) for link in page.all("a") if link["href"].startswith("#")]
    assert set(targets) <= set(ids)


def test_nothing_is_asked_of_any_other_place(whole: Session) -> None:
    """No link, picture, style or script leads out of the session, and each file that is linked exists."""
    page = page_of(whole)
    root = whole.paths.root
    addresses = [
        e.attributes[key]
        for e in page.elements
        for key in ("href", "src", "data", "action", "srcset", "poster")
        if key in e.attributes
    ]
    assert any(address.startswith("data:image/png") for address in addresses)
    for address in addresses:
        if address.startswith(("#", "data:image/")):
            continue
        assert not re.match(r"[a-z]+:|/", address), address
        assert (root / unquote(address)).is_file(), address
    assert "@import" not in page.styles[0]
    assert "url(" not in page.styles[0]


def test_the_policy_allows_this_page_s_own_style_and_script_only(whole: Session) -> None:
    """The hashes in the Content-Security-Policy are those of the one style and the one script; all else is refused."""
    page = page_of(whole)
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert len(page.scripts) == len(page.styles) == 1
    for kind, text in (("script-src", page.scripts[0]), ("style-src", page.styles[0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_planted_text_is_shown_and_never_becomes_markup(tmp_path: Path) -> None:
    """Script, style end, handlers, terminal and bidi characters, template syntax in every field come out as text."""
    planted = Texts(
        **{field.name: NASTY for field in fields(Texts) if field.name != "figure"},
        figure="<img src=x onerror=y>'\"\u202e{{7}}",
    )
    clean, page = (page_of(make_session(tmp_path / "clean")), page_of(make_session(tmp_path / "planted", planted)))
    for tag in ("script", "style", "img", "iframe", "object", "form", "input", "textarea", "svg", "link", "base"):
        assert len(page.all(tag)) == len(clean.all(tag)), tag
    assert not [
        e
        for e in page.elements
        for name in e.attributes
        if name.startswith("on") or name in ("style", "autofocus", "srcdoc")
    ]
    assert page.text.count("document.title='owned'") > 100
    assert "␛[31m⟨U+202E⟩" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page.text)


def test_a_session_cut_off_anywhere_has_a_page(tmp_path: Path) -> None:
    """After each event of the story, and with a half-written line behind it, the page is written and says how it stands."""
    session = make_session(tmp_path)
    for events in range(len(session.journal.events), 0, -1):
        cut_journal(session, events, torn='{"kind": "edit", "outc')
        page = page_of(session)
        assert ("unfinished" in page.text) == (events < 69)
        assert f"{events} events" in page.text
    assert "No baseline has been measured yet" in page.text


def test_the_state_follows_what_happened_last(tmp_path: Path) -> None:
    """A session that is taken up again after its end is running while its lock beats, and unfinished when it does not."""
    import time

    from agent.session.events import SessionResumed

    session = make_session(tmp_path)
    session.journal.append(SessionResumed(pid=1))
    assert "killed, or the machine went down" in page_of(session).text
    session.paths.lock.write_text(f'{{"beat": {time.time()}, "pid": 1}}')
    assert "An orchestrator works in this session now" in page_of(session).text


def test_a_launch_that_was_cut_off_is_shown_as_that(tmp_path: Path) -> None:
    """A launch that has no end in the journal stands beside its turn, with its log."""
    session = make_session(tmp_path)
    begun = next(event for event in session.journal.events if event.kind == "attempt_begun" and event.run == "run_2")
    cut_journal(session, begun.seq + 1)
    text = page_of(session).text
    assert "attempt 5: cut off" in text
    assert "not finished" in text


def test_the_labels_of_a_note_run_into_their_text() -> None:
    """The heading of a notes.txt section goes, its labels become bold; a list or table after a label stays one."""
    text = "## run_1: Title\n\n| a | b |\n\nWhat changed:\nThe loss.\n\nNext:\n- one\n- two"
    assert as_markdown(text).strip() == "| a | b |\n\n**What changed.** The loss.\n\n**Next.**\n\n- one\n- two"
    assert as_markdown("## Figures\n\nmetric.pdf:\nA curve.").strip() == "**metric.pdf.** A curve."


def test_missing_files_are_named(tmp_path: Path) -> None:
    """Without figures, logs, exchanges, blobs and the paper, the page says of each that it is missing."""
    session = make_session(tmp_path)
    for name in ("figures", "exchanges", "attempts", "blobs"):
        shutil.rmtree(session.paths.root / name)
    session.paths.paper.unlink()
    text = page_of(session).text
    for sentence in (
        "metric_by_run.pdf, metric_by_run.png are missing",
        "exchanges/0001.json is missing or damaged",
        "attempts/001/stderr.log is missing",
        "A recorded version of experiment.py is missing from blobs/",
        "paper.pdf is missing from the session",
    ):
        assert sentence in text, sentence


def test_a_session_without_its_template_is_shown_but_not_judged(tmp_path: Path) -> None:
    """A session of an older labloop, which did not record its metrics: values are shown and no verdict is given."""
    session = make_session(tmp_path)
    shutil.rmtree(session.template.root)
    spec = json.loads(session.paths.spec.read_text())
    session.paths.spec.write_text(json.dumps({**spec, "metrics": {}}))
    page = page_of(session)
    assert "the template pocket is not on this machine" in page.text
    assert "none can be judged" in page.text
    assert "0.8993" in page.text
    assert "better beyond noise" not in page.text
    assert "✓ better" not in page.text


def test_a_session_knows_its_metrics_where_its_template_is_gone(tmp_path: Path) -> None:
    """session.json says what was measured, so the page judges as before on a machine without the template."""
    session = make_session(tmp_path)
    shutil.rmtree(session.template.root)
    page = page_of(session)
    assert "is not on this machine" not in page.text
    assert "run_1 is best" in page.text and "better" in page.text


def test_reported_values_stand_apart(tmp_path: Path) -> None:
    """What others reported has a table of its own with its source, and is in no row, chart or conclusion."""
    session = make_session(tmp_path)
    reported = {
        "format": 1,
        "reported": True,
        "source": "A paper of 2025.",
        "baselines": {"topk": {"metrics": {"explained_variance": 0.999125, "unlearning": 0.0262}}},
    }
    before = page_of(session).text
    spec = json.loads(session.paths.spec.read_text())
    session.paths.spec.write_text(json.dumps({**spec, "reported": reported}))
    text = page_of(session).text
    assert "Reported by others, not measured here" not in before
    assert "Reported by others, not measured here" in text and "A paper of 2025." in text
    assert text.count("0.999125") == 1 and "run_1 is best" in text


def test_a_session_without_session_json_is_shown(tmp_path: Path) -> None:
    """The journal alone makes a page."""
    session = make_session(tmp_path)
    session.paths.spec.unlink()
    text = page_of(session).text
    assert "session.json is missing or damaged" in text
    assert "run_1 accepted" in text


@pytest.mark.parametrize(
    "line", ['{"kind": "from_the_future", "seq": 3}', '{"kind": "run", "run": 7}', "\x00\xff", "[]"]
)
def test_a_damaged_line_does_not_hide_the_others(tmp_path: Path, line: str) -> None:
    """A line that cannot be read is said; everything else is shown."""
    session = make_session(tmp_path)
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines()
    lines[3] = line
    session.paths.journal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = page_of(session).text
    assert "line 4 is damaged" in text
    assert "68 events" in text


def test_results_that_cannot_be_read_leave_their_run_out(tmp_path: Path) -> None:
    """Metrics of a wrong shape or without a number do not stop the page, and are said."""
    session = make_session(tmp_path)
    journal = session.paths.journal.read_text(encoding="utf-8")
    info = '"explained_variance":{"mean":0.8993,'
    assert info in journal
    session.paths.journal.write_text(journal.replace(info, '"explained_variance":{"mean":"good",'), encoding="utf-8")
    text = page_of(session).text
    assert "run_1: its recorded results cannot be read" in text
    assert "The nearest is run_2" in text


def test_a_file_name_never_leads_out_of_the_session(tmp_path: Path) -> None:
    """A figure that names, or links to, a file elsewhere is not shown, and its contents are not in the page."""
    session = make_session(tmp_path)
    secret = tmp_path / "secret.png"
    secret.write_bytes(png() + b"SECRET")
    (session.paths.figures / "link.png").symlink_to(secret)
    journal = session.paths.journal.read_text(encoding="utf-8")
    names = '["metric_by_run.pdf","metric_by_run.png"]'
    assert names in journal
    planted = f'["../../../secret.png","{secret}","link.png","/etc/passwd"]'
    session.paths.journal.write_text(journal.replace(names, planted), encoding="utf-8")
    html = write_page(session).read_text(encoding="utf-8")
    assert base64.b64encode(secret.read_bytes()).decode()[-40:] not in html
    assert "link.png is missing" in html
    assert 'href="../' not in html


def test_a_digest_never_leads_out_of_the_blobs(tmp_path: Path) -> None:
    """Code whose recorded hash is a path elsewhere is missing, not read."""
    session = make_session(tmp_path)
    (tmp_path / "secret").write_text("SECRET")
    journal = session.paths.journal.read_text(encoding="utf-8")
    code = re.findall(r'"code":{"experiment.py":"([0-9a-f]{64})"', journal)[1]
    session.paths.journal.write_text(journal.replace(code, "../../../secret"), encoding="utf-8")
    text = page_of(session).text
    assert "SECRET" not in text
    assert "A recorded version of experiment.py is missing" in text


def test_a_baseline_that_was_measured_before_is_called_that(tmp_path: Path) -> None:
    """Where the journal has no launch for the baseline, the page says that its result was reused."""
    session = make_session(tmp_path)
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if '"run":"run_0/seed' not in line]
    assert len(kept) == len(lines) - 6
    session.paths.journal.write_text("".join(kept), encoding="utf-8")
    assert "the result was measured before" in page_of(session).text


def test_a_large_picture_is_linked_and_not_put_inside(tmp_path: Path) -> None:
    """A picture of two megabytes is read from beside the page, so that the page stays small."""
    session = make_session(tmp_path)
    (session.paths.figures / "metric_by_run.png").write_bytes(png() + bytes(2_000_000))
    page = write_page(session)
    assert page.stat().st_size < 400_000
    assert 'src="figures/metric_by_run.png"' in page.read_text(encoding="utf-8")


def test_a_page_elsewhere_links_back(tmp_path: Path, whole: Session) -> None:
    """With another place for the page, its links lead from there into the session."""
    page = write_page_of(whole.paths.root, tmp_path / "pages" / "one.html")
    links = [
        link["href"] for link in read_page(page.read_text(encoding="utf-8")).all("a") if "run_1.py" in link["href"]
    ]
    assert links
    assert (page.parent / unquote(links[0])).resolve() == whole.paths.run_code(RunName.of(1)).resolve()


def test_no_session_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """A folder that holds no session is named."""
    with pytest.raises(SessionError, match=re.escape(str(tmp_path))):
        write_page_of(tmp_path)


def test_a_place_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path, whole: Session) -> None:
    """A page below a file cannot be written; the message names the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--out"):
        write_page_of(whole.paths.root, tmp_path / "file" / "index.html")


def test_writing_the_page_changes_nothing_else(whole: Session) -> None:
    """The session's other files are the same before and after, and two pages of one session are the same."""

    def state() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in sorted(whole.paths.root.rglob("*")) if p.is_file()}

    before = state()
    write_page(whole)
    assert state() == before


def test_the_fixture_is_a_real_session(whole: Session) -> None:
    """Its PDF and its JSON files can be read by other programs."""
    assert load_json(whole.paths.spec)["idea"]["Name"] == "pocket_orthogonality"
    if shutil.which("pdfinfo"):
        subprocess.run(["pdfinfo", whole.paths.paper], check=True, capture_output=True)
