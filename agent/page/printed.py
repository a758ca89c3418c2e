"""How pages are printed: the environment of their templates, and the policy that lets nothing but their own style and script run."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from agent.page.text import prose
from agent.session.visible import visible

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """What prints pages: every value escaped, hidden characters made visible, a name that is missing refused."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["prose"] = prose
    return made


def _shown(value: object) -> object:
    """Applied to every value that the template prints: hidden characters become visible, then Jinja escapes."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def policy(style: str, script: str) -> str:
    """Content-Security-Policy: only this page's own style and script, pictures inline or beside it, its own PDF."""

    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; img-src data: 'self'; "
        "object-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    )
