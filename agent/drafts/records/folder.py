"""A folder of results of any nesting, read into runs: which files belong to one run, what each is called besides."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from agent.drafts.records.evaluations import by_what_was_tried
from agent.drafts.records.formats import DATA, says_results
from agent.drafts.records.gathering import STORES, Gathered, Gathering
from agent.drafts.records.owners import Owners
from agent.drafts.records.printed import is_printed
from agent.drafts.records.proof import with_proofs
from agent.drafts.records.runs import Quantity, Records, Run
from agent.drafts.records.said_by_names import as_settings, set_in_names
from agent.drafts.records.titles import titles_of

_LARGEST = 32 * 2**20
_TEXT = frozenset({".log", ".out", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".sh"})
_SETTINGS_IN_TEXT = re.compile(r"(?:args|config|hparams|cmd|command|flags|settings|overrides)\.txt", re.IGNORECASE)
_OTHER = frozenset(
    {
        ".npy",
        ".npz",
        ".pkl",
        ".pickle",
        ".pt",
        ".pth",
        ".parquet",
        ".h5",
        ".hdf5",
        ".xlsx",
        ".db",
        ".sqlite",
        ".feather",
        ".wandb",
    }
)
_KEPT_HIDDEN = frozenset({".hydra"})
"""A hidden folder in which a launcher leaves the settings of a run."""
_OF_A_TOOL = frozenset({"hydra.yaml", "meta.yaml"})
"""A tool's settings for itself, beside a run's."""
_PASSED = frozenset({"__pycache__", "node_modules", "blobs", "exchanges", "requests"})
_OF_A_SESSION = frozenset({"attempts", "workspace", "latex", "figures"})
"""In a session of this tool: what led to the runs, and what was made of them."""
_OWN = frozenset({"titles.json", "metrics.json", "audit.json", "session.json", "journal.jsonl"})
"""Files of a session of this tool that hold no run's result."""


def read_folder(root: Path) -> Records:
    """Everything that a folder of results says. What cannot be read is told in `unread`, never skipped in silence."""
    unread: list[str] = []
    files = list(_files(root, unread))
    data = [path for path in files if path.suffix in DATA or says_results(path) or not path.suffix]
    read = Gathering(Owners.of(root, data, files), unread=unread)
    for path in files:
        place = str(path.relative_to(root))
        text = _text_of(path, place, unread)
        if text is not None:
            _take(read, path)(path, place, text)
    read.settle()
    labels = titles_of(root, list(read.runs))
    each = [_run(name, own, labels.get(name, ())) for name, own in read.runs.items()]
    runs = as_settings(by_what_was_tried(each))
    if not runs:
        unread.append(f"{root}: no results in it (JSON, JSONL or CSV)")
    return Records(
        runs=with_proofs(runs), settings=(*_set(read.settings, runs), *set_in_names(runs)), unread=tuple(unread)
    )


def _take(read: Gathering, path: Path) -> Callable[[Path, str, str], None]:
    if not path.suffix:
        return read.take_scalar
    if path.suffix in DATA or says_results(path) or path in read.owners.alone:
        return read.take_data
    return read.take_code if path.suffix == ".py" else read.take_text


def _set(settings: list[Quantity], runs: list[Run]) -> Iterator[Quantity]:
    """The settings, without what a log prints of a metric: a result is taken from no log."""
    measured = {one.key.path[-1].lower() for run in runs for one in run.quantities if one.role == "value"}
    for one in settings:
        logged = Path(one.file).suffix in (".log", ".out")
        if not (logged and (one.key.path[-1].lower() in measured or "loss" in one.key.path[-1].lower())):
            yield one


def _run(name: str, gathered: Gathered, labels: tuple[str, ...]) -> Run:
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
    known = DATA | _TEXT | {".py"}
    passed = _PASSED | (_OF_A_SESSION if (root / "session.json").is_file() else frozenset())
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name not in passed and (not name.startswith(".") or name in _KEPT_HIDDEN)
        )
        stored = _is_stored(Path(folder))
        for name in sorted(names):
            path = Path(folder) / name
            if path.suffix in _OTHER:
                unread.append(f"{path.relative_to(root)}: {path.suffix} files are not read")
            if name.startswith(".") or name in _OF_A_TOOL or (name in _OWN and path.parent == root):
                continue
            if (
                path.suffix in known
                or (stored and not path.suffix)
                or _SETTINGS_IN_TEXT.fullmatch(name)
                or is_printed(path)
            ):
                yield path


def _is_stored(folder: Path) -> bool:
    """Whether each file of a folder is one value of a tracking server's run: `RUN/metrics/loss` beside `RUN/meta.yaml`."""
    return any(
        each.name in STORES and (each.parent / "meta.yaml").is_file() for each in (folder, *list(folder.parents)[:2])
    )


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
