"""experiment.py beside the process that hands out its data, as labloop runs both: honest, and cheating."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = (REPOSITORY / "experiment.py").read_text()
SEED = 3
STEPS, BATCH = 12, 256
SMALL = ["--pool_tokens=600", f"--steps={STEPS}", f"--batch_size={BATCH}", "--d_sae=96", "--k=8"]
DRAW = "out = sae(pool.draw(settings.batch_size))"
MAIN = 'if __name__ == "__main__":\n'


@dataclass
class Launched:
    """What came of a launch with the process, or without one."""

    done: subprocess.CompletedProcess[str]
    drawn: dict[str, Any]
    out: Path

    @property
    def info(self) -> dict[str, Any]:
        info: dict[str, Any] = json.loads((self.out / "final_info.json").read_text())
        return info

    @property
    def weights(self) -> bytes:
        return (self.out / "sae" / "sae_weights.safetensors").read_bytes()


Launch = Callable[..., Launched]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The activations of six hundred tokens, made by the first launch that wants them."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def launch(tmp_path: Path, cache: Path) -> Launch:
    """Runs experiment.py with edits (old, new), with the process (`handed`) or by hand."""
    env = {
        "PYTHONPATH": str(REPOSITORY),
        "LABLOOP_CACHE": str(cache),
        "OMP_NUM_THREADS": "1",
        "PATH": os.environ["PATH"],
    }

    def launching(*edits: tuple[str, str], handed: bool = True) -> Launched:
        source = SOURCE
        for old, new in edits:
            assert old in source, old
            source = source.replace(old, new)
        folder = tmp_path / f"launch_{len(list(tmp_path.glob('launch_*')))}"
        shared, ledger, out = folder / "handed", folder / "drawn.json", folder / "run_1"
        shared.mkdir(parents=True)
        (folder / "experiment.py").write_text(source)
        places = [f"--folder={shared}", f"--ledger={ledger}", f"--seed={SEED}"]
        data = subprocess.Popen([sys.executable, "-m", "harness.hand_out", *places, *SMALL], env=env, cwd=folder)
        try:
            command = [sys.executable, "experiment.py", f"--out_dir={out}", f"--seed={SEED}", *SMALL]
            given = env | ({"LABLOOP_DATA": str(shared)} if handed else {})
            done = subprocess.run(
                command, cwd=folder, env=given, capture_output=True, text=True, check=False, timeout=120
            )
        finally:
            data.send_signal(signal.SIGINT)
            assert data.wait(30) in (0, -signal.SIGINT)
        return Launched(done, json.loads(ledger.read_text()) if ledger.is_file() else {}, out)

    return launching


def test_an_honest_run_is_that_of_one_by_hand_and_counted(launch: Launch) -> None:
    """With the process and without one the weights agree to the last bit; what was drawn is the budget that was recorded."""
    by_hand, handed = launch(handed=False), launch()
    assert handed.done.returncode == 0, handed.done.stderr
    assert handed.weights == by_hand.weights
    config = handed.info["config"]
    assert handed.drawn["tokens"] == config["training_tokens"] == STEPS * BATCH
    assert (handed.drawn["seed"], handed.drawn["pool_tokens"]) == (config["seed"], config["pool_tokens"]) == (SEED, 600)
    assert (handed.drawn["split"], handed.drawn["sampled"], handed.drawn["passes"]) == ("train", 0, 5.12)
    read = ("scale", "model", "layer", "site", "context", "dataset", "lm_dtype")
    assert [handed.drawn[name] for name in read] == [config[name] for name in read], "what proofs hold together"


def test_numbers_drawn_beside_the_batches_change_nothing(launch: Launch) -> None:
    """A number of the generator between the batches, which made a change without effect look like one, has no effect now."""
    spent = launch((DRAW, "torch.rand(1)\n        " + DRAW))
    assert spent.done.returncode == 0, spent.done.stderr
    assert spent.weights == launch().weights


@pytest.mark.parametrize(
    ("edits", "drawn"),
    [
        ([(DRAW, f"{DRAW}\n        pool.draw(settings.batch_size)")], 2 * STEPS * BATCH),
        (
            [
                ("range(settings.steps), ", "range(2 * settings.steps), "),
                ('done["tokens"] += len(out.x)', 'done["tokens"] += len(out.x) // 2'),
            ],
            2 * STEPS * BATCH,
        ),
        (
            [
                (
                    "sae, training, curve = train(settings, pool)",
                    "sae, training, curve = min((train(settings, pool) for _ in range(3)), key=lambda run: run[2]['loss'][-1])",
                )
            ],
            3 * STEPS * BATCH,
        ),
        (
            [
                (
                    MAIN,
                    "def from_the_files(self, n):\n"
                    "    import glob, os, numpy\n"
                    "    rows = numpy.fromfile(glob.glob(os.environ['LABLOOP_CACHE'] + '/activations/*/data.f16')[0], numpy.float16)\n"
                    "    return torch.from_numpy(rows.reshape(-1, self.d_in)[:n].copy()).float() * self.scale\n\n\n"
                    "Pool.draw = from_the_files\n" + MAIN,
                )
            ],
            0,
        ),
        (
            [
                (
                    DRAW,
                    "sae_in = locals().get('sae_in') if step else pool.draw(settings.batch_size)\n        out = sae(sae_in)",
                )
            ],
            BATCH,
        ),
        (
            [
                (
                    MAIN,
                    "import harness.handed.rows as handed\nplain = handed.said\n\n\n"
                    "def quietly(wire, folder, request):\n    return plain(wire, folder, {**request, 'counted': False, 'tokens': 0})\n\n\n"
                    "handed.said = quietly\nhanded.Wire.count = 0\n" + MAIN,
                )
            ],
            STEPS * BATCH,
        ),
    ],
    ids=[
        "a second draw at each step",
        "twice the steps of which half are recorded",
        "the best of three runs",
        "a patched draw that reads the files",
        "one batch again and again",
        "patched words of the protocol",
    ],
)
def test_what_a_cheat_draws_is_counted(launch: Launch, edits: list[tuple[str, str]], drawn: int) -> None:
    """Whatever the run records, the ledger says what it was handed: more than its budget, or less, and so not proven."""
    cheat = launch(*edits)
    assert cheat.done.returncode == 0, cheat.done.stderr
    assert cheat.info["config"]["training_tokens"] == STEPS * BATCH
    assert cheat.drawn["tokens"] == drawn


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ('split="train"', 'split="heldout"', "split 'heldout' was asked for"),
        ("tokens=settings.pool_tokens,", "tokens=300,", "tokens 300 was asked for"),
        ("layer=settings.layer,", "layer=1,", "layer 1 was asked for"),
        ("context=settings.context,", "context=64,", "context 64 was asked for"),
        ('split="train",', 'split="train",\n        seed=1,', "seed 1 was asked for"),
    ],
)
def test_other_data_than_the_runs_is_refused(launch: Launch, old: str, new: str, refused: str) -> None:
    """Held-out activations, fewer of them, another layer, context or text: the run ends with what it is handed, by name."""
    cheat = launch((old, new))
    assert cheat.done.returncode == 1
    assert refused in cheat.done.stderr
    assert cheat.drawn["tokens"] == 0


def test_data_that_cannot_be_had_is_said_in_a_line(tmp_path: Path) -> None:
    """The process ends with `error: …`, which is what the session shows."""
    (tmp_path / "handed").mkdir()
    places = [f"--folder={tmp_path / 'handed'}", f"--ledger={tmp_path / 'drawn.json'}", "--model=no/such-model"]
    env = {"PYTHONPATH": str(REPOSITORY), "LABLOOP_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "harness.hand_out", *places]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("error: ")
