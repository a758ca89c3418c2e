"""An archive's bytes follow from its members, and nothing in one that came from elsewhere is trusted."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable

import pytest

from agent.errors import UsageError
from agent.packing.container import BadArchive, Limits, decoded, encoded, repacked_otherwise

MEMBERS = {"manifest.json": b"{}", "session/journal.jsonl": b"a line\n" * 300, "session/empty": b""}


def tar_of(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for entry, content in entries:
            entry.size = len(content) if entry.isreg() else 0
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def named(name: str, change: Callable[[tarfile.TarInfo], None] = lambda entry: None) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    change(entry)
    return entry, b"content"


def a_link(entry: tarfile.TarInfo) -> None:
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"


def a_hard_link(entry: tarfile.TarInfo) -> None:
    entry.type, entry.linkname = tarfile.LNKTYPE, "manifest.json"


def a_device(entry: tarfile.TarInfo) -> None:
    entry.type = tarfile.CHRTYPE


def a_folder(entry: tarfile.TarInfo) -> None:
    entry.type = tarfile.DIRTYPE


def wrapped(tar: bytes) -> bytes:
    """As the tool wraps it: level 9, no time, made on Unix."""
    data = bytearray(gzip.compress(tar, 9, mtime=0))
    data[9] = 3
    return bytes(data)


def test_what_goes_in_comes_out() -> None:
    """Members come back with their contents and in their order, and equal members make equal bytes."""
    data = encoded(MEMBERS)
    assert list(decoded(data).items()) == list(MEMBERS.items())
    assert encoded(dict(MEMBERS)) == data


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "c:d", "a\nb", "x" * 500]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    """Whatever the spelling, nothing is read under it."""
    with pytest.raises(BadArchive):
        decoded(wrapped(tar_of(named(name))))


@pytest.mark.parametrize("change", [a_link, a_hard_link, a_device, a_folder])
def test_what_is_no_plain_file_is_refused(change: Callable[[tarfile.TarInfo], None]) -> None:
    """Links, devices and folders are none that a package holds."""
    with pytest.raises(BadArchive, match="no plain file"):
        decoded(wrapped(tar_of(named("manifest.json"), named("session/link", change))))


def test_a_name_that_comes_twice_is_refused() -> None:
    """Also where only some systems take both for one."""
    for first, second in (("a", "a"), ("A/b", "a/B")):
        with pytest.raises(BadArchive, match="twice"):
            decoded(wrapped(tar_of(named(first), named(second))))


def test_a_bomb_is_not_unpacked() -> None:
    """A small file that unpacks to more than the limit is given up on the way, and so are too many members."""
    data = encoded({"zeros": bytes(8 << 20)})
    assert len(data) < 50_000
    with pytest.raises(BadArchive, match="unpacks to more than 4 MB"):
        decoded(data, Limits(unpacked_bytes=4 << 20))
    with pytest.raises(BadArchive, match="more than 2 members"):
        decoded(encoded(MEMBERS), Limits(members=2))
    with pytest.raises(UsageError, match="more than a package may"):
        encoded(MEMBERS, Limits(members=2))


def test_every_flipped_byte_is_found() -> None:
    """Whichever byte of the file is changed, in whichever bit: it cannot be read, or it is not what the tool packs."""
    data = encoded(MEMBERS)
    for place in range(len(data)):
        for bit in (1, 128):
            changed = bytearray(data)
            changed[place] ^= bit
            try:
                members = decoded(bytes(changed))
            except BadArchive:
                continue
            assert members != MEMBERS or repacked_otherwise(bytes(changed), members, zlib.ZLIB_RUNTIME_VERSION), place


@pytest.mark.parametrize(
    "data", [b"", b"\x1f\x8b", b"no archive", encoded(MEMBERS)[:-5], encoded(MEMBERS) + b"x", wrapped(b"no tar" * 200)]
)
def test_what_is_no_archive_is_told_so(data: bytes) -> None:
    """Cut off, longer than it is, or something else: a sentence, no traceback."""
    with pytest.raises(BadArchive):
        decoded(data)


def test_a_tar_with_something_behind_or_between_is_refused() -> None:
    """Room in headers and fillings carries nothing: the tool would have written other bytes."""
    tar = tar_of(named("manifest.json"))
    with pytest.raises(BadArchive):
        decoded(wrapped(tar + b"more" * 128))
    owned = tar_of(named("manifest.json", lambda entry: setattr(entry, "uname", "alice")))
    with pytest.raises(BadArchive, match="a header or a filling"):
        decoded(wrapped(owned))
