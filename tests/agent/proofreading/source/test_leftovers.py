"""What no section holds is told with what to write in its place; what only looks like it stands."""

from __future__ import annotations

import pytest

from agent.proofreading.source.latex import unwrap
from agent.proofreading.source.leftovers import leftovers

_ENGLISH = "We average the iterates of a noisy descent, and ask whether the mean is nearer to the minimum than the last one is.\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (_ENGLISH + "</s>", "'</s>'"),
        (_ENGLISH + "<|im_end|>\n" + _ENGLISH, "'<|im_end|>'"),
        ("<answer>\n" + _ENGLISH, "'<answer>'"),
        (_ENGLISH + "</final_answer>", "'</final_answer>'"),
        (_ENGLISH + "```\n" + _ENGLISH, "'```'"),
        ("'''latex\n" + _ENGLISH, "\"'''latex\""),
        ("## Method\n" + _ENGLISH, "heading of Markdown"),
        (_ENGLISH + "- one thing\n- another thing\n", "itemize"),
        (_ENGLISH + "* one thing\n  that is long\n* another\n", "itemize"),
        (_ENGLISH + "1. one thing\n2. another\n", "enumerate"),
        (_ENGLISH + "| a | b |\n|---|---|\n| 1 | 2 |\n", "tabular"),
        (_ENGLISH + "See [the code](https://example.org/x).", "\\url"),
        (_ENGLISH + "This is **very** new.", "\\textbf"),
        (_ENGLISH + "This is <b>very</b> new.", "is HTML"),
        (_ENGLISH + "It is<br/>new.", "is HTML"),
        (_ENGLISH + "a &lt; b", "is HTML"),
        ("<abstract>\n" + _ENGLISH + "</abstract>", "'<abstract>'"),
        ("<my_section>" + _ENGLISH.strip() + "</my_section>", "'<my_section>'"),
        (_ENGLISH + "\n[END OF SECTION]\n", "'[END OF SECTION]'"),
        (_ENGLISH + "\n<END>", "'<END>'"),
        ("[LATEX]" + _ENGLISH + "[/LATEX]", "'[LATEX]'"),
        ("=== BEGIN SECTION ===\n" + _ENGLISH + "END SECTION", "'=== BEGIN SECTION ==='"),
        ("---\n" + _ENGLISH + "---\n", "'---'"),
        ("Method\n======\n" + _ENGLISH, "'======'"),
        (_ENGLISH + "![loss](loss.png)", "includegraphics"),
        (_ENGLISH + "> said somebody\n", "quote"),
        (_ENGLISH + "The setting `average` is one half.", "texttt"),
        (_ENGLISH + "This is __very__ new.", "\\textbf"),
        (_ENGLISH + "\\typeout{the loss rose}", "typeout"),
        (_ENGLISH + "\\index{the loss rose}", "\\index"),
        (_ENGLISH + "\\if00 the loss rose \\fi", "\\if"),
        (_ENGLISH + "\\textcolor{white}{the loss rose}", "hides words"),
        (_ENGLISH + "\\color[rgb]{1,1,1} the loss rose", "hides words"),
        (_ENGLISH + "\\fontsize{0pt}{0pt}\\selectfont the loss rose", "hides words"),
        (_ENGLISH + "\\vspace{-10cm}", "off the page"),
        (_ENGLISH + "\\hspace*{-.5\\textwidth}the loss rose", "off the page"),
        (_ENGLISH + "\\hspace{30cm}the loss rose", "off the page"),
        (_ENGLISH + "\\raisebox{20in}{the loss rose}", "off the page"),
        (_ENGLISH + "the loss rose \\\\[-8em]", "off the page"),
        (
            "Tyvärr kan jag inte hjälpa till med att skriva det här avsnittet eftersom underlaget saknas.",
            "not in English",
        ),
        (
            "Bohužel vám s napsáním této části nemohu pomoci, protože nemám přístup k výsledkům pokusů.",
            "not in English",
        ),
        ("عذرا، لا أستطيع مساعدتك في كتابة هذا القسم لأنني لا أملك النتائج.", "not in English"),
        ("ขออภัย ฉันไม่สามารถเขียนส่วนนี้ได้", "not in English"),
    ],
)
def test_a_leftover_is_told(text: str, told: str) -> None:
    """Marks and wrappers of a chat, Markdown, words that no reader sees, other languages."""
    assert any(told in problem for problem in leftovers(text)), leftovers(text)


@pytest.mark.parametrize(
    "text",
    [
        _ENGLISH,
        "",
        _ENGLISH + "The mark \\texttt{</s>} ends each text, and \\verb|<|im_end|>| a turn.",
        "\\begin{verbatim}\n# a comment\n- x\n- y\n```\n\\end{verbatim}\n" + _ENGLISH,
        _ENGLISH + "$a<b>c</b>$ and \\texttt{<b>x</b>} stand, as do the tokens <p> of the corpus.",
        _ENGLISH
        + "\\vspace{-1em}\\hspace{2em}\\vspace{.5\\baselineskip}\\raisebox{-0.5ex}{x}\\hspace{.3\\textwidth} a \\\\[4pt] b",
        _ENGLISH + "$a ** b$ and $x^{**}$ are dual norms.",
        _ENGLISH + "\n- a dash that begins a line alone.\n",
        "\\begin{tabular}{ll}\na & b \\\\\n\\hline\n1 & 2 \\\\\n\\end{tabular}",
        "$$\\|x - \\hat{x}\\|^2 + \\lambda \\sum_{i \\ne j} a_i a_j |d_i^\\top d_j|$$",
        _ENGLISH + "\\textcolor{blue}{[[run_1.mse]]} stands in colour.",
        _ENGLISH + "The ``mean'' and the `last' one, as `they' say, and `another' too.",
        _ENGLISH + "A dash --- as here --- parts a clause, and $a__b__$ is maths.",
        _ENGLISH + "$x\n> y$ and \\[a\n> b\\] are compared.",
        _ENGLISH + "The token <sep> parts, and\n<eot> stands at a line's beginning in a sentence.",
        "\\begin{figure}[H]\n\\centering\n\\caption{A mean.}\n\\end{figure}\n" + _ENGLISH,
        "\\begin{tabular}{l}\n\\texttt{__init__} \\\\\n\\end{tabular}\n" + _ENGLISH,
        "[H]\n" + _ENGLISH,
        _ENGLISH + "It holds if and only if $x < s > y$.",
        "\\iff is spelt so, and the ifs are ours to tell from the \\textit{ifelse} of the language.",
        "Baselines: TopK, BatchTopK, JumpReLU.",
    ],
)
def test_what_only_looks_like_one_stands(text: str) -> None:
    """Code, maths, one dash, colours that are seen, short parts without a verb."""
    assert leftovers(text) == []


@pytest.mark.parametrize("name", ["latex", "answer", "response"])
def test_a_wrapper_round_the_whole_is_taken_off(name: str) -> None:
    """As a fence is: the words within are the section."""
    assert unwrap(f"<{name}>\n{_ENGLISH}</{name}>") == _ENGLISH.strip()


@pytest.mark.parametrize(
    "text",
    [
        "We leave out the <bos> and <pad> tokens.",
        "The token <bos>, the first, counts.",
        "We count 120 words in each text.",
        "Word count is what it measures.",
    ],
)
def test_a_token_that_a_sentence_speaks_of_is_no_mark(text: str) -> None:
    """Names of a vocabulary's tokens in the midst of a sentence, and words on counting, are the paper's own."""
    assert leftovers(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The mean is near.\n\n(Word count: 120)",
        "**Word Count:** 120",
        "The mean is near.\n\n[~120 words]",
        "The mean. <eos>",
        "<bos>The mean.",
    ],
)
def test_a_count_or_a_mark_at_an_end_is_one(text: str) -> None:
    """What a model says of its answer's length, and a chat's mark at a text's edge, is no part of it."""
    assert leftovers(text)
