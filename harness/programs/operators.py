"""Which operators an exported program may call: ATen's core set, without those that change, remember or draw anything."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any

import torch

from harness.errors import ProgramError

ATEN = re.compile(r"torch\.ops\.aten\.([a-z_][a-z0-9_]*)\.([A-Za-z][A-Za-z0-9_]*)")
ARITHMETIC = ("add", "sub", "mul", "floordiv", "truediv", "mod", "neg", "eq", "ne", "lt", "le", "gt", "ge")
# Arithmetic on sizes, as torch.export writes it.
ON_SIZES: dict[str, Callable[..., Any]] = {
    **{f"_operator.{name}": getattr(operator, name) for name in ARITHMETIC},
    "torch.sym_max": max,
    "torch.sym_min": min,
    "torch.sym_not": operator.not_,
    "torch.sym_float": float,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
}
# Beside the core set: a selection that an encoder may need, and checks that torch.export leaves in a graph.
ALSO = {"kthvalue.default", "_assert_tensor_metadata.default", "_assert_scalar.default"}
# Of the core set: what reads memory that was never written, or memory by address.
NOT = {"empty.memory_format", "empty_strided.default", "as_strided.default"}


def find_operator(target: object) -> Callable[..., Any]:
    """The operator of that name. Raises ProgramError where a program may not call it."""
    if isinstance(target, str) and target in ON_SIZES:
        return ON_SIZES[target]
    matched = ATEN.fullmatch(target) if isinstance(target, str) else None
    found = None
    if matched:
        found = getattr(getattr(torch.ops.aten, matched[1], None), matched[2], None)
    if not isinstance(found, torch._ops.OpOverload) or not _allowed(found, matched):
        raise ProgramError(
            f"calls {target!r}: a program is made of ATen's core operators, which change nothing in place and draw "
            "nothing at random (no custom operator, no control flow)"
        )
    return found


def _allowed(found: Any, matched: re.Match[str] | None) -> bool:
    name = f"{matched[1]}.{matched[2]}" if matched else ""
    if found._schema.is_mutable or torch.Tag.nondeterministic_seeded in found.tags or name in NOT:
        return False
    return torch.Tag.core in found.tags or name in ALSO


def constant(value: Any) -> Any:
    """A constant: a number, a flag, a text, or a list of these. Raises ProgramError for anything else."""
    if isinstance(value, list):
        return [constant(one) for one in value]
    if isinstance(value, str) and value in ("Infinity", "-Infinity", "NaN"):
        return float(value.lower().replace("infinity", "inf"))
    if not isinstance(value, (bool, int, float, str)):
        raise ProgramError(f"has a constant {value!r} that is no number")
    return value
