"""The page as a file: what it may load, what it may hold, where it may lie."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from agent.errors import SessionError, UsageError
from agent.page.write import write_page, write_page_of
from agent.session.session import Session
from agent.session.steps import RunName
from tests.agent.page.planted import page_of
from tests.world.reading import read_page
from tests.world.scribe import Texts
from tests.world.sessions import make_session

PLANT = "</style></pre></textarea><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
NASTY = f"{PLANT}\x1b[31m\u202e' onfocus=alert(1) autofocus x='\x07{{{{ 7*7 }}}}"


def test_headings_are_in_order_and_unique_ids_lead_to_sections(whole: Session) -> None:
    """One h1, no level skipped downwards, every link of the contents has its target."""
    page = page_of(whole)
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), page.headings
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    targets = [unquote(link["href"][1:]) for link in page.all("a") if link["href"].startswith("#")]
    assert set(targets) <= set(ids)


def test_nothing_is_asked_of_any_other_place(whole: Session) -> None:
    """No link, picture, style or script leads out of the session, and each file that is linked exists."""
    page = page_of(whole)
    root = whole.paths.root
    addresses = [
        e.attributes[key]
        for e in page.elements
        for key in ("href", "src", "data", "action", "srcset", "poster")
        if key in e.attributes
    ]
    assert any(address.startswith("data:image/png") for address in addresses)
    for address in addresses:
        if address.startswith(("#", "data:image/")):
            continue
        assert not re.match(r"[a-z]+:|/", address), address
        assert (root / unquote(address)).is_file(), address
    assert "@import" not in page.styles[0]
    assert "url(" not in page.styles[0]


def test_the_policy_allows_this_page_s_own_style_and_script_only(whole: Session) -> None:
    """The hashes in the Content-Security-Policy are those of the one style and the one script; all else is refused."""
    page = page_of(whole)
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert len(page.scripts) == len(page.styles) == 1
    for kind, text in (("script-src", page.scripts[0]), ("style-src", page.styles[0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_planted_text_is_shown_and_never_becomes_markup(tmp_path: Path) -> None:
    """Script, style end, handlers, terminal and bidi characters, template syntax in every field come out as text."""
    planted = Texts(
        **{field.name: NASTY for field in fields(Texts) if field.name != "figure"},
        figure="<img src=x onerror=y>'\"\u202e{{7}}",
    )
    clean, page = (page_of(make_session(tmp_path / "clean")), page_of(make_session(tmp_path / "planted", planted)))
    for tag in ("script", "style", "img", "iframe", "object", "form", "input", "textarea", "svg", "link", "base"):
        assert len(page.all(tag)) == len(clean.all(tag)), tag
    assert not [
        e
        for e in page.elements
        for name in e.attributes
        if name.startswith("on") or name in ("style", "autofocus", "srcdoc")
    ]
    assert page.text.count("document.title='owned'") > 100
    assert "␛[31m⟨U+202E⟩" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page.text)


def test_a_page_elsewhere_links_back(tmp_path: Path, whole: Session) -> None:
    """With another place for the page, its links lead from there into the session."""
    page = write_page_of(whole.paths.root, tmp_path / "pages" / "one.html")
    links = [
        link["href"] for link in read_page(page.read_text(encoding="utf-8")).all("a") if "run_1.py" in link["href"]
    ]
    assert links
    assert (page.parent / unquote(links[0])).resolve() == whole.paths.run_code(RunName.of(1)).resolve()


def test_no_session_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """A folder that holds no session is named."""
    with pytest.raises(SessionError, match=re.escape(str(tmp_path))):
        write_page_of(tmp_path)


def test_a_place_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path, whole: Session) -> None:
    """A page below a file cannot be written; the message names the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--out"):
        write_page_of(whole.paths.root, tmp_path / "file" / "index.html")


def test_writing_the_page_changes_nothing_else(whole: Session) -> None:
    """The session's other files are the same before and after, and two pages of one session are the same."""

    def state() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in sorted(whole.paths.root.rglob("*")) if p.is_file()}

    before = state()
    write_page(whole)
    assert state() == before
