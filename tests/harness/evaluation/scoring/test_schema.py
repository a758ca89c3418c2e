"""The part of JSON Schema that sae-bench's files use: what fits passes, what does not is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from harness.evaluation.scoring.schema import violations

SCHEMA = {
    "$defs": {"Score": {"type": "object", "properties": {"mean": {"type": "number"}}, "required": ["mean"]}},
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "count": {"type": "integer", "minimum": 1},
        "score": {"$ref": "#/$defs/Score"},
        "maybe": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "pairs": {"type": "array", "items": {"type": "array", "prefixItems": [{"type": "string"}], "maxItems": 2}},
        "open": {"type": "object", "additionalProperties": {"type": "boolean"}},
    },
    "required": ["name"],
}


def test_what_fits_has_no_violations() -> None:
    """A value with every kind of part passes; parts that no schema names are allowed, as JSON Schema has it."""
    value = {
        "name": "a",
        "count": 1,
        "score": {"mean": 2},
        "maybe": None,
        "pairs": [["a", 1]],
        "open": {"x": True},
        "more": 1,
    }
    assert violations(value, SCHEMA) == []


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"name": 3}, "$.name: '3' is no string"),
        ({"count": 1.5}, "$.count: '1.5' is no integer"),
        ({"count": True}, "$.count: 'True' is no integer"),
        ({"count": 0}, "$.count: '0' is not at least 1"),
        ({"score": {}}, "$.score: mean is missing"),
        ({"score": {"mean": "x"}}, "$.score.mean: 'x' is no number"),
        ({"maybe": "x"}, "$.maybe: 'x' is no number"),
        ({"pairs": [["a", 1], [2, 1]]}, "$.pairs[1][0]: '2' is no string"),
        ({"pairs": [["a", 1, 2]]}, "is not 2 long"),
        ({"open": {"x": 1}}, "$.open.x: '1' is no boolean"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(changed: dict[str, Any], complaint: str) -> None:
    """Each fault is found where it is."""
    found = violations({"name": "a", **changed}, SCHEMA)
    assert len(found) == 1
    assert complaint in found[0]


def test_a_keyword_that_is_not_known_is_an_error() -> None:
    """Nothing goes unchecked in silence."""
    with pytest.raises(ValueError, match="'pattern', which is not known"):
        violations("a", {"type": "string", "pattern": "b"})
    with pytest.raises(ValueError, match="forbids other properties"):
        violations({"a": 1}, {"type": "object", "additionalProperties": False})
