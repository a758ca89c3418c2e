"""Hypotheses through whole sessions on the toy template: registered before run_1, judged after the runs, told everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent import conduct as conduct_module
from agent.auditing.session import audit_session
from agent.conduct import conduct
from agent.evidence.evidence import Evidence
from agent.models.recording import Answer, Header, Recording
from agent.packing.checks.registered import hypotheses as registrations
from agent.packing.opened import Opened
from agent.page.write import write_page
from agent.printing.hypotheses import registered_appendix
from agent.results.registered.hypotheses import read_hypotheses
from agent.results.registered.outcomes import registration_of
from agent.results.story import results_of, story_of
from agent.session.events import (
    AttemptBegun,
    Exchanged,
    HypothesesJudged,
    Planned,
    Registered,
    RunAbandoned,
    SectionWritten,
)
from agent.session.events.hypothesis import registered_sha256
from agent.session.idea import load_idea
from agent.session.journal import Journal
from agent.session.session import Session, open_session, start_session
from agent.session.settings import Settings
from agent.session.steps import BASELINE, PLAN
from agent.session.template import load_template
from tests.world.reading import read_page
from tests.world.toy import ANSWERS, IDEA, TEMPLATE, BlockCoder

pytestmark = pytest.mark.whole

RUNS = (
    "1. Averaging: mean of all iterates.\n2. Late averaging: mean of the last half.\n3. Tail: mean of the last tenth.\n"
)
H1 = "H1: excess_loss of run_1 not worse than baseline"
H2 = "H2: distance of run_2 within 0.25 of run_1"
H3 = "H3: excess_loss of run_3 better than run_2"
PLANNED = RUNS + "\n".join((H1, H2, H3))
SPOKEN = (
    "[[conclusion]] We registered that [[H1]]; it is [[H1.outcome]]. H2 is [[H2.outcome]], and H3 is [[H3.outcome]]."
)
REFINED = ("writer", "draft/Conclusion/refine/1")


@pytest.fixture(autouse=True)
def quick_coder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coder that needs no process."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())


def session_of(folder: Path, answers: dict[tuple[str, str], str], **settings: object) -> Session:
    """A toy session with these answers in place of, or beside, its own."""
    header = Header(idea="averaged_iterates", made="2026-01-01T00:00:00+00:00", origin="written by hand for the tests")
    whole = [Answer(role=role, step=step, reply=text) for (role, step), text in {**ANSWERS, **answers}.items()]
    recording = folder / "toy.recording.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    Recording(header, whole).save(recording)
    chosen = Settings.model_validate({"model": "recorded", "recording": str(recording), **settings})
    return start_session(folder / "runs", load_idea(IDEA), load_template(TEMPLATE), chosen)


class Killed(BaseException):
    """What a kill looks like from inside."""


def _die_after(kind: type[Planned | Registered], patch: pytest.MonkeyPatch) -> None:
    """Let the session die once the journal holds such an event."""
    append = Journal.append

    def dying(self, event):  # type: ignore[no-untyped-def]
        written = append(self, event)
        if isinstance(event, kind):
            raise Killed
        return written

    patch.setattr(Journal, "append", dying)


def asked(session: Session, step: str) -> str:
    """The last message of the call of this step."""
    exchange = next(event for event in session.journal.all(Exchanged) if event.step == step)
    return str(json.loads(session.paths.exchange(exchange.number).read_text())["messages"][-1]["content"])


@pytest.mark.tex
def test_from_the_plan_to_the_paper(tmp_path: Path) -> None:
    """Asked back for an unknown metric, registered before run_1, judged after the last run, and told in notes, page, paper and
    conclusion, which is asked back where it is silent; a planned run that was not made is named in all of them."""
    silent = "[[conclusion]] Each run has one seed."
    session = session_of(
        tmp_path,
        {
            ("writer", "plan/1"): PLANNED.replace("excess_loss of run_1", "los of run_1"),
            ("writer", "plan/2"): PLANNED,
            ("writer", "draft/Conclusion/fill/1"): silent,
            ("writer", "draft/Conclusion/fill/2"): SPOKEN,
            REFINED: SPOKEN + " This holds for the toy problem.",
        },
    )
    ended = conduct(session)
    journal = session.journal
    assert ended.state == "done", audit_session(session).findings
    assert "- excess_loss can" in asked(session, "plan/1").replace("cannot", "can")
    assert "no metric 'los' is measured; nearest: excess_loss" in asked(session, "plan/2")
    registered = journal.find(Registered, PLAN)
    assert registered is not None and [str(each) for each in registered.hypotheses] == [H1, H2, H3]
    assert registered.sha256 == registered_sha256(registered.hypotheses)
    assert registered.seq < min(event.seq for event in journal.all(AttemptBegun) if event.run.run != BASELINE)
    (judged,) = journal.all(HypothesesJudged)
    outcomes = {each.name: each for each in judged.outcomes}
    assert outcomes["H3"].words == "not tested (run_3 was not made)" and outcomes["H2"].outcome != "not tested"
    assert [(each.run, each.title) for each in judged.left_out] == [("run_3", "Tail: mean of the last tenth")]
    assert "the conclusion does not say what came of it: write [[H2.outcome]]" in asked(
        session, "draft/Conclusion/fill/2"
    )
    notes, page = session.paths.notes.read_text(), read_page(write_page(session).read_text()).text
    paper = (session.paths.latex / "paper.tex").read_text()
    for text in (notes, page, paper.replace("\\_", "_")):
        assert registered.sha256[:16] in text and "not tested" in text and "run_3 was not made" in text
        assert "the coder said that all was completed" in text and "Tail: mean of the last tenth" in text
    assert "What the seeds can show excess_loss can" in " ".join(page.split()).replace("cannot", "can")
    flat = " ".join(notes.split())
    assert all(" ".join(f"{each}: {outcomes[each.name].words}".split()) in flat for each in registered.hypotheses)
    assert all("and made as" in text and "Average all iterates" in text for text in (page, paper))
    assert "\\evidwords{H3.outcome}{not tested (run\\_3 was not made)}" in paper
    assert session.paths.paper.is_file()


def test_what_is_recorded_is_held_to_the_results(tmp_path: Path) -> None:
    """The audit finds an outcome that the results do not bear, and a hypothesis that is not the one that was registered."""
    session = session_of(tmp_path, {("writer", "plan/1"): PLANNED}, paper=False)
    assert conduct(session).state == "done"
    text = session.paths.journal.read_text()
    (judged,) = session.journal.all(HypothesesJudged)
    real = judged.outcomes[0].outcome
    other = "held" if real != "held" else "not held"
    planted = text.replace(f'"outcome":"{real}","words":"{real} ', f'"outcome":"{other}","words":"{other} ', 1)
    planted = planted.replace('"relation":"not worse than"', '"relation":"worse than"', 1)
    assert planted != text
    session.paths.journal.write_text(planted)
    told = " ".join(str(finding) for finding in audit_session(open_session(session.paths.root)).findings)
    assert "the hypotheses are others than those that were registered" in told
    assert "H1: excess_loss of run_1 worse than baseline: the plan does not say so" in told
    assert f"H1: {other} (" in told and "the results say: " in told


@pytest.mark.parametrize("kind", [Planned, Registered])
def test_a_kill_beside_the_registration_changes_nothing(
    tmp_path: Path, kind: type[Planned | Registered], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right after the plan's line, or right after the registration's, the session registers the same once, before run_1."""

    session = session_of(tmp_path, {("writer", "plan/1"): PLANNED}, paper=False)
    with monkeypatch.context() as patch:
        _die_after(kind, patch)
        with pytest.raises(Killed):
            conduct(session)
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    (registered,) = resumed.journal.all(Registered)
    begun = [event.seq for event in resumed.journal.all(AttemptBegun) if event.run.run != BASELINE]
    assert registered.seq < min(begun) and len(list(resumed.journal.all(HypothesesJudged))) == 1


def test_a_plan_without_hypotheses_plays_as_it_did(tmp_path: Path) -> None:
    """Recordings of before register nothing, are judged by nothing, and nothing is said of it anywhere."""
    session = session_of(tmp_path, {}, paper=False)
    assert conduct(session).state == "done"
    kinds = {event.kind for event in session.journal.events}
    assert "registered" not in kinds and "hypotheses_judged" not in kinds
    assert "ypothes" not in session.paths.notes.read_text()
    assert "Hypotheses" not in read_page(write_page(session).read_text()).text


@pytest.mark.parametrize(
    ("answers", "registers"),
    [
        ([f"{RUNS}{H1}"], [H1]),
        ([f"Certainly, as asked:\n\n{H1}"], [H1]),
        (["There is nothing to register.", "Nothing at all."], []),
    ],
    ids=["a whole plan", "the lines alone", "no plan at all"],
)
def test_a_plan_without_hypotheses_is_asked_back_once(
    tmp_path: Path, answers: list[str], registers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the form to write them in; what comes alone belongs to the plan before it, which stands where nothing usable comes."""
    session = session_of(
        tmp_path,
        {("writer", "plan/1"): RUNS, **{("writer", f"plan/{place}"): each for place, each in enumerate(answers, 2)}},
        paper=False,
    )
    _die_after(Registered, monkeypatch)
    with pytest.raises(Killed):
        conduct(session)
    assert "it registers no hypothesis" in asked(session, "plan/2")
    registered, plan = session.journal.find(Registered, PLAN), session.journal.find(Planned, PLAN)
    assert registered is not None and [str(each) for each in registered.hypotheses] == registers
    assert plan is not None and plan.text.startswith("1. Averaging") and all(each in plan.text for each in registers)


HEDGE = "H2: excess_loss of run_1 worse than baseline"


@pytest.mark.parametrize(
    ("answers", "registers"),
    [
        ([f"{H1}\n{H2}"], [H1, H2]),
        ([f"I see.\n{H2}"], [H1, H2]),
        ([f"{RUNS}{H3}"], [H3]),
        ([f"{RUNS}{H1}\n{HEDGE}", "never asked"], [H1, HEDGE]),
    ],
    ids=["all lines alone", "the line that was wrong", "another plan", "the same again"],
)
def test_a_claim_beside_its_opposite_is_asked_back_once(
    tmp_path: Path, answers: list[str], registers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that come alone take the place of those of their names; a writer that insists registers both, and is judged by both."""
    told = enumerate((f"{RUNS}{H1}\n{HEDGE}", *answers), 1)
    session = session_of(tmp_path, {("writer", f"plan/{place}"): each for place, each in told}, paper=False)
    _die_after(Registered, monkeypatch)
    with pytest.raises(Killed):
        conduct(session)
    assert "H2 and H1 cannot both hold" in asked(session, "plan/2")
    registered = session.journal.find(Registered, PLAN)
    assert registered is not None and [str(each) for each in registered.hypotheses] == registers
    assert not registered.unread and not any(event.step == "plan/3" for event in session.journal.all(Exchanged))


def test_a_writer_that_registers_none_has_its_way_and_it_is_said(tmp_path: Path) -> None:
    """Asked once and no more; the plan stands, notes, page and the paper's appendix say that none was registered."""
    session = session_of(tmp_path, {("writer", f"plan/{number}"): RUNS for number in (1, 2, 3)}, paper=False)
    assert conduct(session).state == "done"
    registered = session.journal.find(Registered, PLAN)
    assert registered is not None and not registered.hypotheses
    assert sum(event.step.parts[0] == "plan" for event in session.journal.all(Exchanged)) == 2
    told = "None was registered before the first run"
    assert told in " ".join(session.paths.notes.read_text().split())
    assert told in " ".join(read_page(write_page(session).read_text()).text.split())
    results = results_of(session)
    known = registration_of(story_of(session), results)
    assert told in "\n".join(registered_appendix(Evidence(results, registration=known))) and not known.tested
    assert not audit_session(open_session(session.paths.root)).findings


def test_a_recorded_plan_with_a_bad_line_registers_the_others_and_says_so(tmp_path: Path) -> None:
    """Where no other answer is recorded, what can be read is registered, and what cannot is told on the page."""
    session = session_of(tmp_path, {("writer", "plan/1"): f"{RUNS}{H1}\nH2: it works"}, paper=False)
    assert conduct(session).state == "done"
    registered = session.journal.find(Registered, PLAN)
    assert registered is not None and [str(each) for each in registered.hypotheses] == [H1]
    page = read_page(write_page(session).read_text()).text
    assert "Not registered: H2: 'it works' is not of the form" in " ".join(page.split())


def test_a_writer_that_never_puts_it_right_is_asked_so_often_and_no_more(tmp_path: Path) -> None:
    """Three answers with the same bad line: the last one stands, the good lines are registered, and the session goes on."""
    bad = f"{RUNS}{H1}\nH2: los of run_2 better than run_1"
    session = session_of(tmp_path, {("writer", f"plan/{number}"): bad for number in (1, 2, 3)}, paper=False)
    assert conduct(session).state == "done"
    assert sum(event.step.parts[0] == "plan" for event in session.journal.all(Exchanged)) == 3
    registered = session.journal.find(Registered, PLAN)
    assert registered is not None and [str(each) for each in registered.hypotheses] == [H1]
    assert len(registered.unread) == 1 and "no metric 'los'" in registered.unread[0]


def test_nothing_is_registered_once_a_run_was_tried(tmp_path: Path) -> None:
    """A plan whose hypotheses were not recorded before the first run (an older session, resumed) registers none afterwards."""
    session = session_of(tmp_path, {("writer", "plan/1"): PLANNED}, paper=False)
    assert conduct(session).state == "done"
    lines = session.paths.journal.read_text().splitlines()
    kept = [json.loads(line) for line in lines]
    kept = [event for event in kept if event["kind"] not in ("registered", "hypotheses_judged", "session_ended")]
    for place, event in enumerate(kept):
        event["seq"] = place
    session.paths.journal.write_text("".join(json.dumps(event) + "\n" for event in kept))
    resumed = open_session(session.paths.root)
    conduct(resumed, resume=True)
    assert not list(resumed.journal.all(Registered)) and not list(resumed.journal.all(HypothesesJudged))


def test_a_session_without_hypotheses_still_names_what_was_not_made(tmp_path: Path) -> None:
    """A plan of three runs of which two were made: the third is named in the notes with the reason."""
    session = session_of(tmp_path, {("writer", "plan/1"): RUNS}, paper=False)
    assert conduct(session).state == "done"
    notes = session.paths.notes.read_text()
    assert (
        "## Planned runs without a result that counts" in notes
        and "run_3, Tail: mean of the last tenth: the coder said" in notes
    )
    assert not story_of(session).last(Registered) and not list(session.journal.all(RunAbandoned))
    assert not list(session.journal.all(SectionWritten))


@pytest.mark.parametrize(("unread", "findings"), [(["H2: 'within 0.25 of run_1' goes beyond the form"], 0), ([], 1)])
def test_what_an_older_version_could_not_read_is_no_finding(tmp_path: Path, unread: list[str], findings: int) -> None:
    """The grammar has grown since: a line that was told as unread then is not missed in what was registered; one that was not told is."""
    session = session_of(tmp_path, {}, paper=False)
    first = read_hypotheses(PLANNED, session.metrics).hypotheses[:1]
    registered = Registered(hypotheses=list(first), sha256=registered_sha256(first), unread=unread)
    session.journal.step(Planned, PLAN, lambda: Planned(text=f"{RUNS}{H1}\n{H2}"))
    session.journal.step(Registered, PLAN, lambda: registered)
    found = list(registrations(cast(Opened, SimpleNamespace(session=session))))
    assert len(found) == findings and all("the plan states it" in each.why for each in found)
