"""What is said to the one who asked, or stands for what was left out, does not get into the paper without a word."""

from __future__ import annotations

import pytest

from agent.proofreading.source.leftovers import leftovers

_ENGLISH = "We average the iterates of a noisy descent, and ask whether the mean is nearer to the minimum than the last one is."


@pytest.mark.parametrize(
    "text",
    [
        _ENGLISH + " I hope this helps!",
        _ENGLISH + "\n\nLet me know if you need more.",
        _ENGLISH + "\n\nWould you like me to expand it?",
        "As requested, the section follows. " + _ENGLISH,
        "Hmm, I need to write it. " + _ENGLISH,
        "I'll now write the section. " + _ENGLISH,
        "I have removed the typed number. " + _ENGLISH,
        "Here is the revised section. " + _ENGLISH,
        "Here is the revised abstract: " + _ENGLISH,
        "Sure, here's the section:\n\n" + _ENGLISH,
        "Below is the complete section in LaTeX:\n" + _ENGLISH,
        _ENGLISH + "\n\nChanges made: the number is a reference now.",
        _ENGLISH + "\n\n[End of section]",
        _ENGLISH + "\n\nHuman: and the next one?",
    ],
)
def test_what_is_said_to_the_one_who_asked_is_told(text: str) -> None:
    """Offers, promises, thoughts, reports of what was changed, another's turn."""
    assert any("whoever asked" in problem for problem in leftovers(text)), leftovers(text)


@pytest.mark.parametrize(
    "text",
    [
        "[... rest unchanged ...]",
        "(rest of the section unchanged)",
        "[Section 2 omitted]",
        "[To be filled in]",
        "Section continues...",
        "(citation needed)",
        "\\textit{[the proof is as before]}",
    ],
)
def test_what_stands_for_something_left_out_is_told(text: str) -> None:
    """In brackets, or as a sentence."""
    assert any("give the section whole" in problem for problem in leftovers(f"{_ENGLISH} {text}"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Caf\\u00e9 is where it began.", "write the character"),
        ("{\\% if names %} It holds.", "leave it out"),
        ("The mse is $run_1.mse$.", "write [[run_1.mse]]"),
        ("The mse is {run\\_2.details.mse}.", "write [[run_2.details.mse]]"),
    ],
)
def test_what_is_printed_as_something_else_is_told(text: str, told: str) -> None:
    """Escapes of other languages, names of values that are no references."""
    assert any(told in problem for problem in leftovers(f"{_ENGLISH} {text}"))


@pytest.mark.parametrize(
    "text",
    [
        "The bias is omitted (constants omitted), the rest of the network is unchanged, and the loss continues to fall.",
        "It is trained as before (as before, with one seed), the proof omitted for brevity.",
        "\\begin{figure}[t]\\caption[As before]{A mean. I see no trend, and I added a second loss.}\\end{figure}",
        "\\item[unchanged] The rate. Actually, the mean is closer; we hope this is useful, and the reader may wait, as the loss does.",
        "Let $u_0$ be \\u{a} and $x_{42}$; see \\texttt{run_1.json} and \\verb|{% if %}|. The value is [[run_1.mse]].",
        "\\newline The user: a person. The human and the assistant take turns.",
        "A rate that we will write as $r$. I write $x$ for the mean. The end of the section is short.",
    ],
)
def test_honest_sentences_stand(text: str) -> None:
    """They speak of what was done and left out, of users, and in the first person."""
    assert leftovers(f"{_ENGLISH} {text}") == []
