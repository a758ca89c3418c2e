"""The hub's data sets that sae-bench reads at full scale: from folders of their names (`data_dir`), from the cache, where
`python -m harness.prepare` puts them, or from the hub.

In the cache a data set is a folder as the hub has it. Of the two that are hundreds of gigabytes large, only what
sae-bench reads is kept: the same rows in the same order, so that it draws the same texts from them.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import TextError
from harness.read.hub import data_set_revision, is_offline, known_revision, quiet, refusals
from harness.store.cache import Cache, Draft, key_of
from harness.store.content import content_hash

KIND, FORMAT, FILES = "data-sets", 1, "files"
BIOS, REVIEWS, NEWS = "LabHC/bias_in_bios", "canrager/amazon_reviews_mcauley_1and5", "fancyzhx/ag_news"
GITHUB, EUROPARL = "codeparrot/github-code", "Helsinki-NLP/europarl"
QUESTIONS = ("cais/wmdp", "cais/mmlu")
WIKITEXT = "wikitext"
OPENWEBTEXT = "Skylion007/openwebtext"  # of core by the published protocol
FORGET_FILE = "bio-forget-corpus.jsonl"  # in --data_dir: the hub gives it out on request
RAVEL = "adamkarvonen/ravel_prompts"
# What sae-bench reads of those two (test_data_sets.py holds it to sae-bench's own code).
ENOUGH = (
    2_500  # texts of each class: it reads on until it has more, for 4,000 to train on and 1,000 to test, in two classes
)
LANGUAGES = ("C", "Python", "HTML", "Java", "PHP")
LETTERS = 40_000_000  # characters of OPENWEBTEXT: 2,000 batches of 16 texts of 128 tokens, of at most 9 characters
SHORTEST_CODE = 534  # characters; it passes over what is not longer
PAIRS = ("en-fr", "fr-it", "de-en", "es-fr", "nl-pt")


def in_folder(names: Iterable[str], data_dir: Path | None) -> dict[Path, Path]:
    """Those that lie in `data_dir`, else in the cache, by the relative path under which sae-bench looks for them."""
    found = {}
    for name in names:
        given = data_dir / name if data_dir is not None and (data_dir / name).is_dir() else None
        if (folder := given or kept(name)) is not None:
            found[Path(name)] = folder
    return found


def kept(name: str) -> Path | None:
    """The folder of a data set in the cache, which stays there until this process ends; None where it is not there."""
    commit, cache = known_revision(name, None), Cache()
    folder = cache.find(KIND, _fields(name, commit)) if commit else None
    return folder / FILES if folder and cache.hold(folder) else None


def fetch(name: str) -> Path:
    """The folder of a data set in the cache; fetched from the hub where it is not there.

    Raises TextError where the hub refuses or cannot be reached, CacheMiss where the cache cannot be written.
    """
    if (found := kept(name)) is not None:
        return found

    def told(why: str) -> TextError:
        return TextError(
            f"the data set {name!r}, which the evals read, cannot be had: {why}; --evals says which are fetched"
        )

    with refusals("data set", BIOS, told):
        commit = data_set_revision(name, None)
        take = SAMPLED.get(name, _whole)
        return Cache().get(KIND, _fields(name, commit), lambda draft: _fill(draft, name, commit, take)) / FILES


def identity(name: str, data_dir: Path | None) -> str:
    """What is read under that name: a hash of the files in `data_dir`, else the hub's commit. For the cache's key."""
    if data_dir is None or not (data_dir / name).is_dir():
        return data_set_revision(name, None)
    files = sorted(path for path in (data_dir / name).rglob("*") if path.is_file())
    return key_of({str(path.relative_to(data_dir / name)): content_hash(path) for path in files})


def missing(name: str, data_dir: Path | None) -> list[str]:
    """Why a data set cannot be read; empty where it is in the folder that is given, in the cache, or can be had now."""
    if found := in_folder([name], data_dir).get(Path(name)):
        if _holds_data(found):
            return []
        return [f"{found} holds no data of the data set {name}: put its files there, as they are on the hub"]
    if data_dir is not None:
        return [f"the data set {name} is not in {data_dir}: put its files in {data_dir / name}"]
    if is_offline():  # what `datasets` and the hub's own cache hold is not read without a network
        return [
            f"the data set {name} is not in the cache and HF_HUB_OFFLINE is set: run `python -m harness.prepare "
            "--scale full` (see its --evals) where there is a network, or name --data_dir"
        ]
    from huggingface_hub import HfApi

    def told(why: str) -> TextError:
        return TextError(f"the data set {name} cannot be had: {why}")

    try:
        with refusals("data set", BIOS, told):
            HfApi().dataset_info(name, timeout=20)
    except TextError as error:
        return [str(error)]
    return []


def _holds_data(folder: Path) -> bool:
    """Whether there is more than a description: a README alone is what the hub's libraries leave of a look."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return any(
        path.suffix not in ("", ".md") and not any(part.startswith(".") for part in path.parts) for path in files
    )


def _fields(name: str, commit: str) -> dict[str, Any]:
    sampled = {"letters": LETTERS} if name == OPENWEBTEXT else {"texts": ENOUGH} if name in SAMPLED else {}
    return {"format": FORMAT, "name": name, "commit": commit, **sampled}


def _fill(draft: Draft, name: str, commit: str, take: Callable[[str, str, Path], None]) -> None:
    (draft.folder / FILES).mkdir(exist_ok=True)
    take(name, commit, draft.folder / FILES)
    draft.adopt_all()


def _whole(name: str, commit: str, folder: Path) -> None:
    """Every file, as the hub has it."""
    quiet()
    from huggingface_hub import snapshot_download

    snapshot_download(name, repo_type="dataset", revision=commit, local_dir=folder)
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # the hub's notes on the download


def _github(name: str, commit: str, folder: Path) -> None:
    """Code until there is enough of each language. The data set is read by its own script, as sae-bench has it."""
    counts: Counter[str] = Counter()

    def wanted() -> Iterator[Mapping[str, Any]]:
        for row in _streamed(name, commit, languages=list(LANGUAGES), trust_remote_code=True):
            if row["language"] in LANGUAGES and len(row["code"]) > SHORTEST_CODE:
                counts[row["language"]] += 1
                yield {"code": row["code"], "language": row["language"]}
            if all(counts[language] > ENOUGH for language in LANGUAGES):
                return

    _write(folder / "train.jsonl", wanted())


def _europarl(name: str, commit: str, folder: Path) -> None:
    """The first translations of each pair of languages, each pair a configuration."""
    for pair in PAIRS:
        rows = itertools.islice(_streamed(name, commit, pair), ENOUGH + 1)
        _write(folder / pair / "train.jsonl", ({"translation": row["translation"]} for row in rows))
    configs = (
        f"- config_name: {pair}\n  data_files:\n  - split: train\n    path: {pair}/train.jsonl\n" for pair in PAIRS
    )
    (folder / "README.md").write_text(f"---\nconfigs:\n{''.join(configs)}---\n", encoding="utf-8")


def _openwebtext(name: str, commit: str, folder: Path) -> None:
    """The first texts in the order in which sae-bench's core reads them: its shards shuffled by seed 42, no text within one."""
    rows, read = _streamed(name, commit).shuffle(seed=42, buffer_size=1), 0

    def wanted() -> Iterator[Mapping[str, Any]]:
        nonlocal read
        for row in rows:
            yield {"text": row["text"]}
            read += len(row["text"])
            if read > LETTERS:
                return

    _write(folder / "train.jsonl", wanted())


def _streamed(name: str, commit: str, *config: str, **more: Any) -> Any:
    """The rows of a data set, one after the other: an IterableDataset of the hub's library."""
    quiet()
    import datasets

    datasets.disable_progress_bars()
    return datasets.load_dataset(name, *config, revision=commit, split="train", streaming=True, **more)


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


SAMPLED: dict[str, Callable[[str, str, Path], None]] = {GITHUB: _github, EUROPARL: _europarl, OPENWEBTEXT: _openwebtext}
