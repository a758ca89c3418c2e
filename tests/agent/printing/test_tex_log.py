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
