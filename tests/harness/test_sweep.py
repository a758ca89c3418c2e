"""A sweep over L0 as one run: trained, saved, scored, and one number of its frontier."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch

import experiment
from harness.errors import SettingsError
from harness.evaluation.command.swept import swept
from harness.evaluation.scoring.scores import Scores, Value
from harness.evaluation.submitted.submission import Submission, SubmissionError, load_submission
from harness.pool import Pool
from harness.saved import save_run, write_json
from harness.scales import SCALES, add_size_flags, size_flags
from harness.settings import check_settings
from harness.sweep import heights, point_folder, train_frontier

SETTINGS = experiment.Settings(
    d_sae=48, k=4, l0_sweep=(2, 4, 8), steps=6, batch_size=64, dead_after_tokens=100, pool_tokens=600, log_every=1
)


def pool() -> Pool:
    torch.manual_seed(3)
    rows = torch.randn(600, 24)
    return Pool(rows.numpy(), rows.mean(0), scale=0.5, device=torch.device("cpu"))


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run as experiment.py leaves it: the SAE of k 4, and those of 2 and 8 beside it."""
    folder, data = tmp_path_factory.mktemp("sweep") / "run_1", pool()
    sae, training, curve = experiment.train(SETTINGS, data)
    train_frontier(folder, SETTINGS, lambda point: experiment.train(point, data), data.scale)
    config = {**asdict(SETTINGS), "training_tokens": SETTINGS.training_tokens}
    save_run(folder, sae.saved().unscaled(data.scale), config, training, curve)
    return folder


def test_every_point_is_a_run_of_its_own_k(run_dir: Path) -> None:
    """Each of the other k has its SAE and record; the run's own is that of k; all tokens together are the run's budget."""
    assert [load_submission(folder).k for folder in (point_folder(run_dir, 2), run_dir, point_folder(run_dir, 8))] == [
        2,
        4,
        8,
    ]
    assert not point_folder(run_dir, 4).exists()
    infos = [json.loads((folder / "final_info.json").read_text()) for folder in (run_dir, point_folder(run_dir, 8))]
    assert infos[0]["config"]["training_tokens"] == 3 * 6 * 64 == 3 * infos[1]["config"]["training_tokens"]
    assert infos[0]["config"]["l0_sweep"] == [2, 4, 8] and infos[1]["config"]["l0_sweep"] == []


def test_what_is_drawn_is_the_budget_that_the_settings_name(tmp_path: Path) -> None:
    """Over all points together as many tokens are drawn as `training_tokens` says, so that the count outside bears it out."""
    data, drawn = pool(), []
    draw = data.draw

    def counted(batch_size: int) -> torch.Tensor:
        drawn.append(batch_size)
        return draw(batch_size)

    data.draw = counted  # type: ignore[method-assign]
    experiment.train(SETTINGS, data)
    train_frontier(tmp_path, SETTINGS, lambda point: experiment.train(point, data), data.scale)
    assert sum(drawn) == SETTINGS.training_tokens == 3 * 6 * 64


def test_without_a_sweep_nothing_is_added(tmp_path: Path) -> None:
    """k alone: no folder, and the budget that it ever had."""
    alone = replace(SETTINGS, l0_sweep=())
    train_frontier(tmp_path, alone, lambda point: pytest.fail("it trained"), 1.0)
    assert list(tmp_path.iterdir()) == [] and alone.training_tokens == 6 * 64


def test_the_height_is_the_area_over_the_width() -> None:
    """Trapezoids over log₂ L0; beyond the first and last point as high as there; a point that moved off its k counts where it is."""
    ks, names = (8, 16, 32), ("ev",)

    def height(*points: tuple[float, float]) -> float:
        return heights([(at, {"ev": value}) for at, value in points], ks, names)["ev"]

    assert height((8, 0.6), (16, 0.8), (32, 0.9)) == pytest.approx((0.7 + 0.85) / 2)
    assert height((32, 0.9), (8, 0.6), (16, 0.8)) == pytest.approx(0.775), "in any order"
    assert height((8, 0.5), (16, 0.5), (64, 0.5)) == pytest.approx(0.5)
    assert height((16, 0.8), (32, 0.9)) == pytest.approx((0.8 + 0.85) / 2), "as high as the first point to its left"
    assert height((4, 0.4), (16, 0.8), (32, 0.9)) == pytest.approx((0.7 + 0.85) / 2), (
        "a point beyond the range bounds the line to it"
    )
    assert heights([(8, {"ev": 0.5}), (32, {})], ks, names) == {}, "a metric that a point lacks has no height, not zero"


def scored(submission: Submission, folder: Path) -> dict[str, Value]:
    """As core would: a value that says whose it is."""
    assert submission.k is not None and folder.name == f"k_{submission.k}"
    return {"explained_variance": Value(0.1 * submission.k, None, 1), "l0": Value(float(submission.k), None, 1)}


OWN = Scores(
    {"explained_variance": Value(0.4, None, 1), "l0": Value(4.0, None, 1), "absorption_fraction": Value(0.3, None, 3)}
)


def test_each_point_is_scored_and_stands_in_the_details(run_dir: Path) -> None:
    """One value for each metric and L0; the run's own scores are not made again; metrics that need another eval are not of a point."""
    metrics, details = swept(load_submission(run_dir), run_dir, OWN, scored, "cpu")
    found = details["frontier"]
    assert [(point["at"], point["metrics"]) for point in found["points"]] == [
        (float(k), {"explained_variance": pytest.approx(0.1 * k), "l0": float(k)}) for k in (2, 4, 8)
    ]
    assert metrics.keys() == {"frontier_explained_variance"} and metrics[
        "frontier_explained_variance"
    ].mean == pytest.approx(0.45)
    assert (found["over"], found["several"]) == ("l0", "sparsities")


def test_a_run_that_is_no_sweep_has_no_frontier(tmp_path: Path, run_dir: Path) -> None:
    """Neither metric nor details."""
    alone = replace(load_submission(run_dir), l0_sweep=())
    assert swept(alone, run_dir, OWN, scored, "cpu") == ({}, {})
    assert swept(load_submission(run_dir), run_dir, Scores({}), scored, "cpu") == ({}, {}), "core was not asked for"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("k", 3, "k is 8, but the run's own config.k is 3"),
        ("layer", 1, "layer is 1, but the run's own is 2: points of a sweep differ in k alone"),
        ("d_sae", 47, "must agree"),
        ("sae", "mine", "kind is 'mine'"),
    ],
)
def test_a_point_of_another_run_is_refused(run_dir: Path, tmp_path: Path, name: str, value: Any, said: str) -> None:
    """An SAE of another layer, size, kind or k cannot stand in for a point; one that is missing is named with its file."""
    import shutil

    mine = tmp_path / "run_1"
    shutil.copytree(run_dir, mine)
    path = point_folder(mine, 8) / "final_info.json"
    info = json.loads(path.read_text())
    info["config"][name] = value
    write_json(path, info)
    with pytest.raises(SubmissionError, match=said):
        swept(load_submission(mine), mine, OWN, scored, "cpu")
    shutil.rmtree(point_folder(mine, 8))
    with pytest.raises(SubmissionError, match=r"k_8/final_info\.json: missing"):
        swept(load_submission(mine), mine, OWN, scored, "cpu")


def test_a_point_under_anothers_name_is_refused(run_dir: Path, tmp_path: Path) -> None:
    """The SAE of k 2 in the folder of k 8: its k is not the point's."""
    import shutil

    mine = tmp_path / "run_1"
    shutil.copytree(run_dir, mine)
    shutil.rmtree(point_folder(mine, 8))
    shutil.copytree(point_folder(mine, 2), point_folder(mine, 8))
    with pytest.raises(SubmissionError, match="config.k is 2, but it is the point of k 8 of the sweep"):
        swept(load_submission(mine), mine, OWN, scored, "cpu")


@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        ((4,), "name two k or more"),
        ((4, 2), "name two k or more"),
        ((0, 4), "at least 1"),
        ((4, 64), "only d_sae = 48 latents"),
        ((2, 8), "which l0_sweep .* leaves out"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(sweep: tuple[int, ...], said: str) -> None:
    """Before anything is trained."""
    with pytest.raises(SettingsError, match=said):
        check_settings(replace(SETTINGS, l0_sweep=sweep))


def test_the_flag_names_them_in_any_order() -> None:
    """--l0_sweep=32,8,16 is 8, 16 and 32; every command of a session takes it."""
    parser = ArgumentParser()
    add_size_flags(parser)
    assert size_flags(parser.parse_args(["--l0_sweep=32,8,16,8"]), SCALES["tiny"]) == {"l0_sweep": (8, 16, 32)}
    with pytest.raises(SystemExit):
        parser.parse_args(["--l0_sweep=many"])
    check_settings(SETTINGS)


def test_a_record_of_a_sweep_must_be_numbers(run_dir: Path, tmp_path: Path) -> None:
    """What the run says it swept is read as data."""
    import shutil

    mine = tmp_path / "run_1"
    shutil.copytree(run_dir, mine)
    info = json.loads((mine / "final_info.json").read_text())
    info["config"]["l0_sweep"] = "8,16"
    write_json(mine / "final_info.json", info)
    with pytest.raises(SubmissionError, match="it must be a list of whole numbers"):
        load_submission(mine)


@pytest.mark.slow  # importing sae-bench takes 7 s
def test_a_confirmation_scores_every_point_on_its_own_split(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--split=confirm: every eval of the run's own SAE, core of each other point, all by the activations of that split."""
    from harness.evaluation.command import evaluate, runner
    from harness.evaluation.command.flags import parse, plan_of

    made: list[tuple[int | None, str, list[str], bool]] = []
    rows = torch.randn(50, 24, generator=torch.Generator().manual_seed(1))

    def score(subject: Any, evals: Any, at_once: int = 1, done: Any = (), tell: Any = None) -> Scores:
        names = [each.name for each in evals]
        made.append((subject.submission.k, subject.split, names, torch.equal(subject.activations, rows)))
        value = 0.1 * float(subject.submission.k or 0)
        return Scores({"explained_variance": Value(value, None, 1), "l0": Value(float(subject.submission.k), None, 1)})

    monkeypatch.setattr(runner, "score", score)
    monkeypatch.setattr(evaluate, "_read", lambda submission, plan, dataset, tokens: rows)
    given = parse(
        [f"--run_dir={run_dir}", f"--out={tmp_path / 'scores.json'}", "--split=confirm", "--evals=core,absorption"], ""
    )
    submission = load_submission(run_dir)
    found = evaluate.evaluate(submission, plan_of(given, submission), given)
    assert made == [
        (4, "confirm", ["core", "absorption"], True),
        (2, "confirm", ["core"], True),
        (8, "confirm", ["core"], True),
    ]
    metrics: Any = found["metrics"]
    assert metrics["frontier_explained_variance"]["mean"] == pytest.approx(0.45)
