"""From the text of a file to what it holds: JSON, a record a line, tables parted by commas or tabs, YAML."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from agent.drafts.records.printed import TEXT, is_printed, of_printed
from agent.drafts.records.tabular import levelled, nested

ROWS = frozenset({".csv", ".tsv"})
LINES = frozenset({".jsonl", ".ndjson"})
DATA = frozenset({".json", *LINES, *ROWS})
YAML = frozenset({".yaml", ".yml"})
_RESULTS = re.compile(
    r"(?:^|[_.-])(?:metrics?|results?|scores?|summary|evals?|evaluation|final_info)(?:$|[_.-])", re.IGNORECASE
)
_EXPONENT = re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+")
"""What YAML 1.1 takes for a word: `1e-3`."""
_DECIMAL = re.compile(r"[-+]?\d+,\d+")
_SPREAD = re.compile(r"([-+]?\d+(?:\.\d+)?)%?\s*(?:±|\+/-|\+-|\()\s*(\d+(?:\.\d+)?)%?\)?")
_PERCENT = re.compile(r"[-+]?\d+(?:\.\d+)?\s*%")
_SEVERAL = 2
_NESTED = 40
LARGEST_YAML = 2**18
"""Characters; parsing is slow."""


def parsed(path: Path, text: str) -> Any:
    """What a file of data holds. Raises ValueError or RecursionError where it is damaged."""
    if path.suffix in LINES:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if path.suffix in ROWS:
        return _rows(text, "\t" if path.suffix == ".tsv" else ",")
    if path.suffix in YAML:
        return of_yaml(text)
    if path.suffix == TEXT:
        return of_printed(text)
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < _SEVERAL or not lines[0].rstrip().endswith("}"):
            raise
        return [json.loads(line) for line in lines]  # some trainers call a record a line `.json`


class _Loader(yaml.SafeLoader):
    """Plain data without references: a few lines of them could stand for more than a machine holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references are not followed")
        return super().compose_node(parent, index)


def _rows(text: str, mark: str) -> list[dict[str, Any]]:
    """Rows by their headers; a first column without one (a data frame's index) names them where it holds words."""
    head = text.partition("\n")[0]
    comma = mark == "," and ";" in head and "," not in head
    told = []
    mark = ";" if comma else mark
    index, headers, below = levelled([row for row in csv.reader(io.StringIO(text), delimiter=mark) if row])
    if headers:
        return [nested(index, headers, [_cell(cell, comma) for cell in row]) for row in below]
    for row in csv.DictReader(io.StringIO(text), delimiter=mark):
        named = {"name" if name == "" else name: _cell(value, comma) for name, value in row.items() if name is not None}
        if "" in row and not isinstance(named["name"], str):
            del named["name"]
        told.append(named)
    return told


def _cell(value: str | None, comma: bool) -> Any:
    """A cell's number, with its spread where one stands behind it: `81.2 ± 0.3`, `81.2 (0.3)`; with `comma`, decimals are 81,2."""
    text = (value or "").strip()
    if comma and _DECIMAL.fullmatch(text):
        text = text.replace(",", ".")
    if match := _SPREAD.fullmatch(text):
        return {"mean": float(match[1]), "std": float(match[2])}
    return typed(text.removesuffix("%").strip() if _PERCENT.fullmatch(text) else text)


def of_yaml(text: str) -> Any:
    """YAML as data; numbers as `1e-3` too. Raises ValueError where it cannot be read."""
    if len(text) > LARGEST_YAML:
        raise ValueError(f"YAML of more than {LARGEST_YAML >> 10} KiB is not read")
    try:
        return _plain(yaml.load(text, Loader=_Loader))
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace("\n", " ")) from error


def says_results(path: Path) -> bool:
    """Whether a file of YAML is called as one of results, not of settings, or a program printed results into a text."""
    return is_printed(path) or (path.suffix in YAML and _RESULTS.search(path.stem) is not None)


def typed(value: str | None) -> Any:
    """A number where a text is one; None for what is empty."""
    try:
        return float(value) if value not in (None, "") else None
    except (TypeError, ValueError):
        return value


def flat(settings: Any, before: str = "") -> dict[str, Any]:
    """Settings of any nesting by their last names; `{value: 3}` is what a tracker makes of 3, `a=3` in a list of words an assignment."""
    if before.count("/") > _NESTED:
        return {}
    found: dict[str, Any] = {}
    if isinstance(settings, Mapping):
        for name, value in settings.items():
            bare = value["value"] if isinstance(value, Mapping) and "value" in value and len(value) <= 2 else value
            if isinstance(bare, (Mapping, list)):
                found |= {key: told for key, told in flat(bare, f"{before}{name}/").items() if key not in found}
            elif bare is not None:
                inner = before.split("/")[-2] if str(name) == "name" and before else str(name)
                found.setdefault(inner, bare)
    elif isinstance(settings, list):
        for each in settings:
            name, mark, value = each.partition("=") if isinstance(each, str) else ("", "", "")
            if mark:
                found.setdefault(name.lstrip("+~").rsplit(".", 1)[-1], typed(value))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str) and _EXPONENT.fullmatch(value):
        return float(value)
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
