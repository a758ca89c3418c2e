"""Published results are read whole or refused: they must say of themselves that they are reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import TemplateError
from agent.session.template import load_template
from agent.session.template.reported import load_reported
from tests.agent.session.template.test_scales import CONTRACT, REPORTED, write_template


def changed(path: Path, **fields: object) -> Path:
    path.write_text(json.dumps({key: value for key, value in (REPORTED | fields).items() if value is not None}))
    return path


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reported": False}, "reported"),
        ({"reported": None}, "reported"),
        ({"source": ""}, "source"),
        ({"format": 2}, "format"),
        ({"baselines": {}}, "baselines"),
        ({"baselines": {"topk": {"metrics": {}}}}, "baselines.topk.metrics"),
        ({"baselines": {"topk": {"metrics": {"loss": "low"}}}}, "baselines.topk.metrics.loss"),
        ({"baselines": {"topk": {"metrics": {"loss": float("nan")}}}}, "no finite number"),
        ({"baselines": {"Top K": {"metrics": {"loss": 1}}}}, "'Top K'"),
        ({"baselines": {"source": {"metrics": {"loss": 1}}}}, "'source' cannot name"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, fields: dict[str, object], said: str) -> None:
    """A file that does not call itself reported, has no source or holds no numbers is refused with its field."""
    path = changed(tmp_path / "reported.json", **fields)
    with pytest.raises(TemplateError) as refused:
        load_reported(path)
    assert said in str(refused.value) and str(path) in str(refused.value)


def test_no_json_and_no_file_are_told(tmp_path: Path) -> None:
    """A missing file and one that is no JSON name the file and the remedy."""
    with pytest.raises(TemplateError, match="cannot be read"):
        load_reported(tmp_path / "gone.json")
    (tmp_path / "torn.json").write_text('{"format": 1')
    with pytest.raises(TemplateError, match="not valid JSON"):
        load_reported(tmp_path / "torn.json")


def test_it_must_lie_in_the_fixed_half(tmp_path: Path) -> None:
    """Published results that a session could edit would be worth nothing."""
    folder = write_template(tmp_path / "sized", CONTRACT.replace("fixed/reported.json", "reported.json"))
    (folder / "reported.json").write_text(json.dumps(REPORTED))
    with pytest.raises(TemplateError, match="outside the fixed half"):
        load_template(folder, "full")
    assert load_template(folder, "tiny").reported is None


def test_the_published_baselines_that_ship_are_read() -> None:
    """The SAE template's file of published results is one, and says where they come from."""
    root = Path(__file__).parents[4]
    for path in sorted(root.glob("harness/reported/*.json")):
        reported = load_reported(path)
        assert reported.value("topk", "absorption_fraction") == 0.1429
        assert reported.source
