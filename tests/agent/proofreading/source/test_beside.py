"""No word of an answer goes without a problem: talk to the one who asked may, and nothing else."""

from __future__ import annotations

import pytest

from agent.proofreading.source.beside import FENCE, lost_words

WHOLE = (
    "\\documentclass[11pt]{article}\n\\usepackage{amsmath}\n@\n\\author{A}\n\\date{\\today}\n"
    "\\begin{document}\n\\section{Method}\nWords.\n\\end{document}\n#\n"
)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Here it is:\n```latex\nx\n```\nHope this helps!", ""),
        ("Sure, I have revised it.\n\n```latex\nx\n```\n\nLet me know what you think.", ""),
        ("No fence at all, only words.", ""),
        ("```latex\nHalf a section", ""),
        ("The method trains a dictionary.\n\n```latex\ny\n```", "'The method trains a dictionary.'"),
        ("Here it is:\n```latex\nx\n```\n\nRun 2 beats the baseline.", "'Run 2 beats the baseline.'"),
        ("Here it is, see \\cite{a}.\n```latex\nx\n```", "outside of the block"),
        ("```latex\none\n```\nand\n```latex\ntwo\n```", "2 blocks"),
        ("Certainly! Below is the revised section:\n\n```latex\nx\n```\n\nWould you like me to shorten it?", ""),
        ("Sure!\n\nHere is the full LaTeX of the section, as requested:\n\n```\nx\n```", ""),
        ("Sure, I found it is worse.\n\n```latex\nx\n```", "'Sure, I found"),
        ("Here are the results, in which the loss rose:\n```latex\nx\n```", "'Here are the results"),
        ("```latex\nx\n```\nI hope this shows that the loss rose.", "'I hope this shows"),
        ("```latex\nx\n```\nIf you need the proof, it stands in the appendix.", "'If you need the proof"),
        ("Here is the revised results section:\n```latex\nx\n```\nI hope that helps!", ""),
        ("The loss is:\n```latex\nx\n```", "'The loss is:'"),
        ("Below chance, the probe tells nothing.\n\n```latex\nx\n```", "'Below chance"),
        ("My reading is that the noise changed here.\n```latex\nx\n```", "'My reading"),
        ("Here the penalty is updated each step.\n```latex\nx\n```", "'Here the penalty"),
        ("```latex\nx\n```\nI hope this helps. The second seed is missing.", "'I hope this helps."),
        ("```latex\nx\n```\nLet me know whether [[run_1.mse]] is meant.", "outside of the block"),
        ("```latex\nx\n```\nI changed the second sentence.", "'I changed the second"),
        ("```latex\nx\n```\nHere is more:", "'Here is more:'"),
        ("```latex\nx\n```\nwords between\n```latex\nthe longer one\n```", "'words between'"),
        (WHOLE.replace("@", "").replace("#", ""), ""),
        (WHOLE.replace("@", "\\newcommand{\\R}{R}").replace("#", ""), "'\\\\newcommand{\\\\R}{R}'"),
        (WHOLE.replace("@", "\\title{A Title}").replace("#", ""), "'\\\\title{A Title}'"),
        (WHOLE.replace("@", "\\begin{abstract}In short.\\end{abstract}").replace("#", ""), "In short."),
        (WHOLE.replace("@", "% a comment").replace("#", "The last word."), "'The last word.'"),
        (f"```latex\n{WHOLE}```".replace("@", "").replace("#", "An afterthought."), "'An afterthought.'"),
    ],
)
def test_words_outside_of_the_block_are_told(answer: str, told: str) -> None:
    """Talk round the block is no part of a section; anything else that would be lost is given back."""
    problems = lost_words(answer)
    assert any(told in problem for problem in problems) if told else problems == []


@pytest.mark.parametrize(
    "info",
    [
        "latex",
        " latex",
        'latex title="intro"',
        "{.latex}",
        "latex-source",
        "tex:intro.tex",
        "latex # intro",
        "latex (final)",
        "LaTeX:",
    ],
)
def test_a_block_may_say_more_than_its_language(info: str) -> None:
    """Name, attributes or a remark behind the opening marks: it is a block, and talk before it is talk."""
    answer = f"Sure, here it is:\n```{info}\nx\n```\nLet me know what you think."
    assert [block.strip() for block in FENCE.findall(answer)] == ["x"] and lost_words(answer) == []


def test_a_sentence_behind_the_marks_is_no_language() -> None:
    """Words on the line of the opening marks are never taken for its name, and so never lost."""
    assert FENCE.findall("```We average the noisy iterates.\nMore.\n```") == []


def test_the_section_s_own_name_above_the_block_is_no_loss() -> None:
    """The tool sets it anyway; another heading is told, and a fence of tildes is a fence."""
    assert lost_words("## Method\n\n```latex\nx\n```", "Method") == []
    assert lost_words("**Method:**\n~~~latex\nx\n~~~", "Method") == []
    assert lost_words("## Why\n\n```latex\nx\n```", "Method")


def test_a_title_before_the_document_counts_where_it_is_asked_for() -> None:
    """With title and abstract it is the title, so nothing is lost."""
    answer = WHOLE.replace("@", "\\title{A Title}").replace("#", "")
    assert lost_words(answer, titled=True) == []


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Method", False),
        ("Our Method", False),
        ("Methods", False),
        ("", False),
        ("Why Noise Matters", True),
        ("Results", True),
    ],
)
def test_a_heading_that_says_more_is_told(heading: str, told: bool) -> None:
    """The tool sets the section's own name, so a heading of another kind would vanish."""
    assert bool(lost_words(f"\\section{{{heading}}}\nWords.", "Method")) is told
