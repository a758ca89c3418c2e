"""The bibliography: BibTeX entries by key, what a prompt shows of each, and which are fit to be cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_START = re.compile(r"@(\w+)\s*\{\s*([^\s,{}]+)\s*,")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{2,60}")
_FIELD = re.compile(r"(\w+)\s*=\s*")
_UNSAFE = re.compile(
    r"\\(?:input|include|write|immediate|openout|openin|read|catcode|def|let|csname|usepackage)\b|\^\^"
)


@dataclass(frozen=True)
class Entry:
    """One BibTeX entry, as text and in its fields (names in lower case)."""

    kind: str
    key: str
    fields: Mapping[str, str]
    text: str

    @property
    def summary(self) -> str:
        """`key: Bricken et al. (2023), Towards Monosemanticity`."""
        authors = re.sub(r"[{}\\'\"v]", lambda m: "v" if m.group() == "v" else "", self.fields.get("author", "")).split(
            " and "
        )
        first = authors[0].split(",")[0]
        title = re.sub(r"[{}\\]", "", self.fields.get("title", ""))
        return (
            f"{self.key}: {first}{' et al.' if len(authors) > 1 else ''} ({self.fields.get('year', 'n.d.')}), {title}"
        )


def read_entries(text: str) -> list[Entry]:
    """Every whole entry of a BibTeX text; what does not close is left out."""
    entries = []
    for match in _START.finditer(text):
        body = _braced(text, text.index("{", match.start()))
        if body is not None:
            whole = text[match.start() : text.index("{", match.start())] + "{" + body + "}"
            entries.append(Entry(match.group(1).lower(), match.group(2), dict(_fields(body)), whole))
    return entries


def why_unfit(entry: Entry, known: Iterable[str] = ()) -> str:
    """Why an entry from outside may not enter the bibliography; empty where it may."""
    if not _KEY.fullmatch(entry.key):
        return f"the key {entry.key!r} is not plain"
    if entry.key in set(known):
        return f"the key {entry.key} is taken"
    missing = [name for name in ("title", "author", "year") if not entry.fields.get(name, "").strip(" {}")]
    if missing:
        return f"it lacks {', '.join(missing)}"
    if not re.fullmatch(r"(?:1[89]|20)\d\d", entry.fields["year"]):
        return f"its year is {entry.fields['year']!r}"
    if _UNSAFE.search(entry.text):
        return "it holds a TeX command that has no place in an entry"
    return ""


def _braced(text: str, start: int) -> str | None:
    """What stands between the brace at `start` and its partner."""
    depth = 0
    for place in range(start, len(text)):
        if text[place] in "{}" and text[place - 1] != "\\":
            depth += 1 if text[place] == "{" else -1
            if depth == 0:
                return text[start + 1 : place]
    return None


def _fields(body: str) -> Iterator[tuple[str, str]]:
    place = body.find(",") + 1
    while match := _FIELD.search(body, place):
        start = match.end()
        if body[start : start + 1] == "{":
            value = _braced(body, start)
            if value is None:
                return
            place = start + len(value) + 2
        elif body[start : start + 1] == '"':
            end = body.find('"', start + 1)
            value, place = body[start + 1 : end], end + 1
        else:
            value = re.split(r"[,\n]", body[start:], maxsplit=1)[0]
            place = start + len(value)
        yield match.group(1).lower(), value.strip()
