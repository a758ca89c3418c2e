"""What stands round an answer: marks of a chat's template, a tag or a box that holds all of it, headings that part it from its reasoning."""

from __future__ import annotations

import re

from agent.session.loose_json import latex_kept, loose_value

_HEADS = re.compile(
    r"\A[\s\ufeff\u200b\u2060]*(?:<\|im_start\|>\s*assistant\s*\n|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>\s*|<start_of_turn>\s*model\s*\n"
    r"|<\|(?:assistant|bot|startoftext|begin_of_text|START_RESPONSE)\|>\s*|<(?:s|bos)>\s*|<｜(?:begin▁of▁sentence|Assistant)｜>\s*|\[/INST\]\s*"
    r"|assistant(?:\s*\n|<\|im_sep\|>)|Assistant:\s+|#+ (?:Response|Assistant|Answer):?[ \t]*\n"
    r"|(?:\*+|_)?(?:Thought|Reasoned) for (?:(?:an? )?(?:\w+ )?(?:\d+ ?(?:m|h|s|min\w*|sec\w*|hours?)\s*)+|(?:a few|several|some) \w+)(?:\*+|_)?[ \t]*\n|(?<=[\ufeff\u200b\u2060]))",
    re.IGNORECASE,
)
"""Of a chat's template, and of pages that say how long a model has thought."""
_WHOLE = re.compile(
    r"\s*(?:<(?P<tag>(?:final_)?(?:answer|draft|text|version)|final|response|output|solution|result|plan|section|revision|revised|latex|note|advice|title|reply)(?:\s[^<>\n]{0,60})?>(?P<tagged>.*)</(?P=tag)>"
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
_TOLD = r"(?:final )?(?:answer|response)|回答|答案|最终答案"
_SPOKEN = re.compile(
    rf"\A\s*(?:(?:{_THINKS}|思考过程|推理过程)\s*[:：]\s*(?P<thought>.*?)\n+[ \t]*(?:{_TOLD})\s*[:：]\s*"
    r"|Here(?:[’']s| is| are) my (?:thought process|thinking|reasoning(?: steps)?)\b[^\n:]{0,20}:?\s*(?P<steps>.*?)\n\s*"
    r"(?:Here(?:[’']s| is) my (?:final )?(?:response|answer)\b[^\n:]{0,20}:?\s*|(?=\[BEGIN FINAL RESPONSE\]))"
    r"|(?P<before>.*?)\[BEGIN FINAL RESPONSE\])(?P<answer>.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
"""Labels and sentences that part reasoning from the answer; the reply begins with them."""
_FINAL_MARKS = re.compile(r"\[(?:BEGIN|END) FINAL RESPONSE\]")
_RULED = re.compile(
    rf"\A\s*(?:#+\s*|\*\*)(?:{_THINKS}):?(?:\*\*:?)?[ \t]*\n(?P<thought>.*?)\n[ \t]*(?:-{{3,}}|\*{{3,}}|_{{3,}})[ \t]*\n(?P<answer>.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED = re.compile(
    rf"\A\s*(?:(?:>\s*)?(?:\*+|_)(?:{_THINKS})(?:\.\.\.|…|:)?(?:\*+|_)[ \t]*\n|(?=> *(?:\*+|_)?(?:{_THINKS})\b))(?P<thought>(?:[ \t]*\n)*>(?:[ \t]*\n|[^\n]*\n(?:>|(?=[ \t]*\n)))+)(?P<answer>(?!>).*)\Z"
    rf"|\A\s*(?P<mark>\*|_)\(?(?P<aside>(?:{_THINKS})\b[^*_\n]{{0,2000}})(?P=mark)[ \t]*\n[ \t]*\n(?P<rest>.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
_OPEN = re.compile(r"\A\s*<(?P<tag>answer|final_answer|response|final|output)>", re.IGNORECASE)
_CLOSED = re.compile(r"</(?P<tag>answer|final_answer|response|final|output)>\s*\Z", re.IGNORECASE)
_WITHIN = re.compile(
    r"<(?P<tag>answer|final_answer|response)>\s*\n?(?P<answer>.*?)(?:</(?P=tag)>\s*)?\Z", re.DOTALL | re.IGNORECASE
)
_FENCED_JSON = re.compile(r"\A\s*```(?:json)?[ \t]*\n(?P<inner>\s*\{.*\})\s*\n```\s*\Z", re.DOTALL)
_REASONS = ("reasoning", "thought", "thoughts", "thinking", "analysis", "rationale")
_ALONE = ("answer", "final_answer", "response")
_ANSWERS = ("answer", "response", "final_answer", "output", "final", "text", "content")


def unwrapped(text: str) -> tuple[str, str]:
    """The answer without what stands round it, and the reasoning that stood there; the text itself where nothing does."""
    text = _HEADS.sub("", text, count=1)
    if (found := _in_json(text)) is not None:
        return found
    if (prepared := _PREPARED.match(text)) is not None:
        return _behind(prepared["within"].strip("\n"), prepared["rest"].lstrip())
    if (parted := _parted(text)) is not None:
        return parted
    if (whole := _WHOLE.fullmatch(text)) and not (whole["tag"] and f"</{whole['tag']}>" in whole["tagged"]):
        inner, more = unwrapped((whole["tagged"] if whole["tag"] else whole["boxed"]).strip("\n"))
        return inner, more
    return _without_half_a_tag(text), ""


def answer_within(thought: str) -> tuple[str, str] | None:
    """The answer in its tag at the end of reasoning that was never closed, and the rest; None where there is none."""
    found = _WITHIN.search(thought)
    return (
        (found["answer"].strip("\n"), thought[: found.start()].strip()) if found and found["answer"].strip() else None
    )


def _parted(text: str) -> tuple[str, str] | None:
    """The answer and the reasoning before it, where headings, labels, a rule or a quotation part them; None where nothing does."""
    for pattern in (_PARTED, _RULED, _SPOKEN, _QUOTED):
        found = pattern.match(text)
        told = {name: part for name, part in found.groupdict().items() if part} if found else {}
        answer = _FINAL_MARKS.sub("", told.get("answer", told.get("rest", "")))
        if answer.strip():
            names = ("thought", "steps", "before", "aside")
            return answer.strip("\n"), next((told[name].strip() for name in names if name in told), "")
    return None


def _without_half_a_tag(text: str) -> str:
    """The text without a tag of an answer that is opened before it and never closed, or closed behind it and never opened."""
    opened, closed = _OPEN.match(text), _CLOSED.search(text)
    if opened and f"</{opened['tag']}>".lower() not in text.lower():
        return text[opened.end() :].lstrip("\n")
    if closed and f"<{closed['tag']}".lower() not in text.lower():
        return text[: closed.start()].rstrip("\n")
    return text


def _behind(within: str, rest: str) -> tuple[str, str]:
    """Answer and reasoning of a reply that begins with a part in tags: the part is the answer where what follows is little
    beside it, or does not go on with the steps that it numbers; else it was laid out for what follows."""
    steps = _NUMBERED.search(within) and not _NUMBERED.search(rest)
    if "```" not in rest and not _WHOLE.fullmatch(rest) and (steps or len(rest) * _MOSTLY < len(within)):
        return f"{within}\n\n{rest}", ""
    answer, more = unwrapped(rest)
    return answer, "\n\n".join(part for part in (within.strip(), more) if part)


def _in_json(text: str) -> tuple[str, str] | None:
    """An answer, and its reasoning, as an object of these alone, or a message of a chat; None for any other text."""
    fenced = _FENCED_JSON.match(text)
    text = fenced["inner"] if fenced else text
    if not text.lstrip().startswith("{"):
        return None
    text = latex_kept(text)
    begin = len(text) - len(text.lstrip())
    try:
        value, end = loose_value(text, begin)
    except (ValueError, RecursionError):
        return None
    if text[end:].strip() or not isinstance(value, dict):
        return None
    told = {str(key).lower(): each for key, each in value.items() if isinstance(each, str)}
    thought = next((key for key in _REASONS if key in told), "")
    answer = next((key for key in (_ANSWERS if thought else _ALONE) if told.get(key)), "")
    if told.get("role") == "assistant" and told.get("content"):
        answer, thought = "content", thought
    return (told[answer], told.get(thought, "")) if answer and set(told) <= {answer, thought, "role"} else None
