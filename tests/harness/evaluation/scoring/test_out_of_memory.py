"""An eval at full scale that memory is too small for is run anew with fewer texts at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from harness.errors import DeviceError
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.scores import Found
from harness.evaluation.scoring.subjects import FullSubject, Once
from harness.evaluation.scoring.whole_runs import settled
from harness.evaluation.scoring.writer import Writer
from tests.harness.evaluation.examples import random_submission


class Hungry(Eval):
    """Reads with sae-bench's configuration, on a GPU with room for `fits` texts."""

    name = "hungry"
    sae_batch = 125

    def __init__(self, fits: int) -> None:
        self.fits = fits
        self.tried: list[tuple[int, int]] = []

    def full(self, subject: FullSubject) -> Found:
        config = settled(subject, self.name, lambda **given: SimpleNamespace(**{"sae_batch_size": 125, **given}))
        self.tried.append((config.llm_batch_size, config.sae_batch_size))
        if config.llm_batch_size > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return Found({}, {"read": config.llm_batch_size})


@pytest.fixture
def subject(tmp_path: Path) -> FullSubject:
    submission = random_submission(8, 20, 2)
    model: Any = SimpleNamespace(cfg=SimpleNamespace(model_name="m"))
    writer = Writer(submission, tmp_path, "run_1")
    return FullSubject(submission=submission, activations=torch.zeros(1, 8), model=Once(lambda: model), writer=writer)


def test_the_batches_of_sae_bench_s_configuration_are_halved(subject: FullSubject) -> None:
    """32 texts, 16, 8: the configuration that was run in the end is what its result file says."""
    hungry = Hungry(fits=8)
    assert subject.run(hungry).details == {"read": 8}
    assert hungry.tried == [(32, 125), (16, 62), (8, 31)]


def test_a_size_that_was_asked_for_is_where_it_begins(subject: FullSubject) -> None:
    """What the settings of a subject say stands first."""
    hungry = Hungry(fits=3)
    given = replace(subject, settings={"hungry": {"llm_batch_size": 4, "sae_batch_size": 10}})
    assert given.run(hungry).details == {"read": 2}
    assert hungry.tried == [(4, 10), (2, 5)]


def test_where_it_fits_nothing_is_changed(subject: FullSubject) -> None:
    """The eval is handed the subject itself."""
    assert subject.reading(Hungry(99), 32) is subject


def test_where_nothing_fits_the_eval_is_named(subject: FullSubject) -> None:
    """A single text is too much: an error with the eval's name."""
    with pytest.raises(DeviceError, match="hungry: memory gave out with a single one"):
        subject.run(Hungry(fits=0))
