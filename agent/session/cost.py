"""What a launch cost, as its supervisor measured it: nothing of it is the launched code's word."""

from __future__ import annotations

from typing import Any

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
    data_cpu_s: float | None = None
    """CPU seconds of the process that handed out its data, which are in none of the above; None where there is no such process."""
    data_gpu_s: float | None = None
    """The same of a GPU's seconds."""
    data_peak_gb: float | None = None
    """Resident memory of that process at its highest."""

    def beside(self, data: Cost | None) -> Cost:
        """The same with what the process beside it cost, that handed out its data."""
        if data is None:
            return self
        return self.model_copy(
            update={"data_cpu_s": data.cpu_s, "data_gpu_s": data.gpu_s, "data_peak_gb": data.peak_gb}
        )

    def written(self) -> dict[str, Any]:
        """As results hold it; nothing of a process that handed out data where none did."""
        told = self.model_dump()
        return {name: value for name, value in told.items() if value is not None or not name.startswith("data_")}
