"""What a run was handed to train on, as the process that handed it out counted (experiment/data.py), in words."""

from __future__ import annotations

from agent.results.results import RunResult
from agent.results.words import phrases

_MOST, _LONGEST = 8, 200
_UNDRAWN = {"nothing": "nothing, since ", "unproven": "nothing, so that this is not proven: "}
"""How it is said that no process hands data out, and with it what is proven."""


def drawn_text(run: RunResult) -> str:
    """`tokens 819,200, batches 400, split train`; empty where nothing was counted.

    What the run's settings hold under the same name with the same value is not said again. Where nothing hands data out, what the
    template says of that.
    """
    for name, said in _UNDRAWN.items():
        if isinstance(why := run.drawn.get(name), str):
            return f"{said}{why[:_LONGEST]}"
    told = [
        f"{name} {phrases.setting_text(value)[:40]}"
        for name, value in run.drawn.items()
        if isinstance(value, int | float | str) and not (name in run.config and run.config[name] == value)
    ]
    return ", ".join(told[:_MOST])
