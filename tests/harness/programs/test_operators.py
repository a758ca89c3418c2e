"""Which operators of a graph are called."""

from __future__ import annotations

import pytest

from harness.errors import ProgramError
from harness.programs.operators import find_operator


def test_the_operators_of_ordinary_encoders_are_allowed() -> None:
    """Products, reductions, sorting, indexing and element-wise functions are there."""
    for name in (
        "mm.default",
        "addmm.default",
        "topk.default",
        "sort.default",
        "scatter.src",
        "exp.default",
        "where.self",
        "sum.dim_IntList",
        "gather.default",
        "cumsum.default",
        "kthvalue.default",
    ):
        assert callable(find_operator(f"torch.ops.aten.{name}"))


@pytest.mark.parametrize("name", ["add_.Tensor", "rand.default", "sum.nothing", "no_such_thing.default"])
def test_what_writes_in_place_or_draws_at_random_is_refused(name: str) -> None:
    """A program computes the same from the same, and changes nothing."""
    with pytest.raises(ProgramError):
        find_operator(f"torch.ops.aten.{name}")
