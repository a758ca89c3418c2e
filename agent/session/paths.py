"""Every path of a session, in one place; nobody else joins strings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.session.steps import RunName, Step

REPOSITORY = Path(__file__).resolve().parents[2]
"""The folder that labloop itself lies in; its root is a template too."""


def exchange_name(number: int) -> str:
    """The name of an exchange's file."""
    return f"{number:04d}.json"


@dataclass(frozen=True)
class AttemptPaths:
    """The folder of one attempt: the code it ran, its output, its logs, its outcome."""

    root: Path

    @property
    def code(self) -> Path:
        """The private copy of the editable files; the experiment's working directory."""
        return self.root / "code"

    @property
    def stdout(self) -> Path:
        return self.root / "stdout.log"

    @property
    def stderr(self) -> Path:
        return self.root / "stderr.log"

    @property
    def report(self) -> Path:
        """How the experiment's process ended, by its supervisor: for a session that was killed meanwhile."""
        return self.root / "ended.json"

    @property
    def job(self) -> Path:
        """What a launcher keeps of the launch where it is a job of a cluster: batch script, record, result."""
        return self.root / "job"

    @property
    def scratch(self) -> Path:
        """HOME, TMPDIR and caches of the experiment's process."""
        return self.root / "scratch"

    @property
    def handed(self) -> Path:
        """What the process that hands out data shares with the experiment, which can read it; gone when both have ended."""
        return self.root / "handed"

    @property
    def data(self) -> Path:
        """Where that process works and logs, out of the experiment's reach."""
        return self.root / "data"

    @property
    def ledger(self) -> Path:
        """What it has handed out, as it counted."""
        return self.data / "drawn.json"

    @property
    def data_report(self) -> Path:
        """How that process ended, and what it cost, by its supervisor."""
        return self.data / "ended.json"

    @property
    def scores(self) -> Path:
        """What the evaluator wrote, out of the experiment's reach."""
        return self.root / "scores"


@dataclass(frozen=True)
class SessionPaths:
    """The folder of one session."""

    root: Path

    @property
    def spec(self) -> Path:
        """session.json: idea, resolved settings, versions, hashes."""
        return self.root / "session.json"

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    @property
    def blobs(self) -> Path:
        """File contents by sha256: every version of the editable files."""
        return self.root / "blobs"

    @property
    def exchanges(self) -> Path:
        return self.root / "exchanges"

    def exchange(self, number: int) -> Path:
        return self.exchanges / exchange_name(number)

    @property
    def requests(self) -> Path:
        """Questions laid down for a person or another program (`--model manual`)."""
        return self.root / "requests"

    @property
    def say(self) -> Path:
        """Where a person's words to the session lie until it takes them up."""
        return self.root / "say"

    @property
    def attempts(self) -> Path:
        return self.root / "attempts"

    def attempt(self, number: int) -> AttemptPaths:
        return AttemptPaths(self.attempts / f"{number:03d}")

    @property
    def prepared(self) -> Path:
        """Where the template's prepare step works and logs."""
        return self.attempts / "prepare"

    @property
    def evaluator(self) -> Path:
        """Where an evaluator that stays for the session works; gone when it ends."""
        return self.root / "evaluator"

    @property
    def own_store(self) -> Path:
        """The cache of a session without a sandbox that keeps apart: its baseline and what was prepared for it alone."""
        return self.attempts / "store"

    def drawing(self, step: Step) -> Path:
        """The folder of one run of the figures' script."""
        return self.attempts / step.folder

    @property
    def workspace(self) -> Path:
        """Where the coder edits: a folder that holds the editable files and nothing else."""
        return self.root / "workspace"

    def run(self, run: RunName) -> Path:
        """The folder of an accepted run."""
        return self.root / run

    def run_code(self, run: RunName) -> Path:
        """The accepted code of a run (run_1.py …)."""
        return self.root / f"{run}.py"

    def kept_by_the_tool(self) -> tuple[Path, ...]:
        """What the folder holds that only the tool writes: nothing that a model wrote may change it."""
        own = (
            self.journal,
            self.spec,
            self.blobs,
            self.exchanges,
            self.workspace,
            self.notes,
            self.titles,
            self.metrics,
            self.controls,
            self.confirmation,
            self.figures,
            self.own_store,
        )
        return (*own, *sorted(path for path in self.root.glob("*") if RunName.parse(path.stem)))

    @property
    def notes(self) -> Path:
        return self.root / "notes.txt"

    @property
    def titles(self) -> Path:
        """titles.json: run name to title, read by plot.py."""
        return self.root / "titles.json"

    @property
    def metrics(self) -> Path:
        """metrics.json: what each metric is, above all its direction, read by plot.py."""
        return self.root / "metrics.json"

    @property
    def controls(self) -> Path:
        """controls.json: what each control is and what it measured, read by figures."""
        return self.root / "controls.json"

    @property
    def confirmation(self) -> Path:
        """confirmation.json: what candidate and baseline measured on fresh seeds, seed by seed."""
        return self.root / "confirmation.json"

    def seed_result(self, run: RunName, seed: int) -> Path:
        """What a run measured with one of its several seeds."""
        return self.run(run) / "seeds" / str(seed) / "final_info.json"

    @property
    def figures(self) -> Path:
        return self.root / "figures"

    @property
    def latex(self) -> Path:
        return self.root / "latex"

    @property
    def style(self) -> Path:
        """What the paper is set with, where a style was asked for."""
        return self.root / "style"

    @property
    def paper(self) -> Path:
        return self.root / "paper.pdf"

    @property
    def html_draft(self) -> Path:
        """The draft where there is no TeX to print it."""
        return self.root / "paper.html"

    @property
    def audit(self) -> Path:
        return self.root / "audit.json"

    @property
    def page(self) -> Path:
        return self.root / "index.html"
