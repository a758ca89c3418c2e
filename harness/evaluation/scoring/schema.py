"""Checks a value against a JSON schema, as far as sae-bench's schema files go; what they do not use is refused."""

from __future__ import annotations

from typing import Any

_KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
_IGNORED = {"title", "description", "default", "ui_default_display", "$defs", "examples"}


def violations(value: Any, schema: dict[str, Any]) -> list[str]:
    """What in `value` is not as the schema says, each with its place; empty where all is well.

    Raises ValueError for a keyword of JSON Schema that is not known here: nothing goes unchecked in silence.
    """
    return _violations(value, schema, schema, "$")


def _violations(value: Any, schema: dict[str, Any], root: dict[str, Any], place: str) -> list[str]:
    found: list[str] = []
    for keyword, wanted in schema.items():
        if keyword in _IGNORED:
            continue
        check = _CHECKS.get(keyword)
        if check is None:
            raise ValueError(f"{place}: the schema uses {keyword!r}, which is not known here")
        found += check(value, wanted, root, place)
    return found


def _type(value: Any, wanted: str, root: dict[str, Any], place: str) -> list[str]:
    if wanted in ("number", "integer"):
        kinds: tuple[type, ...] = (int,) if wanted == "integer" else (int, float)
        fits = isinstance(value, kinds) and not isinstance(value, bool)
    else:
        fits = isinstance(value, _KINDS[wanted])
    return [] if fits else [f"{place}: {str(value)[:40]!r} is no {wanted}"]


def _properties(value: Any, wanted: dict[str, Any], root: dict[str, Any], place: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [
        problem
        for name, schema in wanted.items()
        if name in value
        for problem in _violations(value[name], schema, root, f"{place}.{name}")
    ]


def _required(value: Any, wanted: list[str], root: dict[str, Any], place: str) -> list[str]:
    missing = [name for name in wanted if isinstance(value, dict) and name not in value]
    return [f"{place}: {name} is missing" for name in missing]


def _additional(value: Any, wanted: Any, root: dict[str, Any], place: str) -> list[str]:
    if wanted is True or not isinstance(value, dict):
        return []
    if wanted is False:
        raise ValueError(f"{place}: the schema forbids other properties, which is not known here")
    return [problem for name in value for problem in _violations(value[name], wanted, root, f"{place}.{name}")]


def _items(value: Any, wanted: dict[str, Any], root: dict[str, Any], place: str) -> list[str]:
    if not isinstance(value, list):
        return []
    return [
        problem for index, item in enumerate(value) for problem in _violations(item, wanted, root, f"{place}[{index}]")
    ]


def _prefix_items(value: Any, wanted: list[Any], root: dict[str, Any], place: str) -> list[str]:
    pairs = zip(value, wanted, strict=False) if isinstance(value, list) else ()
    return [
        problem
        for index, (item, schema) in enumerate(pairs)
        for problem in _violations(item, schema, root, f"{place}[{index}]")
    ]


def _any_of(value: Any, wanted: list[dict[str, Any]], root: dict[str, Any], place: str) -> list[str]:
    found = [_violations(value, schema, root, place) for schema in wanted]
    return [] if any(not problems for problems in found) else min(found, key=len)


def _reference(value: Any, wanted: str, root: dict[str, Any], place: str) -> list[str]:
    target: Any = root
    for step in wanted.removeprefix("#/").split("/"):
        target = target[step]
    return _violations(value, target, root, place)


def _all_of(value: Any, wanted: list[dict[str, Any]], root: dict[str, Any], place: str) -> list[str]:
    return [problem for schema in wanted for problem in _violations(value, schema, root, place)]


def _bound(value: Any, fits: bool, what: str, place: str) -> list[str]:
    return [] if fits else [f"{place}: {str(value)[:40]!r} is not {what}"]


_CHECKS: dict[str, Any] = {
    "type": _type,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "items": _items,
    "prefixItems": _prefix_items,
    "anyOf": _any_of,
    "allOf": _all_of,
    "$ref": _reference,
    "enum": lambda value, wanted, _, place: _bound(value, value in wanted, f"one of {wanted}", place),
    "const": lambda value, wanted, _, place: _bound(value, value == wanted, repr(wanted), place),
    "minimum": lambda value, wanted, _, place: _bound(value, value >= wanted, f"at least {wanted}", place),
    "maximum": lambda value, wanted, _, place: _bound(value, value <= wanted, f"at most {wanted}", place),
    "minItems": lambda value, wanted, _, place: _bound(value, len(value) >= wanted, f"{wanted} long", place),
    "maxItems": lambda value, wanted, _, place: _bound(value, len(value) <= wanted, f"{wanted} long", place),
}
