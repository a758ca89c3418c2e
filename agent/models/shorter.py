"""A question cut to what a model's context holds: what is needed least goes first, and a line says what is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.models.protocol import Message
from agent.models.tokens import count_tokens

SECTIONS = (
    "Advice after the last run",
    "Given up",
    "Notes of the runs",
    "Note of the last run",
    "The other sections so far",
    "Figures",
)
"""Headings of prompts/ below which stands what a question can do without, least needed first."""
REFERENCE = "For reference, not editable:"
"""How the coder's messages with files that are only to be read begin."""
GONE = "(left out: the model's context is too short for it)"
_HEADING = re.compile(r"^(?P<level>#{1,2}) (?P<title>[^\n]*)$", re.MULTILINE)
_FENCED = re.compile(
    r"^(?P<fence>`{3,}|~{3,})(?P<name>[^\n`]*)\n(?P<inner>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL
)
_LONG_LINES = 60
_HEAD_LINES, _TAIL_LINES = 10, 30
Cut = Callable[[str], str]


def shorter(messages: Sequence[Message], most_tokens: int) -> tuple[tuple[Message, ...], list[str]]:
    """The messages with as much left out as brings them to `most_tokens` (as we count), or all that can be; and what was.

    The order: sections that a question can do without, diffs, the middle of long outputs, files for reference.
    """
    left: list[str] = []
    for name, cut in _cuts():
        if count_tokens(messages) <= most_tokens:
            break
        before = messages
        messages = [each if each.role == "system" else replace(each, content=cut(each.content)) for each in messages]
        left += [name] if list(messages) != list(before) else []
    return tuple(messages), left


def longest(messages: Sequence[Message]) -> str:
    """What takes most of a question, in words: the three largest of its parts."""
    parts = [part for message in messages for part in _parts(message)]
    largest = sorted(parts, key=lambda part: -part[1])[:3]
    return ", ".join(f"{title} ({tokens} tokens)" for title, tokens in largest)


def _cuts() -> Iterator[tuple[str, Cut]]:
    for title in SECTIONS:
        yield f"`{title}`", lambda text, title=title: _without_section(text, title)  # type: ignore[misc]
    yield "diffs", lambda text: _FENCED.sub(lambda m: GONE if m["name"].strip() == "diff" else m[0], text)
    yield "the middle of long outputs", lambda text: _FENCED.sub(_shown_ends, text)
    yield "files for reference", lambda text: f"{REFERENCE} {GONE}" if text.startswith(REFERENCE) else text


def _without_section(text: str, title: str) -> str:
    """The text with a line in place of what stands below each heading that begins with `title`."""
    for heading, begin, end in reversed(list(_sections(text))):
        if heading.startswith(title):
            text = f"{text[:begin]}\n{GONE}\n\n{text[end:]}"
    return text


def _sections(text: str) -> Iterator[tuple[str, int, int]]:
    """Each heading with begin and end of what stands below it, up to the next of its level; lines of code are no headings."""
    code = [found.span() for found in _FENCED.finditer(text)]
    heads = [found for found in _HEADING.finditer(text) if not any(a <= found.start() < b for a, b in code)]
    for place, head in enumerate(heads):
        after = (each.start() for each in heads[place + 1 :] if len(each["level"]) <= len(head["level"]))
        yield head["title"].strip(), head.end(), next(after, len(text))


def _shown_ends(found: re.Match[str]) -> str:
    """First and last lines of an output, which has no language; code in one stays whole."""
    lines = found["inner"].splitlines()
    if found["name"].strip() or len(lines) <= _LONG_LINES:
        return found[0]
    inner = "\n".join([*lines[:_HEAD_LINES], GONE, *lines[-_TAIL_LINES:]])
    return f"{found['fence']}\n{inner}\n{found['fence']}"


def _parts(message: Message) -> Iterator[tuple[str, int]]:
    sections = list(_sections(message.content))
    head = message.content[: sections[0][1]] if sections else message.content
    first = " ".join(message.content.split())[:40]
    ends = [*(begin for _, begin, _ in sections[1:]), len(message.content)]
    texts = [(title, message.content[begin:end]) for (title, begin, _), end in zip(sections, ends, strict=False)]
    for title, text in [(first, head), *texts]:
        yield f"`{title}`", count_tokens([Message(message.role, text)])
