"""Lists, counts and sentences in words."""

from __future__ import annotations

import pytest

from agent.results.english import capitalised, counted, listed


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_listed(names: list[str], text: str) -> None:
    """Commas, and before the last one an `and`; none is no word."""
    assert listed(names) == text


def test_a_count_agrees_with_its_noun() -> None:
    """One is singular, none and several are not, also where the plural is no s."""
    assert [counted(number, "run") for number in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]
    assert [counted(number, "launch", "launches") for number in (1, 3)] == ["1 launch", "3 launches"]


def test_a_sentence_begins_large() -> None:
    """Its first letter alone is changed: names keep theirs."""
    assert [capitalised(text) for text in ("run 3 on CIFAR", "L0", "")] == ["Run 3 on CIFAR", "L0", ""]
