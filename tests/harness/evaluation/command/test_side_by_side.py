"""Evals in processes of their own: what they find, and what becomes of one that fails."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from harness.errors import HarnessError
from harness.evaluation.command.side_by_side import EvalLost, run_evals, threads
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.scores import Found, Outcome, Value
from harness.evaluation.submitted.submission import SubmissionError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


def an_eval(name: str, takes_s: float = 1.0, asks_judge: bool = False) -> Eval:
    each = Eval()
    each.name, each.takes_s, each.asks_judge = name, takes_s, asks_judge
    return each


def where(each: Eval) -> Outcome:
    """What an eval finds: the process that it ran in."""
    return Outcome(each.name, 0.1, Found({each.name: Value(float(os.getpid()), None, 1)}))


def means(outcomes: Sequence[Outcome]) -> list[float]:
    return [each.found.metrics[each.name].mean for each in outcomes if each.found]


def test_each_eval_has_a_process_of_its_own_and_the_order_stays() -> None:
    """Three evals come back in the order in which they were named, from three other processes."""
    evals = [an_eval("core"), an_eval("absorption", 7), an_eval("scr")]
    found = run_evals(where, evals, at_once=2)
    assert [each.name for each in found] == ["core", "absorption", "scr"]
    assert len({*means(found), os.getpid()}) == 4


def test_alone_nothing_is_forked() -> None:
    """With one core, or one eval, all stays in this process."""
    assert means(run_evals(where, [an_eval("a"), an_eval("b")], at_once=1)) == [os.getpid()] * 2
    assert means(run_evals(where, [an_eval("a")], at_once=4)) == [os.getpid()]


def test_whoever_asks_a_judge_stays_in_the_process_that_has_it() -> None:
    """The judge's connection and its record belong to this process."""
    found = run_evals(where, [an_eval("a"), an_eval("judged", asks_judge=True), an_eval("b")], at_once=2)
    assert [pid == os.getpid() for pid in means(found)] == [False, True, False]


def test_no_more_run_at_once_than_there_are_cores_for_and_the_longest_begins_first(tmp_path: Path) -> None:
    """Two of five at a time, by what they take."""

    def work(each: Eval) -> Outcome:
        mine = tmp_path / f"{time.monotonic_ns()} {each.name}"
        mine.touch()
        time.sleep(0.05)
        at_once = len(list(tmp_path.iterdir()))
        mine.rename(mine.with_name(f"{mine.name}.done"))
        running = at_once - len(list(tmp_path.glob("*.done"))) + 1
        return Outcome(each.name, 0.05, Found({each.name: Value(running, None, 1)}))

    found = run_evals(work, [an_eval(str(n), takes_s=n) for n in range(5)], at_once=2)
    assert max(means(found)) <= 2
    first = [path.name.split()[1].removesuffix(".done") for path in sorted(tmp_path.iterdir())]
    assert set(first[:2]) == {"4", "3"}


def test_an_eval_whose_process_is_killed_is_lost_by_name() -> None:
    """The machine took it (memory): an error that names eval and signal, no hanging, no score."""

    def work(each: Eval) -> Outcome:
        if each.name == "heavy":
            os.kill(os.getpid(), signal.SIGKILL)
        return where(each)

    found = {each.name: each for each in run_evals(work, [an_eval("heavy"), an_eval("light")], at_once=2)}
    assert isinstance(found["heavy"].error, EvalLost)
    assert "heavy: its process was ended by signal 9" in str(found["heavy"].error)


@pytest.mark.parametrize("at_once", [1, 2])
def test_an_error_of_the_sae_s_own_ends_what_is_left(at_once: int, tmp_path: Path) -> None:
    """What failed says why in its own words, beside it nothing hours long is begun, and what ran is ended."""

    def work(each: Eval) -> Outcome:
        if each.name == "bad":
            return Outcome(each.name, 0.0, error=SubmissionError("latents below 0"))
        (tmp_path / f"{each.name} {os.getpid()}").touch()
        time.sleep(60)
        return where(each)

    found = run_evals(work, [an_eval("bad", 9), an_eval("slow", 8), an_eval("never")], at_once=at_once)
    assert [(each.name, str(each.error)) for each in found if each.error] == [("bad", "latents below 0")]
    begun = dict(path.name.split() for path in tmp_path.iterdir())
    assert set(begun) <= {"slow"} and not any(Path(f"/proc/{pid}").exists() for pid in begun.values())


@pytest.mark.parametrize("at_once", [1, 2])
def test_an_eval_that_fails_loses_only_itself(at_once: int) -> None:
    """Those beside it and after it are run, and each is told of as it ends."""

    def work(each: Eval) -> Outcome:
        return Outcome(each.name, 0.0, error=HarnessError("too few letters")) if each.name == "bad" else where(each)

    heard: list[str] = []
    evals = [an_eval("bad", 9), an_eval("slow", 8), an_eval("late")]
    found = run_evals(work, evals, at_once, lambda outcome: heard.append(outcome.name))
    assert [each.name for each in found if each.error] == ["bad"]
    assert [each.name for each in found if each.found] == ["slow", "late"]
    assert sorted(heard) == ["bad", "late", "slow"]


def test_the_number_of_threads_is_put_back() -> None:
    """Within, torch works with as many as were asked for; afterwards, and where None is asked for, as before."""
    before = torch.get_num_threads()
    with threads(3):
        assert torch.get_num_threads() == 3
    with threads(None):
        assert torch.get_num_threads() == before
    assert torch.get_num_threads() == before
