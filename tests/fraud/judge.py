"""What this tool says of a case, and whether that is right."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent.commands import audit as audit_door
from agent.packing.verify import verify
from agent.results.story import story_of
from agent.session.events import AttemptEnded
from tests.fraud.archive import forged_archive
from tests.fraud.cases import Case
from tests.fraud.change import forge
from tests.fraud.world import World, worked_with

FOUND = 5


@dataclass(frozen=True)
class Judged:
    """What was said of a case."""

    case: Case
    right: bool
    said: tuple[str, ...] = ()
    """Each finding in a line."""
    tried: bool = True
    """False where the tool could not be asked of such a case."""

    def __str__(self) -> str:
        said = "; ".join(self.said[:3])[:400] or "nothing"
        return f"{self.case.name} ({self.case.kind}): must be {self.case.status}, said: {said}"


def judged(case: Case, world: World) -> Judged:
    """This tool's word on a case."""
    with TemporaryDirectory(prefix="fraud-") as name:
        place = Path(name)
        if case.domain == "drafts":
            return _draft(case)
        if case.domain == "archives":
            return _archive(case, world, place)
        return _worked(case, place) if case.answer else _session(case, world, place)


def forged_session(case: Case, world: World, place: Path) -> Path:
    """A copy of the honest session's folder with the case's changes."""
    root = Path(shutil.copytree(world.session.paths.root, place / world.session.name))
    forge(root, case.change, world.places)
    return root


def _draft(case: Case) -> Judged:
    """The audit of a text that this tool did not write; it changes nothing, so cases may share their results."""
    folder = case.folder
    code, told = _asked([str(folder / case.draft), "--results", str(folder / case.results), "--json"])
    numbers = [each for each in told.get("numbers", []) if isinstance(each, Mapping)]
    said = [f"{each.get('value')}: {each.get('status')}: {each.get('reason')}: {each.get('text')}" for each in numbers]
    said += [f"{name}: {json.dumps(value)}" for name, value in told.items() if name != "numbers"]
    as_wanted = all(_is_among(wanted.model_dump(), numbers) for wanted in case.number)
    ended = code == 0 if case.is_clean else code == FOUND and _holds(case, said)
    return Judged(case, as_wanted and ended, tuple(said) or (f"exit {code}",))


def _is_among(wanted: Mapping[str, Any], numbers: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a number of this value, status and (where it is given) line was told."""
    value = abs(float(wanted.get("value", wanted.get("text"))))
    return any(
        abs(abs(float(each["value"])) - value) <= 1e-9 + 1e-6 * value
        and each["status"] == wanted["status"]
        and wanted["line"] in (None, each["line"])
        for each in numbers
    )


def _session(case: Case, world: World, place: Path) -> Judged:
    """The audit of a session's folder; one that it refuses to open was found out too."""
    code, told = _asked([str(forged_session(case, world, place)), "--json"])
    said = tuple(": ".join(map(str, each.values())) for each in told.get("findings", []))
    if not told:
        return Judged(case, not case.is_clean and code == 1 and not case.says, (f"exit {code}: it is refused",))
    return Judged(case, code == 0 if case.is_clean else code == FOUND and _holds(case, said), said)


def _archive(case: Case, world: World, place: Path) -> Judged:
    """The verification of a packed session that was changed afterwards; its maker's hash is not known."""
    file = place / "case.tar.gz"
    file.write_bytes(forged_archive(case, world, place / "unpacked"))
    said = tuple(map(str, verify(file, again=case.again, sandbox="plain").differences))
    return Judged(case, not said if case.is_clean else bool(said) and _holds(case, said), said)


def _worked(case: Case, place: Path) -> Judged:
    """What the session itself makes of a fraud while it is worked."""
    session = worked_with(case, place)
    ended = [event for event in session.journal.all(AttemptEnded) if event.run == case.run]
    accepted = {str(run.run): run for run in story_of(session).runs}
    said = [f"{event.outcome}: {event.reason}" for event in ended]
    if case.is_clean:
        return Judged(case, case.run in accepted and not accepted[case.run].comparable, tuple(said))
    if case.run in accepted:
        said += [f"not comparable: {difference}" for difference in accepted[case.run].comparable]
    meant = [line for line in said if line.startswith(f"{case.status}:")]
    return Judged(case, bool(meant) and _holds(case, meant), tuple(said))


def _asked(argv: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """The audit's own door: its exit code and the JSON object that it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = audit_door.main(list(argv))
        except SystemExit as end:
            code = int(end.code or 0)
    try:
        told = json.loads(out.getvalue())
    except ValueError:
        told = {}
    return code, told if isinstance(told, dict) else {}


def _holds(case: Case, lines: Sequence[str]) -> bool:
    return not case.says or any(re.search(case.says, line, re.IGNORECASE) for line in lines)
