"""A session: one idea worked through on one template. Opens its folder, knows what it holds."""

from __future__ import annotations

import difflib
import errno
import json
import logging
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from agent import __version__
from agent.errors import Paused, SessionError, UsageError
from agent.session.damage import lost, refuse_damage, sweep
from agent.session.events import SESSION, SessionJournal, SessionResumed, SessionStarted
from agent.session.files import Blobs, write_json
from agent.session.idea import Idea
from agent.session.journal import Journal
from agent.session.paths import SessionPaths
from agent.session.reading import read_session, template_gone
from agent.session.settings import Settings, overlay
from agent.session.settings.resumed import differences, surroundings
from agent.session.spec import Spec
from agent.session.stop import Stop
from agent.session.template import load_template
from agent.session.template.contract import Metric, Template
from agent.session.trouble import pausing

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Session:
    """What every step of the loop needs to know of its session."""

    paths: SessionPaths
    idea: Idea
    template: Template
    settings: Settings
    journal: SessionJournal
    blobs: Blobs
    files: Mapping[str, str]
    """sha256 of each editable file as the session began."""
    fixed_sha256: str
    """Hash of the template's fixed half as the session began."""
    surroundings: Mapping[str, Any] = field(default_factory=dict)
    """What labloop.toml and the environment said when the session was last worked."""

    @property
    def name(self) -> str:
        return self.paths.root.name

    @property
    def stop(self) -> Stop:
        """Whom to ask whether the session must stop."""
        return self.journal.stop

    @property
    def latex_source(self) -> Path:
        """What the paper is set with: the style that was asked for, else the template's."""
        return self.paths.style if (self.paths.style / "paper.tex").is_file() else self.template.latex

    @property
    def primary(self) -> str:
        """The primary metric: the idea's, else the template's."""
        return self.idea.Primary_Metric or self.template.primary

    @property
    def metrics(self) -> dict[str, Metric]:
        """The template's metrics, those that the idea names first."""
        return self.idea.in_order(self.template.metrics)


def check_metrics(idea: Idea, template: Template) -> None:
    """Raises UsageError where the idea names a metric that the template does not measure."""
    for metric in filter(None, [idea.Primary_Metric, *idea.Metrics]):
        if metric not in template.metrics:
            lower = {name.lower(): name for name in template.metrics}
            near = difflib.get_close_matches(metric.lower(), lower, n=1)
            meant = f"did you mean {lower[near[0]]!r}? " if near else ""
            raise UsageError(
                f"the idea {idea.Name}: metric {metric!r} is not measured by the template {template.name}; {meant}"
                f"it has {', '.join(template.metrics)}"
            )


def start_session(
    out: Path, idea: Idea, template: Template, settings: Settings, stop: Stop | None = None, name: str = ""
) -> Session:
    """Make a new session's folder under `out` and its first journal line. The idea fits the template (`check_metrics`).

    `name`: what the folder is called; time and idea where empty.
    """
    slug = re.sub(r"[^A-Za-z0-9_-]", "", idea.Name)
    stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    paths = SessionPaths(_new_folder(out, name or f"{stamp}_{slug}"))
    try:
        with pausing(paths.root, "start the session again"):
            return _begun(paths, idea, template, settings, stop)
    except Paused:  # nothing was spent: half a session would only refuse to open
        shutil.rmtree(paths.root, ignore_errors=True)
        raise


def _begun(paths: SessionPaths, idea: Idea, template: Template, settings: Settings, stop: Stop | None) -> Session:
    """What a session begins with, written into its folder."""
    settings = overlay(settings, "the template", {"scale": template.scale})
    blobs = Blobs(paths.blobs)
    files = {name: blobs.put((template.root / name).read_bytes()) for name in template.editable}
    spec = Spec(
        files=files,
        labloop=__version__,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        idea=idea,
        settings=settings,
        surroundings=surroundings(),
        template=str(template.root),
        fixed_sha256=template.fixed_hash(),
        metrics=template.metrics,
        primary=template.primary,
        reported=template.reported,
    )
    write_json(paths.spec, spec.model_dump(mode="json"))
    journal = Journal(paths.journal, SESSION, stop)
    journal.append(SessionStarted(idea=idea.Name, template=template.name, scale=template.scale, labloop=__version__))
    return Session(
        paths=paths,
        idea=idea,
        template=template,
        settings=settings,
        journal=journal,
        blobs=blobs,
        files=files,
        fixed_sha256=spec.fixed_sha256,
    )


def open_session(root: Path, settings: Settings | None = None, stop: Stop | None = None) -> Session:
    """An existing session, to look at or to resume. `settings` replace the recorded ones (budgets, model).

    Raises SessionError where the folder is no session or the template changed since, UsageError for another scale.
    """
    reading = read_session(root)
    if reading.problems:
        raise SessionError(reading.problems[0].refusal)
    spec = reading.spec
    assert spec is not None  # or there were a problem
    if not Path(spec.template).is_dir():
        raise SessionError(template_gone(reading.paths.spec, spec.template))
    template = load_template(Path(spec.template), spec.settings.experiment.scale, spec.settings.experiment.values)
    template = template.model_copy(update={"reported": spec.reported})  # as the session's texts were written with
    session = Session(
        paths=reading.paths,
        idea=spec.idea,
        template=template,
        settings=spec.settings,
        journal=Journal(reading.paths.journal, SESSION, stop, reading.events),
        blobs=Blobs(reading.paths.blobs),
        files=spec.files,
        fixed_sha256=template.fixed_now(spec.fixed_sha256),
        surroundings=spec.surroundings,
    )
    return session if settings is None else with_settings(session, settings)


def with_settings(session: Session, settings: Settings) -> Session:
    """The session with other settings than the recorded ones. Raises UsageError for another scale than it was begun at."""
    began, scale = session.settings.experiment.scale, session.template.scale
    if settings.experiment.scale not in ("", began, scale):
        raise UsageError(
            f"--scale {settings.experiment.scale}: this session was begun at scale {scale or '(none)'}, and runs at another "
            "could not be compared with its baseline; leave the flag out, or start a new session"
        )
    return replace(session, settings=settings)


def note_resumption(session: Session, pid: int) -> None:
    """A line in the journal that says the session was taken up again; the settings given now are kept in session.json.

    Raises SessionError where the template's fixed half is no longer what the session began with, or code is damaged.
    What kills left of unfinished writes is taken away first; the caller holds the lock.
    """
    if session.fixed_sha256 != session.template.fixed_hash():
        raise SessionError(
            f"{session.template.root}: the template's fixed files ({', '.join(session.template.experiment.fixed)}) "
            f"changed since the session began, so its runs could not be compared; restore them or start anew"
        )
    refuse_damage(session.paths, session.journal, session.files)
    for problem in lost(session.paths, session.journal):
        log.warning("%s", problem)
    sweep(session.paths)
    session.journal.append(SessionResumed(pid=pid, changed=_keep_settings(session)))


def _keep_settings(session: Session) -> list[str]:
    """Put the settings that count from now on into session.json; what is other than before."""
    raw = json.loads(session.paths.spec.read_text(encoding="utf-8-sig"))
    changed = differences(Settings.model_validate(raw["settings"]), session.settings)
    kept = raw | {"settings": session.settings.model_dump(mode="json"), "surroundings": surroundings()}
    if kept != raw:
        write_json(session.paths.spec, kept)
    return changed


def _new_folder(out: Path, name: str) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for suffix in ["", *(f"-{n}" for n in range(2, 100))]:
            folder = out.resolve() / f"{name}{suffix}"
            try:
                folder.mkdir()
                return folder
            except FileExistsError:
                continue
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            with pausing(out, "start the session again, or name another folder with --out"):
                raise
        raise UsageError(f"--out {out}: {error.strerror}; name a folder that can be written") from error
    raise UsageError(f"--out {out}: too many sessions named {name}")
