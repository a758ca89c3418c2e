"""A trial: one version of the code, and what its result is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.experiment.prove import Earlier
from agent.session.steps import Step


@dataclass(frozen=True)
class Trial:
    """What is launched, and what its result is held against."""

    run: Step
    """run_3, or run_0/seed_1 for the baseline."""
    number: int
    """Of the attempt."""
    files: Mapping[str, bytes]
    """The experiment's editable files."""
    seed: int
    fixed_sha256: str
    """Hash of the template's fixed half as the session began."""
    earlier: Earlier = field(default_factory=Earlier)
    protected: Sequence[Path] = ()
    """The session's own files: where a sandbox cannot keep them apart, changes are found and undone."""
    watched: Sequence[Path] = ()
    """The template's files: likewise found, but not undone, since a person may be the one who changed them."""
    baseline_passed: bool = False
    """The template's own code ran in this environment."""

    @property
    def out_dir(self) -> str:
        return self.run.parts[0]
