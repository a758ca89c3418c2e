"""A section holds commands of a list: what models write passes, what reads, writes, acts or ends the paper is told by name."""

from __future__ import annotations

import pytest

from agent.proofreading.source.allowed import COMMANDS
from agent.proofreading.source.commands import command_problems
from agent.proofreading.source.latex import Surroundings, structure_problems
from tests.world.latex_pieces import ATTACKS, HONEST

AROUND = Surroundings({"gao2024scaling"}, {"mse.pdf"}, {"sec:method", "sec:results"})


@pytest.mark.parametrize("text", HONEST)
def test_takes_what_models_write(text: str) -> None:
    """Prose, mathematics, tables, figures, pseudocode, theorems, addresses: nothing is told."""
    assert structure_problems(text, AROUND) == []


@pytest.mark.parametrize("text", ATTACKS)
def test_refuses_what_no_section_holds(text: str) -> None:
    """Reading, writing, active content, definitions, an early end: each is a problem, whatever its spelling."""
    assert structure_problems(text, AROUND), text


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_in_the_middle_of_honest_text_is_refused_too(text: str) -> None:
    """What stands around it changes nothing."""
    assert structure_problems(f"Plain words about $x_1$.\n\n{text}\n\nMore words.", AROUND), text


@pytest.mark.parametrize("name", sorted({"input", "write", "csname", "let", "catcode", "special", "stop", "pdfobj"}))
def test_a_preamble_makes_no_dangerous_command_usable(name: str) -> None:
    """A template's own preamble may define more for writers, but never what reads, writes or changes how TeX reads."""
    assert command_problems(f"\\{name}{{x}}", f"\\newcommand{{\\{name}}}{{}} % writers may use: \\{name}")


def test_a_definition_is_answered_once_with_what_to_write() -> None:
    """A macro of the text's own names what to write wherever it stands; its uses are not told again."""
    (told,) = command_problems(r"\newcommand{\R}{\mathbb{R}} $x \in \R^d$ and $y \in \R$")
    assert "\\R is defined in a section" in told and "write \\mathbb{R} wherever it stands" in told
    assert "write \\operatorname{sg} wherever" in command_problems(r"\DeclareMathOperator{\sg}{sg} $\sg(x)$")[0]
    assert any("\\norm is defined" in each for each in command_problems(r"\def\norm#1{\lVert #1\rVert} \norm{x}"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"\input{x}", "reads no file: write the text itself"),
        (r"\write18{x}", "runs no program"),
        (r"\pdfcatalog{x}", "no active content"),
        (r"\stop", "the paper goes on behind the section"),
        (r"\phantom{x}", "hides words"),
        (r"\usepackage{x}", "the preamble is the tool's"),
        (r"\section{x}", "the tool places it"),
        (r"\evid{x}{y}", "write [[run_1.metric]]"),
        (r"\href{run:x}{y}", "no other kind of address is taken"),
        (r"\nosuch", "use one of LaTeX, amsmath or amssymb"),
        (r"\SI{3}{ms}", "type number and unit"),
        (r"\KwIn{x}", "use the environments algorithm and algorithmic"),
    ],
)
def test_names_the_command_and_the_remedy(text: str, told: str) -> None:
    """A writer hears which command it was and what to write in its place."""
    assert any(told in problem for problem in command_problems(text)), command_problems(text)


def test_a_template_s_own_preamble_offers_more() -> None:
    """What it defines, what a comment of it offers from its packages, and what packages that are known here bring."""
    preamble = "\\usepackage{physics,siunitx}\n% writers may use: \\dv \\pdv\n\\newcommand{\\loss}{L}\n\\DeclareMathOperator{\\sg}{sg}"
    assert command_problems(r"$\dv{x}{y}$ $\loss$ $\sg(x)$ \SI{3}{ms}", preamble) == []
    assert len(command_problems(r"$\dv{x}{y}$ $\loss$ $\sg(x)$ \SI{3}{ms}")) == 4


def test_the_list_holds_nothing_that_reads_or_acts() -> None:
    """A guard on the list itself: no name that reads, writes, defines or acts may slip into it."""
    harmful = "input include write openin read special catcode csname def let expandafter immediate stop newcommand renewcommand pdfliteral"
    assert not COMMANDS & set(harmful.split())
    assert not any(name.startswith(("pdf", "evid", "lab@", "hyper@")) for name in COMMANDS)
