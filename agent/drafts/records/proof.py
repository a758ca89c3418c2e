"""Which runs show that something was trained: what their files say against it, and whether they differ from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.records.runs import Run

_ENOUGH = 2
"""Values that two runs must share to be called equal."""


def with_proofs(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs, each with the reason why it is not proven where there is one."""
    proven: list[Run] = []
    for run in runs:
        proven.append(replace(run, unproven=_reason(run, proven)))
    return tuple(proven)


def _reason(run: Run, earlier: Sequence[Run]) -> str:
    if run.signs:
        return "; ".join(run.signs[:3])
    results = _results(run)
    if not any(one.role in ("value", "spread") for one in run.quantities):
        return "it holds no measured value"
    twin = next((one for one in earlier if len(results) >= _ENOUGH and _results(one) == results), None)
    if twin is None:
        return ""
    if run.code and twin.code:
        same = run.code == twin.code
        return (
            ""
            if same and _settings(run) == _settings(twin)
            else f"every result equals that of {twin.name}, whose code differs"
        )
    if _settings(run) != _settings(twin):
        return f"every result equals that of {twin.name}, whose settings differ"
    return f"every result equals that of {twin.name}, and no code tells the two apart"


def _results(run: Run) -> dict[str, float]:
    """What was measured, without clocks, which differ by themselves."""
    clocks = ("second", "time", "date", "duration", "_s")
    return {
        f"{one.file.rsplit('/', 1)[-1]}:{one.place}": one.value
        for one in run.quantities
        if one.role in ("value", "spread") and not (one.place.lower().endswith(clocks) and "per_" not in one.place)
    }


def _settings(run: Run) -> set[tuple[str, float | str]]:
    own = {(one.place, one.value) for one in run.quantities if one.role == "setting"}
    return own | set(run.words.items())
