"""Where one launch happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.launching.companion import Companion


@dataclass(frozen=True)
class Place:
    """Where one launch happens: its working directory, logs and scratch."""

    cwd: Path
    stdout: Path
    stderr: Path
    scratch: Path
    writable: tuple[Path, ...]
    readable: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = ()
    closed: tuple[Path, ...] | None = None
    """Folders of which nothing is there but what is readable. None: template and cache are there whole."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of this launch alone."""
    report: Path | None = None
    """Where its supervisor writes how it ended."""
    job: Path | None = None
    """Where a launcher keeps what it must know of it; beside the logs' folder where None."""
    beside: Companion | None = None
    """What stands beside it while it runs."""
    fresh: tuple[Path, ...] = ()
    """Folders that must be as they are now wherever it is begun a second time."""

    @property
    def job_folder(self) -> Path:
        """Out of reach of what is launched: it may write below its logs' folder."""
        folder = self.stdout.parent
        return self.job or folder.with_name(f"{folder.name}_job")

    @classmethod
    def within(cls, folder: Path, cwd: Path | None = None, readable: tuple[Path, ...] = ()) -> Place:
        """A launch whose logs and scratch lie in `folder`; it works in `cwd`, there itself where None."""
        work = cwd or folder
        return cls(
            cwd=work,
            stdout=folder / "stdout.log",
            stderr=folder / "stderr.log",
            scratch=folder / "scratch",
            writable=(work,),
            readable=readable,
        )
