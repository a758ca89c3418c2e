"""Results that the code types instead of counting or measuring: told without running it.

A training record counts for something only where it is counted as it happens. What stands in the code as a number, or
is copied from the settings, says what was asked for, not what was done. It is refused before it costs a launch.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from agent.experiment.doubts.parsed import parsed
from agent.experiment.doubts.preflight import InVain
from agent.results.story import story_of
from agent.session.run_info import is_number
from agent.session.session import Session
from agent.session.steps import RunName

_SETTINGS = ("settings", "config", "args", "given", "cfg", "hparams", "options", "params")
"""Names of what holds settings."""


def typed_in_vain(session: Session, run: RunName, files: Mapping[str, bytes]) -> InVain | None:
    """Why launching these files would prove nothing: their result is typed. None where it is not."""
    story = story_of(session)
    baseline, parent = story.baseline, story.parent_of(run)
    if baseline is None or parent is None or not parent.code:
        return None
    training, names = baseline.results.training, session.template.experiment.editable
    curve = training.get("curve")
    recorded = {*training, *(curve if isinstance(curve, Mapping) else ())}
    before = {name: session.blobs.get(parent.code[name]) for name in names if name in parent.code}
    found = typed_results(before, files, recorded, set(baseline.results.config))
    if not found:
        return None
    reason = (
        f"the code types what its training did in place of counting it: {', '.join(found)}. Count steps and budget where "
        "they happen, and record the losses that were computed"
    )
    return InVain("not_proven", reason, f"It was not launched: {reason}.", f"typed|{','.join(found)[:80]}")


def typed_results(
    before: Mapping[str, bytes], after: Mapping[str, bytes], recorded: Collection[str], settings: Collection[str]
) -> list[str]:
    """Parts of the result, of those `recorded` by the baseline's training, that `after` writes as a typed number, `before` not.

    Sorted, each with what stands for it: `steps = 400`. Code that does not parse has none. `settings` are names of recorded
    settings: `settings.steps` in place of a count is one too.
    """
    old = {name for name, _ in _typed(before, recorded, settings)}
    return sorted({f"{name} = {text}" for name, text in _typed(after, recorded, settings) if name not in old})


def _typed(
    files: Mapping[str, bytes], recorded: Collection[str], settings: Collection[str]
) -> Iterator[tuple[str, str]]:
    trees = parsed(files)
    constants = _constants(trees)
    for node in (node for tree in trees for node in ast.walk(tree)):
        for name, value in _written(node, recorded, settings):
            if _is_typed(value, constants) or _is_a_setting(value, settings):
                yield name, ast.unparse(value)[:60]


def _written(node: ast.AST, recorded: Collection[str], settings: Collection[str]) -> Iterator[tuple[str, ast.expr]]:
    """(name, value) where a dict of which several keys are parts of a training record is written, or one such key of a record.

    A dict that holds a setting which no record holds is one of settings.
    """
    items: list[tuple[object, ast.expr]] = []
    if isinstance(node, ast.Dict):
        items = [
            (key.value, value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        ]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        items = [(word.arg, word.value) for word in node.keywords]
    of_settings = any(name in settings and name not in recorded for name, _ in items)
    known = [(str(name), value) for name, value in items if name in recorded]
    if len(known) >= 2 and not of_settings:
        yield from known
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        key, holder = node.targets[0].slice, node.targets[0].value
        named = isinstance(holder, ast.Name) and holder.id in _SETTINGS
        if isinstance(key, ast.Constant) and key.value in recorded and not named:
            yield str(key.value), node.value


def _constants(trees: list[ast.Module]) -> dict[str, ast.expr]:
    """Names that are given a number once and are never changed."""
    found: dict[str, list[ast.expr | None]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                single = node.value if isinstance(target, ast.Name) else None
                for name in (each.id for each in ast.walk(target) if isinstance(each, ast.Name)):
                    found.setdefault(name, []).append(single)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, []).append(None) if node.id not in found else None
        elif isinstance(node, ast.AugAssign | ast.NamedExpr | ast.For) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, []).append(None)
        elif isinstance(node, ast.arg):
            found.setdefault(node.arg, []).append(None)
    return {name: values[0] for name, values in found.items() if len(values) == 1 and values[0] is not None}


def _is_typed(value: ast.expr, constants: Mapping[str, ast.expr]) -> bool:
    """Whether it is a number other than 0, or several in a list: what a count begins with is 0."""
    if isinstance(value, ast.Name) and value.id in constants:
        value = constants[value.id]
    if isinstance(value, ast.UnaryOp):
        return _is_typed(value.operand, constants)
    if isinstance(value, ast.BinOp):
        return all(_is_typed(side, constants) for side in (value.left, value.right))
    if isinstance(value, ast.Dict):
        return bool(value.values) and all(_is_typed(each, constants) for each in value.values)
    if isinstance(value, ast.List | ast.Tuple):
        return len(value.elts) >= 2 and all(_is_typed(each, constants) or _is_zero(each) for each in value.elts)
    return isinstance(value, ast.Constant) and is_number(value.value) and value.value != 0


def _is_zero(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value == 0


def _is_a_setting(value: ast.expr, settings: Collection[str]) -> bool:
    """`settings.steps`, or a product of such: the budget as it was asked for."""
    if isinstance(value, ast.BinOp):
        return _is_a_setting(value.left, settings) and _is_a_setting(value.right, settings)
    return (
        isinstance(value, ast.Attribute)
        and value.attr in settings
        and isinstance(value.value, ast.Name)
        and value.value.id in _SETTINGS
    )
