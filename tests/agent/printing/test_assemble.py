"""paper.tex is a function of draft and evidence: every reference filled once, every section in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.evidence.fill import filled_values
from agent.evidence.filled import Filled
from agent.evidence.once import reads
from agent.evidence.reference import Reference
from agent.printing.assemble import Paper, assemble, findings_tex, plain_latex, title_latex
from agent.results.registered.outcomes import Judged, Registration
from agent.session.events.hypothesis import Hypothesis
from agent.writing.draft import Draft
from tests.world.study import evidence

TEMPLATE = "@@TITLE@@\n@@SESSION@@\n@@ABSTRACT@@\n@@SECTIONS@@\n@@EVIDENCE@@\n@@OTHER@@"


def paper(*plain: str, **sections: str) -> Paper:
    return assemble(TEMPLATE, Draft("λ & more", sections, plain=frozenset(plain)), evidence(), "a_session")


def test_sections_stand_in_their_order_with_their_labels() -> None:
    """As placed in the paper, not as written; what the draft lacks is left out; unknown marks of the template stay."""
    tex = paper(Results="r", Introduction="i").tex
    assert tex.index("\\section{Introduction}\\label{sec:intro}\ni") < tex.index(
        "\\section{Results}\\label{sec:results}\nr"
    )
    assert "\\section{Method}" not in tex and tex.endswith("\n@@OTHER@@") and "\na_session\n" in tex
    assert tex.startswith("\\ensuremath{\\lambda} \\& more\n")


def test_a_comparison_that_a_section_told_is_not_told_again() -> None:
    """Results has a hypothesis' outcome with its numbers, the conclusion after it the outcome with what stands beside every claim;
    the abstract is read alone. The audit knows both forms, and each links to its row."""
    hypothesis = Hypothesis(name="H1", metric="mse", run="run_3", relation="better than", against="run_1")
    judged = Judged(hypothesis, "held", "better by 0.1, at 2 times the compute", " (at 2 times the compute)")
    known = replace(evidence(), registration=Registration((judged,)))
    sections = dict.fromkeys(["Title and Abstract", "Results", "Conclusion"], "H1 is [[H1.outcome]].")
    tex = assemble(TEMPLATE, Draft("T", sections), known, "s").tex
    told = [value for name, value in filled_values(tex) if name == "H1.outcome"]
    assert told == ["held (better by 0.1, at 2 times the compute)"] * 2 + ["held (at 2 times the compute)"]
    unseen = replace(judged, reason="worse by 0.1, within the noise of 0.2: a smaller difference would not be seen")
    assert unseen.short == unseen.words and replace(unseen, outcome="undecided within noise").short != unseen.words
    assert all(reads(each, known.resolve("H1.outcome"), known.results, "latex") for each in told)


@pytest.mark.parametrize(
    ("title", "latex"),
    [
        ("R&D at $5 a run", "R\\&D at \\$5 a run"),
        ("Between $5 and $6", "Between \\$5 and \\$6"),
        ("50% of a_b, #1 ~2 x^2", "50\\% of a\\_b, \\#1 {\\textasciitilde}2 x{\\textasciicircum}2"),
        ("a < b > c", "a \\ensuremath{<} b \\ensuremath{>} c"),
        ("On $x_1$ and $k=5$", "On $x_1$ and $k=5$"),
        ("Adam \\& {Eve}", "Adam \\& {Eve}"),
        ("\\emph{Top} 5\\%", "\\emph{Top} 5\\%"),
    ],
)
def test_a_title_in_plain_words_is_set_as_it_stands(title: str, latex: str) -> None:
    """An idea's title is no LaTeX; one with a command, a formula or a group is."""
    assert title_latex(title) == latex


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("R&D, A \\& B", "R\\&D, A \\& B"),
        ("\\emph{open & $5", "open \\& \\$5"),
        ("50% of a_b #1 x^2 a<b", "50\\% of a\\_b \\#1 x{\\textasciicircum}2 a\\ensuremath{<}b"),
        ("\\begin{tabular}{l}a & b\\end{tabular}", "a \\& b"),
        ("as \\citet{a2020} say in \\ref{sec:x}", "as [a2020] say in (sec:x)"),
        ("the \\unknowncommand{word} stays", "the word stays"),
        ("in C:\\path it stays", "in C:{\\textbackslash}path it stays"),
        ("\\centering{word}", "word"),
        ("It costs $5; x_1 at 5\\%.", "It costs \\$5; x\\_1 at 5\\%."),
    ],
)
def test_plain_words_lose_none(latex: str, words: str) -> None:
    """Signs that separate nothing, keys, and commands that nobody knows are shown; what only lays out is not."""
    assert plain_latex(latex) == words


def test_each_reference_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text, problems and the rows of the appendix come from one filling of each section."""
    asked: list[str] = []
    resolve = Evidence.resolve

    def counted(self: Evidence, inner: str | Reference) -> Filled:
        asked.append(str(inner))
        return resolve(self, inner)

    monkeypatch.setattr(Evidence, "resolve", counted)
    made = paper("Method", Method="[[run_1.mse]]", Results="[[run_3.mse]] [[run_9.mse]]")
    assert asked == ["run_1.mse", "run_3.mse", "run_9.mse"]
    assert made.references == ("run_1.mse", "run_3.mse") and list(made.problems) == ["Results"]


def test_a_plain_section_keeps_its_numbers_and_loses_its_latex() -> None:
    """Broken LaTeX is shown as words, references filled in and linked, nothing read as a command."""
    tex = paper("Method", Method="\\emph{Kept} a_b & \\input{x} [[run_3.mse]]\n\nNext [[run_2.title]]").tex
    body = tex.split("\\label{sec:method}\n")[1].split("\n%% section: ")[0]
    assert "Kept a\\_b" in body and "\\input" not in body and "\\emph" not in body
    assert "\\evid{run_3.mse}{0.1029}\n\nNext \\evidwords{run_2.title}{Weight" in body


def test_characters_that_hold_references_cannot_be_smuggled_in() -> None:
    """A private character in the source is no reference; it is left out like any that no font has."""
    tex = paper("Method", Method="\\emph{\ue000 \ue001 [[run_3.mse]]").tex
    assert tex.count("\\evid{run_3.mse}{0.1029}") == 1 and "\ue001" not in tex


def test_knows_in_which_section_a_line_stands() -> None:
    """TeX names a line; the section is the one whose mark stands above it."""
    made = paper(Introduction="one\ntwo", Results="three")
    lines = made.tex.splitlines()
    assert made.section_at(lines.index("two") + 1) == "Introduction"
    assert made.section_at(lines.index("three") + 1) == "Results"
    assert made.section_at(len(lines)) == "" and made.section_at(0) == ""


def test_tells_what_stands_by_its_code_point() -> None:
    """A character that no font has is known by its section, or as outside of all where it is in the title."""
    made = assemble(TEMPLATE, Draft("平 均", {"Method": "平 Nguyễn 平 я"}), evidence(), "a_session")
    assert made.unset == {"": "平均", "Method": "平я"} and "?" not in made.tex.splitlines()[0]


def test_findings_mark_a_draft() -> None:
    """How many there are, the first twelve of them escaped; nothing where there is none."""
    assert findings_tex([]) == ""
    assert findings_tex(["50% of a_b"]).startswith("\\labfindings{1 finding}{%\n\\item 50\\% of a\\_b")
    many = findings_tex([f"finding {number}" for number in range(15)])
    assert "{15 findings}" in many and many.count("\\item") == 13 and "3 more, in audit.json" in many
