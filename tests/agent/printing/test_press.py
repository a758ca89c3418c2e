"""A PDF comes out whatever the writer wrote, through a real LaTeX run that can do no harm."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.errors import CheckFailed, NoRecordedAnswer
from agent.models.protocol import Request
from agent.paper import write_paper
from agent.printing.pdf_text import text_of
from agent.printing.press import Press, assembled
from agent.printing.trial import takes_section
from agent.proofreading.source.latex import DOUBTS, unwrap
from agent.sandbox import choose
from agent.session.events import Audited, Compiled, SectionWritten
from agent.session.session import Session, open_session
from agent.writing.bibliography import read_entries
from agent.writing.draft import read_draft
from agent.writing.draft.desk import lay_desk
from agent.writing.draft.sections import SECTIONS
from tests.world import papers
from tests.world.stage import Writer, gateway_for
from tests.world.study import REPORTED

pytestmark = [pytest.mark.tex, pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return papers.noted_session(tmp_path)


def unmended(request: Request) -> str:
    """The honest writer, who has no answer to what the audit gives back: one round, and no page is printed once more."""
    if "/audit_" in request.step:
        raise NoRecordedAnswer("it has none")
    return papers.answer(request)


def test_a_whole_paper_comes_out_clean(session: Session) -> None:
    """From the first section to the PDF: no finding, no warning, values and evidence in print, and nothing asked twice."""
    writer = Writer(otherwise=papers.answer)
    for _ in range(2):
        findings = write_paper(session, gateway_for(session, writer), choose("plain"))
    compiled = list(session.journal.all(Compiled))
    assert findings == [] and len(writer.asked) == 17
    assert [event.ok for event in compiled] == [True] and compiled[0].pages >= 3 and compiled[0].warnings == []
    printed = text_of(session.paths.paper)
    for words in (
        "run 3 beat the baseline beyond noise",
        "0.8912 ± 0.0004",
        "run_3/final_info.json",
        "Weight λ2 & 50% warm_up",
    ):
        assert words in printed
    assert "[?]" not in printed and "??" not in printed and "The audit of this draft" not in printed


def test_evidence_and_bibliography_can_be_copied(session: Session) -> None:
    """Every character of the PDF is one that a reader can copy: files, settings and addresses come out as they are."""
    press = papers.press_of(session, Writer(otherwise=papers.answer))
    press.make_it_compile()
    printed = text_of(session.paths.paper)
    assert "\N{REPLACEMENT CHARACTER}" not in printed
    for index in range(5):
        assert f"run_{index}/final_info.json" in printed
    for words in ("lambda_max", "ema_decay", "https://transformer-circuits.pub/2023/monosemantic-features"):
        assert words in printed


def test_a_font_that_tex_lacks_is_in_the_journal(session: Session) -> None:
    """A paper in a font that is not installed is printed, and the page says which font is missing."""
    style = session.paths.latex / "labloop.sty"
    press = papers.press_of(session, Writer(otherwise=papers.answer))

    def with_another_font(argv: Sequence[str], folder: Path) -> tuple[int, str]:
        style.write_text(style.read_text().replace("{txtt}", "{nosuchfont}"))
        return papers.run_tex(argv, folder)

    Press(press.desk, with_another_font).make_it_compile()
    warnings = list(session.journal.all(Compiled))[-1].warnings
    assert any(warning.startswith("no font T1/nosuchfont/m/n") for warning in warnings)


def test_links_each_number_to_its_row_of_the_evidence(session: Session) -> None:
    """Every target that a number links to exists in the PDF: hyperref names no missing one."""
    press = papers.press_of(session, Writer(otherwise=papers.answer))
    press.make_it_compile()
    log = (session.paths.latex / "paper.log").read_text(errors="replace")
    assert "has been referenced but does not exist" not in log and "multiply" not in log
    assert (session.paths.latex / "paper.aux").is_file()


def test_a_draft_with_findings_is_marked(session: Session) -> None:
    """What stays wrong prints a PDF all the same, with the DRAFT mark and the findings on its first page."""
    wrong = {
        f"draft/Conclusion/{phase}/{n}": "Explained variance reaches 0.9312."
        for phase in ("fill", "refine")
        for n in (1, 2, 3)
    }
    writer = Writer(wrong, otherwise=unmended)
    findings = write_paper(session, gateway_for(session, writer), choose("plain"))
    assert any(finding.what == "0.9312" for finding in findings)
    marked = [event for event in session.journal.all(Compiled) if event.marked]
    printed = text_of(session.paths.paper)
    assert (
        len(marked) == 1
        and "The audit of this draft has 1 finding" in printed
        and "labloop draft: 1 finding" in printed
    )
    assert next(session.journal.all(Audited)).findings == findings
    assert write_paper(session, gateway_for(session, writer), choose("plain")) == findings


def test_a_latex_error_goes_back_to_the_writer_of_its_section(session: Session) -> None:
    """TeX's own words name the fault; the mended section is printed and the others are left alone."""
    broken = papers.SECTIONS["Conclusion"] + "$brokenformula^2^3$"

    def writes(request: Request) -> str:
        return (
            broken
            if request.step.startswith("draft/Conclusion/") and "repair" not in request.step
            else papers.answer(request)
        )

    writer = Writer(otherwise=writes)
    papers.press_of(session, writer).make_it_compile()
    repairs = [request for request in writer.asked if "repair" in request.step]
    assert [request.step for request in repairs] == ["draft/Conclusion/repair_1/1"]
    assert "Double superscript" in repairs[0].messages[1].content and "brokenformula" in repairs[0].messages[1].content
    assert [event.ok for event in session.journal.all(Compiled)] == [False, True]
    assert "brokenformula" not in read_draft(session).sections["Conclusion"]


def test_a_section_that_stays_broken_is_set_as_plain_text(session: Session) -> None:
    """After three repairs the section is printed without its LaTeX, its numbers still filled in, and that is a finding."""
    broken = (
        papers.SECTIONS["Conclusion"] + "\\textbf{kept words} with $x^2^3$ and [[run_3.mse]]"
        "\\begin{figure}\\includegraphics{separation.pdf}\\caption{A caption.}\\label{fig:x}\\end{figure} (\\cref{fig:x})"
    )

    def writes(request: Request) -> str:
        return broken if request.step.startswith("draft/Conclusion/") else papers.answer(request)

    writer = Writer(otherwise=writes)
    findings = write_paper(session, gateway_for(session, writer), choose("plain"))
    assert sum("repair" in request.step for request in writer.asked) == 3
    printed = text_of(session.paths.paper)
    assert "kept words" in printed and "0.1029" in printed
    assert "A caption." in printed and "g r a p h i c s" not in printed
    assert any("could not be typeset" in finding.why for finding in findings)


def test_a_command_that_no_section_holds_never_reaches_tex(session: Session) -> None:
    """A writer that insists, and a journal of before the list: the section goes back once more, then stands as plain text."""
    broken = papers.SECTIONS["Conclusion"] + "\\pdfcatalog{/OpenAction << /S /JavaScript /JS (x) >>} \\stop The rest."

    def writes(request: Request) -> str:
        return broken if request.step.startswith("draft/Conclusion/") else papers.answer(request)

    press = papers.press_of(session, writer := Writer(otherwise=writes))
    seen: list[str] = []

    def watched(argv: Sequence[str], folder: Path) -> tuple[int, str]:
        seen.append((folder / "paper.tex").read_text())
        return papers.run_tex(argv, folder)

    Press(press.desk, watched).make_it_compile()
    assert seen and not any("\\pdfcatalog" in tex or "\\stop" in tex for tex in seen)
    assert len({request.step.rsplit("/", 1)[0] for request in writer.asked if "repair" in request.step}) == 1
    assert read_draft(session).plain == {"Conclusion"} and "The rest." in text_of(session.paths.paper)
    assert any("could not be typeset" in finding.why for finding in audit_session(session).findings)


WIDE = "\n\\begin{equation} " + " + ".join(f"\\alpha_{{{n}}} x_{{{n}}}" for n in range(15)) + " \\end{equation}\n"


def with_wide_formula(request: Request) -> str:
    """The honest writer, but for a formula in the Method that stands out of the page until its pages are looked at."""
    text = papers.answer(request)
    wide = request.step.startswith("draft/Method/") and "/look_" not in request.step
    return text.replace("\\paragraph{Moving average}", f"{WIDE}\\paragraph{{Moving average}}") if wide else text


def test_what_is_wrong_with_the_pages_goes_back_to_the_writer(session: Session) -> None:
    """The section hears of its page, comes back mended and is printed again; a resumed session asks nothing more."""
    press = papers.press_of(session, writer := Writer(otherwise=with_wide_formula))
    press.make_it_compile()
    first, second = session.journal.all(Compiled)
    assert first.ok and [look.section for look in first.looks] == ["Method"] and second.ok and second.looks == []
    (asked,) = [request for request in writer.asked if "/look_" in request.step]
    assert asked.step == "draft/Method/look_1/1" and "break the formula" in asked.messages[1].content
    assert "was printed, and this is wrong with its pages" in asked.messages[1].content
    before = len(writer.asked)
    press.make_it_compile()
    assert len(writer.asked) == before and len(list(session.journal.all(Compiled))) == 2


def test_pages_stay_as_they_are_where_a_recording_holds_no_answer(session: Session) -> None:
    """An older recording plays through: the page is a warning in the journal, no finding and no pause."""

    def recorded(request: Request) -> str:
        if "/look_" in request.step:
            raise NoRecordedAnswer("the recording has no answer")
        return with_wide_formula(request)

    press = papers.press_of(session, Writer(otherwise=recorded))
    press.make_it_compile()
    (compiled,) = session.journal.all(Compiled)
    assert compiled.ok and [look.section for look in compiled.looks] == ["Method"]
    assert audit_session(session).findings == []


def test_a_section_that_comes_back_as_it_was_leaves_no_finding(session: Session) -> None:
    """The writer was asked once more, which the paper tells: it is printed again, so that the audit does not take it for a change by hand."""

    def stubborn(request: Request) -> str:
        step = request.step.replace("/look_1", "")
        return with_wide_formula(Request(**{**vars(request), "step": step}))

    press = papers.press_of(session, writer := Writer(otherwise=stubborn))
    press.make_it_compile()
    assert any("/look_" in request.step for request in writer.asked) and len(list(session.journal.all(Compiled))) == 1
    assert audit_session(session).findings == []


def test_a_section_that_breaks_while_its_page_is_mended_stands_as_it_was_printed(session: Session) -> None:
    """At most five rounds; what was printed once is printed again, not as plain text."""

    def writes(request: Request) -> str:
        text = with_wide_formula(request)
        late = "/look_" in request.step or "/repair_" in request.step
        return text.replace("\n```", "\n$x^2^3$\n```") if late else text

    press = papers.press_of(session, writer := Writer(otherwise=writes))
    press.make_it_compile()
    rounds = {
        request.step.rsplit("/", 1)[0]
        for request in writer.asked
        if "/look_" in request.step or "/repair_" in request.step
    }
    assert len(rounds) <= 5 and read_draft(session).plain == frozenset()
    assert "alpha" in read_draft(session).sections["Method"] and "^2^3" not in read_draft(session).sections["Method"]


def test_pages_that_cannot_be_read_are_a_finding(session: Session) -> None:
    """A figure that the edge of the page cuts marks the draft where the writer leaves it so."""

    def writes(request: Request) -> str:
        return unmended(request).replace("width=0.6\\textwidth", "width=1.9\\textwidth")

    findings = write_paper(session, gateway_for(session, Writer(otherwise=writes)), choose("plain"))
    assert any("cut by the edge of the page" in finding.why for finding in findings)
    assert [event.marked for event in session.journal.all(Compiled)] == [False, True]


def press_with(session: Session, writer: Writer, entry: str) -> Press:
    """A press whose bibliography holds one more entry, cited in the Introduction."""
    press = papers.press_of(session, writer)
    text = papers.SECTIONS["Introduction"].split("\n", 2)[2] + "\nNoise is old \\citep{muster2016averages}."
    session.journal.append(
        SectionWritten(step="draft/Introduction/refine/x", section="Introduction", phase="refine", source=unwrap(text))
    )
    entries = (*press.desk.bibliography, *read_entries(entry))
    return Press(dataclasses.replace(press.desk, bibliography=entries), press.run_tex)


def test_a_bare_sign_in_a_bibliography_entry_is_mended(session: Session) -> None:
    """What exporters write, `A & B`, is set as it is meant; no writer is asked, no section becomes plain."""
    writer = Writer(otherwise=papers.answer)
    entry = "@article{muster2016averages, author={Muster, A & B}, title={50% of a_b}, journal={Signals & Systems}, year={2016}}"
    press_with(session, writer, entry).make_it_compile()
    compiled = list(session.journal.all(Compiled))
    assert len(writer.asked) == 17 and [event.ok for event in compiled] == [True] and compiled[0].bibliography == []
    printed = text_of(session.paths.paper)
    assert "Signals & Systems" in printed and "50% of a_b" in printed
    assert read_draft(session).plain == frozenset()


def test_a_bibliography_entry_that_tex_refuses_is_a_finding(session: Session) -> None:
    """It is printed in plain words, or left out; the finding names it, and no section is blamed for it."""
    writer = Writer(otherwise=papers.answer)
    entry = "@article{muster2016averages, author={Muster, A}, title={On \\nosuch{averages}}, journal={Signals}, year={2016}}"
    press_with(session, writer, entry).make_it_compile()
    (compiled,) = session.journal.all(Compiled)
    assert compiled.ok and len(writer.asked) == 17
    assert ["muster2016averages" in told and "plain words" in told for told in compiled.bibliography] == [True]
    assert "averages" in text_of(session.paths.paper)
    found = audit_session(session).findings
    assert any(finding.where == "paper, bibliography" and "muster2016averages" in finding.why for finding in found)


def test_a_title_that_tex_refuses_is_set_in_plain_words(session: Session) -> None:
    """Its error comes to light at \\maketitle; the title is mended, a finding says so, and no section is blamed."""
    title = "TITLE: A Study of Separation & Noise in $x^y^z$"
    writer = Writer({"draft/title/1": title.replace("&", "\\&")}, otherwise=papers.answer)
    papers.press_of(session, writer).make_it_compile()
    assert [event.blamed for event in session.journal.all(Compiled)] == ["title", ""]
    assert len(writer.asked) == 17 and read_draft(session).plain == frozenset()
    assert "A Study of Separation & Noise" in text_of(session.paths.paper).replace("\n", " ")
    assert any(finding.where == "paper, title" for finding in audit_session(session).findings)


def test_an_error_that_shows_elsewhere_is_traced_to_its_section(session: Session) -> None:
    """A label is written when its page is, in whichever section that is: the one without which the error is gone is blamed."""
    broken = papers.SECTIONS["Method"] + "\n\\label{sec:\\frac}"

    def writes(request: Request) -> str:
        ours = request.step.startswith("draft/Method/") and "repair" not in request.step
        return broken if ours else papers.answer(request)

    writer = Writer(otherwise=writes)
    papers.press_of(session, writer).make_it_compile()
    assert [event.blamed for event in session.journal.all(Compiled)] == ["Method", ""]
    assert [request.step for request in writer.asked if "repair" in request.step] == ["draft/Method/repair_1/1"]


def test_a_section_hears_of_all_its_errors_at_once(session: Session) -> None:
    """TeX stops at the first error; the writer is told of every one in the section, and of none elsewhere."""

    def writes(request: Request) -> str:
        name = request.step.split("/")[1]
        wrong = name in ("Method", "Results") and "repair" not in request.step
        return papers.answer(request).replace("```latex\n", "").replace("\n```", "") + (
            f"\n$firstof{name}^1^2$\n\n$secondof{name}_1_2$" if wrong else ""
        )

    writer = Writer(otherwise=writes)
    papers.press_of(session, writer).make_it_compile()
    repairs = [request.messages[1].content for request in writer.asked if "repair" in request.step]
    assert len(repairs) == 2
    told = repairs[0].split("The section as it stands")[0]
    assert "firstofMethod" in told and "secondofMethod" in told and "ofResults" not in told


def test_a_fault_of_the_template_is_told_as_such(session: Session) -> None:
    """An error in a style names that file and the template; no writer is asked and no section becomes plain."""
    press = papers.press_of(session, writer := Writer(otherwise=papers.answer))

    def with_a_broken_style(argv: Sequence[str], folder: Path) -> tuple[int, str]:
        style = folder / "labloop.sty"
        style.write_text(style.read_text().replace("\\endinput", "\\nosuchmacro\n\\endinput"))
        return papers.run_tex(argv, folder)

    with pytest.raises(CheckFailed, match=r"labloop.sty, line \d+: Undefined control sequence.*the template's"):
        Press(press.desk, with_a_broken_style).make_it_compile()
    assert len(writer.asked) == 17 and read_draft(session).plain == frozenset()


def test_what_the_parser_refuses_is_asked_of_tex(session: Session) -> None:
    """LaTeX that the checks cannot parse and TeX takes costs no try and is no finding; what TeX refuses too is given back."""
    run_tex = papers.run_tex
    odd = "Words $\\begin{rcases} a & b \\end{rcases}$ and more, after [[run_3.mse]]."
    assert takes_section(session, run_tex, odd)
    assert not takes_section(session, lambda argv, folder: pytest.fail("TeX has seen it"), "Words \\string{ and more.")
    assert not takes_section(session, run_tex, "costs $5") and not takes_section(session, run_tex, "\\emph{open")
    desk = lay_desk(session, gateway_for(session, Writer()), ())
    asking = dataclasses.replace(desk, takes=partial(takes_section, session, run_tex))
    section, draft = SECTIONS[3], read_draft(session)
    for text, without, with_tex in (("costs $5", True, True), ("a_b", True, True), (odd, True, False)):
        for asked, told in ((desk, without), (asking, with_tex)):
            assert any(found.startswith(DOUBTS) for found in asked.problems(section, "", text, draft)) == told, text


def test_plain_text_survives_any_source(session: Session) -> None:
    """Whatever a writer left in whichever section, it can be set plainly, and reads nothing from outside."""
    papers.press_of(session, Writer(otherwise=papers.answer))
    sources = [
        "\\begin{itemize}\\item open",
        "$x",
        "}",
        "\\emph{",
        "a & b # c_d",
        "\\input{/etc/passwd} \\end{document}",
        "\\verb|x",
        "λ→中",
    ]
    for section, source in zip(SECTIONS, sources, strict=True):
        step = f"draft/{section.name}/plain"
        session.journal.append(
            SectionWritten(step=step, section=section.name, phase="refine", source=source, plain=True)
        )
    press = Press(lay_desk(session, gateway_for(session, Writer()), ()), papers.run_tex)
    assert press.print_paper([]).ok
    assert "root:" not in text_of(session.paths.paper)


def test_broken_tex_is_not_blamed_on_the_writer_for_ever(session: Session) -> None:
    """Where TeX cannot even start, the session stops with the remedy instead of asking for repairs without end."""
    press = papers.press_of(session, writer := Writer(otherwise=papers.answer))

    def no_tex(argv: Sequence[str], folder: Path) -> tuple[int, str]:
        return 127, "cannot execute"

    with pytest.raises(CheckFailed, match="cannot execute.*mend TeX"):
        Press(press.desk, no_tex).make_it_compile()
    assert len(writer.asked) == 17 and not list(session.journal.all(Compiled))


def test_paper_tex_is_a_function_of_the_journal(session: Session) -> None:
    """The same journal gives the same paper.tex, byte for byte, in another process as in this one."""
    papers.press_of(session, Writer(otherwise=papers.answer))
    first = assembled(session).tex
    again = open_session(session.paths.root)
    assert assembled(again).tex == first


def test_reported_values_are_printed_with_a_dagger(session: Session) -> None:
    """In print a reported value carries its mark and stands in a table of its own with its source; the audit is clean."""
    template = session.template.model_copy(update={"reported": REPORTED})
    studied = dataclasses.replace(session, template=template)
    text = (
        "For a larger model an absorption fraction of [[reported.topk.absorption_fraction]] was reported ([[reported.source]]); "
        "$[[reported.topk.l0]]$ latents were reported to be on."
    )
    writer = Writer({f"draft/Related Work/{phase}/1": text for phase in ("fill", "refine")}, otherwise=papers.answer)
    findings = write_paper(studied, gateway_for(studied, writer), choose("plain"))
    assert findings == []
    assert list(studied.journal.all(Compiled))[-1].warnings == []
    printed = text_of(studied.paths.paper)
    assert "0.1429†" in printed and "Table 2 of a paper" in printed
    assert "Reported by others, not measured here" in printed
