"""A paper in the style of a venue, whose files the user brings: found, and laid beside what binds its numbers to evidence."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from agent.errors import CheckFailed, UsageError
from agent.printing.standins import lay_standins, source_of
from agent.printing.venues import DRAFT, VENUES, Venue, venue_of
from agent.session.paths import REPOSITORY
from agent.session.session import Session

PLAIN = "plain"
"""The look of latex/labloop.sty; no style at all says the same."""
_ENDINGS = (".sty", ".cls")
_COPIED = (".sty", ".cls", ".bst")
_OURS = ("labwords.sty", "labvenue.sty")


@dataclass(frozen=True)
class Style:
    """The file of a style, and how paper.tex loads it."""

    path: Path
    options: str = ""
    before: str = ""
    after: str = DRAFT

    @classmethod
    def of(cls, path: Path) -> Style:
        """The style in a file, loaded as its venue wants it where that is known."""
        venue = venue_of(path)
        return cls(path, venue.options, venue.before, venue.after) if venue else cls(path)


def find_style(asked: str, folder: str) -> Style | None:
    """The style that was asked for: a venue's name, or a .sty or .cls file, or a folder that holds one; None for the plain one.

    `folder` is where a venue's file is looked for. Raises UsageError for a name that says nothing, CheckFailed where the
    file is missing; both say what helps.
    """
    if asked in ("", PLAIN):
        return None
    if venue := VENUES.get(asked.lower()):
        return _of_venue(asked, venue, folder)
    path = Path(asked).expanduser()
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.suffix in _ENDINGS)
        known = [one for one in found if venue_of(one)]
        if known:
            return Style.of(known[-1])
        if len(found) != 1:
            raise UsageError(
                f"--style {asked}: the folder holds {len(found)} .sty and .cls files; name the one that is meant"
            )
        path = found[0]
    if path.suffix not in _ENDINGS:
        raise UsageError(
            f"--style {asked}: no style of that name; it is plain, {', '.join(VENUES)}, or the path of a .sty or .cls file"
        )
    if not path.is_file():
        raise CheckFailed(f"--style {asked}: there is no such file")
    return Style.of(path)


def _of_venue(asked: str, venue: Venue, folder: str) -> Style:
    place = Path(folder).expanduser() if folder else None
    found = sorted(place.rglob(venue.pattern)) if place and place.is_dir() else []
    if not found:
        where = (
            f"{place} holds none"
            if place and place.is_dir()
            else f"LABLOOP_STYLES names no folder ({folder or 'not set'})"
        )
        raise CheckFailed(
            f"--style {asked} needs a file {venue.pattern}, which its venue gives out and labloop may not: {where}; download it "
            f"({venue.source}) and name it by --style PATH, or its folder by LABLOOP_STYLES"
        )
    return Style.of(found[-1])


def lay_style(style: Style, source: Path, target: Path) -> list[str]:
    """A folder as a template's latex/, in this style: its files and those beside it, labwords.sty, paper.tex, the bibliography.

    `source` holds the bibliography that would be taken without a style. What comes back are the packages for which labloop's
    own stand in, since TeX lacks them. Raises UsageError for a template with a look of its own.
    """
    if source != REPOSITORY / "latex":
        raise UsageError(
            f"--style does not go with a template that has a latex/ of its own ({source}); leave one of them out"
        )
    laid = target.with_name(f"{target.name}.part")
    shutil.rmtree(laid, ignore_errors=True)
    laid.mkdir(parents=True)
    for beside in sorted(style.path.parent.iterdir()):
        if beside.suffix in _COPIED and beside.is_file() and f"{beside.stem}.sty" not in ("labloop.sty", *_OURS):
            if beside.suffix == style.path.suffix and beside.stem in _others(style):
                continue
            shutil.copyfile(beside, laid / beside.name)
    for own in (*_OURS, "references.bib"):
        shutil.copyfile(source / own, laid / own)
    plain = (source / "paper.tex").read_text(encoding="utf-8")
    (laid / "paper.tex").write_text(styled(plain, style, laid), encoding="utf-8")
    standing_in = lay_standins(laid)
    shutil.rmtree(target, ignore_errors=True)
    laid.rename(target)
    return standing_in


def _others(style: Style) -> set[str]:
    """Other years' files of the same venue, which a user may keep in one folder."""
    venue = venue_of(style.path)
    return {one.stem for one in style.path.parent.glob(venue.pattern) if one != style.path} if venue else set()


def styled(plain: str, style: Style, folder: Path) -> str:
    """The shipped paper.tex with another look: the class or the style in place of labloop.sty, all its marks kept."""
    name, options = style.path.stem, f"[{style.options}]" if style.options else ""
    load = f"\\usepackage{options}{{{name}}}\n" if style.path.suffix == ".sty" else ""
    text = plain.replace("\\usepackage{labloop}\n", f"{load}\\usepackage{{labvenue}}\n")
    text = text.replace("\\documentclass", "\\PassOptionsToPackage{table}{xcolor}\n\\documentclass")
    if style.path.suffix == ".cls":
        text = text.replace("\\documentclass[10pt]{article}", f"\\documentclass{options}{{{name}}}")
    text = text.replace(
        "\\begin{document}\n\\maketitle\n", f"\\date{{}}\n{style.before}\\begin{{document}}\n\\maketitle\n{style.after}"
    )
    text = text.replace(
        "from the journal of session ", "from the journal of session \\\\ "
    )  # no style breaks an author's line
    text = text.replace("\\clearpage\n\\appendix\n", "\\clearpage\n\\labappendix\n\\appendix\n")
    return _with_bibliography(text, style, folder)


def _with_bibliography(text: str, style: Style, folder: Path) -> str:
    """The paper with the bibliography's look that belongs to the style: the one that it sets itself, or the .bst of its name."""
    ours, name = "\\bibliographystyle{plainnat}", style.path.stem
    if "\\bibliographystyle" in source_of(folder / style.path.name):
        return text.replace(f"{ours}\n", "")
    return text.replace(ours, f"\\bibliographystyle{{{name}}}") if (folder / f"{name}.bst").is_file() else text


def lay_style_of(session: Session) -> None:
    """The style that a session was asked for, laid once into its folder; nothing for the plain one."""
    settings, target = session.settings.paper, session.paths.style
    if not target.is_dir() and (style := find_style(settings.style, settings.styles)):
        lay_style(style, session.template.latex, target)
