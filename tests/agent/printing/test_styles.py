"""A venue's style is the user's to bring: what is missing is told with where to get it, what is there prints a checked paper."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from agent.checks.style import style_check, trial_printed
from agent.errors import CheckFailed, UsageError
from agent.packing.gather import gather
from agent.paper import write_paper
from agent.printing.pdf_text import pages_of, text_of
from agent.printing.standins import not_in_tex
from agent.printing.styles import Style, find_style, lay_style
from agent.printing.venues import VENUES
from agent.sandbox import choose
from agent.session.events import Compiled
from agent.session.paths import REPOSITORY
from agent.session.session import Session
from agent.session.settings import resolve
from agent.session.settings.groups import VENUE_NAMES, PaperSettings
from tests.world import papers
from tests.world.stage import Writer, gateway_for

LATEX = REPOSITORY / "latex"
NEURIPS = r"""
\ProvidesPackage{neurips_2099}
\newif\if@preprint \DeclareOption{preprint}{\@preprinttrue}\ProcessOptions
\usepackage{environ}\NewEnviron{ack}{\section*{Acknowledgments}\BODY}
\RequirePackage{natbib}
\RequirePackage[letterpaper,textwidth=5.5in,textheight=9in]{geometry}
\newcommand{\@noticestring}{Submitted to a conference.}
\if@preprint\renewcommand{\@noticestring}{Preprint. Under review.}\fi
\newtheorem{lemma}{Lemma of the style}
\AtBeginDocument{\thispagestyle{plain}\def\@oddfoot{\hfil\@noticestring\hfil}}
"""
ICLR = r"""
\ProvidesPackage{iclr2099_conference}
\RequirePackage{natbib,fancyhdr}
\newif\ificlrfinal \newcommand{\iclrfinalcopy}{\iclrfinaltrue}
\pagestyle{fancy}
\let\plainmaketitle\maketitle
\renewcommand{\maketitle}{\plainmaketitle\thispagestyle{fancy}\ificlrfinal\lhead{Published at a conference}\else\lhead{Under review}\fi}
"""
AUTHORS = r"""
\ProvidesPackage{authors}
\RequirePackage[numbers,sort&compress]{natbib}
\RequirePackage{lineno}\linenumbers
\RequirePackage{xcolor,hyperref,url,booktabs,microtype}
\newcommand{\@toptitlebar}{\hrule height 4pt \vskip 0.25in}
\newcommand{\And}{\end{tabular}\hfil\begin{tabular}[t]{c}}
\renewcommand{\maketitle}{\par\begingroup\@maketitle\thispagestyle{empty}\endgroup\let\maketitle\relax\let\thanks\relax}
\renewcommand{\@maketitle}{\vbox{\hsize\textwidth\@toptitlebar\centering{\LARGE\bf\@title\par}\begin{tabular}[t]{c}\bf\@author\end{tabular}}}
\renewenvironment{abstract}{\vskip 0.075in\centerline{\large\bf Abstract}\begin{quote}}{\par\end{quote}}
\newcommand{\answerYes}[1][]{\textcolor{blue}{[Yes] #1}}
"""
TWO_COLUMNS = r"""
\ProvidesPackage{columns}
\RequirePackage{times,fancyhdr,color,natbib,url}
\def\addcontentsline#1#2#3{}
\renewcommand{\maketitle}{\twocolumn[\begin{center}{\Large\bf\@title}\par\@author\end{center}]}
\pagestyle{fancy}\fancyhf{}
\newtheorem{theorem}{Theorem}
"""
SINGLE_APPENDIX = r"""
\newcommand{\@IEEEprocessthesectionargument}{}
\let\plainappendix\appendix
\newcommand{\appendices}{\plainappendix}
\renewcommand{\appendix}{\plainappendix\def\section##1{}}
"""
CHECKLIST = r"""
\ProvidesPackage{checklist}
\RequirePackage[authoryear,round]{natbib}
\newif\ifchecked \newcommand{\checklist}[1]{\checkedtrue #1}
\AtEndDocument{\ifchecked\else\PackageError{checklist}{The paper checklist is missing}{Fill it in}\fi}
"""
OF_ITS_OWN = r"""
\ProvidesPackage{ofitsown}
\RequirePackage{natbib,forloop,algorithm,algorithmic}
\bibliographystyle{plainnat}
\newcounter{turn}\newcommand{\three}{\forloop{turn}{1}{\value{turn} < 4}{\arabic{turn}}}
\AtBeginDocument{\typeout{counted \three}}
\newtheorem{theorem}{Theorem}
\newtheorem{lemma}[theorem]{Lemma}
\newenvironment{proof}{\par\noindent{\bf Proof\ }}{\hfill$\bullet$}
\endinput
A manual: write \usepackage{nosuchpackage}, which TeX never reads.
"""
SUBMITTED = r"""
\ProvidesPackage{submitted}
\RequirePackage{fancyhdr,natbib}\pagestyle{fancy}
\AtBeginDocument{\AtEndDocument{Under review as submission to a journal.}}
"""
needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")


@pytest.fixture
def styles(tmp_path: Path) -> Path:
    """A folder with files of our own that do what those of two venues do."""
    folder = tmp_path / "styles"
    (folder / "iclr").mkdir(parents=True)
    (folder / "neurips_2099.sty").write_text(NEURIPS)
    (folder / "neurips_2098.sty").write_text("\\nosuch")
    (folder / "iclr" / "iclr2099_conference.sty").write_text(ICLR)
    plain = Path("/usr/share/texlive/texmf-dist/bibtex/bst/natbib/plainnat.bst")
    (folder / "iclr" / "iclr2099_conference.bst").write_bytes(plain.read_bytes() if plain.is_file() else b"")
    return folder


def test_a_missing_style_is_told_with_where_to_get_it(tmp_path: Path) -> None:
    """Which file, who gives it out, and how it is named; a word that is no style names those that are."""
    for folder, told in (("", "LABLOOP_STYLES names no folder (not set)"), (str(tmp_path), f"{tmp_path} holds none")):
        with pytest.raises(CheckFailed) as failed:
            find_style("neurips", folder)
        assert told in str(failed.value) and "neurips_20*.sty" in str(failed.value)
        assert "https://neurips.cc" in str(failed.value) and "--style PATH" in str(failed.value)
    with pytest.raises(UsageError, match="no style of that name; it is plain, neurips, iclr, icml, .*, or the path"):
        find_style("nature", "")
    with pytest.raises(CheckFailed, match="no such file"):
        find_style(str(tmp_path / "none.sty"), "")
    (tmp_path / "a.sty").touch()
    (tmp_path / "b.cls").touch()
    with pytest.raises(UsageError, match="holds 2 .sty and .cls files"):
        find_style(str(tmp_path), "")


def test_a_style_is_found_by_name_by_file_and_by_folder(styles: Path) -> None:
    """The newest file of a venue; plain, or nothing, is no style."""
    assert find_style("", "") is None and find_style("plain", "") is None
    for asked in ("neurips", str(styles / "neurips_2099.sty"), str(styles)):
        style = find_style(asked, str(styles))
        assert style is not None and style.path.name == "neurips_2099.sty" and style.options == "preprint"
    found = find_style("ICLR", str(styles))
    assert found is not None and found.path.name == "iclr2099_conference.sty"


def test_each_venue_that_may_be_named_is_known() -> None:
    """Flag, setting and documentation list the names that lead to a style, no more and no fewer."""
    assert tuple(VENUES) == VENUE_NAMES


def test_flag_and_environment_say_which(tmp_path: Path) -> None:
    """`--style` and LABLOOP_STYLES reach the settings."""
    settings = resolve({"style": "iclr"}, None, {"LABLOOP_STYLES": str(tmp_path)})
    assert (settings.paper.style, settings.paper.styles) == ("iclr", str(tmp_path))


def test_a_template_with_a_look_of_its_own_takes_no_style(styles: Path, tmp_path: Path) -> None:
    """Its paper.tex may hold anything; which of the two is meant is the user's to say."""
    style = find_style("neurips", str(styles))
    assert style is not None
    with pytest.raises(UsageError, match="latex/ of its own"):
        lay_style(style, tmp_path, tmp_path / "laid")


@pytest.mark.tex
@needs_tex
def test_the_check_prints_a_trial_and_names_what_a_style_lacks(styles: Path) -> None:
    """Before the first question: a style that TeX takes passes; packages and errors of one that it does not are named."""
    found = style_check(PaperSettings(style="neurips", styles=str(styles)), LATEX)
    assert found.ok and ("stand in for environ.sty" in found.detail) is bool(not_in_tex(["environ.sty"]))
    lacking = styles / "own.sty"
    lacking.write_text("\\ProvidesPackage{own}\\RequirePackage{nosuchpackage}")
    result = style_check(PaperSettings(style=str(lacking)), LATEX)
    assert not result.ok and result.fatal and "own.sty: lacks nosuchpackage.sty" in result.detail
    assert "put them beside" in result.remedy and "texlive-latex-extra" in result.remedy
    lacking.write_text("\\ProvidesPackage{own}\\nosuchcommand")
    assert "Undefined control sequence" in style_check(PaperSettings(style=str(lacking)), LATEX).detail
    missing = style_check(PaperSettings(style="iclr"), LATEX)
    assert not missing.ok and "ICLR/Master-Template" in missing.detail


@pytest.mark.tex
@needs_tex
@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("authors", AUTHORS, "prints a trial paper"),
        ("checklist", CHECKLIST, "The paper checklist is missing"),
        ("ofitsown", OF_ITS_OWN, "prints a trial paper"),
        ("submitted", SUBMITTED, "Under review as submission to a journal', which no draft of labloop says"),
    ],
)
def test_styles_that_behave_as_those_of_venues(tmp_path: Path, name: str, text: str, told: str) -> None:
    """A title page and author form of its own, packages that the paper loads too, other options, line numbers,
    theorems, pseudocode and a bibliography's look of its own, a manual behind its end; one that says it was submitted, which it warns of; one that demands a checklist, which no tool fills in, is refused before the first question. Another style beside it counts for nothing."""
    (tmp_path / f"{name}.sty").write_text(text)
    (tmp_path / "another.sty").write_text("\\ProvidesPackage{another}\\RequirePackage{nosuchpackage}")
    found = style_check(PaperSettings(style=str(tmp_path / f"{name}.sty")), LATEX)
    assert told in found.detail and (not found.ok and found.fatal) is (name == "checklist")


@pytest.mark.tex
@needs_tex
def test_in_two_columns_nothing_is_wider_than_one(tmp_path: Path) -> None:
    """A share of \\textwidth is one of the column; the evidence, whose tables go over pages, stands in one column, under its
    title also where a style throws the titles of an appendix away."""
    (tmp_path / "columns.sty").write_text(TWO_COLUMNS.replace("{times", "{caption,times") + SINGLE_APPENDIX)
    (tmp_path / "laid").mkdir()
    lay_style(Style(tmp_path / "columns.sty"), LATEX, tmp_path / "laid" / "style")
    trial = trial_printed(tmp_path / "laid" / "style", ())
    assert trial.pdf is not None and trial.log.wide == ()
    rows = {round(glyph.y) for glyph in pages_of(trial.pdf)[-1].glyphs}
    assert len(rows) >= 3, "the evidence has a page of its own"
    assert "Evidence" in text_of(trial.pdf)


def styled(tmp_path: Path, **settings: str) -> Session:
    session = papers.noted_session(tmp_path)
    paper = session.settings.paper.model_copy(update=settings)
    return dataclasses.replace(session, settings=session.settings.model_copy(update={"paper": paper}))


@pytest.mark.tex
@needs_tex
@pytest.mark.parametrize(("style", "size"), [("neurips", (612, 792)), ("iclr", (612, 792))])
def test_a_paper_in_a_style_is_checked_as_any(tmp_path: Path, styles: Path, style: str, size: tuple[int, int]) -> None:
    """Values are bound, the audit is clean, nothing says that it was published or submitted; the package holds the files."""
    session = styled(tmp_path, style=style, styles=str(styles))
    findings = write_paper(session, gateway_for(session, Writer(otherwise=papers.answer)), choose("plain"))
    (compiled,) = session.journal.all(Compiled)
    assert findings == [] and compiled.ok and compiled.warnings == [] and compiled.looks == []
    printed, pages = text_of(session.paths.paper), pages_of(session.paths.paper)
    assert "run 3 beat the baseline beyond noise" in printed and "0.8912 ± 0.0004" in printed and "[?]" not in printed
    assert "labloop draft" in printed and "1970" not in printed
    assert not any(claim in printed for claim in ("Under review", "Published", "Submitted"))
    assert style == "iclr" or (round(pages[0].width), round(pages[0].height)) == size
    held = [name for name in gather(session).members if name.startswith("template/latex/")]
    assert any(name.endswith(".sty") and style in name for name in held) and not any("2098" in name for name in held)
    text = session.paths.latex / "paper.tex"
    shutil.rmtree(styles)
    assert text.is_file() and session.latex_source == session.paths.style
