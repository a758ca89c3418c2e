"""What the paper's preamble holds for a section, and what to use instead of what it lacks."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

_IN_TEXT = (
    "itemize enumerate description figure table tabular longtable center quote quotation verse subfigure subtable minipage",
    "abstract flushleft flushright small footnotesize scriptsize tabbing samepage sloppypar tabularx",
)
_IN_MATH = (
    "equation align gather multline eqnarray cases aligned alignedat split array matrix smallmatrix pmatrix bmatrix vmatrix",
    "Vmatrix Bmatrix gathered displaymath math alignat flalign subequations dcases rcases multlined lgathered rgathered",
)
_BROUGHT = "algorithm algorithmic theorem lemma proposition corollary conjecture claim definition assumption example remark proof"
"""Environments that the shipped preamble brings: where a template has a preamble of its own, that must have them."""
ENVIRONMENTS = frozenset(
    f"{name}{star}" for names in (*_IN_TEXT, *_IN_MATH) for name in names.split() for star in ("", "*")
)
_DEFINING = r"\\(?:(?:new|renew|provide)command|DeclareRobustCommand|DeclareMathOperator|DeclarePairedDelimiter|NewDocumentCommand|def|let)\*?"
_OFFERED = re.compile(r"%\s*writers may use:(.*)")
"""A comment of a template's own preamble, for commands of its packages."""
LOADED = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")


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
        "algorithm2e",
        "algorithm2e procedure function",
        "KwIn KwOut KwData KwResult KwTo KwRet SetKwInOut SetKwInput SetKw SetKwFunction SetAlgoLined DontPrintSemicolon eIf uIf uElseIf lIf "
        "lElse Indp Indm tcp tcc LinesNumbered",
        "use the environments algorithm and algorithmic with \\State, \\For{…} … \\EndFor, \\If{…} … \\EndIf",
    ),
    Lacking(
        "algorithm algorithmic algorithmicx algpseudocode",
        "algorithm algorithmic algorithmicx pseudocode",
        "State Require Ensure Procedure EndProcedure EndFor EndIf EndWhile algnewcommand algrenewcommand algorithmicrequire algorithmicensure",
        "write the steps as an enumerate list",
    ),
    Lacking(
        "listings minted fancyvrb verbatim alltt",
        "lstlisting minted Verbatim verbatim listing alltt code",
        "lstinline mintinline lstset mint",
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
    Lacking("subfig subfigure", "subfloat", "subfloat subfigure subtable", _SUBFIGURE),
    Lacking("wrapfig floatrow sidecap", "wrapfigure wraptable SCfigure floatrow", "", "use figure or table"),
    Lacking("mathtools", "dcases", "coloneqq DeclarePairedDelimiter mathclap", "use cases, := and the like of amsmath"),
    Lacking("tcolorbox mdframed framed", "tcolorbox mdframed framed", "", "use quote"),
    Lacking("multicol pdflscape lscape", "multicols landscape", "", "leave it out"),
    Lacking("", "thebibliography", "bibitem", "cite with \\citep{KEY}: the tool places the bibliography"),
    Lacking("", "document", "", "give the section alone, without preamble and document"),
    Lacking(
        "siunitx",
        "",
        "SI si num qty unit SIrange numrange qtyrange numlist SIlist ang sisetup DeclareSIUnit",
        "type number and unit, such as 3\\,ms",
    ),
    Lacking("multirow makecell", "", "multirow makecell thead", "leave the cells below empty, or repeat the words"),
    Lacking("diagbox slashbox", "", "diagbox slashbox backslashbox", "leave the corner cell empty"),
    Lacking("mathrsfs", "", "mathscr", "use \\mathcal"),
    Lacking("dsfont bbm bbold", "", "mathds mathbbm", "use \\mathbf{1} or \\mathbb"),
    Lacking("biblatex", "", "textcite parencite autocite footcite", "use \\citet{KEY} or \\citep{KEY}"),
    Lacking("pifont", "", "ding cmark xmark tick cross faCheck faTimes", "use $\\checkmark$ and $\\times$"),
    Lacking(
        "todonotes soul ulem",
        "",
        "todo hl st sout uline uwave missingfigure marginpar lipsum blindtext",
        "leave it out",
    ),
    Lacking("glossaries acronym", "", "gls glspl acrshort acrlong ac acp acs acl acf acro", "write the words out"),
    Lacking("csquotes", "", "enquote textquote blockquote", "write ``…''"),
    Lacking("xspace", "", "xspace eg ie etal etc cf wrt", "write the words out, such as e.g.\\ or et al."),
    Lacking(
        "physics",
        "",
        "dv pdv abs norm bra ket braket Tr tr expval grad",
        "use \\frac, \\lVert … \\rVert and \\operatorname",
    ),
    Lacking("placeins", "", "FloatBarrier", "leave it out: floats stay near their place"),
    Lacking("cancel", "", "cancel bcancel xcancel", "write the step out in words"),
    Lacking("cleveref", "", "cref Cref", "use \\ref, with the word before it"),
    Lacking(
        "varioref zref-clever",
        "",
        "vref Vref zcref crefrange Crefrange labelcref namecref secref figref tabref appref algref fullref",
        "use \\cref{LABEL,LABEL}, \\cref or \\ref",
    ),
    Lacking(
        "enumitem",
        "",
        "arabic alph Alph roman Roman setlist",
        "leave it out: lists are numbered by themselves, and \\item[H1] gives a label",
    ),
    Lacking("", "", "sfrac", "write 1/3, or \\nicefrac{1}{3}"),
    Lacking(
        "",
        "ack acks acknowledgments acknowledgements",
        "",
        "leave it out: nobody is thanked here, and who wrote is told in an appendix",
    ),
    Lacking(
        "", "", "framebox colorbox fcolorbox rowcolors captionsetup setstretch", "leave it out: the look is the paper's"
    ),
    Lacking("", "", "mathpzc", "use \\mathcal"),
    Lacking("", "", "given", "use \\mid"),
    Lacking(
        "",
        "",
        "E R N Z Q F Var Cov KL Tr diag sign softmax sigmoid relu ReLU TopK mat vect transpose T1 bx by bz bW bh btheta bb1",
        "it is a macro of another paper: write it out, such as \\mathbb{E}, \\mathbf{x} or \\operatorname{Var}",
    ),
)


def package_problems(text: str, preamble: str = "") -> Iterator[str]:
    """A sentence for each environment that is begun or ended and that the preamble lacks, with what to use instead."""
    for name in dict.fromkeys(re.findall(r"\\(?:begin|end)\s*\{([^{}]*)\}", text)):
        if problem := _environment_problem(name.strip(), preamble):
            yield problem


def lacking(name: str, preamble: str) -> str:
    """What to use instead of a command that comes by a package which the preamble does not load; empty where nothing is known."""
    row = next((row for row in _LACKING if name in row.commands.split()), None)
    return "" if row is None or loads(preamble, row.packages) else row.instead


def defines(preamble: str, name: str) -> bool:
    """Whether a preamble defines a command, says that writers may use it, or loads the package by which it comes."""
    row = next((row for row in _LACKING if name in row.commands.split()), None)
    if row is not None and loads(preamble, row.packages):
        return True
    if re.search(rf"{_DEFINING}\s*\{{?\s*\\{name}(?![A-Za-z])", preamble):
        return True
    return any(name in re.findall(r"\\([A-Za-z]+)", offered) for offered in _OFFERED.findall(preamble))


def loads(preamble: str, packages: str) -> bool:
    """Whether a preamble loads one of these packages."""
    return bool(_packages(preamble) & set(packages.split()))


@functools.cache
def _packages(preamble: str) -> frozenset[str]:
    """What a preamble loads; what a comment of it would is not."""
    loads = LOADED.findall(re.sub(r"(?<!\\)%.*", "", preamble))
    return frozenset(name.strip() for names in loads for name in names.split(","))


def _environment_problem(name: str, preamble: str) -> str:
    defined = rf"\\new(?:environment|theorem|float)\*?\s*\{{{re.escape(name.rstrip('*'))}\}}"
    if name in ENVIRONMENTS or re.search(defined, preamble) or (not preamble and name.rstrip("*") in _BROUGHT.split()):
        return ""
    if name == "proof" and loads(preamble, "amsthm"):
        return ""
    row = next((row for row in _LACKING if name.rstrip("*") in row.environments.split()), None)
    if row is None:
        return f"the environment {name} is not available; use one of the standard ones (figure, table, equation, itemize …)"
    return "" if loads(preamble, row.packages) else f"the environment {name} is not available; {row.instead}"
