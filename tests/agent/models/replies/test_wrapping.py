"""What stands round an answer is none of it: a chat's marks, tags and boxes, headings that part it from its reasoning."""

from __future__ import annotations

import pytest

from agent.models.protocol import Reply
from agent.models.replies import hear


@pytest.mark.parametrize(
    ("text", "thought"),
    [
        ("<answer>fine</answer>", ""),
        ("<think>hm</think>\n<answer>\nfine\n</answer>\n", "hm"),
        ("<reasoning>\nhm\n</reasoning>\n\n<output>\nfine\n</output>", "hm"),
        ("<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>fine<|end_of_solution|>", "hm"),
        ("<|begin_of_box|>fine<|end_of_box|>", ""),
        ("<|im_start|>assistant\n<think>hm</think>fine<|im_end|>", "hm"),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nfine<|eot_id|>", ""),
        ("Thought for 12 seconds\n\nfine", ""),
        ("*Thought for 1m 2s*\nfine", ""),
        ("### Reasoning\nhm\n\n### Answer\nfine", "hm"),
        ("**Thinking:**\nhm\n\n**Final answer:**\nfine", "hm"),
        ("**Thinking:** hm\n\n**Answer:** fine", "hm"),
        ("*Thinking...*\n\n> hm\n> hm\n\nfine", "> hm\n> hm"),
        ('{"reasoning": "hm", "answer": "fine"}', "hm"),
        ("{'thought': 'hm', 'response': 'fine'}", "hm"),
        ("< think >hm</ think >fine", "hm"),
        ("<think>hm</thinking>fine", "hm"),
        ("hm, so.</think>fine", "hm, so."),
        ("<think>a<think>b</think>c</think>fine", "a<think>b\n\nc"),
        ("<plan>\nhm\n</plan>\n\nfine", "hm"),
        ("<draft>hm</draft>fine", "hm"),
        ("<working out>\n1. hm\n2. so\n</working out>\n<final_answer>fine</final_answer>", "1. hm\n2. so"),
        ("<think>a</think>\n<plan>b</plan>\n<draft>c</draft>\n<final>fine</final>", "a\n\nb\n\nc"),
        ("<revision>\nfine\n</revision>", ""),
        ("<plan>fine</plan>", ""),
        ("Here is my thought process:\nhm\n\nHere is my response:\nfine", "hm"),
        ("Here are my reasoning steps:\nhm\n[BEGIN FINAL RESPONSE]\nfine\n[END FINAL RESPONSE]", "hm"),
        ("hm\n[BEGIN FINAL RESPONSE]fine", "hm"),
        ("<|channel>thought\nhm<channel|>fine", "hm"),
        ("<think>hm</think>\n<answer>\nfine", "hm"),
        ("<think>\nhm\n<answer>fine</answer>", "hm"),
        ("fine\n</answer>", ""),
        ('<answer type="final">fine</answer>', ""),
        ("<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>fine<|END_RESPONSE|>", "hm"),
        ("<|startoftext|>fine", ""),
        ("<｜begin▁of▁sentence｜>fine", ""),
        ("[/INST] fine</s>", ""),
        ("assistant\n\nfine", ""),
        ("Assistant: fine", ""),
        ("### Response:\nfine", ""),
        ("\ufefffine", ""),
        ("fine<|im_end|>\n<|im_start|>user\nWhat now?<|im_end|>", ""),
        ("fine<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nhm", ""),
        ("*Thinking: hm*\n\nfine", "Thinking: hm"),
        ("**Thinking process:**\n\n1. hm\n\n---\n\nfine", "1. hm"),
        ("Thinking: hm\nAnswer: fine", "hm"),
        ("Reasoning:\nhm\n\nFinal answer:\nfine", "hm"),
        ("> Thinking...\n> hm\n\nfine", "> Thinking...\n> hm"),
        ("<think>hm</think></think>fine", "hm"),
        ("\\<think\\>hm\\</think\\>fine", "hm"),
        ("<思考>hm</思考>\nfine", "hm"),
        ("思考过程：\nhm\n\n回答：\nfine", "hm"),
        ('{"reasoning": "hm", "answer": "fine", "confidence": 0.9}', "hm"),
        ('```json\n{"reasoning": "hm", "answer": "fine"}\n```', "hm"),
        ('{"answer": "fine"}', ""),
        ("<response>\n<thinking>hm</thinking>\n<answer>fine</answer>\n</response>", "hm"),
        ("assistant<|im_sep|>fine<|im_end|>", ""),
        ("fine<|reserved_special_token_0|>", ""),
        ("Reasoned for a few seconds\n\nfine", ""),
        ("<|channel|>final\nfine", ""),
        ('{"role": "assistant", "content": "fine"}', ""),
    ],
)
def test_what_stands_round_an_answer_is_taken_off(text: str, thought: str) -> None:
    """As servers, pages and models put it there; what was thought is kept beside it."""
    heard = hear(Reply(text, "m"))
    assert (heard.text.strip(), heard.reasoning, heard.fault) == ("fine", thought, "")


@pytest.mark.parametrize(
    "text",
    [
        "We write <answer> round what is said.",
        "<answer>one</answer>\nand\n<answer>two</answer>",
        "### Reasoning\nThe benchmark asks for steps.\n\nIt has no other part.",
        "Title: Averaging\nReading: It may be noise.\nAnswer to the advice: It holds.\n",
        "Thought for food is the name of the corpus.",
        '{"path": "experiment.py", "content": "x = 1"}',
        '{"reasoning": "hm", "answer": "fine", "path": "a.py"}',
        "The tag </think> ends what is thought.",
        "It ends with <think>, closed by </think>, and goes on.",
        '```python\nT = """<|im_end|>\n<|im_start|>user\nx"""\n```\nis the template.',
        '{"content": "hello"}',
        "Reasoning about noise: the answer is that it is larger.",
        "> A quotation\n> of the idea.\n\nWe follow it.",
        "*Averaging*\n\nhelps.",
        "We compare <answer> with <response>.",
        "Thinking steps are counted.\nThe answer is short.",
    ],
)
def test_what_an_answer_speaks_of_stays(text: str) -> None:
    """Tags in a sentence, several answers, a heading of its own, data that is an edit: nothing is taken off."""
    assert hear(Reply(text, "m")).text == text


def test_latex_in_an_answer_of_json_is_kept() -> None:
    """With single backslashes, as models write it in JSON: no command loses its first letter."""
    assert hear(Reply('{"reasoning": "hm", "answer": "the rate $\\theta$"}', "m")).text == "the rate $\\theta$"


def test_a_channel_that_names_its_form_is_the_answer() -> None:
    """A last channel with a form of its own beside its name."""
    assert hear(Reply("<|channel|>final <|constrain|>text<|message|>fine<|end|>", "m")).text == "fine"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "<plan>\n1. Average all.\n2. Average half.\n</plan>\nH1: run 1 is lower.",
            "1. Average all.\n2. Average half.\n\nH1: run 1 is lower.",
        ),
        (
            "<draft>The mean of many iterates has less noise than one.</draft>\nAs asked.",
            "The mean of many iterates has less noise than one.\n\nAs asked.",
        ),
        ("<plan>b", "<plan>b"),
        ("In <plan>two steps</plan> we go.", "In <plan>two steps</plan> we go."),
    ],
)
def test_an_answer_in_the_tag_is_not_taken_for_its_preparation(text: str, answer: str) -> None:
    """A numbered plan with something beside it, a text with a word behind it, a tag that is never closed or spoken of."""
    heard = hear(Reply(text, "m"))
    assert (heard.text, heard.reasoning) == (answer, "")
