"""A laboratory on a copy of the toy template, for each sandbox: real processes, nothing pretended."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.experiment.laboratory import Laboratory
from agent.sandbox import choose, supervise
from agent.sandbox.choose import bwrap_problem
from agent.session.events import AttemptEnded, Edited, RunAccepted, SessionResumed
from agent.session.idea import Idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.steps import RunName, Step
from agent.session.template import load_template

REPOSITORY = Path(__file__).parents[3]
IDEA = Idea(Name="momentum", Title="Momentum", Experiment="x", Technical_Details="x", Implementation_Plan="x")


@dataclass
class Bench:
    """A session on a template that a test may alter, and its laboratory."""

    session: Session
    lab: Laboratory
    turns: int = 0

    @property
    def template(self) -> Path:
        return self.session.template.root

    @property
    def code(self) -> str:
        """The untouched experiment.py."""
        return (self.template / "experiment.py").read_text()

    def edit(self, source: str | None, run: str = "run_1", plot: str | None = None) -> Edited:
        """A journalled turn of a coder that wrote `source`; None leaves everything as it is."""
        self.turns += 1
        contents = {"experiment.py": source or self.code, "plot.py": plot or (self.template / "plot.py").read_text()}
        files = {name: self.session.blobs.put(text.encode()) for name, text in contents.items()}
        changed = ["experiment.py"] if source is not None else []
        edit = Edited(outcome="applied" if changed else "no_edit", files=files, changed=changed)
        return self.session.journal.step(Edited, Step(f"{run}/turn_{self.turns}"), lambda: edit)

    def attempt(self, source: str | None, run: str = "run_1") -> AttemptEnded:
        """What comes of running `source`."""
        edit = self.edit(source, run)
        return self.lab.try_out(RunName(run), edit.step, edit)

    def accept(self, source: str, run: str = "run_1", title: str = "A title") -> RunAccepted:
        """Run `source` and accept it."""
        edit = self.edit(source, run)
        ended = self.lab.try_out(RunName(run), edit.step, edit)
        assert ended.outcome == "ok", ended
        return self.lab.accept(RunName(run), title, ended, edit)

    def resume(self) -> None:
        self.session.journal.append(SessionResumed(pid=1))


Maker = Callable[..., Bench]


@pytest.fixture(autouse=True)
def _little_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals follow one another quickly, so that stubborn processes cost tests little."""
    monkeypatch.setattr(supervise, "GRACE_S", (0.4, 0.3))


@pytest.fixture(scope="session")
def kept_baselines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for tests that are not about the baseline: they measure the unaltered toy once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def make(tmp_path: Path, kept_baselines: Path) -> Maker:
    """Makes benches in one folder that share a template; `alter` may change it first. The cache is the test's own
    where `own_cache`, else shared by all tests.
    """

    def maker(
        kind: str = "plain", alter: Callable[[Path], object] | None = None, own_cache: bool = False, **settings: object
    ) -> Bench:
        if kind == "bwrap" and (problem := bwrap_problem()):
            pytest.skip(f"bubblewrap does not work here: {problem}")
        root = tmp_path / "toy"
        if not root.exists():
            shutil.copytree(REPOSITORY / "templates/toy", root, ignore=shutil.ignore_patterns("__pycache__"))
            declared = (root / "template.toml").read_text().replace("seeds = [0, 1, 2, 3, 4]", "seeds = [0, 1]")
            (root / "template.toml").write_text(declared)
        if alter is not None:
            alter(root)
        session = start_session(
            tmp_path / "runs", IDEA, load_template(root), Settings.model_validate({"model": "recorded", **settings})
        )
        return Bench(
            session, Laboratory(session, choose(kind), cache=tmp_path / "cache" if own_cache else kept_baselines)
        )

    return maker


@pytest.fixture(params=["bwrap", "plain"])
def measured(request: pytest.FixtureRequest, make: Maker) -> Bench:
    """A bench in each sandbox whose baseline is measured."""
    bench = make(request.param)
    bench.lab.measure_baseline()
    return bench


def replaced(source: str, *pairs: tuple[str, str]) -> str:
    """`source` with each text replaced; a text that is not there fails the test."""
    for old, new in pairs:
        assert old in source, old
        source = source.replace(old, new)
    return source
