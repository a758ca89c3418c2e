"""From files of ideas, models and repeats to the sessions that are wanted, each under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.campaigns.spec import Entry
from agent.errors import LabloopError, UsageError
from agent.session.idea import Idea, ideas_in
from agent.session.settings import Settings

Read = Callable[[Path, str], tuple[Idea, Path]]
"""An idea of a file by its number (empty: the only one), and the folder of its template. Raises UsageError."""
Answered = Callable[[Settings, Path], Settings]
"""The settings with somebody who answers for this idea. Raises UsageError where nobody does."""
_LONGEST = 40


@dataclass(frozen=True)
class Asked:
    """What is wanted of each idea."""

    models: tuple[str, ...] = ("",)
    """Who plans, writes and codes; empty for what the settings say, else the idea's recording."""
    repeats: int = 1


def idea_files(named: Sequence[Path]) -> list[Path]:
    """The files of ideas: those that are named, and those directly in a folder that is, by name; each once.

    Raises UsageError for what is not there, and for a folder without any.
    """
    found: list[Path] = []
    for path in named:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if _is_idea_file(each))
            if not inside:
                raise UsageError(f"{path}: holds no idea (a .json file); name ideas, a folder of them, or a list")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(f"{path}: there is no such file or folder; ideas/ holds examples")
    return list(dict.fromkeys(path.resolve() for path in found))


def plan_entries(
    files: Iterable[Path], asked: Asked, settings: Settings, read: Read, answered: Answered
) -> list[Entry]:
    """A session for each idea, model and repeat, in this order. One that cannot be is kept, with the reason that it is refused for."""
    entries: list[Entry] = []
    for path in files:
        for number in _numbers(path):
            for model in asked.models:
                first = _entry(path, number, model, settings, read, answered)
                for repeat in range(1, asked.repeats + 1):
                    entry = first.model_copy(update={"repeat": repeat})
                    entries.append(entry.model_copy(update={"key": _key(len(entries) + 1, entry, asked)}))
    return entries


def _is_idea_file(path: Path) -> bool:
    plain = path.suffix in (".json", ".jsonl") and not path.name.endswith(".recording.jsonl")
    return path.is_file() and plain and not path.name.startswith(".")


def _numbers(path: Path) -> list[str]:
    """How the ideas of a file are asked for; the only one by no number."""
    try:
        count = ideas_in(path)
    except LabloopError:  # it is said where the idea is read
        return [""]
    return [""] if count == 1 else [str(number) for number in range(1, count + 1)]


def _entry(path: Path, number: str, model: str, settings: Settings, read: Read, answered: Answered) -> Entry:
    entry = Entry(key="", source=str(path), model=model)
    try:
        idea, template = read(path, number)
        entry = entry.model_copy(update={"idea": idea, "template": str(template)})
        models = answered(entry.settings(settings), path).models
    except UsageError as error:
        return entry.model_copy(update={"refused": str(error)})
    return entry.model_copy(update={"model": models.writer, "recording": models.recording})


def _key(number: int, entry: Entry, asked: Asked) -> str:
    """`003_averaged_iterates_gpt-4o_2`: unlike any other, in the order of the campaign, and told apart by eye."""
    parts = [f"{number:03d}", _plain(entry.name)]
    if len(asked.models) > 1:
        parts.append(_plain(entry.model.rpartition("/")[2]))
    if asked.repeats > 1:
        parts.append(str(entry.repeat))
    return "_".join(parts)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text).strip("._")[:_LONGEST] or "idea"
