"""One file for many: a gzip of a tar whose bytes follow from its members alone, read without trust.

Whoever reads it gets bytes by name, never files: a link, a device, a name that leads elsewhere, a name that comes twice,
an archive that unpacks to more than the limits is refused before anything is made of it.
"""

from __future__ import annotations

import io
import re
import tarfile
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from agent.errors import UsageError

ZLIB = zlib.ZLIB_RUNTIME_VERSION
"""Two versions may pack the same bytes differently; what they unpack to is the same."""
_LEVEL = 9
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 20
_BLOCK = 512
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"
"""No name, no time: level 9, made on Unix (zlib's deflateInit2 writes this)."""
_NAME = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]+")


@dataclass(frozen=True)
class Limits:
    """How much of an archive is read."""

    file_bytes: int = 256 << 20
    """The archive itself."""
    unpacked_bytes: int = 512 << 20
    """All that it unpacks to."""
    members: int = 20_000
    name_characters: int = 400


class BadArchive(Exception):
    """Why a file is no package, or must not be read as one; a sentence for people."""


def encoded(members: Mapping[str, bytes], limits: Limits | None = None) -> bytes:
    """The archive: members in the order in which they are given. Raises UsageError beyond the limits."""
    limits = limits or Limits()
    size = sum(len(content) for content in members.values())
    if size + 2 * _BLOCK * len(members) > limits.unpacked_bytes or len(members) > limits.members:
        raise UsageError(
            f"the session holds {len(members):,} files of {size:,} bytes, more than a package may "
            f"({limits.members:,} of {limits.unpacked_bytes:,}); take large or many files out of its attempts/"
        )
    return _packed(_tar(members))


def decoded(data: bytes, limits: Limits | None = None) -> dict[str, bytes]:
    """What an archive holds, by name, in its order. Raises BadArchive."""
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        raise BadArchive(f"it is larger than {limits.file_bytes >> 20} MB")
    tar = _unpacked(data, limits)
    members = _members(tar, limits)
    if _tar(members) != tar:
        raise BadArchive(
            "its bytes are not those that this tool writes for its members: a header or a filling was changed"
        )
    return members


def repacked_otherwise(data: bytes, members: Mapping[str, bytes], made_with: str) -> bool:
    """Whether the compressed bytes were changed though they unpack to the same; only told by the zlib that made them."""
    return made_with == ZLIB and _packed(_tar(members)) != data


def _tar(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), 0o644, 0
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _packed(tar: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(tar) + packer.flush()
    return _HEADER + body + zlib.crc32(tar).to_bytes(4, "little") + (len(tar) & 0xFFFFFFFF).to_bytes(4, "little")


def _unpacked(data: bytes, limits: Limits) -> bytes:
    if not data.startswith(_HEADER):
        raise BadArchive("it does not begin as a package does (a gzip without a name or a time)")
    unpacker, pieces, size = zlib.decompressobj(_GZIP), [], 0
    waiting = data
    try:
        while waiting and not unpacker.eof:
            piece = unpacker.decompress(waiting, _PIECE)
            waiting = unpacker.unconsumed_tail
            size += len(piece)
            if size > limits.unpacked_bytes:
                raise BadArchive(f"it unpacks to more than {limits.unpacked_bytes >> 20} MB")
            pieces.append(piece)
    except zlib.error as error:
        raise BadArchive(f"it cannot be unpacked: {error}") from error
    if not unpacker.eof:
        raise BadArchive("it is cut off: its end is missing")
    if unpacker.unused_data:
        raise BadArchive(f"{len(unpacker.unused_data)} bytes stand behind its end")
    return b"".join(pieces)


def _members(tar: bytes, limits: Limits) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    seen: set[str] = set()
    try:
        with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
            for entry in archive:
                if len(found) >= limits.members:
                    raise BadArchive(f"it holds more than {limits.members:,} members")
                if why := _refused(entry, limits) or ("comes twice" if _folded(entry.name) in seen else ""):
                    raise BadArchive(f"its member {entry.name[:80]!r} {why}")
                content = archive.extractfile(entry)
                found[entry.name] = content.read() if content else b""
                if len(found[entry.name]) != entry.size:
                    raise BadArchive(f"its member {entry.name[:80]!r} is cut off")
                seen.add(_folded(entry.name))
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, RecursionError) as error:
        raise BadArchive(f"the tar in it cannot be read: {error}") from error
    return found


def _refused(entry: tarfile.TarInfo, limits: Limits) -> str:
    """Why a member is none that a package holds."""
    if not entry.isreg() or entry.issparse():
        return "is no plain file (a link, a folder, a device, a file with holes)"
    parts = entry.name.split("/")
    if entry.name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "leads out of the archive"
    if len(entry.name) > limits.name_characters or not _NAME.fullmatch(entry.name):
        return "has a name that some system does not take"
    return ""


def _folded(name: str) -> str:
    """Equal for two names that are one file on some system."""
    return unicodedata.normalize("NFC", name).casefold()
