"""Which sandbox ran the experiments, in words: on the terminal, on the page, in the paper."""

from __future__ import annotations

from collections.abc import Sequence

_ISOLATION = {
    "bwrap": ("bubblewrap", "no network, no writing outside the run's own folder"),
    "plain": ("plain", "not kept apart from the machine: what was changed outside is found afterwards, not prevented"),
}


def sandbox_texts(names: Sequence[str]) -> tuple[str, str]:
    """Which sandboxes ran the experiments, and what that means; two empty texts where it is not known."""
    known = [_ISOLATION.get(name, (name, "")) for name in names]
    return ", then ".join(name for name, _ in known), "; then ".join(filter(None, (note for _, note in known)))


def isolation_text(names: Sequence[str]) -> str:
    """`Experiments run in the sandbox NAME (…)`, a sentence; empty where it is not known."""
    name, note = sandbox_texts(names)
    return f"Experiments run in the sandbox {name} ({note})." if name else ""
