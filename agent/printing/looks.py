"""The printed paper looked at: what stands in the margin or off the page, is cut, too small, missing or blank, or came too late."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.printing.assemble import Paper
from agent.printing.latex import Compilation
from agent.printing.pdf_text import Glyph, Page, pages_of
from agent.proofreading.source.latex import labels
from agent.session.events.look import Look
from agent.writing.draft import Draft
from agent.writing.draft.sections import PLACED, SECTIONS

_PLACES = re.compile(r"\\newlabel\{([^{}]*)\}\{\{(?:[^{}]|\{[^{}]*\})*\}\{(\d+)\}")
_WIDE_PT = 20.0
"""How far something may stand out of the line before a reader is bothered."""
_LEAST_SHARE = 0.6
"""Of its own size, a table that is smaller is not read any more."""
_BODY = (0.085, 0.925)
"""Between which heights of a page the text stands; head and foot are beyond."""
_BLANK_SHARE = 0.42
"""Of a page's body: a larger hole is seen."""
_ROW_GLYPHS = 40
_COLUMN_SHARE = 0.4
"""So many rows end at a column's edge, as a share of those that end at the edge of the column with most."""
_EVIDENCE = "sec:evidence"
_MARGIN = "stands out"
_OFF_PT = 70.0
"""How far something that stands out of the line is off the page, with the margins that papers have."""
_FLOATS = ("fig:", "tab:", "alg:")
_LETTERS = 4


def looks_of(compilation: Compilation, folder: Path, paper: Paper, draft: Draft) -> list[Look]:
    """What is wrong with the pages that a compilation gave in `folder`; nothing where no PDF came out."""
    if compilation.pdf is None:
        return []
    aux = (folder / "paper.aux").read_text(encoding="utf-8", errors="replace")
    places = {name: int(page) for name, page in _PLACES.findall(aux)}
    pages = pages_of(compilation.pdf)
    at = _Places(draft, places)
    told = [*_of_log(compilation, paper), *_late_floats(draft, places), *_of_pages(pages, at)]
    if not any(look.told.startswith(_MARGIN) for look in told):  # what TeX saw it says better: by the line
        told += [*_off_the_side(pages, at), *_in_margin(pages, at)]
    return list(dict.fromkeys(told))


def _of_log(compilation: Compilation, paper: Paper) -> Iterator[Look]:
    """What TeX itself saw, by the line of the source."""
    log, lines = compilation.log, paper.tex.splitlines()
    for line, points in log.wide:
        source = " ".join(lines[line - 1].split())[:60] if 0 < line <= len(lines) else ""
        if points > _WIDE_PT:
            yield Look(
                section=paper.section_at(line),
                told=f"{_MARGIN} of the line by {points:.0f} pt, near {source!r}: break the formula or the word, or make it smaller",
                spoils=points > _OFF_PT,
            )
    for line, share in log.shrunk:
        if share < _LEAST_SHARE:
            yield Look(
                section=paper.section_at(line),
                told=f"a table is printed at {share:.0%} of its size, too small to read: leave out columns, split it in two, or, where the paper has two columns, use table*",
            )
    for line, kind, name in log.undefined:
        yield Look(
            section=paper.section_at(line), told=f"the {kind} {name!r} is printed as '??': there is none", spoils=True
        )
    for char in log.missing:
        section = next(
            (paper.section_at(n) for n, text in enumerate(lines, 1) if char in text and paper.section_at(n)), ""
        )
        yield Look(
            section=section,
            told=f"the font has no glyph for {char!r}, so nothing is printed: write it otherwise",
            spoils=True,
        )


def _late_floats(draft: Draft, places: Mapping[str, int]) -> Iterator[Look]:
    """Floats behind the page on which the next section begins."""
    label = {section.name: section.label for section in SECTIONS}
    placed = [name for name in PLACED if name in draft.sections]
    for name, following in itertools.pairwise(placed):
        begins = places.get(label[following])
        for own in labels(draft.sections[name]):
            if begins is not None and own.startswith(_FLOATS) and places.get(own, 0) > begins:
                told = f"{own!r} is printed on page {places[own]}, behind the section that shows it: put it earlier, or make it smaller"
                yield Look(section=name, told=told)


def _of_pages(pages: Sequence[Page], at: _Places) -> Iterator[Look]:
    """Blank pages and holes, what is off the lower or upper edge, figures that the page cuts."""
    ends = {len(pages), at.places.get(_EVIDENCE, 0) - 1}
    for number, page in enumerate(pages, start=1):
        off = "".join(glyph.text for glyph in page.glyphs if glyph.y < 0 or glyph.y > page.height).strip()
        if off:
            told = f"on page {number} {off[:40]!r} is printed off the page: what holds it is too high; split it, or make it smaller"
            yield Look(section=at.of(number, off), told=told, spoils=True)
        for box in page.figures:
            if box.left < -1 or box.bottom < -1 or box.right > page.width + 1 or box.top > page.height + 1:
                told = f"a figure on page {number} is cut by the edge of the page: show it with width=\\linewidth, or smaller"
                yield Look(section=at.of(number), told=told, spoils=True)
        hole = _hole(page)
        if hole >= 1:
            yield Look(told=f"page {number} is blank", spoils=True)
        elif hole > _BLANK_SHARE and number not in ends:
            told = f"{hole:.0%} of page {number} is blank, since what comes next is too high for it: make that smaller, or put it elsewhere"
            yield Look(section=at.of(number), told=told)


def _off_the_side(pages: Sequence[Page], at: _Places) -> Iterator[Look]:
    for number, page in enumerate(pages, start=1):
        off = "".join(glyph.text for glyph in page.glyphs if glyph.x < 0 or glyph.end > page.width).strip()
        if off:
            told = f"{_MARGIN} of the page: {off[:40]!r} on page {number}; leave out what moves it"
            yield Look(section=at.of(number, off), told=told, spoils=True)


def _hole(page: Page) -> float:
    """The largest part of the page's body, from 0 to 1, on which nothing stands."""
    low, high = (share * page.height for share in _BODY)
    taken = [(glyph.y, glyph.y + glyph.size) for glyph in page.glyphs] + [(box.bottom, box.top) for box in page.figures]
    inside = sorted((max(low, bottom), min(high, top)) for bottom, top in taken if top > low and bottom < high)
    at, widest = low, 0.0
    for bottom, top in [*inside, (high, high)]:
        widest, at = max(widest, bottom - at), max(at, top)
    return widest / (high - low) if inside else 1.0


def _in_margin(pages: Sequence[Page], at: _Places) -> Iterator[Look]:
    """What stands in the right margin though TeX did not say so: it was moved there."""
    rows = [row for page in pages for row in _rows(page) if len(row) > _ROW_GLYPHS]
    if not rows:
        return
    ends = Counter(round(max(glyph.end for glyph in row)) for row in rows)
    edge = max(end for end, count in ends.items() if count >= _COLUMN_SHARE * max(ends.values())) + _WIDE_PT
    for number, page in enumerate(pages, start=1):
        words = "".join(glyph.text for glyph in page.glyphs if edge < glyph.end <= page.width).strip()
        if words:
            told = f"{_MARGIN} of the page's text: {words[:40]!r} on page {number}; leave out what moves it"
            yield Look(section=at.of(number, words), told=told)
        if any(edge < box.right <= page.width + 1 for box in page.figures):
            told = f"{_MARGIN} of the page's text: a figure on page {number}; show it with width=\\linewidth"
            yield Look(section=at.of(number), told=told)


def _rows(page: Page) -> list[list[Glyph]]:
    rows: dict[int, list[Glyph]] = {}
    for glyph in page.glyphs:
        rows.setdefault(round(glyph.y), []).append(glyph)
    return list(rows.values())


@dataclass(frozen=True)
class _Places:
    """Which section a page belongs to."""

    draft: Draft
    places: Mapping[str, int]
    """By label: its page."""

    def of(self, page: int, words: str = "") -> str:
        """The section to ask: the only one on the page, the one that holds the words, or whose float stands there.

        Empty where that is not clear, or the page is the tool's own: nobody is blamed for what another wrote.
        """
        here = self._on(page)
        if len(here) > 1 and len(_letters(words)) >= _LETTERS:
            here = [name for name in here if _letters(words)[:12] in _letters(self.draft.sections[name])] or here
        if len(here) > 1:
            here = [name for name in here if self._floats_on(page, name)] or here
        return here[0] if len(here) == 1 else ""

    def _on(self, page: int) -> list[str]:
        label = {section.name: section.label for section in SECTIONS}
        begun = [(self.places[label[name]], name) for name in PLACED if self.places.get(label[name])]
        if not begun:
            return []
        ends = [*(start for start, _ in begun[1:]), self.places.get(_EVIDENCE, page + 1) - 1]
        pairs = zip(begun, ends, strict=True)
        return [name for (start, name), end in pairs if start <= page <= end and name in self.draft.sections]

    def _floats_on(self, page: int, section: str) -> bool:
        return any(
            own.startswith(_FLOATS) and self.places.get(own) == page for own in labels(self.draft.sections[section])
        )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
