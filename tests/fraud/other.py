"""What another tool says of a case: any command that can be called on a draft and a folder of results."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fraud.cases import Case
from tests.fraud.judge import FOUND, Judged, forged_session
from tests.fraud.world import World

_TIMEOUT_S = 120


def judged_by(command: str, case: Case, world: World) -> Judged:
    """Its word on a case: `{draft}` and `{results}` in the command are filled in, else both are put behind it.

    It has found something where it ends with 5, and nothing where it ends with 0; anything else is no answer. Cases
    without a draft (archives, sessions that are only worked) it cannot be asked of.
    """
    with TemporaryDirectory(prefix="fraud-") as name:
        draft, results = _on_disk(case, world, Path(name))
        if draft is None:
            return Judged(case, right=False, tried=False)
        words = [
            word.replace("{draft}", str(draft)).replace("{results}", str(results)) for word in shlex.split(command)
        ]
        if "{draft}" not in command:
            words += [str(draft), str(results)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Judged(case, right=False, said=(str(error),))
        said = (f"exit {done.returncode}", *done.stdout.splitlines()[:5])
        return Judged(case, done.returncode == (0 if case.is_clean else FOUND), said)


def _on_disk(case: Case, world: World, place: Path) -> tuple[Path | None, Path]:
    """The draft and the folder of results; no draft where the case has none."""
    if case.domain == "drafts":
        return case.folder / case.draft, case.folder / case.results
    if case.domain == "archives" or case.answer:
        return None, place
    root = forged_session(case, world, place)
    draft = root / "latex" / "paper.tex"
    return (draft if draft.is_file() else None), root
