"""A figure is one thing in all of its forms."""

from __future__ import annotations

from pathlib import Path

from agent.session.events import FiguresDrawn
from agent.writing.figures import drawn_figures, figure_names, read_figure_texts
from tests.world.stage import make_session


def test_a_figure_has_one_name() -> None:
    """The PDF where it has both forms."""
    assert figure_names(["b.png", "a.png", "a.pdf"]) == ["a.pdf", "b.png"]


def test_drawn_figures_are_those_that_are_there(tmp_path: Path) -> None:
    """Of the last plot that went well, without files that are gone."""
    session = make_session(tmp_path)
    assert drawn_figures(session) == ()
    session.paths.figures.mkdir()
    (session.paths.figures / "a.pdf").write_bytes(b"%PDF")
    session.journal.append(FiguresDrawn(step="figures/turn_1", ok=True, files=["a.pdf", "a.png", "gone.pdf"]))
    session.journal.append(FiguresDrawn(step="figures/turn_2", ok=False, files=["b.pdf"]))
    assert drawn_figures(session) == ("a.pdf",)


def test_a_text_is_found_by_any_form_of_the_name() -> None:
    """PDF, PNG or neither; a figure of which nothing is said has an empty text."""
    answer = "## a.png\nOne.\n## b\nTwo."
    assert read_figure_texts(answer, ["a.pdf", "b.pdf", "c.pdf"]) == {"a.pdf": "One.", "b.pdf": "Two.", "c.pdf": ""}
    assert read_figure_texts(answer, []) == {}


def test_the_text_of_a_figure_that_was_not_drawn_is_no_other_figures() -> None:
    """A heading that names another file ends what is said before it; one that names none is a heading of the text."""
    answer = "## a.pdf\nOne.\n### Axes\nSteps.\n## distance.pdf\nBars of a file that nothing drew.\n## b.pdf\nTwo."
    assert read_figure_texts(answer, ["a.pdf", "b.pdf"]) == {"a.pdf": "One.\n### Axes\nSteps.", "b.pdf": "Two."}
