"""Settings that code and logs state: constants, defaults of flags and fields, `name=value` of a log's first lines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from agent.drafts.records.runs import Key, Quantity

_PAIR = re.compile(
    r"(?<![\w.])-{0,2}([A-Za-z][\w.-]*)\s*[=:]\s*([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])"
)
_FLAG = re.compile(r"(?<!\S)--([A-Za-z][\w.-]*)\s+([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])")
"""`--lr 0.1` of a command line."""
_LINES_OF_A_LOG = 400


def of_python(file: str, text: str) -> list[Quantity] | str:
    """Constants, keyword arguments, defaults; or why the code could not be read."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        return f"{file}: not Python that can be read ({error.__class__.__name__})"
    found: dict[tuple[str, float], Quantity] = {}
    for name, node in _named(tree):
        for value in (*_numbers(node), *_length(node)):
            found.setdefault(
                (name, value), Quantity("", file, Key((name,)), value, "setting", f"line {node.lineno} {name}")
            )
    return list(found.values())


def of_text(file: str, text: str) -> list[Quantity]:
    """`name=value` and `name: value` of a log or of a file of settings."""
    found: dict[tuple[str, float], Quantity] = {}
    for number, line in enumerate(text.splitlines()[:_LINES_OF_A_LOG], 1):
        for match in (*_PAIR.finditer(line), *_FLAG.finditer(line)):
            value = float(match[2].replace("_", ""))
            name = match[1].replace("-", "_")
            found.setdefault((name, value), Quantity("", file, Key((name,)), value, "setting", f"line {number} {name}"))
    return list(found.values())


def _named(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Each expression that has a name: assigned, a default, a keyword, an entry of a dictionary."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((name, node.value) for target in node.targets if (name := _name_of(target)))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            if name := _name_of(node.target):
                yield name, node.value
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _defaults(node.args)
        elif isinstance(node, ast.Call):
            yield from _keywords(node)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value


def _keywords(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Keywords of a call; the default of `add_argument("--lr", default=…)` under the flag's name."""
    flags = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    flag = next((one.lstrip("-").replace("-", "_") for one in flags if one.startswith("--")), "")
    for keyword in call.keywords:
        if keyword.arg:
            yield (flag if flag and keyword.arg == "default" else keyword.arg), keyword.value


def _defaults(args: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    plain = [*args.posonlyargs, *args.args]
    yield from ((arg.arg, value) for arg, value in zip(plain[::-1], args.defaults[::-1], strict=False))
    yield from (
        (arg.arg, value) for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None
    )


def _name_of(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    return target.attr if isinstance(target, ast.Attribute) else ""


def _numbers(node: ast.expr) -> Iterator[float]:
    """The numbers of an expression of constants: 1e-3, -1, 10 * 1000, 2**14, [0.9, 0.99]."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for item in node.elts[:30]:
            yield from _numbers(item)
        return
    if isinstance(node, ast.IfExp):
        yield from (*_numbers(node.body), *_numbers(node.orelse))  # 5000 for one data set, 100000 for the other
        return
    value = _constant(node)
    if value is not None:
        yield value


def _length(node: ast.expr) -> Iterator[float]:
    """How many entries a list of numbers has: five prefixes are five."""
    if (
        isinstance(node, (ast.List, ast.Tuple))
        and len(node.elts) > 1
        and all(_constant(one) is not None for one in node.elts)
    ):
        yield float(len(node.elts))


def _constant(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool) and abs(node.value) < 1e18:
            return float(node.value)
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp):
        left, right = _constant(node.left), _constant(node.right)
        if left is not None and right is not None:
            return _computed(node.op, left, right)
    return None


def _computed(op: ast.operator, left: float, right: float) -> float | None:
    if isinstance(op, ast.Mult):
        return left * right
    if isinstance(op, ast.Pow) and abs(right) <= 64 and 0 < abs(left) <= 1024:
        return float(left**right)
    if isinstance(op, (ast.Div, ast.FloorDiv)) and right:
        return left / right
    return left + right if isinstance(op, ast.Add) else None
