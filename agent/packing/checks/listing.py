"""The members of a package against its manifest."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from agent.packing.gather import SESSION
from agent.packing.manifest import NAME, Manifest, chain
from agent.packing.opened import Opened
from agent.session.events import Finding
from agent.session.files import sha256

_JOURNAL = f"{SESSION}/journal.jsonl"
_OWN_JSON = re.compile(rf"{NAME}|{SESSION}/(?:exchanges/)?[^/]+\.json|{SESSION}/run_\d+/(?:scores/)?[^/]+\.json")


def changed_members(members: Mapping[str, bytes], manifest: Manifest) -> Iterator[Finding]:
    """Members that are not what the manifest lists: changed, gone, or put in."""
    for name, content in members.items():
        listed = manifest.members.get(name)
        if name == NAME:
            continue
        if listed is None:
            yield Finding(where=name, what="a member that the manifest does not list", why="it was put in afterwards")
        elif (len(content), sha256(content)) != (listed.bytes, listed.sha256):
            yield Finding(
                where=name, what=_place(name, content, manifest), why=f"the manifest lists sha256 {listed.sha256}"
            )
    for name in manifest.members:
        if name not in members:
            yield Finding(where=name, what="the member is missing", why="the manifest lists it")
    yield from _other_chain(members.get(_JOURNAL, b""), manifest)


def keys_twice(opened: Opened) -> Iterator[Finding]:
    """No object that the session wrote holds a name twice: readers would differ in which they take."""
    for name, content in opened.members.items():
        if name == _JOURNAL:
            texts = [(f"journal.jsonl, line {number}", line) for number, line in enumerate(content.splitlines(), 1)]
        elif _OWN_JSON.fullmatch(name):
            texts = [(name.removeprefix(f"{SESSION}/"), content)]
        else:
            continue
        for where, text in texts:
            twice: list[str] = []
            with contextlib.suppress(ValueError, RecursionError):  # what cannot be read is told by what reads it
                json.loads(text, object_pairs_hook=partial(_object, twice))
            for key in twice[:1]:
                yield Finding(where=where, what=f"the key {key[:60]!r} comes twice", why="the session writes each once")


def _object(twice: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice += [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    return found


def _place(name: str, content: bytes, manifest: Manifest) -> str:
    """What changed in a member; of the journal its first line."""
    if name == _JOURNAL and (line := _first_other(chain(content), manifest.journal_chain)):
        return f"its content was changed, first in line {line}"
    return "its content was changed"


def _other_chain(journal: bytes, manifest: Manifest) -> Iterator[Finding]:
    line = _first_other(chain(journal), manifest.journal_chain)
    listed = manifest.members.get(_JOURNAL)
    if line and listed and sha256(journal) == listed.sha256:
        why = "the journal is not the one over which the chain was made"
        yield Finding(where=NAME, what=f"journal_chain does not hold from line {line} on", why=why)


def _first_other(found: list[str], listed: list[str]) -> int:
    """The first line, from 1, at which two chains part; 0 where they do not."""
    pairs = zip(found, listed, strict=False)
    parted = next((number for number, (one, other) in enumerate(pairs, 1) if one != other), 0)
    return parted or (min(len(found), len(listed)) + 1 if len(found) != len(listed) else 0)
