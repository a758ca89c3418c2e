"""The bibliography: BibTeX entries by key, what a prompt shows of each, and which are fit to be cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pylatexenc.latex2text import LatexNodes2Text

from agent.evidence.escape import ascii_latex, escape_latex

_START = re.compile(r"@(\w+)\s*\{\s*([^\s,{}]+)\s*,")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{2,60}")
_FIELD = re.compile(r"(\w+)\s*=\s*")
_UNSAFE = re.compile(
    r"\\(?:input|include|write|immediate|openout|openin|read|catcode|def|let|csname|usepackage)\b|\^\^"
)


_VERBATIM = frozenset({"url", "doi", "eprint", "file", "key", "crossref"})
"""Fields that the style prints as addresses, or not at all."""
_KEPT = re.compile(r"((?<!\\)\$[^$]*(?<!\\)\$|\\(?:url|href)\s*\{[^{}]*\}|\\ensuremath\{(?:[^{}]|\{[^{}]*\})*\})")
"""Mathematics and addresses, in which & % # _ mean something else."""


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
    entries, partners = [], _partners(text)
    for match in _START.finditer(text):
        start = text.index("{", match.start())
        if start in partners:
            body = text[start + 1 : partners[start]]
            whole = text[match.start() : text.index("{", match.start())] + "{" + body + "}"
            entries.append(Entry(match.group(1).lower(), match.group(2), dict(_fields(body)), whole))
    return entries


def torn_entries(text: str) -> list[str]:
    """Keys of the entries that `read_entries` leaves out since they do not close."""
    read = {entry.key for entry in read_entries(text)}
    return [match[2] for match in _START.finditer(text) if match[2] not in read]


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


def mended(entry: Entry) -> Entry:
    """The entry with bare & % # _ $ of its texts escaped, and characters beyond ASCII as commands; itself where all is well."""
    text = entry.text
    for name, value in entry.fields.items():
        better = value if name in _VERBATIM else _escaped(value)
        if better != value:
            place = re.search(rf"\b{name}\s*=\s*[{{\"]?\s*(?={re.escape(value)})", text, re.IGNORECASE)
            text = text if place is None else text[: place.end()] + better + text[place.end() + len(value) :]
    return entry if text == entry.text else next(iter(read_entries(text)), entry)


def in_plain_words(entry: Entry) -> Entry:
    """The entry with author, title and year alone, each without its LaTeX."""
    fields = {name: entry.fields.get(name, "") for name in ("author", "title", "year")}
    body = "".join(f",\n  {name} = {{{_without_latex(value)}}}" for name, value in fields.items() if value)
    return next(iter(read_entries(f"@misc{{{entry.key}{body}\n}}")), entry)


def _escaped(value: str) -> str:
    pieces = _KEPT.split(ascii_latex(value))
    if any("$" in re.sub(r"\\\$", "", piece) for piece in pieces[::2]):
        pieces[::2] = [re.sub(r"(?<!\\)\$", r"\\$", piece) for piece in pieces[::2]]
    pieces[::2] = [re.sub(r"(?<!\\)([&%#_])", r"\\\1", piece) for piece in pieces[::2]]
    return "".join(pieces)


def _without_latex(value: str) -> str:
    try:
        text = LatexNodes2Text(math_mode="text").latex_to_text(re.sub(r"(?<!\\)%", r"\\%", value))
    except Exception:  # it fails in many ways on broken LaTeX; its letters are then shown
        text = re.sub(r"\\[A-Za-z]+|[{}$]", "", value)
    return escape_latex(re.sub(r"[{}\\]", "", text)).strip()


def _partners(text: str) -> dict[int, int]:
    """Place of each opening brace that closes → place of its partner: one pass, however many never close."""
    found, waiting = dict[int, int](), list[int]()
    for match in re.finditer(r"(?<!\\)[{}]", text):
        if match[0] == "{":
            waiting.append(match.start())
        elif waiting:
            found[waiting.pop()] = match.start()
    return found


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
