"""Numbers are found in prose as people write them, and compared with values as people round them."""

from __future__ import annotations

import pytest

from agent.proofreading.sentences.numbers import TypedNumber, equals, find_numbers, is_structure, rounds_to


def number(text: str) -> TypedNumber:
    (found,) = find_numbers(text)
    return found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.8971 and .5", [0.8971, 0.5]),
        ("2,048 tokens, 1,000,000", [2048, 1000000]),
        ("-0.1 −0.2", [-0.1, -0.2]),
        ("1e-3", [0.001]),
        ("16k and 2M", [16000, 2e6]),
        ("GPT-2, layer_3, v1.2", []),
        ("top-5", []),
    ],
)
def test_finds_numbers_as_they_are_written(text: str, values: list[float]) -> None:
    """Separators, signs, powers and multiples; the digits of a name are none."""
    assert [found.value for found in find_numbers(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "structure"),
    [
        ("Section 4", True),
        ("in 2013", True),
        ("the 3rd", True),
        ("all 7", True),
        ("a 95% interval", True),
        ("29% lower", False),
        ("3x slower", False),
        ("2 times more", False),
        ("0.89", False),
        ("500", False),
    ],
)
def test_tells_structure_from_claims(text: str, structure: bool) -> None:
    """Sections, years, ordinals, small counts and the level of an interval claim nothing; factors and decimals do."""
    assert is_structure(number(text), text) == structure


@pytest.mark.parametrize(
    ("value", "typed", "equal"),
    [
        (0.02, "0.02", True),
        (0.1, "10%", True),
        (10, "10%", True),
        ([64, 128], "128", True),
        (True, "1", False),
        ("16", "16", False),
        (0.021, "0.02", False),
    ],
)
def test_a_setting_equals_what_was_typed(value: object, typed: str, equal: bool) -> None:
    """In percent and in lists too; a switch and a text equal no number, and settings are not rounded."""
    assert equals(value, number(typed)) == equal


@pytest.mark.parametrize(
    ("value", "typed", "rounds"),
    [(0.89714, "0.8971", True), (0.89716, "0.8971", False), (0.8971, "89.7%", True), (16.0, "16", False)],
)
def test_a_result_rounds_to_what_was_typed(value: float, typed: str, rounds: bool) -> None:
    """At the digits that were typed; a whole number is the rounding of too much to be one of a result."""
    assert rounds_to(value, number(typed)) == rounds
