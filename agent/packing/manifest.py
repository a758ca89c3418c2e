"""manifest.json of a package: the hash of every member, what was left out, what stands in place of secrets and paths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent import __version__
from agent.packing.container import ZLIB, BadArchive
from agent.session.files import sha256
from agent.session.session import Session

FORMAT = 1
NAME = "manifest.json"
_VERSION = r"^[\w.+-]{1,60}$"
_SESSION = r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,150}$"


class Listed(BaseModel):
    """One file by size and hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The first member of every package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = Field(default=FORMAT, ge=1)
    labloop: str = Field(pattern=_VERSION)
    """Version that packed it."""
    zlib: str = Field(pattern=_VERSION)
    """Version of the library that compressed it."""
    session: str = Field(pattern=_SESSION)
    """Name of the session's folder, which its paper prints."""
    template: str
    """Name of the template."""
    scale: str = ""
    fixed_sha256: str
    """Hash of the template's fixed half, as the session went on with it."""
    members: dict[str, Listed]
    """Every other member of the package."""
    left_out: dict[str, Listed] = {}
    """Files of the session that are too large to come along, or that a secret stood in."""
    journal_chain: list[str] = []
    """After each line of the journal the first 16 digits of sha256(digits before + line): which line was changed."""
    placeholders: dict[str, str] = {}
    """What each placeholder stands for, in words."""
    redacted: dict[str, int] = {}
    """How many places of a member hold a placeholder."""

    @classmethod
    def of(
        cls, session: Session, members: Mapping[str, Listed], left_out: Mapping[str, Listed], **more: Any
    ) -> Manifest:
        """That of a session as this version packs it."""
        return cls(
            labloop=__version__,
            zlib=ZLIB,
            session=session.name,
            template=session.template.name,
            scale=session.template.scale,
            fixed_sha256=session.fixed_sha256,
            members=dict(members),
            left_out=dict(left_out),
            **more,
        )

    def written(self) -> bytes:
        """As it stands in the package."""
        return (json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n").encode()


def listed(content: bytes) -> Listed:
    """A file's entry."""
    return Listed(bytes=len(content), sha256=sha256(content))


def chain(journal: bytes) -> list[str]:
    """The chain over a journal's lines, each link 16 hex digits."""
    links: list[str] = []
    for line in journal.splitlines(keepends=True):
        links.append(sha256((links[-1] if links else "").encode() + line)[:16])
    return links


def read_manifest(members: Mapping[str, bytes]) -> Manifest:
    """The manifest of a package. Raises BadArchive."""
    content = members.get(NAME)
    if content is None or next(iter(members)) != NAME:
        raise BadArchive(f"its first member is not {NAME}: this is no package of a session")
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        raise BadArchive(f"its {NAME} cannot be read: {field}: {first['msg']}") from error
    if manifest.format > FORMAT:
        raise BadArchive(f"its format {manifest.format} is newer than this labloop reads ({FORMAT}); update labloop")
    return manifest
