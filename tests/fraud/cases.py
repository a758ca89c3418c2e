"""case.toml: one planted fraud, or one honest case, and what must be said of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = Path(__file__).parent
Domain = Literal["archives", "sessions", "drafts"]
DOMAINS: tuple[Domain, ...] = ("drafts", "sessions", "archives")
CLEAN = "clean"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(_Strict):
    """One thing that a forger does to a file of a finished session; `file` as it lies in the session's folder."""

    file: str
    """May be a pattern (`run_*/final_info.json`): all files that it names. `{run_1}` is the folder of run_1's attempt, `{run_2_confirm_103}` of a fresh seed's,
    `{figures}` that of the last figures."""
    old: str = ""
    new: str = ""
    """Every place of `old` becomes `new`; `old` must stand there."""
    pattern: str = ""
    """A regular expression in place of `old`; `new` may name its groups (`\\\\1`)."""
    most: int = 0
    """How many places, from the first on; 0 for all."""
    set: dict[str, Any] = {}
    """Dotted path in a JSON file → new value."""
    delete: bool = False
    copy_from: str = ""
    """Another file of the session whose content this one gets."""
    append: str = ""
    write: str | None = None
    """The whole new content."""
    byte: int | None = None
    """Place of a byte that is inverted; negative from the end."""
    event: dict[str, Any] = {}
    """Of a journal: the lines whose fields are these, in place of the whole file. `set`, `old` and `pattern` change them,
    `delete` drops them, `write` puts a line behind each; what is left is numbered anew."""


class Answer(_Strict):
    """What a model says in place of its honest answer, while the session is worked."""

    role: str
    step: str
    reply: str = ""
    old: str = ""
    new: str = ""
    """Or the honest answer with `old` replaced by `new`."""


class Number(_Strict):
    """Of a draft: a number as it is written there, without its signs and units, and the status that it must get."""

    value: float = Field(validation_alias=AliasChoices("value", "text"))
    status: str
    line: int | None = None
    """Where it stands, from 1; None for anywhere."""


class Case(_Strict):
    """One case; its folder holds case.toml and the files that it names."""

    kind: str
    """Which fraud, as the counts name it."""
    status: str
    """What must come of it: `clean`, or what is wrong (README.md lists the words)."""
    says: str = ""
    """A regular expression that a finding must hold (its whole line, upper and lower case alike)."""
    why: str = ""
    """For people: what was done."""
    draft: str = ""
    """The text, where the case is a draft."""
    results: str = "runs"
    """The folder of results beside it."""
    number: list[Number] = []
    answer: list[Answer] = []
    change: list[Change] = []
    printed: list[Change] = []
    """Of an archive: what the forger prints otherwise than paper.tex has it; the PDF is set anew from that."""
    seal: bool = False
    """Of an archive: the forger makes the manifest anew, so that only the evidence contradicts him."""
    hashed: bool = False
    """And every hash in the journal: of calls, of what launches left, of scores and of figures."""
    again: str = ""
    """Of an archive: what `verify --rerun` is asked to run again."""
    run: str = ""
    """Of a session that is worked: the run whose last attempt must end in `status`."""
    folder: Path = Field(default=Path(), exclude=True)
    domain: Domain = "drafts"

    @property
    def name(self) -> str:
        return f"{self.domain}/{self.folder.name}"

    @property
    def is_clean(self) -> bool:
        return self.status == CLEAN


def cases(*domains: Domain) -> Iterator[Case]:
    """Every case of the domains (of all, where none is given), in order of their names."""
    for domain in domains or DOMAINS:
        for file in sorted((CORPUS / domain).glob("*/case.toml")):
            yield read_case(file, domain)


def read_case(file: Path, domain: Domain) -> Case:
    """One case. Raises ValueError naming the file."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        return Case.model_validate({**raw, "folder": file.parent, "domain": domain})
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error
