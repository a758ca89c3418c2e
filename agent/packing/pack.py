"""A session's folder made into one file: gathered, redacted, listed, compressed. Equal sessions give equal bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.packing.checks.excused import BINARY, PRINTED
from agent.packing.container import encoded
from agent.packing.gather import SESSION, gather
from agent.packing.manifest import NAME, Listed, Manifest, chain, listed
from agent.packing.redact import PLACEHOLDERS, Redaction, redaction_of
from agent.packing.rehash import call_hashes, carried_hashes
from agent.session.files import sha256
from agent.session.reading import read_session
from agent.session.session import Session

_BLOB = re.compile(rf"{SESSION}/blobs/([0-9a-f]{{64}})")
_CALL = re.compile(rf"{SESSION}/exchanges/\d+\.json")
_PAPER = f"{SESSION}/latex/paper.tex"


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
    journal = f"{SESSION}/{session.paths.journal.name}"
    if journal in members:
        whole, _, _ = members[journal].rpartition(b"\n")  # a line that a kill tore never counted
        members[journal] = _renamed(whole + b"\n", carried_hashes(session, members))
    manifest = Manifest.of(
        session,
        {name: listed(content) for name, content in members.items()},
        {**gathered.left_out, **left_out},
        journal_chain=chain(members.get(journal, b"")),
        placeholders=dict(PLACEHOLDERS) if redaction.counts else {},
        redacted=dict(sorted(redaction.counts.items())),
    )
    written = manifest.written()
    return Package(encoded({NAME: written, **members}), manifest, sha256(written))


def _redacted(members: Mapping[str, bytes], redaction: Redaction) -> tuple[dict[str, bytes], dict[str, Listed]]:
    """The members without secrets and machine paths, in order of their names; what cannot be told apart stays behind."""
    found: dict[str, bytes] = {}
    left_out: dict[str, Listed] = {}
    renamed: dict[bytes, bytes] = {}
    for name, content in sorted(members.items()):
        if name.endswith(BINARY) or b"\0" in content:
            if redaction.stands_in(content):
                left_out[name] = listed(content)
            else:
                found[name] = content
            continue
        kept = redaction.text(name, content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if (blob := _BLOB.fullmatch(name)) and kept != content:
            renamed[blob[1].encode()] = sha256(kept).encode()
            name = redaction.moved(name, f"{SESSION}/blobs/{sha256(kept)}")
        elif _CALL.fullmatch(name) and kept != content:
            renamed |= call_hashes(content, kept)
        found[name] = kept
    if _PAPER in redaction.counts:  # the PDF was set from the text as it was
        for name in PRINTED:
            if name in found:
                left_out[name] = listed(found.pop(name))
    found = {name: _renamed(content, renamed) for name, content in found.items()}
    return dict(sorted(found.items())), left_out


def _renamed(content: bytes, hashes: Mapping[bytes, bytes]) -> bytes:
    """The content with each hash that stands in it in its new form."""
    for old, new in hashes.items():
        content = content.replace(old, new)
    return content
