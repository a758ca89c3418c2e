"""Proof that a run did what it says: what template.toml declares must be true of its result."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.errors import TemplateError
from agent.results.verdicts.comparable import look_up
from agent.session.run_info import RunInfo
from agent.session.template.contract import Proof

_CHECK = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*")
_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


_OF_TEXTS = ("==", "!=")
"""Operators that two texts can be asked too."""
_SHOWN = 60
"""Characters of a text that are told."""


@dataclass(frozen=True)
class Measured:
    """An earlier result that a new one must differ from."""

    name: str
    means: Mapping[str, float]
    """Of every metric."""
    code: str
    """Hash of the code that it came from."""
    info: RunInfo = field(default_factory=RunInfo)
    """The whole result, of a seed of the baseline."""


@dataclass(frozen=True)
class Earlier:
    """All that was measured before: each seed of the baseline, and every accepted run."""

    baseline: Sequence[Measured] = ()
    previous: Sequence[Measured] = ()


def prove(proofs: Iterable[Proof], info: RunInfo, out_dir: Path, earlier: Earlier, code: str) -> list[str]:
    """Why the result does not count, one line for each missing proof; empty where it is proven.

    Raises TemplateError for a check that is not `PATH OP (PATH | NUMBER)`.
    """
    return [
        f"{proof.reason} ({problem})" for proof in proofs if (problem := _problem(proof, info, out_dir, earlier, code))
    ]


def early_proofs(proofs: Iterable[Proof]) -> list[Proof]:
    """Those that can be asked before the evaluator ran: files, and checks of what the experiment itself wrote."""
    return [
        proof
        for proof in proofs
        if proof.file or (proof.check and not re.search(r"(^|\s|[<>=])(metrics|details)\.", proof.check))
    ]


def check_proofs(proofs: Iterable[Proof]) -> None:
    """Raises TemplateError for a check that cannot be read; asked before anything is launched."""
    for proof in proofs:
        if proof.check:
            _parsed(proof.check)


def _problem(proof: Proof, info: RunInfo, out_dir: Path, earlier: Earlier, code: str) -> str:
    if proof.check:
        return _check(proof.check, info)
    if proof.file:
        return _file(out_dir, proof.file)
    others = [
        *(earlier.baseline if "baseline" in proof.differs_from else ()),
        *(earlier.previous if "previous" in proof.differs_from else ()),
    ]
    mine = means_of(info)
    for other in others:
        theirs = other.means
        shared = mine.keys() & theirs.keys()
        if other.code != code and shared and all(mine[name] == theirs[name] for name in shared):
            return f"every metric equals that of {other.name}, whose code was different"
    return ""


def _parsed(check: str) -> tuple[str, str, str]:
    match = _CHECK.fullmatch(check)
    if match is None:
        raise TemplateError(f"template.toml: the proof {check!r} is not PATH OP (PATH | NUMBER); mend it")
    return match.group(1), match.group(2), match.group(3)


def _check(check: str, info: RunInfo) -> str:
    left, symbol, right = _parsed(check)
    if symbol in _OF_TEXTS and any(isinstance(look_up(info, side), str) for side in (left, right)):
        return _texts(check, left, symbol, right, info)
    values = []
    for side in (left, right):
        value = float(side.replace("_", "")) if _NUMBER.fullmatch(side) else look_up(info, side)
        if isinstance(value, Mapping):
            value = value.get("mean")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{check}: {side} is {'missing' if value is None else 'no number'}"
        values.append(value)
    if _OPERATORS[symbol](values[0], values[1]):
        return ""
    shown = [f"{side} is {value:g}" for side, value in zip((left, right), values, strict=True) if side != f"{value:g}"]
    return f"{check}: {', '.join(shown)}"


def _texts(check: str, left: str, symbol: str, right: str, info: RunInfo) -> str:
    """The same of two texts, such as the name of what was handed out and the name that the run recorded."""
    sides = {side: look_up(info, side) for side in (left, right)}
    if all(isinstance(value, str) for value in sides.values()) and _OPERATORS[symbol](*sides.values()):
        return ""
    shown = [f"{side} is {'missing' if value is None else repr(value)[:_SHOWN]}" for side, value in sides.items()]
    return f"{check}: {', '.join(shown)}"


def _file(out_dir: Path, name: str) -> str:
    path = out_dir / name
    inside = path.resolve().is_relative_to(out_dir.resolve())
    if path.is_symlink() or not inside or (path.exists() and not path.is_file()):
        return f"{name} is not a regular file of the run"
    if not path.is_file():
        return f"{name} is missing"
    return f"{name} is empty" if path.stat().st_size == 0 else ""


def means_of(info: RunInfo) -> dict[str, float]:
    """The mean of every metric of a result, by name."""
    return {name: value.mean for name, value in info.metrics.items()}
