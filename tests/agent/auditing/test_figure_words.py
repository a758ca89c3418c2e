"""What is written within a figure is read from its PDF, and claims nothing but what the tool gives.

figures/type3.pdf and type42.pdf are matplotlib's (3.11), in both of its kinds of fonts: two panels with axes, a title that
judges ("Run 3 improves on TopK"), a typed 0.9312 above a bar, a label that runs upwards, a legend of two lines.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.auditing.figure_axes import axis_numbers
from agent.auditing.figure_words import Known, audit_figure_words, claimed, known_of
from agent.auditing.session import audit_session
from agent.printing.figure_text import FigureText, texts_of
from agent.session.events import FiguresDrawn, Noted
from agent.session.session import Session
from agent.session.steps import FIGURES_NOTE
from agent.working.figures import checked
from tests.world import papers
from tests.world.stage import make_session

FIGURES = Path(__file__).with_name("figures")
KINDS = ("type3.pdf", "type42.pdf")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The study, with the figures that papers draw."""
    session = make_session(tmp_path_factory.mktemp("words"))
    papers.add_runs_on_disk(session)
    return session


@pytest.fixture(scope="module")
def known(session: Session) -> Known:
    return known_of(session, 10**6)


def line(text: str, x: float = 10, y: float = 10) -> FigureText:
    return FigureText(text, x, y, 9.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_of_a_figure_is_read(kind: str) -> None:
    """Both kinds of fonts, arrows, text that is turned, several lines, each with its place."""
    texts = texts_of(FIGURES / kind)
    said = [text.text for text in texts]
    for wanted in ("Run 3 improves on TopK", "0.9312", "3: Cosine", "decay (from 1)", "training step"):
        assert wanted in said
    assert [text.text for text in texts if text.turned] == ["explained variance (better ↑)"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbers_of_axes_are_told_from_others(kind: str) -> None:
    """Panels side by side share a line; the number above a bar is on no axis."""
    texts = texts_of(FIGURES / kind)
    axes = {text.text for text in axis_numbers(texts)}
    assert {"0.86", "0.94", "0.13", "0.17", "0.5", "150"} <= axes and "0.9312" not in axes


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_that_judges_and_a_typed_number_are_found(
    session: Session, known: Known, kind: str, tmp_path: Path
) -> None:
    """The audit names the figure, the words and why; labels, titles of runs, axes and legends are left alone."""
    assert [said for said, _ in claimed(texts_of(FIGURES / kind), known)] == ["0.9312", "Run 3 improves on TopK"]
    shutil.copyfile(FIGURES / kind, session.paths.figures / "separation.pdf")
    drawn = session.journal.append(FiguresDrawn(step=f"figures/{kind}", ok=True, files=["separation.pdf"]))
    found = [str(finding) for finding in audit_figure_words(session)]
    assert len(found) == 2 and all(each.startswith("figures/separation.pdf: “") for each in found)
    assert {finding.where for finding in audit_session(session).findings} >= {"figures/separation.pdf"}
    failed = checked(session, drawn)
    assert not failed.ok and "judges" in failed.cause and "0.9312" in failed.cause


def test_a_session_that_has_gone_on_with_its_figures_draws_none_again(tmp_path: Path) -> None:
    """An older one is audited, and its coder is not asked about figures that its note speaks of."""
    older = make_session(tmp_path)
    papers.add_runs_on_disk(older)
    shutil.copyfile(FIGURES / KINDS[0], older.paths.figures / "separation.pdf")
    drawn = older.journal.append(FiguresDrawn(step="figures/turn_2", ok=True, files=["separation.pdf"]))
    older.journal.append(Noted(step=FIGURES_NOTE, subject="figures", title="Figures", source="", text=""))
    assert checked(older, drawn) == drawn and list(audit_figure_words(older))


@pytest.mark.parametrize(
    "text",
    [
        "Our penalty improves separation by 12%",
        "Cosine decay (best)",
        "Run 3 wins",
        "Absorption is solved",
        "explained variance 0.9312",
        "a gain of 31.7 %",
        "significantly higher",
        "outperforms the TopK baseline",
    ],
)
def test_claims_in_a_figure_are_found(known: Known, text: str) -> None:
    """In titles, legends and annotations alike: no reference can stand there, so none is borne."""
    assert list(claimed([line(text)], known))


@pytest.mark.parametrize(
    "text",
    [
        "3: Cosine decay",
        "Cosine decay (from 1)",
        "explained variance (better →)",
        "explained variance (higher is better)",
        "0.8971",
        "run 3: 89.71%",
        "lambda_max = 0.02",
        "baseline 0.8912 ± 0.0004",
        "95 % interval of the difference",
        "training step",
        "k = 16",
    ],
)
def test_what_the_tool_gives_is_no_claim(known: Known, text: str) -> None:
    """Names, labels, directions, settings, and numbers as they were measured."""
    assert not list(claimed([line(text)], known))


def test_lines_of_one_text_are_read_together(known: Known) -> None:
    """A claim that is broken into lines is found; two labels far apart are two."""
    broken = [line("this penalty makes separation", y=20), line("clearly higher than the baseline", y=10)]
    assert [said for said, _ in claimed(broken, known)] == [
        "this penalty makes separation clearly higher than the baseline"
    ]


@pytest.mark.parametrize(
    "shown",
    [
        (("0.820", 100.42), ("0.823", 152.22), ("0.826", 204.02)),  # counted from 0.1, for its step is so small
        (("−200", 93.1), ("−150", 143.1), ("−100", 193.1), ("−50", 245.95), ("0", 299.75)),
        (("−1", 10.0), ("0", 67.54), ("1", 117.54)),  # a minus is wider than a digit
    ],
)
def test_an_axis_is_told_by_its_steps_and_places(shown: tuple[tuple[str, float], ...]) -> None:
    """As matplotlib sets them: multiples of a step from 0 or from a power of ten, evenly apart in their middles."""
    texts = [line(text, x) for text, x in shown]
    assert axis_numbers(texts) == set(texts)


def test_typed_numbers_in_a_row_are_no_axis(known: Known) -> None:
    """Numbers above bars that stand evenly apart are not multiples of a step."""
    typed = [line(text, x) for text, x in (("0.9312", 10), ("0.9412", 60), ("0.9512", 110))]
    assert not axis_numbers(typed) and len(list(claimed(typed, known))) == 3


def test_a_file_that_is_no_figure_has_no_words(tmp_path: Path) -> None:
    """Nothing is read from what is cut off, missing or no PDF."""
    cut = tmp_path / "cut.pdf"
    cut.write_bytes((FIGURES / KINDS[0]).read_bytes()[:3000])
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-1.4 nothing")
    assert not texts_of(other) and not texts_of(tmp_path / "gone.pdf") and isinstance(texts_of(cut), list)
