"""What a template declares of its confirmation, and the settings that ask for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.errors import TemplateError, UsageError
from agent.experiment.confirming.bench import check_fresh
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings, resolve
from agent.session.settings.confirm import ConfirmSettings
from agent.session.template import load_template
from agent.session.template.confirmation import Confirmation
from agent.session.template.contract import Template
from tests.world.slow_toy import slow_template

COMMAND = ["python", "-m", "judge", "--run_dir={run_dir}", "--out={out}", "--evals={stages}"]
STAGED = Confirmation(evaluator=COMMAND, stages={"core": ["loss", "accuracy"], "slow": ["robustness"]})
SEEDS = "seeds = 3\nfirst_seed = 101"


def declared(folder: Path, old: str, new: str) -> Template:
    return load_template(slow_template(folder, (old, new)))


def test_only_the_stages_that_give_a_wanted_metric_are_paid_for() -> None:
    """{stages} names them in the order in which they are declared; a metric of no stage is not scored there."""
    assert STAGED.scored(["robustness", "loss", "l0"]) == ("robustness", "loss")
    assert STAGED.command(["accuracy"])[-1] == "--evals=core"
    assert STAGED.command(["robustness", "loss"])[-1] == "--evals=core,slow"


def test_a_template_may_score_fewer_metrics_there() -> None:
    """`metrics` restricts them; without it every one is scored."""
    plain = Confirmation(evaluator=COMMAND[:-1], metrics=["loss"])
    assert plain.scored(["loss", "accuracy"]) == ("loss",)
    assert Confirmation(evaluator=COMMAND[:-1]).scored(["loss", "accuracy"]) == ("loss", "accuracy")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (f'{SEEDS}\nmetrics = ["excess_los"]', "confirmation.metrics: there is no metric 'excess_los'"),
        (f'{SEEDS}\nmetrics = ["distance"]', "the primary metric, excess_loss, is not among what it scores"),
        (f'{SEEDS}\nstages = {{ core = ["excess_loss"] }}', "go together"),
        ("seeds = 1", "greater than or equal to 2"),
        (f"{SEEDS}\nsplit = 3", "confirmation.split"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, new: str, said: str) -> None:
    """Before anything is run: the field, and what is wrong with it."""
    with pytest.raises(TemplateError, match="confirmation") as error:
        declared(tmp_path, SEEDS, new)
    assert said in str(error.value)


def test_a_command_without_its_places_is_refused(tmp_path: Path) -> None:
    """One that is not told which run it scores, or where to."""
    with pytest.raises(TemplateError, match=r"confirmation.evaluator: holds no \{out\}"):
        declared(tmp_path, '"--out={out}", "--split=confirm"', '"--split=confirm"')


@pytest.mark.parametrize(
    ("first", "said"), [(0, r"0 \(each run's\), 1 \(the baseline's\)"), (2, r"2 \(the baseline's\)")]
)
def test_seeds_of_the_search_are_refused(tmp_path: Path, first: int, said: str) -> None:
    """Fresh is what no run and no baseline was measured with: the seeds are named, and whose they are."""
    template = declared(tmp_path, "first_seed = 101", f"first_seed = {first}")
    with pytest.raises(UsageError, match=f"seeds of the search: {said}"):
        check_fresh(template, Settings())


def test_a_seed_that_a_run_has_used_is_not_fresh_any_more(tmp_path: Path) -> None:
    """More fresh seeds, asked for when the session is taken up again, may not be those on which its runs were launched."""
    template = declared(tmp_path, "first_seed = 101", "first_seed = 7")
    check_fresh(template, Settings(), used=[0, 1, 10])
    more = Settings.model_validate({"confirmation": {"seeds": 4}})
    with pytest.raises(UsageError, match=r"seeds of the search: 10 \(a run's\)"):
        check_fresh(template, more, used=[0, 1, 10])


@pytest.mark.parametrize("folder", ["templates/toy", "templates/synthetic", "."])
def test_the_shipped_templates_confirm_on_fresh_seeds_and_their_own_split(folder: str) -> None:
    """Their commands name the split, and nothing of the search is used again; a scale is filled in."""
    template = load_template(REPOSITORY / folder)
    assert template.confirmation is not None
    check_fresh(template, Settings())
    assert "--split=confirm" in template.confirmation.evaluator
    assert not any("{scale}" in word or "{values}" in word for word in template.confirmation.evaluator)
    assert template.confirmation.scored(template.metrics)[0] == template.primary


@pytest.mark.parametrize(
    ("given", "run"), [("auto", "auto"), ("none", "none"), ("3", "run_3"), ("run_12", "run_12"), ("Run 4", "run_4")]
)
def test_a_run_is_named_by_its_name_or_number(given: str, run: str) -> None:
    """From a flag, the environment or a file alike."""
    assert ConfirmSettings(run=given).run == run
    assert resolve({}, None, {"LABLOOP_CONFIRM": given}).confirmation.run == run


@pytest.mark.parametrize(
    ("field", "value"), [("run", "the best"), ("run", "0"), ("seeds", 1), ("seeds", -1), ("at_once", 0)]
)
def test_what_asks_for_no_confirmation_that_can_be_is_refused(field: str, value: object) -> None:
    """One seed has no spread; run 0 is the baseline."""
    with pytest.raises(ValidationError):
        ConfirmSettings.model_validate({field: value})
