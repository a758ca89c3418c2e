"""The same study in every layout: an honest draft is found right, a dishonest one is found out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft
from agent.drafts.records.folder import read_folder
from tests.agent.drafts.layouts.dated import DATED
from tests.agent.drafts.layouts.foldered import FOLDERED
from tests.agent.drafts.layouts.kept import Writer
from tests.agent.drafts.layouts.study import METHODS, SETS, dishonest, honest
from tests.agent.drafts.layouts.tracked import TRACKED

_ASKED = pytest.mark.parametrize("write", [*TRACKED, *FOLDERED, *DATED], ids=lambda write: write.__name__)


@_ASKED
def test_an_honest_draft_has_no_finding(write: Writer, tmp_path: Path) -> None:
    """Means and spreads of seeds in a table, a value, a gain, settings: none is called wrong, wherever it stands."""
    write(tmp_path / "results")
    draft = tmp_path / "draft.md"
    draft.write_text(honest())
    audit = audit_draft(draft, tmp_path / "results")
    assert [str(one) for one in audit.findings] == []
    assert len(audit.numbers) >= 6 * 2 + 6


@_ASKED
def test_a_dishonest_draft_is_found_out(write: Writer, tmp_path: Path) -> None:
    """Columns swapped, another method's values, settings and gains that nothing has: each is a finding."""
    write(tmp_path / "results")
    draft = tmp_path / "draft.md"
    text, wrong = dishonest()
    draft.write_text(text)
    told = Counter(one.shown for one in audit_draft(draft, tmp_path / "results").findings)
    assert Counter(wrong) - told == Counter()


@_ASKED
def test_runs_are_methods_with_seeds(write: Writer, tmp_path: Path) -> None:
    """No run is called by a hash, a date or a seed; each method is one of the names."""
    write(tmp_path)
    names = {part for run in read_folder(tmp_path).runs for part in run.name.split("/")}
    assert set(METHODS) <= names <= {*METHODS, *SETS, "lab"}
