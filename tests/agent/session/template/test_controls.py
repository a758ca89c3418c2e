"""[[controls]] of a template.toml: what is accepted, and what is refused with the field and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import TemplateError
from agent.session.paths import REPOSITORY
from agent.session.steps import ControlName, Step
from agent.session.template import load_template
from agent.session.template.controls import Control
from tests.agent.session.template.test_scales import CONTRACT

GOOD = 'name = "untrained"\ntitle = "an untrained model"\ncommand = ["python", "-m", "fixed.untrained", "{out_dir}", "--scale={scale}"]'


def template_with(folder: Path, *controls: str) -> Path:
    """A template of two scales with these [[controls]]."""
    for name in ("experiment.py", "plot.py"):
        (folder / name).write_text("")
    (folder / "fixed").mkdir()
    scaled = CONTRACT.replace('reported = "fixed/reported.json"\n', "")
    (folder / "template.toml").write_text(scaled + "".join(f"\n[[controls]]\n{control}\n" for control in controls))
    return folder


def test_a_control_is_read_and_its_scale_filled_in(tmp_path: Path) -> None:
    """The scale that was chosen stands in the control's command, as in the others."""
    folder = template_with(tmp_path, GOOD)
    [control] = load_template(folder, "full").controls
    assert control.command[-1] == "--scale=full" and control.label == "Untrained model"
    assert load_template(folder).controls[0].command[-1] == "--scale=tiny"


@pytest.mark.parametrize(
    ("control", "said"),
    [
        (GOOD.replace('"untrained"', '"run_1"'), "means something else"),
        (GOOD.replace('"untrained"', '"runs"'), ""),
        (GOOD.replace('"untrained"', '"baseline"'), "means something else"),
        (GOOD.replace('"untrained"', '"best"'), "means something else"),
        (GOOD.replace('"untrained"', '"An SAE"'), "names no control"),
        (GOOD.replace('"untrained"', '"loss"'), "is the name of a metric"),
        (GOOD.replace("{out_dir}", "{outdir}"), "{outdir}; only {out_dir}, {seed}, {scale} and {values}"),
        (GOOD.replace(', "--scale={scale}"', ""), "experiment.command holds {scale} and its command does not"),
        (GOOD.replace("{out_dir}", "out"), "holds no {out_dir}"),
        (GOOD.replace("{out_dir}", "{out_dir"), "in its command"),
        (GOOD.replace("an untrained model", ""), "title"),
        (GOOD + '\nvalues = { loss = "details.x" }', "exactly one of command and values"),
        ('name = "a"\ntitle = "a"', "exactly one of command and values"),
        ('name = "a"\ntitle = "a"\nvalues = { gain = "details.x" }', "there is no metric 'gain'"),
        (GOOD + "\nscored = true", "scored"),
        (f"{GOOD}\n[[controls]]\n{GOOD}", "stands twice"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, control: str, said: str) -> None:
    """Names that texts use otherwise, places nobody fills in, both kinds or none, values of no metric, twins."""
    folder = template_with(tmp_path, control)
    if not said:
        assert load_template(folder).controls[0].name == "runs"
        return
    with pytest.raises(TemplateError, match="template.toml: .*control") as refused:
        load_template(folder)
    assert said in str(refused.value)


def test_a_controls_place_among_steps() -> None:
    """Its launch belongs to the baseline, so that no run is counted for it."""
    step = Step.control(ControlName("untrained"))
    assert step == "run_0/control_untrained" and step.run == "run_0" and step.again(1).first_launch == step


def test_values_of_a_session_reach_its_controls(tmp_path: Path) -> None:
    """What a session gives its experiment it gives its controls too; one that takes none is refused."""
    folder = template_with(tmp_path, GOOD.replace('"{out_dir}"', '"{out_dir}", "{values}"'))
    declared = folder / "template.toml"
    takes = '"--out_dir={out_dir}", "{values}"'
    declared.write_text(declared.read_text().replace('"--out_dir={out_dir}"', takes, 1))
    [control] = load_template(folder, "", {"width": "8"}).controls
    assert "--width=8" in control.command and "{values}" not in control.command
    declared.write_text(declared.read_text().replace('"{out_dir}", "{values}"', '"{out_dir}"'))
    with pytest.raises(TemplateError, match="holds {values} and its command does not"):
        load_template(folder)


@pytest.mark.parametrize("folder", [REPOSITORY, *sorted(REPOSITORY.glob("templates/*/"))], ids=lambda path: path.name)
def test_the_shipped_templates_controls_are_sentences_to_begin_with(folder: Path) -> None:
    """Each title reads as the beginning of `… scores 0.284 here`: an article, no capital."""
    for control in load_template(folder).controls:
        assert isinstance(control, Control) and control.title.split()[0] in ("a", "an", "the")
