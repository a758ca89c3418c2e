"""Exports whose names hold seeds, groups that are called like an index, metrics that are called like verbs, counts that all runs share."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from agent.drafts.records.folder import read_folder
from tests.agent.drafts.layouts.test_tools import findings, put


def test_a_name_in_a_table_may_say_a_seed(tmp_path: Path) -> None:
    """`adam-seed0` and `adam-seed1` of an export are two repeats of adam."""
    rows = "".join(
        f"{m}-seed{s},finished,{s},{a + s / 997:.4f}\n"
        for (m, a), s in product((("adam", 0.93), ("sgd", 0.94)), (0, 1, 2))
    )
    put(tmp_path / "results", {"export.csv": "Name,State,seed,test/acc\n" + rows})
    assert set(read_folder(tmp_path / "results").by_name) == {"adam", "sgd"}
    table = "| | Accuracy (%) |\n|---|---|\n| Adam | {} ± 0.10 |\n| SGD | 94.10 ± 0.10 |\n"
    assert findings(tmp_path, table.format("93.10")) == []
    assert findings(tmp_path, table.format("94.10")) == ["94.10"]


def test_an_index_is_measured(tmp_path: Path) -> None:
    """A group `index` is what was built; a percentile is no number of its own."""
    told = {
        name: {"index": {"size_gb": size}, "latency_ms": {"p50": size * 3.1, "p99": size * 9.7}}
        for name, size in (("bm25", 0.671), ("splade", 3.072), ("colbert", 4.271))
    }
    put(tmp_path / "results", {"results.json": told})
    assert not read_folder(tmp_path / "results").configured
    line = "The index of SPLADE takes {} GB; the median latency of BM25 is 2.08 ms, its 99th percentile 6.51 ms.\n"
    assert findings(tmp_path, line.format("3.07")) == []
    assert findings(tmp_path, line.format("4.27")) == ["4.27"]


def test_a_verb_names_no_metric(tmp_path: Path) -> None:
    """`it is 7.07`, where a metric is called `is`: only in capitals."""
    for n, (ema, aug) in enumerate(product((False, True), (False, True))):
        put(
            tmp_path / "results",
            {
                f"run_{n:03}/args.json": {"use_ema": ema, "augment": aug, "batch_size": 256},
                f"run_{n:03}/eval.json": {"fid": 9.83 - 1.71 * ema - 1.05 * aug, "is": 8.9 + n / 13},
            },
        )
    line = "With batch size 256 the FID falls to 8.12 with EMA alone; with both EMA and augmentation it is {}. Its IS is 9.13.\n"
    assert findings(tmp_path, line.format("7.07")) == []
    assert findings(tmp_path, line.format("7.77")) == ["7.77"]


def test_what_all_runs_share_was_counted(tmp_path: Path) -> None:
    """`The test set has 1,246 images, 233 of which are malignant`."""
    for name, more in (("svm", 0.0), ("cnn", 0.06), ("vit", 0.08)):
        classes = {
            c: {"recall": r + more, "f1-score": r + more - 0.01, "support": n}
            for c, r, n in (("benign", 0.912, 612), ("malignant", 0.711, 233), ("normal", 0.86, 401))
        }
        put(
            tmp_path / "results",
            {
                f"{name}/report.json": {
                    **classes,
                    "macro avg": {"recall": 0.83 + more, "f1-score": 0.82 + more, "support": 1246},
                }
            },
        )
    line = (
        "The test set has 1,246 images, {} of which are malignant. On malignant cases the SVM has a recall of 0.711.\n"
    )
    assert findings(tmp_path, line.format(233)) == []


def test_a_number_before_seeds_may_be_another(tmp_path: Path) -> None:
    """`batch size 256 and three seeds` are not 256 seeds."""
    for method, seed in product(("a1", "b1"), (0, 1, 2)):
        put(
            tmp_path / "results",
            {f"{method}/seed_{seed}/m.json": {"acc": 0.8 + seed / 19 + len(method) / 7, "batch_size": 256}},
        )
    assert findings(tmp_path, "We use a batch size of 256 and 3 seeds.\n") == []
    assert findings(tmp_path, "We use a batch size of 256 and 5 seeds.\n") == ["5"]


def test_a_factor_is_of_what_is_named_beside_it(tmp_path: Path) -> None:
    """`5 minutes more and 1.5 times its parameters`."""
    for method, minutes, parameters in (("lstm", 12.3, 10000), ("gru", 14.3, 12000), ("tcn", 17.3, 15000)):
        put(
            tmp_path / "results",
            {f"{method}/m.json": {"mae": minutes / 40, "n_params": parameters, "time_min": minutes}},
        )
    line = "The TCN needs 5 minutes more than the LSTM and has {} times its parameters.\n"
    assert findings(tmp_path, line.format("1.5")) == []
    assert findings(tmp_path, line.format("1.8")) == ["1.8"]
