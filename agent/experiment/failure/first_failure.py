"""Of the exceptions in a log of several processes, the one that came first: what it led to in others never beats it."""

from __future__ import annotations

import re
import signal
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from agent.experiment.failure.raised import Frame, Raised

_LAUNCHERS = re.compile(
    r"(?:^|\.)(?:ChildFailedError|RayTaskError(?:\(\w+\))?|RayActorError|ActorDiedError|WorkerCrashedError"
    r"|ProcessRaisedException|ProcessExitedException|BrokenProcessPool|BrokenExecutor|TrainingFailedError"
    r"|TerminatedWorkerError|MaybeEncodingError|LokyProcessError)$"
)
_STARTED = re.compile(r"(?:^|\.)CalledProcessError$")
_AS_PYTHON_ENDS = re.compile(r"returned non-zero exit status 1\.?$|died with <Signals\.SIG(?:ABRT|SEGV|BUS|FPE|ILL)\b")
_SAYS_HOW = re.compile(
    r"terminated with (?:signal|exit code)|terminated abruptly|exit codes of the workers|died with <Sig"
)
_CHILD = re.compile(
    r"\b(?:worker|child|children|sub-?process|process|rank|actor|job|task|replica|node)(?:e?s)?\b.{0,30}\b(?:died|failed(?! to\b)|crashed|exited|ended|is gone|was killed|terminated|not alive|dead|lost)\b"
)
"""Says outright that another one is what failed."""
# What a process says that lost another one: by itself it is a reason, beside another's it is a consequence.
_LOST = re.compile(
    r"Connection (?:reset|closed|aborted)|Broken ?[Pp]ipe|[Ss]ocket.{0,40}closed|DistNetworkError|DistStoreError"
    r"|NCCL.{0,200}remote|ncclRemoteError|NCCL communicator was aborted|Watchdog caught|DistBackendError|HeartbeatMonitor"
    r"|remote process (?:exited|has terminated)|collective operation timeout|Timed out waiting|failed to recv, got 0 bytes"
    r"|recvValue failed|[Ss]tore.{0,60}time(?:d )?out|wait timeout after|connectFullMesh|Application timeout caused pair closure"
    r"|monitoredBarrier|failed to connect to any network address|pickle data was truncated|^ConnectionRefusedError"
    r"|DataLoader worker .{0,40}exited unexpectedly|MPI_ERR_PROC_FAILED|^KeyboardInterrupt|SignalException"
    rf"|{_CHILD.pattern}"
    r"|^_?queue\.(?:Empty|Full)|BrokenBarrierError|^(?:\w+\.)*TimeoutError: (?:worker|child|rank|process|barrier)"
)
_OWN = re.compile(
    r"No space left|shared memory segment|out of memory|invalid device|unhandled (?:cuda|system) error", re.IGNORECASE
)
"""What a process lost of its own, though it says so in the words of those that lose another."""
_PIPE = re.compile(r"[/\\]multiprocessing[/\\](?:connection|queues|managers|resource_sharer|popen_\w+)\.py$")
_GONE = re.compile(r"DataLoader worker .{0,40}exited unexpectedly")
_RANK = re.compile(
    r"(?:rank|default|trainer|worker|node|gpu|cuda|device|proc(?:ess)?|local_rank)[-_ :=]{0,2}(\d+)|^<(\d+)>|^\[\d+,(\d+)\]<std|^\[(\d+)\]:?$|^(\d+):$",
    re.IGNORECASE,
)
_ONE_OF_SEVERAL = re.compile(rf"{_RANK.pattern}|\b(?:pid|ip)=|^Process ", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<![:\d])(?<!line )\d+")
_FATAL = "Fatal Python error"
# What launchers write of the process that failed first.
_REPORTS = (
    re.compile(
        r"(?P<by>)Root Cause \(first observed failure\):.*?rank\s*:\s*(?P<rank>\d+).*?exitcode\s*:\s*(?P<code>-?\d+)",
        re.DOTALL,
    ),
    re.compile(
        r"(?P<by>mpi\w+|prterun) noticed that process rank (?P<rank>\d+) .{0,300}?exited on\s+signal (?P<signal>\d+)",
        re.DOTALL,
    ),
    re.compile(
        r"(?P<by>mpi\w+|prterun) detected that one or more processes exited.*?"
        r"Process name: \[(?:\[[^\]]*\]|[^\],]*),\s*(?P<rank>\d+)\]\s*Exit code:\s*(?P<code>\d+)",
        re.DOTALL,
    ),
    re.compile(r"(?P<by>)BAD TERMINATION OF ONE OF YOUR APPLICATION.*?(?P<rank>)EXIT CODE: (?P<code>\d+)", re.DOTALL),
    re.compile(
        r"\[launch\.py:.{0,4000}?local_rank=(?P<rank>\d+).{0,2000}?exits with return code = (?P<code>-?\d+)(?P<by>)",
        re.DOTALL,
    ),
    re.compile(
        r"(?P<by>srun): error: \S+ task (?P<rank>\d+): (?:Exited with exit code (?P<code>\d+)|(?P<word>[A-Z][\w ]+))"
    ),
    re.compile(r"\bfailed \(exitcode: (?P<code>-?\d+)\) local_rank: (?P<rank>\d+) \(pid: \d+\)(?P<by>)"),
)
_WORDS = {"Killed": 9, "Out Of Memory": 9, "Segmentation fault": 11, "Aborted": 6, "Bus error": 7}
_SIGNALS = {int(each): each.name for each in signal.Signals}
_ENDED_BY_OTHERS = (-signal.SIGTERM, -signal.SIGINT, -signal.SIGABRT)
"""A rank that ended so may have been told to, or given up on another."""
_LINES, _NOISE = 6, re.compile(r"^(?:[WIEF]\d{4} |\[rank\d+\]|=+$|-+$|\s*$)|^\*+$|OMP_NUM_THREADS")
_FORWARDED = re.compile(r"(?:^|\.)RayTaskError\(\w+\)$")
_IN_A_MESSAGE = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)', re.MULTILINE)
_LAST_OF_IT = re.compile(r"^(?P<type>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt)): (?P<message>.*)$")


@dataclass(frozen=True)
class Ended:
    """How the process ended that a launcher names as the first."""

    rank: str
    code: int
    """Exit status, negative for a signal."""
    by: str
    """Who says so."""

    def __str__(self) -> str:
        who = f"rank {self.rank}" if self.rank else "one of its processes"
        if self.code >= 0:
            return f"{who} ended with exit status {self.code}"
        memory = " (mostly the system, when memory runs out)" if self.code == -signal.SIGKILL else ""
        return f"{who} was killed by {_SIGNALS.get(-self.code, f'signal {-self.code}')}{memory}"


def first_failure(chains: Sequence[list[Raised]], text: str) -> list[Raised]:
    """The chain that says why; the last one, unless a launcher or a process that lost another raised it.

    `text` is the whole log. Of several processes that which the launcher names counts, else the first that did not
    merely lose another. A process that was named and printed no reason is told by how it ended.
    """
    ended = _ended(text)
    chains = [[_unwrapped(one) for one in chain] for chain in chains]
    last = chains[-1] if chains else []
    launched = bool(last) and _is_launchers(last)
    alike = _alike(chains)
    several = launched or ended is not None or (bool(last) and _one_of_several(last, alike))
    if not several and not (last and _lost(last[-1])):
        return _without_gone(last)
    children = [chain for chain in chains if not _is_launchers(chain)]
    reasons = [chain for chain in children if not _lost(chain[-1])]
    if not several:  # it lost a process that no launcher started: does that one stand here?
        outright = bool(_CHILD.search(last[-1].message))
        others = [chain for chain in reasons if outright or _one_of_several(chain, alike) or chain[-1].type == _FATAL]
        return _without_gone(_earliest(others, alike) or last)
    if ended is not None and (found := _of_the_named(ended, reasons, text)):
        return _without_gone(found)
    if reasons:
        return _without_gone(_earliest(reasons, alike))
    if ended is not None and not _rank_of(children, ended.rank) and not (ended.code == -signal.SIGABRT and children):
        return [_silent(ended, text)]
    says_how = launched and bool(_SAYS_HOW.search(last[-1].message))
    if says_how or not children:
        return last if says_how else _without_launchers(last)
    return _without_gone(children[-1])


def _of_the_named(ended: Ended, reasons: Sequence[list[Raised]], text: str) -> list[Raised]:
    """The reason of the process that a launcher names, in its own words or by how it ended; empty where others' count."""
    if own := _rank_of(reasons, ended.rank):
        return own[-1]
    if ended.code in (0, 1, *_ENDED_BY_OTHERS):
        return []
    unmarked = [chain for chain in reasons if not chain[-1].process]
    fatal = [chain for chain in unmarked if chain[-1].type == _FATAL]
    if ended.code < 0:
        return fatal[-1] if fatal and ended.code != -signal.SIGKILL else [_silent(ended, text)]
    return [] if unmarked else [_silent(ended, text)]


def _without_launchers(chain: list[Raised]) -> list[Raised]:
    """A chain that a launcher's exception ends, raised while another was handled, ends with that one."""
    kept = [one for one in chain if not _is_launchers([one])]
    return kept if kept and not _lost(kept[-1]) else chain


def _alike(chains: Sequence[list[Raised]]) -> frozenset[str]:
    """The prefixes that differ in a number alone, as those of ranks do; the number of a line of code is none."""
    shapes: dict[str, set[str]] = {}
    for chain in chains:
        shapes.setdefault(_NUMBERED.sub("#", chain[-1].process), set()).add(chain[-1].process)
    return frozenset(name for names in shapes.values() if len(names) > 1 for name in names)


def _earliest(chains: Sequence[list[Raised]], alike: Collection[str]) -> list[Raised]:
    """Of each process the last chain, of these the first; where no process is named, the last."""
    latest: dict[str, list[Raised]] = {}
    for chain in chains:
        if _one_of_several(chain, alike):
            latest.pop(chain[-1].process, None)
            latest[chain[-1].process] = chain
    if latest:
        return next(iter(latest.values()))
    return chains[-1] if chains else []


def _ended(text: str) -> Ended | None:
    """How a launcher says that the first of its processes ended; None where none says so."""
    for pattern in _REPORTS:
        found = list(pattern.finditer(text))
        if not found:
            continue
        said = (found[-1] if pattern is _REPORTS[0] else found[0]).groupdict()
        number = said.get("signal") or _WORDS.get((said.get("word") or "").strip())
        if number is None and said.get("code") is None:
            continue
        return Ended(said["rank"], -int(number) if number is not None else int(str(said["code"])), said["by"])
    return None


def _unwrapped(one: Raised) -> Raised:
    """The exception that a worker raised, where what handed it on holds its traceback as its own message."""
    told = [match for line in one.message.splitlines() if (match := _LAST_OF_IT.match(line))]
    if not _FORWARDED.search(one.type) or not told:
        return one
    frames = tuple(
        Frame(found["file"], int(found["line"]), found["function"]) for found in _IN_A_MESSAGE.finditer(one.message)
    )
    return replace(one, type=told[-1]["type"], message=told[-1]["message"], frames=frames or one.frames)


def _silent(ended: Ended, text: str) -> Raised:
    """What stands in for the words of a process that printed none: how it ended, and what the log says before."""
    lines = [line.strip() for line in text.split("Traceback (most recent call last):", 1)[0].splitlines()]
    said = [line for line in lines if not _NOISE.search(line)][-_LINES:]
    message = f"{ended}; no traceback of its own is in the log"
    return Raised(ended.by or "ChildFailedError", "\n".join([message, *said]), ())


def _is_launchers(chain: Sequence[Raised]) -> bool:
    return any(
        _AS_PYTHON_ENDS.search(one.message) if _STARTED.search(one.type) else _LAUNCHERS.search(one.type)
        for one in chain
    )


def _lost(one: Raised) -> bool:
    """It says only that another process is gone."""
    if one.type == "EOFError" and not one.message:
        return bool(one.frames and _PIPE.search(one.frames[-1].file))
    said = f"{one.type}: {one.message}"
    return bool(_LOST.search(said)) and not _OWN.search(said)


def _one_of_several(chain: Sequence[Raised], alike: Collection[str]) -> bool:
    return chain[-1].process in alike or bool(_ONE_OF_SEVERAL.search(chain[-1].process))


def _rank_of(chains: Sequence[list[Raised]], rank: str) -> list[list[Raised]]:
    """Those whose lines began with this rank's prefix."""
    found = []
    for chain in chains:
        names = [next(filter(None, match.groups())) for match in _RANK.finditer(chain[-1].process)]
        if rank and names and names[-1] == rank:
            found.append(chain)
    return found


def _without_gone(chain: list[Raised]) -> list[Raised]:
    """A chain that ends in "a worker is gone" ends where it says how the worker went, seen from where it was missed."""
    if len(chain) < 2 or not _GONE.search(chain[-1].message) or _GONE.search(chain[-2].message) or _lost(chain[-2]):
        return chain
    return [*chain[:-2], replace(chain[-2], frames=(*chain[-1].frames, *chain[-2].frames))]
