"""Without TeX the draft is one HTML file that can be read: formulas, tables, figures, citations, links to the evidence."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.conduct import outcome
from agent.paper import write_paper
from agent.printing.html.draft import html_of
from agent.printing.html.maths import mathml
from agent.sandbox import choose
from agent.session.events import Audited, Compiled, SessionEnded
from agent.session.paths import REPOSITORY
from agent.session.session import Session
from agent.writing.bibliography import read_entries
from tests.world import papers
from tests.world.latex_pieces import HONEST
from tests.world.stage import Writer, gateway_for

WORK = "@article{gao2024scaling, author={Gao, Leo and Dupr{\\'e} la Tour, Tom and Tillman, H}, title={Scaling {SAEs}}, year={2024}, url={https://example.org/a\\_b}}"


class Balanced(HTMLParser):
    """Notes each tag that is closed by another."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "img", "embed", "meta", "mspace"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed by itself."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def draft(body: str, figures: Path = Path("/nonexistent")) -> str:
    tex = f"\\documentclass{{article}}\\title{{A \\emph{{title}}}}\\begin{{document}}\\maketitle\n{body}\n\\bibliography{{references}}\\end{{document}}"
    return html_of(tex, read_entries(WORK), figures)


def words(html: str) -> str:
    html = re.sub(r"<annotation.*?</annotation>|<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def test_an_appendix_has_letters_and_can_be_referred_to_from_before() -> None:
    """As in print: `(Appendix B)` in the abstract, and from one part of the appendix to another."""
    made = words(
        html_of(
            "\\title{T}\\begin{document}\\begin{abstract}See Appendix~\\ref{b}, \\cref{a} or \\cref{s}.\\end{abstract}\\section{Method}\\label{s}"
            "\\bibliography{references}\\clearpage\\appendix\\section{Rows}\\label{a}As \\ref{b} says."
            "\\section{Review}\\label{b}\\subsection{Part}Words.\\end{document}",
            (),
            Path("/nonexistent"),
        )
    )
    assert "See Appendix B, Appendix A or Section 1." in made
    assert "A Rows" in made and "As B says." in made and "B Review" in made and "B.1 Part" in made and "??" not in made


@pytest.mark.parametrize("piece", HONEST)
def test_what_a_section_may_hold_can_be_read(piece: str) -> None:
    """Each honest piece becomes sound HTML in which no command and no reference to nothing is left."""
    html = draft(f"\\section{{A}}\\label{{sec:method}}\\section{{B}}\\label{{sec:results}}\n{piece}")
    made = Balanced(html)
    assert made.wrong == [] and made.open == []
    left = re.findall(r"\\[A-Za-z]+", words(html))
    assert left in ([], ["\\n"]) and "??" not in words(html) and "\x00" not in html and "\x01" not in html


def test_references_numbers_and_citations(tmp_path: Path) -> None:
    """Sections, equations, figures and works are numbered and linked; a value links to its row of the evidence."""
    (tmp_path / "mse.pdf").write_bytes(b"%PDF")
    (tmp_path / "mse.png").write_bytes(b"png")
    html = draft(
        "\\section{One}\\label{sec:a} As \\citet{gao2024scaling}, see \\cref{sec:a,fig:b}, \\eqref{eq:c} and Figure~\\ref{fig:b}: \\evid{run_3.mse}{0.10}.\n"
        "\\begin{equation}\\label{eq:c} x^2 \\end{equation}\n"
        "\\begin{figure}\\includegraphics{mse.pdf}\\caption{The loss.}\\label{fig:b}\\end{figure}\n"
        "\\evidrow{run_3.mse} & mse",
        tmp_path,
    )
    assert "As Gao et al. 2024, see Section 1, Figure 1, (1) and Figure 1: 0.10." in words(html).replace("\xa0", " ")
    assert '<a class="evidence" href="#run_3.mse">0.10</a>' in html and '<a id="run_3.mse"></a>' in html
    assert 'src="data:image/png;base64,' in html and "Figure 1 The loss." in words(html)
    assert "Scaling SAEs" in words(html) and 'id="cite-gao2024scaling"' in html
    assert "http" not in re.sub(r'href="[^"]*"|https://example.org/a_b', "", html)


def test_the_marks_of_a_table_are_explained_below_it() -> None:
    """As in print, each legend on lines of its own, and the sentence behind them begins anew."""
    html = draft(
        "\\evidlegend\n\\evidlookslegend{2 (2 runs); Bonferroni}\n\\evidcontrollegend\n\\evidunmatchedlegend\nThis holds."
    )
    assert html.count('<span class="legend">') == 4 and "This holds." in html
    for told in (
        "unmarked: within noise",
        "all looks: 2 (2 runs); Bonferroni; in brackets",
        "of what was learnt",
        "comparisons are made at",
    ):
        assert told in words(html)
    printed = " ".join((REPOSITORY / "latex" / "labwords.sty").read_text().split())
    assert all(
        told in printed
        for told in ("unmarked: within noise", "a control beyond noise, so the metric says nothing of what was learnt")
    )


def test_pseudocode_lists_and_verbatim_words() -> None:
    """Steps are a numbered list with their words; what is verbatim stays so."""
    html = draft(
        "\\begin{algorithm}\\caption{Train.}\\label{alg:a}\\begin{algorithmic}[1]\\For{$t < T$}\\State step \\If{done}\\State stop\\EndIf\\EndFor"
        "\\end{algorithmic}\\end{algorithm} \\verb|x_y| \\begin{description}\\item[A] one\\end{description}"
    )
    assert "for t&lt;T do step if done then stop end if end for Algorithm 1 Train. x_y A one" in words(
        html.replace("</li>", " </li>").replace("</dt>", " </dt>")
    )


def test_formulas_are_mathml() -> None:
    """Fractions, sums with limits, cases and letters of other faces, with the LaTeX beside them."""
    made = mathml("\\frac{1}{N}\\sum_{i=1}^{N} \\lVert x_i \\rVert_2 \\in \\mathbb{R}")
    assert (
        made.startswith("<math><semantics>")
        and "<mfrac>" in made
        and "<munderover>" in made
        and "ℝ" in made
        and "‖" in made
    )
    assert "application/x-tex" in made
    cases = mathml("f = \\begin{cases} x & \\text{if } x > 0 \\\\ 0 & \\text{else} \\end{cases}", display=True)
    assert cases.count("<mtr>") == 2 and "if " in cases and 'display="block"' in cases


def test_nothing_of_a_text_becomes_markup() -> None:
    """What a section holds of HTML is shown, not run."""
    html = draft('\\texttt{<script>alert(1)</script>} and $a < b$ \\url{https://example.org/"onclick=x}')
    assert "<script>" not in html and "&lt;script&gt;" in html and '"onclick' not in html
    assert "href" not in draft("\\href{javascript:alert(1)}{words} \\url{javascript:alert(1)}")


@pytest.mark.whole
def test_a_session_without_tex_ends_with_a_draft_in_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draft, audit and exit as ever; the paper is paper.html, which says why. Resumed where there is TeX, it is printed."""
    session: Session = papers.noted_session(tmp_path)
    path = tmp_path / "bin"
    path.mkdir()
    with monkeypatch.context() as without:
        without.setenv("PATH", str(path))
        findings = write_paper(session, gateway_for(session, Writer(otherwise=papers.answer)), choose("plain"))
    assert findings == [] and next(session.journal.all(Audited)).findings == []
    assert not list(session.journal.all(Compiled)) and not session.paths.paper.exists()
    shown = words(session.paths.html_draft.read_text())
    assert "signed.tex" not in shown and "TeX is not installed here" in shown and "--resume prints the PDF" in shown
    assert "run 3 beat the baseline beyond noise" in shown and "0.8912" in shown and "Evidence" in shown
    result = outcome(session, SessionEnded(step="end", state="done", exit_code=0))
    assert result["paper"] == str(session.paths.html_draft)
    if shutil.which("pdflatex"):
        write_paper(session, gateway_for(session, Writer(otherwise=papers.answer)), choose("plain"))
        assert session.paths.paper.is_file() and not session.paths.html_draft.exists()


@pytest.mark.whole
def test_findings_stand_on_the_html_draft_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark of a draft is no matter of TeX."""
    session = papers.noted_session(tmp_path)
    phases = ("fill", "refine", "audit_1", "audit_2", "audit_3")
    wrong = {f"draft/Conclusion/{phase}/{n}": "It reaches 0.9312." for phase in phases for n in (1, 2, 3)}
    monkeypatch.setenv("PATH", str(tmp_path))
    findings = write_paper(session, gateway_for(session, Writer(wrong, otherwise=papers.answer)), choose("plain"))
    assert findings and "DRAFT: the audit found" in words(session.paths.html_draft.read_text())
