"""TeX's log is read for what a writer can mend."""

from __future__ import annotations

from agent.printing.tex_log import read_log

LOG = """This is pdfTeX
./paper.tex:57: Undefined control sequence.
l.57 See \\undefinedmacro
                        {x}
./paper.tex:60:  ==> Fatal error occurred, no output PDF file produced!
! LaTeX Error: Something else.

See the LaTeX manual.
l.99 \\begin{foo}
LaTeX Warning: Reference `fig:none' on page 1 undefined on input line 41.
Package natbib Warning: Citation `nobody' on page 2 undefined on input line 44.
Overfull \\hbox (3.2pt too wide) in paragraph at lines 10--12
Overfull \\hbox (48.7pt too wide) in paragraph at lines 70--72
Output written on paper.pdf (7 pages, 123456 bytes).
"""


def test_reads_errors_warnings_and_pages() -> None:
    """Errors have line and context, small overfull boxes are left out, the words that only say that TeX stops too."""
    log = read_log(LOG)
    assert [error.line for error in log.errors] == [57, 99]
    assert str(log.errors[0]) == "line 57: Undefined control sequence. (at 'See \\\\undefinedmacro')"
    assert log.warnings == ("undefined reference fig:none", "undefined citation nobody", "49pt too wide near line 70")
    assert log.pages == 7


def test_an_empty_log_tells_nothing() -> None:
    """No log, no errors, no pages."""
    assert read_log("") == read_log("nothing of note") and read_log("").pages == 0


FONTS = """LaTeX Font Warning: Font shape `T1/lmtt/m/n' undefined
(Font)              using `T1/cmr/m/n' instead on input line 4.
LaTeX Font Info:    Font shape `T1/txtt/m/it' in size <10> not available
(Font)              Font shape `T1/txtt/m/sl' tried instead on input line 9.
LaTeX Font Warning: Some font shapes were not available, defaults substituted.
</texmf-var/fonts/pk/ljfour/jknappen/ec/ecrm1000.600pk>{/enc/dvips/base/8r.enc}</type1/urw/courier/ucrr8a.pfb>
"""


def test_a_font_that_tex_lacks_is_told() -> None:
    """Another font in its place and a bitmap are named; a slanted shape for an italic one is no fault."""
    assert read_log(FONTS).warnings == (
        "no font T1/lmtt/m/n, T1/cmr/m/n is printed instead",
        "font ecrm1000 is a bitmap, its text cannot be copied",
    )
