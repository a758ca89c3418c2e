"""What runs cost, in words: behind every claim where it is far from the baseline's, and beside every result."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.results.compute import PARTS, Compute, Part, Ratio
from agent.results.values import decimal

UNKNOWN = "not measured"
BASELINES = "the baseline's compute"
FIELDS = ("cpu_s", "gpu_s", "wall_s", "peak_gb", "data_cpu_s", "times", "far")
"""What references may ask of a run's compute."""
_CROWDED = 0.5
"""Cores that others kept busy, from which on it is said."""


def times_text(times: float) -> str:
    """`1.9`, `0.32`, `12`: two digits are enough for what varies by some percent."""
    return decimal(times, 2 if times < 0.995 else 1 if times < 9.95 else 0)


def far_text(ratio: Ratio | None, whose: str = BASELINES) -> str:
    """`, at 1.9 times the baseline's compute`, where it is far from that; else empty."""
    return f", at {times_text(ratio.times)} times {whose}" if ratio is not None and ratio.far else ""


def short_text(compute: Compute, ratio: Ratio | None) -> str:
    """`12 s CPU (1.9×!)` for a table, the mark where it is far; `–` where it was not measured."""
    times = f" ({times_text(ratio.times)}×{'!' if ratio.far else ''})" if ratio else ""
    for part, unit in ((PARTS["gpu_s"], "s GPU"), (PARTS["cpu_s"], "s CPU")):
        value = compute.mean(part)
        if value is not None:
            return f"{seconds_text(value)} {unit}{times}"
    return "–"


def amount_text(compute: Compute, ratio: Ratio | None) -> str:
    """`23.4 CPU-seconds (1.9 times the baseline's)`: what a sentence has room for; all of it is `cost_text`."""
    for part, unit in _UNITS.items():
        if (value := compute.mean(part)) is not None:
            times = f" ({times_text(ratio.times)} times the baseline's)" if ratio is not None else ""
            return f"{seconds_text(value)} {unit}{times}"
    return UNKNOWN


def cost_text(compute: Compute, ratio: Ratio | None) -> str:
    """`23.4 CPU-seconds (1.9 times the baseline's), 12.1 s, at most 0.41 GB`: what one launch cost, as its supervisor saw it."""
    if not compute.launches:
        return UNKNOWN
    known = [(unit, value) for part, unit in _UNITS.items() if (value := compute.mean(part)) is not None]
    parts = [amount_text(compute, ratio), *(f"{seconds_text(value)} {unit}" for unit, value in known[1:])]
    if (gigabytes := compute.mean("peak_gb")) is not None:
        parts.append(f"at most {gigabytes:.2g} GB")
    beside = compute.mean("beside_cores")
    if beside is not None and beside >= _CROWDED:
        parts.append(f"beside {decimal(beside, 1)} cores of other work")
    if (data := compute.mean("data_cpu_s")) is not None:
        parts.append(f"{seconds_text(data)} CPU-seconds more of what handed out its data")
    several = f" (mean of {len(compute.launches)} launches)" if len(compute.launches) > 1 else ""
    return ", ".join(parts) + several


def field_text(compute: Compute, ratio: Ratio | None, field: str) -> str:
    """One field of a run's compute; what was not measured is said."""
    if field == "far":
        return far_text(ratio).removeprefix(", ") or f"at about {BASELINES}"
    if field == "times":
        return UNKNOWN if ratio is None else times_text(ratio.times)
    value = compute.mean(PARTS[field])
    return UNKNOWN if value is None else _WRITTEN[field](value)


def seconds_text(value: float) -> str:
    """Seconds as a person reads them: a decimal, none from a hundred on."""
    return f"{value:,.0f}" if value >= 100 else decimal(value, 1)


_UNITS: Mapping[Part, str] = {"gpu_s": "GPU-seconds", "cpu_s": "CPU-seconds", "wall_s": "s"}
_WRITTEN: Mapping[str, Callable[[float], str]] = {
    "cpu_s": seconds_text,
    "gpu_s": seconds_text,
    "wall_s": seconds_text,
    "data_cpu_s": seconds_text,
    "peak_gb": lambda value: f"{value:.2g}",
}
