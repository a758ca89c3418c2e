"""Which files of a session go into a package, and which are only named there by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.packing.manifest import Listed
from agent.sandbox.leavings import opened, regular_files
from agent.session.session import Session

LARGEST = 1_000_000
"""Bytes of a file that a run left; a larger one (weights, activations) is named by its hash."""
LARGEST_OWN = 64_000_000
"""Bytes of a file that the tool itself wrote."""
SESSION, TEMPLATE = "session", "template"
"""The two folders of a package."""
_LEFT_BEHIND = (".log", ".aux", ".out", ".blg", ".tmp")
_JOBS = (("job",), ("scores_job",))
"""Folders of an attempt that hold what a cluster's queue was told; what came of it stands in the journal."""
_STYLES = (".tex", ".sty", ".cls", ".bst", ".bib")


@dataclass(frozen=True)
class Gathered:
    """What a session holds for a package: contents by member, and the large files that stay behind."""

    members: dict[str, bytes]
    left_out: dict[str, Listed]


def gather(session: Session) -> Gathered:
    """The session's record and its evidence, and the half of its template that is declared."""
    members: dict[str, bytes] = {}
    left_out: dict[str, Listed] = {}
    for name, path, largest in (*_of_session(session), *_of_template(session)):
        size = path.stat().st_size
        if size > largest:
            left_out[name] = _listed(path, size)
            continue
        with opened(path) as file:
            members[name] = file.read()
    return Gathered(members, left_out)


def _of_session(session: Session) -> Iterator[tuple[str, Path, int]]:
    """(member, file, most bytes) of all that the session keeps as evidence. Caches, locks and the page stay behind."""
    paths = session.paths
    single = (
        paths.journal,
        paths.spec,
        paths.notes,
        paths.titles,
        paths.metrics,
        paths.controls,
        paths.confirmation,
        paths.audit,
        paths.paper,
        *sorted(path for path in paths.root.glob("run_*.py")),
    )
    for path in single:
        if path.is_file() and not path.is_symlink():
            yield f"{SESSION}/{path.name}", path, LARGEST_OWN
    for folder in (paths.blobs, paths.exchanges, paths.figures, paths.latex):
        for name in regular_files(folder):
            if name.suffix not in _LEFT_BEHIND and not name.name.startswith("."):
                yield f"{SESSION}/{folder.name}/{name}", folder / name, LARGEST_OWN
    left = [paths.attempts, *sorted(path for path in paths.root.glob("run_*") if path.is_dir())]
    kept_apart = (paths.own_store, paths.prepared)
    for folder in left:
        for name in regular_files(folder):
            path = folder / name
            of_job = folder == paths.attempts and name.parts[1:2] in _JOBS
            if any(path.is_relative_to(one) for one in kept_apart) or "__pycache__" in name.parts or of_job:
                continue
            yield f"{SESSION}/{folder.name}/{name}", path, LARGEST


def _of_template(session: Session) -> Iterator[tuple[str, Path, int]]:
    """What is declared of the template, its untouched editable files, and what its paper is set with."""
    template = session.template
    scale = template.scales.get(template.scale)
    reported = [scale.reported] if scale and scale.reported else []
    for name in dict.fromkeys(["template.toml", *template.editable, *reported]):
        yield f"{TEMPLATE}/{name}", template.root / name, LARGEST_OWN
    for path in sorted(session.latex_source.iterdir()):
        if path.suffix in _STYLES and path.is_file():
            yield f"{TEMPLATE}/latex/{path.name}", path, LARGEST_OWN


def _listed(path: Path, size: int) -> Listed:
    with opened(path) as file:
        digest = hashlib.sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
        return Listed(bytes=size, sha256=digest.hexdigest())
