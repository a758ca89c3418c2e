"""Runners of benchmarks, which put operation, variant, size and statistic into one name."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from agent.drafts.records.benchmarked import in_rows
from agent.drafts.records.folder import read_folder
from tests.agent.drafts.layouts.test_tools import findings, put

TIMES = {
    ("Insert", "btree", 1024): (78.1, 79.4, 78.6),
    ("Insert", "btree", 32768): (143.0, 145.9, 142.8),
    ("Insert", "skiplist", 1024): (135.9, 133.2, 134.7),
    ("Insert", "skiplist", 32768): (246.1, 249.7, 244.4),
    ("Lookup", "btree", 1024): (45.4, 44.2, 46.9),
    ("Lookup", "btree", 32768): (80.3, 81.9, 79.2),
    ("Lookup", "skiplist", 1024): (76.6, 77.3, 75.1),
    ("Lookup", "skiplist", 32768): (139.2, 138.4, 141.5),
}
"""Nanoseconds."""


def google(repeats: bool) -> dict[str, Any]:
    """What Google Benchmark prints as JSON, with each repeat or with its statistics alone."""
    told: list[dict[str, Any]] = []
    for (operation, structure, size), times in TIMES.items():
        name = f"BM_{operation}<{structure}>/{size}"
        shared = {
            "run_name": name,
            "family_index": 0,
            "repetitions": 3,
            "threads": 1,
            "time_unit": "ns",
            "iterations": 900,
        }
        for number, time in enumerate(times if repeats else ()):
            one = {"name": name, "run_type": "iteration", "repetition_index": number}
            told.append({**shared, **one, "real_time": time, "cpu_time": 0.98 * time})
        for statistic, value in (("mean", fmean(times)), ("stddev", stdev(times))):
            one = {"name": f"{name}_{statistic}", "run_type": "aggregate", "aggregate_name": statistic}
            told.append({**shared, **one, "real_time": value, "cpu_time": 0.98 * value})
    return {
        "context": {"date": "2026-01-05", "num_cpus": 16, "caches": [{"level": 1, "size": 32768}]},
        "benchmarks": told,
    }


@pytest.mark.parametrize("repeats", [True, False], ids=["repeats", "statistics"])
def test_a_name_is_parted_into_what_it_holds(repeats: bool, tmp_path: Path) -> None:
    """A table by structure with a spread in each cell holds, two rows exchanged do not; nor does a sentence of another's."""
    put(tmp_path / "results", {"bench.json": google(repeats)})
    assert "Lookup/skiplist/size=1024" in read_folder(tmp_path / "results").by_name
    rows = {
        structure: " | ".join(
            f"{fmean(TIMES[operation, structure, size]):.1f} ± {stdev(TIMES[operation, structure, size]):.1f}"
            for operation in ("Insert", "Lookup")
            for size in (1024, 32768)
        )
        for structure in ("btree", "skiplist")
    }
    head = "Means of 3 repetitions.\n\n| | Insert, 1024 (ns) | Insert, 32768 (ns) | Lookup, 1024 (ns) | Lookup, 32768 (ns) |\n|---|---|---|---|---|\n"
    table = head + "| B-tree | {} |\n| skip list | {} |\n"
    assert findings(tmp_path, table.format(rows["btree"], rows["skiplist"])) == []
    assert len(findings(tmp_path, table.format(rows["skiplist"], rows["btree"]))) >= 8
    line = "A lookup in the skip list at 32768 keys takes {} ± {} ns.\n"
    assert findings(tmp_path, line.format("139.7", "1.61")) == []
    assert findings(tmp_path, line.format("80.5", "1.36")) == ["80.5"]  # a spread is held to its mean
    assert findings(tmp_path, line.format("139.7", "1.36")) == ["1.36"]


def test_labels_are_columns_and_how_it_was_timed_is_none() -> None:
    """`n:64` is n; a time by the clock of the process, the number of threads and of iterations tell nothing apart."""
    told = [
        {"name": f"BM_copy/n:{n}/process_time/iterations:10", "real_time": 1.0 * n, "time_unit": "us"}
        for n in (64, 128)
    ]
    assert in_rows({"benchmarks": told})["benchmarks"] == [
        {"operation": "copy", "n": n, "repeat": 0, "real_time_us": 1.0 * n} for n in (64, 128)
    ]


def test_scores_of_jmh_have_their_parameters(tmp_path: Path) -> None:
    """A method is an operation, its parameters are settings, the error is half of an interval."""
    put(
        tmp_path / "results",
        {
            "jmh.json": [
                {
                    "benchmark": f"org.sample.MapBench.{operation}",
                    "params": {"size": str(size)},
                    "primaryMetric": {"score": score, "scoreError": score / 50, "scoreUnit": "ns/op"},
                }
                for operation, size, score in (
                    ("get", 100, 12.31),
                    ("get", 900, 15.87),
                    ("put", 100, 21.04),
                    ("put", 900, 30.52),
                )
            ]
        },
    )
    line = "With a size of 900, put scores {} ns/op.\n"
    assert findings(tmp_path, line.format("30.52")) == []
    assert findings(tmp_path, line.format("15.87")) == ["15.87"]


def test_other_payloads_stay_as_they_are() -> None:
    """A list called `benchmarks` without timings, a list of records, a number."""
    for payload in ({"benchmarks": [{"name": "a", "acc": 1}, {"name": "b", "acc": 2}]}, [{"benchmark": "a"}] * 2, 3):
        assert in_rows(payload) is payload
