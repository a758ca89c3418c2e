"""What is no part of a section though it stands in it: marks of a chat, another format's markup, another language, hidden words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.reference import REFERENCE
from agent.proofreading.source.asides import asides

_MARK = re.compile(
    r"</?s>|<\|[\w ./-]{2,30}\|>|<(?:bos|eos|pad|end_of_turn|start_of_turn|unk)>|\[/?INST\]|<</?SYS>>|<｜[^<>\n]{2,30}｜>|\[(?:EOS|END|DONE)\]\s*\Z"
)
_TOKEN = re.compile(r"(?<=[\w,(] )(?:<(?:bos|eos|pad|unk)>(?:, | and | or |/)?)+(?=\s?[a-z,.;)])")
"""Tokens of a vocabulary that a sentence speaks of: in its midst, under their own names."""
_COUNT = re.compile(
    r"^[ \t]*[\[(*_]*(?:(?:word|token|character)s? ?count[*_ ]*[:=]|[~≈]?\d+ words[\])]).{0,40}$",
    re.MULTILINE | re.IGNORECASE,
)
_WRAPPER = re.compile(
    r"</?(?:answer|response|output|result|latex|tex|section|document|article|final|final_answer|text|content|draft|artifact|canvas)(?:\s[^<>\n]{0,60})?>",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?m:^|(?<=>))[ \t]*<(?P<tag>[A-Za-z][\w:-]{1,30})(?:\s[^<>\n]{0,60})?>.*?</(?P=tag)>[ \t]*(?=$|<)",
    re.DOTALL | re.MULTILINE,
)
"""A tag of any name that holds all of some lines."""
_LINE_OF_MARKS = re.compile(
    r"^[ \t]*(?:</?[A-Za-z][\w:-]{1,30}>|\[/?[A-Z][A-Z _/]{2,30}\]|[-=*~_ ]{0,6}(?:BEGIN|END|START)(?: OF)?(?: THE)?(?: [A-Z]+){1,3}[-=*~_ ]{0,6}|-{3,}|\*{3,}|={3,}|_{3,})[ \t]*$"
    r"|\[/?(?:LATEX|TEX|ANSWER|OUTPUT|SECTION|RESPONSE|CONTENT|TEXT|DRAFT)\]",
    re.MULTILINE,
)
"""A line that only parts or ends something: no words of the paper."""
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,}|'''+|\"\"\")[ \t]*(?:\w[\w+-]*)?[ \t]*$", re.MULTILINE)
_VERBATIM = re.compile(
    r"\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|alltt)\}.*?\\end\{\1\}|\\verb\*?(\W).*?\2|\\(?:texttt|lstinline)\{[^{}]*\}",
    re.DOTALL,
)
_MARKDOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^#{1,6} +\S.*$", re.MULTILINE), "a heading of Markdown: write \\subsection{…}"),
    (
        re.compile(r"(?:^ {0,3}[-*+•] +\S.*\n(?:(?: {2,}\S.*)?\n)*){2,}", re.MULTILINE),
        "a list of Markdown: write \\begin{itemize} … \\item",
    ),
    (
        re.compile(r"(?:^ {0,3}\d{1,2}[.)] +\S.*\n(?:(?: {2,}\S.*)?\n)*){2,}", re.MULTILINE),
        "a numbered list of Markdown: write \\begin{enumerate} … \\item",
    ),
    (
        re.compile(r"^\s*\|?(?:\s*:?-{3,}:?\s*\|)+(?:\s*:?-{3,}:?\s*)?$", re.MULTILINE),
        "a table of Markdown: write \\begin{tabular}",
    ),
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\n]+\)"), "a figure of Markdown: write \\includegraphics{…}"),
    (re.compile(r"^> +\S.*$", re.MULTILINE), "a quotation of Markdown: write \\begin{quote} … \\end{quote}"),
    (re.compile(r"(?<![`\w\\])`(?!`)[^`'’\n$]{1,60}(?<![`\s])`(?![`\w])"), "code of Markdown: write \\texttt{…}"),
    (re.compile(r"(?<![\w\\$^{_])__(?=\w)[^_\n$\\]{1,80}(?<=\w)__(?![\w}])"), "stress by Markdown: write \\textbf{…}"),
    (re.compile(r"\[[^\[\]\n]+\]\((?:https?://|\.{0,2}/|#)[^()\s]*\)"), "a link of Markdown: write \\url{…}"),
    (re.compile(r"(?<![\w*\\$^])\*\*(?=\S)[^*\n$]{1,80}(?<=\S)\*\*(?![\w*])"), "stress by Markdown: write \\textbf{…}"),
)
_HTML = re.compile(
    r"<(?P<tag>b|i|u|em|strong|code|pre|p|span|div|ul|ol|li|sub|sup|table|tr|td|th|h[1-6]|blockquote|center|font|kbd)(?:\s[^<>\n]{0,80})?>"
    r".{0,400}?</(?P=tag)>|<(?:br|hr)\s*/?>|&(?:lt|gt|amp|nbsp|quot|ndash|mdash|times|le|ge|alpha|beta|lambda);",
    re.DOTALL | re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"\\(?:typeout|message|wlog|errmessage|@gobble\w*|index|glossary|marginparhide|makebox\[0pt\]|if(?!f(?![A-Za-z]))[a-z@]*(?![A-Za-z])|else(?![A-Za-z])|fi(?![A-Za-z])"
    r"|(?:text)?color\s*(?:\[[^\]]*\]\s*\{1(?:\.0*)?(?:\s*,\s*1(?:\.0*)?){0,2}\}|\{white(?:!\d+)?\})|transparent\s*\{0|texttransparent\s*\{0"
    r"|fontsize\s*\{0*[01](?:\.\d+)?(?:pt)?\}|scalebox\s*\{0*\.?0+\d*\}|tiny\s*\\color|begin\s*\{comment\})"
)
_MOVE = re.compile(
    r"\\(?:(?:[vh]space\*?|raisebox|[vh]skip|kern)\s*\{?|\\\*?\s*\[)\s*(?P<sign>[-+]*)\s*(?P<number>\d+\.?\d*|\.\d+|)\s*"
    r"(?P<unit>pt|bp|pc|mm|cm|in|em|ex|\\(?:text|line|column|page|paper)(?:width|height)|\\hsize|\\vsize)"
)
_POINTS = {"pt": 1.0, "bp": 1.0, "pc": 12.0, "mm": 2.85, "cm": 28.5, "in": 72.3, "em": 10.0, "ex": 4.3}
_A_PAGE_POINTS, _BACK_POINTS, _AWAY_POINTS = 400.0, 60.0, 350.0
"""A width of text; what is moved back by more lies over other words, what is moved further lies beyond the page."""
_MATHS = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)", re.DOTALL)
_COMMAND = re.compile(r"\\[A-Za-z@]+\*?(?:\[[^\]]*\])*(?:\{[^{}]*\})?")
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "a",
        "an",
        "in",
        "to",
        "is",
        "are",
        "we",
        "on",
        "for",
        "with",
        "that",
        "by",
        "this",
        "it",
        "as",
        "at",
        "from",
        "be",
        "was",
        "were",
        "or",
        "not",
        "no",
        "than",
        "which",
        "its",
        "our",
        "their",
        "has",
        "have",
        "both",
        "each",
        "one",
        "all",
        "only",
        "these",
        "can",
        "does",
        "do",
        "but",
        "where",
        "when",
        "if",
        "so",
        "then",
        "there",
    ]
)
_FEWEST_WORDS = 12
_LEAST_SHARE = 0.08


def leftovers(text: str) -> list[str]:
    """A sentence for each thing of a kind that no section holds, with what to write in its place."""
    bare = REFERENCE.sub("0", _VERBATIM.sub(" ", text))
    found = [*_of_a_chat(bare), *_of_markdown(bare), *_of_html(bare), *_hidden(bare), *_of_another_language(bare)]
    return [*found, *asides(bare)]


def _of_a_chat(text: str) -> Iterator[str]:
    text = _TOKEN.sub(" ", text)
    marks = dict.fromkeys(
        match.group().strip() for pattern in (_MARK, _WRAPPER, _COUNT) for match in pattern.finditer(text)
    )
    marks |= dict.fromkeys(
        f"<{match['tag']}>" for match in _PAIR.finditer(text) if not _HTML.match(match.group().strip())
    )
    marks |= dict.fromkeys(match.group().strip() for match in _LINE_OF_MARKS.finditer(text))
    marks |= dict.fromkeys(match.group().strip() for match in _FENCE.finditer(text))
    for mark in marks:
        yield f"{mark!r} is no part of a section: leave it out (in code, write \\texttt{{…}})"


def _of_markdown(text: str) -> Iterator[str]:
    words = _FORMULA.sub(" ", text) + "\n"
    for pattern, remedy in _MARKDOWN:
        if match := pattern.search(words):
            yield f"{' '.join(match.group().split())[:40]!r} is {remedy}"


def _of_html(text: str) -> Iterator[str]:
    if match := _HTML.search(_MATHS.sub(" ", text)):
        yield f"{' '.join(match.group().split())[:40]!r} is HTML: write it in LaTeX"


def _hidden(text: str) -> Iterator[str]:
    for command in dict.fromkeys(match.group() for match in _HIDDEN.finditer(text)):
        yield f"{command!r} hides words from the reader: write them, or leave them out"
    for move in _MOVE.finditer(text):
        points = float(move["number"] or 1) * _POINTS.get(move["unit"], _A_PAGE_POINTS)
        if points > (_BACK_POINTS if "-" in move["sign"] else _AWAY_POINTS):
            yield f"{move.group()!r} moves words over others or off the page: leave it out"


def _of_another_language(text: str) -> Iterator[str]:
    """Too few of the words without which no English sentence is made: a paper here is English, and so is its refusal not."""
    words = re.findall(r"[^\W\d_]+", _COMMAND.sub(" ", _MATHS.sub(" ", text)).lower())
    script = [char for char in text if char.isalpha() and ord(char) > 0x24F]  # beyond Latin's letters
    letters = sum(char.isalpha() for char in text)
    foreign = len(script) > letters / 2 and letters >= _FEWEST_WORDS
    if foreign or (len(words) >= _FEWEST_WORDS and sum(word in _ENGLISH for word in words) < _LEAST_SHARE * len(words)):
        yield f"the section is not in English ({' '.join(text.split())[:40]!r}): write it in English"
