"""An archive as a forger leaves it: its members changed, the manifest left or made anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from agent.experiment.launch_end import left_sha256, scores_sha256
from agent.models.exchanges import Exchanges, messages_sha256
from agent.models.protocol import Message
from agent.packing.container import decoded, encoded
from agent.packing.manifest import NAME, chain, listed, read_manifest
from agent.printing.latex import compile_paper, tex_in
from agent.sandbox.plain import Plain
from agent.session.files import sha256
from agent.session.paths import SessionPaths
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
    if case.printed:
        _print_otherwise(case, world, place)
    if case.hashed:
        _hash_anew(place / "session")
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


def _print_otherwise(case: Case, world: World, place: Path) -> None:
    """Both PDFs set from a text with the case's changes; paper.tex stays."""
    folder = place / "session" / "latex"
    other = Path(shutil.copytree(folder, place.with_name("printed") / "session" / "latex"))
    forge(other.parents[1], case.printed, world.places)
    pdf = compile_paper(other, tex_in(Plain(), place.with_name("scratch"))).pdf
    if pdf is None:
        raise ValueError(f"{case.name}: what is to be printed cannot be set")
    for copy in (folder / "paper.pdf", place / "session" / "paper.pdf"):
        copy.write_bytes((other / "paper.pdf").read_bytes())


def _hash_anew(root: Path) -> None:
    """Every hash in the journal of what lies beside it, as the tool would have made it."""
    paths = SessionPaths(root)
    events = [json.loads(line) for line in paths.journal.read_text().splitlines()]
    for event in events:
        _renew(event, paths)
    paths.journal.write_text("".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events))


def _renew(event: dict[str, Any], paths: SessionPaths) -> None:
    kind = event["kind"]
    if kind in ("launch_ended", "scoring_begun"):
        event["left_sha256"] = left_sha256(paths.attempt(event["number"]))
    elif kind == "scoring_ended":
        event["scores_sha256"] = scores_sha256(paths.attempt(event["number"]))
    elif kind == "exchange":
        call = Exchanges(paths.exchanges).read(event["number"])
        event["messages_sha256"] = messages_sha256([*call.messages, Message("assistant", call.reply)])
    elif kind == "figures":
        event["hashes"] = {name: sha256((paths.figures / name).read_bytes()) for name in event["hashes"]}
