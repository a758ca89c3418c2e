"""Which evals are run, and what is said beforehand about what they lack."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from harness.evaluation import evals
from harness.evaluation.__main__ import main
from harness.evaluation.evals import ALL, DEFAULT, EvalsError, Plan, choose, missing

REPOSITORY = Path(__file__).resolve().parents[3]


def test_evals_are_chosen_by_name_and_run_in_one_order():
    """A comma list, default and all; an unknown name is an error that lists those there are."""
    assert choose("default") == DEFAULT
    assert choose("all") == ALL
    assert choose("tpp, core") == ("core", "tpp")
    assert choose("default,autointerp") == (*DEFAULT, "autointerp")
    with pytest.raises(EvalsError, match=r"no such eval: probing\. There are: core, absorption"):
        choose("core,probing")
    with pytest.raises(EvalsError, match="no eval is named"):
        choose(" , ")


ASKED = """
from harness.evaluation.__main__ import _plan, parser
_plan(parser().parse_args(["--check", "--scale", {scale!r}]), None)
from harness.evaluation import upstream
import datasets, huggingface_hub
print(huggingface_hub.constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE)
"""


@pytest.mark.parametrize(("scale", "offline"), [("tiny", True), ("full", False)])
def test_the_hub_is_asked_at_full_scale_alone(scale, offline):
    """What sae-bench's door sets for the small model does not keep the full scale from the hub's data sets."""
    env = {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", ASKED.format(scale=scale)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(offline)] * 2


def test_the_default_evals_lack_nothing_at_tiny_scale():
    """They read what the project ships."""
    assert missing(Plan()) == []


def test_autointerp_lacks_a_judge():
    """Said by name, and only where autointerp is asked for."""
    lacking = missing(replace(Plan(), evals=ALL))
    assert [line for line in lacking if line.startswith("autointerp: ")] == [
        "autointerp: a judge: name any litellm model with --judge (openai/gpt-4o-mini, say), or --judge recorded:FILE"
    ]


def test_full_scale_names_model_gpu_and_each_data_set(monkeypatch, tmp_path: Path):
    """Offline and without a GPU all of it is lacking, each in a sentence of its own; a data set is there as a folder."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    lacking = missing(Plan(("core", "scr"), "full", "some/model-that-is-not-here"))
    assert sum("some/model-that-is-not-here" in line for line in lacking) == 1
    assert sum("there is no GPU here" in line for line in lacking) == 1
    assert [line for line in lacking if line.startswith("scr: the data set")] == [
        f"scr: the data set {name} is not on this machine and HF_HUB_OFFLINE is set: unset it, or name --data_dir"
        for name in (evals.BIOS, evals.REVIEWS)
    ]
    (tmp_path / evals.BIOS).mkdir(parents=True)
    lacking = missing(Plan(("scr",), "full", "some/model", data_dir=tmp_path))
    assert [line for line in lacking if "data set" in line] == [
        f"scr: the data set {evals.REVIEWS} is not in {tmp_path}: put its files in {tmp_path / evals.REVIEWS}"
    ]


def test_a_data_set_in_the_hub_s_cache_is_there(monkeypatch, tmp_path: Path):
    """What was downloaded before needs no network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    (tmp_path / "hub" / "datasets--LabHC--bias_in_bios" / "snapshots" / "1a2b").mkdir(parents=True)
    lacking = missing(Plan(("scr",), "full", "some/model"))
    assert not [line for line in lacking if evals.BIOS in line]


def test_a_small_gpu_is_said(monkeypatch):
    """A GPU that cannot hold the model is as good as none."""
    from types import SimpleNamespace

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=8e9))
    assert "core: the GPU has 8 GB of memory, 20 GB are needed" in missing(Plan(("core",), "full"))


def test_the_command_says_what_is_lacking_and_runs_nothing(tmp_path: Path, capsys):
    """Exit code 3 with one line for each; exit code 0 where nothing is lacking; no run is needed for either."""
    assert main(["--check", "--evals=core,autointerp"]) == 3
    assert capsys.readouterr().err.startswith("missing: autointerp: a judge")
    assert main(["--check"]) == 0
    assert "nothing is lacking for core, absorption" in capsys.readouterr().out
    assert main(["--check", "--evals=nothing"]) == 1


def test_the_check_is_quick():
    """It imports neither sae-bench nor transformers."""
    code = (
        "import sys; from harness.evaluation.__main__ import main; main(['--check'])\n"
        "sys.exit(any(name in sys.modules for name in ('sae_bench', 'transformers', 'transformer_lens')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
