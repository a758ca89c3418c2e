"""Files of results: text or JSON, tables, YAML, a curve of training."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.agent.drafts.layouts.study import SETTINGS, Cell

Writer = Callable[[Path], None]


def put(path: Path, content: Any) -> None:
    """A file: text as it is, all else as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")


def table(rows: Iterable[dict[str, Any]], mark: str = ",") -> str:
    """Rows as CSV."""
    rows = list(rows)
    return "\n".join(mark.join(map(str, line)) for line in (rows[0], *(row.values() for row in rows))) + "\n"


def lines(settings: dict[str, Any], indent: str = "") -> str:
    return "".join(f"{indent}{name}: {value}\n" for name, value in settings.items())


def settings_of(one: Cell) -> dict[str, Any]:
    return {"method": one.method, "dataset": one.data, "seed": one.seed, **SETTINGS}


def curve(one: Cell) -> list[dict[str, Any]]:
    return [
        {
            "epoch": epoch,
            "train_loss": round(one.loss * 1.4 - epoch / 400, 4),
            "val_accuracy": round(one.accuracy - 0.3 + epoch / 600, 4),
        }
        for epoch in (0, 60, 120, 179)
    ]
