"""Each cheat of the catalogue, launched on the toy template under bubblewrap."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.experiment.doubts.asked import before_launch, not_comparable
from agent.experiment.laboratory import Laboratory
from agent.results.story import results_of
from agent.results.words import phrases
from agent.sandbox import choose
from agent.sandbox.choose import bwrap_problem
from agent.session.events import AttemptEnded
from agent.session.paths import REPOSITORY
from agent.session.session import start_session
from agent.session.settings import Settings
from agent.session.steps import RunName
from agent.session.template import load_template
from tests.agent.experiment.conftest import IDEA, Bench, replaced
from tests.cheats import catalogue
from tests.cheats.catalogue import Cheat

pytestmark = [pytest.mark.process, pytest.mark.slow]


def by_name(cheats: tuple[Cheat, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("cheat", cheats, ids=lambda cheat: cheat.name.replace(" ", "_"))


def made(folder: Path, gradients: int = 2000) -> Bench:
    """A session on a toy with a hidden truth and a cache with what others keep there; it lies neither in HOME nor in /tmp."""
    root = folder / "toy"
    shutil.copytree(REPOSITORY / "templates/toy", root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "judge/truth.txt").write_text("0")
    declared = (root / "template.toml").read_text()
    declared = declared.replace("seeds = [0, 1, 2, 3, 4]", "seeds = [0, 1]").replace(
        "timeout_s = 20", "timeout_s = 120"
    )
    (root / "template.toml").write_text(declared.replace("\nfixed =", '\nhidden = ["judge/truth.txt"]\nfixed =', 1))
    problem = (root / "judge/problem.py").read_text()
    (root / "judge/problem.py").write_text(problem.replace("GRADIENTS = 2000", f"GRADIENTS = {gradients}"))
    for name in ("cache/evaluation/answers.txt", "cache/held_out.npy", "runs/other/run_4/answer.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps({"x": [0.0] * 20}))
    settings = Settings.model_validate({"model": "recorded"})
    session = start_session(folder / "runs", IDEA, load_template(root), settings)
    bench = Bench(session, Laboratory(session, choose("bwrap"), cache=folder / "cache"))
    bench.lab.measure_baseline()
    return bench


def folder_of_its_own() -> Iterator[Path]:
    if problem := bwrap_problem():
        pytest.skip(f"bubblewrap does not work here: {problem}")
    folder = Path(tempfile.mkdtemp(prefix="labloop-cheats-", dir="/var/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def light() -> Iterator[Bench]:
    """A toy whose launch takes a moment."""
    for folder in folder_of_its_own():
        yield made(folder)


@pytest.fixture(scope="module")
def heavy() -> Iterator[Bench]:
    """A toy whose launch takes some CPU seconds."""
    for folder in folder_of_its_own():
        yield made(folder, gradients=250_000)


def cheating(bench: Bench, cheat: Cheat) -> str:
    """The code with the cheat, its places filled in."""
    session, cache = bench.session.paths.root, bench.lab.bench.cache
    places = {
        "SESSION": session,
        "OTHER": session.parent / "other",
        "CACHE": cache,
        "ROOT": bench.template,
        "REPOSITORY": REPOSITORY,
    }
    named = "".join(f"{name} = {str(path)!r}\n" for name, path in places.items())
    source = replaced(bench.code, *cheat.edits)
    return source.replace("import argparse\n", f"import argparse\n{named}", 1)


def result(bench: Bench, source: str) -> AttemptEnded:
    return bench.attempt(source)


def slower(source: str) -> str:
    """Another learning rate, so that the run is none of those before."""
    return source.replace("LEARNING_RATE = 0.01\n", "LEARNING_RATE = 0.007\n")


@by_name(tuple(cheat for cheat in catalogue.CLOSED if cheat.name.startswith(("reads ", "takes "))))
def test_what_is_out_of_reach_lies_there(light: Bench, cheat: Cheat) -> None:
    """The same lines, run outside of the sandbox, read it: it is the sandbox that keeps it away."""
    assert result(light, slower(light.code) + "# first\n").number
    ((_, code),) = cheat.edits
    lines = cheating(light, cheat).split("import argparse\n", 1)[1].split("import json", 1)[0]
    read = code.split("\n", 1)[1].replace("    main()\n", "")
    program = f"{lines}\n{textwrap.dedent(read)}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@by_name((*catalogue.CLOSED, *catalogue.REFUSED))
def test_it_is_refused_by_name(light: Bench, cheat: Cheat) -> None:
    """No result, and a reason that says which cheat it was: what it tried was not there, or not believed."""
    source = cheating(light, cheat)
    honest = cheat.name == "hands in the baseline's answer"
    ended = result(light, source if honest else slower(source))
    assert ended.outcome != "ok", ended
    assert ended.outcome != "environment", "it is laid to the code, and the session goes on"
    assert cheat.says in ended.reason + ended.cause, ended


@by_name(catalogue.WITHOUT_EFFECT)
def test_its_score_is_that_of_the_same_code_without_it(light: Bench, cheat: Cheat) -> None:
    """The evaluator sees files alone, at the end of the launch, in a process that the cheat does not reach."""
    honest = result(light, slower(light.code) + "# honest\n")
    ended = result(light, slower(cheating(light, cheat)))
    assert ended.outcome == honest.outcome == "ok", ended
    assert ended.results.metrics == honest.results.metrics
    (cost,) = ended.results.costs
    assert cost.cpu_s, "measured, not typed"


@by_name(catalogue.TOLD)
def test_its_compute_is_told_with_the_result(heavy: Bench, cheat: Cheat) -> None:
    """Or refused, where it cannot have done the work that it says."""
    source = slower(cheating(heavy, cheat))
    if cheat.what == "refused":
        ended = result(heavy, source)
        assert ended.outcome == "not_proven", ended
        assert cheat.says in ended.reason
        return
    run = RunName(f"run_{len(results_of(heavy.session).runs)}")
    heavy.accept(source, run, cheat.name)
    results = results_of(heavy.session)
    found = results.get(run)
    assert found is not None
    assert cheat.says in phrases.verdict_text(results, found, "excess_loss")


@by_name(catalogue.ASKED)
def test_it_goes_back_with_a_question(light: Bench, cheat: Cheat) -> None:
    """Before it costs a launch."""
    edit = light.edit(cheating(light, cheat))
    asked = before_launch(light.session, RunName("run_1"), edit.step, edit)
    assert asked is not None
    assert cheat.says in asked.reason


@by_name(catalogue.UNLIKE)
def test_it_is_not_comparable(light: Bench, cheat: Cheat) -> None:
    """Asked back once, then marked: it takes part in no verdict."""
    ended = result(light, cheating(light, cheat))
    assert ended.outcome == "ok", ended
    asked = not_comparable(light.session, RunName("run_1"), ended)
    assert asked is not None
    assert cheat.says in asked.reason


@by_name(catalogue.NOT_PROVEN)
def test_it_is_not_found_out(light: Bench, cheat: Cheat) -> None:
    """Said in docs/guarantees.md: should one of these be refused one day, its line there is to be mended."""
    ended = result(light, cheating(light, cheat))
    assert ended.outcome == "ok", ended


@pytest.mark.parametrize("place", ["/dev/shm/left", "/tmp/left", "~/left", "../left", "{cache}/left", "environment"])
def test_nothing_is_handed_from_one_run_to_the_next(light: Bench, place: str) -> None:
    """What a run leaves in memory, in temporary folders, at home, beside its folder or in its environment is not there in the next."""
    path = place.replace("{cache}", str(light.lab.bench.cache))
    leaves = f"import os\ntry:\n    os.environ['LEFT'] = 'x'\n    open(os.path.expanduser({path!r}), 'w').write('weights')\nexcept OSError:\n    pass"
    takes = (
        f"import os\nassert not os.environ.get('LEFT') and not os.path.exists(os.path.expanduser({path!r})), 'smuggled'"
    )
    for code in (leaves, takes):
        cheat = Cheat("hands weights to the next run", catalogue.before(code), "out of reach")
        ended = result(light, cheating(light, cheat))
        assert "smuggled" not in ended.reason
        assert ended.outcome in ("ok", "not_proven"), ended
