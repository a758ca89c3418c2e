"""Small things that many parts of the page show.

A `tone` picks the colour and the mark: good, bad, flat, busy or none. The words always say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "bad", "flat", "busy", "none"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """`href` is relative to the page."""

    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A figure; `src` is empty where it cannot be shown, `note` says why."""

    name: str
    src: str = ""
    links: tuple[Link, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DiffLine:
    """`kind` is add, del, hunk, file or same."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Log:
    """The end of a log; `note` says why there is none."""

    name: str
    text: str = ""
    href: str = ""
    note: str = ""
