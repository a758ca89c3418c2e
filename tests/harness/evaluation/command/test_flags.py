"""The command's flags, and the plan that they make."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evaluation.command.flags import parse, plan_of
from harness.evaluation.evals import DEFAULT, EvalsError
from harness.evaluation.submitted.submission import SubmissionError
from harness.scales import SCALES
from tests.harness.evaluation.examples import an_sae

REPOSITORY = Path(__file__).resolve().parents[4]
ASKED = """
from harness.evaluation.command.flags import parse, plan_of
plan_of(parse(["--check", "--scale", {scale!r}], ""), None)
from harness.evaluation.upstream import whole
import datasets, huggingface_hub
print(huggingface_hub.constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE)
"""


@pytest.mark.slow  # imports sae-bench
@pytest.mark.parametrize(("scale", "offline"), [("tiny", True), ("full", False)])
def test_the_hub_is_asked_at_full_scale_alone(scale: str, offline: bool) -> None:
    """What sae-bench's door sets for the small model does not keep the full scale from the hub's data sets."""
    env = {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", ASKED.format(scale=scale)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(offline)] * 2


def test_default_means_what_the_scale_can_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the scales of the hub the default evals are few; any other is still run where it is named, or all are."""
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TQDM_DISABLE"):
        monkeypatch.setenv(name, "1")

    def chosen(*flags: str) -> list[str]:
        return [each.name for each in plan_of(parse(["--check", *flags], ""), None).evals]

    assert chosen() == [each.name for each in DEFAULT]
    for scale in ("laptop", "small", "full"):
        assert chosen(f"--scale={scale}") == list(SCALES[scale].evals) != chosen()
        assert chosen(f"--scale={scale}", "--evals=default,ravel") == [*SCALES[scale].evals, "ravel"]
        assert chosen(f"--scale={scale}", "--evals=tpp") == ["tpp"]
        assert chosen(f"--scale={scale}", "--evals=all") == chosen("--evals=all")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([], "are needed"),
        (["--run_dir=r"], "are needed"),
        (["--run_dir=r", "--out=o", "--layer=1"], "of --check alone"),
        (["--run_dir=r", "--out=o", "--k=1"], "of --check alone"),
    ],
)
def test_flags_that_do_not_fit_together_are_a_usage_error(
    flags: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run needs a folder and a place for its scores, and says itself what it read: exit code 2."""
    with pytest.raises(SystemExit) as ended:
        parse(flags, "")
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_the_plan_of_a_run_reads_what_the_run_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Model, layer, context and text are the submission's; the scale is too, unless one is named."""
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TQDM_DISABLE"):
        monkeypatch.setenv(name, "1")
    submission = replace(an_sae(), layer=1, context=64, dataset="texts.jsonl", scale="full")
    plan = plan_of(parse(["--run_dir=r", "--out=o", "--evals=core"], ""), submission)
    assert (plan.scale, plan.reads.layer, plan.reads.context, plan.reads.dataset) == ("full", 1, 64, "texts.jsonl")
    assert [each.name for each in plan.evals] == ["core"]
    assert plan_of(parse(["--run_dir=r", "--out=o", "--scale=tiny"], ""), submission).scale == "tiny"
    with pytest.raises(SubmissionError, match="config.scale is 'huge': known are tiny, laptop, small, full"):
        plan_of(parse(["--run_dir=r", "--out=o"], ""), replace(submission, scale="huge"))


def test_a_device_is_named_for_scoring() -> None:
    """`--device` reaches the plan; unless it is given, a GPU where there is one."""
    assert plan_of(parse(["--check", "--device=cuda:1"], ""), None).device == "cuda:1"
    assert plan_of(parse(["--check"], ""), None).device == "auto"


def test_a_split_that_is_held_out_can_be_chosen_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Held-out by default, `confirm` when asked; nothing is scored on what was trained on."""
    assert plan_of(parse(["--check"], ""), None).split == "heldout"
    assert plan_of(parse(["--check", "--split=confirm"], ""), None).split == "confirm"
    with pytest.raises(SystemExit):
        parse(["--check", "--split=train"], "")
    assert "invalid choice: 'train'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--scale=tiny"], "reads the hub's data: not at scale tiny; there are laptop, small, full"),
        (["--scale=full", "--split=confirm"], "scores on SAEBench's own texts"),
    ],
)
def test_the_published_protocol_is_of_the_hub_s_data(flags: list[str], why: str) -> None:
    """At the shipped scale there is nothing of it to read, and its texts have one split."""
    given = parse(["--check", "--protocol=saebench", *flags], "about")
    with pytest.raises(EvalsError, match=re.escape(why)):
        plan_of(given, None)


def test_the_published_protocol_reads_a_text_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Core's, which a session that follows our own protocol never fetches."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    flags = ["--check", "--scale=full", "--evals=core"]
    assert plan_of(parse([*flags, "--protocol=saebench"], "about"), None).data_sets() == ("Skylion007/openwebtext",)
    assert plan_of(parse(flags, "about"), None).data_sets() == ()


def test_what_says_nothing_of_a_transcoder_is_left_out_with_the_reason() -> None:
    """Core alone is run; each metric of the other evals is named with why it is absent; asked for alone, they are refused."""
    given = parse(["--check", "--sae=transcoder", "--evals=default"], "")
    plan = plan_of(given, None)
    assert [each.name for each in plan.evals] == ["core"] and plan.reads.site == "mlp"
    assert plan.absent["probing_top_5"] == "sparse_probing is of SAEs of the residual stream, and this is a transcoder"
    assert {"absorption_fraction", "sae_probes_top_1"} <= plan.absent.keys()
    with pytest.raises(EvalsError, match=r"absorption: of SAEs .* name --evals=core"):
        plan_of(parse(["--check", "--sae=transcoder", "--evals=absorption"], ""), None)
    assert plan_of(parse(["--check", "--sae=topk"], ""), None).absent == {}
    with pytest.raises(SystemExit):
        parse(["--run_dir=r", "--out=o", "--sae=transcoder"], "")
