"""More works to cite, from a search that speaks OpenAlex' API. Off unless `settings.paper.search_url` is set."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agent.evidence.escape import escape_latex
from agent.session.session import Session
from agent.writing.bibliography import Entry, read_entries, why_unfit

log = logging.getLogger(__name__)
_PER_QUERY = 5
_MAX_ENTRIES = 12
_TIMEOUT_S = 20.0
_MAX_BYTES = 2_000_000


def find_citations(session: Session, known: Iterable[Entry]) -> list[str]:
    """BibTeX entries for the idea's subject, unfit ones and those already known left out; [] where the search fails."""
    keys = {entry.key for entry in known}
    titles = {_tidy(entry.fields.get("title", "")) for entry in known}
    found: list[str] = []
    for query in dict.fromkeys([session.idea.Title, session.template.title]):
        for work in search(session.settings.paper.search_url, query):
            entry = entry_of(work)
            if entry is None:
                continue
            why = why_unfit(entry, keys) or ("it is known already" if _tidy(entry.fields["title"]) in titles else "")
            if why:
                log.info("citation left out: %s: %s", entry.key, why)
                continue
            keys.add(entry.key)
            titles.add(_tidy(entry.fields["title"]))
            found.append(entry.text)
    return found[:_MAX_ENTRIES]


def search(base: str, query: str) -> Iterator[Mapping[str, Any]]:
    """Works that the server finds for a query, most relevant first; none, with a warning, where it cannot be asked."""
    url = f"{base.rstrip('/')}/works?{urllib.parse.urlencode({'search': query, 'per-page': _PER_QUERY})}"
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        log.warning("citation search: %s is no web address", base)
        return
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:
            answer = json.loads(response.read(_MAX_BYTES))
    except (OSError, ValueError) as error:  # URLError and timeouts are OSErrors, damaged JSON a ValueError
        log.warning("citation search failed, the shipped bibliography stands alone: %s", error)
        return
    works = answer.get("results") if isinstance(answer, dict) else None
    yield from (work for work in works or [] if isinstance(work, dict))


def entry_of(work: Mapping[str, Any]) -> Entry | None:
    """A work of the server as a BibTeX entry; None where it lacks title, authors or year, or is retracted."""
    title, year = work.get("title") or work.get("display_name"), work.get("publication_year")
    authors = [
        str((authorship.get("author") or {}).get("display_name") or "")
        for authorship in work.get("authorships") or []
        if isinstance(authorship, dict)
    ]
    authors = [name for name in authors if name.strip()]
    if (
        not isinstance(title, str)
        or not title.strip()
        or not isinstance(year, int)
        or not authors
        or work.get("is_retracted")
    ):
        return None
    title = re.sub(r"<[^<>]{1,40}>", "", title)
    source = ((work.get("primary_location") or {}).get("source") or {}).get("display_name")
    fields = {
        "title": f"{{{escape_latex(title.strip())}}}",
        "author": " and ".join(escape_latex(name) for name in authors[:10])
        + (" and others" if len(authors) > 10 else ""),
        "year": str(year),
        **({"journal": escape_latex(str(source))} if source else {}),
        **({"doi": doi} if (doi := _doi(work.get("doi"))) else {}),
    }
    kind = "article" if source else "misc"
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    entries = read_entries(f"@{kind}{{{_key(authors[0], year, title)},\n{body}\n}}")
    return entries[0] if entries else None


def _key(author: str, year: int, title: str) -> str:
    plain = [_tidy(word) for word in title.split()]
    word = next((word for word in plain if len(word) > 3), "work")
    return f"{_tidy(author.split()[-1]) or 'anon'}{year}{word}"


def _doi(value: object) -> str:
    match = re.search(r"10\.\d{4,9}/[\w.()/:;-]+", value) if isinstance(value, str) else None
    return match.group().replace("_", "\\_") if match else ""


def _tidy(text: str) -> str:
    flat = unicodedata.normalize("NFKD", re.sub(r"\\[a-zA-Z]+|[{}\\]", "", text))
    return re.sub(r"[^a-z0-9]", "", flat.encode("ascii", "ignore").decode().lower())
