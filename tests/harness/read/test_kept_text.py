"""Text that is kept: read once, given again from the cache, never guessed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from transformers import AutoTokenizer

from harness.errors import CacheMiss
from harness.read.corpus import rows_of
from harness.read.kept_text import KIND, TextRequest, kept_rows
from harness.read.lm import LOCAL_MODEL
from harness.read.text import DATA, entries
from harness.store.cache import Cache

pytestmark = pytest.mark.slow


def test_text_is_read_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time the rows come from the cache, the same to the last id; other text is another entry."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": entry.line}) + "\n" for entry in entries("train")[:300]))
    tokenizer = AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL)
    request = TextRequest(LOCAL_MODEL, str(path), 300, "heldout", 32, seed=1)
    wanted = rows_of(str(path), tokenizer, "heldout", 300, 32, 1).ids
    assert np.array_equal(kept_rows(request), wanted)
    monkeypatch.setattr("harness.read.kept_text.rows_of", lambda *_, **__: pytest.fail("the text was read again"))
    assert np.array_equal(kept_rows(request), wanted)
    assert len(Cache().entries(KIND)) == 1
    assert replace(request, dataset="wordnet").fields()["text"] != request.fields()["text"]
    monkeypatch.setattr(Cache, "is_writable", lambda _: False)
    assert np.array_equal(kept_rows(request), wanted)
    with pytest.raises(CacheMiss, match=r"text with seed=2.*run `python -m harness\.prepare` first"):
        kept_rows(replace(request, seed=2))


def test_shipped_text_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """WordNet lies here already, so that a read-only cache has no part in it."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    assert kept_rows(TextRequest(LOCAL_MODEL, "wordnet", 300, "heldout", 32)).shape[1] == 32
    assert Cache().entries(KIND) == []
