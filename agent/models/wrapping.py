"""What stands round an answer: marks of a chat's template, a tag or a box that holds all of it, headings that part it from its reasoning."""

from __future__ import annotations

import re

from agent.session.loose_json import loose_value

_HEADS = re.compile(
    r"\A\s*(?:<\|im_start\|>\s*assistant\s*\n|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>\s*|<start_of_turn>\s*model\s*\n"
    r"|<\|(?:assistant|bot)\|>\s*|(?:\*+|_)?Thought for (?:an? )?(?:\w+ )?(?:\d+ ?(?:m|h|s|min\w*|sec\w*|hours?)\s*)+(?:\*+|_)?[ \t]*\n)",
    re.IGNORECASE,
)
"""Of a chat's template, and of pages that say how long a model has thought."""
_WHOLE = re.compile(
    r"\s*(?:<(?P<tag>(?:final_)?(?:answer|draft|text|version)|final|response|output|solution|result|plan|section|revision|revised|latex|note|advice|title|reply)>(?P<tagged>.*)</(?P=tag)>"
    r"|<\|?begin_of_(?P<box>box|solution|answer)\|?>(?P<boxed>.*)<\|?end_of_(?P=box)\|?>)\s*",
    re.DOTALL | re.IGNORECASE,
)
_PREPARED = re.compile(
    r"\A\s*<(?P<tag>plan|draft|working(?:[ _-]out)?|steps|notes|outline|critique|self[_-]?(?:critique|check)|internal|preparation|verification|ideas)>"
    r"(?P<within>.*?)</(?P=tag)>(?P<rest>.*\S.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
"""What a model lays out for itself before it answers, in tags that may hold an answer as well."""
_NUMBERED = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)
_MOSTLY = 3
"""How many times as long as what stands behind it the answer itself is, where it stands in the tag."""
_THINKS = r"thinking(?: process)?|thoughts?(?: process)?|reasoning|chain of thought|internal (?:monologue|reasoning)"
_PARTED = re.compile(
    rf"\A\s*(?:#+\s*(?:{_THINKS}):?[ \t]*\n|\*\*(?:{_THINKS})(?::?\*\*:?[ \t]*\n|(?::\*\*|\*\*:)[ \t]*))(?P<thought>.*?)"
    r"\n(?:#+\s*(?:final )?(?:answer|response|output):?[ \t]*\n|\*\*(?:final )?(?:answer|response|output)(?::?\*\*:?[ \t]*\n|(?::\*\*|\*\*:)[ \t]*))(?P<answer>.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED = re.compile(
    rf"\A\s*(?:>\s*)?(?:\*+|_)(?:{_THINKS})(?:\.\.\.|…|:)?(?:\*+|_)[ \t]*\n(?P<thought>(?:[ \t]*\n|>[^\n]*\n)+)(?P<answer>(?!>).*)\Z",
    re.DOTALL | re.IGNORECASE,
)
_REASONS = ("reasoning", "thought", "thoughts", "thinking", "analysis", "rationale")
_ANSWERS = ("answer", "response", "final_answer", "output", "final", "text", "content")


def unwrapped(text: str) -> tuple[str, str]:
    """The answer without what stands round it, and the reasoning that stood there; the text itself where nothing does."""
    text = _HEADS.sub("", text, count=1)
    if (found := _in_json(text)) is not None:
        return found
    if (prepared := _PREPARED.match(text)) is not None:
        return _behind(prepared["within"].strip("\n"), prepared["rest"].lstrip())
    for pattern in (_PARTED, _QUOTED):
        if (parted := pattern.match(text)) and parted["answer"].strip():
            return parted["answer"].lstrip("\n"), parted["thought"].strip()
    if (whole := _WHOLE.fullmatch(text)) and not (whole["tag"] and f"</{whole['tag']}>" in whole["tagged"]):
        return (whole["tagged"] if whole["tag"] else whole["boxed"]).strip("\n"), ""
    return text, ""


def _behind(within: str, rest: str) -> tuple[str, str]:
    """Answer and reasoning of a reply that begins with a part in tags: the part is the answer where what follows is little
    beside it, or does not go on with the steps that it numbers; else it was laid out for what follows."""
    steps = _NUMBERED.search(within) and not _NUMBERED.search(rest)
    if "```" not in rest and not _WHOLE.fullmatch(rest) and (steps or len(rest) * _MOSTLY < len(within)):
        return f"{within}\n\n{rest}", ""
    answer, more = unwrapped(rest)
    return answer, "\n\n".join(part for part in (within.strip(), more) if part)


def _in_json(text: str) -> tuple[str, str] | None:
    """An answer and its reasoning as an object of these two alone; None for any other text."""
    if not text.lstrip().startswith("{"):
        return None
    begin = len(text) - len(text.lstrip())
    try:
        value, end = loose_value(text, begin)
    except (ValueError, RecursionError):
        return None
    if text[end:].strip() or not isinstance(value, dict) or len(value) != 2:
        return None
    told = {str(key).lower(): each for key, each in value.items() if isinstance(each, str)}
    thought, answer = (next((told[key] for key in keys if key in told), None) for keys in (_REASONS, _ANSWERS))
    return None if thought is None or not answer else (answer, thought)
