"""Small folders of runs, and the statuses of a draft's numbers over them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.drafts.audit import audit_draft


def put_runs(root: Path, keys: Sequence[str], runs: Mapping[str, tuple[Any, ...]]) -> Path:
    """`run_0`, `run_1` … of which each is a title, told in notes.txt, and its values of the metrics."""
    for name, (_, *values) in runs.items():
        (root / name).mkdir()
        (root / name / "final_info.json").write_text(json.dumps(dict(zip(keys, values, strict=True))))
    (root / "notes.txt").write_text("\n".join(f"Run {name[-1]}: {told[0]}" for name, told in runs.items()))
    return root


def statuses(text: str, results: Path, root: Path) -> list[str]:
    """The status of each number of a draft, in order."""
    draft = root / "draft.md"
    draft.write_text(f"{text}\n")
    return [one.status for one in audit_draft(draft, results).numbers]
