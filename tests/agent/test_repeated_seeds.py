"""Whole toy sessions whose runs are launched on several seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.packing.verify import verify
from agent.results.story import results_of, story_of
from agent.results.verdicts.welch import welch
from agent.session.events import AttemptBegun, AttemptEnded
from agent.session.journal import Journal
from agent.session.session import Session, open_session
from tests.world.packed import packed_in
from tests.world.slow_toy import HOLDS, LUCKY, slow_session
from tests.world.toy import BlockCoder, block

pytestmark = [pytest.mark.whole, pytest.mark.process]
CRASHES = block("    rng = random.Random(seed)", "    assert seed != 2\n    rng = random.Random(seed)") + HOLDS
MENDS = block("    assert seed != 2\n", "")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "cache_of_seeds"))


def launched(session: Session) -> list[str]:
    return [event.run for event in session.journal.all(AttemptBegun) if event.run.startswith("run_1")]


def test_a_run_is_launched_on_the_baselines_seeds_and_judged_by_both_samples(tmp_path: Path) -> None:
    """{mean, spread, n} in its result, its table and its page; the noise is Welch's, not one seed's prediction interval."""
    session = slow_session(tmp_path, HOLDS, seeds=3, confirm="none")
    assert conduct(session).state == "done"
    assert launched(session) == ["run_1", "run_1/seed_1", "run_1/seed_2"]
    results = results_of(session)
    value = results.runs[1].values["excess_loss"]
    ends = [event for event in session.journal.all(AttemptEnded) if event.run.startswith("run_1")]
    mine = [event.results.metrics["excess_loss"].mean for event in ends]
    assert value.n == 3 and value.mean == pytest.approx(sum(mine) / 3)
    seeds = [session.paths.seed_result(run.name, 1).is_file() for run in results.runs]
    assert seeds == [True, True]
    base = results.baseline.values["excess_loss"]
    verdict = results.verdict(results.runs[1], "excess_loss")
    assert verdict.word == "better" and verdict.noise is not None
    assert verdict.noise < results.noise("excess_loss")  # type: ignore[operator]
    assert base.n == 3 and not results.runs[1].differences
    assert "(n = 3)" in (session.paths.root / "index.html").read_text()
    differing = [str(found) for found in verify(packed_in(session, tmp_path / "packed.tar.gz")).differences]
    assert [found for found in differing if "template.toml" not in found] == [], (
        "packed, every launch is its own turn's"
    )


def test_a_lucky_seed_is_found_out_by_the_others(tmp_path: Path) -> None:
    """Better with the first seed alone: over three it is not called better."""
    session = slow_session(tmp_path, LUCKY, seeds=3, confirm="none")
    conduct(session)
    results = results_of(session)
    assert results.verdict(results.runs[1], "excess_loss").word == "within noise"


def test_the_plan_may_ask_for_seeds_of_one_run(tmp_path: Path) -> None:
    """Its line says so; nothing else does."""
    session = slow_session(tmp_path, HOLDS, plan="1. Rate (2 seeds): another learning rate.", confirm="none")
    conduct(session)
    assert launched(session) == ["run_1", "run_1/seed_1"]


def test_a_seed_that_fails_goes_back_to_the_coder(tmp_path: Path) -> None:
    """A fault that shows with another seed is a fault: its cause is shown, the repair is launched on every seed."""
    session = slow_session(tmp_path, CRASHES, repair=MENDS, seeds=3, confirm="none")
    assert conduct(session).state == "done"
    assert launched(session) == ["run_1", "run_1/seed_1", "run_1/seed_2"] * 2
    failed = [event for event in story_of(session).attempts if event.outcome != "ok"]
    assert [event.step for event in failed] == ["run_1/turn_1/seed_2"] and "assert seed != 2" in failed[0].cause
    assert results_of(session).runs[1].values["excess_loss"].n == 3


class Killed(BaseException):
    """What a SIGKILL looks like from inside."""


def test_killed_between_two_seeds_it_goes_on_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No seed that had ended is launched again."""
    session, append = slow_session(tmp_path, HOLDS, seeds=3, confirm="none"), Journal.append

    def dying(self: Journal[AttemptEnded], event: AttemptEnded) -> AttemptEnded:
        written = append(self, event)
        if isinstance(event, AttemptEnded) and event.run == "run_1/seed_1":
            raise Killed
        return written

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", dying)
        with pytest.raises(Killed):
            conduct(session)
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    assert launched(resumed) == ["run_1", "run_1/seed_1", "run_1/seed_2"]


def test_further_seeds_run_side_by_side_where_there_is_room(tmp_path: Path) -> None:
    """With two slots the third seed has begun before the second has ended; with one they come one after another."""
    for slots, together in ((2, True), (1, False)):
        session = slow_session(tmp_path / str(slots), HOLDS, seeds=3, confirm="none", slots=slots)
        assert conduct(session).state == "done"
        begun = next(event.seq for event in session.journal.all(AttemptBegun) if event.run.endswith("seed_2"))
        ended = next(event.seq for event in session.journal.all(AttemptEnded) if event.step.endswith("seed_1"))
        assert (begun < ended) is together


def test_two_samples_are_compared_as_such() -> None:
    """The interval behind it is the one of the confirmation."""
    assert welch([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]).half_width == pytest.approx(2.267, abs=1e-3)
