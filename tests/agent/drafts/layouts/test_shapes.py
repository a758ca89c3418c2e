"""Tables of many shapes over folders of several layouts: honest ones have no finding, two methods the wrong way round are found out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft
from tests.agent.drafts.layouts.foldered import long_metrics, nested_by_method, sets_then_files
from tests.agent.drafts.layouts.kept import Writer
from tests.agent.drafts.layouts.shapes import HONEST, SHAPES, SWAPPED, Shape

_ASKED = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
_KEPT = pytest.mark.parametrize(
    "write", [sets_then_files, nested_by_method, long_metrics], ids=lambda write: write.__name__
)


@_KEPT
@_ASKED
def test_an_honest_table_has_no_finding(shape: Shape, write: Writer, tmp_path: Path) -> None:
    """Whatever stands in its rows and columns."""
    write(tmp_path / "results")
    (tmp_path / "draft.tex").write_text(shape(HONEST))
    assert [str(one) for one in audit_draft(tmp_path / "draft.tex", tmp_path / "results").findings] == []


@_KEPT
@_ASKED
def test_methods_the_wrong_way_round_are_found(shape: Shape, write: Writer, tmp_path: Path) -> None:
    """Each accuracy of the two methods is a finding."""
    write(tmp_path / "results")
    (tmp_path / "draft.tex").write_text(shape(SWAPPED))
    found = Counter(one.shown for one in audit_draft(tmp_path / "draft.tex", tmp_path / "results").findings)
    wrong = Counter(SWAPPED.acc(method, data) for method in ("mixup", "cutout") for data in ("pets", "cars"))
    assert wrong - Counter({re.sub("%", "", shown): count for shown, count in found.items()}) == Counter()
