"""From the JSON of one file to its quantities: any nesting, AI-Scientist's means and stderrs, records, lists a seed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.drafts.records.chosen import SETTINGS
from agent.drafts.records.curves import LOSS as _TRAINING
from agent.drafts.records.curves import curve_signs, is_curve
from agent.drafts.records.roles import role_of_group, role_within
from agent.drafts.records.runs import PLAIN_NAME, Key, Quantity, Role, Series

_FORMS = re.compile(
    r"(?:final_?)?(?:info|infos|results?|metrics?)(?:_dict)?|means?|std(?:err|dev|ev|_err|_dev)?s?|sems?|se|values?|average|avg"
    r"|spreads?|ci(?:_?95)?|standard_(?:deviation|error)s?|noise|raw|data|summary|eval(?:uation)?_result_(?:metrics|details)|final_info_dict|log_history|folds|per_(?:fold|seed)",
    re.IGNORECASE,
)
"""Keys that say in which form something stands, not what it is."""
_IN_FORM = re.compile(rf"{_FORMS.pattern}|n|count|folds?|seeds?|per_seed|runs|all|min|max|median", re.IGNORECASE)
"""Parts of one measurement: its folds, their mean."""
_ENDING = re.compile(
    r"_(?:means?|avg|average|std(?:err|dev|ev|_err|_dev)?s?|sems?|se|spread|ci(?:95)?|values?)$", re.IGNORECASE
)
_NO_NUMBER = re.compile(r"time_?stamp|datetime|epoch_millis|uuid|hash|version|(?:^|_)id$", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d|[0-9a-f]{12,}$")
_A_FEW = 20
_FILTERED = re.compile(r"(?<=[A-Za-z0-9]),[\w-]+$")
"""How an evaluation chose what to score, behind its metric: `acc,none`."""
_HUGE = 10**300
"""Whole numbers beyond it are no measurement, and no float."""
_STEPS = re.compile(
    r"^(?:n_|num_|total_|training_|train_)*(?:steps?|iterations?|iters?|updates|tokens|epochs)(?:_(?:trained|done|run|completed))?$",
    re.I,
)


_OF_A_PART = re.compile(r"iterations?|iters?|updates", re.IGNORECASE)
"""What a component may do no times in a run that was trained: refinements, inner loops."""


@dataclass
class Found:
    """What one file gave, as it is gathered."""

    quantities: list[Quantity] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    signs: list[str] = field(default_factory=list)
    of_parts: list[str] = field(default_factory=list)
    """Signs that are none where the same settings say how long it was trained."""
    repeated: bool = False
    """Its lists hold repeats, whatever they are called."""


@dataclass(frozen=True)
class _Place:
    """Where in a file one stands."""

    shown: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    qualifiers: frozenset[str] = frozenset()
    role: Role = "value"

    @property
    def in_a_list(self) -> bool:
        """Whether it is a row of a list: a log begins at step 0, and what its whole curve says is told with the list."""
        return any(part.isdigit() or part == "last" for part in self.shown)

    def down(self, name: str, qualifies: bool = False) -> _Place:
        name = _FILTERED.sub("", name)
        role = role_within(name, self.role)
        plain = _ENDING.sub("", name)
        path = self.path if _FORMS.fullmatch(name) or not plain else (*self.path, plain)
        told = self.qualifiers | ({plain} if qualifies and path != self.path else frozenset())
        return _Place((*self.shown, name), path, told, role)


def read_payload(run: str, file: str, payload: Any, settings: bool = False, repeated: bool = False) -> Found:
    """The quantities of a file's JSON; with `settings`, the file holds nothing that was measured, with `repeated` no curve."""
    found = Found(repeated=repeated)
    _walk(run, file, payload, _Place(role="setting" if settings else "value"), found)
    trained = any(_STEPS.match(one.key.path[-1]) and one.value > 0 for one in found.quantities if one.role == "setting")
    found.signs += () if trained else found.of_parts
    return found


def _walk(run: str, file: str, value: Any, at: _Place, found: Found) -> None:
    if isinstance(value, Mapping):
        alike = _are_alike(value) or _most_are_alike(value)
        for name, part in value.items():
            below = at.down(str(name), alike and isinstance(part, Mapping) and not SETTINGS.search(str(name)))
            if isinstance(part, Mapping):
                below = replace(below, role=role_of_group(str(name), at.role, below.role))
            _walk(run, file, part, below, found)
    elif isinstance(value, (list, tuple)):
        _walk_list(run, file, value, at, found)
    elif isinstance(value, str):
        if at.path and len(value) <= 80:
            found.words.setdefault(at.path[-1], value)
    elif value is None or (isinstance(value, float) and not math.isfinite(value)):
        row = any(
            part.isdigit() or part == "last" for part in at.shown
        )  # what a whole curve says is told with its list
        if at.shown and _TRAINING.search(at.shown[-1]) and at.role != "setting" and not row:
            found.signs.append(f"{'.'.join(at.shown)} is {_shown(value)}")
    elif _is_number(value) and not _NO_NUMBER.search(at.shown[-1] if at.shown else ""):
        _keep(run, file, float(value), at, found)


def _keep(run: str, file: str, value: float, at: _Place, found: Found) -> None:
    path = at.path or at.shown[-1:] or ("value",)
    place = ".".join(at.shown)
    found.quantities.append(Quantity(run, file, Key(path, at.qualifiers), value, at.role, place))
    if value == 0 and _STEPS.match(path[-1]) and not at.in_a_list:
        of_a_part = at.role == "setting" and _OF_A_PART.fullmatch(path[-1])
        (found.of_parts if of_a_part else found.signs).append(f"{place} is 0")


def _shown(value: float | None) -> str:
    return "null" if value is None else f"{value:g}"


def _walk_list(run: str, file: str, items: Sequence[Any], at: _Place, found: Found) -> None:
    found.signs += curve_signs(items, at.shown) if at.role != "setting" else ()
    if items and all(_is_number(item) for item in items):
        _walk_numbers(run, file, [float(item) for item in items], at, found)
        return
    many = len(items) > 10 * _A_FEW
    chosen = [(len(items) - 1, _latest(items))] if many else list(enumerate(items))
    identity = _identity(items)
    for number, item in chosen:
        name = str(item[identity]) if identity else ("last" if many else str(number))
        here = _Place((*at.shown, name), (*at.path, name) if identity else at.path, at.qualifiers, at.role)
        if identity:
            here = _Place(here.shown, here.path, at.qualifiers | {name}, at.role)
        _walk(run, file, item, here, found)


def _latest(items: Sequence[Any]) -> Any:
    """Of a long log what each field said last; rows of a log seldom fill all."""
    if not all(isinstance(item, Mapping) for item in items):
        return items[-1]
    told: dict[str, Any] = {}
    for item in items:
        told |= {name: value for name, value in item.items() if value is not None}
    return told


def _walk_numbers(run: str, file: str, values: list[float], at: _Place, found: Found) -> None:
    """Values once a seed or a class; of a long curve its ends and extremes."""
    key = Key(at.path or at.shown[-1:] or ("value",), at.qualifiers)
    if len(values) > _A_FEW:
        ends = {"first": values[0], "last": values[-1], "min": min(values), "max": max(values)}
        for name, value in ends.items():
            found.quantities.append(Quantity(run, file, key, value, at.role, f"{'.'.join(at.shown)}[{name}]"))
        return
    for number, value in enumerate(values):
        found.quantities.append(Quantity(run, file, key, value, at.role, f"{'.'.join(at.shown)}[{number}]"))
    if len(values) > 1 and at.role == "value" and (found.repeated or not is_curve(file, at.shown)):
        found.series.append(Series(run, file, key, tuple(values)))


def _identity(items: Sequence[Any]) -> str:
    """The field whose words tell records apart; empty where there is none."""
    if not items or not all(isinstance(item, Mapping) for item in items):
        return ""
    for name in items[0]:
        told = [item.get(name) for item in items]
        if all(isinstance(one, str) and not _DATE.match(one) for one in told) and len(set(told)) == len(told):
            return str(name)
    return ""


def _are_alike(value: Mapping[Any, Any]) -> bool:
    """Whether the parts of an object are records of one form, told apart by their keys."""
    parts = [part for name, part in value.items() if isinstance(part, Mapping) and not _says_no_thing(str(name))]
    if len(parts) < 2 or all(_is_in_a_form(part) for part in parts):
        return False
    if all(isinstance(part.get("alias"), str) for part in parts):
        return True  # tasks of a benchmark, whatever each is scored by
    shared = set(parts[0]).intersection(*parts[1:])
    return 2 * len(shared) >= max(len(part) for part in parts) > 0


def _says_no_thing(name: str) -> bool:
    """Whether a key says only in which form its part stands, or that settings are in it."""
    return bool(_FORMS.fullmatch(name) or SETTINGS.search(name))


def _is_in_a_form(part: Mapping[Any, Any]) -> bool:
    """Whether a record is one measurement: its mean, its folds."""
    return all(_IN_FORM.fullmatch(str(name)) and not isinstance(value, Mapping) for name, value in part.items())


def _most_are_alike(value: Mapping[Any, Any]) -> bool:
    """Whether two thirds of the parts are of one form: tasks of a benchmark, of which one has a metric of its own."""
    parts = [part for name, part in value.items() if isinstance(part, Mapping) and not _says_no_thing(str(name))]
    if all(_is_in_a_form(part) for part in parts):
        return False
    like = max(
        (sum(2 * len(set(one) & set(other)) >= max(len(one), len(other)) > 0 for other in parts) for one in parts[:20]),
        default=0,
    )
    return len(parts) > 2 and len(parts) == len(value) and 3 * like >= 2 * len(parts)


def run_like(payload: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a summary file that each stand for a run: records of one form, by key or by their first words."""
    if isinstance(payload, Mapping) and (inner := _names_within(payload)):
        yield from ((f"{name}/{run}", part[run]) for name, part in payload.items() for run in inner)
    elif isinstance(payload, Mapping) and (_are_alike(payload) or are_measured(payload)):
        yield from ((str(name), part) for name, part in payload.items() if isinstance(part, Mapping))
    elif isinstance(payload, list) and (identity := _identity(payload)):
        yield from ((str(item[identity]), item) for item in payload)


def _names_within(payload: Mapping[Any, Any]) -> list[str]:
    """The names of the runs where the outer names are what these were tried on: `{"pets": {"baseline": {…}, "ours": {…}}, …}`."""
    parts = list(payload.values())
    if len(parts) < 2 or not all(isinstance(part, Mapping) and part for part in parts):
        return []
    names = list(parts[0])
    same = all(part.keys() == parts[0].keys() for part in parts)
    records = all(isinstance(each, Mapping) for part in parts for each in part.values())
    called = any(PLAIN_NAME & set(re.findall(r"[a-z]+", str(name).lower())) for name in names)
    outer = any(PLAIN_NAME & set(re.findall(r"[a-z]+", str(name).lower())) for name in payload)
    return names if same and records and called and not outer and len(names) > 1 else []


def are_measured(payload: Mapping[Any, Any]) -> bool:
    """Whether every part is a record of metrics under its name, be it only one."""
    return bool(payload) and all(
        isinstance(part, Mapping) and isinstance(part.get("metrics"), Mapping) for part in payload.values()
    )


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < _HUGE
