"""The evals: one file and one line below for each (docs/evals.md shows how one is added). Light, as base.py says."""

from __future__ import annotations

from importlib import import_module

from harness.errors import HarnessError
from harness.evaluation.evals.base import Eval
from harness.scales import SCALES

__all__ = ["DEFAULT", "EVALS", "Eval", "EvalsError", "choose"]


def _eval_in(file: str) -> Eval:
    """The one Eval that a file of this folder defines."""
    module = import_module(f"{__name__}.{file}")
    [kind] = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
    assert issubclass(kind, Eval), file
    return kind()


EVALS: tuple[Eval, ...] = (  # in the order in which they are run
    _eval_in("core"),
    _eval_in("absorption"),
    _eval_in("sparse_probing"),
    _eval_in("sae_probes"),
    _eval_in("scr"),
    _eval_in("tpp"),
    _eval_in("autointerp"),
    _eval_in("unlearning"),
    _eval_in("ravel"),
)
DEFAULT = tuple(each for each in EVALS if each.in_default)


class EvalsError(HarnessError):
    """An eval that is not known."""


def choose(text: str, scale: str = "") -> tuple[Eval, ...]:
    """The evals of a comma list, `default` or `all`, in the order in which they are run. Raises EvalsError.

    At a scale `default` means what it names, where it names any. What stands behind a scale's name (`tiny:scr`) is run at
    that scale alone: a template's command is one for all of them.
    """
    known = [each.name for each in EVALS]
    default = SCALES[scale].evals if scale else ()
    words = [word.strip().rpartition(":") for word in text.split(",") if word.strip()]
    if other := sorted({of for of, colon, _ in words if colon} - set(SCALES)):
        raise EvalsError(f"no such scale: {', '.join(other)}. There are: {', '.join(SCALES)}; or no scale and no colon")
    named = {name for of, colon, name in words if not colon or of == scale}
    if "all" in named:
        return EVALS
    if "default" in named:
        named = named - {"default"} | set(default or (each.name for each in DEFAULT))
    if unknown := sorted(named - set(known)):
        raise EvalsError(f"no such eval: {', '.join(unknown)}. There are: {', '.join(known)}; or default, or all")
    if not named:
        raise EvalsError(f"no eval is named. There are: {', '.join(known)}; or default, or all")
    return tuple(each for each in EVALS if each.name in named)
