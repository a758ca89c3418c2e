"""Exceptions as a log shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """One line of a traceback and the code that stood there."""

    file: str
    line: int
    function: str
    source: str = ""


@dataclass(frozen=True)
class Raised:
    """One exception: its type, its message (perhaps of several lines), its frames from the outermost in."""

    type: str
    message: str
    frames: tuple[Frame, ...]
    connected: bool = False
    """It belongs to the one before: cause, context, worker or group."""
    aside: bool = False
    """Python only mentions it (a destructor, an exit handler); it ended nothing."""
    process: str = ""
    """What stood before its lines in a log of several processes."""
