"""What TeX would refuse in a section with words that help nobody, told before TeX sees it: formulas, columns of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_STANDING = r"(?:equation|align|gather|multline|flalign|alignat|eqnarray)\*?"
"""Formulas that stand by themselves."""
_DISPLAY = re.compile(
    rf"\\begin\s*\{{(?P<name>{_STANDING})\}}.*?\\end\s*\{{(?P=name)\}}|(?<!\\)\\\[.*?(?<!\\)\\\]|(?<!\\)\$\$.*?(?<!\\)\$\$",
    re.DOTALL,
)
_FORMULA = re.compile(rf"{_DISPLAY.pattern}|(?<![\\$])\$[^$]+\$", re.DOTALL)
_INNER = re.compile(rf"\\begin\s*\{{({_STANDING})\}}")
_TABLE = re.compile(
    rf"\\begin\s*\{{(?P<name>tabular[x*]?|longtable)\}}\s*(?P<width>(?<=[x*]\}})\s*{_GROUP})?\s*(?:\[[^\]]*\])?\s*(?P<spec>{_GROUP})"
    r"(?P<body>.*?)\\end\s*\{(?P=name)\}",
    re.DOTALL,
)
_ROW_END = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|\\tabularnewline\b|\\end(?:first|last)?(?:head|foot)\b")
_SPANS = re.compile(r"\\multicolumn\s*\{\s*(\d+)\s*\}")
_SHOWN_CHARACTERS = 50
MATH_ONLY = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "varepsilon",
        "zeta",
        "eta",
        "theta",
        "vartheta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "varpi",
        "rho",
        "varrho",
        "sigma",
        "varsigma",
        "tau",
        "upsilon",
        "phi",
        "varphi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
        "times",
        "cdot",
        "leq",
        "geq",
        "le",
        "ge",
        "neq",
        "ne",
        "approx",
        "sim",
        "simeq",
        "equiv",
        "propto",
        "in",
        "notin",
        "subset",
        "subseteq",
        "cup",
        "cap",
        "sum",
        "prod",
        "int",
        "partial",
        "nabla",
        "infty",
        "frac",
        "dfrac",
        "tfrac",
        "sqrt",
        "mathbf",
        "mathrm",
        "mathcal",
        "mathbb",
        "mathit",
        "mathsf",
        "boldsymbol",
        "bm",
        "hat",
        "bar",
        "vec",
        "widehat",
        "widetilde",
        "overline",
        "to",
        "rightarrow",
        "leftarrow",
        "Rightarrow",
        "mapsto",
        "forall",
        "exists",
        "ll",
        "gg",
        "pm",
        "mp",
        "ell",
        "odot",
        "otimes",
        "oplus",
        "langle",
        "rangle",
        "lVert",
        "rVert",
        "lvert",
        "rvert",
        "operatorname",
        "log",
        "exp",
        "max",
        "min",
        "arg",
        "argmin",
        "argmax",
    ]
)
"""Commands that TeX takes in a formula only."""


def without_blank_lines(text: str) -> str:
    """A text whose formulas hold no blank line: TeX ends a formula there, and never takes one."""
    return _DISPLAY.sub(lambda match: re.sub(r"\n(?:[ \t]*\n)+", "\n", match.group()), text)


def with_about(text: str) -> str:
    """A text in which `~50`, by which models mean about 50, says so: in LaTeX the sign is a space."""
    return re.sub(r"(?<=[ \t(])~(?=\d|\[\[|\$\d)", lambda match: "$\\sim$", text)


def formula_problems(text: str) -> Iterator[str]:
    """A sentence for each formula that stands within another, and for each \\left without its \\right."""
    for match in _DISPLAY.finditer(text):
        whole = match.group()
        if inner := _INNER.search(whole, 2):
            around = f"\\begin{{{match['name']}}}" if match["name"] else whole[:2]
            yield (
                f"{inner[1]} stands within {around}: it is a formula of its own, leave the outer one out (within a formula, "
                "aligned or split)"
            )
    for formula in (match.group() for match in _FORMULA.finditer(text)):
        opened, closed = (len(re.findall(rf"\\{side}(?![A-Za-z])", formula)) for side in ("left", "right"))
        if opened != closed:
            yield f"{opened} \\left and {closed} \\right in one formula ({_shown(formula)!r}): each needs its other, or a dot in its place"


def column_problems(text: str) -> Iterator[str]:
    """A sentence for each table with a type of column that there is not, or with a row of more cells than it has columns."""
    for match in _TABLE.finditer(text):
        body = re.sub(r"(?<!\\)%.*", "", match["body"])
        if "\\begin{tabular" in body:
            continue
        count, unknown = columns_of(match["spec"][1:-1])
        if unknown:
            yield f"{unknown!r} is no type of column here ({_shown(match['spec'])!r}): use l, c, r or p{{0.3\\linewidth}}"
            continue
        for row in _ROW_END.split(body):
            cells = _cells(row)
            if cells > count:
                yield f"a row has {cells} cells, and the table {count} columns ({_shown(row)!r}): give it as many as {{{match['spec'][1:-1]}}} has"
                break


def columns_of(spec: str) -> tuple[int, str]:
    """How many columns a table's argument gives, and the first type that there is not; empty where all are known."""
    count, at = 0, 0
    while at < len(spec):
        char, at = spec[at], at + 1
        if char in "lcrXpmb":
            count += 1
            at = _behind_group(spec, at) if char in "pmb" else at
        elif char in "@!><":
            at = _behind_group(spec, at)
        elif char in "wW":
            count, at = count + 1, _behind_group(spec, _behind_group(spec, at))
        elif char == "*":
            times = _behind_group(spec, at)
            end = _behind_group(spec, times)
            each, unknown = columns_of(spec[times:end].strip()[1:-1])
            number = spec[at:times].strip("{} ")
            if unknown or not number.isdigit():
                return count, unknown
            count, at = count + int(number) * each, end
        elif not char.isspace() and char != "|":
            return count, char
    return count, ""


def _behind_group(spec: str, at: int) -> int:
    match = re.compile(rf"\s*{_GROUP}").match(spec, at)
    return match.end() if match else at


def _cells(row: str) -> int:
    """Cells of a row: those within braces are of a table within a cell."""
    flat = row
    for _ in range(4):
        flat = re.sub(r"(?<!\\)\{[^{}]*\}", "", flat)
    spans = sum(int(number) - 1 for number in _SPANS.findall(row))
    return len(re.findall(r"(?<!\\)&", flat)) + 1 + spans


def _shown(text: str) -> str:
    return " ".join(text.split())[:_SHOWN_CHARACTERS]
