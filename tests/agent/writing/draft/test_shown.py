"""A section's prompt holds what the section needs, said as the prompt file says it, and nothing else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from agent.paper import bibliography_of
from agent.prompts import Prompts
from agent.session.paths import REPOSITORY
from agent.session.session import Session
from agent.session.template import load_template
from agent.writing.draft import Draft
from agent.writing.draft.desk import Desk, lay_desk
from agent.writing.draft.sections import SECTIONS, Section, section_of
from agent.writing.draft.shown import prompt_values
from tests.world import papers
from tests.world.stage import Writer, gateway_for

pytestmark = pytest.mark.whole

DRAFT = Draft("A Title", {"Method": "The loss adds a term. \\label{eq:loss}"})
SETUP = """\
# The experiment
A study for tests
Scale: full (DESCRIPTION)
The baseline was run with 3 seeds, each run with one.
- explained_variance (higher is better): share of the variance
- mse (lower is better): mean squared error
- absorption_fraction (lower is better): absorption
- feature_separation (higher is better): separation of decoder directions
- l0 (lower is better): active latents
What the template says.

"""
NOTES = """\
# Notes of the runs (references unfilled; use them as they are)
run_1 (begun from the baseline), run_1 as planned
  What changed: The weight is [[run_1.config.lambda_max]].
run_2 (begun from run_1), run_2 as planned
  What changed: The weight is [[run_2.config.lambda_max]].
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return papers.noted_session(tmp_path)


def desk_of(session: Session) -> Desk:
    return lay_desk(session, gateway_for(session, Writer()), bibliography_of(session))


def shown(session: Session, name: str, refining: bool = False) -> str:
    section = section_of(name)
    assert section is not None
    return Prompts().render("section_context", **prompt_values(desk_of(session), DRAFT, section, refining))


def test_the_setup_says_what_the_template_is(session: Session) -> None:
    """Title, scale, seeds, metrics with their direction, and the start of its pages."""
    (session.template.root / "README.md").write_text("What the template says.\n")
    scales = load_template(REPOSITORY, "full").scales
    experiment = session.template.experiment.model_copy(update={"read_only": ["README.md", "code.py"]})
    given = {"scale": "full", "scales": scales, "experiment": experiment}
    scaled = dataclasses.replace(session, template=session.template.model_copy(update=given))
    assert SETUP.replace("DESCRIPTION", scales["full"].description) in shown(scaled, "Experimental Setup")


def test_notes_are_shown_in_the_fields_that_matter(session: Session) -> None:
    """The Method sees what each run changed, references unfilled, runs in order."""
    text = shown(session, "Method")
    assert NOTES in text and "What was seen" not in text
    assert "  Reading: One seed." in shown(session, "Conclusion") and "What changed" not in shown(session, "Conclusion")


def test_the_others_are_told_a_line_each(session: Session) -> None:
    """How they begin, and what floats they define."""
    line = "- Method: The loss adds a term."
    assert f"# The other sections so far\n{line}… [defines eq:loss]\n" in shown(session, "Results")
    assert f"{line} [defines eq:loss]\n" in shown(session, "Results", refining=True)


def test_a_figure_is_told_with_what_its_note_says(session: Session) -> None:
    """By the name that \\\\includegraphics takes."""
    assert "# Figures\n- separation.pdf: Separation of each run.\n" in shown(session, "Results")


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.label or "abstract")
def test_a_section_sees_only_what_it_needs(session: Session, section: Section) -> None:
    """Each heading of the context stands for one word of the section's `shows`."""
    heads = {
        "table": "# Results\n",
        "works": "# Works that may be cited",
        "figures": "# Figures\n",
        "setup": "# The experiment\n",
        "evidence": "# How to write numbers",
    }
    text = shown(session, section.name)
    assert {word for word, head in heads.items() if head in text} == section.shows & heads.keys()
