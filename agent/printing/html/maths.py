"""Formulas as MathML, which every browser draws without help."""

from __future__ import annotations

import functools
import re
from html import escape

from pylatexenc.latex2text import LatexNodes2Text

from agent.printing.html.math_names import (
    ACCENTS,
    BELOW,
    FACES,
    FENCES,
    FUNCTIONS,
    IGNORED,
    LARGE,
    NAMED,
    SPACES,
    TEXTS,
    UPRIGHT,
)
from agent.printing.tokens import Tokens, split_cells

_ROW_GAP = re.compile(r"^\s*\[[\d.]+\w+\]")
"""How far below a row the next one stands."""


def mathml(latex: str, display: bool = False) -> str:
    """A formula as a <math> element; its LaTeX stands beside it for who copies it."""
    inner = _rows(latex) if re.search(r"(?<!\\)&|\\\\", _outside(latex)) else _row(latex)
    kind = ' display="block"' if display else ""
    return f'<math{kind}><semantics><mrow>{inner}</mrow><annotation encoding="application/x-tex">{escape(latex)}</annotation></semantics></math>'


def _outside(latex: str) -> str:
    """A formula without its inner environments, whose rows are their own."""
    return re.sub(r"\\begin\s*\{(\w+\*?)\}.*?\\end\s*\{\1\}", "", latex, flags=re.DOTALL)


def _rows(latex: str) -> str:
    rows = [split_cells(row, "&") for row in split_cells(latex, "\\\\")]
    cells = (
        "".join(f"<mtd>{_row(_ROW_GAP.sub('', cell))}</mtd>" for cell in row) for row in rows if "".join(row).strip()
    )
    return f'<mtable columnalign="right left">{"".join(f"<mtr>{row}</mtr>" for row in cells)}</mtable>'


def _row(latex: str) -> str:
    """A formula's parts in order, each with what stands above and below it."""
    tokens, parts = Tokens(latex), [""]
    large = False
    while not tokens.done:
        start = tokens.at
        token = tokens.next()
        if token in ("^", "_"):
            parts[-1] = _scripts(tokens, token, parts[-1], large)
        elif token == "'":
            parts[-1] = f"<msup><mrow>{parts[-1]}</mrow><mo>′</mo></msup>"
        elif part := _atom(tokens, token, start):
            parts.append(part)
            large = token[1:] in LARGE
    return "".join(parts)


def _scripts(tokens: Tokens, first: str, base: str, large: bool) -> str:
    found = {first: _row(tokens.argument())}
    tokens.gap()
    if not tokens.done and tokens.text[tokens.at] in "^_" and tokens.text[tokens.at] not in found:
        second = tokens.next()
        found[second] = _row(tokens.argument())
    base = f"<mrow>{base}</mrow>"
    below, above = (f"<mrow>{found[sign]}</mrow>" if sign in found else "" for sign in "_^")
    under, over, both = ("munder", "mover", "munderover") if large else ("msub", "msup", "msubsup")
    if below and above:
        return f"<{both}>{base}{below}{above}</{both}>"
    return f"<{under}>{base}{below}</{under}>" if below else f"<{over}>{base}{above}</{over}>"


def _atom(tokens: Tokens, token: str, start: int) -> str:
    """One part of a formula; empty for what sets nothing."""
    if token == "{":
        tokens.at = start
        return f"<mrow>{_row(tokens.argument())}</mrow>"
    if token.startswith("\\"):
        return _command(tokens, token[1:].rstrip("*"))
    if token.isdigit():
        more = re.compile(r"[\d.,]*\d").match(tokens.text, tokens.at)
        tokens.at = more.end() if more else tokens.at
        return f"<mn>{token}{more[0] if more else ''}</mn>"
    if token.isalpha():
        return f"<mi>{escape(token)}</mi>"
    return "" if not token.strip() or token in "}&~" else f"<mo>{escape({'-': '−', '*': '∗'}.get(token, token))}</mo>"


def _command(tokens: Tokens, name: str) -> str:
    if name in SPACES:
        return f'<mspace width="{SPACES[name]}"/>'
    if name in TEXTS:
        return f"<mtext>{escape(_plain(tokens.argument()))}</mtext>"
    if name in ("evid", "evidwords", "evidreported"):
        target = tokens.argument()
        return f'<mtext><a href="#{escape(target)}">{escape(_plain(tokens.argument()))}</a></mtext>'
    if name in UPRIGHT or name in FACES:
        return _variant(name, tokens.argument())
    if name in ("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "binom"):
        over, under = _row(tokens.argument()), _row(tokens.argument())
        bar = ' linethickness="0"' if name == "binom" else ""
        made = f"<mfrac{bar}><mrow>{over}</mrow><mrow>{under}</mrow></mfrac>"
        return f"<mo>(</mo>{made}<mo>)</mo>" if name == "binom" else made
    if name == "sqrt":
        index, inner = tokens.option(), _row(tokens.argument())
        return f"<mroot><mrow>{inner}</mrow><mrow>{_row(index)}</mrow></mroot>" if index else f"<msqrt>{inner}</msqrt>"
    if name in ACCENTS:
        return f'<mover accent="true"><mrow>{_row(tokens.argument())}</mrow><mo>{ACCENTS[name]}</mo></mover>'
    if name in BELOW:
        return f"<munder><mrow>{_row(tokens.argument())}</mrow><mo>{BELOW[name]}</mo></munder>"
    return _layout(tokens, name)


def _layout(tokens: Tokens, name: str) -> str:
    if name in ("overset", "stackrel", "underset"):
        beside, base = _row(tokens.argument()), _row(tokens.argument())
        kind = "munder" if name == "underset" else "mover"
        return f"<{kind}><mrow>{base}</mrow><mrow>{beside}</mrow></{kind}>"
    if name == "substack":
        return _rows(tokens.argument())
    if name == "begin":
        return _environment(tokens, tokens.argument())
    if name in ("left", "right"):
        tokens.gap()
        fence = tokens.next()
        sign = "" if fence == "." else NAMED.get(fence.lstrip("\\"), _unicode(fence))
        return f'<mo stretchy="true">{escape(sign)}</mo>' if sign else ""
    if name in ("label", "tag"):
        tokens.argument()
        return ""
    if name in ("color", "textcolor"):
        tokens.argument()
        return ""
    if name in IGNORED:
        return ""
    if name in FUNCTIONS:
        return f'<mi mathvariant="normal">{name}</mi><mspace width="0.17em"/>'
    sign = NAMED.get(name) or _unicode(f"\\{name}")
    letter = len(sign) == 1 and sign.isalpha()
    return f"<mi>{escape(sign)}</mi>" if letter else f"<mo>{escape(sign)}</mo>" if sign else ""


def _environment(tokens: Tokens, name: str) -> str:
    inside = tokens.environment(name)
    inside = (
        re.sub(r"\A\s*(?:\[\w\])?\s*\{[^{}]*\}", "", inside) if name in ("array", "alignedat", "alignat") else inside
    )
    left, right = FENCES.get(name, ("", ""))
    opened, closed = (f'<mo stretchy="true">{sign}</mo>' if sign else "" for sign in (left, right))
    return f"<mrow>{opened}{_rows(inside)}{closed}</mrow>"


def _variant(command: str, latex: str) -> str:
    """Letters in another face: upright by an attribute, all else by letters of their own, which browsers have."""
    if not re.fullmatch(r"[A-Za-z\d ,*-]+", latex):
        return f"<mrow>{_row(latex)}</mrow>"
    if command in UPRIGHT:
        return f'<mi mathvariant="normal">{escape(latex)}</mi>'
    return f"<mi>{escape(_plain(f'{FACES[command]}{{{latex}}}'))}</mi>"


def _plain(latex: str) -> str:
    return str(LatexNodes2Text(math_mode="text").latex_to_text(latex))


@functools.cache
def _unicode(command: str) -> str:
    """What a command stands for; its name where nobody knows."""
    return _plain(command).strip() or command.lstrip("\\")
