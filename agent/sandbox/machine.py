"""What this machine has to give: memory that is free, in its own limits and its container's."""

from __future__ import annotations

from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUPS = Path("/sys/fs/cgroup")
_LIMITS = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)


def free_memory_gb() -> float | None:
    """Gigabytes that programs can still take here; None where the system does not say (no Linux)."""
    found = [free for free in (_available(), *(_in_container(*names) for names in _LIMITS)) if free is not None]
    return min(found) / 1e9 if found else None


def _available() -> int | None:
    try:
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _in_container(limit: str, used: str, stat: str, cached: str) -> int | None:
    """What its container's limit leaves; pages of files that can be given back count as free."""
    try:
        free = int((_CGROUPS / limit).read_text()) - int((_CGROUPS / used).read_text())
        rows = dict(line.split() for line in (_CGROUPS / stat).read_text().splitlines())
        return max(0, free + int(rows.get(cached, 0)))
    except (OSError, ValueError):  # there is no such limit
        return None
