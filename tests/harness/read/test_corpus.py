"""Data sets by name: files, saved folders, tokenised ones; their split, their identity, and what is wrong with them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
from transformers import AutoTokenizer

from harness.errors import TextError
from harness.read.corpus import Source, contents, identity, rows_of
from harness.read.lm import LOCAL_MODEL
from harness.read.splits import Split, side_of
from harness.read.text import DATA, entries, text_hash, token_rows

TEXTS = [entry.line for entry in entries("train")[:300]]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL)


def jsonl(folder: Path, name: str = "texts.jsonl", column: str = "text", texts: list[Any] = TEXTS) -> Path:
    path = folder / name
    lines = "".join(json.dumps({"n": n, column: text}) + "\n" for n, text in enumerate(texts))
    path.write_bytes(gzip.compress(lines.encode()) if name.endswith(".gz") else lines.encode())
    return path


def text(folder: Path, between: str) -> Path:
    (folder / "texts.txt").write_text(between.join(TEXTS), encoding="utf-8")
    return folder / "texts.txt"


def table() -> datasets.Dataset:
    return datasets.Dataset.from_dict({"text": TEXTS})


def parquet(folder: Path) -> Path:
    table().to_parquet(folder / "texts.parquet")
    return folder / "texts.parquet"


def several_files(folder: Path) -> Path:
    (folder / "a [1]").mkdir()  # a name that reads as a pattern
    jsonl(folder / "a [1]", "1.jsonl", texts=TEXTS[:100])
    jsonl(folder / "a [1]", "2.jsonl", texts=TEXTS[100:])
    (folder / "a [1]" / "LICENSE.txt").write_text("not of the data")
    return folder / "a [1]"


def saved(folder: Path) -> Path:
    table().save_to_disk(folder / "saved")
    return folder / "saved"


def saved_splits(folder: Path) -> Path:
    both = {"train": table(), "test": datasets.Dataset.from_dict({"text": ["of another split"]})}
    datasets.DatasetDict(both).save_to_disk(folder / "splits")
    return folder / "splits"


KINDS: dict[str, Callable[[Path], Path]] = {
    "jsonl": jsonl,
    "jsonl.gz": lambda folder: jsonl(folder, "texts.jsonl.gz"),
    "another column": lambda folder: jsonl(folder, column="story"),
    "lines of text": lambda folder: text(folder, "\n"),
    "paragraphs of text": lambda folder: text(folder, "\n\n"),
    "parquet": parquet,
    "folder of files": several_files,
    "saved": saved,
    "saved splits": saved_splits,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_data_set_gives_its_documents(kind: str, tmp_path: Path) -> None:
    """The same 300 texts, in order, from each kind of file and folder."""
    assert list(contents(Source.of(str(KINDS[kind](tmp_path))))) == TEXTS


def test_rows_are_the_documents_of_the_split_packed(tokenizer: Any, tmp_path: Path) -> None:
    """<bos>, then the split's documents one after the other with <eos> between, cut at the context."""
    path = str(jsonl(tmp_path))
    asked: dict[Split, int] = {"train": 4000, "heldout": 300}
    for split, tokens in asked.items():
        rows = rows_of(path, tokenizer, split, tokens, 64)
        wanted = [text for text in TEXTS if side_of(text) == split]
        flat = [
            token
            for ids in tokenizer(wanted, add_special_tokens=False)["input_ids"]
            for token in [*ids, tokenizer.eos_token_id]
        ]
        assert (rows.ids[:, 0] == tokenizer.bos_token_id).all()
        assert rows.ids[:, 1:].flatten().tolist() == flat[: 63 * len(rows.ids)]
        assert tokens <= rows.keep.sum() < tokens + 64
        assert not rows.keep[np.isin(rows.ids, tokenizer.all_special_ids)].any()


def test_nothing_is_on_both_sides_of_the_split(tokenizer: Any, tmp_path: Path) -> None:
    """A document that occurs twice is on one side, whatever order they come in."""
    doubled = TEXTS + TEXTS[::-1]
    path = str(jsonl(tmp_path, texts=doubled))
    asked: dict[Split, int] = {"train": 8000, "heldout": 800}
    sides = {
        split: tokenizer.decode(rows_of(path, tokenizer, split, tokens, 32).ids.flatten())
        for split, tokens in asked.items()
    }
    glosses = [text.split(": ", 1)[1] for text in TEXTS if len(text) < 80]
    found = {split: {gloss for gloss in glosses if gloss in side} for split, side in sides.items()}
    assert len(found["train"]) > 50
    assert len(found["heldout"]) > 3
    assert not found["train"] & found["heldout"]


def test_a_tokenised_data_set_is_taken_as_it_is(tokenizer: Any, tmp_path: Path) -> None:
    """Ids in input_ids give what their texts would, though the split falls elsewhere; ids of another model are refused."""
    ids = tokenizer(TEXTS, add_special_tokens=False)["input_ids"]
    path = jsonl(tmp_path, column="input_ids", texts=ids)
    rows = rows_of(str(path), tokenizer, "train", 3000, 64)
    flat, documents = rows.ids[:, 1:].flatten(), [" ".join(map(str, each)) for each in ids]
    wanted = [
        token for each, key in zip(ids, documents, strict=True) if side_of(key) == "train" for token in [*each, 1]
    ]
    assert flat.tolist() == wanted[: len(flat)]
    path = jsonl(tmp_path, "other.jsonl", "input_ids", [[*each, 50_000] for each in ids])
    with pytest.raises(TextError, match=r"ids up to 50000.*has 8192: it was tokenised for another model"):
        rows_of(str(path), tokenizer, "train", 3000, 64)


def test_the_column_can_be_named(tmp_path: Path) -> None:
    """Where two columns hold text, NAME#COLUMN says which; one that is not there is refused with those that are."""
    path = tmp_path / "two.jsonl"
    path.write_text(json.dumps({"question": "what?", "answer": "that"}) + "\n")
    with pytest.raises(TextError, match=r"cannot be told; it has question, answer: name it, as in .*#question"):
        list(contents(Source.of(str(path))))
    assert list(contents(Source.of(f"{path}#answer"))) == ["that"]
    with pytest.raises(TextError, match="no column 'reply'; it has question, answer"):
        list(contents(Source.of(f"{path}#reply")))


def test_the_identity_is_of_the_content(tmp_path: Path) -> None:
    """A copy elsewhere is the same data set; one letter, or another column, makes another. WordNet keeps its own."""
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    first, copy = jsonl(tmp_path / "a"), jsonl(tmp_path / "b")
    other = jsonl(tmp_path / "c", texts=[*TEXTS[:-1], TEXTS[-1] + "x"])
    assert identity(str(first)) == identity(str(copy)) == identity(str(tmp_path / "a"))
    assert len({identity(name) for name in (str(first), str(other), f"{first}#text")}) == 3
    assert identity("wordnet") == text_hash()


def test_wordnet_by_name_is_the_shipped_text(tokenizer: Any) -> None:
    """The data set `wordnet` gives the rows that it always gave."""
    ours, direct = (
        rows_of("wordnet", tokenizer, "heldout", 500, 64, seed=3),
        token_rows(tokenizer, "heldout", 500, 64, 3),
    )
    assert np.array_equal(ours.ids, direct.ids)


def test_text_of_the_hub_without_a_network_says_to_run_prepare(
    tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that there is no network, which a session's user did not ask for."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("harness.read.corpus._stream", lambda _: iter([][0]))
    with pytest.raises(
        TextError, match=r"not in the cache and HF_HUB_OFFLINE is set: run `python -m harness\.prepare`"
    ):
        rows_of(f"acme/texts@{'e' * 40}", tokenizer, "heldout", 10, 32)


def test_a_hub_name_is_taken_apart() -> None:
    """Configuration, revision and column, each where it is given."""
    full = Source.of("acme/texts:small@v2#story")
    assert (full.repository, full.config, full.revision, full.column) == ("acme/texts", "small", "v2", "story")
    bare = Source.of("acme/texts")
    assert (bare.repository, bare.config, bare.revision, bare.column) == ("acme/texts", None, None, None)


def test_a_data_set_with_too_few_tokens_says_how_many_it_has(tokenizer: Any, tmp_path: Path) -> None:
    """Its name, the split, what there is, what was asked for, and what to do."""
    path = str(jsonl(tmp_path))
    with pytest.raises(
        TextError,
        match=rf"train text of the data set '{path}' has only \d{{4,5}} tokens .* 900000 were asked for: ask for fewer \(--pool_tokens\)",
    ):
        rows_of(path, tokenizer, "train", 900_000, 128)


def broken(folder: Path) -> str:
    (folder / "broken.jsonl").write_text('{"text": "whole"}\n{"text": "ha')
    return str(folder / "broken.jsonl")


def numbers(folder: Path) -> str:
    (folder / "numbers.jsonl").write_text('{"text": 1}\n{"text": 2}\n')
    return str(folder / "numbers.jsonl#text")


def empty(folder: Path) -> str:
    (folder / "empty").mkdir()
    return str(folder / "empty")


WRONG: dict[str, tuple[Callable[[Path], str], str]] = {
    "a file that is not there": (
        lambda folder: f"{folder}/texts.jsonl",
        "there is no file or folder .*use wordnet, a file",
    ),
    "a folder seen from elsewhere": (
        lambda _: "my_texts/",
        "no file or folder 'my_texts/' seen from /.*give its whole path.: use wordnet",
    ),
    "an empty folder": (empty, r"holds no text: it must hold files of one kind, \.parquet"),
    "half a line": (broken, "cannot be read: "),
    "numbers for texts": (numbers, "the column 'text' .* holds no text"),
    "no name": (lambda _: "", "no data set is named: use wordnet"),
    "a string that is no name": (
        lambda _: "no such data!",
        "that is no name of a data set: use wordnet, a file or folder",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_no_data_set_is_refused(fault: str, tokenizer: Any, tmp_path: Path) -> None:
    """One message each, with what is wrong and what can be named instead."""
    make, message = WRONG[fault]
    name = make(tmp_path)
    with pytest.raises(TextError, match=message):
        read(name, tokenizer)


def read(name: str, tokenizer: Any) -> None:
    """What a build does with a data set: its identity first, then its rows."""
    identity(name)
    rows_of(name, tokenizer, "train", 1000, 64)


def test_without_the_network_a_data_set_of_the_hub_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline and never seen: the message says what to run, and where."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(TextError, match=r"not on this machine and HF_HUB_OFFLINE is set.*harness\.prepare"):
        identity("acme/texts")
