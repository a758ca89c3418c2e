"""Ten runs that share the cache of activations, beside ten that each read the language model again."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

import experiment
from harness.activations import load_activations
from harness.evaluation.evals import DEFAULT, Eval
from harness.pool import Pool
from harness.saved import save_run
from harness.scales import SCALES

RUNS = 10


@dataclass(frozen=True)
class Session:
    """Seconds of ten runs. A run is: activations, training, saving, and scoring where the case has it; no imports."""

    case: str
    model_first_s: float  # what the first run takes of the language model: it is read
    model_later_s: float  # each of the others, on average: the cache is read
    rest_s: float  # training, saving and scoring, on average over all runs
    cached_s: float  # ten runs with the cache
    recomputed_s: float  # ten runs without

    @property
    def model_part(self) -> float:
        """Part of a later run that its model side takes."""
        return self.model_later_s / (self.model_later_s + self.rest_s)

    @property
    def gain(self) -> float:
        """How many times faster ten runs are with the cache."""
        return self.recomputed_s / self.cached_s

    def as_dict(self) -> dict[str, object]:
        return {
            **{name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()},
            "model_part": round(self.model_part, 4),
            "gain": round(self.gain, 2),
        }


@dataclass(frozen=True)
class Case:
    """What every run of a session does."""

    settings: experiment.Settings
    evals: tuple[Eval, ...] = ()


def cases(folder: Path) -> dict[str, Callable[[], Case]]:
    """What is measured, by name; `folder` is for a model that is made on the way."""
    tiny = experiment.SCALES["tiny"]
    return {
        "tiny scale, with its scores": lambda: Case(tiny, DEFAULT),
        "tiny scale, training alone": lambda: Case(tiny),
        "training alone, 1,000,000 tokens": lambda: Case(replace(tiny, pool_tokens=1_000_000)),
        "training alone, Gemma-2 of 28 M random parameters, layer 6 of 8": lambda: Case(
            replace(tiny, model=str(random_gemma(folder / "gemma")), layer=6)
        ),
    }


def random_gemma(folder: Path) -> Path:
    """A Gemma-2 of the shipped model's class and tokenizer, larger, with random weights, saved to the folder."""
    from transformers import AutoConfig, AutoModelForCausalLM

    from harness.read.lm import LOCAL_MODEL, model_folder

    shipped = model_folder(LOCAL_MODEL)
    config = AutoConfig.from_pretrained(shipped)
    config.update(
        {
            "hidden_size": 512,
            "intermediate_size": 2048,
            "num_hidden_layers": 8,
            "num_attention_heads": 8,
            "num_key_value_heads": 4,
            "head_dim": 64,
            "layer_types": None,
            "query_pre_attn_scalar": 64,
        }
    )
    config.layer_types = ["sliding_attention", "full_attention"] * 4
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    for path in Path(shipped).glob("*token*"):
        shutil.copy(path, folder)
    return folder


def run(case: Case, out_dir: Path) -> tuple[float, float]:
    """One run; seconds for what comes of the language model alone, and for the rest."""
    clock = Clock()
    settings = case.settings
    with clock("model"):
        activations = load_activations(
            model=settings.model,
            layer=settings.layer,
            tokens=settings.pool_tokens,
            split="train",
            context=settings.context,
            dataset=settings.dataset,
            dtype=settings.lm_dtype,
            device="cpu",
        )
        pool = Pool.of(activations, torch.device("cpu"))
    with clock("rest"):
        sae, done, curve = experiment.train(settings, pool)
        save_run(out_dir, sae.saved().unscaled(pool.scale), asdict(settings), done, curve)
    if case.evals:
        _score(out_dir, case.evals, clock)
    return clock.seconds["model"], clock.seconds["rest"]


def _score(out_dir: Path, evals: tuple[Eval, ...], clock: Clock) -> None:
    """What `python -m harness.evaluation` does."""
    from harness.evaluation.command.runner import score
    from harness.evaluation.measures.prepared.artifacts import load_artifacts
    from harness.evaluation.scoring.subjects import Once, TinySubject
    from harness.evaluation.submitted.submission import load_submission
    from harness.evaluation.upstream.lens import load_hooked

    submission = load_submission(out_dir)
    with clock("model"):
        held_out = load_activations(
            submission.model,
            submission.layer,
            SCALES[submission.scale].heldout_tokens,
            split="heldout",
            context=submission.context,
            dtype=submission.lm_dtype,
            dataset=submission.dataset,
        )
        artifacts = load_artifacts(submission.model, submission.layer, submission.context)
    with clock("rest"):
        hooked = load_hooked(submission.model)
        subject = TinySubject(
            submission=submission,
            activations=held_out.data,
            artifacts=Once(lambda: artifacts),
            model=Once(lambda: hooked),
        )
        score(subject, evals)


class Clock:
    """Adds up seconds under names."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - began


def measure_session(name: str, case: Case, runs: int = RUNS) -> Session:
    """Both sessions of one case, the runs of the two in turns, so that a busy moment meets both."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with cache_at(root / "warm-up"):  # imports, and what the process keeps
            run(replace(case, settings=replace(case.settings, pool_tokens=2_000, steps=2)), root / "out")
        cached, recomputed = [], []
        for seed in range(runs):
            each = replace(case, settings=replace(case.settings, seed=seed))
            with cache_at(root / "shared"):
                cached.append(run(each, root / "out"))
            with cache_at(root / "own"):
                recomputed.append(run(each, root / "out"))
            shutil.rmtree(root / "own")
    later = [model for model, _ in cached[1:]]
    rest = [seconds for _, seconds in cached + recomputed]
    return Session(
        name,
        cached[0][0],
        sum(later) / len(later),
        sum(rest) / len(rest),
        sum(map(sum, cached)),
        sum(map(sum, recomputed)),
    )


@contextmanager
def cache_at(folder: Path) -> Iterator[None]:
    """The harness' cache in that folder."""
    before = os.environ.get("LABLOOP_CACHE")
    os.environ["LABLOOP_CACHE"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["LABLOOP_CACHE"]
        else:
            os.environ["LABLOOP_CACHE"] = before


def session_table(sessions: list[Session]) -> str:
    """In Markdown."""
    lines = [
        "| ten runs | model side, run 1 | model side, runs 2–10 | rest of a run | model side's part | with the cache | without | faster |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in sessions:
        lines.append(
            f"| {each.case} | {each.model_first_s:.1f} s | {each.model_later_s:.3f} s | {each.rest_s:.1f} s "
            f"| {each.model_part:.1%} | {each.cached_s:.0f} s | {each.recomputed_s:.0f} s | {each.gain:.1f}x |"
        )
    return "\n".join(lines)
