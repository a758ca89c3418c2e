"""The page as one static file: no request leaves it, nothing in it runs but its own few lines."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from agent.errors import UsageError
from agent.page.build import build_view
from agent.page.printed import TEMPLATES, environment, policy
from agent.page.view import PageView
from agent.session.files import write_text
from agent.session.reading import read_session
from agent.session.session import Session


def write_page(session: Session) -> Path:
    """Write the session's index.html; its path."""
    return write_page_of(session.paths.root)


def write_page_of(root: Path, out: Path | None = None) -> Path:
    """Write the page of the session in `root` to `out` (its index.html where None); its path.

    Raises SessionError where `root` is no session, UsageError where `out` cannot be written.
    """
    reading = read_session(root)
    page = (out or reading.paths.page).absolute()
    html = render(build_view(reading, page))
    try:
        write_text(page, html)
    except OSError as error:
        raise UsageError(f"{page}: {error.strerror}; name a file that can be written with --out") from error
    return page


def render(view: PageView) -> str:
    """The page's HTML."""
    style, script = (TEMPLATES / "page.css").read_text("utf-8"), (TEMPLATES / "page.js").read_text("utf-8")
    return (
        environment()
        .get_template("page.html.jinja")
        .render(view=view, style=Markup(style), script=Markup(script), policy=policy(style, script))
    )
