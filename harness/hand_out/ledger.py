"""What was handed out, as it was counted: a file that the experiment never sees."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EVERY_S = 1.0


class Ledger:
    """Counts of rows, kept in a file that is replaced whole: now and then, and whenever `write` is called.

    `tokens` in `batches` are what was drawn to train on, `passes` how often that is the whole pool, `sampled` the rows for statistics.
    """

    def __init__(self, path: Path, facts: Mapping[str, Any], pool_tokens: int) -> None:
        self._path, self._facts, self._pool = path, dict(facts), pool_tokens
        self.tokens = self.batches = self.sampled = 0
        self.write()

    def drew(self, rows: int) -> None:
        """A batch of so many rows was handed out."""
        self.tokens += rows
        self.batches += 1
        self._now_and_then()

    def sampled_rows(self, rows: int) -> None:
        """So many rows were handed out for a statistic."""
        self.sampled += rows
        self._now_and_then()

    def write(self) -> None:
        """Write the file, aside and renamed."""
        self._written = time.monotonic()
        counted = {"tokens": self.tokens, "batches": self.batches, "sampled": self.sampled}
        value = {**counted, "passes": round(self.tokens / self._pool, 4), **self._facts}
        aside = self._path.with_name(self._path.name + ".part")
        aside.write_text(json.dumps(value) + "\n", encoding="utf-8")
        os.replace(aside, self._path)

    def _now_and_then(self) -> None:
        if time.monotonic() - self._written > EVERY_S:
            self.write()
