"""A session's folder made into one file: gathered, redacted, listed, compressed. Equal sessions give equal bytes."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent import __version__
from agent.packing.checks.launches import whole_launches_of
from agent.packing.container import ZLIB, BadArchive, encoded
from agent.packing.gather import SESSION, gather
from agent.packing.manifest import NAME, Listed, Manifest, chain, listed
from agent.packing.opened import lay_out
from agent.packing.redact import PLACEHOLDERS, Redaction, redaction_of
from agent.session.files import sha256
from agent.session.reading import read_session
from agent.session.session import Session

_BLOB = re.compile(rf"{SESSION}/blobs/([0-9a-f]{{64}})")
_BINARY = (".pdf", ".png", ".jpg", ".safetensors", ".pt", ".npz", ".npy")
_PAPER = f"{SESSION}/latex/paper.tex"
_PRINTED = (f"{SESSION}/paper.pdf", f"{SESSION}/latex/paper.pdf")


@dataclass(frozen=True)
class Package:
    """A package as bytes, and what its manifest says."""

    data: bytes
    manifest: Manifest
    sha256: str
    """Hash of the manifest, which holds that of every member."""


def pack(session: Session) -> Package:
    """The session as one file. Raises UsageError where it is too large, OSError where a file cannot be read."""
    gathered = gather(session)
    spec = read_session(session.paths.root).spec
    redaction = redaction_of(session, spec.template if spec else "")
    members, left_out = _redacted(gathered.members, redaction)
    journal = members.get(f"{SESSION}/{session.paths.journal.name}", b"")
    manifest = Manifest(
        labloop=__version__,
        zlib=ZLIB,
        session=session.name,
        template=session.template.name,
        scale=session.template.scale,
        fixed_sha256=session.fixed_sha256,
        members={name: listed(content) for name, content in members.items()},
        left_out={**gathered.left_out, **left_out},
        journal_chain=chain(journal),
        placeholders=dict(PLACEHOLDERS) if redaction.counts else {},
        redacted=dict(sorted(redaction.counts.items())),
    )
    with tempfile.TemporaryDirectory(prefix="labloop-pack-") as place, contextlib.suppress(BadArchive):
        whole = whole_launches_of(lay_out(Path(place), manifest, members))
        manifest = manifest.model_copy(update={"whole_launches": whole})
    written = manifest.written()
    return Package(encoded({NAME: written, **members}), manifest, sha256(written))


def _redacted(members: Mapping[str, bytes], redaction: Redaction) -> tuple[dict[str, bytes], dict[str, Listed]]:
    """The members without secrets and machine paths, in order of their names; what cannot be told apart stays behind."""
    found: dict[str, bytes] = {}
    left_out: dict[str, Listed] = {}
    renamed: dict[bytes, bytes] = {}
    for name, content in sorted(members.items()):
        if name.endswith(_BINARY) or b"\0" in content:
            if redaction.stands_in(content):
                left_out[name] = listed(content)
            else:
                found[name] = content
            continue
        kept = redaction.text(name, content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if (blob := _BLOB.fullmatch(name)) and kept != content:
            renamed[blob[1].encode()] = sha256(kept).encode()
            name = redaction.moved(name, f"{SESSION}/blobs/{sha256(kept)}")
        found[name] = kept
    if _PAPER in redaction.counts:  # the PDF was set from the text as it was
        for name in _PRINTED:
            if name in found:
                left_out[name] = listed(found.pop(name))
    for old, new in renamed.items():
        found = {name: content.replace(old, new) for name, content in found.items()}
    return dict(sorted(found.items())), left_out
