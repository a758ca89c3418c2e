"""Files of a folder of results as they come in: what each says, put to the run, the settings or the runs that it is of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent.drafts.records.benchmarked import in_rows
from agent.drafts.records.code_settings import of_python, of_text
from agent.drafts.records.columns import by_run, curve_of, with_seeds
from agent.drafts.records.curves import is_log
from agent.drafts.records.formats import ROWS, YAML, flat, of_yaml, parsed, typed
from agent.drafts.records.owners import Owners
from agent.drafts.records.path_names import without_form
from agent.drafts.records.payload import Found, are_measured, read_payload, run_like
from agent.drafts.records.repeated import gathered
from agent.drafts.records.rows import beside_rows, goes_on, runs_of_rows
from agent.drafts.records.runs import Key, Quantity

_SETTINGS_FILE = re.compile(r"config|cfg|args|hparam|setting|hyperparam|params", re.IGNORECASE)
STORES = frozenset({"metrics", "params"})
"""Folders of a tracking server's run in which each file is one value."""


@dataclass
class Gathered:
    """A run as its files come in."""

    found: list[Found] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


@dataclass
class Gathering:
    """All that was read so far."""

    owners: Owners
    runs: dict[str, Gathered] = field(default_factory=dict)
    settings: list[Quantity] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    shelved: list[tuple[str, list[Quantity]]] = field(default_factory=list)
    """Settings of a folder of settings, by the name of their file, until all runs are known."""

    def take_data(self, path: Path, place: str, text: str) -> None:
        """JSON, JSONL, CSV, or results in YAML."""
        name = self.owners.run_of(path)
        try:
            payload = gathered(with_seeds(without_form(path.stem), in_rows(parsed(path, text))))
        except (ValueError, RecursionError) as error:
            self.unread.append(f"{place}: cannot be read ({str(error)[:80]})")
            self._of(name).found.append(Found(signs=[f"{path.name} cannot be read"]))
            return
        shelf = self._shelf(path)
        settings = shelf or _SETTINGS_FILE.search(path.stem) is not None
        if settings and (shelf or (path.parent == self.owners.root and path not in self.owners.jobs)):
            read = read_payload("", place, payload, True).quantities
            self._set_aside(path, read, shelf)
        elif settings and (runs := self._others(path, name)):
            for run in sorted(runs):
                self._of(run).found.append(read_payload(run, place, payload, True))
        elif settings or not (self._took_named(place, payload) or self._took_rows(path, place, payload)):
            self._take_parts(path, place, payload if settings else curve_of(path.stem, payload), settings)

    def take_scalar(self, path: Path, place: str, text: str) -> None:
        """A text file a metric or a parameter, as a tracking server keeps them; of a metric each line is `time value step`."""
        owner = self.owners.run_of(path)
        at = next(
            n for n, part in enumerate(path.parts) if (Path(*path.parts[:n]) / "meta.yaml").is_file() and part in STORES
        )
        name = "/".join(path.parts[at + 1 :])
        values = [
            typed(line.split()[1] if len(line.split()) > 2 else line.strip())
            for line in text.splitlines()
            if line.strip()
        ]
        if values:
            found = read_payload(owner, place, {name: values[-1]}, settings=path.parts[at] == "params")
            self._of(owner).found.append(found)

    def _took_named(self, place: str, payload: Any) -> bool:
        """Whether its rows are of runs that have files of their own, each by a field that names them: a log of several models."""
        rows = payload if isinstance(payload, list) and all(isinstance(row, dict) for row in payload) else []
        known = {path.stem for path in self.owners.alone} or self.owners.names
        field = next(
            (
                name
                for name in (rows[0] if rows else ())
                if all(isinstance(row.get(name), str) and row[name] in known for row in rows)
                if len({row[name] for row in rows}) == len(rows) or goes_on(rows)
            ),
            None,
        )
        for run in dict.fromkeys(row[field] for row in rows) if field is not None else ():
            told = [{name: value for name, value in row.items() if name != field} for row in rows if row[field] == run]
            self._of(run).found.append(read_payload(run, place, told if len(told) > 1 else told[0]))
        return field is not None

    def _took_rows(self, path: Path, place: str, payload: Any) -> bool:
        """Whether it is a table of runs in long form; beside numbered runs, a table of a sweep."""
        owners = self.owners
        beside = path.parent == owners.root and owners.numbered
        if beside and (path.suffix not in ROWS or not isinstance(payload, list)):
            return False
        swept = path.suffix in ROWS and not is_log(path) and (owners.is_summary(path) or owners.is_alone(path))
        rows = runs_of_rows(payload, swept=swept)
        before = "" if owners.is_summary(path) else f"{owners.folder_of(path)}/"
        for row in rows:
            self._of(before + row.name).found.append(read_payload(before + row.name, place, row.payload, repeated=True))
        if rows:
            self.settings += read_payload("", place, beside_rows(payload), True).quantities
        return bool(rows)

    def _take_parts(self, path: Path, place: str, payload: Any, settings: bool) -> None:
        owners = self.owners
        payload = by_run(payload) if owners.is_summary(path) and not settings else payload
        parts = list(run_like(payload)) if owners.is_summary(path) and path not in owners.jobs else []
        if path.parent == owners.root and owners.numbered:  # what lies beside numbered runs is theirs, or nobody's
            measured = isinstance(payload, dict) and are_measured(payload)
            parts = [(own, part) for own, part in parts if own in owners.names or measured]
            if not parts:
                self.unread.append(f"{place}: it belongs to none of the runs beside it")
                return
        for own, part in parts or [(owners.run_of(path), payload)]:
            self._of(own).found.append(read_payload(own, place, part, settings))
        if not parts and (told := owners.settings_of(path)):
            self._of(owners.run_of(path)).found.append(read_payload(owners.run_of(path), place, told, True))

    def take_code(self, path: Path, place: str, text: str) -> None:
        """Code beside a run (in its folder, or under its name) is that run's; all other code is everybody's."""
        read = of_python(place, text)
        if isinstance(read, str):
            self.unread.append(read)
            read = of_text(place, text)
        owner = next((name for name in (path.stem, self.owners.run_of(path)) if name in self.owners.names), "")
        if owner and (path.stem == owner or path.parent != self.owners.root):
            self._of(owner).code.append(text)
            self._of(owner).found.append(Found(quantities=_owned(read, owner)))
        else:
            self.settings += read

    def take_text(self, path: Path, place: str, text: str) -> None:
        """A log or a file of settings: of the run in whose folder it lies, else everybody's."""
        read = of_text(place, text)
        words: dict[str, str] = {}
        if path.suffix in YAML:
            read, words = _of_yaml(place, text, read)
        owner = self.owners.run_of(path)
        logged = path.suffix in (".log", ".out")
        if self._shelf(path):
            self._set_aside(path, read, True)
        elif not logged and (runs := self._others(path, owner)):
            for run in sorted(runs):
                self._of(run).found.append(Found(quantities=_owned(read, run), words=words))
        elif owner in self.owners.names and path.parent != self.owners.root and not logged:
            self._of(owner).found.append(Found(quantities=_owned(read, owner), words=words))
        else:
            self.settings += read

    def settle(self) -> None:
        """Give the settings of a folder of settings to the runs that are called like their files, else to all."""
        for stem, read in self.shelved:
            named = [name for name in self.runs if stem.lower() in [part.lower() for part in name.split("/")]]
            for name in named:
                self.runs[name].found.append(Found(quantities=_owned(read, name)))
            self.settings += () if named else read

    def _of(self, name: str) -> Gathered:
        return self.runs.setdefault(name, Gathered())

    def _others(self, path: Path, name: str) -> frozenset[str]:
        """The runs below a folder of settings that is no run itself: `adam/config.yaml` beside `adam/pets/…` and `adam/cars/…`."""
        runs = self.owners.set_by(path)
        return frozenset[str]() if name in runs else runs

    def _shelf(self, path: Path) -> bool:
        """Whether a file lies in a folder of settings: `configs/mlp.json`."""
        parts = path.relative_to(self.owners.root).parts[:-1]
        return bool(parts) and _SETTINGS_FILE.search(parts[-1]) is not None

    def _set_aside(self, path: Path, read: Sequence[Quantity], shelf: bool) -> None:
        if shelf:
            self.shelved.append((path.stem, list(read)))
        else:
            self.settings += read


def _owned(read: Sequence[Quantity], owner: str) -> list[Quantity]:
    return [replace(one, run=owner, key=Key(one.key.path), role="setting") for one in read]


def _of_yaml(place: str, text: str, lines: list[Quantity]) -> tuple[list[Quantity], dict[str, str]]:
    """What YAML sets, by its lines and by its structure, and its words."""
    try:
        payload = of_yaml(text)
    except (ValueError, RecursionError):
        return lines, {}
    found = read_payload("", place, flat(payload), True)
    known = {(one.key.path[-1], one.value) for one in lines}
    return [*lines, *(one for one in found.quantities if (one.key.path[-1], one.value) not in known)], found.words
