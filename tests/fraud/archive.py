"""An archive as a forger leaves it: its members changed, the manifest left or made anew."""

from __future__ import annotations

from pathlib import Path

from agent.packing.container import decoded, encoded
from agent.packing.manifest import NAME, chain, listed, read_manifest
from tests.fraud.cases import Case
from tests.fraud.change import forge
from tests.fraud.world import World

_JOURNAL = "session/journal.jsonl"


def forged_archive(case: Case, world: World, place: Path) -> bytes:
    """The honest session's package with the case's changes; a sealed one lists what it holds now."""
    members = decoded(world.package.data)
    for name, content in members.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    forge(place, case.change, world.places)
    left = {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    manifest = left.pop(NAME)
    if case.seal:
        told = read_manifest({NAME: manifest})
        sealed = told.model_copy(
            update={
                "members": {name: listed(content) for name, content in left.items()},
                "journal_chain": chain(left.get(_JOURNAL, b"")),
            }
        )
        manifest = sealed.written()
    return encoded({NAME: manifest, **left})
