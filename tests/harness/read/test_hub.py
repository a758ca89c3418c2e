"""Models and data sets of a hub, fetched for real from a small one on this machine, by the command that a person types."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import zstandard

from harness.read.hub import remedy
from harness.read.text import entries
from tests.harness.hub_server import Hub, hub, save_small_llama

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[3]
FILES = 6


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """acme/tiny, a Llama of random weights in bf16; acme/texts, six packed files; and a gated one of each."""
    root = tmp_path_factory.mktemp("hub")
    model = root / "models" / "acme" / "tiny"
    save_small_llama(model, torch.bfloat16)
    texts = root / "datasets" / "acme" / "texts"
    (texts / "train").mkdir(parents=True)
    lines = [json.dumps({"text": entry.line, "meta": {"source": "x"}}) for entry in entries("train")[:6000]]
    for n in range(FILES):
        (texts / "train" / f"0{n}.jsonl.zst").write_bytes(zstandard.compress("\n".join(lines[n::FILES]).encode()))
    shutil.copytree(model, model.with_name("gated-tiny"))
    shutil.copytree(texts, texts.with_name("gated-texts"))
    with hub(root) as running:
        yield running


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that has fetched nothing yet."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    return own | {"HF_HOME": str(tmp_path / "hf"), "LABLOOP_CACHE": str(tmp_path / "cache"), "HF_HUB_ETAG_TIMEOUT": "5"}


def prepare(machine: dict[str, str], address: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """`python -m harness.prepare --scale full`, with sizes for a test."""
    command = [sys.executable, "-m", "harness.prepare", "--scale=full", "--layer=1", "--context=64"]
    sizes = ["--pool_tokens=1500", "--heldout_tokens=200", "--evals=none", "--device=cpu"]
    return subprocess.run(
        [*command, *sizes, *flags],
        cwd=REPOSITORY,
        env={"HF_ENDPOINT": address} | machine,
        text=True,
        capture_output=True,
        timeout=240,
    )


def test_model_and_text_are_fetched_once_and_never_again(served: Hub, machine: dict[str, str]) -> None:
    """From names alone, in bf16: the model's files whole, of the text no more than is read. Then neither hub nor network.

    The revision of the text is kept, so that a run without a network knows which activations are its own.
    """
    names = ("--model=acme/tiny", "--dataset=acme/texts")
    served.asked.clear()
    first = prepare(machine, served.address, *names)
    assert first.returncode == 0, first.stderr
    assert first.stderr.count(" took ") == 3
    fetched = {line.rsplit("/", 1)[1] for line in served.asked if line.startswith("GET") and ".zst" in line}
    assert 1 <= len(fetched) < FILES
    assert "HTTP" not in first.stderr
    served.asked.clear()
    again = prepare(machine | {"HF_HUB_OFFLINE": "1"}, "http://127.0.0.1:9", *names)
    assert again.returncode == 0, again.stderr
    assert again.stderr.count("in the cache") == 3
    assert served.asked == []


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("--model=acme/gated-tiny", "--dataset=wordnet"),
            "the model 'acme/gated-tiny' cannot be used: it is gated: accept its terms",
        ),
        (("--model=acme/none", "--dataset=wordnet"), "'acme/none' cannot be used: there is no such model on the hub"),
        (
            ("--model=acme/tiny", "--dataset=acme/none"),
            "'acme/none' cannot be used: there is no such data set on the hub",
        ),
        (("--model=acme/tiny", "--dataset=acme/texts@v9"), "'acme/texts@v9' cannot be used: it has no such revision"),
        (
            ("--model=acme/tiny", "--dataset=acme/gated-texts"),
            "'acme/gated-texts' cannot be read: it is gated: accept its terms",
        ),
    ],
)
def test_what_the_hub_refuses_is_said_in_one_line(
    names: tuple[str, ...], message: str, served: Hub, machine: dict[str, str]
) -> None:
    """Gated, unknown, or no such revision: the name, what is wrong and what to do; exit code 1, no traceback."""
    run = prepare(machine, served.address, *names)
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert message in last
    assert "Traceback" not in run.stderr


CHECK = ("-m", "harness.evaluation", "--check", "--scale=full", "--evals=core", "--dataset=wordnet")


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("acme/tiny", 0, "nothing is lacking for core"),
        ("acme/gated-tiny", 3, "the model 'acme/gated-tiny' cannot be used: it is gated: accept its terms"),
        ("acme/none", 3, "the model 'acme/none' cannot be used: there is no such model on the hub"),
    ],
)
def test_the_check_asks_about_a_model_and_downloads_none(
    name: str, code: int, said: str, served: Hub, machine: dict[str, str], tmp_path: Path
) -> None:
    """Whether the hub has it, and would give it, is asked of the hub; no file is."""
    served.asked.clear()
    env = {"HF_ENDPOINT": served.address, "LABLOOP_EVALS_ON_CPU": "1"} | machine
    done = subprocess.run(
        [sys.executable, *CHECK, f"--model={name}"],
        cwd=REPOSITORY,
        env=env,
        text=True,
        capture_output=True,
        timeout=240,
    )
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stderr
    assert served.asked
    assert all(line.startswith("GET /api/models/") for line in served.asked)
    assert not list((tmp_path / "hf").rglob("*.safetensors"))


def test_of_several_errors_in_a_chain_the_one_that_says_most_counts() -> None:
    """A gated repository is a missing one to the libraries that wrap it; words that are nobody's have no remedy."""
    gated = type("GatedRepoError", (type("RepositoryNotFoundError", (Exception,), {}),), {})("403")
    outer = type("DatasetNotFoundError", (Exception,), {})("not found")
    outer.__cause__ = gated
    assert "accept its terms" in str(remedy(outer, "data set", "…"))
    assert remedy(RuntimeError("x"), "model", "…") is None
