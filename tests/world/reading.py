"""Reading a page as a browser would, without one: its elements, their attributes, its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]


@dataclass
class ReadPage:
    """`text` is all that is shown, scripts and styles left out."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of each element of this tag."""
        return [element.attributes for element in self.elements if element.tag == tag]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = ReadPage()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in ("meta", "img", "br", "input", "hr", "link", "rect", "line", "circle", "path"):
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.page.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.page.scripts.append(data)
        elif inside == "style":
            self.page.styles.append(data)
        else:
            self.page.text += data
            if any(tag[0] == "h" and tag[1:].isdigit() for tag in self.open):
                level, text = self.page.headings[-1]
                self.page.headings[-1] = (level, text + data)


def read_page(html: str) -> ReadPage:
    """The page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
