"""What runners of benchmarks write, as a table in long form: they put operation, variant, size and statistic into one name.

`BM_Insert<btree>/1024_mean` of Google Benchmark, `org.Bench.insert` with its `params` of JMH.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PREFIX = re.compile(r"\A(?:BM|bench(?:mark)?)[_:/-]+", re.IGNORECASE)
_PARTS = re.compile(r"[<>/,\s]+")
_LABELLED = re.compile(r"([A-Za-z_]\w*):(.+)")
_OF_THE_RUNNER = re.compile(
    r"iterations|repeats|min_time|min_warmup_time|real_time|process_time|manual_time|threads|complexity.*"
)
"""Parts of a name that say how it was timed."""
_NO_RESULT = re.compile(
    r"(?:run_|aggregate_)?name|run_type|family_index|per_family_instance_index|repetition(?:s|_index)|threads|iterations|time_unit|label"
    r"|aggregate_unit|error_\w+|big_o|rms",
    re.IGNORECASE,
)
_TIMES = ("real_time", "cpu_time")
_STATISTICS = {"mean": "mean", "stddev": "std"}
_FEWEST = 2


def in_rows(payload: Any) -> Any:
    """The timings of a runner as rows, a repeat each, or with mean and spread where it kept no more; any other payload as it came."""
    if _is_of_google(payload):
        rows = list(_of_google(payload["benchmarks"]))
        return {"hardware": payload.get("context") or {}, "benchmarks": rows}
    if _is_of_jmh(payload):
        return list(_of_jmh(payload))
    return payload


def _is_of_google(payload: Any) -> bool:
    told = _records(payload.get("benchmarks")) if isinstance(payload, Mapping) else ()
    return bool(told) and all(isinstance(one.get("name"), str) and "real_time" in one for one in told)


def _is_of_jmh(payload: Any) -> bool:
    told = _records(payload)
    return bool(told) and all(
        isinstance(one.get("benchmark"), str) and isinstance(one.get("primaryMetric"), Mapping) for one in told
    )


def _records(value: Any) -> Sequence[Mapping[str, Any]]:
    """Two at least; nothing for any other value."""
    many = isinstance(value, list) and len(value) >= _FEWEST
    return value if many and all(isinstance(one, Mapping) for one in value) else ()


def _of_google(told: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each repeat; of benchmarks of which only statistics were kept, these."""
    repeats = [one for one in told if one.get("run_type", "iteration") == "iteration"]
    known = {_run_name(one) for one in repeats}
    for one in repeats:
        yield {**_named(_run_name(one)), "repeat": one.get("repetition_index", 0), **_measured(one)}
    kept: dict[str, dict[str, Mapping[str, Any]]] = {}
    counts: dict[str, Any] = {}
    for one in told:
        if _run_name(one) not in known and (statistic := _STATISTICS.get(str(one.get("aggregate_name")))):
            kept.setdefault(_run_name(one), {})[statistic] = _measured(one)
            counts[_run_name(one)] = one.get("repetitions")
    for name, statistics in kept.items():
        fields = dict.fromkeys(field for measured in statistics.values() for field in measured)
        both = {
            field: {"n": counts[name], **{which: measured.get(field) for which, measured in statistics.items()}}
            for field in fields
        }
        yield {**_named(name), **both}


def _run_name(one: Mapping[str, Any]) -> str:
    return str(one.get("run_name", one["name"]))


def _named(name: str) -> dict[str, Any]:
    """A column for each part of a name: its words, its numbers (`size`, or as they are labelled)."""
    found: dict[str, Any] = {}
    for part in filter(None, _PARTS.split(_PREFIX.sub("", name))):
        label = _LABELLED.fullmatch(part)
        if _OF_THE_RUNNER.fullmatch(label[1] if label else part):
            continue
        value = label[2] if label else part
        number = float(value) if re.fullmatch(r"\d+(?:\.\d+)?", value) else None
        words = ("operation", "variant", "kind", "type") if number is None else ("size", "argument", "extra")
        column = label[1] if label else next((word for word in words if word not in found), f"part_{len(found)}")
        found[column] = value if number is None else number
    return found


def _measured(one: Mapping[str, Any]) -> dict[str, Any]:
    """What was measured, times with their unit: `real_time_ns`."""
    unit = str(one.get("time_unit", "ns"))
    return {
        f"{name}_{unit}" if name in _TIMES else name: value
        for name, value in one.items()
        if not _NO_RESULT.fullmatch(name) and isinstance(value, (int, float))
    }


def _of_jmh(told: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in told:
        metric, params = one["primaryMetric"], one.get("params")
        unit = re.sub(
            r"\W+", "_per_" if "ops/" in str(metric.get("scoreUnit")) else "_", str(metric.get("scoreUnit", ""))
        )
        named = {"operation": one["benchmark"].rpartition(".")[2], **(params if isinstance(params, Mapping) else {})}
        numbers = {name: float(value) for name, value in named.items() if re.fullmatch(r"\d+(?:\.\d+)?", str(value))}
        yield {**named, **numbers, f"score_{unit}": {"mean": metric.get("score"), "ci95": metric.get("scoreError")}}
