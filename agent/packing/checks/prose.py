"""A paper's source as stretches of words: what TeX prints as it stands, one word behind the other, between formulas, citations and floats.

A stretch is only what is certain: whatever a macro might print otherwise ends it, and is in none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agent.printing.html.tokens import Tokens, closing

GAP = "\0"
TOKEN = re.compile(r"(?:(?<=[\s(\[])|^)[+-](?=\d)|[^\W\d_]+|\d+(?:[.,]\d+)*|\0")
"""A sign before a number, a word, a number, a gap."""
_COMMENT = re.compile(r"(?<!\\)%.*")
_PRINTED = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", re.DOTALL)
_SET_ASIDE = re.compile(
    r"\\begin\{(?P<env>(?:equation|align|gather|multline|eqnarray|math|displaymath|flalign|alignat|verbatim|lstlisting|algorithm\w*"
    r"|tikzpicture|thebibliography|picture)\*?)\}.*?\\end\{(?P=env)\}"
    r"|\$\$.*?\$\$|(?<!\\)\$(?:\\.|[^$\\])*\$|\\\[.*?\\\]|\\\(.*?\\\)|\\verb\*?(?P<bar>[^\w\s]).*?(?P=bar)|\\def\s*\\[A-Za-z]+[^{]*(?=\{)",
    re.DOTALL,
)
_ACCENTED = re.compile(
    r"[A-Za-z]*(?:\{?\\(?:[\"'`^=.~]|(?:[uvHcdbkrtijoOlL]|ss|ae|oe|AE|OE|aa|AA)(?![A-Za-z]))\s*(?:\{\\?[A-Za-z]?\})?\\?[A-Za-z]*\}?)+"
)
"""A word with an accent, which a PDF may hold as a sign of its own."""
_ALGORITHM = re.compile(r"\\begin\{(?P<env>algorithm\*?)\}.*?\\end\{(?P=env)\}", re.DOTALL)
_KEYWORDS = frozenset(
    [
        "algorithm",
        "for",
        "all",
        "do",
        "end",
        "if",
        "then",
        "else",
        "while",
        "repeat",
        "until",
        "loop",
        "procedure",
        "function",
        "return",
        "require",
        "ensure",
        "input",
        "output",
    ]
)
_LEGEND = re.compile(r"\\newcommand\{\\(?P<name>evid\w*legend)\}(?:\[(?P<takes>\d)\])?\{")
_MARK = re.compile(
    r"\\textsuperscript\{(?:[^{}]|\{[^{}]*\})*\}|\\(?:color|centering|footnotesize|smallskip|par)(?![A-Za-z])(?:\{\w*\})?"
)
"""What stands in a legend for no word."""
_PARAMETER = re.compile(r"#(\d)")
_OPTION = re.compile(r"\[[^\]]*\]|\([^()]{0,10}\)(?=\{)")
_SPACED = re.compile(r"[ \t]*")
_LENGTH = re.compile(r"\s*=?\s*-?[\d.]+\s*(?:pt|em|ex|cm|mm|in|bp|sp)\b(?:\s*(?:plus|minus)\s*[\d.]+\w+)*")
_AS_IT_STANDS = {
    "textbf": 0,
    "emph": 0,
    "textit": 0,
    "texttt": 0,
    "textrm": 0,
    "textsf": 0,
    "mbox": 0,
    "evid": 1,
    "evidwords": 1,
}
"""Macros that print an argument where they stand, and how many arguments come before it."""
_APART = {
    "section": 0,
    "subsection": 0,
    "subsubsection": 0,
    "paragraph": 0,
    "caption": 0,
    "footnote": 0,
    "multicolumn": 2,
    "multirow": 2,
}
"""Macros that print an argument by itself."""
_SPACES = frozenset(",;:! /~")
_ESCAPED = frozenset("%&_#${}")


def stretches(source: str) -> list[list[str]]:
    """The words and numbers of each stretch of a paper.tex, in lower case, signs with their numbers."""
    printed = _PRINTED.search(_COMMENT.sub("", source))
    body = (printed[1] if printed else "").replace("\\ensuremath{\\pm}", "±").replace("\\ensuremath{-}", "−")
    found: list[list[str]] = [[]]
    for token in tokens("".join(_plain(_ACCENTED.sub(GAP, _SET_ASIDE.sub(GAP, body))))):
        if token == GAP or not token.isascii():
            found.append([])
        else:
            found[-1].append(token)
    return [stretch for stretch in found if stretch]


def with_legends(source: str, styles: str) -> str:
    """The paper.tex with the legends of its tables as the paper's styles print them, whose words else stand nowhere in it."""
    for legend in _LEGEND.finditer(styles):
        body = styles[legend.end() : closing(styles, legend.end() - 1)]
        body = _MARK.sub("", body)
        taken = r"\{((?:[^{}]|\{[^{}]*\})*)\}" * int(legend["takes"] or 0)
        source = re.sub(
            rf"\\{legend['name']}(?![A-Za-z]){taken}",
            lambda match, body=body: _PARAMETER.sub(lambda place: match[int(place[1])], f"\n\n{body}\n\n"),  # type: ignore[misc]
            source,
        )
    return source


def algorithms(source: str) -> frozenset[str]:
    """The words that an algorithm of a paper.tex may print, its keywords among them; none where there is no algorithm."""
    written = [match[0] for match in _ALGORITHM.finditer(_COMMENT.sub("", source))]
    words = {token for text in written for token in tokens(re.sub(r"\\[A-Za-z]+", " ", text))}
    return frozenset(words | _KEYWORDS if written else ())


def tokens(text: str) -> list[str]:
    """Words, numbers and gaps of a text, as TeX source or as a PDF gives them."""
    composed = unicodedata.normalize("NFKC", text.replace("---", " ").replace("--", " ")).replace("−", "-").lower()
    found: list[str] = []
    for match in TOKEN.finditer(composed):
        if found and found[-1] in ("+", "-"):
            found[-1] += match[0]
        else:
            found.append(match[0])
    return found


def _plain(text: str) -> Iterator[str]:
    """The text with what macros print of it; a gap wherever that is not certain."""
    read = Tokens(text)
    while not read.done:
        token = read.next()
        name = token[1:].rstrip("*")
        if token.startswith("\\") and token[1:2].isalpha():
            yield from _printed_by(name, read)
        elif token == "\\\\":
            _pass_option(read)
            yield GAP
        elif token.startswith("\\"):
            yield " " if name in _SPACES else name if name in _ESCAPED else "" if name == "-" else GAP
        elif token.isspace():
            yield GAP if token.count("\n") > 1 else token
        elif token not in ("{", "}"):
            yield " " if token in "~&" else token


def _printed_by(name: str, read: Tokens) -> Iterator[str]:
    """What a macro prints of the arguments that follow it."""
    before = _AS_IT_STANDS.get(name, _APART.get(name))
    edge = "" if name in _AS_IT_STANDS else GAP
    yield edge
    if before is None:
        _pass_arguments(read)
    else:
        for _ in range(before):
            _pass_option(read)
            read.argument()
        _pass_option(read)
        yield from _plain(read.argument())
    yield edge


def _pass_arguments(read: Tokens) -> None:
    """Past all that an unknown macro may take: a length, else options and groups."""
    if taken := _LENGTH.match(read.text, read.at):
        read.at = taken.end()
        return
    read.at += len(_SPACED.match(read.text, read.at)[0])  # type: ignore[index]
    while _pass_option(read) or read.text.startswith("{", read.at):
        if read.text.startswith("{", read.at):
            read.argument()


def _pass_option(read: Tokens) -> bool:
    """Past what stands between the brackets that come next, or a place in a picture; whether there was any."""
    taken = _OPTION.match(read.text, read.at)
    read.at = taken.end() if taken else read.at
    return taken is not None
