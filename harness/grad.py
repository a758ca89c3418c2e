"""torch.no_grad for a whole function, with the function's own signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import torch

P = ParamSpec("P")
R = TypeVar("R")


def no_grad(function: Callable[P, R]) -> Callable[P, R]:
    """The function, run without gradients. mypy sees what it takes and gives; through `@torch.no_grad()` it sees nothing."""
    return cast("Callable[P, R]", torch.no_grad()(function))
