"""The lines that a coder's reply is asked for are the lines that are read."""

from __future__ import annotations

import pytest

from agent.coding.reply import COMPLETED, Said, read_reply
from agent.session.paths import REPOSITORY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("TITLE: A weight\nADVICE: Taken: the weight alone.\n\ntext", Said("A weight", "Taken: the weight alone.")),
        ("**TITLE:** A weight\n**ADVICE:** None yet.\n", Said("A weight", "None yet.")),
        (
            "Well.\n- Title: Half the rate.\n- Advice: not taken (too slow)\n",
            Said("Half the rate", "not taken (too slow)"),
        ),
        ("TITLE: one\nTITLE: two\nADVICE: a\nADVICE: b", Said("one", "a")),
        ("ADVICE: taken.\nexperiment.py\n```python\nx\n```", Said("", "taken.")),
        ("A subtitle: no\nThe advice: was good", Said()),
        ("ADVICE:\nTITLE: x", Said("x", "")),
        ("", Said()),
        (COMPLETED, Said(completed=True)),
        (f"TITLE: Done\nADVICE: none left.\n\n**{COMPLETED}**.\n", Said("Done", "none left.", completed=True)),
        (f"```\n{COMPLETED}\n```", Said(completed=True)),
        (f"This is **not** {COMPLETED} yet; I would try a smaller step.", Said()),
        (f"I am to answer {COMPLETED} once nothing is left.\n\nTITLE: A step", Said("A step")),
        (f"All runs are done.\n\n{COMPLETED}", Said()),
        ("LAUNCH", Said(launch=True)),
        ("TITLE: A step\n`LAUNCH`\n", Said("A step", launch=True)),
        ("Please LAUNCH it as it is.", Said()),
        ("RELAUNCH", Said()),
    ],
)
def test_title_and_advice_are_read(text: str, said: Said) -> None:
    """First of each, with or without Markdown; a word in mid-sentence is none, and ALL_COMPLETED or LAUNCH is a whole reply."""
    assert read_reply(text) == said


def test_long_lines_are_cut() -> None:
    """A title fits a heading and advice a paragraph, whatever a model makes of them."""
    said = read_reply(f"TITLE: {'t' * 500}\nADVICE: {'a' * 5000}")
    assert (len(said.title), len(said.advice)) == (120, 600)


def test_the_prompts_ask_for_what_is_read() -> None:
    """Each label stands at the start of a line of the first message, as the reader wants it."""
    prompt = (REPOSITORY / "prompts" / "coder_run.jinja").read_text()
    asked = read_reply("\n".join(line for line in prompt.splitlines() if line.startswith(("TITLE", "ADVICE"))))
    assert asked.title and asked.advice
    assert COMPLETED in prompt
