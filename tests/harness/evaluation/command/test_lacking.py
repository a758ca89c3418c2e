"""What is said beforehand about what the evals lack."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.activations import KIND, Request
from harness.evaluation.__main__ import main
from harness.evaluation.command import lacking
from harness.evaluation.command.lacking import missing
from harness.evaluation.command.plan import Plan
from harness.evaluation.data_sets import BIOS, REVIEWS
from harness.evaluation.evals import DEFAULT, EVALS, choose
from harness.read import kept_text
from harness.read.lm import LOCAL_MODEL, model_folder
from harness.read.text import entries
from harness.store.cache import Cache
from harness.store.memo import remember
from tests.harness.evaluation.layout import as_on_the_hub

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).resolve().parents[4]


def test_the_default_evals_lack_nothing_at_tiny_scale() -> None:
    """They read what the project ships."""
    assert missing(Plan(DEFAULT)) == []


def test_autointerp_lacks_a_judge() -> None:
    """Said by name, and only where autointerp is asked for."""
    said = missing(Plan(EVALS))
    assert [line for line in said if line.startswith("autointerp: ")] == [
        "autointerp: a judge: name any litellm model with --judge (openai/gpt-4o-mini, say), or --judge recorded:FILE"
    ]


def test_full_scale_names_model_gpu_and_each_data_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Offline and without a GPU all of it is lacking, each in a sentence of its own; a data set is there as a folder."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    said = missing(Plan(choose("core,scr"), "full", "some/model-that-is-not-here"))
    assert sum("some/model-that-is-not-here" in line for line in said) == 1
    assert sum("there is no GPU to score on" in line for line in said) == 1
    assert [line.split(":")[1].split(" is not")[0] for line in said if line.startswith("scr: ")] == [
        f" the data set {name}" for name in (BIOS, REVIEWS)
    ]
    (tmp_path / BIOS).mkdir(parents=True)
    (tmp_path / BIOS / "train.jsonl").write_text("{}")
    said = missing(Plan(choose("scr"), "full", "some/model", data_dir=tmp_path))
    assert [line for line in said if line.startswith("scr: the data set")] == [
        f"scr: the data set {REVIEWS} is not in {tmp_path}: put its files in {tmp_path / REVIEWS}"
    ]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network, a GPU for which nobody asks, and a cache of its own."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LABLOOP_EVALS_ON_CPU", "1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def hub_text(**changed: Any) -> Plan:
    """A plan for the shipped model on a text of the hub, whose revision is known here."""
    remember("revisions", "acme/texts@None", "d" * 40)
    made = Plan(choose("core,autointerp"), "full", LOCAL_MODEL, judge="x", layer=1, context=64, dataset="acme/texts")
    return replace(made, **changed)


def fill(kind: str, fields: Any) -> None:
    Cache().get(kind, fields, lambda draft: draft.write("x", b"x"))


def test_the_run_s_own_text_must_be_in_the_cache_where_the_hub_cannot_be_asked(offline: None) -> None:
    """Activations, and the text of each eval that reads it, each until it is there; what is local needs no cache."""
    plan = hub_text()
    reads = plan.reads
    assert (reads.layer, reads.heldout_tokens) == (1, 200_000)
    assert replace(plan, heldout_tokens=0).reads.heldout_tokens == 0  # to be refused, not taken for nothing said
    [said] = lacking._text(plan)
    assert said.startswith("the held-out activations and text of core and text of autointerp (acme/texts")
    assert "run `python -m harness.prepare --scale full`" in said
    request = Request(
        model=LOCAL_MODEL,
        layer=1,
        tokens=200_000,
        split="heldout",
        context=64,
        dtype="bfloat16",
        dataset="acme/texts",
        pool_tokens=reads.pool_tokens,
    )
    fill(KIND, request.fields())
    assert lacking._text(plan)[0].startswith("the held-out text of core and text of autointerp")
    for text in plan.texts().values():
        fill(kept_text.KIND, text.fields())
    assert lacking._text(plan) == []
    assert "the held-out activations (" in lacking._text(replace(plan, heldout_tokens=7))[0]
    assert lacking._text(replace(plan, dataset="wordnet")) == []
    [unknown] = lacking._text(replace(plan, dataset="acme/never-asked-for"))
    assert "'acme/never-asked-for' cannot be used: it is not on this machine and HF_HUB_OFFLINE is set" in unknown


def test_a_small_gpu_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU that cannot hold the scale's own model is as good as none; what another takes is not known beforehand."""
    from types import SimpleNamespace

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=8e9))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "core: the GPU has 8 GB of memory, 20 GB are needed" in missing(Plan(choose("core"), "full"))
    assert not [line for line in missing(Plan(choose("core"), "full", LOCAL_MODEL)) if "the GPU has" in line]


def test_the_command_says_what_is_lacking_and_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3 with one line for each; exit code 0 where nothing is lacking; no run is needed for either."""
    assert main(["--check", "--evals=core,autointerp"]) == 3
    assert capsys.readouterr().err.startswith("missing: autointerp: a judge")
    assert main(["--check"]) == 0
    assert "nothing is lacking for core, absorption" in capsys.readouterr().out
    assert main(["--check", "--evals=nothing"]) == 1


def test_the_check_asks_for_what_the_runs_will_read(offline: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Its flags are those of experiment.py; of a run they are refused, which says itself what it read."""
    check = ["--check", "--scale=full", "--evals=core", f"--model={LOCAL_MODEL}", "--dataset=wordnet"]
    assert main(check) == 0
    sizes = ["--d_sae=64", "--k=2", "--buffer_tokens=9000", "--pool_tokens=10000", "--training_tokens=20000"]
    assert main([*check, *sizes]) == 0
    assert main(["--check", "--scale=full", "--evals=core", "--model=some/other", "--dataset=wordnet"]) == 3
    said = capsys.readouterr().err
    assert "the model 'some/other' cannot be used" in said
    assert "gemma" not in said
    with pytest.raises(SystemExit):
        main(["--run_dir=r", "--out=o", "--model=some/other"])
    assert "--model: of --check alone; a run says itself what it read" in capsys.readouterr().err


def local_texts(folder: Path, count: int) -> str:
    """A file of so many texts of WordNet, which the shipped model's tokenizer takes some 20 tokens each for."""
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": entry.line}) + "\n" for entry in entries("train")[:count]))
    return f"--dataset={path}"


@pytest.mark.parametrize("scale", ["tiny", "full"])
def test_a_local_data_set_that_is_too_short_is_lacking(
    offline: None, capsys: pytest.CaptureFixture[str], tmp_path: Path, scale: str
) -> None:
    """Exit code 3 and one line with what there is, what is asked for and the flag; with fewer tokens nothing is lacking."""
    check = ["--check", f"--scale={scale}", "--evals=absorption", f"--model={LOCAL_MODEL}"]
    check += [local_texts(tmp_path, 1000)]
    assert main(check) == 3
    [said] = capsys.readouterr().err.splitlines()
    asked = 20_000 if scale == "tiny" else 200_000
    assert re.search(rf"has only [12]\d{{3}} tokens for this model, {asked} were asked for: ask", said), said
    assert said.endswith("ask for fewer (--heldout_tokens), or use a larger data set")
    assert main([*check, "--heldout_tokens=500"]) == 0


def test_the_text_that_an_eval_reads_is_counted_too(
    offline: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """core's 65,024 tokens at full scale are no flag's: the remedy is another; at tiny scale it reads the same as all."""
    check = ["--check", "--evals=core", f"--model={LOCAL_MODEL}", local_texts(tmp_path, 1000)]
    check += ["--heldout_tokens=500"]
    assert main([*check, "--scale=full"]) == 3
    said = capsys.readouterr().err
    assert "65024 were asked for: leave out the eval that reads it (--evals), or use a larger" in said
    assert main([*check, "--scale=tiny"]) == 0


def test_a_text_that_is_in_the_cache_is_not_counted(offline: None, tmp_path: Path) -> None:
    """Its rows were read before: the check of a prepared run costs nothing."""
    dataset = local_texts(tmp_path, 10).removeprefix("--dataset=")
    plan = Plan(choose("core"), dataset=dataset, heldout_tokens=7000)
    assert "7000 were asked for" in missing(plan)[0]
    fill(KIND, Request(tokens=7000, split="heldout", dataset=dataset, pool_tokens=100_000).fields())
    assert missing(plan) == []


def test_a_data_set_that_is_not_there_is_lacking_at_tiny_scale_too(offline: None, tmp_path: Path) -> None:
    """The file is named."""
    [said] = missing(Plan(choose("core"), dataset=f"{tmp_path}/none.jsonl"))
    assert said.startswith(f"core: there is no file or folder '{tmp_path}/none.jsonl'")


def test_the_check_is_quick() -> None:
    """It imports neither sae-bench nor transformers."""
    code = (
        "import sys; from harness.evaluation.__main__ import main; main(['--check'])\n"
        "sys.exit(any(name in sys.modules for name in ('sae_bench', 'transformers', 'transformer_lens')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_is_lacking_where_model_and_data_are_folders(offline: None, tmp_path: Path) -> None:
    """The check beforehand agrees with what the run needs."""
    model, data = str(model_folder(LOCAL_MODEL)), as_on_the_hub(tmp_path / "data")
    assert missing(Plan(choose("core,absorption,tpp"), "full", model, data_dir=data, dataset="wordnet")) == [
        f"tpp: the data set {REVIEWS} is not in {data}: put its files in {data / REVIEWS}"
    ]
    assert missing(Plan(choose("core,absorption"), "full", model, data_dir=data, dataset="wordnet")) == []
