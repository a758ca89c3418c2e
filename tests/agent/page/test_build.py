"""The pages of whole, unfinished and damaged sessions."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.results.story import Story
from agent.session.events import ControlMeasured
from agent.session.reading import read_session
from agent.session.run_info import RunInfo
from agent.session.session import Session
from agent.session.steps import ControlName
from tests.agent.page.planted import page_of
from tests.world.files import load_json
from tests.world.sessions import cut_journal, make_session

pytestmark = pytest.mark.whole


def test_the_page_tells_the_whole_story(whole: Session) -> None:
    """Conclusion, metrics, verdicts in words, notes, advice, causes, audit, transcript and plan are all there."""
    page = page_of(whole)
    for text in (
        "On explained variance, run 1 beat the baseline beyond noise.",
        "Run 1: 0.8993, +0.0183 against the baseline, whose noise is ±0.0099; run 3 cannot be compared with it.",
        "done, with findings",
        "84\u202f900",
        "test/scripted",
        "within noise",
        "not comparable",
        "config.k: 16 → 32",
        "Advice on it",
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


@pytest.mark.parametrize("events", [14, 24, 31, 44, 69])
def test_the_page_says_what_the_paper_says(tmp_path: Path, events: int) -> None:
    """At every stage of the session, [[conclusion]] of a paper written then is a sentence of the page."""
    session = make_session(tmp_path)
    cut_journal(session, events)
    results = Story(read_session(session.paths.root).events).results(session.template.metrics, session.primary)
    assert fill("[[conclusion]]", Evidence(results), "text").text in page_of(session).text


def test_a_session_cut_off_anywhere_has_a_page(tmp_path: Path) -> None:
    """After each event of the story, and with a half-written line behind it, the page is written and says how it stands."""
    session = make_session(tmp_path)
    for events in range(len(session.journal.events), 0, -1):
        cut_journal(session, events, torn='{"kind": "edit", "outc')
        page = page_of(session)
        assert ("unfinished" in page.text) == (events < 69)
        assert f"{events} events" in page.text
    assert "No baseline has been measured yet" in page.text


def test_a_session_without_its_template_is_shown_but_not_judged(tmp_path: Path) -> None:
    """A session of an older labloop, which did not record its metrics: values are shown and no verdict is given."""
    session = make_session(tmp_path)
    shutil.rmtree(session.template.root)
    spec = json.loads(session.paths.spec.read_text())
    session.paths.spec.write_text(json.dumps({**spec, "metrics": {}}))
    page = page_of(session)
    assert "the template pocket is not on this machine" in page.text
    assert "Which direction of explained variance is better is unknown" in page.text
    assert "0.8993" in page.text
    assert "better beyond noise" not in page.text
    assert "✓ better" not in page.text


def test_a_session_knows_its_metrics_where_its_template_is_gone(tmp_path: Path) -> None:
    """session.json says what was measured, so the page judges as before on a machine without the template."""
    session = make_session(tmp_path)
    shutil.rmtree(session.template.root)
    page = page_of(session)
    assert "is not on this machine" not in page.text
    assert "run 1 beat the baseline beyond noise" in page.text and "better" in page.text


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
    assert text.count("0.999125") == 1 and "run 1 beat the baseline beyond noise" in text


def test_a_session_without_session_json_is_shown(tmp_path: Path) -> None:
    """The journal alone makes a page."""
    session = make_session(tmp_path)
    session.paths.spec.unlink()
    text = page_of(session).text
    assert "session.json is missing or damaged" in text
    assert "run_1 accepted" in text


def test_a_damaged_line_does_not_hide_the_others(tmp_path: Path) -> None:
    """A line that cannot be read is said; everything else is shown."""
    session = make_session(tmp_path)
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines()
    lines[3] = "\x00\xff"
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
    assert "No comparable run beat the baseline beyond noise on explained variance. Run 2: 0.8822" in text


def test_the_fixture_is_a_real_session(whole: Session) -> None:
    """Its PDF and its JSON files can be read by other programs."""
    assert load_json(whole.paths.spec)["idea"]["Name"] == "pocket_orthogonality"
    if shutil.which("pdfinfo"):
        subprocess.run(["pdfinfo", whole.paths.paper], check=True, capture_output=True)


def test_controls_stand_below_the_baseline_with_their_mark(tmp_path: Path) -> None:
    """A row each, a line in the charts, and at the metric that tells nothing the value that an untrained model has."""
    session = make_session(tmp_path)
    before = page_of(session).text
    planted = RunInfo({"metrics": {"explained_variance": {"mean": 0.2124}, "absorption": {"mean": 0.0123}}})
    session.journal.append(
        ControlMeasured(control=ControlName("untrained"), title="an untrained model", results=planted)
    )
    page = page_of(session)
    assert "an untrained model" not in before and "better than a control" not in before
    assert "0.2124" in page.text and "an untrained model scores 0.012 here" in page.text
    assert "explained_variance ~" not in page.text and "~ the baseline is not better than a control" in page.text
    drawn = [element.get("aria-label", "") for element in page.all("svg")]
    assert sum("control, an untrained model: 0.2124" in label for label in drawn) == 1
