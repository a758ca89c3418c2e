"""Values that a session gives its template's commands: filled in where they are asked for, kept, refused where they do not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.errors import UsageError
from agent.experiment.baseline_store import baseline_key
from agent.session.session import open_session, start_session
from agent.session.settings import Settings, overlay_environment, resolve
from agent.session.settings.resumed import resume_settings
from agent.session.template import load_template
from tests.agent.session.template.test_scales import CONTRACT, IDEA, write_template

TAKES = CONTRACT.replace(
    '"--scale={scale}", "--out_dir={out_dir}"]', '"--scale={scale}", "--out_dir={out_dir}", "{values}"]'
)
TAKES = TAKES.replace('"fixed.prepare", "--scale={scale}"]', '"fixed.prepare", "{values}", "--scale={scale}"]')
TAKES = TAKES.replace(
    "timeout_s = 30\n", 'timeout_s = 30\ncheck = ["python", "-m", "fixed.judge", "--check", "{values}"]\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_template(tmp_path / "sized", TAKES)


def test_values_stand_where_a_command_asks_for_them(folder: Path) -> None:
    """Experiment, prepare and the evaluator's check are given them; its command, which does not ask, is not."""
    template = load_template(folder, "full", {"width": "8192", "text": "a b"})
    assert template.experiment.command[-2:] == ["--width=8192", "--text=a b"]
    assert template.prepare is not None and template.evaluator is not None
    assert template.prepare.command[3:] == ["--width=8192", "--text=a b", "--scale=full"]
    assert template.evaluator.check[-2:] == ["--width=8192", "--text=a b"]
    assert template.evaluator.command == ["python", "-m", "fixed.judge", "--out={out}"]
    said = template.scales["full"].description
    assert said == "a model of 2 billion parameters (with width = 8192, text = a b)"


def test_without_values_nothing_stands_in_their_place(folder: Path) -> None:
    """The word goes, the description stays, and the baseline is another than one with values."""
    plain, wide = load_template(folder), load_template(folder, "", {"width": "8192"})
    assert plain.experiment.command[-1] == "--out_dir={out_dir}"
    assert plain.scales["full"].description == "a model of 2 billion parameters"
    assert baseline_key(plain) != baseline_key(wide)


def test_a_template_that_takes_none_says_so(tmp_path: Path) -> None:
    """Values that nobody would read are refused."""
    with pytest.raises(UsageError, match=r"--value width: the experiment of the template sized takes no values"):
        load_template(write_template(tmp_path / "plain"), "", {"width": "8192"})


@pytest.mark.parametrize("name", ["out_dir", "out", "scale", "o"])
def test_what_the_template_gives_itself_cannot_be_given(folder: Path, name: str) -> None:
    """Nor a beginning of it, which a command-line parser takes for the whole."""
    with pytest.raises(UsageError, match="the template gives --(out_dir|scale) itself"):
        load_template(folder, "", {name: "elsewhere"})


@pytest.mark.parametrize(
    "given",
    [
        {"experiment": {"values": {"width": 8192, "rate": 1e-3, "text": "a b"}}},
        {"values": ["width=8192", "rate=0.001", "text=a b"]},
        {"values": "width=8192 rate=0.001 'text=a b'"},
    ],
)
def test_a_table_flags_and_one_text_say_the_same(given: dict[str, Any]) -> None:
    """labloop.toml, --value and LABLOOP_VALUES lead to one setting."""
    wanted = {"width": "8192", "rate": "0.001", "text": "a b"}
    assert Settings.model_validate(given).experiment.values == wanted
    assert overlay_environment(Settings(), {"LABLOOP_VALUES": "width=1"}).experiment.values == {"width": "1"}


@pytest.mark.parametrize("given", [["width"], ["=3"], ["width="], ["--width=3"], ["width=3", "width=4"], ["a b=3"]])
def test_what_is_no_value_is_refused(given: list[str], tmp_path: Path) -> None:
    """No name, no value, a flag, a name twice: said with what should be written."""
    empty = tmp_path / "labloop.toml"
    empty.write_text("")
    with pytest.raises(UsageError, match="the command line: values: .*(write NAME=VALUE|given twice)"):
        resolve({"values": given}, empty, {})


def test_a_session_keeps_its_values(folder: Path, tmp_path: Path) -> None:
    """Opened again, its commands hold them still; others are refused, since its baseline was measured with these."""
    settings = Settings.model_validate({"model": "manual", "values": {"width": 8192}})
    template = load_template(folder, "", settings.experiment.values)
    session = start_session(tmp_path / "runs", IDEA, template, settings)
    assert open_session(session.paths.root).template.experiment.command[-1] == "--width=8192"
    with pytest.raises(UsageError, match="values .* cannot change within a session"):
        resume_settings(session.settings, {}, {"values": ["width=1"]}, None, {})


def test_a_scale_may_let_a_result_lack_more(tmp_path: Path) -> None:
    """`optional` of a scale holds there alone; of the primary metric, or of one that there is not, it is refused."""
    more = '[metrics.speed]\ndirection = "higher"\ndescription = "speed"\n[[proofs]]'
    contract = CONTRACT.replace("[[proofs]]", more).replace("[scales.full]\n", '[scales.full]\noptional = ["speed"]\n')
    folder = write_template(tmp_path / "sized", contract)
    assert load_template(folder, "full").optional == {"speed"}
    assert load_template(folder, "tiny").optional == frozenset()
    for name, said in (("loss", "the primary metric, loss, cannot be optional"), ("gone", "there is no metric 'gone'")):
        (folder / "template.toml").write_text(contract.replace('["speed"]', f'["{name}"]'))
        with pytest.raises(Exception, match=said):
            load_template(folder, "full")
