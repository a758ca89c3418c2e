"""LaTeX that is not set as such, as its words."""

from __future__ import annotations

import contextlib
import functools
import re
from typing import Any

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from agent.evidence.escape import CITE


def latex_words(latex: str) -> str:
    """Broken LaTeX as its words: signs that separate nothing stand for themselves, and so do commands that nobody knows."""
    latex = re.sub(r"(?<!\\)([%&])", r"\\\1", latex)  # comments are gone by now, and no table is left
    if len(re.findall(r"(?<!\\)\$", latex)) % 2:  # a price, not a formula
        latex = re.sub(r"(?<!\\)\$", r"\\$", latex)
    latex = CITE.sub(r"[\1]", latex)
    latex = re.sub(r"\\(?:label|(?:eq|auto|page|[cC])?ref)\*?\{([^{}]*)\}", r"(\1)", latex)
    with contextlib.suppress(Exception):  # it fails in many ways on broken LaTeX; the source itself is then shown
        to_text = LatexNodes2Text(math_mode="verbatim", keep_comments=False, latex_context=_words_of_commands())
        latex = to_text.latex_to_text(latex)
    return latex.replace("< g r a p h i c s >", "")  # what stands for a figure, which plain text has not


@functools.cache
def _words_of_commands() -> Any:
    """What pylatexenc knows of commands; one that it does not know is shown by its name where it holds no words of its own."""

    def shown(node: Any) -> str:
        holds_words = node.parsing_state.s[node.pos + node.len :].startswith("{")
        return "" if holds_words or node.macroname in _LAYOUT else f"\\{node.macroname} "

    known = get_default_latex_context_db()
    known.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=shown))
    return known


_LAYOUT = frozenset(
    [
        "centering",
        "noindent",
        "small",
        "footnotesize",
        "scriptsize",
        "large",
        "normalsize",
        "raggedright",
        "hfill",
        "vfill",
        "smallskip",
        "medskip",
        "bigskip",
        "par",
        "toprule",
        "midrule",
        "bottomrule",
        "hline",
        "newline",
        "linebreak",
        "pagebreak",
        "clearpage",
        "displaystyle",
    ]
)
