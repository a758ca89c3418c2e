"""From files of ideas, models and repeats to the sessions that are wanted, each under a name of its own."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from agent.campaigns.spec import Entry
from agent.errors import LabloopError
from agent.session.idea import Idea, ideas_in
from agent.session.idea.forms import AT
from agent.session.settings import Settings

log = logging.getLogger(__name__)
Read = Callable[[Path, str], tuple[Idea, Path]]
"""An idea of a file by its number (`#2`; empty: the only one), and the folder of its template. Raises UsageError."""
Answered = Callable[[Settings, Path], Settings]
"""The settings with somebody who answers for this idea. Raises UsageError where nobody does."""
_LONGEST = 40


@dataclass(frozen=True)
class Asked:
    """What is wanted of each idea."""

    models: tuple[str, ...] = ("",)
    """Who plans, writes and codes; empty for what the settings say, else the idea's recording."""
    repeats: int = 1


def plan_entries(
    files: Iterable[Path], asked: Asked, settings: Settings, read: Read, answered: Answered
) -> list[Entry]:
    """A session for each idea, model and repeat, in this order. One that cannot be is kept, with the reason that it is refused for.

    What is the same idea word for word, worked by the same model, is planned once, whatever files hold it.
    """
    entries: list[Entry] = []
    planned: dict[str, str] = {}
    for path in files:
        for number in _numbers(path):
            for model in asked.models:
                first = _entry(path, number, model, settings, read, answered)
                if (twin := _twin(first, planned)) is not None:
                    log.warning(
                        "%s: the same idea as in %s; planned once (--repeat works each several times)", path, twin
                    )
                    continue
                for repeat in range(1, asked.repeats + 1):
                    entry = first.model_copy(update={"repeat": repeat})
                    entries.append(entry.model_copy(update={"key": _key(len(entries) + 1, entry, asked)}))
    return entries


def _twin(entry: Entry, planned: dict[str, str]) -> str | None:
    """The file of an entry that is the same but for its file; None where there is none, which is remembered."""
    if entry.idea is None:
        return None
    key = entry.model_dump_json(exclude={"source"})
    if (twin := planned.get(key)) is None:
        planned[key] = entry.source
    return twin


def _numbers(path: Path) -> list[str]:
    """How the ideas of a file are asked for; the only one by no number."""
    try:
        count = ideas_in(path)
    except (LabloopError, OSError):  # it is said where the idea is read
        return [""]
    return [""] if count == 1 else [f"{AT}{number}" for number in range(1, count + 1)]


def _entry(path: Path, number: str, model: str, settings: Settings, read: Read, answered: Answered) -> Entry:
    entry = Entry(key="", source=str(path), model=model)
    try:
        idea, template = read(path, number)
        entry = entry.model_copy(update={"idea": idea, "template": str(template)})
        models = answered(entry.settings(settings), path).models
    except LabloopError as error:
        return entry.model_copy(update={"refused": str(error)})
    except OSError as error:
        return entry.model_copy(update={"refused": f"{error.filename or path}: cannot be read: {error.strerror}"})
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
