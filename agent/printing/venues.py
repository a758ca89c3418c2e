"""The venues whose styles are known by name: how each is loaded, and what makes it say that this is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DRAFT = "\\ifdefined\\lhead\\lhead{labloop draft}\\fi\n"
"""No paper of this tool says that it was submitted or published anywhere."""


@dataclass(frozen=True)
class Venue:
    """A style that is known by name: its file, the options it is loaded with, and where a user gets it."""

    pattern: str
    options: str
    before: str
    """LaTeX behind the title, which makes the style say that this is a draft."""
    source: str
    after: str = DRAFT
    """LaTeX behind the title as it was printed."""


VENUES: Mapping[str, Venue] = {
    "neurips": Venue(
        "neurips_20*.sty",
        "preprint",
        "\\makeatletter\\ifdefined\\@noticestring\\renewcommand{\\@noticestring}{labloop draft}\\fi\\makeatother\n",
        "the style files of the NeurIPS call for papers, https://neurips.cc",
    ),
    "iclr": Venue(
        "iclr20*_conference.sty",
        "",
        "\\ifdefined\\iclrfinalcopy\\iclrfinalcopy\\fi\n",
        "https://github.com/ICLR/Master-Template",
    ),
    "icml": Venue(
        "icml20*.sty",
        "",
        # its title spans both columns; its list of authors and its notice of a review are left out
        "\\icmltitlerunning{labloop draft}\n\\makeatletter\\renewcommand{\\maketitle}{%\n  \\twocolumn[\\icmltitle{\\@title}"
        "\\begin{center}\\@author\\end{center}\\vskip 0.3in]}\\makeatother\n",
        "the style files of the ICML call for papers, https://icml.cc",
        after="",
    ),
    "colm": Venue("colm20*_conference.sty", "preprint", "", "https://github.com/COLM-org/Template"),
    "tmlr": Venue("tmlr.sty", "preprint", "", "https://github.com/JmlrOrg/tmlr-style-file"),
    "acl": Venue("acl.sty", "", "", "https://github.com/acl-org/acl-style-files"),
    "jmlr": Venue(
        "jmlr2e.sty",
        "preprint",
        "\\makeatletter\\def\\ps@jmlrtps{\\def\\@oddfoot{\\hfil labloop draft\\hfil}}\\makeatother\n",
        "https://github.com/JmlrOrg/jmlr-style-file",
    ),
}


def venue_of(path: Path) -> Venue | None:
    """The venue whose file this is; None for another's."""
    return next((venue for venue in VENUES.values() if path.match(venue.pattern)), None)
