"""The idea for a transcoder that docs/architectures.md shows: read as any idea is, and measured by what a transcoder has."""

from __future__ import annotations

import re
from pathlib import Path

from agent.session.idea import load_idea
from agent.session.paths import REPOSITORY
from agent.session.template import load_template

PAGE = (REPOSITORY / "docs" / "architectures.md").read_text(encoding="utf-8")


def test_the_idea_on_the_page_is_one(tmp_path: Path) -> None:
    """It loads; its metrics are the template's, and none that an eval gives which is not of transcoders; what it cites is on file."""
    [text] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "idea.json"
    path.write_text(text, encoding="utf-8")
    idea, template = load_idea(path), load_template(REPOSITORY)
    core = template.confirmation.stages["core"] if template.confirmation else []
    assert idea.Metrics and set(idea.Metrics) <= set(core) & set(template.metrics)
    bibliography = (REPOSITORY / "latex" / "references.bib").read_text(encoding="utf-8")
    cited = re.findall(r"\((\w+\d{4}\w+)\)", text)
    assert cited and all(f"{{{key}," in bibliography for key in cited)


def test_the_page_a_coder_reads_tells_of_transcoders() -> None:
    """harness/README.md names the class and how its codes are counted, since experiment.py holds no transcoder."""
    page = (REPOSITORY / "harness" / "README.md").read_text(encoding="utf-8")
    assert "harness.architectures.transcoder.Transcoder" in page and "Codes(i, v)" in page
