"""Whole toy sessions with their confirmation: what holds, what does not, nobody to confirm, and a kill in the middle of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.errors import UsageError
from agent.packing.checks.confirmed import samples
from agent.packing.opened import Opened
from agent.results.story import results_of, story_of
from agent.results.words.confirmed import outcome_of
from agent.session.confirm_check import check_confirmation
from agent.session.events import (
    AttemptBegun,
    AttemptEnded,
    CandidateChosen,
    ConfirmationOpened,
    Confirmed,
    Event,
    FiguresDrawn,
    HypothesesJudged,
    LaunchEnded,
    SessionJournal,
)
from agent.session.journal import BaseEvent, Journal
from agent.session.session import Session, open_session
from agent.session.settings import overlay
from agent.session.steps import RunName
from tests.world.slow_toy import CRASHES, HOLDS, LUCKY, WORSE, slow_session
from tests.world.toy import BlockCoder, block

E = TypeVar("E", bound=BaseEvent)
pytestmark = [pytest.mark.whole, pytest.mark.process]
SEEDS = (101, 102, 103)
FRESH = [f"{run}/confirm_{seed}" for seed in SEEDS for run in ("run_1", "run_0")]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The coder that needs no process, and one cache for all: the baseline is measured once."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "cache_of_confirmations"))


def one(session: Session, kind: type[E]) -> E:
    """The one event of this kind."""
    [event] = session.journal.all(kind)
    return event


def page_of(session: Session) -> str:
    """The page's first line."""
    [said] = re.findall(r'<p class="conclusion">(.*?)</p>', (session.paths.root / "index.html").read_text())
    return str(said)


def test_what_holds_on_fresh_seeds_is_confirmed(tmp_path: Path) -> None:
    """Chosen, opened once, launched on three fresh seeds beside the baseline, before the figures; said in page and notes."""
    session = slow_session(tmp_path, HOLDS)
    assert conduct(session).state == "done"
    chosen, done = one(session, CandidateChosen), one(session, Confirmed)
    assert chosen.run == "run_1" and chosen.metrics == ["excess_loss", "distance"]
    assert not done.failed and done.seeds == list(SEEDS)
    assert all(len(values) == 3 for values in (*done.candidate.values(), *done.baseline.values()))
    assert outcome_of(results_of(session), "excess_loss").word == "confirmed better"
    [opened] = session.journal.all(ConfirmationOpened)
    assert "--split=confirm" in opened.evaluator
    assert next(session.journal.all(FiguresDrawn)).seq > done.seq > opened.seq > chosen.seq
    words = "is confirmed better than the baseline"
    assert words in page_of(session) and words in " ".join(session.paths.notes.read_text().split())
    assert json.loads(session.paths.confirmation.read_text())["candidate"] == done.candidate


PLAN = """1. Rate: another learning rate (from baseline).
2. Control: hardly another one (from baseline).

H1: excess_loss of run_1 better than baseline
H2: excess_loss of run_1 better than run_2"""
CONTROL = block("LEARNING_RATE = 0.001", "LEARNING_RATE = 0.0011")


def test_a_control_that_the_plan_names_is_launched_beside_the_candidate(tmp_path: Path) -> None:
    """Its hypothesis is judged on the same fresh seeds; means and how the two stand are in notes, page and journal."""
    session = slow_session(tmp_path, HOLDS, plan=PLAN, second=CONTROL)
    assert conduct(session).state == "done"
    chosen, done = one(session, CandidateChosen), one(session, Confirmed)
    assert (chosen.run, chosen.beside, one(session, ConfirmationOpened).beside) == ("run_1", ["run_2"], ["run_2"])
    assert list(done.beside) == ["run_2"] and len(done.beside[RunName("run_2")]["excess_loss"]) == 3
    held = {each.name: each for each in one(session, HypothesesJudged).outcomes}
    assert held["H2"].outcome == "held" and "over 3 fresh seeds a side" in held["H2"].words
    words = "run 1 is better than it, by"
    assert words in " ".join(session.paths.notes.read_text().split()) and words in session.paths.page.read_text()
    assert json.loads(session.paths.confirmation.read_text())["beside"]["run_2"] == done.beside[RunName("run_2")]
    opened = cast(Opened, SimpleNamespace(session=session))
    assert not list(samples(opened)), "who verifies the package finds what was measured"
    done.beside[RunName("run_2")]["excess_loss"][1] += 0.001
    assert "run_2 with seed 102, excess_loss" in next(finding.what for finding in samples(opened))
    assert len(done.costs[RunName("run_1")]) == 3
    done.costs[RunName("run_1")][0] = done.costs[RunName("run_1")][0].model_copy(update={"cpu_s": 0.0})
    assert "what run_1 with seed 101 cost" in [finding.what for finding in samples(opened)]


def test_a_control_that_fails_takes_nothing_from_the_candidate(tmp_path: Path) -> None:
    """One of its fresh seeds crashes: it has no values, which is said, and the candidate stands against the baseline as before."""
    crashes = CRASHES.replace("0.004", "0.0011")
    session = slow_session(tmp_path, HOLDS, plan=PLAN, second=crashes)
    assert conduct(session).state == "done"
    done = one(session, Confirmed)
    assert not done.beside and not done.failed and "run_2 with seed 102 did not end well" in done.beside_failed[0]
    assert outcome_of(results_of(session), "excess_loss").word == "confirmed better"
    held = {each.name: each for each in one(session, HypothesesJudged).outcomes}
    assert "fresh seeds" not in held["H2"].words and "run_2 with seed 102" in session.paths.page.read_text()


def test_launches_on_fresh_seeds_are_no_tries_at_a_run(tmp_path: Path) -> None:
    """They are scored on their own split with their own seed; counts and the page's turns of the run leave them out."""
    session = slow_session(tmp_path, HOLDS)
    conduct(session)
    story = story_of(session)
    assert [event.step for event in story.attempts] == ["run_1/turn_1"]
    assert story.counts.runs_completed == 1 and story.counts.runs_failed == 0
    fresh = [event for event in session.journal.all(AttemptEnded) if event.run.is_confirmation]
    assert {event.results.config["seed"] for event in fresh} <= set(SEEDS)
    searched = story.accepted["run_1"].results  # type: ignore[index]
    assert all(event.results.metrics["excess_loss"] != searched.metrics["excess_loss"] for event in fresh)


def test_a_lucky_run_is_not_confirmed(tmp_path: Path) -> None:
    """Better with the search's seed alone: page, notes and conclusion say that it was seen in one run, not confirmed."""
    session = slow_session(tmp_path, LUCKY)
    conduct(session)
    results = results_of(session)
    assert results.verdict(results.runs[1], "excess_loss").word == "better", "the search was taken in"
    assert outcome_of(results, "excess_loss").word == "not confirmed"
    for text in (page_of(session), " ".join(session.paths.notes.read_text().split())):
        assert "in one run, not confirmed" in text
        assert "beat the baseline" not in text and "is confirmed better" not in text


def test_nobody_seen_better_is_launched_again(tmp_path: Path) -> None:
    """No candidate: said, the split stays closed, nothing is run."""
    session = slow_session(tmp_path, WORSE)
    assert conduct(session).state == "done"
    assert one(session, CandidateChosen).run is None
    assert not any(session.journal.all(ConfirmationOpened))
    assert not any(event.run.is_confirmation for event in session.journal.all(AttemptBegun))
    assert "No result was tried on fresh seeds: no comparable run is better" in " ".join(
        session.paths.notes.read_text().split()
    )


@pytest.mark.parametrize("settings", [{"confirm": "none"}, {"confirm_seeds": 0}], ids=["none", "no seeds"])
def test_a_person_may_want_none(tmp_path: Path, settings: dict[str, Any]) -> None:
    """--confirm none and --confirm-seeds 0: nothing is run, and what one run showed is called no more than that."""
    session = slow_session(tmp_path, HOLDS, **settings)
    conduct(session)
    assert not any(session.journal.all(ConfirmationOpened))
    assert "not confirmed: nothing was tried on fresh seeds, since none was asked for" in page_of(session)


def test_a_template_without_a_split_confirms_nothing_and_says_so(tmp_path: Path) -> None:
    """No [confirmation] in template.toml."""
    section = '[confirmation]\nevaluator = ["python", "-m", "judge", "--run_dir={run_dir}", "--out={out}", "--split=confirm"]\nseeds = 3\nfirst_seed = 101\n'
    session = slow_session(tmp_path, HOLDS, (section, ""))
    conduct(session)
    assert one(session, CandidateChosen).reason == "the template toy declares no [confirmation]"
    assert not any(event.run.is_confirmation for event in session.journal.all(AttemptBegun))


def test_a_seed_that_crashes_confirms_nothing(tmp_path: Path) -> None:
    """Two good seeds of three are no confirmation; which one failed, and how, is told."""
    session = slow_session(tmp_path, CRASHES)
    assert conduct(session).state == "done"
    done = one(session, Confirmed)
    assert done.failed[0].startswith("run_1 with seed 102 did not end well (crashed")
    assert outcome_of(results_of(session), "excess_loss").word == "not confirmed"
    assert "run_1 with seed 102 did not end well" in page_of(session)
    assert story_of(session).counts.runs_failed == 0


def test_the_baseline_is_launched_on_fresh_seeds_once_for_all_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept by content like the search's baseline; the candidate's launches are its session's own."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    first = slow_session(tmp_path / "a", HOLDS, sandbox="auto")
    conduct(first)
    second = slow_session(tmp_path / "a", HOLDS, sandbox="auto")
    conduct(second)
    fresh = [
        [event.run for event in each.journal.all(AttemptBegun) if event.run.is_confirmation] for each in (first, second)
    ]
    assert sorted(fresh[0]) == sorted(FRESH)
    if "bwrap" in story_of(first).sandboxes:
        assert fresh[1] == ["run_1/confirm_101", "run_1/confirm_102", "run_1/confirm_103"]
        both = [one(each, Confirmed).baseline for each in (first, second)]
        assert both[0] == both[1]


class Killed(BaseException):
    """What a SIGKILL looks like from inside."""


def kill_after(session: Session, kind: type[Event], count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the session die right after its `count`-th event of this kind on a fresh seed."""
    append, left = Journal.append, [count]

    def dying(self: SessionJournal, event: Event) -> Event:
        written = append(self, event)
        of_the_search = isinstance(event, AttemptEnded | LaunchEnded) and not event.run.is_confirmation
        if isinstance(event, kind) and not of_the_search:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
        return written

    monkeypatch.setattr(Journal, "append", dying)


@pytest.mark.parametrize(
    ("kind", "count", "at_once"),
    [
        (CandidateChosen, 1, 1),
        (ConfirmationOpened, 1, 1),
        (LaunchEnded, 1, 1),
        (AttemptEnded, 2, 1),
        (LaunchEnded, 2, 3),
        (AttemptEnded, 1, 3),
        (Confirmed, 1, 1),
    ],
)
def test_a_kill_in_a_confirmation_repeats_nothing_that_had_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Event], count: int, at_once: int
) -> None:
    """Killed after each of its events and resumed: one choice, one opening, each launch ended once, the same outcome."""
    session = slow_session(tmp_path, HOLDS, confirm_at_once=at_once)
    with monkeypatch.context() as patch:
        kill_after(session, kind, count, patch)
        with pytest.raises(Killed):
            conduct(session)
    before = [event.number for event in session.journal.all(AttemptEnded)]
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    journal = resumed.journal
    assert [len(list(journal.all(each))) for each in (CandidateChosen, ConfirmationOpened, Confirmed)] == [1, 1, 1]
    ended = [event for event in journal.all(AttemptEnded) if event.run.is_confirmation]
    assert len({event.step for event in ended}) == len(ended)
    assert set(before) <= {event.number for event in journal.all(AttemptEnded)}
    assert outcome_of(results_of(resumed), "excess_loss").word == "confirmed better"


@pytest.mark.tex
def test_a_lucky_run_s_paper_claims_no_more_than_was_seen(tmp_path: Path) -> None:
    """Abstract, results and conclusion take the outcome; the audit finds every number of it in the evidence."""
    session = slow_session(tmp_path, LUCKY, paper=True)
    ended = conduct(session)
    assert ended.state == "done", (ended.reason, story_of(session).audit)
    tex = (session.paths.latex / "paper.tex").read_text()
    abstract = tex.split("\\begin{abstract}")[1].split("\\end{abstract}")[0]
    assert "in one run, not confirmed" in abstract and "beat the baseline" not in tex
    assert "Confirmation on fresh seeds" in tex and "confirmed better than the baseline" not in tex


def stopped_after(session: Session, kind: type[Event], patch: pytest.MonkeyPatch) -> Session:
    """The session, killed after its first event of this kind, opened again."""
    with patch.context() as within:
        kill_after(session, kind, 1, within)
        with pytest.raises(Killed):
            conduct(session)
    return open_session(session.paths.root)


def with_settings(session: Session, **given: Any) -> Session:
    """The session opened with other settings, as --resume does."""
    settings = overlay(session.settings, "a test", given)
    check_confirmation(session.name, session.journal, session.settings, settings)
    return open_session(session.paths.root, settings)


def test_before_the_split_is_opened_another_may_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken up again with --confirm none, the session confirms nothing; the last choice counts."""
    session = stopped_after(slow_session(tmp_path, HOLDS), CandidateChosen, monkeypatch)
    resumed = with_settings(session, confirm="none")
    conduct(resumed, resume=True)
    assert [event.run for event in resumed.journal.all(CandidateChosen)] == ["run_1", None]
    assert not any(resumed.journal.all(ConfirmationOpened))
    assert "since none was asked for" in page_of(resumed)


def test_once_the_split_is_opened_nothing_else_may_be_asked_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run, or more seeds after the first were seen, would be a second search: refused, and said why."""
    session = stopped_after(slow_session(tmp_path, HOLDS), ConfirmationOpened, monkeypatch)
    for given in ({"confirm": "run_2"}, {"confirm_seeds": 5}, {"confirm": "none"}):
        with pytest.raises(UsageError, match="opened its split for run_1 and 3 seeds, and a split is opened once"):
            with_settings(session, **given)
    assert conduct(with_settings(session, confirm_at_once=2), resume=True).state == "done"
    assert one(open_session(session.paths.root), Confirmed).seeds == list(SEEDS)
