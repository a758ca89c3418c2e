"""Reasoning taken off a reply: in the tags, channels, fences and folded parts in which models and servers leave it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLAIN = r"analysis|analyzing|rationale|deliberation|brainstorm(?:ing)?|planning|plan_of_answer|monologue|cot|introspection|reason|reflect|ponder(?:ing)?|musings?|contemplat(?:e|ion)"
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
    "reasoning_content",
    "scratch_pad",
    "思考(?:过程)?|推理(?:过程)?|思维链",
    "deep_?think(?:ing)?",
    r"(?:\w{1,20}[-_:])?(?:think|thinking|thoughts?|reasoning|scratchpad)(?:[-_:]\w{1,20}){1,3}",
    r"\w{1,20}[-_](?:think|thinking|thoughts?|reasoning|scratchpad)",
)
_NAMES = rf"(?:antml:|\w{{1,12}}:)?(?:{'|'.join(_WORDS)})|seed:\w+"
_TAG = re.compile(
    rf"(?:\\?<|＜|&lt;)\s?(?P<end>[/／])?\s?(?P<name>{_NAMES}|(?P<plain>{_PLAIN}))(?:\s[^<>\n]{{0,80}})?(?:\\?>|＞|&gt;)"
    r"|\[(?P<end2>/|END[_ ])?(?:BEGIN[_ ])?(?P<name2>THINK(?:ING)?|REASONING|THOUGHTS?)\]"
    r"|◁(?P<end3>/)?(?P<name3>think)▷"
    r"|<\|(?P<mark4>START|END)_(?P<name4>THINKING)\|>"
    r"|<\|(?P<mark5>begin|end)_of_(?P<name5>thought)\|>"
    r"|<\|(?P<end6>/|end_?)?(?P<name6>think(?:ing)?|reasoning)\|>"
    r"|<\|channel>(?P<name8>thought)\b|<(?P<end8>channel)\|>"
    r"|<unused(?:(?P<name7>94)>(?:thought\b)?|(?P<end7>95)>)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^ {0,3}(?P<marks>`{3,}|~{3,})(?P<rest>[^\n]*)$", re.MULTILINE)
_FINAL = re.compile(
    r"<\|channel\|>\s*final\b[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>(?P<text>.*?)(?:<\|(?:return|end)\|>|\Z)",
    re.DOTALL,
)
_CHANNEL = re.compile(r"(?:<\|start\|>\s*assistant\s*)?<\|channel\|>\s*(?:analysis|commentary|final)\b")
_BARE_CHANNEL = re.compile(
    r"\s*(?:assistant)?(?:analysis|commentary)(?P<thought>.*?)(?<=[\W\d])\s*assistant(?:\s*final|\W+final\b)(?P<text>.*)\Z",
    re.DOTALL,
)
"""Channels whose marks a server took off: `analysis…assistantfinal…`."""
_LAST = re.compile(r"\s*<\|channel\|>\s*final\s*\n(?P<text>.*?)(?:<\|(?:return|end)\|>\s*)?\Z", re.DOTALL)
"""A last channel whose mark of a message is missing."""
_VERBATIM = re.compile(r"\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|alltt)\}.*?\\end\{\1\}", re.DOTALL)
_OPENING = re.compile(
    r"\s*(?:Thinking\.\.\.[ \t]*\n(?P<spoken>.*?)\n[ \t]*\.\.\.[ \t]*done thinking\.?"
    r"|(?P<marks>`{3,}|~{3,})(?:think(?:ing)?|thoughts?|reasoning)[ \t]*\n(?P<fenced>.*?)\n(?P=marks)(?=\s)"
    r"|<details[^<>]*>\s*<summary>[^<]*(?:think|thought|reason)[^<]*</summary>(?P<folded>.*?)</details>)",
    re.DOTALL | re.IGNORECASE,
)
"""Reasoning with which a reply begins, in a form that may stand for something else further on."""


def split_reasoning(text: str) -> tuple[str, str]:
    """The text without reasoning, and the reasoning: in tags that are closed, never closed, or never opened.

    A tag in code or in quotes is text: in a fence, between backticks or quotation marks.
    """
    if (channelled := _channels(text)) is not None:
        return channelled
    if begun := _OPENING.match(text):
        told = next(part for part in (begun["spoken"], begun["fenced"], begun["folded"]) if part is not None)
        answer, more = split_reasoning(text[begun.end() :])
        if answer.strip():
            return answer.lstrip(), "\n\n".join(part for part in (told.strip(), more) if part)
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
    if last := _LAST.match(text):
        return last["text"], ""
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
        alone = _begins_line(text, match.start()) or (thought and not text[place : match.start()].strip())
        fenced = next((end for begin, end in fences if begin <= match.start() < end), 0)
        if _ends(match):
            rest = text[match.end() :].partition("\n")[0].strip()
            if (not fenced and (alone or not rest or _glued(text, match))) or (
                alone and not rest and _torn(text[match.end() :], fenced - match.end())
            ):
                return match.start(), match.end(), None
        elif not fenced:
            closer = _closing(text, match)
            if closer is None and alone:
                return match.start(), match.end(), (len(text), len(text))
            if closer is not None and (alone or not _within_a_line(text, match.start(), closer[1])):
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
    """Where what is opened ends; its own tag once more is its end where no other comes, and something stands behind it."""
    again = kin = None
    for match in _TAG.finditer(text, opened.end()):
        if _quoted(text, match):
            continue
        if _name(match) != _name(opened):  # opened as one, closed as another
            kin = kin or ((match.start(), match.end()) if _ends(match) and not match["plain"] else None)
            continue
        if _ends(match):
            return match.start(), match.end()
        again = (match.start(), match.end()) if text[match.end() :].strip() else again
    return again or kin


def _ends(match: re.Match[str]) -> bool:
    marks = {(match["mark4"] or "").lower(), (match["mark5"] or "").lower()}
    return bool(
        match["end"]
        or match["end2"]
        or match["end3"]
        or match["end6"]
        or match["end7"]
        or match["end8"]
        or "end" in marks
    )


def _name(match: re.Match[str]) -> str:
    return next((match[f"name{n}"] for n in ("", 2, 3, 4, 5, 6, 8) if match[f"name{n}"]), "unused").lower()


def _quoted(text: str, match: re.Match[str]) -> bool:
    """Between two of the same quotation marks, or in a line's backticks."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    ticks = line.count("`") % 2 == 1 and "`" in text[match.end() :].partition("\n")[0]
    return (
        ticks
        or (before == after and before in ("`", '"', "'"))
        or (before, after) in (("“", "”"), ("‘", "’"), ("{", "}"))
    )


def _within_a_line(text: str, begin: int, end: int) -> bool:
    """Whether an opening and a closing tag stand in the midst of one line: a sentence that speaks of them."""
    before = text[text.rfind("\n", 0, begin) + 1 : begin].rstrip()
    after = text[end:].partition("\n")[0].strip()
    in_a_sentence = before[-1:].isalnum() or before[-1:] in (",", "(")
    return in_a_sentence and "\n" not in text[begin:end] and bool(after)


def _begins_line(text: str, place: int) -> bool:
    return not text[text.rfind("\n", 0, place) + 1 : place].strip()


def _glued(text: str, match: re.Match[str]) -> bool:
    """Whether a closing tag stands between two words without a space beside it: no sentence speaks of one so."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    return bool(before.strip() and after.strip()) and (before.isalnum() or before in ".!?)") and after not in ".,;:)"


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
