"""`make release VERSION=0.2.0`: the version, the changelog's heading and a tag, in one commit; nothing is pushed.

`python3 -m setup.release 0.2.0 [--dry-run]`. It looks first and changes nothing where something is amiss.
"""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

REPOSITORY = Path(__file__).resolve().parents[1]
VERSION_FILE, CHANGES, CITATION = "agent/__init__.py", "CHANGELOG.md", "CITATION.cff"
FORMAT_FILE = "agent/session/events/session.py"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_UNRELEASED = "## Unreleased\n"


class NotReady(Exception):
    """Something must be mended before a release; the message says what."""


def main(argv: List[str]) -> int:
    """0 when the tag is there (or would be), 2 for a wrong call, 3 where the tree is not ready."""
    dry = "--dry-run" in argv
    words = [word for word in argv if word != "--dry-run"]
    if len(words) != 1:
        sys.stderr.write("error: name one version: make release VERSION=0.2.0\n")
        return 2
    today = datetime.date.today().isoformat()
    try:
        release(REPOSITORY, words[0], today, dry)
    except NotReady as error:
        sys.stderr.write("error: {}\n".format(error))
        return 3
    return 0


def release(root: Path, version: str, today: str, dry: bool) -> None:
    """Bump, commit and tag. Raises NotReady before anything is changed."""
    check(root, version)
    texts = bumped(root, version, today)
    if dry:
        sys.stdout.write("would release {}: {}, tag v{}\n".format(version, ", ".join(sorted(texts)), version))
        return
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")
    _git(root, "commit", "-q", "-m", "Release {}".format(version), "--", *sorted(texts))
    _git(root, "tag", "-a", "v" + version, "-m", "labloop {}".format(version))
    sys.stdout.write("released {} here; look at it, then: git push origin HEAD v{}\n".format(version, version))


def check(root: Path, version: str) -> None:
    """Raises NotReady for a version that is none or not the next one, a dirty tree, a known tag, an empty changelog,
    or a format of the journal of which no session is kept."""
    if not _VERSION.fullmatch(version):
        raise NotReady("{} is no version; write three numbers, as in 0.2.0".format(version))
    current = current_version(root)
    if _numbers(version) <= _numbers(current):
        raise NotReady("{} does not come after {}, which {} names".format(version, current, VERSION_FILE))
    changed = _git(root, "status", "--porcelain")
    if changed:
        raise NotReady("the tree is not clean; commit first:\n" + changed)
    if _git(root, "tag", "--list", "v" + version):
        raise NotReady("the tag v{} is there already".format(version))
    if not re.search(r"^- ", _unreleased(root), re.MULTILINE):
        raise NotReady("{}: nothing stands under Unreleased; say what a user gets".format(CHANGES))
    stored = "tests/release/journals/format-{}/journal.jsonl".format(current_format(root))
    if not (root / stored).is_file():
        raise NotReady("{} is missing: keep a small session of this format (see the README there)".format(stored))


def bumped(root: Path, version: str, today: str) -> Dict[str, str]:
    """File → its text with the new version."""
    source = (root / VERSION_FILE).read_text("utf-8")
    changes = (root / CHANGES).read_text("utf-8")
    citation = (root / CITATION).read_text("utf-8")
    return {
        VERSION_FILE: source.replace('"{}"'.format(current_version(root)), '"{}"'.format(version)),
        CHANGES: changes.replace(_UNRELEASED, "{}\n## {} - {}\n".format(_UNRELEASED, version, today), 1),
        CITATION: re.sub(
            r"^version: .*\n(date-released: .*\n)?",
            "version: {}\ndate-released: {}\n".format(version, today),
            citation,
            flags=re.MULTILINE,
        ),
    }


def current_version(root: Path) -> str:
    """What agent/__init__.py names. Raises NotReady where it names none."""
    found = re.search(r'^__version__ = "([^"]+)"', (root / VERSION_FILE).read_text("utf-8"), re.MULTILINE)
    if not found:
        raise NotReady("{} names no __version__".format(VERSION_FILE))
    return found[1]


def _unreleased(root: Path) -> str:
    """What the changelog holds between Unreleased and the next version."""
    text = (root / CHANGES).read_text("utf-8")
    return text.partition(_UNRELEASED)[2].partition("\n## ")[0]


def current_format(root: Path) -> str:
    """The version of the journal's format that is written. Raises NotReady where it is named nowhere."""
    found = re.search(r"^FORMAT = (\d+)$", (root / FORMAT_FILE).read_text("utf-8"), re.MULTILINE)
    if not found:
        raise NotReady("{} names no FORMAT".format(FORMAT_FILE))
    return found[1]


def _numbers(version: str) -> List[int]:
    return [int(number) for number in version.split(".")]


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=str(root), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotReady("git {}: {}".format(words[0], done.stderr.strip()))
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
