"""Tables as they are kept, in one form: prefixes of trackers taken off, groups of settings and results laid open, metrics in columns.

`params_lr`, `config.lr` and `{"config": {"lr": …}}` are a setting lr; `metric,value` is a column a metric; a table whose first
column names metrics is turned; `pets_accuracy`, `pets_loss`, `cars_accuracy`, … are metrics of pets and of cars.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.drafts.records.path_names import grid
from agent.drafts.records.telling import IDLE, REPEAT

Row = dict[str, Any]
_SETTING = re.compile(r"^(?:config|params?|hparams?|hyper_?params?|args|cfg)[._/](?=\w)", re.IGNORECASE)
_RESULT = re.compile(r"^(?:summary|metrics?|results?|user_attrs|attrs|tags)[._/](?=\w)", re.IGNORECASE)
"""What trackers put before names. With an underscore it may be a name's own (`params_m`), unless several have it."""
_SETTINGS_GROUP = re.compile(
    r"(?:config|params?|hparams?|hyper_?params?|args|arguments|cfg|settings?|options)s?", re.IGNORECASE
)
_RESULTS_GROUP = re.compile(
    r"(?:summary|metrics?|results?|final(?:_info|_metrics)?|scores?|eval(?:uation)?|stats|statistics)", re.IGNORECASE
)
_METRIC = re.compile(r"metric(?:_?name)?|measure|measurement|tag|statistic|variable|indicator", re.IGNORECASE)
_VALUE = re.compile(r"value|score|result|mean", re.IGNORECASE)
_SPREAD = re.compile(r"std(?:err|dev)?|sem|se|ci|spread", re.IGNORECASE)
_STEP = re.compile(r"(?:global_?|training_?)?(?:step|epoch|iteration|iter)s?", re.IGNORECASE)
_CLOCK = re.compile(r"wall[_ ]?time|time_?stamp|relative(?:[_ ]time)?", re.IGNORECASE)
_MEASURES = re.compile(
    r"(?:^|_)(?:acc(?:uracy)?|loss|err(?:or)?|f1|auc|auroc|scores?|times?|seconds|rmse|mae|mse|ppl|perplexity|reward|returns?|precision|recall"
    r"|mean|std|stderr|avg|min|max)(?:$|_)",
    re.IGNORECASE,
)
"""Words that measure, in any field; a name without one beside names with is what they are of."""
_A_SEED = re.compile(r"(?:random_?)?(?:seed|fold|rep|repeat|replicate|trial)[_ -]?\d+", re.IGNORECASE)
_OF_SEEDS = re.compile(r"mean|avg|average|std(?:dev)?|sem|stderr|median", re.IGNORECASE)
_FEWEST = 2


@dataclass(frozen=True)
class Laid:
    """Rows in one form, and which of their fields are settings."""

    rows: list[Row]
    settings: frozenset[str] = frozenset()


def laid_open(rows: Sequence[Mapping[str, Any]]) -> Laid:
    """The rows with settings and results as fields of their own, a metric a column."""
    turned = _turned(rows)
    settings: set[str] = set()
    begun = Counter(name.split("_")[0] for name in map(str, turned[0]))
    own = frozenset(first for first, count in begun.items() if count < _FEWEST)
    bare = [_bare(row, settings, own) for row in turned]
    bare = _pivoted(bare)
    return Laid(_by_set(bare), frozenset(settings) | _constant(bare))


def is_one_scalar(row: Mapping[str, Any]) -> bool:
    """Whether rows are one curve, `Step,Value`, whose name is the file's."""
    rest = [str(name) for name in row if not (_STEP.fullmatch(str(name)) or _CLOCK.fullmatch(str(name)))]
    return len(rest) == 1 < len(row) and _VALUE.fullmatch(rest[0]) is not None


def with_seeds(stem: str, payload: Any) -> Any:
    """Rows with a column a seed (`method,seed_0,seed_1`) with the list of these, by the name of their file; anything else as it is."""
    if not isinstance(payload, list) or not payload or not all(isinstance(row, Mapping) for row in payload):
        return payload
    seeds = [name for name in payload[0] if _A_SEED.fullmatch(str(name))]
    if len(seeds) < _FEWEST or not all(isinstance(row.get(name), (int, float)) for row in payload for name in seeds):
        return payload
    left = [name for name in payload[0] if name not in seeds and not _OF_SEEDS.fullmatch(str(name))]
    return [{**{name: row.get(name) for name in left}, stem: [row[name] for name in seeds]} for row in payload]


def by_run(payload: Any) -> Any:
    """`{"accuracy": {"mlp": 0.8, "cnn": 0.9}, "ece": {…}}` turned, so that each run holds its metrics; anything else as it is."""
    if not isinstance(payload, Mapping) or len(payload) < _FEWEST:
        return payload
    parts = list(payload.values())
    if not all(isinstance(part, Mapping) and part.keys() == parts[0].keys() and len(part) >= _FEWEST for part in parts):
        return payload
    plain = all(_is_value(value) for part in parts for value in part.values())
    names, inner = [str(name) for name in payload], [str(name) for name in parts[0]]
    if not plain or not any(map(_MEASURES.search, names)) or any(map(_MEASURES.search, inner)):
        return payload
    return {run: {name: payload[name][run] for name in payload} for run in parts[0]}


def _is_value(value: Any) -> bool:
    """A number, or one a seed."""
    several = isinstance(value, list) and bool(value)
    return all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (value if several else [value]))


def curve_of(stem: str, payload: Any) -> Any:
    """The rows of a log with a metric a column, a single curve by its file's name; anything else as it is."""
    if not isinstance(payload, list) or len(payload) < _FEWEST or not all(isinstance(row, Mapping) for row in payload):
        return payload
    if all(is_one_scalar(row) for row in payload):
        value = next(name for name in payload[0] if _VALUE.fullmatch(str(name)))
        return [{(stem if name == value else name): each for name, each in row.items()} for row in payload]
    if not any(_STEP.fullmatch(str(name)) for name in payload[0]):
        return payload
    return _pivoted([{str(name): value for name, value in row.items()} for row in payload])


def _bare(row: Mapping[str, Any], settings: set[str], own: frozenset[str]) -> Row:
    """A row without prefixes and groups; a prefix in `own` is a name's own."""
    done: Row = {}
    for name, value in row.items():
        if isinstance(value, Mapping) and _SETTINGS_GROUP.fullmatch(str(name)):
            settings |= {str(key) for key in value}
            done |= {str(key): part for key, part in value.items() if not isinstance(part, (Mapping, list))}
        elif isinstance(value, Mapping) and _RESULTS_GROUP.fullmatch(str(name)):
            done |= {str(key): part for key, part in value.items() if str(key) not in done}
        elif str(name).split("_")[0] in own and "." not in str(name) and "/" not in str(name):
            done[str(name)] = value
        elif _SETTING.match(str(name)):
            plain = _SETTING.sub("", str(name))
            settings.add(plain)
            done[plain] = value
        else:
            done[_RESULT.sub("", str(name))] = value
    return done


def _constant(rows: Sequence[Row]) -> frozenset[str]:
    """Fields with one round number in every row: a batch size that all share was not measured."""
    if len(rows) < 2 * _FEWEST:
        return frozenset()
    held = {name: {str(row.get(name)) for row in rows} for name in rows[0]}
    return frozenset(name for name, values in held.items() if len(values) == 1 and _is_round(rows[0][name]))


def _is_round(value: Any) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and (float(value).is_integer() or len(f"{value:.12g}".replace(".", "").strip("0")) <= _FEWEST)
    )


def _turned(rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """A table with a row a metric and a column a run, turned."""
    names = list(rows[0])
    first = names[0]
    numbers = [name for name in names[1:] if all(isinstance(row.get(name), (int, float)) for row in rows)]
    single = len({str(row[first]) for row in rows}) == len(rows)
    if not (_METRIC.fullmatch(first) and single and len(numbers) >= _FEWEST and len(numbers) == len(names) - 1):
        return rows
    if any(_VALUE.fullmatch(name) or _SPREAD.fullmatch(name) or _STEP.fullmatch(name) for name in numbers):
        return rows
    return [{"method": name, **{str(row[first]): row[name] for row in rows}} for name in numbers]


def _pivoted(rows: Sequence[Row]) -> list[Row]:
    """`metric,value` as a column a metric, where one needs the metric to tell rows apart."""
    names = list(rows[0])
    metric = next(
        (name for name in names if _METRIC.fullmatch(name) and all(isinstance(row.get(name), str) for row in rows)), ""
    )
    value = next(
        (
            name
            for name in names
            if _VALUE.fullmatch(name) and any(isinstance(row.get(name), (int, float)) for row in rows)
        ),
        "",
    )
    if not metric or not value:
        return list(rows)
    beside = [name for name in names if _SPREAD.fullmatch(name)]
    key = [name for name in names if name not in (metric, value, *beside) and not _CLOCK.fullmatch(name)]
    held: dict[tuple[str, ...], Row] = {}
    for row in rows:
        own = held.setdefault(tuple(str(row.get(name)) for name in key), {name: row.get(name) for name in key})
        own[str(row[metric])] = row.get(value)
        own |= {f"{row[metric]}_{name}": row.get(name) for name in beside}
    return list(held.values()) if len(held) < len(rows) else list(rows)


def _by_set(rows: list[Row]) -> list[Row]:
    """Fields that are all pairs of sets and metrics, under their sets."""
    numeric = [
        name
        for name in rows[0]
        if not REPEAT.fullmatch(name)
        and not IDLE.search(name)
        and all(isinstance(row.get(name), (int, float)) for row in rows)
    ]
    told = grid(name for name in numeric if re.search(r"[A-Za-z][_-]+[A-Za-z]", name))
    if not told:
        return rows
    firsts, seconds = {first for first, _ in told.values()}, {second for _, second in told.values()}
    if _measure(seconds) and not _measure(firsts):
        places = {name: (first, second) for name, (first, second) in told.items()}
    elif _measure(firsts) and not _measure(seconds):
        places = {name: (second, first) for name, (first, second) in told.items()}
    else:
        return rows
    return [_grouped(row, places) for row in rows]


def _measure(names: Iterable[str]) -> bool:
    return all(_MEASURES.search(name) for name in names)


def _grouped(row: Row, places: Mapping[str, tuple[str, str]]) -> Row:
    done: Row = {name: value for name, value in row.items() if name not in places}
    for name, (outer, inner) in places.items():
        done.setdefault(outer, {})[inner] = row[name]
    return done
