"""A reply is read in one place: reasoning off, and what is left told for what it is."""

from __future__ import annotations

from typing import Any

import pytest

from agent.models.bodies.messages import thoughts_of, words_of
from agent.models.protocol import Reply
from agent.models.replies import LONGEST, hear
from agent.models.replies.reasoning import split_reasoning

BLOCK = "experiment.py\n```python\n<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n```\n"


@pytest.mark.parametrize(
    ("text", "answer", "thought"),
    [
        ("fine", "fine", ""),
        ("<think>hm</think>fine", "fine", "hm"),
        ("\n<think>\nhm\n</think>\n\nfine", "fine", "hm"),
        ("<THINK>hm</THINK>\nfine", "fine", "hm"),
        ("<thinking>hm</thinking>fine", "fine", "hm"),
        ("<reasoning>hm</reasoning>fine", "fine", "hm"),
        ('<think time="3">hm</think>fine', "fine", "hm"),
        ("<seed:think>hm</seed:think>fine", "fine", "hm"),
        ("[THINK]hm[/THINK]fine", "fine", "hm"),
        ("◁think▷hm◁/think▷fine", "fine", "hm"),
        ("<|START_THINKING|>hm<|END_THINKING|>fine", "fine", "hm"),
        ("<|begin_of_thought|>hm<|end_of_thought|>fine", "fine", "hm"),
        ("<think>hm", "", "hm"),
        ("<think>\n" + BLOCK, "", BLOCK.strip()),
        ("<think></think>fine", "fine", ""),
        ("hm, so\n</think>\nfine", "fine", "hm, so"),
        ("hm, so</think>\n\nfine", "fine", "hm, so"),
        (BLOCK + "no, not that\n</think>\n\nfine", "fine", BLOCK + "no, not that"),
        ("```python\nnever closed\n</think>\nfine", "fine", "```python\nnever closed"),
        (f"<think>I could write\n{BLOCK}but no</think>\n" + BLOCK, BLOCK, f"I could write\n{BLOCK}but no"),
        ("```python\nnever closed\n</think>\n```python\nfine\n```", "```python\nfine\n```", "```python\nnever closed"),
        ("```\nnever closed\n</think>\n```\nfine\n```", "```\nfine\n```", "```\nnever closed"),
        ("<think>a</think>one\n<think>b</think>two", "one\ntwo", "a\n\nb"),
        ("<think>a<think>b</think>c\n</think>fine", "fine", "a<think>b\n\nc"),
        ("<think>a</think>fine\n</think>", "fine\n", "a"),
        ("Here is my answer.\n<think>\nwait", "Here is my answer.\n", "wait"),
        ("<think>the tag `</think>` ends it</think>fine", "fine", "the tag `</think>` ends it"),
        (
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>fine<|return|>",
            "fine",
            None,
        ),
        ("<|channel|>analysis<|message|>hm", "", None),
        (
            "<|channel|>analysis <|message|> hm <|end|>\n<|start|>assistant<|channel|>final <|message|>fine",
            "fine",
            None,
        ),
        ("<|start|>assistant<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>fine", "fine", None),
        ("\n<|channel|>commentary to=x<|message|>hm<|call|><|channel|>final<|message|>fine<|end|>", "fine", None),
        ("analysisI should answer shortly.assistantfinalfine", "fine", "I should answer shortly."),
        ("<analysis>hm</analysis>fine", "fine", "hm"),
        ("<analysis>\nhm\n</analysis>\n\nfine", "fine", "hm"),
        ("<scratchpad>\nhm\n</scratchpad>\nfine", "fine", "hm"),
        ("<reflection>hm</reflection>\nfine", "fine", "hm"),
        ("<inner_thoughts>hm</inner_thoughts>\nfine", "fine", "hm"),
        ("<thought_process>hm</thought_process>\nfine", "fine", "hm"),
        ("<planning>\nfirst a\n</planning>\n<analysis>\nb\n</analysis>\nfine", "fine", "first a\n\nb"),
        ("<analysis>I could write\n" + BLOCK + "</analysis>\n" + BLOCK, BLOCK, "I could write\n" + BLOCK),
        ("[THINK]\nhm\n[/THINK]\n\nfine", "fine", "hm"),
        ("[REASONING]hm[/REASONING]fine", "fine", "hm"),
        ("[BEGIN_THINK]hm[END_THINK]\nfine", "fine", "hm"),
        ("<reason>\nhm\n</reason>\nfine", "fine", "hm"),
        ("<reasoning_content>hm</reasoning_content>\nfine", "fine", "hm"),
        ("<scratch_pad>hm</scratch_pad>fine", "fine", "hm"),
        ("<reflect>hm</reflect>\nfine", "fine", "hm"),
        ("<seed:cot_budget_reflect>hm</seed:cot_budget_reflect>fine", "fine", "hm"),
        ("<|thinking|>hm<|/thinking|>fine", "fine", "hm"),
        ("<|think|>hm<|end_think|>\nfine", "fine", "hm"),
        ("Thinking...\nhm, so\n...done thinking.\n\nfine", "fine", "hm, so"),
        ("```thinking\nhm\n```\nfine", "fine", "hm"),
        ("<details>\n<summary>Thought for 3 s</summary>\nhm\n</details>\n\nfine", "fine", "hm"),
        ("<think>hm<think>fine", "fine", "hm"),
        ("<think>\nhm\n<think>\n\nfine", "fine", "hm"),
        ("<think:deep>hm</think:deep>fine", "fine", "hm"),
        ("<thinking-process>\nhm\n</thinking-process>\nfine", "fine", "hm"),
        ("<tool_thought>\nhm\n</tool_thought>\nfine", "fine", "hm"),
        ("<longcat_think>hm</longcat_think>fine", "fine", "hm"),
        ("<thoughts_and_plan>\nhm\n</thoughts_and_plan>\nfine", "fine", "hm"),
        ("<thinking_mode>\nhm\n</thinking_mode>\nfine", "fine", "hm"),
        ("<ponder>\nhm\n</ponder>\nfine", "fine", "hm"),
        ("<unused94>thought\nhm<unused95>fine", "fine", "hm"),
        ("＜think＞hm＜/think＞fine", "fine", "hm"),
        ("&lt;think&gt;\nhm\n&lt;/think&gt;\nfine", "fine", "hm"),
    ],
)
def test_reasoning_is_taken_off(text: str, answer: str, thought: str | None) -> None:
    """In tags of every family, closed, never closed, never opened, more than once; what it drops is no answer."""
    said, aloud = split_reasoning(text)
    assert said.strip() == answer.strip() and (thought is None or aloud == thought.strip())


@pytest.mark.parametrize(
    "text",
    [
        "The tag `<think>` opens reasoning.",
        'text.split("</think>")[1]',
        "A model may say <think> and never close it.",
        "```python\nOPEN = 1  # <think>\n<think>\nx\n</think>\n```\nso it is",
        "```\n<think>\n```\nand\n```\n</think>\n```\nfine",
        "We measure reasoning; a thought is a <thoughtful> thing.",
        "The record is\n<analysis>\nand it never ends.",
        "A prompt holds <analysis>x</analysis> tags, which we leave out.",
        "<prompt>\n<analysis>x</analysis>\n</prompt>\nis what it is asked.",
        "\\begin{verbatim}\n<analysis>\nx\n</analysis>\n\\end{verbatim}\nis what the model is given.",
        "\\begin{lstlisting}\n<think>\nx\n</think>\n\\end{lstlisting}\nis what the model is given.",
        "```xml\n<scratchpad>\nx\n</scratchpad>\n```\nis the form.",
        "<analysis>\nAll of the answer stands in here.\n</analysis>",
        "analysis of variance is what we use, and the assistant is final.",
        "A list x[THINK] is indexed; the [reasoning] is ours.",
        "The tokens <unused94> and <unused95> of the vocabulary are spare.",
        "Its page says &lt;think&gt; where the tag stands.",
        "<file>\n<reason-code>3</reason-code>\n</file>\nis the log.",
        "The channel `<|channel|>analysis` holds thoughts.",
        "The tag \\texttt{<think>} opens it and \\texttt{</think>} ends it.",
        "We cut what stands between <think> and </think> out of each text.",
        "```thinking\nis how a fence may be named\n```",
        "<details>\n<summary>Figures</summary>\nnone\n</details>\nfine",
        "Use `re.sub(r'<think>.*</think>', '', text)` here.",
        BLOCK,
        "",
    ],
)
def test_a_tag_that_is_spoken_of_stays(text: str) -> None:
    """In code, in quotes and in passing, a tag is text: nothing is lost."""
    assert split_reasoning(text) == (text, "")


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply("fine", "m"), ""),
        (Reply("fine", "m", finish="eos"), ""),
        (Reply("fine", "m", reasoning="hm"), ""),
        (Reply("half a sen", "m", finish="length"), "cut"),
        (Reply("<think>hm</think>half a sen", "m", finish="max_tokens"), "cut"),
        (Reply("half a sen", "m", finish="error"), "cut"),
        (Reply("half a sen", "m", finish="model_length"), "cut"),
        (Reply("", "m", finish="length"), "spent"),
        (Reply("", "m", finish="length", reasoning="hm"), "spent"),
        (Reply("<think>hm", "m", finish="length"), "spent"),
        (Reply("half", "m", finish="content_filter"), "filtered"),
        (Reply("", "m", finish="content_filter"), "filtered"),
        (Reply("", "m", refusal="I will not"), "refused"),
        (Reply("", "m", finish="tool_calls", tools=("search",)), "tools"),
        (Reply("fine", "m", finish="tool_calls", tools=("search",)), ""),
        (Reply("", "m"), "empty"),
        (Reply(" \n\t", "m"), "empty"),
        (Reply("<think></think>\n", "m"), "empty"),
        (Reply("<think>hm</think>\n", "m"), "reasoned"),
        (Reply("<think>hm", "m"), "reasoned"),
        (Reply("", "m", reasoning="hm"), "reasoned"),
        (Reply("x" * (LONGEST + 1), "m"), "long"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_reply_is_what_it_is(reply: Reply, fault: str) -> None:
    """An answer, or the one reason why it is none; a cut reply is never an answer, one that only reasons is empty."""
    heard = hear(reply)
    assert heard.fault == fault and len(heard.text) <= LONGEST


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("fine", "fine"),
        (None, ""),
        ([{"type": "text", "text": "fi"}, {"type": "text", "text": "ne"}], "fine"),
        ([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "fine"}], "fine"),
        ([{"type": "output_text", "text": "fine"}, {"type": "image_url", "image_url": {}}], "fine"),
        ({"type": "text", "text": "fine"}, "fine"),
        (["fi", "ne"], "fine"),
        (7, ""),
    ],
)
def test_content_in_parts_is_its_text(content: Any, text: str) -> None:
    """The text of the parts in order; thinking and pictures among them are no text."""
    assert words_of(content) == text


@pytest.mark.parametrize(
    "message",
    [
        {"reasoning_content": "hm"},
        {"reasoning": "hm"},
        {"reasoning_content": "hm", "provider_specific_fields": {"reasoning": "hm"}},
        {"thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "x"}]},
        {"reasoning_details": [{"type": "reasoning.text", "text": "hm"}]},
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "x"},
            ]
        },
        {"content": [{"type": "reasoning", "text": "hm"}]},
    ],
    ids=str,
)
def test_reasoning_in_a_field_of_its_own_is_found(message: dict[str, Any]) -> None:
    """Under each name that providers give it, and once."""
    assert thoughts_of(message) in ("hm", "")
    if "content" not in message or message["content"][0]["type"] == "reasoning":
        assert thoughts_of(message) == "hm"
