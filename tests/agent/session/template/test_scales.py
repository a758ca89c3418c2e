"""Scales of a template: chosen once, filled into every command, kept by the session, refused where they do not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import SessionError, TemplateError, UsageError
from agent.experiment.baseline_store import baseline_key
from agent.session.idea import Idea
from agent.session.session import open_session, start_session
from agent.session.settings import Settings
from agent.session.template import load_template, template_of

CONTRACT = """
format = 1
name = "sized"
title = "A template at two scales"
environment = "agent"
default_scale = "tiny"
[experiment]
command = ["python", "experiment.py", "--scale={scale}", "--out_dir={out_dir}"]
editable = ["experiment.py"]
fixed = ["fixed"]
timeout_s = 10
[prepare]
command = ["python", "-m", "fixed.prepare", "--scale={scale}"]
timeout_s = 20
[evaluator]
command = ["python", "-m", "fixed.judge", "--out={out}"]
timeout_s = 30
[figures]
command = ["python", "plot.py"]
editable = ["plot.py"]
[metrics.loss]
direction = "lower"
description = "the loss"
primary = true
[[proofs]]
check = "training.steps > 0"
reason = "no step"
[scales.tiny]
[scales.full]
description = "a model of 2 billion parameters"
experiment_timeout_s = 1000
evaluator_timeout_s = 3000
prepare_timeout_s = 2000
seeds = [7, 8]
reported = "fixed/reported.json"
[scales.full.descriptions]
loss = "the loss in bits"
"""
REPORTED = {
    "format": 1,
    "reported": True,
    "source": "a paper",
    "baselines": {"topk": {"metrics": {"loss": 0.25, "unlearning": 0.1}}},
}
IDEA = Idea(Name="idea", Title="An idea", Experiment="x", Technical_Details="x", Implementation_Plan="x")


def write_template(folder: Path, contract: str = CONTRACT) -> Path:
    """A template with two scales in `folder`."""
    (folder / "fixed").mkdir(parents=True, exist_ok=True)
    for name in ("experiment.py", "plot.py"):
        (folder / name).write_text("")
    (folder / "fixed" / "reported.json").write_text(json.dumps(REPORTED))
    (folder / "template.toml").write_text(contract)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_template(tmp_path / "sized")


def test_the_default_scale_is_filled_in(folder: Path) -> None:
    """Where no scale is named, the default stands in the commands, with the limits and seeds of the file."""
    template = load_template(folder)
    assert template.scale == "tiny"
    assert template.experiment.command[2] == "--scale=tiny"
    assert template.prepare is not None and template.prepare.command[-1] == "--scale=tiny"
    assert (template.experiment.timeout_s, template.baseline.seeds, template.reported) == (10, [0, 1, 2], None)


def test_a_scale_brings_its_own_limits_seeds_and_reported_results(folder: Path) -> None:
    """What a scale names replaces the rest of the file; what it leaves out stays."""
    template = load_template(folder, "full")
    assert template.experiment.command == ["python", "experiment.py", "--scale=full", "--out_dir={out_dir}"]
    assert template.prepare is not None and template.evaluator is not None
    assert [part.timeout_s for part in (template.experiment, template.prepare, template.evaluator)] == [
        1000,
        2000,
        3000,
    ]
    assert template.baseline.seeds == [7, 8] and template.figures.timeout_s == 120
    assert template.reported is not None and template.reported.value("topk", "loss") == 0.25


def test_a_scale_says_what_a_metric_is_there(folder: Path) -> None:
    """Direction and all else stay; at another scale it is what the template says."""
    there, here = load_template(folder, "full").metrics["loss"], load_template(folder).metrics["loss"]
    assert (there.description, here.description) == ("the loss in bits", "the loss")
    assert there == here.model_copy(update={"description": "the loss in bits"})


def test_an_unknown_scale_names_those_there_are(folder: Path, tmp_path: Path) -> None:
    """A scale that the template does not have is a usage error, and so is any scale of a template without them."""
    with pytest.raises(UsageError, match=r"--scale huge: .*it has tiny, full"):
        load_template(folder, "huge")
    plain = CONTRACT.replace("--scale={scale}", "-q").replace('default_scale = "tiny"\n', "").split("[scales.tiny]")[0]
    assert load_template(write_template(tmp_path / "plain", plain)).scale == ""
    with pytest.raises(UsageError, match="has no scales"):
        load_template(tmp_path / "plain", "tiny")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('default_scale = "tiny"', 'default_scale = "small"', "default_scale: name one of tiny, full"),
        ('default_scale = "tiny"', "", "default_scale: name one of"),
        ('"experiment.py", "--scale={scale}"', '"experiment.py"', "experiment.command holds no {scale}"),
        ("experiment_timeout_s = 1000", "experiment_timeout_s = 0", "scales.full.experiment_timeout_s"),
        ("seeds = [7, 8]", "seeds = []", "scales.full.seeds"),
        ("seeds = [7, 8]", "seed = 7", "scales.full.seed"),
        ("[scales.full]", '[scales."a b"]', "scales.a b"),
        ('default_scale = "tiny"', 'default_scale = "tiny"\nscale = "full"', "scale (unknown)"),
        ('default_scale = "tiny"', 'default_scale = "tiny"\nroot = "/"', "root (unknown)"),
        ("primary = true", "primary = true\noptional = true", "the primary metric cannot be optional"),
        ('loss = "the loss in bits"', 'gain = "a gain"', "scales.full.descriptions: there is no metric 'gain'"),
    ],
)
def test_scales_that_do_not_fit_are_refused(folder: Path, old: str, new: str, said: str) -> None:
    """Every fault of the declaration is told with file and field."""
    assert old in CONTRACT
    (folder / "template.toml").write_text(CONTRACT.replace(old, new))
    with pytest.raises(TemplateError) as refused:
        load_template(folder)
    assert said in str(refused.value) and "template.toml" in str(refused.value)


def test_a_scale_in_a_command_needs_scales(folder: Path) -> None:
    """A command with {scale} in a template without scales could never be run, and is refused."""
    without = CONTRACT.replace('default_scale = "tiny"\n', "").split("[scales.tiny]")[0]
    (folder / "template.toml").write_text(without)
    with pytest.raises(TemplateError, match=r"there is no \[scales.NAME\]"):
        load_template(folder)


def test_the_baselines_key_knows_the_scale(folder: Path) -> None:
    """A baseline measured at one scale is never taken for another's, even where no command differed."""
    tiny, full = load_template(folder), load_template(folder, "full")
    assert baseline_key(tiny) != baseline_key(full)
    renamed = tiny.model_copy(update={"scale": "other"})
    assert baseline_key(renamed) != baseline_key(tiny)


def test_a_session_keeps_its_scale(folder: Path, tmp_path: Path) -> None:
    """session.json records the scale, also the default one; opened again, the commands are those of that scale."""
    for asked, scale in (("full", "full"), ("", "tiny")):
        settings = Settings.model_validate({"model": "manual", "scale": asked})
        session = start_session(tmp_path / "runs", IDEA, load_template(folder, asked), settings)
        assert json.loads(session.paths.spec.read_text())["settings"]["experiment"]["scale"] == scale
        assert session.journal.events[0].scale == scale  # type: ignore[union-attr]
        again = open_session(session.paths.root, Settings.model_validate({"model": "manual", "max_runs": 2}))
        assert again.template.scale == scale and f"--scale={scale}" in again.template.experiment.command


def test_a_session_is_not_resumed_at_another_scale(folder: Path, tmp_path: Path) -> None:
    """Runs of two scales could not be compared: naming another one is refused, naming the same is not."""
    settings = Settings.model_validate({"model": "manual"})
    session = start_session(tmp_path / "runs", IDEA, load_template(folder), settings)
    with pytest.raises(UsageError, match="begun at scale tiny"):
        open_session(session.paths.root, Settings.model_validate({"model": "manual", "scale": "full"}))
    assert (
        open_session(session.paths.root, Settings.model_validate({"model": "manual", "scale": "tiny"})).template.scale
        == "tiny"
    )


def test_a_scale_that_is_gone_is_told(folder: Path, tmp_path: Path) -> None:
    """Where the template lost the scale that a session was begun at, opening it says so."""
    session = start_session(
        tmp_path / "runs", IDEA, load_template(folder, "full"), Settings.model_validate({"model": "manual"})
    )
    (folder / "template.toml").write_text(CONTRACT.replace("scales.full", "scales.large"))
    with pytest.raises((UsageError, SessionError), match="full"):
        open_session(session.paths.root)


def test_an_idea_inside_a_template_is_its_own(tmp_path: Path) -> None:
    """The nearest folder above the idea that is a template; the repository's for ideas that lie elsewhere."""
    root = Path(__file__).parents[4]
    assert template_of(root / "templates" / "toy" / "idea.json") == root / "templates" / "toy"
    assert template_of(root / "ideas" / "progressive.json") == root
    assert template_of(tmp_path / "mine.json") == root
