"""A saved SAE that is not the one whose loss was recorded: found by what it makes of its training activations."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from harness.activations import KIND, Request
from harness.evaluation.command.evaluate import held_against_its_loss
from harness.evaluation.submitted.as_trained import BETTER, LAST, WORSE, Recorded, as_trained, errors, recorded_in
from harness.evaluation.submitted.submission import Submission, SubmissionError, load_submission
from harness.sae import unit_norm_
from harness.saved import SavedSAE, save_run
from harness.store.cache import Cache, Draft

D_IN, D_SAE, K, ROWS = 8, 20, 4, 3000
CONFIG = {"k": K, "d_sae": D_SAE, "sae": "topk", "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}
REQUEST = Request(tokens=ROWS)


def directions() -> torch.Tensor:
    torch.manual_seed(0)
    found = torch.randn(D_SAE, D_IN)
    unit_norm_(found)
    return found


def saved(W_enc: torch.Tensor | None = None) -> SavedSAE:
    """An SAE whose decoder rows are the directions of `rows`; another encoder makes another of it."""
    W_dec = directions()
    tensors = {"W_enc": W_dec.T if W_enc is None else W_enc, "b_enc": torch.zeros(D_SAE), "W_dec": W_dec}
    return SavedSAE("topk", {**tensors, "b_dec": torch.zeros(D_IN)}, {"k": K})


@pytest.fixture
def rows() -> np.ndarray[Any, Any]:
    """Activations [3000, 8]: sums of two directions each, in float16."""
    torch.manual_seed(1)
    chosen = torch.randint(D_SAE, (ROWS, 2))
    return (directions()[chosen].sum(1) * (1 + torch.rand(ROWS, 1))).numpy().astype(np.float16)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: np.ndarray[Any, Any]) -> None:
    """A cache that holds them as what was trained on."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    norm = float(np.linalg.norm(rows.astype(np.float32), axis=1).mean())
    summary = {"rows": ROWS, "d_in": D_IN, "norm": norm, "mean": [0.0] * D_IN}

    def make(draft: Draft) -> None:
        draft.write("data.f16", memoryview(rows).cast("B"), 0)
        draft.write("summary.json", json.dumps(summary).encode())

    Cache().get(KIND, REQUEST.fields(), make)


Left = Callable[..., tuple[Submission, Path]]


@pytest.fixture
def left(tmp_path: Path) -> Left:
    """Writes a run, and reads it as the evaluator does."""

    def leaving(
        sae: SavedSAE | None = None, curve: dict[str, list[float]] | None = None, steps: int = 400, **config: object
    ) -> tuple[Submission, Path]:
        plain = {"step": [0.0], "loss": [1.0]} if curve is None else curve
        whole = {**CONFIG, "pool_tokens": ROWS, **config}
        save_run(tmp_path / "run_1", sae or saved(), whole, {"steps": steps, "tokens": 1}, plain)
        return load_submission(tmp_path / "run_1"), tmp_path / "run_1"

    return leaving


def honest(submission: Submission, rows: np.ndarray[Any, Any]) -> dict[str, list[float]]:
    """The curve that training this SAE would have left: both errors, as experiment.py records them."""
    squared, variance = errors(submission, rows)
    norm = float(np.linalg.norm(rows.astype(np.float32), axis=1).mean())
    falling = [3.0, 1.6, 1.2, 1.05, 1.02, 0.98, 1.01, 1.0]
    mse, part = squared * D_IN / norm**2, squared / variance
    return {
        "step": [float(10 * index) for index in range(len(falling))],
        "loss": [part * each for each in falling],
        "mse": [mse * each for each in falling],
        "reconstruction": [part * each for each in falling],
    }


@pytest.mark.parametrize("without", [(), ("mse",)], ids=["by mse", "by reconstruction"])
def test_the_sae_that_was_trained_is_told_from_nothing(
    left: Left, rows: np.ndarray[Any, Any], without: Sequence[str]
) -> None:
    """An honest run passes, and the evaluator's file says in what it was held against which loss."""
    submission, _ = left()
    curve = {name: values for name, values in honest(submission, rows).items() if name not in without}
    submission, run_dir = left(curve=curve)
    details = held_against_its_loss(submission, run_dir)["as_trained"]
    assert details["by"] == ("reconstruction" if without else "mse")
    assert details["off"] == pytest.approx(0, abs=0.02)
    assert details["measured"] == pytest.approx(details["recorded"], rel=0.05)


@pytest.mark.parametrize("without", [(), ("mse",)], ids=["by mse", "by reconstruction"])
@pytest.mark.parametrize(
    "planted",
    [
        lambda: saved(torch.randn(D_IN, D_SAE)),
        lambda: saved(directions().T + 0.4 * torch.randn(D_IN, D_SAE)),
        lambda: saved(directions().roll(1, 0).T),
    ],
    ids=["a random encoder", "noise on the weights", "latents in another order"],
)
def test_another_sae_than_the_trained_one_is_refused(
    left: Left, rows: np.ndarray[Any, Any], planted: Callable[[], SavedSAE], without: Sequence[str]
) -> None:
    """With the honest run's curve typed beside it, it is refused in words that say how much worse it is."""
    curve = honest(left()[0], rows)
    torch.manual_seed(5)
    sae = planted()
    shown = {name: values for name, values in curve.items() if name not in without}
    submission, run_dir = left(sae, shown)
    with pytest.raises(
        SubmissionError, match=r"rebuilds its training activations \d+% worse than the last loss recorded"
    ):
        held_against_its_loss(submission, run_dir)


def test_a_loss_that_was_typed_too_low_is_refused(left: Left, rows: np.ndarray[Any, Any]) -> None:
    """As after training with more latents on than are saved: the SAE does not reach the loss that stands beside it."""
    curve = honest(left()[0], rows)
    submission, run_dir = left(curve={**curve, "mse": [value / 2 for value in curve["mse"]]})
    with pytest.raises(SubmissionError, match=r"(9\d|10\d)% worse"):
        held_against_its_loss(submission, run_dir)


def test_a_loss_that_was_typed_too_high_is_refused(left: Left, rows: np.ndarray[Any, Any]) -> None:
    """An SAE from elsewhere that is far better than the curve beside it was not trained by that run either."""
    curve = honest(left()[0], rows)
    submission, run_dir = left(curve={**curve, "mse": [2 * value for value in curve["mse"]]})
    with pytest.raises(SubmissionError, match=r"49% better|50% better"):
        held_against_its_loss(submission, run_dir)


@pytest.mark.parametrize(
    ("factor", "passes"),
    [(1 + WORSE - 0.01, True), (1 + WORSE + 0.01, False), (1 - BETTER + 0.01, True), (1 - BETTER - 0.01, False)],
)
def test_where_the_tolerance_ends(left: Left, rows: np.ndarray[Any, Any], factor: float, passes: bool) -> None:
    """As far as batches and kinds of SAE differ, and an average of the weights helps, a saved SAE may be off; no further."""
    submission, _ = left()
    held = as_trained(submission, Recorded("reconstruction", (1.0,)), rows, 1.0)
    exact = replace(held, recorded=Recorded("reconstruction", (held.measured / factor,)))
    assert exact.off == pytest.approx(factor - 1)
    if passes:
        exact.check()
    else:
        with pytest.raises(SubmissionError, match="than the last loss recorded says"):
            exact.check()


def test_the_last_few_batches_are_what_it_is_held_against(left: Left, rows: np.ndarray[Any, Any]) -> None:
    """One batch is a sample: among the last five errors none is nearer than another, and earlier ones do not count."""
    held = as_trained(left()[0], Recorded("reconstruction", (0.5,)), rows, 1.0)
    among = replace(held, recorded=Recorded("reconstruction", (held.measured * 1.2, held.measured * 0.9)))
    assert among.off == 0
    _, run_dir = left(curve={"step": [0.0] * 9, "loss": [1.0] * 9, "mse": [float(9 - i) for i in range(9)]})
    assert recorded_in(run_dir) == Recorded("mse", (5.0, 4.0, 3.0, 2.0, 1.0))
    assert LAST == 5


@pytest.mark.parametrize("typed", [(1e-6, 1e6, 0.5), (1e-6, 1e6, 2.0), (0.1, 10.0, 0.05)], ids=str)
def test_a_curve_that_jumps_at_its_end_covers_no_other_sae(
    left: Left, rows: np.ndarray[Any, Any], typed: tuple[float, ...]
) -> None:
    """Errors that were typed far below and far above the saved SAE's do not put it among them: what is far from the last is no sample of it."""
    held = as_trained(left()[0], Recorded("reconstruction", (0.5,)), rows, 1.0)
    jumping = replace(held, recorded=Recorded("reconstruction", tuple(held.measured * each for each in typed)))
    with pytest.raises(SubmissionError, match="than the last loss recorded says"):
        jumping.check()
    shrinking = replace(
        held, recorded=Recorded("reconstruction", (held.measured * 4, held.measured * 2, held.measured))
    )
    shrinking.check()  # as of a run whose k still changes


def test_a_run_that_records_no_error_is_refused(left: Left) -> None:
    """Renaming what it is held against does not get an SAE past it."""
    with pytest.raises(SubmissionError, match="training.curve has no mse"):
        held_against_its_loss(*left())


@pytest.mark.parametrize("value", [0.0, -1.0, 0])
def test_an_error_that_is_none_is_refused(left: Left, value: float) -> None:
    """No SAE rebuilds all it is trained on to the last bit, and no square is below zero."""
    _, run_dir = left(curve={"step": [0.0, 1.0], "loss": [1.0, 1.0], "mse": [1.0, value]})
    with pytest.raises(SubmissionError, match="which is no error of an SAE"):
        recorded_in(run_dir)


@pytest.mark.parametrize("training", [{}, None, 3, {"curve": 3}, {"curve": {"mse": "x"}}, {"steps": 0, "curve": {}}])
def test_what_was_not_trained_is_held_against_nothing(left: Left, training: object) -> None:
    """A control that took no step, and an SAE that was made elsewhere, have no loss."""
    submission, run_dir = left()
    info = json.loads((run_dir / "final_info.json").read_text())
    (run_dir / "final_info.json").write_text(json.dumps({**info, "training": training}))
    assert recorded_in(run_dir) is None
    assert held_against_its_loss(submission, run_dir) == {}


def test_data_that_is_not_kept_here_is_not_read_for_it(left: Left, rows: np.ndarray[Any, Any]) -> None:
    """A run from another machine is scored without it, and no language model is read; of a larger pool the kept sample serves."""
    submission, run_dir = left(curve=honest(left()[0], rows))
    assert held_against_its_loss(replace(submission, layer=1), run_dir) == {}
    assert held_against_its_loss(replace(submission, pool_tokens=0), run_dir) == {}
