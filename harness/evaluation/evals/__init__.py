"""The evals: one file and one line below for each (docs/evals.md shows how one is added). Light, as base.py says."""

from __future__ import annotations

from harness.errors import HarnessError
from harness.evaluation.evals.absorption import Absorption
from harness.evaluation.evals.autointerp import Autointerp
from harness.evaluation.evals.base import Eval
from harness.evaluation.evals.core import Core
from harness.evaluation.evals.ravel import Ravel
from harness.evaluation.evals.scr import Scr
from harness.evaluation.evals.sparse_probing import SparseProbing
from harness.evaluation.evals.tpp import Tpp
from harness.evaluation.evals.unlearning import Unlearning

__all__ = ["DEFAULT", "EVALS", "Eval", "EvalsError", "choose"]

EVALS: tuple[Eval, ...] = (  # in the order in which they are run
    Core(),
    Absorption(),
    SparseProbing(),
    Scr(),
    Tpp(),
    Autointerp(),
    Unlearning(),
    Ravel(),
)
DEFAULT = tuple(each for each in EVALS if each.in_default)


class EvalsError(HarnessError):
    """An eval that is not known."""


def choose(text: str) -> tuple[Eval, ...]:
    """The evals of a comma list, `default` or `all`, in the order in which they are run. Raises EvalsError."""
    known = [each.name for each in EVALS]
    named = {name.strip() for name in text.split(",") if name.strip()}
    if "all" in named:
        return EVALS
    if "default" in named:
        named = named - {"default"} | {each.name for each in DEFAULT}
    if unknown := sorted(named - set(known)):
        raise EvalsError(f"no such eval: {', '.join(unknown)}. There are: {', '.join(known)}; or default, or all")
    if not named:
        raise EvalsError(f"no eval is named. There are: {', '.join(known)}; or default, or all")
    return tuple(each for each in EVALS if each.name in named)
