"""What the paper's preamble holds for a section, and what to use instead of what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_IN_TEXT = (
    "itemize enumerate description figure table tabular longtable center quote quotation verse subfigure subtable minipage",
    "abstract flushleft flushright small footnotesize scriptsize tabbing samepage sloppypar",
)
_IN_MATH = (
    "equation align gather multline eqnarray cases aligned alignedat split array matrix smallmatrix pmatrix bmatrix vmatrix",
    "Vmatrix Bmatrix gathered displaymath math alignat flalign subequations",
)
ENVIRONMENTS = frozenset(
    f"{name}{star}" for names in (*_IN_TEXT, *_IN_MATH) for name in names.split() for star in ("", "*")
)
_OURS = ("cref", "Cref")
"""Defined by labloop.sty itself; only a template's own preamble may lack them."""
_LOADED = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")


class Lacking(NamedTuple):
    """Something that a model may know from other papers: by which packages it comes, and what to use without them."""

    packages: str
    environments: str
    commands: str
    instead: str


_TABLE = "use tabular, with p{0.3\\linewidth} for a column whose text wraps"
_SUBFIGURE = (
    "use the environment subfigure: \\begin{subfigure}{0.48\\linewidth}\\includegraphics[width=\\linewidth]{FILE}"
    "\\caption{…}\\end{subfigure}"
)
_LACKING = (
    Lacking(
        "algorithm algorithmic algorithmicx algpseudocode algorithm2e",
        "algorithm algorithmic algorithm2e algorithmicx pseudocode procedure",
        "State Require Ensure Procedure EndProcedure EndFor EndIf EndWhile KwIn KwOut KwData KwResult SetKwInOut",
        "write the steps as an enumerate list",
    ),
    Lacking(
        "listings minted fancyvrb verbatim alltt",
        "lstlisting minted Verbatim verbatim listing alltt code",
        "lstinline mintinline lstset",
        "put short code into \\texttt{…}, longer steps into an enumerate list",
    ),
    Lacking(
        "amsthm ntheorem",
        "theorem lemma proposition corollary definition proof remark example claim assumption conjecture",
        "newtheorem theoremstyle qedhere",
        "write \\paragraph{Theorem.} (or Lemma, Definition, Proof) and the text",
    ),
    Lacking(
        "tikz pgfplots",
        "tikzpicture pgfpicture axis circuitikz forest",
        "tikz draw node tikzset usetikzlibrary",
        "describe it in words, or show one of the figures that were drawn",
    ),
    Lacking("tabularx tabulary tabu ltablex", "tabularx tabulary tabu xltabular", "", _TABLE),
    Lacking("threeparttable adjustbox rotating", "threeparttable tablenotes sidewaystable adjustbox", "tnote", _TABLE),
    Lacking("subfig subfigure", "subfloat", "subfloat", _SUBFIGURE),
    Lacking("wrapfig floatrow sidecap", "wrapfigure wraptable SCfigure floatrow", "", "use figure or table"),
    Lacking("mathtools", "dcases", "coloneqq DeclarePairedDelimiter mathclap", "use cases, := and the like of amsmath"),
    Lacking("tcolorbox mdframed framed", "tcolorbox mdframed framed", "", "use quote"),
    Lacking("multicol pdflscape lscape", "multicols landscape", "", "leave it out"),
    Lacking("", "thebibliography", "bibitem", "cite with \\citep{KEY}: the tool places the bibliography"),
    Lacking("", "document", "", "give the section alone, without preamble and document"),
    Lacking("siunitx", "", "SI si num qty SIrange numrange qtyrange", "type number and unit, such as 3\\,ms"),
    Lacking("multirow makecell", "", "multirow makecell thead", "leave the cells below empty, or repeat the words"),
    Lacking("mathrsfs", "", "mathscr", "use \\mathcal"),
    Lacking("dsfont bbm bbold", "", "mathds mathbbm", "use \\mathbf{1} or \\mathbb"),
    Lacking("biblatex", "", "textcite parencite autocite footcite", "use \\citet{KEY} or \\citep{KEY}"),
    Lacking("pifont", "", "ding cmark xmark", "use $\\checkmark$ and $\\times$"),
    Lacking("todonotes soul", "", "todo hl", "leave it out"),
    Lacking("glossaries acronym", "", "gls glspl acrshort acrlong", "write the words out"),
    Lacking("csquotes", "", "enquote", "write ``…''"),
    Lacking("cleveref", "", "cref Cref", "use \\ref, with the word before it"),
    Lacking("varioref zref-clever", "", "vref Vref zcref", "use \\cref or \\ref"),
)


def package_problems(text: str, preamble: str = "") -> Iterator[str]:
    """A sentence for each environment and command that the preamble lacks, with what to use instead."""
    for name in dict.fromkeys(re.findall(r"\\begin\s*\{([^{}]*)\}", text)):
        if problem := _environment_problem(name, preamble):
            yield problem
    for name in dict.fromkeys(re.findall(r"\\([A-Za-z]+)", text)):
        if name in _OURS and not preamble:
            continue
        row = next((row for row in _LACKING if name in row.commands.split()), None)
        if row and not re.search(rf"\\{name}(?![A-Za-z])", preamble) and not _loads(preamble, row):
            yield f"\\{name} is not available; {row.instead}"


def _environment_problem(name: str, preamble: str) -> str:
    if name in ENVIRONMENTS or re.search(rf"\\new(?:environment|theorem)\*?\{{{re.escape(name)}\}}", preamble):
        return ""
    row = next((row for row in _LACKING if name.rstrip("*") in row.environments.split()), None)
    if row is None:
        return f"the environment {name} is not available; use one of the standard ones (figure, table, equation, itemize …)"
    return "" if _loads(preamble, row) else f"the environment {name} is not available; {row.instead}"


def _loads(preamble: str, row: Lacking) -> bool:
    loaded = {name.strip() for names in _LOADED.findall(preamble) for name in names.split(",")}
    return bool(loaded & set(row.packages.split()))
