"""What a launch cost, as its supervisor measured it: nothing of it is the launched code's word."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Cost(BaseModel):
    """The cost of one launch. What could not be measured is None, never 0."""

    model_config = ConfigDict(frozen=True)

    wall_s: float
    """Wall time."""
    cpu_s: float | None = None
    """CPU seconds of the command and of all that it started."""
    gpu_s: float | None = None
    """Seconds of a whole GPU's use; None where there is no GPU, or none of its processes could be told apart there."""
    peak_gb: float | None = None
    """Resident memory of the whole tree at its highest, looked at four times a second; the largest process' at least."""
    beside_cores: float | None = None
    """Cores that other processes of the machine kept busy meanwhile, on average: what may have slowed it down."""
