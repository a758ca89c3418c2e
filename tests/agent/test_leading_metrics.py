"""The metrics that an idea names lead: in each table, prompt, note, paper and figure, and on the page, which folds the others."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.brief import Brief
from agent.page.write import write_page_of
from agent.prompts import Prompts
from agent.results.story import results_of
from agent.results.tables.markdown import results_table, run_table
from agent.results.to_draw import described
from agent.session.session import Session, open_session
from agent.writing.known import evidence_of
from tests.world.sessions import make_session

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return make_session(tmp_path_factory.mktemp("plain"))


def naming(session: Session, primary: str | None, metrics: Sequence[str]) -> Session:
    """The session, as if its idea named these."""
    named = session.idea.model_copy(update={"Primary_Metric": primary, "Metrics": list(metrics)})
    return dataclasses.replace(session, idea=named)


@pytest.mark.parametrize(
    ("primary", "metrics", "order"),
    [
        (None, [], ["explained_variance", "absorption", "l0"]),
        (None, ["l0"], ["l0", "explained_variance", "absorption"]),
        ("l0", ["absorption"], ["l0", "absorption", "explained_variance"]),
        ("absorption", ["l0", "absorption"], ["absorption", "l0", "explained_variance"]),
    ],
)
def test_one_order_is_that_of_every_text(
    plain: Session, primary: str | None, metrics: list[str], order: list[str]
) -> None:
    """The one that decides, those that the idea names, then the template's own order; nothing changes where none is named."""
    session = naming(plain, primary, metrics)
    results = results_of(session)
    brief = Brief(session, Prompts())
    texts = {
        "table": results_table(results),
        "note": run_table(results, results.runs[1]),
        "plan": brief.prompts.render("plan", **brief.plan()).partition("primary one is")[2].partition(":")[2],
        "brief": brief.run("run_4"),
        "paper": evidence_of(session).resolve("table").text,
        "metrics.json": json.dumps(described(session.metrics, session.primary)),
    }
    assert list(session.metrics) == order and results.primary == (primary or "explained_variance")
    for kind, text in texts.items():
        lines = text.replace("explained variance", "explained_variance")
        assert sorted(order, key=lines.index) == order, kind


def test_the_page_shows_them_and_folds_the_others(tmp_path: Path) -> None:
    """Beside the primary metric; a session whose idea names none is shown as it always was."""
    session = make_session(tmp_path)
    before = write_page_of(session.paths.root).read_text()
    assert "that the idea does not name" not in before
    raw = json.loads(session.paths.spec.read_text())
    raw["idea"]["Metrics"] = ["absorption"]
    session.paths.spec.write_text(json.dumps(raw))
    shown, _, folded = write_page_of(session.paths.root).read_text().partition("The other metrics, run by run")
    shown = shown[shown.index('id="results"') :]
    assert "absorption by run" in shown and "l0 by run" not in shown and ">l0" not in shown
    assert "l0 by run" in folded and "that the idea does not name" in folded
    assert open_session(session.paths.root).idea.leading == ("absorption",)


def test_a_target_is_told_and_judges_nothing(plain: Session) -> None:
    """Tables, prompts and notes say from where on a value is good; without one nothing is said."""
    results = results_of(plain)
    assert "| l0 | lower, good at 16 or below |" in results_table(results)
    assert "l0 (lower is better, good at 16 or below)" in run_table(results, results.runs[1])
    brief = Brief(plain, Prompts())
    assert "- `l0` (lower is better, good at 16 or below)" in brief.prompts.render("plan", **brief.plan())
    assert "- `absorption` (lower is better):" in brief.prompts.render("plan", **brief.plan())
