"""The values that the page is made of."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from agent.page import pieces, view

CLASSES = [kind for module in (pieces, view) for kind in vars(module).values() if is_dataclass(kind)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_value_is_built_by_keyword(kind: type) -> None:
    """Nobody counts the twelfth argument: each field is named where a value is made."""
    assert is_dataclass(kind) and all(field.kw_only for field in fields(kind))
