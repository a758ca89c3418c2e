"""Exceptions as a log shows them; and of a launcher's and its children's, which one says why."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace

_LAUNCHERS = re.compile(
    r"(?:^|\.)(?:ChildFailedError|RayTaskError(?:\(\w+\))?|RayActorError|ActorDiedError|WorkerCrashedError"
    r"|ProcessRaisedException|ProcessExitedException|BrokenProcessPool|BrokenExecutor|TrainingFailedError)$"
)
_STARTED = re.compile(r"(?:^|\.)CalledProcessError$")
_AS_PYTHON_ENDS = re.compile(r"returned non-zero exit status 1\.?$|died with <Signals\.SIGABRT")
_PEER = re.compile(
    r"Connection (?:reset|closed) by peer|Broken pipe|NCCL.{0,80}remote|[Ss]ocket.{0,40}closed|DistNetworkError"
    r"|remote process (?:exited|has terminated)|collective operation timeout|Timed out waiting|^KeyboardInterrupt|SignalException"
)
_ROOT = re.compile(
    r"Root Cause \(first observed failure\):.*?rank\s*:\s*(?P<rank>\d+).*?exitcode\s*:\s*(?P<code>-?\d+)", re.DOTALL
)


@dataclass(frozen=True)
class Frame:
    """One line of a traceback and the code that stood there."""

    file: str
    line: int
    function: str
    source: str = ""


@dataclass(frozen=True)
class Raised:
    """One exception: its type, its message (perhaps of several lines), its frames from the outermost in."""

    type: str
    message: str
    frames: tuple[Frame, ...]
    connected: bool = False
    """It belongs to the one before: cause, context, worker or group."""
    aside: bool = False
    """Python only mentions it (a destructor, an exit handler); it ended nothing."""
    process: str = ""
    """What stood before its lines in a log of several processes."""


def behind_launcher(chains: Sequence[list[Raised]], text: str) -> list[Raised]:
    """The last chain of exceptions; where a launcher raised it, the last one of its children's, where they said any.

    Of several ranks the one that the launcher names counts, else one that did not merely lose another.
    """
    if not chains or not _is_launchers(chains[-1][-1]):
        return chains[-1] if chains else []
    children = [chain for chain in chains[:-1] if not _is_launchers(chain[-1])]
    root = next(iter(reversed(list(_ROOT.finditer(text)))), None)
    if not children:
        return [*chains[-1][:-1], _named(chains[-1][-1], root)]
    of_root = [chain for chain in children if root and _rank(chain[-1]) == root["rank"]]
    lively = [chain for chain in children if not _PEER.search(f"{chain[-1].type}: {chain[-1].message}")]
    return (of_root or lively or children)[-1]


def _is_launchers(one: Raised) -> bool:
    if _STARTED.search(one.type):
        return bool(_AS_PYTHON_ENDS.search(one.message))
    return bool(_LAUNCHERS.search(one.type))


def _rank(one: Raised) -> str:
    found = re.findall(r"(?:rank|default)(\d+)", one.process)
    return found[-1] if found else ""


def _named(one: Raised, root: re.Match[str] | None) -> Raised:
    """A launcher's exception whose children said nothing: how the first of them ended stands in its report."""
    if root is None:
        return one
    code = int(root["code"])
    signals = {int(each): each.name for each in signal.Signals}
    ended = f"was killed by {signals.get(-code, f'signal {-code}')}" if code < 0 else f"ended with exit status {code}"
    return replace(one, message=f"the process of rank {root['rank']} {ended}, and said nothing that is a reason")
