"""Prompts are files; what they lack is told all at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.errors import LabloopError
from agent.prompts import Prompts


def test_a_prompt_names_every_variable_it_lacks() -> None:
    """All missing names at once, those of included files too."""
    with pytest.raises(LabloopError, match="not given: .*idea.*table"):
        Prompts().render("advice", run="run_1")


def test_a_prompt_is_rendered_with_what_it_includes(tmp_path: Path) -> None:
    """Values reach included files too; a text is never escaped, and ends in one newline."""
    (tmp_path / "outer.jinja").write_text("{{ name }}: {% include 'inner.jinja' %}\n\n\n")
    (tmp_path / "inner.jinja").write_text("{{ value }}")
    prompts = Prompts(tmp_path)
    assert prompts.render("outer", name="k", value="<16 & 32>") == "k: <16 & 32>\n"
    with pytest.raises(LabloopError, match=r"outer\.jinja: not given: name, value"):
        prompts.render("outer")


def test_a_prompt_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The error names the file that was looked for."""
    with pytest.raises(LabloopError, match=r"gone\.jinja: there is no such prompt"):
        Prompts(tmp_path).render("gone")


def test_what_was_read_is_kept_and_a_changed_prompt_read_anew(tmp_path: Path) -> None:
    """All of a folder can be read beforehand; who edits a prompt while a session works has the new text, and its names, from then on."""
    (tmp_path / "note.jinja").write_text("{{ name }}")
    prompts = Prompts(tmp_path)
    prompts.read_all()
    assert prompts.render("note", name="a") == "a\n"
    (tmp_path / "note.jinja").write_text("{{ other }}!")
    os.utime(tmp_path / "note.jinja", (1, 1))
    with pytest.raises(LabloopError, match="not given: other"):
        prompts.render("note", name="a")
    assert Prompts(tmp_path).render("note", other="b") == "b!\n"
