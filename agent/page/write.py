"""The page as one static file: no request leaves it, nothing in it runs but its own few lines."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from agent.errors import UsageError
from agent.page.build import build_view
from agent.page.text import prose, visible
from agent.page.view import PageView
from agent.session.files import write_text
from agent.session.reading import read_session
from agent.session.session import Session

_TEMPLATES = Path(__file__).parent / "templates"


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
    style, script = (_TEMPLATES / "page.css").read_text("utf-8"), (_TEMPLATES / "page.js").read_text("utf-8")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(view=view, style=Markup(style), script=Markup(script), policy=_policy(style, script))
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = prose
    return environment


def _shown(value: object) -> object:
    """Applied to every value that the template prints: hidden characters become visible, then Jinja escapes."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _policy(style: str, script: str) -> str:
    """Content-Security-Policy: only this page's own style and script, pictures inline or beside it, its own PDF."""

    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; img-src data: 'self'; "
        "object-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    )
