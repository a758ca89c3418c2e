"""A process that hands out the data: what it counted is the result's, whatever the experiment says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from agent.errors import EnvironmentBroken, TemplateError
from agent.session.template import load_template
from tests.agent.experiment.conftest import REPOSITORY, Bench, Maker, replaced
from tests.world.handing import handing_out

pytestmark = pytest.mark.process

BUDGET = "while steps < GRADIENTS"
RECORD = '"gradients": steps,'
INFO = '"training": training, "metrics": {}}'


@pytest.fixture(params=["bwrap", "plain"])
def handed(request: pytest.FixtureRequest, make: Maker) -> Bench:
    """A bench in each sandbox whose template hands out its data, its baseline measured."""
    bench = make(request.param, handing_out())
    bench.lab.measure_baseline()
    return bench


def test_what_was_handed_out_is_counted_outside(handed: Bench) -> None:
    """An honest run's `drawn` is the process's own count, with the seed that the launch was given; the folder is gone."""
    ended = handed.attempt(replaced(handed.code, ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")))
    assert ended.outcome == "ok", ended
    assert ended.results["drawn"] == {"gradients": 2000, "seed": 0}
    paths = handed.session.paths.attempt(ended.number or 0)
    assert not paths.handed.exists()
    assert paths.ledger.is_file()


@pytest.mark.parametrize(
    "edits",
    [
        [("        steps += 1\n", "        noisy_gradient(x, rng)\n        steps += 1\n")],
        [(BUDGET, "while steps < 1000"), (RECORD, '"gradients": GRADIENTS,')],
        [
            ("        steps += 1\n", "        noisy_gradient(x, rng)\n        steps += 1\n"),
            (INFO, INFO[:-1] + ', "drawn": {"gradients": GRADIENTS, "seed": 0}}'),
        ],
    ],
    ids=["a second draw in each step", "half of the budget", "a count that it typed"],
)
def test_another_count_than_the_budgets_is_refused(handed: Bench, edits: list[tuple[str, str]]) -> None:
    """Draws that were not counted, draws that were not made and a count that was typed are not proven, and named."""
    ended = handed.attempt(replaced(handed.code, *edits))
    assert ended.outcome == "not_proven", ended
    assert "not handed the gradients of its budget" in ended.reason


def test_a_batch_that_is_used_twice_is_counted_once(make: Maker) -> None:
    """What was handed out is counted, not what is done with it: a second step on the same gradient is accepted, and only its compute tells."""
    bench = make(alter=handing_out())
    bench.lab.measure_baseline()
    step = "x = [v - LEARNING_RATE * g for v, g in zip(x, gradient, strict=True)]"
    ended = bench.attempt(replaced(bench.code, (step, f"{step}\n        {step}")))
    assert ended.outcome == "ok", ended
    assert ended.results["drawn"] == {"gradients": 2000, "seed": 0}


def test_a_count_that_is_typed_without_such_a_process_is_dropped(make: Maker) -> None:
    """Where a template hands nothing out, its result says what is not proven, whatever the experiment writes there."""
    bench = make()
    bench.lab.measure_baseline()
    typed = (INFO, INFO[:-1] + ', "drawn": {"gradients": 1}}'), ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")
    ended = bench.attempt(replaced(bench.code, *typed))
    assert ended.outcome == "ok", ended
    assert ended.results["drawn"] == {
        "unproven": "the noise of the gradients is drawn by the experiment itself, from its seed"
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('nothing = "no data"', "only where \\[baseline\\] says deterministic = true"),
        ('unproven = "a"\nnothing = "b"', "exactly one of command, nothing"),
    ],
)
def test_what_is_said_of_data_is_checked(tmp_path: Path, data: str, why: str) -> None:
    """That there is nothing to hand out is the word of a deterministic template alone; two words are none."""
    root = tmp_path / "toy"
    shutil.copytree(REPOSITORY / "templates/toy", root)
    declared = (root / "template.toml").read_text()
    (root / "template.toml").write_text(re.sub(r'unproven = ".*"', data, declared))
    with pytest.raises(TemplateError, match=why):
        load_template(root)


def test_the_ode_template_says_that_nothing_is_drawn() -> None:
    """And has no process that would hand it out."""
    template = load_template(REPOSITORY / "templates/ode")
    assert template.data is not None and template.data.nothing and template.hands_out is None
    assert "data" not in template.commands and template.baseline.deterministic


def test_an_experiment_cannot_write_where_it_is_handed_data(make: Maker) -> None:
    """In bubblewrap the shared folder is read-only, and the ledger's folder takes no count of the experiment's."""
    bench = make("bwrap", handing_out())
    bench.lab.measure_baseline()
    tries = (
        "import os\nfolder = os.environ['LABLOOP_DATA']\n"
        "for path in (folder + '/socket', folder + '/x', os.path.dirname(folder) + '/data/drawn.json'):\n"
        "    try:\n        open(path, 'w').write('{\"gradients\": 2000}')\n"
        "    except OSError as error:\n        print('refused', os.path.basename(path))\n"
    )
    main = 'if __name__ == "__main__":\n'
    ended = bench.attempt(replaced(bench.code, (main, tries + main), ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")))
    assert ended.outcome == "ok", ended
    said = bench.session.paths.attempt(ended.number or 0).stdout.read_text()
    assert said.count("refused") == 3


@pytest.mark.parametrize("kind", ["bwrap", "plain"])
@pytest.mark.parametrize(
    "planted",
    [{"odd": "sys.exit('no data here')"}, {"draw": "if count == 100: sys.exit('no data here')"}],
    ids=["as it starts", "amid the draws"],
)
def test_a_process_that_ends_early_is_no_edits_fault(make: Maker, kind: str, planted: dict[str, str]) -> None:
    """The session stops with the process's own words, and no coder is asked to mend them."""
    bench = make(kind, handing_out(**planted), own_cache=True)
    with pytest.raises(EnvironmentBroken, match="hands out training data ended: no data here"):
        bench.lab.measure_baseline()


@pytest.mark.parametrize("kind", ["bwrap", "plain"])
def test_an_experiment_that_fails_at_once_is_at_fault_itself(make: Maker, kind: str) -> None:
    """The process beside it was still starting when it was asked to end, and ended badly: that stops no session."""
    slow = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    sys.exit('amid an import')"
    bench = make(kind, handing_out(odd=slow), own_cache=True)
    fails = "import time\ntime.sleep(1)\nraise ValueError('its own fault')"
    ended = bench.attempt(replaced(bench.code, ("LEARNING_RATE = 0.01", fails)))
    assert ended.outcome == "crashed", ended
    assert "its own fault" in ended.reason


def test_a_command_without_its_places_is_refused(tmp_path: Path, make: Maker) -> None:
    """A `[data] command` that is not told where to count cannot be what counts."""
    root = make(alter=handing_out()).template
    declared = (root / "template.toml").read_text().replace('"--ledger={ledger}", ', "")
    (root / "template.toml").write_text(declared)
    with pytest.raises(TemplateError, match="holds no {ledger}"):
        load_template(root)
