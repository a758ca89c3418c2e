"""A section's LaTeX as a model gives it: taken out of its wrapping, and checked before TeX ever sees it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexMathNode,
    LatexNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerParseError,
)

from agent.evidence.reference import REFERENCE

ENVIRONMENTS = frozenset(
    f"{name}{star}"
    for name in (
        "equation",
        "align",
        "gather",
        "multline",
        "itemize",
        "enumerate",
        "description",
        "figure",
        "table",
        "tabular",
        "center",
        "quote",
        "subfigure",
        "minipage",
        "cases",
        "aligned",
        "split",
        "array",
        "matrix",
        "pmatrix",
        "bmatrix",
        "abstract",
        "gathered",
        "flushleft",
        "displaymath",
        "math",
    )
    for star in ("", "*")
)
_MATH = re.compile(
    r"(?:equation|align|gather|multline|displaymath|math|eqnarray|aligned|split|cases|array|.?matrix|gathered)\*?"
)
_COLUMNS = re.compile(r"(?:tabular|align|aligned|array|cases|split|.?matrix|eqnarray)\*?")
_FORBIDDEN = re.compile(
    r"\\(input|include|includeonly|usepackage|RequirePackage|documentclass|write\w*|immediate|openout|openin|closeout|read|readline"
    r"|catcode|def|edef|gdef|xdef|let|futurelet|newcommand|renewcommand|providecommand|newenvironment|csname|expandafter|special"
    r"|pdfliteral|pdfobj|directlua|luaexec|ShellEscape|loop|repeat|makeatletter|verbatiminput|lstinputlisting|bibliography"
    r"|bibliographystyle|maketitle|appendix|evid\w*|labfindings|session|title|thanks|author|date|newcount|advance|everypar"
    r"|scantokens|AddToHook|AtBeginDocument|AtEndDocument|pagestyle|shipout|global|long|outer|batchmode|nonstopmode|jobname"
    r"|meaning|uppercase|hypersetup|graphicspath|DeclareRobustCommand|begingroup|endgroup|section)(?![A-Za-z])"
)
_PLACEHOLDER = re.compile(
    r"\bTODO\b|\bTBD\b|\bFIXME\b|\bXXX+\b|lorem ipsum|(?-i:\b[A-Z]+ HERE\b)|\[(?:insert|placeholder|citation needed|add |your )[^\]]*\]"
    r"|\?\?\?|<[A-Za-z ]{3,30}>|\.\.\.\s*\(",
    re.IGNORECASE,
)
_CITE = re.compile(r"\\[Cc]ite\w*\*?(?:\s*\[[^\]]*\])*\{([^{}]*)\}")
_REF = re.compile(r"\\(?:ref|eqref|autoref|pageref|nameref)\*?\{([^{}]*)\}")
_LABEL = re.compile(r"\\label\{([^{}]*)\}")
_GRAPHIC = re.compile(r"(\\includegraphics\*?\s*(?:\[[^\]]*\])?\{)([^{}]*)(\})")
_FENCE = re.compile(r"```[a-zA-Z]*[ \t]*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Surroundings:
    """What a section may name: citation keys, figure files, labels of the tool and of the other sections."""

    keys: Collection[str]
    figures: Collection[str]
    labels: Collection[str]
    """Labels that other sections or the tool define."""


def unwrap(answer: str, figures: Collection[str] = ()) -> str:
    """The LaTeX of an answer: out of fences, preambles, its own heading and comments; graphics by their file names.

    A figure that is named in another of its forms (`a.png`, `a`) gets the name that it has in `figures`.
    """
    by_stem = {name.rsplit(".", 1)[0]: name for name in figures}

    def graphic(match: re.Match[str]) -> str:
        name = match[2].rsplit("/", 1)[-1].strip()
        return match[1] + by_stem.get(re.sub(r"\.(?:png|pdf|jpe?g|eps)\Z", "", name), name) + match[3]

    fenced = _FENCE.findall(answer)
    text = max(fenced, key=len) if fenced else answer
    text = re.sub(r"\A\s*```[a-zA-Z]*\s*\n", "", text)  # a fence that the reply's end cut off
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if "\\begin{document}" in text:
        text = text.split("\\begin{document}", 1)[1].split("\\end{document}", 1)[0]
    text = re.sub(r"(?<=\d)%", r"\\%", text)  # meant as percent; as a comment it would swallow the line
    text = re.sub(r"(?<!\\)%.*", "", text)
    text = re.sub(r"\A\s*\\section\*?\{[^{}]*\}\s*(?:\\label\{[^{}]*\})?", "", text)
    text = _GRAPHIC.sub(graphic, text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def labels(text: str) -> list[str]:
    """Labels that a text defines."""
    return _LABEL.findall(text)


def graphics(text: str) -> list[str]:
    """Files of the figures that a text shows."""
    return [match[2] for match in _GRAPHIC.finditer(text)]


def structure_problems(text: str, around: Surroundings) -> list[str]:
    """What is wrong with a section's LaTeX, a sentence each: syntax, forbidden commands, citations, labels, figures."""
    problems = [f"\\{name} is not allowed in a section" for name in dict.fromkeys(_FORBIDDEN.findall(text))]
    problems += ["the notation ^^ is not allowed in a section"] if "^^" in text else []
    problems += [f"placeholder text {match.group()!r}" for match in _PLACEHOLDER.finditer(REFERENCE.sub("0", text))]
    problems += _syntax_problems(REFERENCE.sub("0", text))
    cited = [key.strip() for group in _CITE.findall(text) for key in group.split(",")]
    problems += [f"\\cite{{{key}}}: not in the bibliography" for key in dict.fromkeys(cited) if key not in around.keys]
    own = labels(text)
    problems += [f"\\label{{{label}}} is defined twice" for label in dict.fromkeys(own) if own.count(label) > 1]
    problems += [
        f"\\label{{{label}}} is already defined elsewhere" for label in dict.fromkeys(own) if label in around.labels
    ]
    known = {*own, *around.labels}
    problems += [
        f"\\ref{{{name}}}: there is no such label" for name in dict.fromkeys(_REF.findall(text)) if name not in known
    ]
    files = set(around.figures)
    problems += [
        f"figure {name!r} does not exist; the figures are {', '.join(sorted(files)) or 'none'}"
        for name in dict.fromkeys(graphics(text))
        if name not in files
    ]
    return list(dict.fromkeys(problems))


def _syntax_problems(text: str) -> list[str]:
    try:
        nodes, _, _ = LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    except LatexWalkerParseError as error:
        return [f"LaTeX does not parse: {error.msg} (line {error.lineno}: {_line(text, error.lineno)!r})"]
    except RecursionError:
        return ["LaTeX does not parse: nested too deeply"]
    return list(dict.fromkeys(_node_problems(nodes, math=False, columns=False)))


def _node_problems(nodes: list[LatexNode], math: bool, columns: bool) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, LatexCharsNode) and not math:
            yield from _bare_characters(node.chars)
        elif isinstance(node, LatexSpecialsNode) and node.specials_chars == "&" and not columns:
            yield "'&' outside a table must be written \\&"
        elif isinstance(node, LatexMathNode):
            yield from _node_problems(node.nodelist, True, columns)
        elif isinstance(node, LatexEnvironmentNode):
            name = node.environmentname
            if name not in ENVIRONMENTS:
                yield f"the environment {name} is not available; use one of the standard ones (figure, table, equation, itemize …)"
            inside = math or _MATH.fullmatch(name) is not None
            yield from _node_problems(node.nodelist, inside, columns or _COLUMNS.fullmatch(name) is not None)
        elif hasattr(node, "nodelist") and node.nodelist is not None:
            yield from _node_problems(node.nodelist, math, columns)
        elif getattr(node, "macroname", "") in _SPOKEN and node.nodeargd is not None:
            arguments = [argument for argument in node.nodeargd.argnlist or [] if argument is not None]
            yield from _node_problems(arguments, math and node.macroname != "text", columns)


def _bare_characters(text: str) -> Iterator[str]:
    """Characters that TeX takes in math only."""
    for char in "_^#":
        if char in text:
            yield f"{char!r} in text must be written \\{char} or stand in math (in {text.strip()[:50]!r})"


_SPOKEN = frozenset(
    {"emph", "textbf", "textit", "texttt", "text", "caption", "subsection", "paragraph", "footnote", "subsubsection"}
)


def _line(text: str, number: int | None) -> str:
    lines = text.splitlines()
    return lines[number - 1][:80] if number and 0 < number <= len(lines) else ""
