"""What older journals told in words is read into fields, in one place; what is written is fields alone."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.session.events import SESSION, Audited, Compiled, Finding, SectionWritten


def test_an_old_compilation_told_the_section_among_its_errors() -> None:
    """The first error named it; now a field does, and the errors are TeX's alone."""
    old = {"kind": "compile", "ok": False, "errors": ["in section Results", "line 3: Undefined control sequence."]}
    event = SESSION.events.validate_python(old)
    assert isinstance(event, Compiled)
    assert event.blamed == "Results" and event.errors == ["line 3: Undefined control sequence."]
    assert event.faults == old["errors"]


def test_a_compilation_is_written_and_read_as_it_is() -> None:
    """An error of TeX's that sounds like the old form is left alone, and nothing is blamed where nothing is."""
    event = Compiled(ok=False, blamed="Method", errors=["in section Results"])
    assert SESSION.events.validate_json(event.model_dump_json()) == event
    assert Compiled(ok=True, blamed="").faults == []


def test_an_old_section_told_in_a_problem_that_it_is_plain() -> None:
    """The problem stays, since the audit tells it; whether the section is plain is a field."""
    problem = "could not be typeset as LaTeX, so it stands as plain text (line 3: …)"
    old = {"kind": "section", "section": "Method", "phase": "refine", "source": "x", "problems": [problem]}
    event = SESSION.events.validate_python(old)
    assert isinstance(event, SectionWritten) and event.plain and event.problems == [problem]
    other = SESSION.events.validate_python({**old, "problems": ["the section is empty"]})
    assert isinstance(other, SectionWritten) and not other.plain


def test_a_section_is_plain_by_its_field_alone() -> None:
    """Whatever a writer's problems say."""
    event = SectionWritten(
        section="Method", phase="refine", source="x", problems=["could not be typeset as LaTeX"], plain=False
    )
    assert SESSION.events.validate_json(event.model_dump_json()) == event


def test_findings_keep_their_form_on_disk() -> None:
    """where, what and why, as before; a finding that lacks one is damaged."""
    finding = {"where": "paper.tex", "what": "0.9", "why": "typed"}
    event = SESSION.events.validate_python({"kind": "audit", "findings": [finding], "numbers": 1})
    assert isinstance(event, Audited) and event.findings == [Finding(where="paper.tex", what="0.9", why="typed")]
    assert event.model_dump(mode="json")["findings"] == [finding] and str(event.findings[0]) == "paper.tex: 0.9: typed"
    with pytest.raises(ValidationError):
        SESSION.events.validate_python({"kind": "audit", "findings": [{"where": "paper.tex"}]})
