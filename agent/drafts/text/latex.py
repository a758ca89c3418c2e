"""A draft in LaTeX: its tables cut out and read as tables, its equations, code and bibliography left out, the rest as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.text.grid import Square, table_of
from agent.drafts.text.numerals import count_numbers, written_out
from agent.drafts.text.passages import Document, Table
from agent.drafts.text.sentences import CITED, ET_AL, passages_of, plain_latex

_SILENT = [
    "equation",
    "align",
    "gather",
    "multline",
    "eqnarray",
    "displaymath",
    "flalign",
    "alignat",
    "verbatim",
    "Verbatim",
    "lstlisting",
    "minted",
    "algorithm",
    "algorithmic",
    "algorithm2e",
    "thebibliography",
    "tikzpicture",
    "filecontents",
    "comment",
]
_SILENCED = re.compile(
    rf"\\begin\s*\{{({'|'.join(_SILENT)})(\*?)\}}.*?\\end\s*\{{\1\2\}}|\\\[.*?\\\]|(?<!\\)\$\$.*?\$\$", re.DOTALL
)
_HEADING = re.compile(r"\\((?:sub)*)(section|paragraph)\*?\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_EVIDENCE = re.compile(r"\\evid(?:row)?\s*\{[^{}]*\}")
"""Where in this tool's own papers the evidence of a value stands."""
_INLINE = re.compile(r"(?<!\\)\$[^$]+?(?<!\\)\$|\\\(.+?\\\)", re.DOTALL)
_SUBSCRIPT = re.compile(r"(\\[A-Za-z]+|(?<![A-Za-z\\])[A-Za-z])_\s*(?:\{(\d)\}|(\d))(?![\d.])")
"""The 0 of L_0 is part of a name."""
_COMMENT = re.compile(r"(?<!\\)%.*")
_MACRO = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?!\s*\[)\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
    r"|\\def\s*\\([A-Za-z]+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
)
_TABULAR = re.compile(r"\\begin\s*\{(tabular[xy*]?|longtable|tabulary|array)\}(.*?)\\end\s*\{\1\}", re.DOTALL)
_FLOAT = re.compile(r"\\begin\s*\{((?:side)?(?:wrap)?(?:long)?table\*?)\}.*?\\end\s*\{\1\}", re.DOTALL)
_CAPTION = re.compile(r"\\caption(?:of\s*\{table\})?\s*(?:\[[^\]]*\])?\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
_WIDE = re.compile(rf"\\multicolumn\s*\{{\s*(\d+)\s*\}}\s*{_GROUP}\s*{_GROUP}", re.DOTALL)
_HIGH = re.compile(
    rf"\\multirow(?:cell)?\s*(?:\[[^\]]*\])?\s*\{{\s*(-?\d+)\s*\}}\s*(?:\[[^\]]*\])?\s*(?:{_GROUP}|\*)\s*(?:\[[^\]]*\])?\s*{_GROUP}",
    re.DOTALL,
)
_RULES = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|addlinespace|endhead|endfirsthead|endfoot|endlastfoot)\b\s*(?:\[[^\]]*\])?"
    r"|\\(?:cmidrule|cline|specialrule)\s*(?:\([^)]*\))?(?:\{[^{}]*\})+|\\(?:rowcolor|cellcolor)\s*(?:\[[^\]]*\])?\{[^{}]*\}"
    r"|\\(?:small|footnotesize|scriptsize|centering|noalign\s*\{[^{}]*\})(?![A-Za-z])"
)
_HEAD_RULE = re.compile(r"\\midrule|\\hline|\\endhead")


def document_of_latex(text: str) -> Document:
    """What a draft in LaTeX says. Lines are counted from 1 in `text`."""
    text = _EVIDENCE.sub("", _COMMENT.sub("", text))
    macros = {match[1] or match[3]: match[2] or match[4] or "" for match in _MACRO.finditer(text)}
    text = _body(text)
    text = _expanded(text, macros)
    left_out = 0

    def silence(match: re.Match[str]) -> str:
        nonlocal left_out
        left_out += count_numbers(match.group())
        return "\n" * match.group().count("\n")

    text = _SILENCED.sub(silence, text)
    text = _INLINE.sub(lambda match: _without_formula(match.group()), text)
    text = ET_AL.sub(CITED, _HEADING.sub(_marked, written_out(text)))
    tables = tuple(_tables(text))
    text = _TABULAR.sub(lambda match: " " + "\n" * match.group().count("\n"), text)
    return Document(tuple(passages_of(text, latex=True)), tables, left_out)


def _marked(heading: re.Match[str]) -> str:
    depth = len(heading[1]) // 3 + (1 if heading[2] == "section" else 4)
    return f"\x00{'#' * depth} {heading[3]}\x00"


def _without_formula(math: str) -> str:
    """Inline mathematics without the numbers of its formulas; `$\\alpha = 0.98$` and `$3\\times$` are no formulas."""
    math = _SUBSCRIPT.sub(lambda match: match[1].replace("\\ell", "L").lstrip("\\") + (match[2] or match[3]), math)
    plain = re.sub(
        r"\\(?:pm|times|approx|sim|leq?|geq?|cdot|%|,|;|!|mathbf|textbf|text|mathrm|boldsymbol|lt|gt|to|rightarrow|ll|gg|percent|bm)(?![A-Za-z])",
        " ",
        math[1:-1],
    )
    value = re.split(r"=|<|>|\\in(?![A-Za-z])|:", plain)[-1]
    bare = re.sub(r"(?<![A-Za-z])\d(?:[eE][-+]?\d+)?|10\s*\^|[kKMB%](?![A-Za-z])", " ", value)
    if re.search(r"[A-Za-z\\]", bare) and re.search(r"(?<![A-Za-z])\d", plain):
        return re.sub(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?", " ", math)
    return math


def _body(text: str) -> str:
    """What stands within the document, with as many lines before it as there were."""
    begun = re.search(r"\\begin\s*\{document\}", text)
    if begun:
        text = "\n" * text.count("\n", 0, begun.end()) + text[begun.end() :]
    return re.split(r"\\end\s*\{document\}", text)[0]


def _expanded(text: str, macros: dict[str, str]) -> str:
    """Macros without arguments written out, so that a number or a name in one is read where it is used."""
    used = {name: body for name, body in macros.items() if "#" not in body and len(body) < 400 and "\n" not in body}
    if not used:
        return text
    pattern = re.compile(rf"\\({'|'.join(map(re.escape, sorted(used, key=len, reverse=True)))})(?![A-Za-z])(?:\{{\}})?")
    for _ in range(3):
        text = pattern.sub(lambda match: used[match[1]].replace("\\xspace", ""), text)
    return text


def _tables(text: str) -> Iterator[Table]:
    floats = [(match.start(), match.end(), match.group()) for match in _FLOAT.finditer(text)]
    for match in _TABULAR.finditer(text):
        around = next((whole for start, end, whole in floats if start <= match.start() < end), "")
        caption = " ".join(plain_latex(one[1]) for one in _CAPTION.finditer(around))
        body = _without_columns(match[2])
        line = text.count("\n", 0, match.start(2) + len(match[2]) - len(body)) + 1
        rows = list(_rows(body, line))
        if rows:
            yield table_of([row for row, _ in rows], caption, _headed([head for _, head in rows]))


def _without_columns(body: str) -> str:
    """The tabular's body without the arguments that say how wide its columns are."""
    found = re.match(r"(?:\s*\[[^\]]*\]|\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}){1,2}", body)
    return body[found.end() :] if found else body


def _headed(starts: list[bool]) -> int | None:
    """Header rows: those before the first rule under a row; None where no rule says so."""
    return next((number for number, ruled in enumerate(starts) if ruled and number), None)


def _rows(body: str, line: int) -> Iterator[tuple[list[Square], bool]]:
    """Each row, and whether a rule that may end the header stands before it."""
    for start, end in _parts(body, r"\\"):
        piece = body[start:end]
        ruled = bool(_HEAD_RULE.search(piece[: len(piece) - len(piece.lstrip())] + re.split(r"&", piece)[0]))
        piece = re.sub(r"\A(\s*)(?:\*|\[[^\]]*\])", r"\1", piece)
        bare = _RULES.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), piece)
        if bare.strip():
            first = line + body.count("\n", 0, start)
            yield [_square(bare[a:b], first + bare.count("\n", 0, a)) for a, b in _parts(bare, "&")], ruled


def _square(text: str, line: int) -> Square:
    line += text[: len(text) - len(text.lstrip())].count("\n")
    wide = high = 1
    if match := _WIDE.search(text):
        wide, text = int(match[1]), text[: match.start()] + match[3] + text[match.end() :]
    if match := _HIGH.search(text):
        high, text = abs(int(match[1])), text[: match.start()] + match[3] + text[match.end() :]
    return Square(plain_latex(text.replace("\\makecell", "")), line, min(wide, 40), high)


def _parts(text: str, mark: str) -> Iterator[tuple[int, int]]:
    """Where the parts between marks at depth 0 begin and end."""
    depth = start = place = 0
    while place < len(text):
        if text.startswith(mark, place) and depth == 0:
            yield start, place
            place += len(mark)
            start = place
            continue
        char = text[place]
        if char == "\\":
            place += 2
            continue
        depth += (char == "{") - (char == "}")
        depth = max(depth, 0)
        place += 1
    yield start, len(text)
