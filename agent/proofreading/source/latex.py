"""A section's LaTeX as a model gives it: taken out of its wrapping, and checked before TeX ever sees it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexMacroNode,
    LatexMathNode,
    LatexNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerParseError,
)

from agent.evidence.escape import CITE, masked_arguments, unset_characters
from agent.evidence.reference import REFERENCE
from agent.proofreading.source.beside import FENCE
from agent.proofreading.source.commands import command_problems
from agent.proofreading.source.floats import float_problems
from agent.proofreading.source.lists import label_problems, without_look
from agent.proofreading.source.percent import doubtful, settled
from agent.proofreading.source.preamble import package_problems
from agent.proofreading.source.tex_faults import (
    MATH_ONLY,
    column_problems,
    formula_problems,
    with_about,
    without_blank_lines,
)

_MATH = re.compile(
    r"(?:equation|align|gather|multline|displaymath|math|eqnarray|aligned|split|cases|array|(?:small|.)?matrix|gathered|alignat"
    r"|alignedat|flalign)\*?"
)
_COLUMNS = re.compile(
    r"(?:tabular|tabularx|longtable|align|aligned|alignat|alignedat|flalign|array|cases|split|(?:small|.)?matrix|eqnarray)\*?"
)
_PLACEHOLDER = re.compile(
    r"\bTODO\b|\bTBD\b|\bFIXME\b|\bXXX+\b|\bX+\.X+\b|lorem ipsum|(?-i:\b[A-Z]+ HERE\b)"
    r"|\[(?:insert|placeholder|citations? needed|add |your |todo|tbd|missing)[^\]]*\]"
    r"|(?<![A-Za-z}*\]])\[(?:citations?|cite|refs?|references?|figure|fig|table|number|value|result|section|link|url|author|year|\?+|_{2,})\]"
    r"|\((?:citations?|cite|refs?|\?+|_{2,})\)"
    r"|\?\?+|<(?:[A-Za-z]+ [A-Za-z ]+|insert|add|your|value|number|result|placeholder|text|here|figure|table|metric|citation|name)>"
    r"|\.\.\.\s*\(",
    re.IGNORECASE,
)
_WRAPPED = re.compile(
    r"\A\s*<(?P<name>latex|tex|answer|final_answer|response|output|section|result)(?:\s[^<>\n]{0,60})?>(?P<text>.*)</(?P=name)>\s*\Z",
    re.DOTALL | re.IGNORECASE,
)
_REF = re.compile(r"\\(?:ref|eqref|autoref|pageref|nameref|[cC]ref|subref)\*?\{([^{}]*)\}")
_LABEL = re.compile(r"\\label\{([^{}]*)\}")
_GRAPHIC = re.compile(r"(\\includegraphics\*?\s*(?:\[[^\]]*\])?\{)([^{}]*)(\})")
_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_COLUMN_TYPES = re.compile(
    rf"(\\begin\s*\{{(?:tabular[x*]?\}}\s*(?:{_GROUP})?|longtable\}}|array\}})(?:\s*\[[^\]]*\])?\s*|\\multicolumn\s*\{{\d+\}}\s*)"
    rf"({_GROUP})(?=.)",
    re.DOTALL,
)
DOES_NOT_PARSE = "LaTeX does not parse"
DOUBTS = (DOES_NOT_PARSE, "'&' outside", "'_' in text", "'^' in text", "'#' in text", "outside of math")
"""How the parser's refusals begin. They are doubts, for TeX takes more than the parser knows."""


@dataclass(frozen=True)
class Surroundings:
    """What a section may name: citation keys, figure files, labels of the tool and of the other sections."""

    keys: Collection[str]
    figures: Collection[str]
    labels: Collection[str]
    """Labels that other sections or the tool define."""
    preamble: str = ""
    """What stands before \\begin{document}, styles included: what it defines and loads may be used."""


def unwrap(answer: str, figures: Collection[str] = ()) -> str:
    """The LaTeX of an answer: out of fences, preambles, its own heading and comments; graphics by their file names.

    A figure that is named in another of its forms (`a.png`, `a`) gets the name that it has in `figures`.
    """
    by_stem = {name.rsplit(".", 1)[0]: name for name in figures}

    def graphic(match: re.Match[str]) -> str:
        name = match[2].rsplit("/", 1)[-1].strip()
        return match[1] + by_stem.get(re.sub(r"\.(?:png|pdf|jpe?g|eps)\Z", "", name), name) + match[3]

    fenced = FENCE.findall(answer)
    text = max(fenced, key=len) if fenced else answer
    text = re.sub(r"\A\s*```[a-zA-Z]*\s*\n", "", text)  # a fence that the reply's end cut off
    text = _WRAPPED.sub(lambda match: match["text"], text)
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if "\\begin{document}" in text:
        text = text.split("\\begin{document}", 1)[1].split("\\end{document}", 1)[0]
    text = with_about(without_look(without_blank_lines(settled(text))))
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
    bare = masked_arguments(REFERENCE.sub("0", text))
    problems = command_problems(REFERENCE.sub("0", text), around.preamble)
    problems += [f"placeholder text {match.group()!r}" for match in _PLACEHOLDER.finditer(bare)]
    problems += [*unset_characters(text), *doubtful(bare), *_prices(bare), *package_problems(bare, around.preamble)]
    problems += [*formula_problems(bare), *column_problems(bare), *label_problems(bare), *_syntax_problems(bare)]
    cited = [key.strip() for group in CITE.findall(text) for key in group.split(",")]
    problems += [_not_cited(key, around.keys) for key in dict.fromkeys(cited) if key not in around.keys]
    own = labels(text)
    problems += [f"\\label{{{label}}} is defined twice" for label in dict.fromkeys(own) if own.count(label) > 1]
    problems += [
        f"\\label{{{label}}} is already defined elsewhere" for label in dict.fromkeys(own) if label in around.labels
    ]
    known = {*own, *around.labels}
    problems += [
        f"\\ref{{{name}}}: there is no such label"
        for name in dict.fromkeys(name.strip() for group in _REF.findall(text) for name in group.split(","))
        if name not in known
    ]
    problems += float_problems(text)
    files = set(around.figures)
    problems += [
        f"figure {name!r} does not exist; the figures are {', '.join(sorted(files)) or 'none'}"
        for name in dict.fromkeys(graphics(text))
        if name not in files
    ]
    return list(dict.fromkeys(problems))


def _not_cited(key: str, keys: Collection[str]) -> str:
    """What is wrong with a key that the bibliography lacks, and those that are like it."""
    like = difflib.get_close_matches(key, sorted(keys), 3, 0.5)
    nearest = (
        f"; it has {', '.join(like)}"
        if like
        else "; only the works listed can be cited: name one of them, or none"
        if key
        else ""
    )
    return f"\\cite{{{key}}}: not in the bibliography{nearest}"


def _prices(text: str) -> Iterator[str]:
    """Two prices in a sentence, which TeX takes for a formula and sets without its spaces."""
    for match in re.finditer(r"(?<![\\$])\$\d[\d.,]*[kKMB]?\s+[A-Za-z][^$\\\n]*\$\d", text):
        yield f"a dollar sign before a price must be written \\$ (in {match.group()[:40]!r})"


def _syntax_problems(text: str) -> list[str]:
    simple = _COLUMN_TYPES.sub(r"\1{l}", text) + "\n{}"  # the parser knows no column types, and no \\ at the end
    try:
        nodes, _, _ = LatexWalker(simple, tolerant_parsing=False).get_latex_nodes()
    except LatexWalkerParseError as error:
        return [f"{DOES_NOT_PARSE}: {_told(error, text)}"]
    except RecursionError:
        return [f"{DOES_NOT_PARSE}: nested too deeply"]
    return list(dict.fromkeys(_node_problems(nodes, math=False, columns=False)))


def _told(error: LatexWalkerParseError, text: str) -> str:
    """What the parser refuses, and where: of what never ends, where it begins."""
    if "end of stream" in error.msg and error.open_contexts:
        what, _, line, column = error.open_contexts[-1]
        begun = _line(text, line)[column:][:40] or _line(text, line)
        dollar = "; a dollar sign is written \\$" if "'$'" in error.msg or '"$"' in what else ""
        return f"what begins with {begun!r} (line {line}) is never closed, {error.msg.partition(', ')[2]}{dollar}"
    return f"{error.msg} (line {error.lineno}: {_line(text, error.lineno)!r})"


def _node_problems(nodes: list[LatexNode], math: bool, columns: bool) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, LatexCharsNode) and not math:
            yield from _bare_characters(node.chars)
        elif isinstance(node, LatexSpecialsNode) and node.specials_chars == "&" and not columns:
            yield "'&' outside a table must be written \\&"
        elif isinstance(node, LatexMacroNode) and not math and node.macroname in MATH_ONLY:
            yield f"outside of math stands \\{node.macroname}: write ${node.latex_verbatim().strip()}$, or with all of its formula between dollars"
        elif isinstance(node, LatexMathNode):
            yield from _node_problems(node.nodelist, True, columns)
        elif isinstance(node, LatexEnvironmentNode):
            name = node.environmentname
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
    {
        "emph",
        "href",
        "textbf",
        "textit",
        "texttt",
        "text",
        "caption",
        "subsection",
        "paragraph",
        "footnote",
        "subsubsection",
    }
)


def _line(text: str, number: int | None) -> str:
    lines = text.splitlines()
    return lines[number - 1][:80] if number and 0 < number <= len(lines) else ""
