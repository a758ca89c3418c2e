"""The whole draft as one HTML file that needs nothing else: figures inside it, formulas as MathML, links to the evidence."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from pylatexenc.latex2text import LatexNodes2Text

from agent.printing.html.text import Body
from agent.writing.bibliography import Entry

_STYLE = Path(__file__).with_name("draft.css")
_FORMS = ((".png", "image/png"), (".svg", "image/svg+xml"), (".jpg", "image/jpeg"))


def html_of(tex: str, bibliography: Sequence[Entry], figures: Path, findings: Sequence[str] = (), why: str = "") -> str:
    """paper.tex as HTML. `figures` is the folder where they lie; `why` says why it is no PDF."""
    head, _, rest = tex.partition("\\begin{document}")
    title = re.search(r"\\title\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}", head)
    entries = {entry.key: entry for entry in bibliography}
    body = Body(shown_figures(figures), lambda key: _called(entries, key))
    source = re.sub(
        r"\\maketitle|\\providecommand\{\\labbanner\}\{\}\\labbanner|\\clearpage|\\bibliographystyle\{[^}]*\}", "", rest
    )
    source, _, behind = source.split("\\end{document}", 1)[0].partition("\\bibliography{references}")
    main = body.blocks(source)
    cited = re.findall(r'href="#cite-([^"]+)"', main)
    works = "".join(_work(entries[key]) for key in dict.fromkeys(cited) if key in entries)
    found = "".join(f"<li>{escape(finding)}</li>" for finding in findings)
    shown, evidence = title[1] if title else "", body.blocks(behind)
    parts = [
        f"<h1>{body.inline(shown)}</h1>",
        f'<p class="note">{escape(why)}</p>' if why else "",
        f'<div class="findings"><p>DRAFT: the audit found</p><ul>{found}</ul></div>' if found else "",
        body.linked(main),
        f"<h2>References</h2><ul>{works}</ul>" if works else "",
        body.linked(evidence),
    ]
    name = escape(_plain(shown))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title><style>{_STYLE.read_text(encoding="utf-8")}</style></head>\n<body>\n'
        + "\n".join(part for part in parts if part)
        + "\n</body></html>\n"
    )


def shown_figures(folder: Path) -> Mapping[str, str]:
    """Each PDF of a folder as what shows it: the picture of the same name, else the PDF itself, within the page."""
    found = {}
    for pdf in sorted(folder.glob("*.pdf")) if folder.is_dir() else ():
        picture = next(((pdf.with_suffix(end), kind) for end, kind in _FORMS if pdf.with_suffix(end).is_file()), None)
        path, kind = picture or (pdf, "application/pdf")
        data = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
        named = escape(pdf.name)
        found[pdf.name] = (
            f'<img alt="{named}" src="{data}">' if picture else f'<embed type="{kind}" title="{named}" src="{data}">'
        )
    return found


def _called(entries: Mapping[str, Entry], key: str) -> str:
    """A work as a text names it: Bricken et al. 2023."""
    entry = entries.get(key)
    if entry is None:
        return key
    authors = [author.strip() for author in _plain(entry.fields.get("author", key)).split(" and ")]
    names = [author.split(",")[0] if "," in author else author.rsplit(" ", 1)[-1] for author in authors]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{who} {entry.fields.get('year', '')}".strip()


def _work(entry: Entry) -> str:
    fields = entry.fields
    told = [_plain(fields[name]) for name in ("author", "title", "journal", "booktitle", "year") if fields.get(name)]
    url = re.sub(r"\\([%#&_~])", r"\1", fields.get("url", ""))
    link = f' <a class="address" href="{escape(url)}">{escape(url)}</a>' if re.match(r"https?://", url) else ""
    return f'<li id="cite-{escape(entry.key)}">{escape(". ".join(told))}.{link}</li>'


def _plain(latex: str) -> str:
    return " ".join(re.sub(r"[{}]", "", str(LatexNodes2Text(math_mode="text").latex_to_text(latex))).split())
