"""Reading a result file that a model's code wrote: anything may lie there, and nothing of it may hang or crash us."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from agent.session.run_info import Measurement, RunInfo, is_number

MAX_BYTES = 2_000_000
_MAX_DIGITS = 30
_MOST_NAMED = 5
_MEANS_FORM = (
    "; what it holds is {data set: {means, stderrs}}, as templates of AI-Scientist write it: write "
    '{"format": 1, "config": {…}, "training": {…}, "metrics": {"name": number}} (docs/templates.md)'
)


@dataclass(frozen=True)
class BadResults:
    """Why a result file cannot be used, in one line that names the file and the place."""

    reason: str


class _Refused(ValueError):
    """A value that JSON allows and a result may not hold."""


def read_object(path: Path, limit: int = MAX_BYTES) -> dict[str, Any] | BadResults:
    """The JSON object in `path`, all of its numbers finite; or why there is none."""
    data = _read_regular(path, limit)
    if isinstance(data, BadResults):
        return data
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short_integer,
            object_pairs_hook=_no_duplicates,
        )
    except RecursionError:
        return BadResults(f"{path.name}: nested too deeply")
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError and _Refused are all of this kind
        return BadResults(f"{path.name}: {error}")
    if not isinstance(value, dict):
        return BadResults(f"{path.name}: must hold one JSON object, found {type(value).__name__}")
    return value


def read_final_info(folder: Path) -> RunInfo | BadResults:
    """`final_info.json` of a run's folder with its `config` and `training`; its metrics are not checked yet."""
    if folder.is_symlink() or not folder.is_dir():
        return BadResults(f"{folder.name}/final_info.json: absent; the experiment wrote no folder {folder.name}")
    info = read_object(folder / "final_info.json")
    if isinstance(info, BadResults):
        return BadResults(f"{folder.name}/{info.reason}")
    for part in ("config", "training"):
        if not isinstance(info.get(part), dict):
            told = f"{folder.name}/final_info.json: {part!r} must be an object, {_found(info, part)}"
            return BadResults(told + (_MEANS_FORM if _holds_means(info) else ""))
    if not isinstance(info.get("metrics", {}), dict):
        return BadResults(f"{folder.name}/final_info.json: 'metrics' must be an object, {_found(info, 'metrics')}")
    return RunInfo(info)


def checked_metrics(
    metrics: Mapping[str, Any], names: Iterable[str], source: str, optional: Collection[str] = ()
) -> dict[str, Measurement] | BadResults:
    """The named metrics; a plain number stands for one measurement.

    A missing metric and one that is no finite number are named failures: missing is not zero. An optional one may be
    absent, and is then left out; where it is there, it must be a number like any other. What was measured once has no
    spread, whatever its file says.
    """
    found: dict[str, Measurement] = {}
    declared = list(names)
    for name in declared:
        if name not in metrics and name in optional:
            continue
        if name not in metrics:
            others = [each for each in metrics if each not in declared][:_MOST_NAMED]
            there = f"; it gives {', '.join(map(repr, others))}, which the template does not declare" if others else ""
            return BadResults(f"{source}: the metric {name!r} is missing{there}")
        entry = metrics[name]
        if not isinstance(entry, Mapping):
            entry = {"mean": entry}
        mean, spread, n = entry.get("mean"), entry.get("spread"), entry.get("n", 1)
        if not is_finite(mean):
            return BadResults(f"{source}: the metric {name!r} is no finite number ({str(mean)[:60]})")
        if spread is not None and not (is_finite(spread) and spread >= 0):
            return BadResults(f"{source}: the spread of {name!r} is neither null nor a number ≥ 0 ({str(spread)[:60]})")
        if not isinstance(n, int) or isinstance(n, bool) or n < 1:
            return BadResults(f"{source}: the n of {name!r} is no count ({str(n)[:60]})")
        found[name] = Measurement(mean, spread if n > 1 else None, n)
    return found


def _read_regular(path: Path, limit: int) -> bytes | BadResults:
    """The bytes of a regular file; a FIFO, a link, a device or a huge file is refused without being read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        return BadResults(f"{path.name}: absent")
    except OSError as error:
        kind = "a link" if path.is_symlink() else error.strerror
        return BadResults(f"{path.name}: cannot be read ({kind})")
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        return BadResults(f"{path.name}: not a regular file")
    with os.fdopen(handle, "rb") as file:
        if status.st_size > limit:
            size = f"{status.st_size} bytes, more than {limit}"
            return BadResults(f"{path.name}: {size}; keep curves to a few hundred points")
        data = file.read(limit + 1)
    if not data.strip():
        return BadResults(f"{path.name}: empty")
    return data


def _no_constant(name: str) -> float:
    raise _Refused(f"holds {name}, which is no result")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Refused(f"holds {text[:40]}, which is too large for a number")
    return value


def _short_integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise _Refused(f"holds an integer of {len(text)} digits")
    return int(text)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"holds the key {key[:60]!r} twice")
        found[key] = value
    return found


def is_finite(value: object) -> TypeGuard[int | float]:
    """Whether it is a number, and neither infinite nor NaN."""
    return is_number(value) and math.isfinite(value)


def _holds_means(info: Mapping[str, Any]) -> bool:
    return any(isinstance(part, dict) and "means" in part for part in info.values())


def _found(info: Mapping[str, Any], part: str) -> str:
    return f"found {type(info[part]).__name__}" if part in info else "but it is missing"
