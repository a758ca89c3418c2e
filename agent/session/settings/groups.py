"""Groups of settings: how a template is worked, when enough is enough, how experiments are kept apart, what the paper is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.session.settings.group import SettingGroup as Group
from agent.session.values import Values

VENUE_NAMES = ("neurips", "iclr", "icml", "colm", "tmlr", "acl", "jmlr")
"""The venues whose styles are known by name; printing/venues.py says how each is loaded."""


class ExperimentSettings(Group):
    """How the template is worked."""

    scale: str = ""
    """Which of the template's scales the session is worked at; the template's default where empty."""
    timeout_s: float | None = Field(default=None, gt=0)
    """Time limit of one launch; the template's where None."""
    seeds: int | None = Field(default=None, ge=1, le=20)
    """On how many seeds each run is launched; what the idea says, else one, where None."""
    values: Values = Field(default_factory=dict)
    """What the template's commands are given beside the scale, each as `--NAME=VALUE`: a table, or words `NAME=VALUE`."""


class LimitSettings(Group):
    """When enough is enough."""

    max_runs: int = Field(default=10, ge=1, le=100)
    """Accepted runs after which the session goes on to figures and paper."""
    max_repairs: int = Field(default=4, ge=0, le=20)
    """Further turns for a run after its first."""
    max_abandoned: int = Field(default=2, ge=1)
    """Runs given up in a row after which the session goes on to figures and paper, or ends where none was accepted."""
    patience: int | None = Field(default=None, ge=1)
    """Accepted runs in a row without a gain beyond noise by the primary metric, after which no further one is begun; no such end where None."""
    budget_usd: float | None = Field(default=None, ge=0)
    """Money that the models may cost; a call that could go beyond it is not made."""
    budget_tokens: int | None = Field(default=None, ge=0)
    """Tokens, sent and received; a call that could go beyond them is not made."""


SandboxName = Literal["auto", "bwrap", "plain"]


class SandboxSettings(Group):
    """How experiments are kept apart."""

    kind: SandboxName = "auto"
    """How experiments are isolated; auto takes bubblewrap where it works."""
    memory_gb: float | None = Field(default=None, gt=0, le=1e9)
    """Resident memory after which an experiment is stopped; `memory_share` of what is free where None."""
    memory_share: float = Field(default=0.8, gt=0, le=1)
    """Part of the memory that is free as the session starts, where `memory_gb` is not set."""
    max_processes: int = Field(default=2000, ge=8)
    """Processes of an experiment after which it is stopped."""
    left_gb: float = Field(default=20, gt=0)
    """Gigabytes of files that an experiment may leave, holes in them counted."""
    left_files: int = Field(default=20_000, ge=10)
    """Files and folders that it may leave."""
    left_depth: int = Field(default=64, ge=4, le=200)
    """Folders within each other that it may leave."""
    readable: list[str] = Field(default_factory=list)
    """Folders outside of the checkout that an experiment may read: libraries that lie in unusual places."""


class PaperSettings(Group):
    """The draft at the end."""

    write: bool = True
    """Whether the session goes on to a draft and a PDF."""
    review: bool = True
    """Whether a reviewer reads the draft, and the writer answers its objections."""
    anyway: bool = False
    """Whether it goes on to figures and paper without an accepted run too."""
    style: str = Field(
        default="",
        description=f"The paper's style: {', '.join(f'`{name}`' for name in ('plain', *VENUE_NAMES))}, "
        "or the path of a .sty or .cls file; the plain one where empty.",
    )
    styles: str = ""
    """The folder in which the files of these are looked for: their venues give them out, labloop may not."""
    search_url: str = ""
    """A citation search that speaks OpenAlex' API; none where empty."""
