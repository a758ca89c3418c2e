"""What a model said: its reasoning taken off, and whether the rest is an answer. Every reply is read here, whoever gave it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.models.protocol import Reply

LONGEST = 1_000_000
"""Characters of a reply that are read and kept; no answer that is asked for comes near."""

_PLAIN = (
    r"analysis|analyzing|rationale|deliberation|brainstorm(?:ing)?|planning|plan_of_answer|monologue|cot|introspection"
)
"""Names that a text of XML may hold as well: reasoning where the reply's own lines begin and end with them."""
_WORDS = (
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reflection",
    "scratchpad",
    "inner_monologue",
    "chain_of_thought",
    r"inner_thoughts?",
    r"(?:thought|thinking|reasoning)_process",
    r"internal_(?:thoughts?|monologue|reasoning)",
    "antthinking",
    "self_reflection",
)
_NAMES = rf"(?:antml:|seed:)?(?:{'|'.join(_WORDS)})"
_TAG = re.compile(
    rf"<(?P<end>/)?(?P<name>{_NAMES}|(?P<plain>{_PLAIN}))(?:\s[^<>\n]{{0,80}})?>"
    r"|\[(?P<end2>/)?(?P<name2>THINK(?:ING)?|REASONING|THOUGHTS?)\]"
    r"|◁(?P<end3>/)?(?P<name3>think)▷"
    r"|<\|(?P<mark4>START|END)_(?P<name4>THINKING)\|>"
    r"|<\|(?P<mark5>begin|end)_of_(?P<name5>thought)\|>",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^ {0,3}(?P<marks>`{3,}|~{3,})(?P<rest>[^\n]*)$", re.MULTILINE)
_FINAL = re.compile(r"<\|channel\|>\s*final\b[^<]*<\|message\|>(?P<text>.*?)(?:<\|(?:return|end)\|>|\Z)", re.DOTALL)
_CHANNEL = re.compile(r"(?:<\|start\|>\s*assistant\s*)?<\|channel\|>\s*(?:analysis|commentary|final)\b")
_BARE_CHANNEL = re.compile(
    r"\s*(?:assistant)?(?:analysis|commentary)(?P<thought>.*?)(?<=[\W\d])\s*assistant(?:\s*final|\W+final\b)(?P<text>.*)\Z",
    re.DOTALL,
)
"""Channels whose marks a server took off: `analysis…assistantfinal…`."""
_VERBATIM = re.compile(r"\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|alltt)\}.*?\\end\{\1\}", re.DOTALL)
_BROKEN = ("error", "abort", "aborted", "cancelled", "interrupted")
"""The provider gave up in mid-reply: what came is a part."""
_CUT = ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_length", "context_length", *_BROKEN)
_FILTERED = ("content_filter", "SAFETY", "RECITATION", "PROHIBITED_CONTENT", "guardrail_intervened")


@dataclass(frozen=True)
class Heard:
    """A reply as it was read."""

    text: str
    """What is left of it without its reasoning."""
    reasoning: str = ""
    """What the model thought aloud, whether in tags or in a field of its own."""
    fault: str = ""
    """Why this is no answer: cut, spent, filtered, refused, tools, long, reasoned, empty; empty where it is one."""


def hear(reply: Reply) -> Heard:
    """The reply without its reasoning, and what it is."""
    text, inside = split_reasoning(reply.text[:LONGEST])
    heard = Heard(text, "\n\n".join(part for part in (reply.reasoning[:LONGEST].strip(), inside) if part))
    return Heard(heard.text, heard.reasoning, _fault(reply, heard))


def _fault(reply: Reply, heard: Heard) -> str:
    said = bool(heard.text.strip())
    if reply.finish in _CUT:
        return "cut" if said else "spent"
    if reply.finish in _FILTERED:
        return "filtered"
    if len(reply.text) > LONGEST:
        return "long"
    if said:
        return ""
    if reply.refusal or reply.finish == "refusal":
        return "refused"
    if reply.tools:
        return "tools"
    return "reasoned" if heard.reasoning else "empty"


def split_reasoning(text: str) -> tuple[str, str]:
    """The text without reasoning, and the reasoning: in tags that are closed, never closed, or never opened.

    A tag in code or in quotes is text: in a fence, between backticks or quotation marks.
    """
    if (channelled := _channels(text)) is not None:
        return channelled
    said: list[str] = []
    thought: list[str] = []
    place = 0
    while (tag := _next_tag(text, place, bool(thought))) is not None:
        begin, end, closer = tag
        if closer is None:  # never opened: all that stands before it was thought
            if text[end:].strip() or not thought:
                thought.append("".join(said) + text[place:begin])
                said = []
            else:  # closed twice
                said.append(text[place:begin])
            place = end
            continue
        said.append(text[place:begin])
        thought.append(text[end : closer[0]])
        place = closer[1]
    answer = "".join((*said, text[place:]))
    return (answer.lstrip("\n") if thought else answer), "\n\n".join(part.strip() for part in thought if part.strip())


def _channels(text: str) -> tuple[str, str] | None:
    """A reply in channels, with their marks or without: what the last one says, and the others; None for any other reply."""
    if bare := _BARE_CHANNEL.match(text):
        return bare["text"].lstrip(), bare["thought"].strip()
    begun = _CHANNEL.search(text)
    if begun is None or (text[: begun.start()].strip() and not _begins_line(text, begun.start())):
        return None
    final = _FINAL.search(text, begun.start())
    if any(start <= begun.start() < end for start, end in _fenced(text, 0)):
        return None
    return (
        (final["text"], text[: final.start()].strip())
        if final
        else (text[: begun.start()], text[begun.start() :].strip())
    )


def _next_tag(text: str, place: int, thought: bool) -> tuple[int, int, tuple[int, int] | None] | None:
    """Begin and end of the next tag, and where what it opens is closed; None for its closing where it closes nothing."""
    fences = list(_fenced(text, place))
    verbatim = [match.span() for match in _VERBATIM.finditer(text, place)]
    for match in _TAG.finditer(text, place):
        if any(begin <= match.start() < end for begin, end in verbatim):
            continue
        if _quoted(text, match) or (match["plain"] and not _frames(text, match, place)):
            continue
        alone = _begins_line(text, match.start())
        fenced = next((end for begin, end in fences if begin <= match.start() < end), 0)
        if _ends(match):
            rest = text[match.end() :].partition("\n")[0].strip()
            if (not fenced and (alone or not rest)) or (
                alone and not rest and _torn(text[match.end() :], fenced - match.end())
            ):
                return match.start(), match.end(), None
        elif not fenced:
            closer = _closing(text, match)
            if closer is None and alone:
                return match.start(), match.end(), (len(text), len(text))
            if closer is not None:
                return match.start(), match.end(), closer
    return None


def _frames(text: str, match: re.Match[str], place: int) -> bool:
    """Whether a tag that XML may hold too opens a part of the reply's own: on its first line, closed, an answer behind it."""
    closer = None if _ends(match) else _closing(text, match)
    before = text[place : match.start()]
    within = len(re.findall(r"<[A-Za-z]\w*[^<>/]*>", before)) > len(re.findall(r"</[A-Za-z]", before))
    own_line = match.start() == 0 or text[match.start() - 1] == "\n"
    return closer is not None and own_line and not within and bool(text[closer[1] :].strip())


def _closing(text: str, opened: re.Match[str]) -> tuple[int, int] | None:
    for match in _TAG.finditer(text, opened.end()):
        if _ends(match) and _name(match) == _name(opened) and not _quoted(text, match):
            return match.start(), match.end()
    return None


def _ends(match: re.Match[str]) -> bool:
    marks = {(match["mark4"] or "").lower(), (match["mark5"] or "").lower()}
    return bool(match["end"] or match["end2"] or match["end3"] or "end" in marks)


def _name(match: re.Match[str]) -> str:
    return next(match[f"name{n}"] for n in ("", 2, 3, 4, 5) if match[f"name{n}"]).lower()


def _quoted(text: str, match: re.Match[str]) -> bool:
    """Between two of the same quotation marks, or in a line's backticks."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    ticks = line.count("`") % 2 == 1 and "`" in text[match.end() :].partition("\n")[0]
    return ticks or (before == after and before in ("`", '"', "'")) or (before, after) in (("“", "”"), ("‘", "’"))


def _begins_line(text: str, place: int) -> bool:
    return not text[text.rfind("\n", 0, place) + 1 : place].strip()


def _torn(rest: str, length: int) -> bool:
    """Whether the fence that seems to hold a tag was never closed before it: another begins after it, or one is left over."""
    marks = list(_FENCE.finditer(rest))
    return any(mark["rest"].strip() for mark in marks if mark.start() < length) or len(marks) % 2 == 0


def _fenced(text: str, place: int) -> Iterator[tuple[int, int]]:
    """Where fences that are closed begin and end; one that is never closed is none."""
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text, place):
        if opened is None:
            opened = match
        elif match["marks"].startswith(opened["marks"]) and not match["rest"].strip():
            yield opened.start(), match.end()
            opened = None


def words_of(content: Any) -> str:
    """A message's content as text: as it is, or the text of its parts; thinking and pictures among them are left out."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return words_of(content.get("text", "")) if content.get("type", "text") in ("text", "output_text") else ""
    return "".join(words_of(part) for part in content) if isinstance(content, (list, tuple)) else ""


def thoughts_of(message: Mapping[str, Any]) -> str:
    """What a provider's message holds of reasoning in fields of its own, each thing once."""
    found: list[str] = []
    inner = message.get("provider_specific_fields")
    for fields in (message, inner if isinstance(inner, Mapping) else {}):
        content = fields.get("content")
        for value in (
            fields.get("reasoning_content"),
            fields.get("reasoning"),
            fields.get("thinking_blocks"),
            fields.get("reasoning_details"),
            [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else None,
        ):
            words = _thought(value).strip()
            if words and words not in found:
                found.append(words)
    return "\n\n".join(found)


def _thought(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        told = value.get("thinking") or value.get("reasoning") or value.get("summary")
        kind = str(value.get("type", ""))
        return (
            _thought(told) if told else words_of(value.get("text", "")) if "reason" in kind or "think" in kind else ""
        )
    return "\n".join(filter(None, map(_thought, value))) if isinstance(value, (list, tuple)) else ""
