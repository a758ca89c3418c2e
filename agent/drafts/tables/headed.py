"""Which runs the headers of a cell name, by names and by words that are like names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.drafts.naming.context import Names
from agent.drafts.naming.likeness import roots
from agent.drafts.naming.mention import Mention
from agent.drafts.naming.words import tokens

_SIGNS = frozenset(["ours", "our", "baseline", "default", "cited"])


def like(headers: Sequence[str], names: Names) -> tuple[frozenset[str], frozenset[str]]:
    """The runs that headers name, and all that they may; by likeness where words are left, or a row adds to another."""
    named = runs_of(headers, names)
    inner = next(
        (header for header in reversed(headers) if names.runs.mentions(header)), headers[-1] if headers else ""
    )
    for each in names.runs.mentions(inner):
        if each.target:  # `Skill vs. persistence` is no row of persistence
            inner = inner[: each.start] + " " * (each.end - each.start) + inner[each.end :]
    added = bool(headers) and headers[-1].lstrip(" –-").startswith("+") and len(headers) > 1
    left = roots(names.runs.without(inner)) - _SIGNS
    if not headers or (named and not left and not added):
        return named, frozenset()
    words = names.likeness.spoken(" ".join(headers) if added else inner)
    adding = names.likeness.alike(names.likeness.spoken(headers[-1])) if added else frozenset[str]()
    close = names.likeness.like(words, adding)
    if len(named) == 1 and not added and not close & named:
        return named, frozenset()  # a name is no likeness
    if named and (not close or close >= named):
        return named, names.likeness.alike(words) | named
    return close, names.likeness.alike(words)


def runs_of(headers: Iterable[str], names: Names) -> frozenset[str]:
    """The innermost header that names a run decides, and those around it which of several: `no distillation` under `mined`."""
    found = frozenset[str]()
    for header in reversed(list(headers)):
        mentions = [each for each in names.runs.mentions(header) if not each.target]
        exact = [each for each in mentions if not each.ours and not each.plain] or mentions
        runs = frozenset(run for each in _added(exact, header) for run in each.runs)
        found = found & runs or found or runs
    return found


def _added(mentions: Sequence[Mention], header: str) -> Sequence[Mention]:
    """Without a name that another goes on: `TD3+HER`, where HER are runs called td3_her."""
    kept = []
    for one in mentions:
        words = frozenset(tokens(header[one.start : one.end]))
        others = [each for each in mentions if each is not one and each.runs and not each.runs & one.runs]
        if not any(all(words <= frozenset(tokens(run)) for run in each.runs) for each in others):
            kept.append(one)
    return kept or mentions
