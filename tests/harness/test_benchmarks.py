"""`make bench`'s own code at toy size, without the other libraries: what it times, what it refuses, what it writes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import experiment
from benchmarks.__main__ import known_precisions, main
from benchmarks.absorption import Absorption, absorption_table, measure_absorption
from benchmarks.attempt import COLD, WARM, Attempt, attempt_table, median
from benchmarks.contestants import LIMITS, OURS, PRECISIONS, Ours
from benchmarks.handing import Feed, handing_table, measure_feeds
from benchmarks.measure import Apart, Here, Kept, loss_after, measure, peaks
from benchmarks.problem import Problem, Shape
from benchmarks.report import GOALS, between, goals, of_peak, ratios, tables
from benchmarks.rows import LossesDiffer, Row, check_losses
from benchmarks.session import Case, measure_session, session_table
from harness.store.cache import Cache, Make

pytestmark = pytest.mark.process

TOY = Shape(d_in=24, d_sae=96, batch=64, loss_batch=64, k=6)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little data, few steps."""
    monkeypatch.setattr("benchmarks.problem.POOL", 512)
    monkeypatch.setattr("benchmarks.problem.HELD_OUT", 128)


def row(name: str, ms: float, loss: float | None = 0.4, precision: str = "float32") -> Row:
    return Row("24x96", name, precision, ms, loss, ms, 64, 6, 64, "")


def test_every_contestant_gets_a_row_and_all_of_ours_learn_the_same() -> None:
    """Ours with and without the compiled kernels and the bare products are timed; losses are real and agree."""
    rows = measure(TOY, {**LIMITS, **OURS}, rounds=1, kind=Here)
    assert {(each.name, each.precision) for each in rows} == {
        (name, precision) for name in {**LIMITS, **OURS} for precision in PRECISIONS
    }
    assert all(each.ms_per_step > 0 for each in rows)
    assert all((each.loss_at_end is None) == (each.name in LIMITS) for each in rows)
    check_losses(rows, "labloop")
    problem = Problem(TOY)
    assert rows[-1].loss_at_end is not None
    assert rows[-1].loss_at_end < 0.9 * problem.loss(problem.initial())


def test_what_was_measured_is_kept_and_not_measured_again(tmp_path: Path) -> None:
    """A benchmark that was stopped goes on: times and losses in the file are taken from there, the rest is measured."""
    path = tmp_path / "kept.json"
    first = measure(TOY, OURS, rounds=1, kind=Here, kept=Kept(path))
    assert measure(TOY, dict.fromkeys(OURS, refuses), rounds=1, kind=Here, kept=Kept(path)) == first
    found = json.loads(path.read_text())
    del found["24x96 float32 loss labloop"]
    path.write_text(json.dumps(found))
    rows = measure(TOY, OURS, rounds=1, kind=Here, kept=Kept(path, complete=True))
    assert [each.loss_at_end is None for each in rows] == [each == first[0] for each in first]
    assert "Not trained, so that equal learning is not shown: labloop (24x96, float32)." in tables(rows)
    assert measure(TOY, OURS, rounds=1, kind=Here, kept=Kept(path)) == first


def refuses(problem: Problem, precision: str) -> Ours:
    raise NotImplementedError


def test_a_process_of_its_own_gives_the_same_loss() -> None:
    """Apart times and trains as Here does, and passes on that a contestant does not take part."""
    apart = Apart(Ours, TOY, "float32")
    walls, cpus = apart.turn(0)
    assert len(walls) == len(cpus) == 2
    loss = apart.loss()
    apart.close()
    with pytest.MonkeyPatch.context() as patch:  # the child knows nothing of the small pool
        patch.setattr("benchmarks.problem.POOL", 16_384)
        patch.setattr("benchmarks.problem.HELD_OUT", 2_048)
        assert loss == Here(Ours, TOY, "float32").loss()
    with pytest.raises(NotImplementedError):
        Apart(refuses, TOY, "float32")


class Lazy(Ours):
    """A contestant that saves time by learning on one batch in four."""

    differs = "cheats"
    steps = 0

    def step(self, x: torch.Tensor) -> None:
        self.steps += 1
        if self.steps % 4 == 0:
            super().step(x)


def test_a_contestant_that_learns_less_fails_the_benchmark() -> None:
    """Times of unequal work are not reported: the loss after 200 steps gives it away, and so does NaN."""
    problem = Problem(TOY)
    honest = row("labloop", 1.0, loss_after(problem, Ours, "float32"))
    with pytest.raises(LossesDiffer, match="lazy"):
        check_losses([honest, row("lazy", 0.3, loss_after(problem, Lazy, "float32"))], "labloop")
    with pytest.raises(LossesDiffer, match="broken"):
        check_losses([honest, row("broken", 0.3, float("nan"))], "labloop")


def test_a_benchmark_at_whose_settings_nothing_is_learnt_fails() -> None:
    """All agree at a loss that is no lower than that of the initial weights: that shows nothing, and is refused."""
    stuck = replace(row("labloop", 1.0, 0.99), loss_at_start=0.88)
    with pytest.raises(LossesDiffer, match="nothing is learnt"):
        check_losses([stuck, row("peer", 1.0, 0.99)], "labloop")
    check_losses([replace(stuck, loss_at_end=0.6), row("peer", 1.0, 0.61)], "labloop")


def test_where_little_is_learnt_losses_agree_by_that_little() -> None:
    """Within a twentieth of what was learnt: a contestant that did no more than a tenth of it is told apart at 1% of the loss."""
    little = replace(row("labloop", 1.0, 0.870), loss_at_start=0.880)
    check_losses([little, row("peer", 1.0, 0.8704)], "labloop")
    with pytest.raises(LossesDiffer, match="lazy"):
        check_losses([little, row("lazy", 0.3, 0.879)], "labloop")


def test_bfloat16_is_measured_where_there_are_instructions_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere float32 alone: emulated, the quick form would take many times its six minutes."""
    for known, measured in ((True, {"float32", "bfloat16"}), (False, {"float32"})):
        monkeypatch.setattr("benchmarks.__main__.has_bfloat16", lambda device, known=known: known)
        assert set(known_precisions("cpu")) == measured


def test_the_phases_of_an_attempt_are_told() -> None:
    """Each way is a row with its phases and their sum; what loading takes, and how much is saved, stands below."""
    cold = Attempt(4.0, 6.0, 24.0, {"core": 4.0, "absorption": 7.0})
    warm = Attempt(4.0, 6.0, 9.0, {"core": 4.0, "absorption": 7.0})
    table = attempt_table({"loading_s": 9.0, COLD: cold, WARM: warm})
    assert f"| {COLD} | 6.0 s | 4.0 s | 24.0 s | 4.0 s | 7.0 s | 30.0 s |" in table
    assert f"| {WARM} | 6.0 s | 4.0 s | 9.0 s | 4.0 s | 7.0 s | 15.0 s |" in table
    assert "takes 9.0 s" in table
    assert "50% of the time" in table
    assert median([cold, warm, warm]) == warm


def test_what_handing_out_costs_is_told() -> None:
    """A row for each measurement: by hand, with the process, and their ratio."""
    experiment = {"by hand": {"training_s": 4.0, "whole_s": 6.0}, "handed": {"training_s": 5.0, "whole_s": 9.0}}
    feeds = {"file": {"by hand": Feed("file", 0.002, 0.001), "handed": Feed("file", 0.003, 0.0015)}}
    table = handing_table(experiment, feeds)
    assert "| tiny scale, 400 steps of training | 4.0 s | 5.0 s | 1.25 |" in table
    assert "rows in file, one after the other | 2.0 ms | 3.0 ms | 1.50 |" in table
    assert "rows in file, 50 ms apart | 1.0 ms | 1.5 ms | 1.50 |" in table


@pytest.mark.slow
def test_a_feed_is_measured_both_ways() -> None:
    """Small, with rows in memory and in a file: each way takes some time, and nothing is left running."""
    feeds = measure_feeds(rows=3000, width=8, draws=2)
    assert {(kept, way) for kept, ways in feeds.items() for way in ways} == {
        (kept, way) for kept in ("memory", "file") for way in ("by hand", "handed")
    }
    assert all(feed.alone_s > 0 for ways in feeds.values() for feed in ways.values())


def test_all_contestants_see_the_same_batches_and_start() -> None:
    """Batches and initial weights depend on the step alone, not on who asked first."""
    one, other = Problem(TOY), Problem(TOY)
    other.batch(7, 5)
    assert torch.equal(one.batch(3, 64), other.batch(3, 64))
    assert not torch.equal(one.batch(3, 64), one.batch(4, 64))
    assert all(torch.equal(a, b) for a, b in zip(one.initial(), other.initial(), strict=True))
    assert one.held_out.mean(0).abs().max() < 0.5


def test_ratios_and_goals_are_computed_from_the_rows() -> None:
    """The fastest peer is found among peers alone; a goal that is missed anywhere is called not reached."""
    rows = [
        row("labloop", 10),
        row("labloop, no compiler", 5),
        row("encoder products, forward and backward", 8, None),
        row("dictionary_learning", 60),
        row("sparsify", 14),
    ]
    [found] = ratios(rows)
    assert (found.over_dictionary_learning, found.fastest, found.over_fastest) == (6.0, "sparsify", 1.4)
    assert found.of_products == 1.25
    verdicts = [line.split(":")[0] for line in goals([found])]
    assert verdicts == ["reached", "not reached", "reached"]
    assert [line.split(":")[0] for line in goals(ratios(rows[:1]))] == ["not measured"] * len(GOALS)
    assert "| 24x96 | 64 | float32 | 10 |" in tables(rows)


def test_the_part_of_the_peak_counts_the_dense_product_alone() -> None:
    """2 · batch · d_in · d_sae operations in the time of a step, over what a large product reaches."""
    teraflops = peaks(size=64, device="cpu")
    assert set(teraflops) == set(PRECISIONS)
    assert min(teraflops.values()) > 0
    line = of_peak([replace(row("labloop", 1e-3), batch=1_000), row("sparsify", 1.0)], {"float32": 9.216})
    assert line == "- 24x96, float32: 5 TFLOP/s, 50% of 9"


def test_a_gpu_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`make bench ARGS=--device=cuda` on a machine without one is one line, and measures nothing."""
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    monkeypatch.setattr("sys.argv", ["benchmarks", "--device=cuda"])
    assert main() == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: the device 'cuda' is not there")


def test_a_table_goes_between_its_markers_and_nowhere_else() -> None:
    """What people wrote around it stays; a page without markers is an error."""
    page = "before\n<!-- training: begin -->\nold\n<!-- training: end -->\nafter\n"
    assert between(page, "training", "new") == page.replace("old", "new")
    with pytest.raises(ValueError, match="session: begin"):
        between(page, "session", "new")


def test_ten_runs_read_the_model_once_with_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session's model side: the first run reads the language model, later ones the cache; without it all read it."""
    built: list[str] = []
    build = Cache._build

    def counted(cache: Cache, kind: str, fields: Mapping[str, Any], make: Make) -> Path:
        built.append(kind)
        return build(cache, kind, fields, make)

    monkeypatch.setattr(Cache, "_build", counted)
    settings = replace(experiment.Settings(), pool_tokens=600, d_sae=64, k=4, steps=3, batch_size=32)
    found = measure_session("toy", Case(settings), runs=2)
    assert built.count("activations") == 1 + 1 + 2  # warm-up, shared, one for each run without
    assert found.model_later_s < found.model_first_s
    assert "toy" in session_table([found])


def test_separate_evals_of_absorption_share_nothing_and_ours_reads_the_model_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three seeds of ours on one reading; each of sae-bench's evals has a cache of its own, empty the first time."""
    read, seeds, caches = [], [], []
    monkeypatch.setattr("benchmarks.absorption.read_letters", lambda *_: read.append(1))
    monkeypatch.setattr("benchmarks.absorption.absorption_scores", lambda *given: seeds.append(given[-1]))
    monkeypatch.setattr(
        "benchmarks.absorption.score",
        lambda subject, evals: caches.append((os.environ["LABLOOP_CACHE"], subject.repeats)),
    )
    measure_absorption(replace(experiment.Settings(), pool_tokens=600, d_sae=64, k=4, steps=3, batch_size=32))
    assert (len(read), seeds) == (1, [0, 1, 2])
    assert caches[0] == caches[1] != caches[2] == caches[3]
    assert [repeats for _, repeats in caches] == [1] * 4
    assert "| any later SAE | 2.0 s | 5.0 s | 2.5 |" in absorption_table(Absorption(9, 2, 30, 5))
