"""The data sets that sae-bench reads at full scale: fetched once where there is a network, read without one afterwards."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.evaluation import data_sets
from harness.evaluation.data_sets import (
    BIOS,
    ENOUGH,
    EUROPARL,
    FILES,
    GITHUB,
    LANGUAGES,
    NEWS,
    PAIRS,
    REVIEWS,
    SHORTEST_CODE,
)
from harness.read.text import entries
from harness.store.cache import Cache
from harness.store.memo import remember
from tests.harness.evaluation.layout import as_on_the_hub
from tests.harness.hub_server import Hub, hub, save_small_llama

REPOSITORY = Path(__file__).parents[3]
COMMIT = "c" * 40


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a network, with a cache and a hub's cache of its own; gives the folder of the latter."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    return tmp_path / "hf" / "hub"


def keep(name: str) -> Path:
    """Put a data set into the cache, as `fetch` does."""
    remember("revisions", f"{name}@None", COMMIT)

    def make(draft: Any) -> None:
        (draft.folder / FILES).mkdir()
        (draft.folder / FILES / "train.jsonl").write_text('{"text": "a"}\n')
        draft.adopt_all()

    return Cache().get(data_sets.KIND, data_sets._fields(name, COMMIT), make)


def test_offline_only_what_can_be_read_is_there(offline: Path, tmp_path: Path) -> None:
    """The hub's own cache does not count, a lone README in it least of all: `datasets` reads neither without a network."""
    snapshot = offline / "datasets--LabHC--bias_in_bios" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for file in ("README.md", "train.parquet"):
        (snapshot / file).write_text("x")
        [said] = data_sets.missing(BIOS, None)
        assert "not in the cache and HF_HUB_OFFLINE is set: run `python -m harness.prepare --scale full`" in said
    folder = keep(BIOS)
    assert data_sets.missing(BIOS, None) == []
    assert data_sets.in_folder([BIOS, REVIEWS], None) == {Path(BIOS): folder / FILES}
    assert data_sets.identity(BIOS, None) == COMMIT
    (folder / FILES / "train.jsonl").write_text("damaged")
    assert data_sets.missing(BIOS, None) != []


def test_a_folder_that_is_given_comes_first_and_must_hold_data(offline: Path, tmp_path: Path) -> None:
    """`data_dir` before the cache; a README, or what the hub's libraries leave of a download, is no data."""
    keep(BIOS)
    keep(REVIEWS)
    given = tmp_path / "data" / BIOS
    (given / ".cache").mkdir(parents=True)
    (given / "README.md").write_text("about")
    (given / ".cache" / "train.parquet.lock").write_text("")
    assert "holds no data of the data set LabHC/bias_in_bios" in data_sets.missing(BIOS, tmp_path / "data")[0]
    (given / "train.parquet").write_text("x")
    assert data_sets.missing(BIOS, tmp_path / "data") == []
    found = data_sets.in_folder([BIOS, REVIEWS], tmp_path / "data")
    assert found[Path(BIOS)] == given
    assert found[Path(REVIEWS)].is_relative_to(Cache().root)


def test_what_is_kept_of_the_large_data_sets_is_what_sae_bench_reads() -> None:
    """Languages, pairs and numbers are those of sae-bench's own code."""
    spec = importlib.util.find_spec("sae_bench")
    assert spec is not None and spec.origin is not None
    own = Path(spec.origin).parent
    reads = (own / "sae_bench_utils" / "dataset_utils.py").read_text()
    assert (
        f'"codeparrot/github-code": {json.dumps(LANGUAGES)}'.replace("(", "[")
        in (own / "sae_bench_utils" / "dataset_info.py").read_text()
    )
    assert all(f'"{pair[:2]}": "{pair}"' in reads for pair in PAIRS)
    assert len(PAIRS) == reads.split("language_pairs = {")[1].split("}")[0].count(":")
    assert "if len(samples_by_language[language]) > samples_per_language:" in reads
    assert "if all(len(all_samples[lang]) > total_size for lang in chosen_classes):" in reads
    numbers = ("tokens_to_skip = 50", "ctx_len = 128", "chars_per_token = 3")
    assert all(number in reads for number in numbers)
    assert SHORTEST_CODE == 128 * 3 + 50 * 3
    sizes = (own / "evals" / "sparse_probing" / "eval_config.py").read_text()
    train, test = (
        int(sizes.split(f"probe_{part}_set_size: int = Field(")[1].split("default=")[1].split(",")[0])
        for part in ("train", "test")
    )
    assert train // 2 + test // 2 == ENOUGH


SCRIPT = """
import json
import datasets

class Config(datasets.BuilderConfig):
    def __init__(self, *args, languages=("all",), **kwargs):
        super().__init__(*args, **kwargs)
        self.languages = languages

class Code(datasets.GeneratorBasedBuilder):
    BUILDER_CONFIG_CLASS = Config
    BUILDER_CONFIGS = [Config(name="all")]
    DEFAULT_CONFIG_NAME = "all"

    def _info(self):
        return datasets.DatasetInfo(features=datasets.Features(
            {"code": datasets.Value("string"), "language": datasets.Value("string"), "path": datasets.Value("string")}))

    def _split_generators(self, dl_manager):
        files = dl_manager.download(["data/rows.jsonl"])
        return [datasets.SplitGenerator(name="train", gen_kwargs={"files": files})]

    def _generate_examples(self, files):
        for path in files:
            with open(path) as file:
                for number, line in enumerate(file):
                    row = json.loads(line)
                    if row["language"] in self.config.languages:
                        yield number, row
"""


def jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """acme/tiny, a Llama of random weights; acme/texts; and small stand-ins for the five data sets of sparse probing."""
    root = tmp_path_factory.mktemp("hub")
    model, texts = root / "models" / "acme" / "tiny", root / "datasets"
    save_small_llama(model)
    jsonl(texts / "acme/texts/train.jsonl", [{"text": entry.line} for entry in entries("train")[:25_000]])
    as_on_the_hub(texts)
    rng = random.Random(0)
    for split in ("train", "test"):
        rows = [
            {"text": f"thing {category} {rating} {rng.random()}", "category": category, "rating": float(rating)}
            for category in (1, 2, 3, 5, 6)
            for rating in (1, 5)
            for _ in range(40)
        ]
        jsonl(texts / REVIEWS / f"{split}.jsonl", rows)
    code = [
        {"code": f"{language} {n} " * length, "language": language, "path": "x"}
        for n in range(60)
        for language in (*LANGUAGES, "Perl")
        for length in (1, 200)
    ]
    jsonl(texts / GITHUB / "data/rows.jsonl", code)
    (texts / GITHUB / "github-code.py").write_text(SCRIPT)
    configs = []
    for pair in PAIRS:
        both = [{"translation": {each: f"{each} {n}" for each in pair.split("-")}} for n in range(ENOUGH + 200)]
        jsonl(texts / EUROPARL / pair / "rows.jsonl", both)
        configs.append(f"- config_name: {pair}\n  data_files: {pair}/rows.jsonl\n")
    (texts / EUROPARL / "README.md").write_text(f"---\nconfigs:\n{''.join(configs)}---\n")
    with hub(root) as running:
        yield running


NAMES = ("--scale=full", "--model=acme/tiny", "--layer=1", "--context=64", "--dataset=acme/texts", "--lm_dtype=float32")
EVALS = "--evals=core,sparse_probing,scr"
RUN = """
import sys
from dataclasses import replace
from functools import partial
import experiment
import harness.evaluation.__main__ as command
from harness.evaluation.scoring import subjects
from harness.evaluation.evals import EVALS
from tests.harness.evaluation.layout import SETTINGS

small = replace(experiment.SCALES["full"], d_sae=64, k=4, steps=25, batch_size=128, k_aux=8, dead_after_tokens=500)
experiment.SCALES["full"] = small
names, evals, out = sys.argv[1].split(), sys.argv[2], sys.argv[3]
sys.argv = ["experiment.py", f"--out_dir={out}/run_0", "--pool_tokens=1500", "--device=cpu", *names]
experiment.main()
probing = SETTINGS["sparse_probing"] | {"dataset_names": [
    "LabHC/bias_in_bios_class_set1", "canrager/amazon_reviews_mcauley_1and5",
    "canrager/amazon_reviews_mcauley_1and5_sentiment", "codeparrot/github-code", "fancyzhx/ag_news", "Helsinki-NLP/europarl"]}
subjects.FullSubject = partial(subjects.FullSubject, settings={"sparse_probing": probing, "scr": SETTINGS["scr"]})
for each in EVALS:
    each.turns_off = min(each.turns_off, max(SETTINGS["scr"]["n_values"]))
sys.exit(command.main([f"--run_dir={out}/run_0", f"--out={out}/scores.json", evals, "--heldout_tokens=200"]))
"""


SAME = """
import os, sys, tempfile
from pathlib import Path
from harness.evaluation import data_sets
from harness.evaluation.upstream.whole import dataset_info, dataset_utils, own_data, plain_tables

data_sets.ENOUGH = 30  # texts of a class in 40 to train on and 20 to test, in two classes
sets = {data_sets.GITHUB: dataset_utils.get_github_code_dataset,
        data_sets.EUROPARL: dataset_utils.get_europarl_dataset}
counts = []
for name, read in sets.items():
    classes = dataset_info.chosen_classes_per_dataset[name]
    from_hub = read(name, classes, 40, 20, 42)
    data_sets.fetch(name)
    with tempfile.TemporaryDirectory() as folder, own_data(Path(folder), data_sets.in_folder([name], None)):
        if name == data_sets.GITHUB:
            try:
                read(name, classes, 40, 20, 42)
                sys.exit("sae-bench reads a folder of tables itself: take fault 19 out of upstream/")
            except ValueError as error:
                assert "languages" in str(error)
        with plain_tables():
            kept = read(name, classes, 40, 20, 42)
    assert kept == from_hub, name
    counts.append(sum(len(path.read_text().splitlines()) for path in data_sets.kept(name).rglob("*.jsonl")))
news = data_sets.fetch("fancyzhx/ag_news") / "train.jsonl"
whole = news.read_bytes()
news.write_bytes(whole[:-9] + b"damaged!\\n")
assert data_sets.kept("fancyzhx/ag_news") is None
assert data_sets.fetch("fancyzhx/ag_news") / "train.jsonl" == news and news.read_bytes() == whole
print(*counts)
"""


@pytest.mark.slow
def test_sae_bench_draws_the_same_texts_from_what_is_kept(served: Hub, tmp_path: Path) -> None:
    """Of code and of translations no more is kept than it reads, and by its own functions it reads from that what it does
    from the hub. A damaged data set is fetched again."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    done = typed(
        own
        | {
            "HF_ENDPOINT": served.address,
            "HF_HOME": str(tmp_path / "hf"),
            "LABLOOP_CACHE": str(tmp_path / "cache"),
            "HF_HUB_OFFLINE": "0",
            "HF_DATASETS_OFFLINE": "0",
            "PYTHONPATH": str(REPOSITORY),
        },
        "-c",
        SAME,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == f"{31 * len(LANGUAGES)} {31 * len(PAIRS)}"


def typed(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=REPOSITORY, env=env, text=True, capture_output=True, timeout=400
    )


@pytest.mark.slow
def test_what_prepare_fetched_is_all_that_a_full_evaluation_reads(served: Hub, tmp_path: Path) -> None:
    """prepare with a network; then, in a session's environment without one: prepare, check, a run, its evaluation.

    Afterwards the cache loses the text that core reads: the check says so, and what to type.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    online = own | {
        "HF_ENDPOINT": served.address,
        "HF_HOME": str(tmp_path / "hf"),
        "LABLOOP_CACHE": str(tmp_path / "cache"),
        "LABLOOP_EVALS_ON_CPU": "1",
        "PYTHONPATH": str(REPOSITORY),
    }
    sizes = ("--pool_tokens=1500", "--heldout_tokens=200", "--device=cpu", EVALS)
    prepare = ("-m", "harness.prepare", *NAMES, *sizes)
    first = typed(online, *prepare)
    assert first.returncode == 0, first.stderr
    kept = {entry["name"] for entry in Cache(tmp_path / "cache").entries(data_sets.KIND)}
    assert kept == {BIOS, REVIEWS, GITHUB, EUROPARL, NEWS}
    served.asked.clear()
    session = online | {
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "HF_HOME": str(tmp_path / "empty"),
        "HF_HUB_CACHE": str(tmp_path / "hf" / "hub"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
    }
    again = typed(session, *prepare)
    assert again.returncode == 0, again.stderr
    assert again.stderr.count("in the cache") == 10  # five data sets, core's text, two splits
    check = ("-m", "harness.evaluation", "--check", EVALS, *NAMES, "--pool_tokens=1500", "--heldout_tokens=200")
    assert typed(session, *check).returncode == 0
    done = typed(session, "-c", RUN, " ".join(NAMES), EVALS, str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    metrics = json.loads((tmp_path / "scores.json").read_text())["metrics"]
    assert {"explained_variance", "probing_top_5", "scr_top_20"} <= set(metrics)
    assert served.asked == []
    shutil.rmtree(tmp_path / "cache" / "text")
    said = typed(session, *check)
    assert said.returncode == 3
    assert "the held-out text of core (acme/texts read by acme/tiny, layer 1) are not in the cache" in said.stderr
