"""A package laid out as a session in a folder of its own, to be looked at: nothing in it is run, nothing outside is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from agent.errors import LabloopError
from agent.models.exchanges import Exchange, Exchanges
from agent.packing.container import BadArchive
from agent.packing.gather import SESSION, TEMPLATE
from agent.packing.manifest import Manifest
from agent.session.events import SESSION as FORM
from agent.session.events import Edited, Exchanged, FiguresDrawn, RunAccepted, SessionJournal
from agent.session.events.call import Called
from agent.session.files import Blobs
from agent.session.journal import Journal
from agent.session.reading import read_session
from agent.session.session import Session
from agent.session.spec import Spec
from agent.session.template import declared_template


@dataclass(frozen=True)
class Opened:
    """A package on disk."""

    session: Session
    manifest: Manifest
    members: Mapping[str, bytes]

    def redacted(self, member: str) -> bool:
        """Whether a secret or a path was taken out of this member."""
        return self.manifest.redacted.get(member, 0) > 0

    @cached_property
    def calls(self) -> Mapping[int, Exchange]:
        """Every call of a model that can be read, by its number; each file is read once."""
        kept = Exchanges(self.session.paths.exchanges)
        numbers = {event.number for event in self.session.journal.events if isinstance(event, Called)}
        return {number: call for number in sorted(numbers) if (call := kept.left(number))}

    @cached_property
    def replies(self) -> Mapping[str, str]:
        """Every reply that answered, by the step of its exchange; empty where its file cannot be read."""
        answered = self.session.journal.all(Exchanged)
        return {
            str(event.step): self.calls[event.number].reply if event.number in self.calls else "" for event in answered
        }


def lay_out(folder: Path, manifest: Manifest, members: Mapping[str, bytes]) -> Opened:
    """The package's session in `folder`. Raises BadArchive where it holds none that can be read.

    The names of members were looked at as they were read (container.py): none leads out of `folder`.
    """
    root, template_root = folder.resolve() / manifest.session, folder.resolve() / TEMPLATE
    if root == template_root:
        root = folder.resolve() / "of" / manifest.session
    for name, content in members.items():
        top, _, rest = name.partition("/")
        place = {SESSION: root, TEMPLATE: template_root}.get(top)
        if place is None or not rest:
            continue
        path = place / rest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise BadArchive(f"its member {name[:80]!r} cannot be laid out: {error.strerror}") from error
    return Opened(_session(root, template_root), manifest, members)


def _refuse_names(spec: Spec, journal: SessionJournal) -> None:
    """Raises BadArchive where the record names what would be read from outside of the package, or is no hash at all."""
    code = [
        spec.files,
        *(event.files for event in journal.all(Edited)),
        *(event.code for event in journal.all(RunAccepted)),
    ]
    for digest in {digest for files in code for digest in files.values()}:
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise BadArchive(f"{digest[:80]!r} is no hash of a version of the code")
    names = {name for files in code for name in files}
    names |= {name for event in journal.all(FiguresDrawn) for name in (*event.files, *event.traces)}
    for name in names:
        if name.startswith("/") or ".." in name.split("/"):
            raise BadArchive(f"the record names {name[:80]!r}, which leads out of the package")


def _session(root: Path, template_root: Path) -> Session:
    """The session as the package tells it, with the template that lies beside it."""
    try:
        reading = read_session(root)
        spec = reading.spec
        if reading.problems or spec is None:
            told = reading.problems[0].seen if reading.problems else "session.json cannot be read"
            raise BadArchive(told.replace(f"{root}/", ""))
        template = declared_template(template_root, spec.settings.experiment.scale, spec.settings.experiment.values)
        journal = Journal(reading.paths.journal, FORM)
    except LabloopError as error:
        raise BadArchive(str(error).replace(f"{root.parent}/", "")) from error
    except RecursionError as error:
        raise BadArchive("its record or its template is nested too deeply to be read") from error
    _refuse_names(spec, journal)
    return Session(
        paths=reading.paths,
        idea=spec.idea,
        template=template.model_copy(update={"reported": spec.reported}),
        settings=spec.settings,
        journal=journal,
        blobs=Blobs(reading.paths.blobs),
        files=spec.files,
        fixed_sha256=spec.fixed_sha256,
        surroundings=spec.surroundings,
    )
