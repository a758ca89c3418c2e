"""Environments of a paper as HTML: formulas, floats, tables, lists, pseudocode."""

from __future__ import annotations

import re
from html import escape
from typing import Protocol

from agent.printing.html.maths import mathml
from agent.printing.html.names import DISPLAYED, GUARDED, LISTS, OLD, QUOTES, SEVERAL, STEPS, THEOREMS
from agent.printing.tokens import Tokens, split_cells

BLOCK = "\x00"
"""Stands before and after what is no part of a paragraph."""


class Body(Protocol):
    """The text around an environment: it sets what stands inside, and keeps the numbers."""

    numbers: dict[str, str]
    here: str

    def inline(self, latex: str) -> str:
        """A text within a paragraph."""

    def blocks(self, latex: str) -> str:
        """A text in paragraphs."""

    def counted(self, name: str) -> str:
        """The next number of a kind."""


def environment(body: Body, tokens: Tokens, name: str) -> str:
    starred, name = name.endswith("*"), name.rstrip("*")
    inside = tokens.environment(name + "*" * starred)
    if name in DISPLAYED:
        return _displayed(body, name, inside, starred)
    if name in ("figure", "table", "algorithm"):
        return _float(body, name, inside)
    if name in ("tabular", "tabularx", "longtable"):
        return f"{BLOCK}{_table(body, name, inside, starred)}{BLOCK}"
    if name in LISTS or name == "description":
        return f"{BLOCK}{_list(body, name, inside)}{BLOCK}"
    if name in ("math", "displaymath"):
        return mathml(inside, name == "displaymath")
    made = body.blocks(
        re.sub(r"\A(?:\[[^\]]*\])*(?:\{[^{}]*\})?", "", inside) if name.startswith(("sub", "mini")) else inside
    )
    head = f"<strong>{name.capitalize()}.</strong> " if name in THEOREMS else ""
    tag = QUOTES.get(name, "div")
    return f'{BLOCK}<{tag} class="{name}">{head}{made}</{tag}>{BLOCK}'


def _displayed(body: Body, name: str, inside: str, starred: bool) -> str:
    rows = split_cells(inside, "\\\\") if name in SEVERAL else [inside]
    shown = []
    for row in rows:
        labels = re.findall(r"\\label\s*\{([^{}]*)\}", row)
        unnumbered = starred or not row.strip() or re.search(r"\\(?:nonumber|notag)\b", row)
        number = "" if unnumbered else body.counted("equation")
        body.numbers.update(dict.fromkeys(labels, number))
        shown += [f'<a id="{escape(label)}"></a>' for label in labels]
        shown += [f"({number})"] if number else []
    anchors = "".join(each for each in shown if each.startswith("<"))
    numbers = " ".join(each for each in shown if each.startswith("("))
    return f'{BLOCK}<div class="equation">{anchors}{mathml(inside, True)}<span>{numbers}</span></div>{BLOCK}'


def _float(body: Body, name: str, inside: str) -> str:
    inside = re.sub(r"\A\s*\[[^\]]*\]", "", inside)
    number = body.counted(name)
    body.here = f"{name.capitalize()} {number}"
    caption, at = (
        "",
        re.search(
            r"\\caption\*?\s*(?:\[[^\]]*\])?\s*(?=\{)",
            re.sub(r"\\begin\{sub.*?\\end\{sub\w+\}", lambda m: "x" * len(m[0]), inside, flags=re.DOTALL),
        ),
    )
    if at:
        tokens = Tokens(inside, at.end())
        caption = body.inline(tokens.argument())
        inside = inside[: at.start()] + inside[tokens.at :]
    return f"{BLOCK}<figure>{body.blocks(inside)}<figcaption><strong>{body.here}</strong> {caption}</figcaption></figure>{BLOCK}"


def _table(body: Body, name: str, inside: str, starred: bool) -> str:
    tokens = Tokens(inside)
    if starred or name == "tabularx":
        tokens.argument()
    tokens.option()
    tokens.argument()
    rows: list[str] = []
    for row in split_cells(tokens.text[tokens.at :], "\\\\"):
        ruled = re.sub(
            r"\\(?:toprule|midrule|bottomrule|hline|endhead|endfirsthead|endfoot|endlastfoot|arraybackslash)\b|\\c(?:mid)?(?:rule|line)(?:\([^)]*\))?\{[^}]*\}|\\addlinespace(?:\[[^\]]*\])?",
            "",
            row,
        )
        if not ruled.strip():
            continue
        tag = "th" if not rows else "td"
        rows.append("".join(_cell(body, tag, cell) for cell in split_cells(ruled, "&")))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _cell(body: Body, tag: str, cell: str) -> str:
    span = re.match(r"\s*\\multicolumn\s*\{(\d+)\}", cell)
    wide = f' colspan="{span[1]}"' if span else ""
    return f"<{tag}{wide}>{body.inline(cell).replace(BLOCK, '').strip()}</{tag}>"


def _list(body: Body, name: str, inside: str) -> str:
    inside = re.sub(r"\A\s*\[[^\]]*\]", "", inside)
    if name == "algorithmic":
        inside = re.sub(r"\\([A-Z]+)(?![A-Za-z])", lambda m: f"\\{OLD.get(m[1], m[1])}", inside)
        inside = re.sub(rf"\\({'|'.join(STEPS)})(?![A-Za-z])", r"\\item\\\1", inside)
    items = re.split(r"\\item(?![A-Za-z])", inside)[1:]
    made = []
    for item in items:
        tokens = Tokens(item)
        term, step = tokens.option(), re.match(r"\s*\\([A-Za-z]+)", item)
        text = item[tokens.at :]
        if name == "algorithmic" and step and step[1] in STEPS:
            tokens = Tokens(item, step.end())
            before, after = STEPS[step[1]]
            guard = body.inline(tokens.argument()) if step[1] in GUARDED else ""
            made.append(
                f"<li><strong>{before}</strong>{guard}<strong>{after}</strong> {body.inline(item[tokens.at :])}</li>"
            )
        elif name == "description":
            made.append(f"<dt>{body.inline(term)}</dt><dd>{body.blocks(text)}</dd>")
        else:
            made.append(f"<li>{body.blocks(text)}</li>")
    tag = LISTS.get(name, "dl")
    return f'<{tag} class="{name}">{"".join(made)}</{tag}>'
