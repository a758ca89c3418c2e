"""What every template promises, tried on every template there is: a new folder in templates/ is tested without a word here.

The templates in `templates/` are run whole, with two seeds. The SAE template of the root takes minutes, so what
runs it is slow; it keeps its baseline in the cache of this checkout.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.experiment.laboratory import Laboratory
from agent.experiment.launch import cache_folder
from agent.experiment.prove import check_proofs
from agent.results.verdicts.comparable import look_up
from agent.sandbox import choose
from agent.session.events import RunAccepted
from agent.session.files import sha256
from agent.session.idea import Idea, load_idea
from agent.session.paths import REPOSITORY
from agent.session.session import start_session
from agent.session.settings import Settings
from agent.session.steps import BASELINE, Step
from agent.session.template import load_template
from agent.session.template.contract import Template
from tests.agent.experiment.conftest import Bench, replaced

FOLDERS = [REPOSITORY, *sorted(path.parent for path in REPOSITORY.glob("templates/*/template.toml"))]
LONGEST_LINES = 300
"""A model reads the editable files in every turn."""
IDEA = Idea(Name="contract", Title="Contract", Experiment="x", Technical_Details="x", Implementation_Plan="x")
END = 'if __name__ == "__main__":\n'
OTHER_SEED = 'import sys\n\nsys.argv = [word.replace("--seed=0", "--seed=77") for word in sys.argv]\n\n\n'
FRAUD = """\
# takes {command}
import base64, json, sys
from pathlib import Path

FILES = json.loads({files!r})
out = Path(next(word.split("=", 1)[1] for word in sys.argv if word.startswith("--out_dir=")))
for name, content in FILES.items():
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(base64.b64decode(content))
"""
PEEK = """\
# takes {command}
import sys
from pathlib import Path

seen = 0
for path in map(Path, {paths!r}):
    for file in path.rglob("*") if path.is_dir() else [path]:
        try:
            seen += len(file.read_bytes())
        except OSError:
            pass
sys.exit(5 if seen else 4)
"""

pytestmark = [pytest.mark.process, pytest.mark.timeout(900)]


def name_of(folder: Path) -> str:
    return "root" if folder == REPOSITORY else folder.name


@pytest.fixture(params=FOLDERS, ids=name_of)
def template(request: pytest.FixtureRequest) -> Template:
    return load_template(request.param)


def test_the_contract_is_whole(template: Template) -> None:
    """Metrics are described, proofs can be read and say why, three seeds give the noise, the judge is fixed and watched."""
    assert all(metric.description for metric in template.metrics.values())
    check_proofs(template.proofs)
    assert all(proof.reason for proof in template.proofs)
    assert any(set(proof.differs_from) == {"baseline", "previous"} for proof in template.proofs)
    assert any(proof.file for proof in template.proofs)
    assert (
        len(set(template.baseline.seeds)) >= 3
    )  # of a deterministic template too: that all give the same is found out
    assert template.evaluator is not None and template.experiment.fixed
    assert set(template.editable).isdisjoint(template.experiment.fixed)
    assert any(key.endswith(".seed") for key in template.comparable.keys)


def test_what_is_read_in_every_turn_is_short(template: Template) -> None:
    """The files that a coder is shown fit its attention."""
    for name in template.editable:
        assert len((template.root / name).read_text().splitlines()) <= LONGEST_LINES, name
    for name in (*template.experiment.read_only, *template.figures.read_only):
        assert (template.root / name).stat().st_size < 20_000, name


def test_what_is_hidden_belongs_to_the_fixed_half(template: Template) -> None:
    """A file that only the evaluator may read is hashed, and shown to no coder."""
    hidden = template.evaluator.hidden if template.evaluator else []
    for name in hidden:
        inside = [template.root / fixed for fixed in template.experiment.fixed]
        assert any((template.root / name).is_relative_to(folder) for folder in inside), name
        assert name not in template.experiment.read_only


def test_its_ideas_fit_it(template: Template) -> None:
    """Every idea beside a template names metrics that it has."""
    folder = template.root / "ideas" if template.root == REPOSITORY else template.root
    for path in folder.glob("*.json"):
        idea = load_idea(path)
        assert set(idea.Metrics) | {idea.Primary_Metric or template.primary} <= set(template.metrics), path


def test_its_environment_says_what_it_needs(template: Template) -> None:
    """What its commands import can be imported by the Python that it names; the words are for the check before a session."""
    if template.environment.name == "agent":
        assert template.environment.imports == []
    else:
        assert template.environment.imports


# --- what has to run


def files_below(folder: Path) -> dict[str, str]:
    """Hash of every file that a template brought."""
    left_out = {"__pycache__", ".git", ".venv", ".cache", "runs", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
    found = [path for path in sorted(folder.rglob("*")) if left_out.isdisjoint(path.relative_to(folder).parts)]
    return {str(path): sha256(path.read_bytes()) for path in found if path.is_file()}


def run_cost(folder: Path) -> Any:
    return pytest.param(folder, marks=pytest.mark.slow if folder == REPOSITORY else (), id=name_of(folder))


@pytest.fixture(scope="module", params=[run_cost(folder) for folder in FOLDERS])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A session on the template whose baseline is measured with two seeds; at the end the template is as it was."""
    folder: Path = request.param
    before = {} if folder == REPOSITORY else files_below(folder)
    out = tmp_path_factory.mktemp("contract")
    whole = load_template(folder)
    two = whole.baseline.model_copy(update={"seeds": whole.baseline.seeds[:2]})
    template = whole.model_copy(update={"baseline": two})
    session = start_session(out / "runs", IDEA, template, Settings.model_validate({"model": "recorded"}))
    cache = cache_folder() if folder == REPOSITORY else out / "cache"
    made = Bench(session, Laboratory(session, choose("auto"), cache=cache))
    made.lab.measure_baseline()
    yield made
    assert folder == REPOSITORY or files_below(folder) == before


def baseline(bench: Bench) -> RunAccepted:
    return next(iter(bench.session.journal.all(RunAccepted)))


def seed_results(bench: Bench) -> list[dict[str, Any]]:
    paths = sorted(bench.session.paths.run(BASELINE).glob("seeds/*/final_info.json"))
    return [json.loads(path.read_text()) for path in paths]


def fraud(bench: Bench, change: dict[str, Any], with_files: bool = True) -> str:
    """An experiment that hands in the baseline's own files, with `change` merged into its training record."""
    folder = bench.session.paths.run(BASELINE)
    info = seed_results(bench)[0] | {"metrics": {}}
    info["training"] = info["training"] | change
    files = {"final_info.json": json.dumps(info).encode()}
    for path in sorted(folder.rglob("*")) if with_files else []:
        own = path.relative_to(folder)
        if path.is_file() and own.parts[0] != "seeds" and path.name != "final_info.json":
            files[str(own)] = path.read_bytes()
    coded = {name: base64.b64encode(content).decode() for name, content in files.items()}
    command = bench.session.template.experiment.command
    return FRAUD.format(command=command, files=json.dumps(coded)) + "\n\n" + END + "    pass\n"


def test_the_untouched_experiment_delivers_every_metric(bench: Bench) -> None:
    """Each seed passes the proofs, every declared metric is a number, and every comparable setting is recorded."""
    template, results = bench.session.template, baseline(bench).results
    assert set(template.metrics) - template.optional <= set(results["metrics"])
    assert all(entry["n"] == 2 for entry in results["metrics"].values())
    missing = [key for key in template.comparable.keys if look_up(results, key) is None]
    assert missing == []


def test_two_seeds_differ(bench: Bench) -> None:
    """The seed reaches the result: without that there is no noise; where nothing is drawn at random, all metrics are one."""
    template = bench.session.template
    first, second = (info["metrics"] for info in seed_results(bench))
    if template.baseline.deterministic:
        assert first == second
    else:
        assert first[template.primary]["mean"] != second[template.primary]["mean"]


def test_one_seed_repeats_and_unchanged_results_do_not_count(bench: Bench) -> None:
    """The same seed under a comment gives every metric again to the last digit, which is why it is refused."""
    ended = bench.attempt(bench.code + "\n# the new method\n")
    assert ended.outcome == "not_proven" and "every metric equals that of the baseline with seed" in ended.reason


def test_a_run_that_did_nothing_is_not_proven(bench: Bench) -> None:
    """A record of no training at all trips a proof before anything is scored."""
    record = seed_results(bench)[0]["training"]
    nothing = {name: 0 for name, value in record.items() if isinstance(value, int | float)}
    ended = bench.attempt(fraud(bench, nothing))
    assert ended.outcome == "not_proven" and ended.score_seconds == 0, ended.reason


def test_a_result_without_its_files_is_not_proven(bench: Bench) -> None:
    """A record alone, with nothing to score beside it, is refused by its missing file; by what it was handed where that is counted."""
    ended = bench.attempt(fraud(bench, {}, with_files=False))
    why = "is missing" if bench.session.template.hands_out is None else "was not handed the "
    assert ended.outcome == "not_proven" and why in ended.reason


def test_a_copied_result_is_not_proven(bench: Bench) -> None:
    """Handing in the baseline's own files is found out: by what was drawn or computed, which is measured, else by their scores."""
    ended = bench.attempt(fraud(bench, {"copied": 1, "seconds": 0.0}))  # its own time would contradict the clock
    assert ended.outcome in ("not_proven", "bad_results"), ended.reason
    assert any(words in ended.reason for words in ("every metric equals", "CPU-seconds", "drawn")), ended.reason


def test_what_is_hidden_cannot_be_read_by_an_experiment(bench: Bench) -> None:
    """In bubblewrap an experiment that looks for the evaluator's hidden files finds nothing in them."""
    template = bench.session.template
    hidden = template.evaluator.hidden if template.evaluator else []
    if not hidden or not bench.lab.sandbox.keeps_apart:
        pytest.skip("nothing is hidden, or the sandbox cannot hide it")
    paths = [str(template.root / name) for name in hidden]
    ended = bench.attempt(PEEK.format(command=template.experiment.command, paths=paths))
    assert "exit status 4" in ended.reason, ended.cause


def test_an_accepted_run_is_compared_and_drawn(bench: Bench) -> None:
    """Another seed counts as a run, is said to be another seed, leaves nothing outside its folder, and plot.py draws both.

    Of a deterministic template another seed is the baseline again, and refused; its own tests accept and draw a run. Where
    data is handed out by the seed that was given, another one is not that of the data, and refused.
    """
    assert bench.lab.draw_template(Step("figures/one")).ok
    if bench.session.template.baseline.deterministic:
        ended = bench.attempt(replaced(bench.code, (END, OTHER_SEED + END)))
        assert ended.outcome == "not_proven" and "every metric equals" in ended.reason
        return
    if bench.session.template.hands_out is not None:
        ended = bench.attempt(replaced(bench.code, (END, OTHER_SEED + END)))
        assert ended.outcome == "not_proven" and "seed" in ended.reason, ended.reason
        return
    accepted = bench.accept(replaced(bench.code, (END, OTHER_SEED + END)))
    assert any(".seed" in difference for difference in accepted.comparable)
    assert accepted.attempt is not None
    code = bench.session.paths.attempt(accepted.attempt).code
    assert {path.name for path in code.iterdir()} - {"__pycache__"} == {
        "run_1",
        *bench.session.template.experiment.editable,
    }
    drawn = bench.lab.draw_template(Step("figures/two"))
    assert drawn.ok, drawn.cause
    assert sum(name.endswith(".pdf") for name in drawn.files) >= 1
