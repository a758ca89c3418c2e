"""A folder of results of any nesting, read into runs: which files belong to one run, what each is called besides."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.drafts.records.apart import folders_of_runs
from agent.drafts.records.code_settings import of_python, of_text
from agent.drafts.records.payload import Found, are_measured, read_payload, run_like
from agent.drafts.records.proof import with_proofs
from agent.drafts.records.runs import Key, Quantity, Records, Run
from agent.drafts.records.titles import titles_of

_LARGEST = 32 * 2**20
_NUMBERED = re.compile(r"(?:run|exp|trial|experiment|job|version)[_-]?\d+", re.IGNORECASE)
_SEED = re.compile(r"(?:seed|rep|repeat|fold|try|replicate)[_-]?\d+|\d+", re.IGNORECASE)
_KINDS = frozenset(
    [
        "eval",
        "evaluation",
        "scores",
        "train",
        "training",
        "test",
        "logs",
        "log",
        "metrics",
        "results",
        "result",
        "output",
        "outputs",
        "checkpoints",
        "final",
    ]
)
_SETTINGS_FILE = re.compile(r"config|args|hparam|setting|hyperparam|params", re.IGNORECASE)
_DATA = frozenset({".json", ".jsonl", ".csv"})
_TEXT = frozenset({".log", ".out", ".yaml", ".yml", ".toml", ".cfg", ".ini"})
_OTHER = frozenset({".npy", ".npz", ".pkl", ".pickle", ".pt", ".parquet", ".h5", ".xlsx", ".db"})
_PASSED = frozenset({"__pycache__", "node_modules", "blobs", "exchanges", "requests"})
_OF_A_SESSION = frozenset({"attempts", "workspace", "latex", "figures"})
"""In a session of this tool: what led to the runs, and what was made of them."""
_OWN = frozenset({"titles.json", "metrics.json", "audit.json", "session.json", "journal.jsonl"})
"""Files of a session of this tool that hold no run's result."""


@dataclass
class _Gathered:
    """A run as its files come in."""

    found: list[Found] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


def read_folder(root: Path) -> Records:
    """Everything that a folder of results says. What cannot be read is told in `unread`, never skipped in silence."""
    runs: dict[str, _Gathered] = {}
    settings: list[Quantity] = []
    unread: list[str] = []
    files = list(_files(root, unread))
    names = _RunNames.of(root, [path for path in files if path.suffix in _DATA])
    for path in files:
        place = str(path.relative_to(root))
        text = _text_of(path, place, unread)
        if text is None:
            continue
        if path.suffix in _DATA:
            _take_data(path, place, text, names, runs, unread)
        elif path.suffix == ".py":
            _take_code(path, place, text, names, runs, settings, unread)
        else:
            settings += of_text(place, text)
    labels = titles_of(root, list(runs))
    read = [_run(name, each, labels.get(name, ())) for name, each in runs.items()]
    if not read:
        unread.append(f"{root}: no results in it (JSON, JSONL or CSV)")
    return Records(runs=with_proofs(read), settings=tuple(_set(settings, read)), unread=tuple(unread))


def _set(settings: list[Quantity], runs: list[Run]) -> Iterator[Quantity]:
    """The settings, without what a log prints of a metric: a result is taken from no log."""
    measured = {one.key.path[-1].lower() for run in runs for one in run.quantities if one.role == "value"}
    for one in settings:
        logged = Path(one.file).suffix in (".log", ".out")
        if not (logged and (one.key.path[-1].lower() in measured or "loss" in one.key.path[-1].lower())):
            yield one


def _run(name: str, gathered: _Gathered, labels: tuple[str, ...]) -> Run:
    words: dict[str, str] = {}
    for found in gathered.found:
        words |= {key: value for key, value in found.words.items() if key not in words}
    return Run(
        name=name,
        quantities=tuple(one for found in gathered.found for one in found.quantities),
        series=tuple(one for found in gathered.found for one in found.series),
        labels=labels,
        code="\n".join(gathered.code),
        words=words,
        signs=tuple(dict.fromkeys(sign for found in gathered.found for sign in found.signs)),
    )


def _files(root: Path, unread: list[str]) -> Iterator[Path]:
    known = _DATA | _TEXT | {".py"}
    passed = _PASSED | (_OF_A_SESSION if (root / "session.json").is_file() else frozenset())
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in passed)
        for name in sorted(names):
            path = Path(folder) / name
            if path.suffix in _OTHER:
                unread.append(f"{path.relative_to(root)}: {path.suffix} files are not read")
            if path.suffix in known and not (name in _OWN and path.parent == root) and not name.startswith("."):
                yield path


def _text_of(path: Path, place: str, unread: list[str]) -> str | None:
    try:
        if path.is_symlink() or not path.is_file():
            unread.append(f"{place}: no regular file")
        elif path.stat().st_size > _LARGEST:
            unread.append(f"{place}: larger than {_LARGEST >> 20} MiB")
        else:
            return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        unread.append(f"{place}: not text in UTF-8")
    except OSError as error:
        unread.append(f"{place}: {error.strerror}")
    return None


def _take_data(
    path: Path, place: str, text: str, names: _RunNames, runs: dict[str, _Gathered], unread: list[str]
) -> None:
    name = names.run_of(path)
    try:
        payload = _payload(path, text)
    except (ValueError, RecursionError) as error:
        unread.append(f"{place}: cannot be read ({str(error)[:80]})")
        runs.setdefault(name, _Gathered()).found.append(Found(signs=[f"{path.name} cannot be read"]))
        return
    settings = _SETTINGS_FILE.search(path.stem) is not None
    parts = list(run_like(payload)) if names.is_summary(path) else []
    if path.parent == names.root and names.numbered:  # what lies beside numbered runs is theirs, or nobody's
        measured = isinstance(payload, dict) and are_measured(payload)
        parts = [(own, part) for own, part in parts if own in names.names or measured]
        if not parts:
            unread.append(f"{place}: it belongs to none of the runs beside it")
            return
    for own, part in parts or [(name, payload)]:
        found = read_payload(own, place, part, settings)
        runs.setdefault(own, _Gathered()).found.append(found)


def _payload(path: Path, text: str) -> Any:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if path.suffix == ".csv":
        return [
            {name: _typed(value) for name, value in row.items() if name} for row in csv.DictReader(io.StringIO(text))
        ]
    return json.loads(text)


def _typed(value: str | None) -> Any:
    try:
        return float(value) if value not in (None, "") else None
    except ValueError:
        return value


def _take_code(
    path: Path,
    place: str,
    text: str,
    names: _RunNames,
    runs: dict[str, _Gathered],
    settings: list[Quantity],
    unread: list[str],
) -> None:
    """Code beside a run (in its folder, or under its name) is that run's; all other code is everybody's."""
    read = of_python(place, text)
    if isinstance(read, str):
        unread.append(read)
        read = of_text(place, text)
    owner = next((name for name in (path.stem, names.run_of(path)) if name in names.names), "")
    if owner and (path.stem == owner or path.parent != names.root):
        runs.setdefault(owner, _Gathered()).code.append(text)
        read = [Quantity(owner, one.file, Key(one.key.path), one.value, "setting", one.place) for one in read]
        runs[owner].found.append(Found(quantities=read))
    else:
        settings += read


@dataclass(frozen=True)
class _RunNames:
    """Which run a file of the folder belongs to."""

    root: Path
    names: frozenset[str]
    numbered: bool = False
    """Whether there are folders such as run_3."""
    apart: frozenset[Path] = frozenset()
    """Folders of which each file is a run: `cifar10/mixup.json` beside `cifar10/cutmix.json`."""

    @classmethod
    def of(cls, root: Path, data: list[Path]) -> _RunNames:
        blank = cls(root, frozenset(), apart=frozenset(folders_of_runs(root, data)))
        numbered = any(_NUMBERED.fullmatch(part) for path in data for part in path.relative_to(root).parts[:-1])
        return cls(root, frozenset(blank.run_of(path) for path in data), numbered, blank.apart)

    def run_of(self, path: Path) -> str:
        """`a/run_3/eval/x.json` is of run_3, `sgd/seed_1/x.json` of sgd, `sgd.json` of sgd."""
        parts = list(path.relative_to(self.root).parts[:-1])
        numbered = next((place for place, part in enumerate(parts) if _NUMBERED.fullmatch(part)), None)
        if numbered is not None:
            return parts[numbered]
        if path.parent in self.apart:
            return "/".join([*(part for part in parts if part.lower() not in _KINDS), path.stem])
        while len(parts) > 1 and (parts[-1].lower() in _KINDS or _SEED.fullmatch(parts[-1])):
            parts.pop()
        if parts and not (len(parts) == 1 and parts[0].lower() in _KINDS):
            return "/".join(parts)
        return path.stem

    def is_summary(self, path: Path) -> bool:
        """Whether a file may hold several runs at once: it lies in no run's own folder."""
        parts = path.relative_to(self.root).parts[:-1]
        return not parts or (len(parts) == 1 and parts[0].lower() in _KINDS)
