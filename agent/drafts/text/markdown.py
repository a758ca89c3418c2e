"""A draft in Markdown or plain text: pipe tables read as tables, code left out, the rest as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.text.aligned import aligned_tables
from agent.drafts.text.grid import Square, table_of
from agent.drafts.text.numerals import count_numbers, written_out
from agent.drafts.text.passages import Document, Table
from agent.drafts.text.sentences import CITED, passages_of

_FENCE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)
_SILENCED = re.compile(
    r"<!--.*?-->|(?<!\\)\$\$.*?\$\$|\A---\n.*?\n---\n|^[ \t]*\\begin\{equation\*?\}.*?\\end\{equation\*?\}",
    re.DOTALL | re.MULTILINE,
)
_REFERENCES = re.compile(
    r"^#{1,4}\s*(?:references|bibliography)\s*$.*?(?=^#{1,4}\s|\Z)", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)|<https?://[^>]*>|https?://\S+")
_NOTE = re.compile(r"\[(?:@[\w:-]+(?:;\s*@[\w:-]+)*|\d+(?:\s*[,–-]\s*\d+)*)\](?!\()")
_AUTHORS = re.compile(r"\(?\b[A-Z][\w’'-]+(?:\s+(?:and|&)\s+[A-Z][\w’'-]+|\s+et\s+al\.?)?,?\s*\(?(?:19|20)\d\d[a-z]?\)")
_ET_AL = re.compile(r"\b[A-Z][\w’'-]+\s+et\s+al\b\.?(?!\s*\(?(?:19|20)\d\d)")
_BOLD_LINE = re.compile(r"\n[ \t]*(?:\*\*|__)([^*_\n]{3,90})(?:\*\*|__):?[ \t]*(?=\n|\Z)")
"""A heading to people, if not to Markdown."""
_RULE = re.compile(r"^(?=.*(?:--|:-|-:))\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")


def document_of_markdown(text: str) -> Document:
    """What a draft in Markdown or plain text says. Lines are counted from 1 in `text`."""
    left_out = 0

    def silence(match: re.Match[str]) -> str:
        nonlocal left_out
        left_out += count_numbers(match.group())
        return "\n" * match.group().count("\n")

    for pattern in (_FENCE, _SILENCED, _REFERENCES):
        text = pattern.sub(silence, text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(lambda match: match[1] or "", text)
    text = _ET_AL.sub(CITED, _AUTHORS.sub(CITED, _NOTE.sub(CITED, text)))
    text = _BOLD_LINE.sub(
        lambda match: f"\n{'#######' if match[1][0].isdigit() else '######'} {match[1]}", "\n" + text
    )[1:]
    text = written_out(text.replace("\\%", "%"))
    lines = text.split("\n")
    tables: list[Table] = []
    for start, end in list(_table_lines(lines)):
        tables.append(_table(lines, start, end))
        lines[start:end] = [""] * (end - start)
    for start, end, aligned in list(aligned_tables(lines)):
        tables.append(aligned)
        lines[start:end] = [""] * (end - start)
    return Document(tuple(passages_of("\n".join(lines), latex=False)), tuple(tables), left_out)


def _table_lines(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Where tables stand: a header, the rule under it, and all lines with pipes that follow."""
    place = 1
    while place < len(lines):
        if _RULE.match(lines[place]) and "|" in lines[place - 1]:
            end = place + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            yield place - 1, end
            place = end
        place += 1


def _table(lines: list[str], start: int, end: int) -> Table:
    rows = [_row(lines[number], number + 1) for number in range(start, end) if number != start + 1]
    return table_of(rows, _caption(lines, start, end), 1)


def _row(line: str, number: int) -> list[Square]:
    inner = re.sub(r"^\s*\||\|\s*$", "", line)
    return [Square(re.sub(r"\*\*|__|`", "", cell).strip(), number) for cell in re.split(r"(?<!\\)\|", inner)]


def _caption(lines: list[str], start: int, end: int) -> str:
    """The line above or below a table that says Table, else a heading or a line that ends in a colon right above it."""
    above = next((line for line in reversed(lines[max(0, start - 3) : start]) if line.strip()), "")
    if re.match(r"\W*Table\b", above):
        return above.replace("*", "").strip("# ")
    behind = [line for line in lines[end : end + 5] if line.strip()]
    below = behind[0] if behind and re.match(r"\W*Table\b", behind[0]) and behind[0] in lines[end : end + 2] else ""
    if below and not (len(behind) > 1 and behind[1].lstrip().startswith("|")):  # else it is the next table's
        return below.replace("*", "")
    if (re.match(r"#|\W*\*\*", above) and len(above) < 120) or above.rstrip().endswith(":"):
        return above.replace("*", "").strip("# ")
    return below.replace("*", "")
