"""The text of a data set by name, as rows of token ids: WordNet (`wordnet`), files of one's own, or the hub's.

    wordnet                                    the shipped text (harness/read/text.py), with its spelling lines
    texts/ · pile.jsonl · book.txt             a file or a folder: .parquet, .arrow, .jsonl, .json, .txt (also packed:
                                               .gz, .zst, .xz, .bz2), or what datasets.save_to_disk wrote
    NAME[:CONFIG][@REVISION]                   a data set of the hub, streamed: nothing but what is read is downloaded
    …#COLUMN                                   with the column named, where it is not found

A row of a data set is a document: a text, or the ids of one that is tokenised already. In a .txt file, paragraphs are
documents, or lines where no line is empty. One document in ten, told by a hash of its content, is held out, and
another confirms, whatever splits the data set has of its own; harness/read/apart.py leaves out what they share.
"""

from __future__ import annotations

import glob
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from harness.errors import TextError
from harness.read.apart import Document, Documents, rows_apart
from harness.read.hub import data_set_revision, is_offline, quiet, refusals, remedy
from harness.read.rows import ASK_FOR_FEWER, TokenRows, encoded, pack, packed
from harness.read.splits import Split, check_split
from harness.read.text import spelling_token_rows, text_hash, token_rows
from harness.store.content import content_hash

WORDNET = "wordnet"
SPELLING = "wordnet-spelling"  # its spelling lines alone
SHIPPED = {WORDNET: token_rows, SPELLING: spelling_token_rows}
SPELLING_TOKENS = 4_000  # of them, for the evaluation
VERSION = 2  # goes up whenever the same data set would give other rows
TEXT_COLUMNS = ("text", "content", "document", "sentence")
ID_COLUMNS = ("input_ids", "tokens", "token_ids")
KINDS = {".parquet": "parquet", ".arrow": "arrow", ".jsonl": "json", ".json": "json", ".txt": "text"}
PACKINGS = (".gz", ".zst", ".xz", ".bz2")
_EXAMPLE = f"{WORDNET}, a file or folder of text, or a hub name such as monology/pile-uncopyrighted"


@dataclass(frozen=True)
class Source:
    """A data set as it is named, taken apart."""

    name: str  # as given, for messages
    path: Path | None  # of a file or folder; None for a data set of the hub
    repository: str = ""
    config: str | None = None
    revision: str | None = None
    column: str | None = None

    @classmethod
    def of(cls, name: str) -> Source:
        """Raises TextError for an empty name, and for a path where nothing is."""
        if not name.strip():
            raise TextError(f"no data set is named: use {_EXAMPLE}")
        if (path := Path(name).expanduser()).exists():
            return cls(name, path)
        base, column = name.rsplit("#", 1) if "#" in name else (name, "")
        if (path := Path(base).expanduser()).exists():
            return cls(name, path, column=column or None)
        if base.startswith(("/", ".", "~")) or base.endswith("/") or _suffix(path) in KINDS:
            from_here = (
                f" seen from {Path.cwd()} (a session's commands run in folders of their own: give its whole path)"
            )
            seen = "" if path.is_absolute() else from_here
            raise TextError(f"there is no file or folder {base!r}{seen}: use {_EXAMPLE}")
        address, _, revision = base.partition("@")
        repository, _, config = address.partition(":")
        return cls(name, None, repository, config or None, revision or None, column or None)


def is_of_the_hub(dataset: str) -> bool:
    """Whether a data set is neither shipped nor a file or folder. Raises TextError for one that cannot be."""
    return dataset not in SHIPPED and Source.of(dataset).path is None


def identity(dataset: str) -> str:
    """A hash of everything that decides which documents are read: what the files hold, or the hub's commit.

    Raises TextError where the data set is unknown or, on the hub, out of reach.
    """
    if dataset in SHIPPED:
        return text_hash()
    source = Source.of(dataset)
    parts = [f"version {VERSION}", f"column {source.column}"]
    if source.path:
        saved = [path for path in sorted(source.path.rglob("*")) if path.is_file()]
        files = saved if _is_saved(source.path) else _files(source)
        parts += [f"{_suffix(path)} {content_hash(path)}" for path in files]
    else:
        parts += [source.repository, str(source.config), _revision(source)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def rows_of(
    dataset: str,
    tokenizer: Any,
    split: Split,
    tokens: int,
    context: int,
    seed: int = 0,
    fewer: str = "",
    pool_tokens: int = 0,
) -> TokenRows:
    """As many rows of `context` ids, each after a `<bos>`, as hold `tokens` positions to read.

    Documents come in the data set's own order (WordNet's: shuffled by `seed`). Held-out rows share no run of 13 tokens with
    the first `pool_tokens` to train on (WordNet's: with none at all). Raises TextError: an unknown data set or split, one
    that cannot be read, or one with too few tokens, where `fewer` is what to do, instead of asking for fewer.
    """
    check_split(split)
    if dataset in SHIPPED:
        return SHIPPED[dataset](tokenizer, split, tokens, context, seed)
    source, fewer = Source.of(dataset), fewer or ASK_FOR_FEWER[split]
    given = Documents(dataset, lambda: contents(source), lambda some: _ids(some, tokenizer, dataset), tokenizer)
    if split != "train":
        return rows_apart(given, split, tokens, context, pool_tokens, fewer)
    rows = packed(given.ids(given.of(split)), tokenizer, context)
    return pack(rows, tokenizer, tokens, context, f"{split} text of the data set {dataset!r}", fewer)


def contents(source: Source) -> Iterator[Document]:
    """The documents of a data set, of all splits: texts, or token ids where that is all there is. Raises TextError."""
    column = source.column
    try:
        for row in _stream(source):
            column = column or _column(source, row)
            if column not in row:
                raise TextError(f"the data set {source.name!r} has no column {column!r}; it has {', '.join(row)}")
            content = row[column]
            is_ids = isinstance(content, list) and all(isinstance(token, int) for token in content)
            if not isinstance(content, str | None) and not is_ids:
                raise TextError(f"the column {column!r} of the data set {source.name!r} holds no text")
            if content:
                yield content
    except TextError:
        raise
    except Exception as error:  # datasets, pyarrow and the hub raise dozens of kinds that share no base class
        advice = remedy(error, "data set", _EXAMPLE) or " ".join(str(error).split()) or repr(error)
        if source.path is None and is_offline():
            advice = (
                "it is not in the cache and HF_HUB_OFFLINE is set: run `python -m harness.prepare` first, with the same "
                "settings, where there is a network"
            )
        naming = "" if source.path else " (a data set of the hub is named NAME[:CONFIG][@REVISION][#COLUMN])"
        raise TextError(f"the data set {source.name!r} cannot be read: {advice}{naming}") from error


def _stream(source: Source) -> Iterable[Mapping[str, Any]]:
    """The rows of a data set as they come, from its split `train` where it has one, else from its first."""
    quiet()
    import datasets

    datasets.disable_progress_bars()
    if source.path is None:
        found = datasets.load_dataset(source.repository, source.config, revision=_revision(source), streaming=True)
    elif _is_saved(source.path):
        found = datasets.load_from_disk(str(source.path)).with_format(None)
    else:
        files = _files(source)
        kind = KINDS[_suffix(files[0])]
        paragraphs = {"sample_by": "paragraph"} if kind == "text" and any(map(_has_blank_line, files)) else {}
        names = [glob.escape(str(path)) for path in files]
        found = datasets.load_dataset(kind, data_files=names, split="train", streaming=True, **paragraphs)
    if isinstance(found, dict):
        found = found["train"] if "train" in found else next(iter(found.values()))
    rows: Iterable[Mapping[str, Any]] = found
    return rows


def _is_saved(path: Path) -> bool:
    """Whether datasets.save_to_disk wrote this folder."""
    return (path / "dataset_dict.json").is_file() or (path / "state.json").is_file()


def _files(source: Source) -> list[Path]:
    """The files of a data set in a file or folder: those of the first kind of KINDS that it holds."""
    assert source.path
    inside = sorted(source.path.rglob("*")) if source.path.is_dir() else [source.path]
    for suffix in KINDS:
        if found := [path for path in inside if path.is_file() and _suffix(path) == suffix]:
            return found
    raise TextError(
        f"the data set {source.name!r} holds no text: it must hold files of one kind, {', '.join(KINDS)} "
        f"(also packed as {', '.join(PACKINGS)}), or what datasets.save_to_disk wrote"
    )


def _suffix(path: Path) -> str:
    """What tells a file's kind, whether it is packed or not."""
    return (path.with_suffix("") if path.suffix in PACKINGS else path).suffix


def _has_blank_line(path: Path) -> bool:
    """Whether documents are paragraphs: some line of the file is empty. A file without one has a document a line."""
    import fsspec

    with fsspec.open(str(path), "rt", compression="infer", encoding="utf-8") as file:
        return any(line == "\n" for line in file)


def _column(source: Source, row: Mapping[str, Any]) -> str:
    """The column that holds the documents."""
    texts = [name for name, value in row.items() if isinstance(value, str)]
    known = [name for name in TEXT_COLUMNS if name in texts] or texts[: len(texts) == 1]
    known += [name for name in ID_COLUMNS if isinstance(row.get(name), list)]
    if not known:
        raise TextError(
            f"which column of the data set {source.name!r} holds its text cannot be told; it has {', '.join(row)}: "
            f"name it, as in {source.name}#{next(iter(row), 'text')}"
        )
    return known[0]


def _ids(documents: Iterator[Document], tokenizer: Any, dataset: str) -> Iterator[list[int]]:
    """Token ids of each document, without an `<eos>` at its end. Ids that come as such must be this tokenizer's."""
    first = next(documents, None)
    if first is None:
        return
    everything = itertools.chain([first], documents)
    if isinstance(first, str):
        yield from encoded(cast("Iterable[str]", everything), tokenizer)
        return
    known = len(tokenizer)
    for ids in cast("Iterable[list[int]]", everything):
        if min(ids) < 0 or max(ids) >= known:
            raise TextError(
                f"the data set {dataset!r} holds token ids up to {max(ids)}, and the model's tokenizer has {known}: "
                "it was tokenised for another model"
            )
        yield ids[:-1] if ids[-1] == tokenizer.eos_token_id else ids


def _revision(source: Source) -> str:
    def told(advice: str) -> TextError:
        return TextError(
            f"the data set {source.name!r} cannot be used: {advice} (no file or folder of that name is seen from {Path.cwd()})"
        )

    with refusals("data set", _EXAMPLE, told):
        return data_set_revision(source.repository, source.revision)
